"""Check cells moved, deleted, spelled in another way, or hidden."""

from __future__ import annotations

import copy

from odd_notebooks.draft import ALL_PARTS, Draft, odd

WITHIN = "a part is judged below the cell that checks it, not in its middle"


def spell(draft: Draft, form: str) -> None:
    """Write every check in another way."""
    for part in draft.parts:
        draft.set(f"check {part}", form.format(part=part))


def write_again(draft: Draft) -> None:
    """Use every part's name for something else at the end, so that only its check counts."""
    draft.append(
        "timing_decorator = filter_lightcurve = flux_to_magnitude = None\n"
        "apply_magnitude_conversion = 'later'"
    )


@odd
def checks_with_single_quotes(draft: Draft) -> None:
    spell(draft, "check('{part}')")
    write_again(draft)


@odd
def checks_with_blanks_and_comments(draft: Draft) -> None:
    spell(draft, '# my check\n\ncheck ( "{part}" )  # passes!\n\n')
    write_again(draft)


@odd
def checks_over_several_lines(draft: Draft) -> None:
    spell(draft, "check(\n    '{part}',\n)")
    write_again(draft)


@odd(rescued=dict.fromkeys(ALL_PARTS, "a check that cannot run still says where to look"))
def checks_that_are_indented(draft: Draft) -> None:
    """An IndentationError in Jupyter."""
    spell(draft, '# my check\n  check("{part}")')
    write_again(draft)


@odd(rescued=dict.fromkeys(ALL_PARTS, "the part was checked, though nobody has seen the card"))
def checks_with_a_semicolon(draft: Draft) -> None:
    """The card is not shown, and yet the part was checked."""
    spell(draft, 'check("{part}");')
    write_again(draft)


@odd
def checks_by_module(draft: Draft) -> None:
    draft.set("setup", "import grader\nfrom grader import prior")
    spell(draft, 'grader.check("{part}")')
    write_again(draft)


@odd(differs="`check` itself is another function in the sandbox")
def checks_by_another_name(draft: Draft) -> None:
    draft.set("setup", "from grader import check as c, hint as h\nimport grader as g")
    spell(draft, 'c("{part}")')
    draft.set("check 1.2", "g.check('1.2')")
    write_again(draft)


@odd
def checks_with_a_value(draft: Draft) -> None:
    spell(draft, '_ = check("{part}")\n_')
    write_again(draft)


@odd
def checks_that_are_printed(draft: Draft) -> None:
    spell(draft, 'print(check("{part}"))')
    draft.set("check 1.3", 'display(check("1.3"))')
    write_again(draft)


@odd
def checks_inside_try(draft: Draft) -> None:
    spell(draft, 'try:\n    display(check("{part}"))\nexcept Exception as error:\n    print(error)')
    write_again(draft)


@odd
def checks_in_a_loop(draft: Draft) -> None:
    parts = draft.parts
    for part in parts:
        draft.take(f"check {part}")
    draft.append(f"for part in {parts}:\n    print(check(part))")
    write_again(draft)


@odd
def checks_by_a_function_of_ones_own(draft: Draft) -> None:
    draft.after("setup", "def mark(part):\n    print('checking', part)\n    return check(part)")
    spell(draft, "mark({part!r})")
    write_again(draft)


@odd
def checks_by_a_number(draft: Draft) -> None:
    """`check(1.2)` works, since the argument becomes text."""
    spell(draft, "check({part})")
    write_again(draft)


@odd
def checks_by_a_variable(draft: Draft) -> None:
    spell(draft, 'number = "{part}"\ncheck(part=number)')
    write_again(draft)


@odd
def checks_that_are_timed(draft: Draft) -> None:
    spell(draft, '%%time\ncheck("{part}")')
    draft.set("check 1.3", 'card = %time check("1.3")\ncard')
    draft.set("check 1.4", '%time check("1.4")')
    write_again(draft)


