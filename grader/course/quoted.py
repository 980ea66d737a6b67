"""An exception of a learner's inside a sentence, so that one can see where it ends."""

from __future__ import annotations

from dataclasses import replace

from grader.answer import Raised


def quoted(raised: Raised | None) -> str:
    """`ValueError: 'too few rows'`, for a sentence that goes on after it; empty for None."""
    if raised is None:
        return ""
    said = raised.message.strip().removesuffix(".")
    return str(replace(raised, message=repr(said) if said else ""))
