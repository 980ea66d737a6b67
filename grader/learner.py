"""What a learner calls in a notebook: `check`, `hint` and `prior`."""

from __future__ import annotations

import importlib
import inspect
import random
import signal
import sys
import textwrap
import types
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from grader import display, exercise, follow, notebook, own_work, stale_bases, wire
from grader.answer import Failure, Stop, out_of_time
from grader.checking import PartResult, run_checks
from grader.course import feedback, probing
from grader.exercise import Exercise
from grader.runner import OutOfTime, Runner, has_alarms, time_limit, travelled

Stamps = tuple[tuple[str, int, int], ...]

LOCAL_SEED = 1
PATIENCE_SECONDS = 10.0
_hints_given: Counter[str] = Counter()
_judged: dict[str, tuple[Stamps, dict[str, Any] | None]] = {}
_passed: dict[str, dict[str, bool]] = {}
_told: set[tuple[str, Stamps]] = set()


class PriorError(ImportError):
    """Earlier work that cannot be had; the message says what to do."""


class Kernel:
    """A backend for the checks: the learner's own kernel, in which a probe is simply called."""

    def __init__(self, exercise: Exercise, namespace: dict[str, Any]) -> None:
        probing.load(exercise.number)
        self._runner = Runner(namespace, exercise.number)

    def ask(self, probe: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        with _time_limit():
            sent = wire.unpack(wire.pack([list(args), kwargs]))  # copies, as over there
            return travelled(self._runner.probe(probe, *sent))

    def undefined(self, names: list[str]) -> list[str]:
        return self._runner.undefined(names)

    def stops(self) -> Iterator[Stop]:
        yield Stop((self._runner.exercise,))

    def begin(self, names: Sequence[str]) -> None:
        """Each question has its own time here."""

    def changed_since(self, position: int, names: Sequence[str]) -> bool:
        return False

    def explained(self, failure: Failure, names: Sequence[str]) -> Failure:
        """The failure, and the cells that must be run again, or it is about old code.

        What stopped a cell needs no words here: the learner has seen it, right below the cell.
        """
        note = stale_bases.note(self._runner.namespace, names)
        if not note:
            return failure
        return Failure(f"{note} {failure.message}", failure.status, failure.misconception)


class Earlier(Kernel):
    """An earlier notebook of the learner's, run in this kernel and judged where it checks."""

    def __init__(self, exercise: Exercise, runner: Runner, cells: Sequence[notebook.Cell]) -> None:
        super().__init__(exercise, runner.namespace)
        self._notebook, self._left = runner, iter(cells)

    def stops(self) -> Iterator[Stop]:
        for cell in self._left:
            if not cell.given:
                with _time_limit():
                    self._notebook.run_cell(cell.number, cell.source)
            if cell.checks:
                yield Stop(cell.checks)
        yield Stop(at_end=True)

    def finish(self) -> None:
        """Run the cells that nothing was judged after: they may define what others use."""
        for _ in self.stops():
            pass

    def changed_since(self, position: int, names: Sequence[str]) -> bool:
        return True


@contextmanager
def _time_limit() -> Iterator[None]:
    """Turn code that does not end into a `timeout`, where the system has alarms."""
    try:
        with _clock_stopped(), time_limit(PATIENCE_SECONDS):
            yield
    except OutOfTime:
        raise out_of_time(PATIENCE_SECONDS) from None


@contextmanager
def _clock_stopped() -> Iterator[None]:
    """Stop the time limit around this one, if there is one, as when code on trial calls `prior`."""
    if not has_alarms():
        yield
        return
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, again)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the learner's random numbers, and torch's number of threads, as they were."""
    torch = sys.modules.get("torch")
    state, numpys_state = random.getstate(), np.random.get_state()
    with ExitStack() as at_the_end:
        at_the_end.callback(random.setstate, state)
        at_the_end.callback(np.random.set_state, numpys_state)
        if torch:
            devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
            at_the_end.enter_context(torch.random.fork_rng(devices))
            at_the_end.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(1)  # the networks of the checks are too small to be shared out
        yield


def check(part: str) -> display.Card:
    """Check a part (`"1.2"`) or a whole exercise (`"1"`) of this notebook and say how it went."""
    part = str(part)
    found = exercise.find(part)
    only = part if "." in part else None
    if only:
        found.part(only)
    namespace = sys._getframe(1).f_globals
    passed = _passed.setdefault(found.slug, {})

    def judge(parts: str | Collection[str] | None) -> list[PartResult]:
        with _undisturbed():
            results = run_checks(found, Kernel(found, namespace), LOCAL_SEED, parts)
        passed.update({result.part.id: result.passed for result in results})
        return results

    results = judge(only)
    if all(result.passed for result in results):
        return display.Card(results)
    needed = follow.needs(found, _own_source(found, namespace))
    failed = [one.part.id for one in results if one.status not in ("passed", "missing")]
    earlier = {part for one in failed for part in needed[one] if not passed.get(part)}
    if left := earlier.difference(one.part.id for one in results):
        judge(left)  # they may have changed since, or were never checked
    return display.Card([follow.blamed(one, needed[one.part.id], passed) for one in results])


def _own_source(found: Exercise, namespace: dict[str, Any]) -> str:
    """The source of the learner's functions and methods, as far as Python knows it."""
    names = [name for part in found.parts for name in part.all_names]
    return "\n".join(filter(None, (_source_of(name, namespace) for name in names)))


