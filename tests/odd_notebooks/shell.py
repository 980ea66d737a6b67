"""What IPython adds to Python besides magics: display, await, the history, futures remembered."""

from __future__ import annotations

from odd_notebooks.draft import Draft, odd

LOOP = "`asyncio.run` works in the sandbox, where no loop is running between cells"
FUTURE = "from __future__ import annotations"


@odd
def future_annotations_in_the_imports(draft: Draft) -> None:
    draft.head("imports", FUTURE)
    draft.edit("1.2", "data: list[Record]", "data: list[RecordOfLater]")


@odd
def future_annotations_in_a_cell_of_its_own(draft: Draft) -> None:
    draft.before("setup", FUTURE)
    for part in draft.parts:
        draft.edit(part, ") -> ", ") -> NotThere | ")


@odd
def future_annotations_in_the_parts_cell(draft: Draft) -> None:
    draft.head("1.2", FUTURE)
    draft.edit("1.2", "data: list[Record]", "data: list[Unknown]")


@odd
def future_annotations_below_a_magic(draft: Draft) -> None:
    draft.head("1.2", f"%matplotlib inline\n{FUTURE}")
    draft.edit("1.2", "data: list[Record]", "data: list[Unknown]")


@odd
def future_annotations_in_a_timed_cell(draft: Draft) -> None:
    draft.head("1.2", f"%%time\n{FUTURE}")
    draft.edit("1.2", "data: list[Record]", "data: list[Unknown]")


@odd
def a_future_statement_too_late(draft: Draft) -> None:
    """A syntax error in a file; IPython compiles statement by statement."""
    draft.foot("1.4", FUTURE)


@odd
def displayed(draft: Draft) -> None:
    draft.foot("imports", "display('imported')")
    draft.edit("1.2", "    return kept", "    display(len(kept))\n    return kept")
    draft.after("1.3", "display(flux_to_magnitude(100.0), 3, [1, 2])")


@odd
def displayed_with_handles(draft: Draft) -> None:
    draft.after(
        "imports",
        "handle = display('one', display_id=True)\nhandle.update('two')",
        "display(display_id='x')",
        "display({'text/plain': 'three'}, raw=True)",
        "display()",
        "shown = display(4)\nassert shown is None",
    )


@odd
def displayed_by_import(draft: Draft) -> None:
    draft.head(
        "imports",
        "from IPython.display import HTML, Image, Markdown, clear_output, display\n"
        "from IPython.core.display import HTML as Html\nfrom IPython.core.interactiveshell "
        "import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
    )
    draft.edit(
        "1.3",
        "    flux = np",
        "    clear_output(wait=True)\n    display(HTML('<b>x</b>'))\n    flux = np",
    )


@odd
def awaited_at_the_top(draft: Draft) -> None:
    draft.after(
        "imports",
        "import asyncio\nawait asyncio.sleep(0)\nwaited = 3",
        "async def fetch():\n    await asyncio.sleep(0)\n    return 4\n\ngot = await fetch()",
    )
    draft.head(
        "1.2",
        "await asyncio.sleep(0)\nboth = [await fetch() for _ in range(2)]\n"
        "assert waited + got == 7",
    )


@odd
def looped_over_asynchronously(draft: Draft) -> None:
    draft.after(
        "imports",
        "async def numbers():\n    yield 1\n    yield 2\n\n"
        "total = 0\nasync for number in numbers():\n    total += number",
        "from contextlib import asynccontextmanager\n\n@asynccontextmanager\n"
        "async def telescope():\n    yield 'M31'\n\nasync with telescope() as target:\n    "
        "print(target)",
    )
    draft.head("1.2", "async for number in numbers():\n    last = number\nassert total == 3")


@odd
def a_loop_of_ones_own(draft: Draft) -> None:
    """`asyncio.run` fails where a loop runs already, as in a kernel; tasks go on."""
    draft.after(
        "imports",
        "import asyncio\n\nasync def one():\n    return 1\n\n"
        "task = asyncio.ensure_future(one())\nassert await task == 1",
        "asyncio.get_event_loop()",
        "asyncio.run(one())",
    )


