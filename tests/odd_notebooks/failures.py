"""Cells that fail, and what is left after them."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, IMPORTS, Draft, odd

AGAIN = "what stands above what it needs may be run a second time"


@odd
def a_trial_fails_above_every_part(draft: Draft) -> None:
    for part in draft.parts:
        draft.before(part, "1 / 0", "raise RuntimeError('oh')", "undefined_name")


@odd
def a_part_fails_below_its_definition(draft: Draft) -> None:
    for part in draft.parts:
        draft.foot(part, "assert False, 'this holds nothing'")


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def google_colab_is_imported_first(draft: Draft) -> None:
    draft.head("imports", "from google.colab import drive\n\ndrive.mount('/content/drive')")


@odd
def google_colab_is_imported_last(draft: Draft) -> None:
    draft.foot("imports", "from google.colab import drive\ndrive.mount('/content/drive')")


@odd
def google_colab_is_imported_alone(draft: Draft) -> None:
    draft.before("imports", "from google.colab import drive\ndrive.mount('/content/drive')")


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def seaborn_is_missing(draft: Draft) -> None:
    draft.head("imports", "import seaborn as sns\nsns.set_theme()")


@odd
def a_missing_module_is_expected(draft: Draft) -> None:
    draft.head(
        "imports",
        "try:\n    import seaborn as sns\nexcept ImportError:\n    sns = None\n"
        "import importlib.util\nhas_seaborn = importlib.util.find_spec('seaborn') is not None",
    )


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def a_widget_is_used_in_the_imports(draft: Draft) -> None:
    draft.head("imports", "import ipyleaflet\nfrom ipywidgets import interact, IntSlider")


@odd
def widgets(draft: Draft) -> None:
    draft.after(
        "imports",
        "import ipywidgets as widgets\nfrom ipywidgets import interact",
        "slider = widgets.IntSlider(value=3)\nslider",
        "interact(lambda x: x, x=(0, 3))",
        "@interact(n=(0, 5))\ndef show(n=2):\n    print(n)",
        "out = widgets.Output()\nwith out:\n    print(1)\ndisplay(out)",
    )


@odd(more={"1.2": AGAIN}, differs=AGAIN)
def a_decorator_from_below(draft: Draft) -> None:
    """The part's cell needs a helper that is defined further down."""
    draft.head("1.2", "@noted")
    draft.after("check 1.2", "def noted(func):\n    return func")


@odd
def a_helper_from_below(draft: Draft) -> None:
    """A function may use what is defined later: its check fails, and at the end it works."""
    draft.edit("1.2", "    return kept", "    return listed(kept)")
    draft.after("check 1.4", "def listed(records):\n    return list(records)")


@odd
def a_class_attribute_fails(draft: Draft) -> None:
    draft.before("1.2", "class Limits:\n    low = 1\n    high = lows + 3", "type('X', (), {})()")


@odd
def an_odd_exception(draft: Draft) -> None:
    draft.before(
        "1.2",
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n\n"
        "raise Odd('x' * 10)",
        "raise BaseException('base')",
        "raise GeneratorExit",
        "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
        "raise type('Bad', (Exception,), {'__module__': None})('x')",
        "raise StopIteration",
        "raise UnicodeDecodeError('utf-8', b'x', 0, 1, '\\ud800')",
    )


@odd
def memory_runs_out(draft: Draft) -> None:
    draft.before(
        "1.2",
        "raise MemoryError",
        "def f(n):\n    return f(n + 1)\n\ntry:\n    f(0)\nexcept RecursionError:\n    pass",
    )


@odd
def warnings_become_errors(draft: Draft) -> None:
    draft.foot("imports", "import warnings\nwarnings.simplefilter('error')")


@odd
def a_syntax_warning(draft: Draft) -> None:
    draft.before(
        "1.2",
        "import warnings\nwarnings.warn('careful')",
        "path = '\\d+'",
        "3 is 3",
        "assert (1, 'always')",
    )


@odd
def a_cell_returns(draft: Draft) -> None:
    """`return` and `yield` outside of functions are errors."""
    draft.before("1.3", "return 3", "yield 3", "break", "nonlocal x", "await = 3", "def f(x, x): 1")