def _source_of(name: str, namespace: dict[str, Any]) -> str:
    owner, _, member = name.partition(".")
    thing = namespace.get(owner)
    if member:
        thing = vars(thing).get(member) if isinstance(thing, type) else None
        thing = getattr(thing, "fget", None) or getattr(thing, "__func__", thing)
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))  # type: ignore[arg-type]
    except (OSError, TypeError, ValueError):
        return ""
    return f"class {owner}:\n{textwrap.indent(source, '    ')}" if member else source


def hint(part: str) -> display.Note:
    """A hint for a part; each further call says a little more."""
    part = str(part)
    found = exercise.find(part)
    found.part(part)
    steps = feedback.load(found.number).hints(part)
    step = min(_hints_given[part], len(steps) - 1)
    _hints_given[part] += 1
    more = "" if step == len(steps) - 1 else f' Ask again with hint("{part}") for more.'
    return display.Note(f"Hint {step + 1} of {len(steps)} for {part}", steps[step] + more)


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
    _tell(found, f"defines no {name}" if own is not None else "does not pass yet")
    return getattr(reference, name)


def _tell(found: Exercise, why: str) -> None:
    """Say once, as long as no notebook changes, that the reference is used."""
    why = why if own_work.find(found.slug) else "is not here"
    line = f"prior: your {found.label} {why}; using the reference instead."
    if (line, _stamps(found)) not in _told:
        _told.add((line, _stamps(found)))
        print(line)


def _own(found: Exercise) -> dict[str, Any] | None:
    """The learner's own earlier notebook as a namespace, if all its core parts pass.

    It is judged once, and again when it or a notebook before it, which it may use, has changed.
    """
    stamps = _stamps(found)
    if found.slug not in _judged or _judged[found.slug][0] != stamps:
        told = set(_told)
        with _undisturbed(), _clock_stopped():
            _judged[found.slug] = stamps, _judge(found)
        _told.intersection_update(told)  # nobody reads what a notebook prints while it is judged
    return _judged[found.slug][1]


def _judge(found: Exercise) -> dict[str, Any] | None:
    path = own_work.find(found.slug)
    if path is None:
        return None
    try:
        cells = notebook.read(path, found).cells
    except notebook.UnreadableNotebook:
        return None
    module = types.ModuleType(found.slug)
    sys.modules[found.slug] = module  # where dataclasses and pickle look for a class's own module
    runner = Runner(module.__dict__)
    try:
        earlier = Earlier(found, runner, cells)
        results = run_checks(found, earlier, LOCAL_SEED)
        earlier.finish()
    except Failure:
        return None
    return runner.namespace if core_passed(results) else None


def _stamps(found: Exercise) -> Stamps:
    """What tells the present notebooks, up to this one, from changed ones."""
    upto = [exercise.load(slug) for slug in exercise.slugs() if slug <= found.slug]
    files = [(path, path.stat()) for one in upto if (path := own_work.find(one.slug))]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in files)


def core_passed(results: list[PartResult]) -> bool:
    """Whether all parts that are no bonus pass."""
    return all(result.passed for result in results if not result.part.bonus)


def _how_to_get(found: Exercise, name: str) -> str:
    number, own = found.number, exercise.file_name(found.slug)
    return (
        f"{name} comes from Exercise {number}, and neither your own work/{own} (all "
        f"core parts must pass: try `grader check {number}`) nor the reference is here. Finish "
        f"Exercise {number} first, or ask your instructor for the reference module."
    )
