"""Characters: line ends, indentation, blanks that are none, and a great many of them."""

from __future__ import annotations

from odd_notebooks.draft import Draft, odd


@odd
def lines_end_with_cr_lf(draft: Draft) -> None:
    draft.every(lambda source: source.replace("\n", "\r\n"))


@odd
def lines_end_with_cr_lf_and_cells_are_timed(draft: Draft) -> None:
    for part in draft.parts:
        draft.head(part, "%%time")
    draft.every(lambda source: source.replace("\n", "\r\n"))


@odd
def lines_end_with_cr(draft: Draft) -> None:
    draft.every(lambda source: source.replace("\n", "\r"))


@odd
def lines_end_with_cr_and_one_cell_is_timed(draft: Draft) -> None:
    draft.head("1.2", "%%time")
    draft.set("1.2", draft.source("1.2").replace("\n", "\r"))


@odd
def lines_end_in_all_ways(draft: Draft) -> None:
    """An edit on Windows in a cell that was written on a Mac."""
    lines = draft.source("1.2").split("\n")
    ends = ("\n", "\r\n", "\r")
    draft.set("1.2", "".join(line + ends[n % 3] for n, line in enumerate(lines)))
    draft.head("1.3", "%matplotlib inline\r\nlimit = 5\r")


@odd
def a_list_of_lines_with_cr_lf(draft: Draft) -> None:
    draft.head("1.2", "%%capture out")
    for name in ("imports", "1.1", "1.2"):
        draft.set(name, draft.source(name).replace("\n", "\r\n").splitlines(keepends=True))


@odd
def a_list_of_lists_of_pieces(draft: Draft) -> None:
    """A list in which a line is cut into several strings."""
    source = draft.source("1.2")
    draft.set("1.2", [source[n : n + 7] for n in range(0, len(source), 7)])


@odd
def magics_with_blanks_and_cr_lf_at_the_end(draft: Draft) -> None:
    draft.head("1.2", "%%time  ")
    draft.head("1.3", "%matplotlib inline  \n%time  zero = 25.0 ")
    for name in ("1.2", "1.3"):
        draft.set(name, draft.source(name).replace("\n", "\r\n"))


@odd
def a_blank_line_above_the_cell_magic(draft: Draft) -> None:
    draft.head("1.2", "\n%%time")


@odd
def indented_by_tabs(draft: Draft) -> None:
    draft.set("1.2", draft.source("1.2").replace("    ", "\t"))


@odd
def the_whole_cell_is_indented(draft: Draft) -> None:
    """Pasted from within a function: IPython takes the common indentation away."""
    draft.set("1.3", "\n".join(f"    {line}" for line in draft.source("1.3").split("\n")))


@odd
def pasted_from_a_console(draft: Draft) -> None:
    """With the prompts of Python, which IPython removes."""
    lines = draft.source("1.4").split("\n")
    draft.set("1.4", "\n".join([f">>> {lines[0]}", *(f"... {line}" for line in lines[1:])]))


@odd
def pasted_from_ipython(draft: Draft) -> None:
    lines = draft.source("1.4").split("\n")
    draft.set("1.4", "\n".join([f"In [7]: {lines[0]}", *(f"   ...: {line}" for line in lines[1:])]))


@odd
def no_break_spaces(draft: Draft) -> None:
    """Copied from a web page: a syntax error, in Jupyter as here."""
    draft.edit("1.2", "    return kept", "\u00a0\u00a0\u00a0\u00a0return kept")


@odd
def no_break_spaces_in_texts(draft: Draft) -> None:
    draft.head("1.2", 'unit = "5\u00a0mag"  # 5\u00a0mas')


@odd
def a_byte_order_mark_in_the_source(draft: Draft) -> None:
    draft.set("1.2", "\ufeff" + draft.source("1.2"))


@odd
def letters_of_all_kinds(draft: Draft) -> None:
    draft.head("1.2", "# 🌟 Größe, величина, 等级 \u202e\nδ, Δm, größe, 星 = 1, 2, 3, '🌟'\nﬁ = 4")


@odd
def line_separators_in_texts(draft: Draft) -> None:
    """Characters at which some tools end a line and Python does not."""
    draft.head("1.2", 'page = "a\u2028b\u2029c\x0bd\x0ce\x85f"\n# \u2028 comment \x85 goes on')


@odd
def a_form_feed(draft: Draft) -> None:
    draft.set("1.2", "\x0c\n" + draft.source("1.2"))


@odd
def a_long_part(draft: Draft) -> None:
    """60,000 characters in the part's own cell."""
    draft.head(
        "1.2", "\n".join(f"# trial {n}: not good enough, try another bound" for n in range(1300))
    )


@odd
def a_long_table_in_the_part(draft: Draft) -> None:
    draft.head("1.3", f"LIMITS = {list(range(10_000))!r}")


@odd
def a_long_part_with_a_magic(draft: Draft) -> None:
    draft.set("1.2", "%%time\n" + "# nothing\n" * 5000 + draft.source("1.2"))


@odd
def a_null_character(draft: Draft) -> None:
    """A syntax error in Jupyter, too."""
    draft.foot("1.4", "marker = '\0'")


@odd
def half_a_character(draft: Draft) -> None:
    """JSON can hold half of a surrogate pair."""
    draft.after("1.4", "name = '\\ud83c'", "print('still here')")


@odd
def a_syntax_error_in_one_cell(draft: Draft) -> None:
    draft.edit("1.3", "flux = np.asarray(flux, dtype=float)", "flux = np.asarray(flux, dtype=float")


@odd
def a_syntax_error_in_a_trial(draft: Draft) -> None:
    draft.before("1.3", "for record in sample print(record)", "def half_a_function(", "x = = 3")
