from dataclasses import dataclass, field
from functools import cache, wraps


def cache_results(func):
    @dataclass(frozen=True)
    class Call:
        args: tuple
        named: tuple
        kwargs: dict = field(compare=False)

    @cache
    def remember(call):
        return func(*call.args, **call.kwargs)

    @wraps(func)
    def wrapper(*args, **kwargs):
        call = Call(args, tuple(sorted(kwargs.items(), key=lambda item: item[0])), kwargs)
        try:
            hash(call)
        except TypeError:
            return func(*args, **kwargs)
        return remember(call)

    return wrapper
