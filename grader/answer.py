"""What came back from a probe, and the failures a learner can be told of.

`Subject` is what a check talks to: `subject.call("filter_lightcurve", data)` runs the probe `call`
beside the learner's code, wherever that is, and gives an `Answer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


class Failure(AssertionError):
    """A check's verdict against the learner's code, in words for the learner."""

    def __init__(self, message: str, status: str = "failed", misconception: str | None = None):
        super().__init__(message)
        self.message = message
        self.status = status
        self.misconception = misconception


class Backend(Protocol):
    """Where a learner's code runs: in this kernel, or in the sandbox."""

    def ask(self, probe: str, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Run a probe. Raises `Failure` if it takes too long or the process dies."""
        ...

    def undefined(self, names: list[str]) -> list[str]:
        """Those of the names that the learner has not defined."""
        ...

    def trouble_with(self, name: str) -> Failure | None:
        """What went wrong in the cell that was to define `name`, if anything did."""
        ...


@dataclass(frozen=True)
class Raised:
    """An exception of the learner's code: its class and base classes, message, and own line."""

    kinds: list[str]
    message: str
    line: int
    text: str

    @property
    def kind(self) -> str:
        return self.kinds[0]

    def is_a(self, kind: str) -> bool:
        return kind in self.kinds

    def __str__(self) -> str:
        where = f" (line {self.line} of the cell: `{self.text}`)" if self.text else ""
        says = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{says}{where}"


@dataclass(frozen=True)
class Answer:
    """Value or exception of one probe, with what was printed and warned of on the way."""

    result: Any = None
    raised: Raised | None = None
    printed: str = ""
    warned: list[str] = field(default_factory=list)

    @property
    def value(self) -> Any:
        """The value; an exception of the learner's becomes the verdict."""
        if self.raised is not None:
            raise failure_of(self.raised)
        return self.result


class Subject:
    """The learner's code as a check sees it: every probe is a method."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, probe: str) -> Callable[..., Answer]:
        if probe.startswith("_"):
            raise AttributeError(probe)
        return lambda *args, **kwargs: read(self._backend.ask(probe, args, kwargs))


def read(reply: dict[str, Any]) -> Answer:
    """Turn a reply from the learner's side into an `Answer`, trusting nothing in it."""
    try:
        return _read(reply)
    except (AttributeError, TypeError, ValueError, RecursionError):
        raise Failure("The answer of your code could not be read.", "error") from None


def _read(reply: dict[str, Any]) -> Answer:
    if "unsendable" in reply:
        raise Failure(f"The result could not be examined: {reply['unsendable']}.", "error")
    if "missing" in reply:
        raise Failure(f"`{reply['missing']}` is not defined.", "missing")
    raised = _raised(reply["raised"]) if "raised" in reply else None
    warned = [str(text) for text in reply.get("warned", [])]
    return Answer(reply.get("value"), raised, str(reply.get("printed", "")), warned)


def failure_of(raised: Raised) -> Failure:
    """The verdict on an exception nobody asked for. An untouched stub counts as missing."""
    if raised.is_a("NotImplementedError"):
        return Failure(_unwritten(raised.message), "missing")
    if raised.is_a("RecursionError"):
        return Failure(f"Your code calls itself without end: {raised}.", "error")
    if raised.is_a("SystemExit"):
        return Failure(f"Your code ends the program: {raised}. Remove `exit()`.", "error")
    return Failure(f"Your code raised {raised}.", "error")


def _unwritten(message: str) -> str:
    name = message.split(":")[0].split(" ", 1)[-1]
    if not name or len(name) > 60:
        return "This part is not written yet: it raises NotImplementedError."
    return f"`{name}` is not written yet: replace `raise NotImplementedError(...)` by your code."


def _raised(report: Any) -> Raised:
    try:
        return Raised(
            [str(kind) for kind in report["kinds"]] or ["Exception"],
            str(report["message"]),
            int(report["line"]),
            str(report["text"]),
        )
    except (KeyError, TypeError, ValueError):
        return Raised(["Exception"], "", 0, "")
