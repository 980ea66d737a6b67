import operator
from functools import reduce
from itertools import chain


def filter_lightcurve(data, **filters):
    fields = frozenset(chain.from_iterable(data))

    def parse(item):
        name, value = item
        match (name[:-4], name[-4:], value):
            case (base, "_min", _) if base in fields or name not in fields:
                return base, operator.ge, value
            case (base, "_max", _) if base in fields or name not in fields:
                return base, operator.le, value
            case (_, _, list() | tuple() | set()):
                return name, lambda x, allowed: operator.contains(allowed, x), value
            case _:
                return name, operator.eq, value

    rules = [parse(item) for item in filters.items()]
    if data and (unknown := [field for field, _, _ in rules if field not in fields]):
        raise KeyError(f"no record has {', '.join(unknown)}; fields: {', '.join(sorted(fields))}")
    return reduce(
        lambda kept, rule: [r for r in kept if rule[0] in r and rule[1](r[rule[0]], rule[2])],
        rules,
        [*data],
    )
