"""Texts of a learner's, made fit to be shown: in a terminal, a report, a gradebook.

Escape sequences can rewrite a terminal, marks of direction can turn a sentence round, and a message
of megabytes makes a page that nobody can open.
"""

from __future__ import annotations

import re
import unicodedata

MAX_SHOWN = 2_000  # characters
JOINERS = "\u200c\u200d"  # format characters that emoji and many scripts are written with
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, moves of the cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[ -/]*[0-~]?"
)
_SUSPECT = re.compile(r"[^\n\t -~]")


def clean(text: str) -> str:
    """The text without escape sequences, control characters and marks of direction.

    All ways to end a line become `\\n`; tabs stay.
    """
    text = re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return _SUSPECT.sub(_shown, _ESCAPE_SEQUENCE.sub("", text))


def short(text: str, most: int = MAX_SHOWN) -> str:
    """The clean text, cut if it has more than so many characters."""
    text = clean(text[: 2 * most])
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shown(character: re.Match[str]) -> str:
    """A character, or nothing if it only controls how others are shown."""
    found = character[0]
    controls = unicodedata.category(found) in ("Cc", "Cf", "Cs") and found not in JOINERS
    return "" if controls else found
