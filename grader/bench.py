"""The bench: a learner's definitions, and the probes that try them out.

This is all of the grader that shares a process with a learner's code. It runs the cells, calls the
probes and hands back plain values. It knows no expected value, so there is nothing here to steal. A
learner's code can make it say anything, but only data, which is judged elsewhere: to pass, it must
say what right code would have said, for inputs that it did not know before.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import linecache
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from typing import Any

from grader import probes, wire

MAX_PRINTED = 100_000


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
    """Raised into code that does not end; the bench lets it through."""


class Bench:
    """A namespace with a learner's definitions; in a notebook it is the notebook's own.

    `exercise` is the number of the exercise whose probes are called.
    """

    def __init__(self, namespace: dict[str, Any], exercise: str = "") -> None:
        self.namespace = namespace
        self.exercise = exercise

    @classmethod
    def fresh(cls, exercise: str = "") -> Bench:
        """An empty `__main__`, as a notebook starts with."""
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        return cls(module.__dict__, exercise)

    def run_cell(self, number: int, source: str) -> dict[str, Any]:
        """Run one cell; an exception is reported, never raised."""
        return self._guarded(lambda: self._execute(number, source))

    def probe(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Call the probe `name` on the learner's definitions and report what came of it."""
        probe = probes.find(name, self.exercise)
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
        filename = f"<cell {number}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(source, filename, "exec", flags=flags, dont_inherit=True)
        result = eval(code, self.namespace)  # the one place where a learner's cell is run
        if inspect.iscoroutine(result):
            asyncio.run(result)

    def _guarded(self, action: Callable[[], Any]) -> dict[str, Any]:
        """Run `action`; report its value or exception, what it printed, what it warned of."""
        printed, reply = Printed(), {}
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
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
        line, text = _safely(lambda: self._own_line(error), (0, ""))
        message = _safely(lambda: plain_text(str(error)), "")
        return {"kinds": kinds, "message": message[:600], "line": line, "text": text}

    def _own_line(self, error: BaseException) -> tuple[int, str]:
        """Number and text of the last line of the learner's own that the exception passed."""
        if isinstance(error, SyntaxError) and (error.filename or "").startswith("<cell"):
            return error.lineno or 0, (error.text or "").strip()
        line, text, trace = 0, "", error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_globals is self.namespace:
                line = trace.tb_lineno
                text = linecache.getline(trace.tb_frame.f_code.co_filename, line).strip()
            trace = trace.tb_next
        return line, text[:200]


def with_tensors(value: Any) -> Any:
    """What has come over the wire, with torch's own tensors in it."""
    if isinstance(value, wire.Tensor):
        import torch  # only now: most exercises do without

        return torch.from_numpy(value.array).to(getattr(torch, value.dtype))
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


def _safely(action: Callable[[], Any], otherwise: Any) -> Any:
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
        return wire.unpack(wire.pack(reply))
    except wire.WireError as error:
        return {"unsendable": str(error)}
