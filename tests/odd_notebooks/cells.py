"""Cells copied, split, merged, moved, or turned into text."""

from __future__ import annotations

import copy

import notebooks

from odd_notebooks.draft import ALL_PARTS, Draft, odd

AGAIN = "what stands above what it needs may be run a second time"
MARKDOWN = "a function in a cell that became text by a slip is run all the same"
DEMO = "untouched demonstrations need not be run"


@odd
def an_untouched_copy_of_a_stub_below(draft: Draft) -> None:
    draft.after("check 1.2", draft.stub("1.2"))


@odd
def an_untouched_copy_of_a_stub_above(draft: Draft) -> None:
    draft.before("1.2", draft.stub("1.2"))


@odd
def untouched_copies_of_all_stubs_at_the_end(draft: Draft) -> None:
    draft.append(*(draft.stub(part) for part in draft.parts))


@odd
def an_untouched_copy_with_its_check_below(draft: Draft) -> None:
    """Stub and check were copied together, so the last check says 'not written yet'."""
    draft.after("check 1.2", draft.stub("1.2"), 'check("1.2")')


@odd
def a_first_try_above(draft: Draft) -> None:
    """A wrong answer is kept, with its check, above the right one."""
    draft.before(
        "1.3",
        "def flux_to_magnitude(flux, zeropoint=25.0):\n    return -2.5 * np.log(flux)",
        'check("1.3")',
    )


@odd
def a_worse_try_below(draft: Draft) -> None:
    draft.after("check 1.3", "def flux_to_magnitude(flux, zeropoint=25.0):\n    return zeropoint")


@odd
def every_cell_twice(draft: Draft) -> None:
    draft.notebook["cells"] = [c for cell in draft.cells for c in (cell, copy.deepcopy(cell))]


@odd
def the_whole_notebook_twice(draft: Draft) -> None:
    draft.cells.extend(copy.deepcopy(draft.cells))


@odd(differs=DEMO)
def the_release_pasted_below(draft: Draft) -> None:
    """The untouched notebook follows the finished one, its checks included."""
    draft.cells.extend(copy.deepcopy(notebooks.released(draft.slug)["cells"]))


@odd
def parts_in_reverse(draft: Draft) -> None:
    for part in draft.parts:
        check, cell = draft.take(f"check {part}"), draft.take(part)
        draft.after("given", cell, check)


@odd
def all_parts_in_one_cell(draft: Draft) -> None:
    for part in draft.parts[1:]:
        draft.foot("1.1", "\n\n" + "".join(draft.take(part)["source"]))


@odd
def everything_in_one_cell(draft: Draft) -> None:
    everything = "\n".join("".join(cell["source"]) for cell in draft.cells)
    draft.notebook["cells"] = [notebooks.code(everything, name="1.1")]


@odd
def code_and_its_check_in_one_cell(draft: Draft) -> None:
    for part in list(draft.parts):
        draft.foot(part, "".join(draft.take(f"check {part}")["source"]))


@odd
def a_part_split_into_cells(draft: Draft) -> None:
    """A helper is taken out of the function, into a cell above it."""
    head = "def meets(record, name, field, wanted):\n    if name.endswith('_min'):\n"
    draft.before("1.2", head + "        return record[field] >= wanted\n    return None")
    draft.before("1.2", "SUFFIXES = ('_min', '_max')")
    draft.edit(
        "1.2",
        "[record for record in kept if record[field] >= wanted]",
        "[r for r in kept if meets(r, name, field, wanted)]",
    )


@odd
def a_function_split_in_its_middle(draft: Draft) -> None:
    """The second half is an IndentationError and the first returns None, in Jupyter too."""
    first, last = draft.source("1.3").rsplit("    magnitude = ", 1)
    draft.set("1.3", first)
    draft.after("1.3", f"    magnitude = {last}")


