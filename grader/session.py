"""A learner's notebook in a child of the sandbox, run from top to bottom as far as it is needed.

A cell or a part that never ends, or that takes the process down, costs that cell or part and
nothing else: the child is replaced by a new one, which runs the cells again without it.
"""

from __future__ import annotations

import ast
import re
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any

from grader import references, wire
from grader.answer import (
    ENDLESS,
    Failure,
    Raised,
    Stop,
    failure_of,
    out_of_time,
    read,
    text_of,
    texts_of,
)
from grader.cell_log import Log, Trouble, lower
from grader.fork_server import SandboxError, WarmParent
from grader.notebook import Cell, Notebook

FILE_SECONDS = 30.0  # for a file to be written, on however busy a machine
GRACE_SECONDS = 1.0  # for a child to interrupt its own code, before it is killed
HURRIED_SECONDS = 2.0  # for each cell and part of a notebook that has used up its time
LAST_SECONDS = 0.25  # for each cell, when even so half as much again has been used
MAX_NOTED = 30  # cells of which something is told that was not done
MAX_TIMEOUTS = 2  # after so many, a notebook is given less time
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
DIED = (
    "took the Python process down (out of memory, too many processes, or a call that ends the "
    "program)"
)


@dataclass(frozen=True)
class TimeLimits:
    """How long to wait, in seconds of wall time: for a cell, a part, all cells together."""

    cell: float = 20.0
    part: float = 10.0
    submission: float = 120.0