@odd(less={"1.3": WITHIN})
def checks_with_code_below(draft: Draft) -> None:
    """The part is used for something else in the check's own cell."""
    draft.set("check 1.3", 'print(check("1.3"))\nflux_to_magnitude = flux_to_magnitude(100.0)')
    draft.set("check 1.2", 'display(check("1.2"))\n1 / 0')


@odd
def checks_with_code_above(draft: Draft) -> None:
    draft.set("check 1.2", 'limit = 3\nif limit:\n    out = check("1.2")\nout')


@odd
def a_check_that_is_not_reached(draft: Draft) -> None:
    """The cell stops above the check."""
    draft.set("check 1.2", '1 / 0\ncheck("1.2")')
    draft.set("check 1.3", 'if False:\n    check("1.3")')


@odd
def one_check_for_all(draft: Draft) -> None:
    for part in draft.parts:
        draft.take(f"check {part}")
    draft.append('check("1")')
    write_again(draft)


@odd
def all_checks_in_one_cell(draft: Draft) -> None:
    parts = draft.parts
    for part in parts:
        draft.take(f"check {part}")
    draft.append("\n".join(f'print(check("{part}"))' for part in parts))
    write_again(draft)


@odd
def no_checks(draft: Draft) -> None:
    for part in draft.parts:
        draft.take(f"check {part}")


@odd
def checks_above_their_parts(draft: Draft) -> None:
    for part in draft.parts:
        draft.before(part, draft.take(f"check {part}"))


@odd
def all_checks_on_top(draft: Draft) -> None:
    checks = [draft.take(f"check {part}") for part in draft.parts]
    draft.after("setup", *checks)


@odd
def checks_twice(draft: Draft) -> None:
    """Above the part, below it, and again at the end."""
    for part in draft.parts:
        draft.before(part, f'check("{part}")', f'hint("{part}")')
    draft.append(*(f'check("{part}")' for part in draft.parts))


@odd
def checks_turned_into_text(draft: Draft) -> None:
    draft.cell("check 1.2")["cell_type"] = "markdown"
    draft.cell("check 1.3")["cell_type"] = "raw"


@odd
def checks_commented_out(draft: Draft) -> None:
    for part in draft.parts:
        draft.set(f"check {part}", f'# check("{part}")')


@odd
def a_check_of_a_part_that_does_not_exist(draft: Draft) -> None:
    draft.after("check 1.2", 'check("1.9")', 'check("x")', "check()", "check(None)", "check(12)")


@odd
def checks_of_other_exercises(draft: Draft) -> None:
    draft.after("check 1.2", 'check("2")', 'hint("2.1")')


@odd
def checks_without_their_metadata(draft: Draft) -> None:
    for part in draft.parts:
        draft.cell(f"check {part}")["metadata"] = {"name": f"check {part}"}


@odd(differs="a name more comes with `import *` in the sandbox")
def everything_of_the_grader_imported(draft: Draft) -> None:
    draft.set("setup", "from grader import *")
    write_again(draft)


@odd
def check_is_written_over(draft: Draft) -> None:
    """The name `check` is used for something else half-way."""
    draft.after("check 1.2", "check = True", "hint = 'none'")


@odd
def check_is_a_function_of_ones_own(draft: Draft) -> None:
    draft.after("setup", "def check(part):\n    print('✓', part, 'surely passed')")


@odd
def checks_of_a_part_that_is_used_again(draft: Draft) -> None:
    """After its check a part's name holds its result; its own copy is checked before."""
    draft.after("check 1.3", "flux_to_magnitude = np.array([20.0, 21.0])", "del filter_lightcurve")


@odd
def the_same_check_after_each_change(draft: Draft) -> None:
    right = draft.source("1.3")
    wrong = right.replace("-2.5", "2.5")
    draft.before("1.3", wrong, copy.deepcopy(draft.cell("check 1.3")))
    draft.after("check 1.3", wrong, copy.deepcopy(draft.cell("check 1.3")))