@odd(differs=LOOP)
def tasks_started_without_await(draft: Draft) -> None:
    """In a kernel a loop is running in every cell, also in one without `await`."""
    draft.after(
        "imports",
        "import asyncio\n\nasync def one():\n    return 1\n\ntask = asyncio.create_task(one())",
        "assert await task == 1\ndone = task.done()",
        "running = asyncio.get_running_loop().is_running()",
    )


@odd(more={"1.4": LOOP}, differs=LOOP)
def a_part_behind_asyncio_run(draft: Draft) -> None:
    """What stands below `asyncio.run` in the same cell is not run in Jupyter."""
    draft.head(
        "1.4", "import asyncio\n\nasync def nothing():\n    return 1\n\nasyncio.run(nothing())"
    )


@odd
def the_history(draft: Draft) -> None:
    draft.after(
        "imports",
        "3 + 4",
        "seven = _\nassert _ == 7",
        "'text'",
        "[_, __, ___]",
        "In[1]",
        "len(In), len(Out)",
        "_i, _ih[1]",
        "first = Out[2] if 2 in Out else None",
        "_oh",
    )


@odd
def the_history_used_in_a_part(draft: Draft) -> None:
    draft.before("1.3", "25.0 - 0.0", "default = _")
    draft.edit("1.3", "zeropoint: float = 25.0", "zeropoint: float = default")


@odd
def the_underscore_used(draft: Draft) -> None:
    """`_` as a name of one's own, which a notebook may do."""
    draft.head("1.2", "_, limit = 3, 4\nfor _ in range(3):\n    pass")


@odd
def outputs_suppressed(draft: Draft) -> None:
    draft.after("1.3", "flux_to_magnitude(100.0);", "np.arange(3);  # nothing shown", ";3")


@odd
def a_figure_of_speech(draft: Draft) -> None:
    """IPython's own commands for help, and names it puts into a notebook."""
    draft.after(
        "imports",
        "help(np.sin)",
        "copyright",
        "credits",
        "license",
        "__builtins__",
        "__name__",
        "dir()[:3]",
        "__file__ if '__file__' in dir() else 0",
    )


@odd
def the_main_guard(draft: Draft) -> None:
    draft.set("1.4", draft.source("1.4") + '\n\nif __name__ == "__main__":\n    ready = 1\n')
    draft.after(
        "1.4", 'if __name__ != "__main__":\n    del apply_magnitude_conversion', "ready + 1"
    )


@odd
def the_notebook_as_a_module(draft: Draft) -> None:
    """A notebook that looks itself up."""
    draft.after(
        "imports",
        "import sys, __main__\nme = sys.modules[__name__]\nme.np is np",
        "import inspect\n\ndef here():\n    return inspect.stack()[0].function\n\nhere()",
        "inspect.getsource(here)",
        "import pickle\n\nclass Star:\n    pass\n\n"
        "copy = pickle.loads(pickle.dumps(Star()))\ntype(copy) is Star",
        "from dataclasses import dataclass\n\n@dataclass\nclass Point:\n    x: float = 0.0",
        "globals()['made'] = 3\nmade + 1\nvars()['made2'] = 4",
        "exec('by_exec = 5')",
        "locals()['by_locals'] = 6\nby_locals",
        "argv = sys.argv\nlen(argv)",
    )


@odd
def events_and_hooks(draft: Draft) -> None:
    draft.after(
        "imports",
        "counted = []\nget_ipython().events.register('post_run_cell', "
        "lambda *a: counted.append(1))",
        "import atexit\natexit.register(print, 'bye')",
        "import sys\nsys.displayhook\nsys.excepthook = lambda *a: None",
        "get_ipython().set_custom_exc((ValueError,), lambda *a, **k: None)",
        "raise ValueError('caught')",
    )
