"""The runner: a learner's definitions, and the probes that try them out.

This is all of the grader that shares a process with a learner's code. It runs the cells, calls the
probes and hands back plain values. It knows no expected value, so there is nothing here to steal. A
learner's code can make it say anything, but only data, which is judged elsewhere: to pass, it must
say what right code would have said, for inputs that it did not know before.
"""

from __future__ import annotations

import ast
import inspect
import io
import linecache
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from grader import wire
from grader.course import probing

if TYPE_CHECKING:
    from grader.shell import Shell

MAX_PRINTED = 100_000
MAX_NAMES = 200
DEFINED = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
T = TypeVar("T")


class Missing(Exception):
    """A name that the learner has not defined."""


class Learner:
    """The learner's definitions as attributes: `learner.filter_lightcurve(data)`."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise Missing(name) from None


class Printed(io.StringIO):
    """Keeps the beginning of what is printed and drops the rest."""

    def write(self, text: str) -> int:
        room = MAX_PRINTED - self.tell()
        super().write(str(text)[: max(room, 0)])
        return len(text)

    def close(self) -> None:
        """Stay open: a learner may close `sys.stdout`, and we still want to read it."""


class OutOfTime(BaseException):
    """Raised into code that does not end; the runner lets it through."""


class Runner:
    """A namespace with a learner's definitions; in a notebook it is the notebook's own.

    `exercise` is the number of the exercise whose probes are called. `shell` runs the cells; one
    is made when it is needed.
    """

    def __init__(
        self, namespace: dict[str, Any], exercise: str = "", shell: Shell | None = None
    ) -> None:
        self.namespace = namespace
        self.exercise = exercise
        self._shell = shell

    @property
    def shell(self) -> Shell:
        if self._shell is None:
            from grader import shell  # only now: IPython takes a tenth of a second

            self._shell = shell.make(namespace=self.namespace)
        return self._shell

    def run_cell(self, number: int, source: str, seconds: float = 0.0) -> dict[str, Any]:
        """Run one cell; an exception is reported, never raised.

        Besides value or exception, the report has `notes` (what was not done), `lost` (names that
        the cell would have defined), and `changed` (names that it has defined or given anew). A
        cell that takes longer than `seconds`, if there is such a limit, is interrupted.
        """
        before = dict(self.namespace)
        try:
            with time_limit(seconds):
                reply = self._guarded(partial(self._execute, number, source))
        except OutOfTime:
            if not seconds:  # it is somebody else's time
                raise
            reply = {"out_of_time": True}
        reply["notes"] = _safely(lambda: list(self.shell.notes), list[str]())
        reply["lost"] = [] if "value" in reply else self._lost(source)
        reply["changed"] = [
            name for name, value in dict(self.namespace).items() if before.get(name) is not value
        ][:MAX_NAMES]
        return reply

    def probe(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Call the probe `name` on the learner's definitions and report what came of it."""
        probe = probing.find(name, self.exercise)
        learner = Learner(self.namespace)
        return self._guarded(lambda: probe(learner, *with_tensors(args), **with_tensors(kwargs)))

    def undefined(self, names: Sequence[str]) -> list[str]:
        """Those of `names` (`function` or `Class.method`) that the learner has not defined."""
        return [name for name in names if not _safely(partial(self._defines, name), False)]

    def _defines(self, name: str) -> bool:
        owner, _, member = name.partition(".")
        if not member:
            return callable(self.namespace.get(owner))
        cls = self.namespace.get(owner)
        if not inspect.isclass(cls):
            return False
        found = inspect.getattr_static(cls, member, None)
        return found is not None and found is not inspect.getattr_static(object, member, None)

    def _execute(self, number: int, source: str) -> None:
        """Run a cell. After an import that fails here, the rest of the cell is still run."""
        done = self.shell.run(number, source)
        error = done.error_before_exec or done.error_in_exec
        if isinstance(done.error_in_exec, Exception):
            self._run_rest(number, source, done.error_in_exec)
        if error is not None:
            raise error

    def _run_rest(self, number: int, source: str, error: Exception) -> None:
        """Run what follows a failed import, statement by statement, as far as it goes.

        What needs the missing module fails with a NameError, and is passed over too. So is anything
        that fails above an import, such as to read a file that is elsewhere.
        """
        code = self.shell.transform_cell(source)
        stopped = _first_line_of(error, f"<cell {number}>")
        lines, notes = code.splitlines(), list(self.shell.notes)
        rest = [node for node in _statements(code) if stopped < node.lineno]
        if not isinstance(error, ImportError) and not _holds_an_import(rest):
            return
        failure: BaseException | None = None
        while rest and (failure is None or _is_passed_over(failure, rest)):
            node = rest.pop(0)
            own = lines[node.lineno - 1 : node.end_lineno]
            done = self.shell.run(number, "\n" * (node.lineno - 1) + "\n".join(own))
            notes += self.shell.notes
            failure = done.error_before_exec or done.error_in_exec
        self.shell.notes = notes
        self.shell.compile.cache(code, number)

    def _lost(self, source: str) -> list[str]:
        """Names that a cell would have bound, and that are not there."""
        code = _safely(lambda: self.shell.transform_cell(source), "")
        nodes = _statements(code) or [n for line in code.splitlines() for n in _statements(line)]
        names = {name for node in nodes for name in _bound(node)} | set(DEFINED.findall(code))
        return sorted(name for name in names if name not in self.namespace)[:MAX_NAMES]

    def _guarded(self, action: Callable[[], Any]) -> dict[str, Any]:
        """Run `action`; report its value or exception, what it printed, what it warned of."""
        printed, reply = Printed(), {}
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")  # plt.show()
            with redirect_stdout(printed), redirect_stderr(Printed()):
                try:
                    reply = {"value": action()}
                except Missing as missing:
                    reply = {"missing": str(missing)}
                except OutOfTime:
                    raise
                except BaseException as error:  # SystemExit and KeyboardInterrupt too
                    reply = {"raised": self._describe(error)}
        reply["printed"] = Printed.getvalue(printed)
        reply["warned"] = [_shown(w.message) for w in warned[:20]]
        return reply

    def _describe(self, error: BaseException) -> dict[str, Any]:
        classes = type(error).__mro__
        kinds = _safely(lambda: [plain_text(cls.__name__) for cls in classes], ["Exception"])
        cell, line, text = _safely(lambda: self._own_line(error), (0, 0, ""))
        message = _safely(lambda: plain_text(str(error)), "")
        name = _safely(lambda: plain_text(error.name), "")  # type: ignore[attr-defined]
        where = {"cell": cell, "line": line, "text": text, "facts": _facts(message)}
        return {"kinds": kinds, "message": message[:600], "name": name[:200]} | where

    def _own_line(self, error: BaseException) -> tuple[int, int, str]:
        """Cell, number and text of the last line of the learner's own that an exception passed."""
        if isinstance(error, SyntaxError) and (error.filename or "").startswith("<cell"):
            return _cell(error.filename), error.lineno or 0, (error.text or "").strip()
        file, line, trace = "", 0, error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if trace.tb_frame.f_globals is self.namespace or _beside_the_notebook(name):
                file, line = name, trace.tb_lineno
            trace = trace.tb_next
        return _cell(file), line, linecache.getline(file, line).strip()[:200] if file else ""


