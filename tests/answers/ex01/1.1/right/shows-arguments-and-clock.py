from contextlib import ExitStack
from functools import partial, update_wrapper


def timing_decorator(func):
    def report(args, start):
        took = time.perf_counter() - start
        print(
            f"[{time.strftime('%H:%M:%S')}] {func.__name__}{args} took {took:.1f} s ({took * 1e3:g} ms)"
        )

    def timed(*args, **kwargs):
        with ExitStack() as stack:
            stack.callback(partial(report, args, time.perf_counter()))
            return func(*args, **kwargs)

    return update_wrapper(timed, func)
