"""What learners are told: hints and messages, in one `feedback.toml` an exercise.

    ["6.1"]
    hints = ['''From the mildest...''', '''...to the plainest.''']

    ["6.1".misconceptions]
    softmax-in-model = '''The results are probabilities: ...'''

    ["6.1".messages]
    wrong-shape = '''The logits have shape {shape}; they should have {want}.'''

A check names a key and gives values for the fields in braces. What stands under `shared` may be
named by all parts. A key may end in a variant, as in `softmax-in-model~rows`: the same
misconception in other words. Line ends in a text are spaces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from grader.answer import Failure, Finding
from grader.course import COURSE, package_of

KINDS = ("misconceptions", "messages")


class Feedback:
    """The texts of one exercise."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables

    def hints(self, part: str) -> list[str]:
        """The hints of a part, from the mildest to the plainest."""
        return [_folded(hint) for hint in self._tables[part]["hints"]]

    def failure(self, part: str, finding: Finding) -> Failure:
        """What a learner is told of a finding. Raises `KeyError` if there is no text for it."""
        kind, text = self._find(part, finding.key)
        misconception = finding.key.partition("~")[0] if kind == "misconceptions" else None
        return Failure(text.format_map(finding.fields), finding.status, misconception)

    def misconceptions(self, part: str) -> dict[str, str]:
        """The texts of a part's own misconceptions by key, with fields left open."""
        own = self._tables.get(part, {}).get("misconceptions", {})
        return {key: _folded(text) for key, text in own.items()}

    def _find(self, part: str, key: str) -> tuple[str, str]:
        for table in (part, "shared"):
            for kind in KINDS:
                texts = self._tables.get(table, {}).get(kind, {})
                if key in texts:
                    return kind, _folded(texts[key])
        raise KeyError(key)


@cache
def load(number: str) -> Feedback:
    """The feedback of an exercise by its number, such as `"6"`."""
    path = COURSE / package_of(number) / "feedback.toml"
    return Feedback(tomllib.loads(path.read_text(encoding="utf-8")))


def _folded(text: str) -> str:
    return " ".join(text.split())