@odd(whole=True)
def a_helper_split_off_a_demonstration(draft: Draft) -> None:
    """Split in JupyterLab, both halves keep the tag `demo`."""
    demo = draft.cell("cell-16")
    helper = copy.deepcopy(demo)
    helper["source"] = "def as_list(records):\n    return list(records)"
    draft.cells.insert(draft.at("cell-16"), helper)
    draft.edit("1.2", "    return kept", "    return as_list(kept)")


@odd(whole=True)
def a_demonstration_changed_and_used(draft: Draft) -> None:
    """The learner defines a constant inside a demonstration."""
    draft.foot("cell-7", "FAINTEST = 0.0")
    draft.edit("1.3", "flux > 0", "flux > FAINTEST")


@odd(whole=True)
def names_of_demonstrations_used(draft: Draft) -> None:
    """A part uses what an untouched demonstration defines: `sample`, `airmass`."""
    draft.edit(
        "1.4", "    return [", "    assert len(sample) and airmass(90.0) == 1.0\n    return ["
    )


@odd(whole=True)
def as_released_and_filled(draft: Draft) -> None:
    """With all its text and demonstrations."""


@odd
def a_part_in_a_cell_tagged_demo(draft: Draft) -> None:
    for part in draft.parts:
        draft.cell(part)["metadata"]["tags"] = ["demo"]
    draft.cell("given")["metadata"]["tags"] = ["demo"]
    draft.cell("imports")["metadata"]["tags"] = ["demo"]


@odd(more={"1.2": MARKDOWN}, differs=MARKDOWN)
def a_part_turned_into_markdown(draft: Draft) -> None:
    draft.cell("1.2")["cell_type"] = "markdown"


@odd(more={"1.3": MARKDOWN}, differs=MARKDOWN)
def a_part_turned_into_a_raw_cell(draft: Draft) -> None:
    draft.cell("1.3")["cell_type"] = "raw"


@odd
def a_try_kept_as_markdown(draft: Draft) -> None:
    """An old try of a part that is written further up is text, and stays text."""
    draft.after(
        "check 1.2",
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "def filter_lightcurve(data):\n    return 'old'",
        },
    )


@odd
def text_turned_into_code(draft: Draft) -> None:
    draft.before(
        "1.2",
        "## Keyword arguments of any name\n\nWith `**settings` in its signature",
        "### 1.2 Filter",
        "* a list\n* of points",
        "1. first\n2. second",
    )


@odd
def the_setup_cell_is_gone(draft: Draft) -> None:
    """The learner restarted without it: every `check` is a NameError, at the end all is well."""
    draft.take("setup")


@odd
def the_setup_cell_comes_last(draft: Draft) -> None:
    draft.append(draft.take("setup"))


@odd
def the_given_cell_is_gone(draft: Draft) -> None:
    draft.take("given")


@odd(more=dict.fromkeys(ALL_PARTS, AGAIN), differs=AGAIN)
def the_imports_come_last(draft: Draft) -> None:
    """A notebook that was run in another order than it stands in."""
    draft.append(draft.take("imports"))


@odd
def cells_of_the_wrong_shape(draft: Draft) -> None:
    """What a script made that knows little of the format."""
    del draft.cell("1.2")["outputs"]
    del draft.cell("1.3")["execution_count"]
    draft.cell("1.4")["extra"] = {"unknown": [1, 2]}
    draft.notebook["nbformat_minor"] = 9


@odd
def nothing_but_a_class(draft: Draft) -> None:
    """Two parts are an object and a lambda."""
    draft.set(
        "1.4",
        "class Convert:\n    def __call__(self, data, func, *args, **kwargs):\n        return "
        "[{**r, 'magnitude': func(r['flux'], *args, **kwargs)} for r in data]\n\n\n"
        "apply_magnitude_conversion = Convert()",
    )
    draft.set("1.3", draft.source("1.3").replace("def flux_to_magnitude", "def to_mag"))
    draft.foot("1.3", "flux_to_magnitude = lambda flux, zeropoint=25.0: to_mag(flux, zeropoint)")
