import re


def filter_lightcurve(data, **filters):
    class UnknownField(KeyError):
        pass

    def meets(record):
        for name, value in filters.items():
            field, bound = re.fullmatch(r"(.+?)(?:_(min|max))?", name).groups()
            match bound, value:
                case "min", _:
                    ok = record[field] >= value
                case "max", _:
                    ok = record[field] <= value
                case None, list() | tuple() | set():
                    ok = record[field] in value
                case _:
                    ok = record[field] == value
            if not ok:
                return False
        return True

    fields = {field for record in data for field in record}
    for name in filters:
        field = re.sub(r"_(min|max)$", "", name)
        if fields and field not in fields:
            raise UnknownField(field, *fields)
    kept = []
    for record in data:
        if meets(record):
            kept += [record]
    return kept
