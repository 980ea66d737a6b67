"""A model in the sandbox, and what it answers to the light curves of an exam.

A light curve costs its own answer at most: where a batch fails, its light curves are asked for one
by one, and a process that is lost is replaced by a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic as now
from typing import Any

import numpy as np
import pandas as pd

from grader import wire
from grader.answer import Answer, Failure, Raised, read
from grader.capstone.exam import CLASSES
from grader.capstone.submission import Submission
from grader.fork_server import WarmParent
from grader.notebook import Cell, Notebook
from grader.session import DIED, Session, TimeLimits

EXERCISE = "8"  # its layer of the fork server has torch and scikit-learn
INSIDE = Path(__file__).with_name("inside.py").read_text("utf-8")
BATCH = 16  # light curves that are asked for at once
MAX_LOST = {"timeout": 4, "error": 40}  # processes of one model, then the rest is not asked
RENEWED = (
    100.0  # [s] after which a process gives way to a new one, as its processor time is limited
)
TOLERANCE = 1e-3  # by which the sum of probabilities may differ from 1

ORDER = f"(n, {len(CLASSES)}), with the columns {', '.join(CLASSES)}"
TOO_SLOW = "A light curve should take less than a second."
NOT_ASKED = "It was not asked: "


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for loading and for each batch; for all of it."""

    batch: float = 30.0
    model: float = 600.0


@dataclass
class Answers:
    """What a model has answered.

    Attributes
    ----------
    probabilities : float array (n, 5)
        Rows of NaN where there is no answer.
    reasons : list of str
        Why there is no answer; empty where there is one.
    seconds : float array (n,)
        Wall time for each light curve, as measured from outside; NaN if it was not asked.
    threshold : float or None
        The probability from which on the model calls an object a TDE, if it has said so.
    """

    probabilities: np.ndarray
    reasons: list[str]
    seconds: np.ndarray
    threshold: float | None = None

    @classmethod
    def none(cls, count: int, reason: str) -> Answers:
        """No answers, all for one reason."""
        empty = np.full((count, len(CLASSES)), np.nan)
        return cls(empty, [reason] * count, np.full(count, np.nan))

    @property
    def answered(self) -> np.ndarray:
        """Which light curves have an answer, bool (n,)."""
        return np.asarray(np.isfinite(self.probabilities).all(axis=1))


class Exhausted(Exception):
    """The model is asked no more; the message says why."""


@dataclass
class Sitting:
    """One model, asked about the light curves of an exam."""

    parent: WarmParent
    submission: Submission
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        self._session: Session | None = None
        self._lost: Counter[str] = Counter()
        self._since = self._begun = now()

    def answers(self, curves: Sequence[pd.DataFrame]) -> Answers:
        """Ask for all light curves.

        Raises `Failure` if the model cannot be loaded, and `SandboxError` if the sandbox fails.
        """
        found = Answers.none(len(curves), "")
        try:
            found.threshold = self._start()
            self._ask_all(curves, found)
        finally:
            self._stop()
        return found

    def _ask_all(self, curves: Sequence[pd.DataFrame], found: Answers) -> None:
        for first in range(0, len(curves), BATCH):
            places = range(first, min(first + BATCH, len(curves)))
            try:
                self._ask(curves, places, found)
                if first == 0 and not found.answered.any():
                    raise Exhausted(f"none of the first {len(places)} light curves had an answer.")
            except Exhausted as why:
                for place in range(first, len(curves)):
                    if not found.answered[place] and not found.reasons[place]:
                        found.reasons[place] = f"{NOT_ASKED}{why}"
                return

    def _ask(self, curves: Sequence[pd.DataFrame], places: range, found: Answers) -> None:
        """Ask for a batch, or, if that fails, for each of its light curves."""
        start = now()
        try:
            session = self._ready()
            start = now()
            value = _value(session, "answer", [_columns(curves[place]) for place in places])
            probabilities, reasons = read_probabilities(value, len(places))
        except Failure as failure:
            self._note_loss(failure)
            if len(places) > 1:
                for place in places:
                    self._ask(curves, range(place, place + 1), found)
                return
            probabilities, reasons = np.full((1, len(CLASSES)), np.nan), [failure.message]
        each = (now() - start) / len(places)
        for place, row, reason in zip(places, probabilities, reasons, strict=True):
            found.probabilities[place], found.reasons[place] = row, reason
            found.seconds[place] = each

    # The process

    def _ready(self) -> Session:
        """A session with the model loaded. Raises `Exhausted` if there is to be none."""
        if now() - self._begun > self.patience.model:
            raise Exhausted(f"the {self.patience.model:g} s for a model were used up.")
        if any(self._lost[status] >= most for status, most in MAX_LOST.items()):
            raise Exhausted(f"{self._lost.total()} times the model had not ended or had died.")
        if self._session is None or now() - self._since > RENEWED:
            self._start()
        assert self._session is not None
        self._session.begin(())  # the time for a part begins anew
        return self._session

    def _start(self) -> float | None:
        """Load the model in a new process; the threshold that it asks for."""
        self._stop()
        limits = TimeLimits(self.patience.batch, self.patience.batch, self.patience.model)
        cells = Notebook([Cell(1, INSIDE)])
        self._session = Session(self.parent, cells, limits, self.submission.files)
        self._since = now()
        for _ in self._session.stops():
            pass
        self._session.begin(())
        found = _value(self._session, "start")
        if not isinstance(found, dict):
            raise Failure("`model.py` could not be examined.", "error")
        if missing := found.get("missing"):
            raise Failure(
                f"`model.py` does not define {_listing(missing)}. It needs `load(folder)` and "
                "`predict(model, lightcurves)`.",
                "missing",
            )
        return read_threshold(found.get("threshold"))

    def _note_loss(self, failure: Failure) -> None:
        if failure.status == "timeout" or DIED in failure.message:
            self._lost[failure.status] += 1
            self._stop()

    def _stop(self) -> None:
        if self._session is not None:
            self._session.__exit__(None, None, None)
            self._session = None