class Session:
    """One learner's notebook, run in a child; a `Backend` for the checks.

    `files` are files beside the notebook by name, which the notebook finds in its folder.
    """

    def __init__(
        self,
        parent: WarmParent,
        notebook: Notebook,
        limits: TimeLimits,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self._parent, self._notebook, self._patience = parent, notebook, limits
        self._files = dict(files or {})
        self._log = Log()
        self._done: list[Cell] = []
        self._fatal: set[int] = set()
        self._end = time.monotonic() + limits.part
        self._pid: int | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._drop()

    @property
    def notes(self) -> list[str]:
        """What was not done for the notebook, and which cells used up its time."""
        return [*self._log.told, *([self._used_up()] if self._is_used_up() else [])]

    @property
    def seconds(self) -> float:
        """What its cells have taken."""
        return self._log.total

    # The notebook, from top to bottom

    def stops(self) -> Iterator[Stop]:
        """Run the notebook, and stop below each check cell and at the end."""
        for cell in self._notebook.cells:
            if checks := cell.checks if cell.given else self._advance(cell):
                yield Stop(checks, len(self._log.changes))
        self._run_early_cells_again()
        yield Stop(position=len(self._log.changes), at_end=True)

    def _advance(self, cell: Cell) -> tuple[str, ...]:
        """Run a cell; what it checks."""
        reply = self._run(cell)
        while (name := _unknown_name(reply)) and self._run_demonstration(name, cell.number):
            reply = self._run(cell)
        return tuple(_texts(reply, "checked")) or cell.checks

    def _run_demonstration(self, name: str, before: int = sys.maxsize) -> bool:
        """Run the given cell above that defines `name`, which other code of the notebook uses."""
        done = {cell.number for cell in self._done}
        for cell in self._notebook.cells:
            skipped = cell.given and cell.number < before and cell.number not in done
            if skipped and name in _defined_in(cell.source):
                self._run(cell)
                return True
        return False

    def _run_early_cells_again(self) -> None:
        """A cell that missed a name may only have stood before the cell that defines it."""
        early = {trouble.cell for trouble in self._log.troubles.values() if trouble.needs}
        for cell in self._notebook.cells:
            if cell.number in early:
                self._run(cell)

    def changed_since(self, position: int, names: Sequence[str]) -> bool:
        """Whether cells run since then may have changed what the code that defines `names` does."""
        later = self._log.changes[position:]
        numbers = {number for number, _ in later}
        changed = {name for _, names in later for name in names}
        patched = {n for cell in self._done if cell.number in numbers for n in cell.patched}
        used = self._reachable({name.split(".")[0] for name in names}, position)
        return "" in patched or not used.isdisjoint(changed | patched)

    def _reachable(self, names: set[str], position: int) -> set[str]:
        """The names, and those that the code defining them mentions, and so on."""
        before = {number for number, _ in self._log.changes[:position]}
        cells = [cell for cell in self._done if cell.number in before]
        found, size = set(names), 0
        while len(found) > size:
            size = len(found)
            for cell in cells:
                if found & cell.defined:
                    found |= cell.words
        return found

    # A part

    def begin(self, names: Sequence[str]) -> None:
        """A part is judged from now on, within the time for a part."""
        self._end = time.monotonic() + self._part_seconds()

    def ask(self, probe: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Run a probe in the child, within what is left of the time for the part."""
        request = ["probe", probe, list(args), kwargs]
        reply: dict[str, Any] = self._request(request)
        while (name := _unknown_name(reply)) and self._run_demonstration(name):
            reply = self._request(request)
        return reply

    def undefined(self, names: Sequence[str]) -> list[str]:
        reply = self._request(["undefined", list(names)])
        answered = texts_of(reply) if isinstance(reply, list) else names
        return [name for name in names if name in answered]

    def explained(self, failure: Failure, names: Sequence[str]) -> Failure:
        """The failure, and the cell that stopped before it had defined what is missing."""
        missing = failure.raised.name if failure.raised else ""
        owners = {name.split(".")[0] for name in names}
        for trouble in self._log.troubles.values():
            says = self._log.with_causes(trouble)
            if missing and missing in trouble.lost:
                return _with(failure, f"`{missing}` is not defined, because {lower(says)}")
            if owners & trouble.lost or self._was_to_define(trouble.cell, owners):
                if failure.status == "missing":
                    status = trouble.status if trouble.status == "timeout" else "error"
                    return Failure(says, status)
                return _with(failure, says)
        return failure

    def _was_to_define(self, number: int, owners: set[str]) -> bool:
        """Whether the cell names one of these, or no cell does and this one brings in others."""
        cell = next(cell for cell in self._notebook.cells if cell.number == number)
        named = [cell for cell in self._notebook.cells if any(map(cell.mentions, owners))]
        return cell in named or (not named and cell.brings_names)

    def _request(self, request: list[Any]) -> Any:
        start = time.monotonic()
        self._ready()
        self._end += time.monotonic() - start  # to run cells again is not the part's own time
        try:
            return self._exchange(request, self._end)
        except TimeoutError:
            seconds = self._part_seconds()
            self._log.timeouts += 1
            self._drop()
            raise out_of_time(seconds) from None
        except (EOFError, ConnectionError, wire.WireError):
            self._drop()
            raise Failure(f"Your code {DIED}.", "error") from None

    # A cell

    def _run(self, cell: Cell) -> Any:
        """Run a cell, remember what came of it, and return the child's report."""
        self._ready()
        self._done.append(cell)
        reply, trouble = self._run_in_child(cell)
        self._log.troubles.pop(cell.number, None)
        if trouble is not None:
            self._log.troubles[cell.number] = trouble
        self._log.changes.append((cell.number, frozenset(_texts(reply, "changed"))))
        return reply

    def _run_in_child(self, cell: Cell) -> tuple[Any, Trouble | None]:
        """The child's report on a cell, and what went wrong. A child that is lost is given up."""
        start, seconds = time.monotonic(), self._cell_seconds()
        request = ["cell", cell.number, cell.source.encode("utf-8", "replace"), seconds]
        reply, trouble = None, None
        try:
            reply = self._exchange(request, start + seconds + GRACE_SECONDS)
            if (notes := _texts(reply, "notes")) and len(self._log.notes) < MAX_NOTED:
                self._log.notes[cell.number] = notes
            trouble = self._trouble(cell, reply, seconds)
        except TimeoutError:
            trouble = self._timeout(cell, seconds)
        except (EOFError, ConnectionError, wire.WireError):
            trouble = Trouble(cell.number, f"Cell {cell.number} {DIED}.", "error")
        if reply is None:
            self._fatal.add(cell.number)
            self._drop()
        self._log.spend(cell.number, time.monotonic() - start)
        return reply, trouble

    def _trouble(self, cell: Cell, reply: Any, seconds: float) -> Trouble | None:
        """What a report says of a cell that did not run to its end."""
        lost = frozenset(_texts(reply, "lost"))
        if isinstance(reply, dict) and reply.get("out_of_time") is True:
            return self._timeout(cell, seconds, lost)
        try:
            raised = read(reply).raised
        except Failure as failure:
            return Trouble(cell.number, f"Cell {cell.number}: {failure.message}", failure.status)
        if raised is None:
            return None
        status, needs = failure_of(raised).status, _unknown_name(reply)
        return Trouble(cell.number, self._stopped(cell.number, raised), status, lost, needs)

    def _stopped(self, number: int, raised: Raised) -> str:
        at = f"`{raised.text}`" if raised.text else ""
        if raised.is_a("SyntaxError"):
            error = re.sub(r" \(<cell \d+>, line \d+\)$", "", raised.message)
            where = f" in line {raised.line}{at and f', {at}'}" if raised.line else ""
            says = f"Cell {number} cannot be run. {raised.kind}{where}: {error}."
            return says + self._newer_python()
        says = raised.message.removesuffix(".")
        error = f"{raised.kind}: {says}" if says else raised.kind
        installs = self._log.installs if raised.is_a("ModuleNotFoundError") else ""
        return f"Cell {number} stopped{at and f' at {at}'}: {error}.{installs}"

    def _newer_python(self) -> str:
        """Which Python grades, if the notebook was saved by a newer one."""
        saved = self._notebook.python
        if _version(saved) <= _version(PYTHON):
            return ""
        return f" This is graded with Python {PYTHON}; your notebook was saved by Python {saved}."

    def _timeout(self, cell: Cell, seconds: float, lost: frozenset[str] = frozenset()) -> Trouble:
        why = self._used_up() if self._is_used_up() else ENDLESS
        self._log.timeouts += 1
        says = f"Cell {cell.number} did not end within {seconds:g} s. {why}"
        return Trouble(cell.number, says, "timeout", lost)

    # Time

    def _cell_seconds(self) -> float:
        hurried = min(HURRIED_SECONDS, self._patience.cell)
        left = self._patience.submission - self.seconds
        if left < -0.5 * self._patience.submission:
            return LAST_SECONDS
        return hurried if self._is_used_up() else min(self._patience.cell, max(left, hurried))

    def _part_seconds(self) -> float:
        hurried = self._log.timeouts >= MAX_TIMEOUTS
        return min(HURRIED_SECONDS, self._patience.part) if hurried else self._patience.part

    def _is_used_up(self) -> bool:
        return self._log.timeouts >= MAX_TIMEOUTS or self.seconds >= self._patience.submission

    def _used_up(self) -> str:
        """Which cells have used up the notebook's time."""
        shown = self._log.longest
        cells = f"the time went to cells {shown}" if shown else "parts of it did not end in time"
        return f"There was little time left for the rest of the notebook: {cells}."

    # The child

    def _ready(self) -> None:
        """A child in which all cells so far have run that do not take it down."""
        while self._socket is None:
            self._pid, self._socket = self._parent.fork(self._priors())
            self._hand_over_files()
            for cell in self._done:
                if cell.number not in self._fatal and self._socket is not None:
                    self._run_in_child(cell)

    def _hand_over_files(self) -> None:
        """Put the files beside the notebook where its code looks for them."""
        try:
            for name, content in self._files.items():
                self._exchange(["file", name, content], time.monotonic() + FILE_SECONDS)
        except (TimeoutError, EOFError, ConnectionError, wire.WireError):
            self._drop()
            raise SandboxError("A child of the sandbox did not take a file.") from None

    def _priors(self) -> frozenset[str]:
        """The exercises whose references the notebook asks for."""
        sources = (cell.source for cell in self._notebook.cells)
        return references.asked_for(sources, self._parent.exercise)

    def _exchange(self, request: list[Any], deadline: float) -> Any:
        assert self._socket is not None
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        wire.send(self._socket, request)
        return wire.receive(self._socket, deadline)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._pid is not None:
            self._parent.kill(self._pid)
            self._pid = None


def _unknown_name(reply: Any) -> str:
    """The name that a reply's NameError is about."""
    raised = reply.get("raised") if isinstance(reply, dict) else None
    if not isinstance(raised, dict) or texts_of(raised.get("kinds"))[:1] != ["NameError"]:
        return ""
    return text_of(raised.get("name"))


def _texts(reply: Any, key: str) -> list[str]:
    """A list of texts in a reply, whatever the learner's side has put there."""
    return texts_of(reply.get(key)) if isinstance(reply, dict) else []


@lru_cache(maxsize=256)
def _defined_in(source: str) -> frozenset[str]:
    """Names that one of the workbook's own cells defines."""
    nodes = list(ast.walk(ast.parse(source)))
    stores = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    kinds = ast.FunctionDef | ast.ClassDef
    return frozenset(stores | {n.name for n in nodes if isinstance(n, kinds)})


def _with(failure: Failure, text: str) -> Failure:
    return Failure(f"{failure.message} {text}", failure.status, failure.misconception)


def _version(text: str) -> tuple[int, int]:
    parts = re.match(r"(\d+)\.(\d+)", text)
    return (int(parts[1]), int(parts[2])) if parts else (0, 0)
