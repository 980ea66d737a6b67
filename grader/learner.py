"""What a learner calls in a notebook: `check`, `hint` and `prior`."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader import card, exercise, notebook, probes, wire
from grader.answer import Failure
from grader.bench import Bench, OutOfTime, travelled
from grader.examine import PartResult, examine, hints
from grader.exercise import Exercise

WORK = Path("work")
LOCAL_SEED = 1
PATIENCE_SECONDS = 10.0
_hints_given: Counter[str] = Counter()


class PriorError(ImportError):
    """Earlier work that cannot be had; the message says what to do."""


class Kernel:
    """A backend for the checks: the learner's own kernel, in which a probe is simply called."""

    def __init__(self, exercise: Exercise, namespace: dict[str, Any]) -> None:
        probes.load(exercise.number)
        self._bench = Bench(namespace)

    def ask(self, probe: str, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        with _time_limit():
            sent = wire.unpack(wire.pack([list(args), kwargs]))  # copies, as over there
            return travelled(self._bench.probe(probe, *sent))

    def undefined(self, names: list[str]) -> list[str]:
        return self._bench.undefined(names)

    def trouble_with(self, name: str) -> Failure | None:
        return None  # the learner has seen the cell's own error, right below it


@contextmanager
def _time_limit() -> Iterator[None]:
    """Turn a probe that does not end into a `timeout`, where the system has alarms."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def alarm(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS, 1.0)  # again, if it was caught
    try:
        yield
    except OutOfTime:
        raise Failure(
            f"Your code did not end within {PATIENCE_SECONDS:g} s. "
            "Look for a loop whose condition never becomes false.",
            "timeout",
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def check(part: str) -> card.Card:
    """Check a part (`"1.2"`) or a whole exercise (`"1"`) of this notebook and say how it went."""
    part = str(part)
    found = exercise.find(part)
    only = part if "." in part else None
    if only:
        found.part(only)
    namespace = sys._getframe(1).f_globals
    return card.Card(examine(found, Kernel(found, namespace), LOCAL_SEED, only))


def hint(part: str) -> card.Note:
    """A hint for a part; each further call says a little more."""
    part = str(part)
    found = exercise.find(part)
    found.part(part)
    steps = hints(found)[part]
    step = min(_hints_given[part], len(steps) - 1)
    _hints_given[part] += 1
    more = "" if step == len(steps) - 1 else f' Ask again with hint("{part}") for more.'
    return card.Note(f"Hint {step + 1} of {len(steps)} for {part}", steps[step] + more)


def prior(number: str, name: str) -> Any:
    """`name` from exercise `number`: your own if all core parts of it pass, else the reference.

    Raises `PriorError` if there is neither.
    """
    found = exercise.find(number)
    own = _own(found)
    if own is not None and name in own:
        return own[name]
    try:
        reference = importlib.import_module(f"solutions.{found.slug}")
    except ImportError:
        raise PriorError(_how_to_get(found, name)) from None
    if not hasattr(reference, name):
        raise PriorError(f"Exercise {number} defines no {name!r}.")
    why = "does not pass yet" if _own_path(found) else "is not here"
    print(f"prior: your Exercise {number} {why}; using the reference {name}.")
    return getattr(reference, name)


def _own(found: Exercise) -> dict[str, Any] | None:
    """The learner's own earlier notebook as a namespace, if all its core parts pass."""
    path = _own_path(found)
    if path is None:
        return None
    try:
        cells = notebook.read(path, found)
    except notebook.UnreadableNotebook:
        return None
    bench = Bench({"__name__": "prior"})
    try:
        with _time_limit():
            for cell in cells:
                bench.run_cell(cell.number, cell.source)
    except Failure:
        return None
    results = examine(found, Kernel(found, bench.namespace), LOCAL_SEED)
    return bench.namespace if core_passed(results) else None


def _own_path(found: Exercise) -> Path | None:
    """Where the learner keeps a notebook: beside this one, in `work/`, or in the clone's."""
    folders = [Path.cwd(), Path.cwd() / WORK, exercise.ROOT / WORK]
    paths = [folder / f"{found.slug}.ipynb" for folder in folders]
    return next(
        (path for path in paths if path.is_file() and path.parent != exercise.RELEASED), None
    )


def core_passed(results: list[PartResult]) -> bool:
    """Whether all parts that are no bonus pass."""
    return all(result.passed for result in results if not result.part.bonus)


def _how_to_get(found: Exercise, name: str) -> str:
    number = found.number
    return (
        f"{name} comes from Exercise {number}, and neither your own work/{found.slug}.ipynb (all "
        f"core parts must pass: try `grader check {number}`) nor the reference is here. Finish "
        f"Exercise {number} first, or ask your instructor for the reference module."
    )
