"""What came back from a probe, and the failures a learner can be told of.

`Subject` is what a check talks to: `learner.ask(probes.logits, batch)` runs the probe `logits`
beside the learner's code, wherever that is, and gives an `Answer`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

import msgspec

from grader.course import probing
from grader.texts import clean, short

if TYPE_CHECKING:
    from grader.runner import Learner

P = ParamSpec("P")
R = TypeVar("R")

MAX_PRINTED = 100_000  # characters
MAX_TEXTS = 200  # base classes of an exception, warnings, names


class Failure(AssertionError):
    """A check's verdict against the learner's code, in words for the learner."""

    def __init__(
        self,
        message: str,
        status: str = "failed",
        misconception: str | None = None,
        raised: Raised | None = None,
    ) -> None:
        self.message = short(message)  # it may quote anything of a learner's
        super().__init__(self.message)
        self.status = status
        self.misconception = misconception
        self.raised = raised
        """The exception of the learner's code that the failure comes from, if it is one."""
        self.key = ""
        """The key of the feedback by which a check named it; empty if it speaks for itself."""
        self.question: Question | None = None
        """What was asked of the learner's code; None if it is the last question."""
        self.form = ""
        """Which side of the answer is judged, as source with `{}` for the whole."""
        self.code = ""
        """What the learner can run to see it; empty if that is not known."""


class Finding(Failure):
    """A failure that a check names by a key; its words are in the exercise's `feedback.toml`."""

    def __init__(self, key: str, /, status: str = "failed", **fields: Any) -> None:
        super().__init__(key, status)
        self.key, self.fields = key, fields