def _columns(curve: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of a light curve, as they travel."""
    columns = {name: curve[name].to_numpy() for name in curve}
    return columns | {"band": columns["band"].astype("<U1")}


def _value(session: Session, function: str, *args: Any) -> Any:
    """What a function of `inside.py` returns. Raises `Failure` in the model's own words."""
    start = now()
    try:
        found: Answer[Any] = read(session.ask("call", (function, *args), {}))
    except Failure as failure:
        if failure.status != "timeout":
            raise Failure(failure.message.replace("Your code", "It"), failure.status) from None
        seconds = now() - start
        raise Failure(f"It did not end within {seconds:.0f} s. {TOO_SLOW}", "timeout") from None
    if found.raised is not None:
        raise Failure(_said(found.raised), "error")
    return found.result


def _said(raised: Raised) -> str:
    at = f" at `{raised.text}` (line {raised.line})" if raised.text else ""
    says = f": {raised.message.removesuffix('.')}" if raised.message else ""
    hint = ""
    if raised.is_a("ModuleNotFoundError"):
        hint = " Only the packages of the workbook are there, and the files beside `model.py`."
    elif raised.is_a("FileNotFoundError"):
        hint = " Hand in the file, and open it below the `folder` that `load` is given."
    elif raised.is_a("MemoryError"):
        hint = " A model has 2 GB. Make it smaller."
    return f"It raised {raised.kind}{at}{says}.{hint}"


def read_threshold(value: Any) -> float | None:
    """The probability above which an object is called a TDE, or None. Raises `Failure`."""
    if value is None:
        return None
    if isinstance(value, int | float) and 0 < value <= 1:
        return float(value)
    raise Failure("`TDE_THRESHOLD` in `model.py` is not a number above 0 and up to 1.", "error")


def read_probabilities(value: Any, count: int) -> tuple[np.ndarray, list[str]]:
    """Return the probabilities (count, 5), NaN where there are none, and the reasons why not.

    Raises `Failure` if the value is no such array at all.
    """
    if isinstance(value, wire.Tensor):
        value = value.array
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        kind = "an array of another type" if isinstance(value, np.ndarray) else _kind(value)
        raise Failure(f"`predict` returned {kind}. Return an array of floats {ORDER}.", "error")
    if value.shape != (count, len(CLASSES)):
        raise Failure(
            f"`predict` returned the shape {value.shape} for {count} light curves. Return {ORDER}.",
            "error",
        )
    rows = value.astype(float)
    with np.errstate(invalid="ignore", over="ignore"):
        total = rows.sum(axis=1)
        faults = {
            "Its probabilities are not finite (NaN or infinite).": ~np.isfinite(rows).all(axis=1),
            "Its probabilities are negative.": (rows < 0).any(axis=1),
            "Its probabilities do not sum to 1.": ~(np.abs(total - 1) <= TOLERANCE),
        }
    reasons = [next((why for why, bad in faults.items() if bad[n]), "") for n in range(count)]
    good = np.array([not reason for reason in reasons], dtype=bool)[:, None]
    return np.where(good, rows / np.where(good, total[:, None], 1), np.nan), reasons


def _kind(value: Any) -> str:
    names = {"NoneType": "None", "Table": "a DataFrame", "OpaqueObject": "an object"}
    name = type(value).__name__
    return names.get(name, f"a {name}")


def _listing(names: Any) -> str:
    texts = (
        [str(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    )
    return " and ".join(f"`{name}`" for name in texts[:2]) or "its functions"
