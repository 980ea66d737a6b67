"""What is known of the mutants from earlier runs, so that a run goes on where one was broken off.

An outcome holds as long as the reference and the checks of the mutant's part are the same.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from answer_files import reference

from grader.course import COURSE, package_of
from grader.exercise import ROOT
from mutation.mutants import Mutant
from mutation.trial import Outcome

FOLDER = ROOT / "out" / "mutants"
JUDGES = ("answer.py", "checking.py", "expect.py", "runner.py", "wire.py")


class Record:
    """The outcomes of one exercise's mutants: a file with a line of JSON for each."""

    def __init__(self, slug: str, folder: Path = FOLDER) -> None:
        self.path = folder / f"{slug[:4]}.jsonl"
        self._known: dict[str, Outcome] = {}
        for line in self.path.read_text("utf-8").splitlines() if self.path.is_file() else ():
            entry = json.loads(line)
            key = entry.pop("key")
            self._known[key] = Outcome(**entry)

    def get(self, mutant: Mutant) -> Outcome | None:
        return self._known.get(_key(mutant))

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        self._known[_key(mutant)] = outcome
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": _key(mutant), **asdict(outcome)}) + "\n")


def _key(mutant: Mutant) -> str:
    return f"{mutant.id} {_state(mutant.slug, mutant.part)}"


@cache
def _state(slug: str, part: str) -> str:
    """A digest of all that judges a part, and of the reference's code without its texts."""
    number, _, name = part.partition(".")
    folder = COURSE / package_of(number)
    own = folder / "checks" / f"part_{name.lower()}.py"
    others = (p for p in folder.rglob("*.py") if not p.name.startswith("part_"))
    judges = (ROOT / "grader" / name for name in JUDGES)
    files = sorted({own, *others, *COURSE.glob("*.py"), *judges})
    code = ast.unparse(ast.parse(reference(slug)))
    return _digest([code, *(path.read_text("utf-8") for path in files)])


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