class Backend(Protocol):
    """Where a learner's code runs: in this kernel, or in the sandbox."""

    def ask(self, probe: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Run a probe. Raises `Failure` if it takes too long or the process dies."""
        ...

    def undefined(self, names: list[str]) -> list[str]:
        """Those of the names that the learner has not defined."""
        ...

    def stops(self) -> Iterator[Stop]:
        """The places of the notebook where parts are judged; code up to each has been run."""
        ...

    def begin(self, names: Sequence[str]) -> None:
        """The judging of a part begins, which defines these names."""
        ...

    def changed_since(self, position: int, names: Sequence[str]) -> bool:
        """Whether what was run since then may change the verdict on the part that defines these."""
        ...

    def explained(self, failure: Failure, names: Sequence[str]) -> Failure:
        """The failure of the part that defines `names`, with the cell that caused it, if known."""
        ...


@dataclass(frozen=True)
class Stop:
    """A place in a notebook where parts are to be judged: below a check cell, or at the end."""

    parts: tuple[str, ...] = ()
    """What is checked: ids of parts, or of the whole exercise. At the end: all that is left."""
    position: int = 0
    """How far the notebook has been run."""
    at_end: bool = False


@dataclass(frozen=True)
class Raised:
    """An exception of the learner's code: its class and base classes, message, and own line.

    `name` is the name that a NameError, ImportError or AttributeError is about. `cell` is the cell
    in which the line stands; 0 where that is not known. `facts` tell more about the circumstances.
    """

    kinds: list[str]
    message: str
    line: int
    text: str
    name: str = ""
    cell: int = 0
    facts: str = ""

    @property
    def kind(self) -> str:
        return self.kinds[0]

    def is_a(self, kind: str) -> bool:
        return kind in self.kinds

    @property
    def is_environments(self) -> bool:
        """Whether it tells of what is missing here, and nothing of what the learner thinks."""
        module = self.is_a("AttributeError") and re.match(r"(partially .*)?module '", self.message)
        kinds = ("NameError", "ImportError", "MemoryError")
        return bool(module) or (self.kind != "UnboundLocalError" and any(map(self.is_a, kinds)))

    def __str__(self) -> str:
        cell = f"cell {self.cell}" if self.cell else "the cell"
        where = f" (line {self.line} of {cell}: `{self.text}`)" if self.text else ""
        says = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{says}{where}"


@dataclass(frozen=True)
class Question:
    """What a check has asked of a learner's code: a probe, its module, and what it was given."""

    module: str
    probe: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@contextmanager
def about(question: Question | None) -> Iterator[None]:
    """Let the failures raised inside know which question they are about."""
    try:
        yield
    except Failure as failure:
        failure.question = failure.question or question
        raise


@dataclass(frozen=True)
class Answer(Generic[R]):
    """Value or exception of one probe, with what was printed and warned of on the way."""

    result: R = None  # type: ignore[assignment]
    raised: Raised | None = None
    printed: str = ""
    warned: list[str] = field(default_factory=list)
    question: Question | None = field(default=None, compare=False)
    """What was asked; None where a check made the answer from another one."""

    @property
    def value(self) -> R:
        """The value; an exception of the learner's becomes the verdict."""
        with about(self.question):
            if self.raised is not None:
                raise failure_of(self.raised)
        return self.result

    @property
    def message(self) -> str:
        """The message of the exception; empty if there was none."""
        return self.raised.message if self.raised else ""


class Subject:
    """The learner's code as a check sees it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.question: Question | None = None
        """The last one that was asked."""

    def ask(
        self,
        probe: Callable[Concatenate[Learner, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer[R]:
        """What a probe brings back, as the type that it declares.

        Raises `Failure` if the reply is of another form, or if something is missing here: that is
        a verdict, and never a misconception.
        """
        self.question = Question(probe.__module__, probe.__name__, args, kwargs)
        reply = read(self._backend.ask(probe.__name__, args, kwargs))
        answer = replace(reply, question=self.question)
        if answer.raised is not None:
            if answer.raised.is_environments:
                raise failure_of(answer.raised)
            return answer
        try:
            return replace(answer, result=probing.fitted(answer.result, probe))
        except msgspec.ValidationError as error:
            raise Failure(f"{UNREADABLE} ({short(str(error), 200)})", "error") from None


UNREADABLE = (
    "What your code returned has a form that this check cannot read. Compare type and shape with "
    "the docstring."
)


def read(reply: Any) -> Answer[Any]:
    """Turn a reply from the learner's side into an `Answer`, trusting nothing in it.

    Its texts are cut, and cleaned of what could not be shown safely. Raises `Failure`.
    """
    if not isinstance(reply, dict):
        raise Failure("The answer of your code could not be read.", "error")
    if "unsendable" in reply:
        raise Failure(f"The result could not be examined: {text_of(reply['unsendable'])}.", "error")
    if "missing" in reply:
        raise Failure(f"`{text_of(reply['missing'])}` is not defined.", "missing")
    raised = _raised(reply["raised"]) if "raised" in reply else None
    printed = reply.get("printed")
    return Answer(
        reply.get("value"),
        raised,
        clean(printed[:MAX_PRINTED]) if isinstance(printed, str) else "",
        texts_of(reply.get("warned")),
    )


ENDLESS = "Look for a loop whose condition never becomes false."


def out_of_time(seconds: float) -> Failure:
    """The verdict on code that has used up its time."""
    return Failure(f"Your code did not end within {seconds:g} s. {ENDLESS}", "timeout")


def failure_of(raised: Raised) -> Failure:
    """The verdict on an exception nobody asked for. An untouched stub counts as missing."""
    status = "error"
    if raised.is_a("NotImplementedError"):
        says, status = _unwritten(raised.message), "missing"
    elif raised.is_a("RecursionError"):
        says = f"Your code calls itself without end: {raised}."
    elif raised.is_a("SystemExit"):
        says = f"Your code ends the program: {raised}. Remove `exit()`."
    elif raised.is_a("MemoryError"):
        says = f"Your code needs more memory than there is here: {raised}."
    else:
        says = f"Your code raised {raised}. {raised.facts}".strip()
    return Failure(says, status, raised=raised)


def _unwritten(message: str) -> str:
    name = message.split(":")[0].split(" ", 1)[-1]
    if not name or len(name) > 60:
        return "This part is not written yet: it raises NotImplementedError."
    return f"`{name}` is not written yet: replace `raise NotImplementedError(...)` by your code."


def _raised(report: Any) -> Raised:
    report = report if isinstance(report, dict) else {}
    return Raised(
        [kind for kind in texts_of(report.get("kinds")) if kind] or ["Exception"],
        text_of(report.get("message")),
        _number(report.get("line")),
        text_of(report.get("text")),
        text_of(report.get("name")),
        _number(report.get("cell")),
        text_of(report.get("facts")),
    )


def text_of(value: Any) -> str:
    """A text from the learner's side, fit to be shown; empty if it is no text."""
    return short(value) if isinstance(value, str) else ""


def texts_of(values: Any) -> list[str]:
    """The first texts of a list from the learner's side."""
    return [text_of(value) for value in values[:MAX_TEXTS]] if isinstance(values, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