def _facts(message: str) -> str:
    """What is known here about an exception of torch's that the message alone does not tell."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ""
    if re.search(r"compiled with CUDA|NVIDIA driver|No CUDA GPUs", message):
        return "There is no GPU here: choose the device as `resolve_device` does."
    default = _safely(lambda: str(torch.get_default_dtype()), "torch.float32")
    if default != "torch.float32" and re.search(r"dtype|Float|Double|Half", message):
        return f"The notebook has set torch's default type to {default[6:60]}; inputs are float32."
    return ""


def _cell(filename: str | None) -> int:
    """The number in `<cell 7>`; 0 for other code."""
    number = (filename or "").removeprefix("<cell ").removesuffix(">")
    return int(number) if number.isdecimal() else 0


def _beside_the_notebook(filename: str) -> bool:
    """Whether code stands in a module of the learner's own, in the working folder."""
    return filename.endswith(".py") and os.path.dirname(filename) in ("", os.getcwd())


def _first_line_of(error: BaseException, filename: str) -> int:
    """The line of the code called `filename` in which an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != filename:
        trace = trace.tb_next
    return trace.tb_lineno if trace else sys.maxsize


def _statements(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _is_passed_over(failure: BaseException, rest: list[ast.stmt]) -> bool:
    """Whether the rest of a cell is run after one more failure."""
    ends = not isinstance(failure, Exception)
    return isinstance(failure, ImportError | NameError) or (_holds_an_import(rest) and not ends)


def _holds_an_import(statements: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in statements)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a cell binds, such as `np` by `import numpy as np`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.alias):
            yield inner.asname or inner.name.partition(".")[0]
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in code that takes longer, where the system has alarms; 0 is no limit.

    It is raised again every second: a learner's `except` may have caught it.
    """
    if not seconds or not has_alarms():
        yield
        return

    def alarm(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def has_alarms() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "setitimer")


def with_tensors(value: Any) -> Any:
    """What has come over the wire, with torch's own tensors in it, and Python's own sets."""
    if isinstance(value, wire.Tensor):
        import torch  # only now: most exercises do without

        return torch.from_numpy(value.array).to(getattr(torch, value.dtype))
    if isinstance(value, wire.Set):
        items = map(with_tensors, value.items)
        return {frozenset(item) if isinstance(item, set) else item for item in items}
    if isinstance(value, list | tuple):
        return type(value)(with_tensors(item) for item in value)
    if isinstance(value, dict):
        return {key: with_tensors(item) for key, item in value.items()}
    return value


def plain_text(text: str) -> str:
    """The text itself, also if it is a subclass of `str` with ideas of its own."""
    return str.__str__(text)


def _shown(warning: Warning | str) -> str:
    return _safely(lambda: f"{type(warning).__name__}: {plain_text(str(warning))}", "Warning")


def _safely(action: Callable[[], T], otherwise: T) -> T:
    """The value of `action`, or `otherwise` if the learner's objects make even that impossible."""
    try:
        return action()
    except OutOfTime:
        raise
    except BaseException:
        return otherwise


def travelled(reply: dict[str, Any]) -> dict[str, Any]:
    """`reply` as it arrives on the other side, also where there is no other process."""
    try:
        arrived: dict[str, Any] = wire.unpack(wire.pack(reply))
        return arrived
    except wire.WireError as error:
        return {"unsendable": str(error)}
