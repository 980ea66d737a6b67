import copy
import operator
from functools import partial

TESTS = {"_min": operator.ge, "_max": operator.le}


def passes(field, compare, value, record):
    return compare(record[field], value)


def filter_lightcurve(data, **filters):
    result = copy.deepcopy(data)
    for name, value in filters.items():
        for ending, compare in TESTS.items():
            if name.endswith(ending):
                field = name.removesuffix(ending)
                break
        else:
            field, compare = name, operator.eq
            if isinstance(value, (list, tuple, set)):
                compare = lambda one, many: one in many
        if data and not any(field in record for record in data):
            fields = "\n  ".join(sorted({key for record in data for key in record}))
            raise KeyError(f"No {field} here. There are\n  {fields}")
        result = list(filter(partial(passes, field, compare, value), result))
    return result
