"""Texts of learners' can be shown anywhere: they say what they said, and do nothing."""

from __future__ import annotations

import pytest

from grader.texts import MAX_SHOWN, clean, short

FIT = [
    *("", "flux ±0.1 ⭐ μ", "two\nlines\tand a tab", "日本語 עברית العربية", "👩\u200d🚀 नि\u200d"),
    *("{'a': [1, 2]}", "\\x1b[31m as written", "~ !", "\ue000"),
]


@pytest.mark.parametrize("text", FIT)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == short(text) == text


CLEANED = [
    *(("\x1b[31mred\x1b[0m", "red"), ("\x9b1;31mred", "red"), ("a\x1b[2J\x1b[Hb", "ab")),
    *(("\x1b]0;title\x07a", "a"), ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link")),
    *(("\x1bPq\x1b\\a", "a"), ("\x1b(0a", "a"), ("\x1bca", "a"), ("a\x1b", "a")),
    *(("\x1b]0;no end\nnext", "\nnext"), ("\x1b[", ""), ("\x1b\x1b[31ma", "a")),
    *(("a\rb\r\nc", "a\nb\nc"), ("a\x0bb\x0cc\x85d\u2028e", "a\nb\nc\nd\ne")),
    *(("a\x00\x07\x08\x7fb", "ab"), ("\u202egnp.exe", "gnp.exe"), ("\u2066a\u2069\u200e", "a")),
    *(("caf\udce9", "caf"), ("\ufeffa\u200bb", "ab")),
]


@pytest.mark.parametrize(("text", "want"), CLEANED, ids=lambda text: ascii(text))
def test_what_controls_a_terminal_or_the_direction_is_taken_out(text: str, want: str) -> None:
    assert clean(text) == want
    assert clean(want) == want


def test_no_character_left_is_a_control() -> None:
    text = clean("".join(map(chr, [*range(0xD800), *range(0xE000, 0x20000)])))
    left = {character for character in text if not character.isprintable()}
    assert not {c for c in left if ord(c) < 0xA0} - {"\n", "\t"}
    assert not left & set(
        "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def test_long_text_is_cut_and_says_so() -> None:
    assert short("x" * MAX_SHOWN) == "x" * MAX_SHOWN
    assert short("x" * 3_000_000) == "x" * (MAX_SHOWN - 1) + "…"
    assert short("\x1b[31m" * 10**6 + "x") == ""
    assert short("abcdef", 4) == "abc…"
