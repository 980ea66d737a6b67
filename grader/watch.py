"""What `grader watch` does: check a notebook again when it is saved, and tell what has changed.

The files are looked at twenty times a second rather than left to notices of the system. That works
on network drives and mounted folders too, costs nothing for a handful of files, and misses no save:
what counts is whether a file is still the one that was checked last.

What has changed is told part by part as soon as it is known, the parts just edited first; a line
with the score ends each answer.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import companions, display, exercise, follow, notebook, progress
from grader.checking import GraderError, PartResult, run_checks
from grader.exercise import Exercise
from grader.fork_server import ForkServer, SandboxError, WarmParent, close_quietly
from grader.learner import LOCAL_SEED
from grader.results import Graded
from grader.session import Session, TimeLimits
from grader.texts import short

LOOK_SECONDS = 0.05


@dataclass
class Watched:
    """A notebook: its file at the last look and at the last check, and what the check found."""

    exercise: Exercise
    path: Path
    seen: tuple[int, ...] = ()
    checked: tuple[int, ...] = ()
    content: notebook.Notebook | None = None
    results: dict[str, PartResult] = field(default_factory=dict)

    def look(self) -> bool:
        """Whether the file is new since the last check, and at rest since the last look."""
        before, self.seen = self.seen, _stamp(self.path)
        return self.seen == before and self.seen not in ((), self.checked)


class Watch:
    """Some notebooks of a folder, and what runs them."""

    def __init__(
        self, folder: Path, slugs: Iterable[str], console: Console, isolated: bool = True
    ) -> None:
        paths = {slug: folder / exercise.file_name(slug) for slug in slugs}
        self._notebooks = [Watched(exercise.load(slug), path) for slug, path in paths.items()]
        self._console, self._walled, self._ended = console, isolated, False
        self._server: ForkServer | None = None
        self._parents: dict[str, WarmParent] = {}

    def run(self) -> None:
        """Tell the state, then every change of it, until Ctrl-C."""
        before = signal.signal(signal.SIGINT, self._end)
        try:
            self.start()
            while not self._ended:
                self.look()
                time.sleep(LOOK_SECONDS)
        finally:
            signal.signal(signal.SIGINT, before)
            self.close()

    def start(self) -> None:
        """Check all notebooks once."""
        for one in self._notebooks:
            one.look()
            if one.seen and not self._ended:
                self._check(one)
            elif not self._ended:
                self._say(one, "not started")

    def look(self) -> None:
        """Check the notebooks that were saved since the last look."""
        for one in self._notebooks:
            if one.look():
                self._check(one)

    def close(self) -> None:
        """End all processes."""
        while self._parents:
            close_quietly(self._parents.popitem()[1])
        close_quietly(self._server)
        self._server = None

    def _end(self, *_: object) -> None:
        """On Ctrl-C: the check under way is finished first. A second Ctrl-C cuts it short."""
        self._ended = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _check(self, one: Watched) -> None:
        before, one.content, one.checked = one.content, None, one.seen
        try:
            content = notebook.read(one.path, one.exercise)
            if content != before:  # more than an autosave, or other outputs
                self._judge(one, content, _edited(one.exercise, before, content))
            one.content = content
        except notebook.UnreadableNotebook as error:
            self._say(one, str(error), "yellow")
        except (GraderError, SandboxError, OSError) as error:
            self.close()
            self._say(one, f"not checked, save it again: {error}", "yellow")

    def _judge(self, one: Watched, content: notebook.Notebook, edited: set[str]) -> None:
        """Judge the parts just edited, then all others; tell each as soon as it is known."""
        found = one.exercise
        if not one.results and not progress.is_started(found, content):
            return self._say(one, "not started")
        changes: list[str] = []
        needed = follow.needs(found, follow.own_source(content))
        passed = {part: result.passed for part, result in one.results.items()}

        def tell(verdict: PartResult) -> None:
            passed[verdict.part.id] = verdict.passed
            new = follow.blamed(verdict, needed[verdict.part.id], passed)
            if text := _change(one.results.get(new.part.id), new):
                one.results[new.part.id] = new
                changes.append(text)
                self._console.print(Text(text, "green" if new.passed else ""))

        results: list[PartResult] = []
        files = companions.read(one.path)
        for parts in (edited, {part.id for part in found.parts} - edited):
            if parts:
                with Session(self._parent(found.number), content, TimeLimits(), files) as session:
                    results += run_checks(found, session, LOCAL_SEED, parts, tell)
        unchanged = "" if changes else ", nothing has changed"
        return self._say(one, _score(found, results) + unchanged, "bold")

    def _parent(self, number: str) -> WarmParent:
        if self._server is None:
            self._server = ForkServer(self._walled)
        if number not in self._parents:
            self._parents[number] = WarmParent(number, self._walled, self._server.address)
        return self._parents[number]

    def _say(self, one: Watched, text: str, style: str = "") -> None:
        now = time.strftime("%H:%M:%S")
        self._console.print(Text(f"{now} {one.exercise.label}: {short(text)}", style))


def _stamp(path: Path) -> tuple[int, ...]:
    """What tells one saved file from another; a rename over it changes the inode at least."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _edited(found: Exercise, old: notebook.Notebook | None, new: notebook.Notebook) -> set[str]:
    """The ids of the parts that stand in cells whose source is new since the last look."""
    if old is None:
        return set()
    known = {cell.source for cell in old.cells}
    cells = [cell for cell in new.cells if cell.source not in known]
    return {
        part.id
        for part in found.parts
        if any(cell.mentions(name) for name in part.all_names for cell in cells)
    }


def _score(found: Exercise, results: list[PartResult]) -> str:
    graded = Graded("you", found, results)
    bonus = f" and {graded.bonus:g} bonus" if graded.bonus else ""
    return f"{graded.points:g} of {found.max_points:g} points{bonus}"


def _change(old: PartResult | None, new: PartResult) -> str:
    """What is new about a part, if anything; at first, an unwritten part needs no reason."""
    if old is not None and _shown(old) == _shown(new):
        return ""
    if new.passed or (old is None and new.status == "missing"):
        return display.headline(new)
    lost = " (it passed before)" if old is not None and old.passed else ""
    return f"{display.headline(new)}{lost}\n{display.reason(new)}"


def _shown(result: PartResult) -> tuple[str, str, float]:
    return result.status, result.message, result.points
