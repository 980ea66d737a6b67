"""Names used again further down, and what else changes below a check."""

from __future__ import annotations

from odd_notebooks.draft import Draft, odd


@odd
def time_is_an_array_further_down(draft: Draft) -> None:
    """The decorator of 1.1 looks up `time` when it is called."""
    draft.after("check 1.1", "time = np.array([1.0, 2.0, 3.0])")


@odd
def builtins_hidden_further_down(draft: Draft) -> None:
    draft.after(
        "check 1.4",
        "list, dict, set, sorted = 1, 2, 3, 4",
        "print = None",
        "len = 5",
        "isinstance = float = KeyError = None",
    )


@odd
def numpy_is_hidden_further_down(draft: Draft) -> None:
    draft.after("check 1.4", "np = 5\nRecord = 3\nwraps = None\nAny = 0")


@odd
def a_parts_name_is_a_variable_further_down(draft: Draft) -> None:
    draft.after(
        "check 1.4",
        "for filter_lightcurve in range(3):\n    pass",
        "flux_to_magnitude = flux_to_magnitude(100.0)",
        "with open('x', 'w') as timing_decorator:\n    pass",
        "import math as apply_magnitude_conversion",
    )


@odd
def parts_deleted_further_down(draft: Draft) -> None:
    draft.after("check 1.4", "del filter_lightcurve, timing_decorator\ndel np")


@odd
def parts_wrapped_further_down(draft: Draft) -> None:
    """Decorated again below: still right, and it prints."""
    draft.after(
        "check 1.4",
        "filter_lightcurve = timing_decorator(filter_lightcurve)",
        "flux_to_magnitude = np.vectorize(flux_to_magnitude)",
    )


@odd
def a_slow_experiment_at_the_end(draft: Draft) -> None:
    draft.append("import time as clock\nclock.sleep(1.5)", "while_counting = sum(range(10**6))")


@odd
def a_constant_changed_further_down(draft: Draft) -> None:
    draft.head("1.3", "FLOOR = 0.0")
    draft.edit("1.3", "flux > 0", "flux > FLOOR")
    draft.after("check 1.3", "FLOOR = 100.0")


@odd
def a_constant_defined_below_the_check(draft: Draft) -> None:
    """The check fails for a missing name; at the end the name is there."""
    draft.edit("1.3", "flux > 0", "flux > FLOOR")
    draft.after("check 1.3", "FLOOR = 0.0")


@odd
def numpy_changed(draft: Draft) -> None:
    draft.after("check 1.4", "np.log10 = lambda x: 0 * x", "np.asarray = None")


@odd
def numpy_changed_above(draft: Draft) -> None:
    """A wrapper that does the same, in all of NumPy."""
    draft.before("1.3", "log10 = np.log10\nnp.log10 = lambda x, *a, **k: log10(x, *a, **k)")


@odd
def builtins_changed(draft: Draft) -> None:
    draft.after(
        "check 1.4", "import builtins\nbuiltins.sorted = lambda *a: None", "builtins.len = len"
    )


@odd
def printing_changed(draft: Draft) -> None:
    """A function of one's own called `print`, above all parts."""
    draft.after(
        "imports",
        "import builtins\n\ndef print(*args, **kwargs):\n    builtins.print(*args, **kwargs)",
    )


@odd
def the_output_redirected(draft: Draft) -> None:
    draft.after("check 1.4", "import sys, io\nsys.stdout = io.StringIO()", "print('nowhere')")


@odd
def the_time_replaced(draft: Draft) -> None:
    """A clock of one's own, for a demonstration at the end."""
    draft.after("check 1.4", "time.perf_counter = lambda: 'noon'", "from time import time")


@odd
def random_numbers_seeded(draft: Draft) -> None:
    draft.after(
        "imports",
        "import random\nrandom.seed(1)\nnp.random.seed(42)",
        "rng = np.random.default_rng(0)",
    )
    draft.edit("1.4", "    return [", "    np.random.seed(0)\n    return [")


@odd
def errors_of_numpy_raised(draft: Draft) -> None:
    """Set so that every invalid value raises; the reference works all the same."""
    draft.foot("imports", "np.seterr(all='raise')\nnp.set_printoptions(precision=3)")


@odd
def errors_of_numpy_raised_and_met(draft: Draft) -> None:
    draft.foot("imports", "np.seterr(all='raise')")
    draft.set(
        "1.3",
        "def flux_to_magnitude(flux, zeropoint=25.0):\n    with np.errstate(all='ignore'):\n"
        "        m = -2.5 * np.log10(np.asarray(flux, dtype=float)) + zeropoint\n"
        "    m = np.where(np.isfinite(m), m, np.nan)\n    return float(m) if m.ndim == 0 else m",
    )
