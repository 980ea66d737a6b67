"""The catalogue of misconceptions: what the checks of an exercise recognise, and what they say."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from grader.course import feedback
from grader.exercise import Exercise


def page(found: Exercise) -> str:
    """All misconceptions of an exercise as Markdown. What depends on the answer is a `…`."""
    known = feedback.load(found.number)
    lines = [f"# {found.title}", ""]
    for part in found.parts:
        lines += [f"## {part.id} {part.title}", "", *_listed(known.misconceptions(part.id)), ""]
    if shared := known.misconceptions("shared"):
        lines += ["## In several parts", "", *_listed(shared), ""]
    return "\n".join(lines)


def _listed(texts: Mapping[str, str]) -> Iterator[str]:
    for key, text in texts.items():
        yield f"- **{key.partition('~')[0]}**: {_without_fields(text)}"


def _without_fields(text: str) -> str:
    """The text with an ellipsis for each field, and single braces for doubled ones."""
    pieces = string.Formatter().parse(text)
    return "".join(literal + ("" if field is None else "…") for literal, field, _, _ in pieces)
