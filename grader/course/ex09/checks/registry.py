"""The steps of a registry on trial, and what is asked of them in several checks."""

from __future__ import annotations

from typing import Any

from grader.answer import Finding, Subject
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import kind_in
from grader.course.ex09.replies import Step
from grader.expect import require, showing

LABELS = [0, 1, 2, 1, 0, 2]


class Registry:
    """The steps of a registry, and what became of each."""

    def __init__(self, learner: Subject, steps: list[list[Any]]) -> None:
        self.steps = learner.ask(probes.registered, steps).value
        self.calls = [f"`{step[0]}`" for step in steps]
        if len(self.steps) != len(steps):
            raise Finding("steps-missing", got=len(self.steps), want=len(steps))

    def __getitem__(self, number: int) -> Step:
        return self.steps[number]

    def expect_no_errors(self, *numbers: int) -> None:
        """None of these steps raised an exception."""
        for number in numbers:
            if error := self.steps[number].error:
                kind, message = kind_in(error), error.message[:200]
                before = f"after {', '.join(self.calls[:number])}" if number else "the first call"
                fields = {"call": self.calls[number], "before": before}
                with showing(sides.STEP_ERRORS):
                    raise Finding(
                        "registry-raised", status="error", kind=kind, message=message, **fields
                    )

    def current(self, number: int) -> float | str | None:
        """The weight of the version that is deployed after a step."""
        found = self.steps[number].current
        require(found != "outside of the registry", "not-copied")
        return found

    def check(self, number: int, want: float | None, when: str) -> None:
        """The version with this weight is deployed after a step."""
        found = version(self.current(number))
        require(found == version(want), "other-version", when=when, got=found, want=version(want))


def version(weight: float | str | None) -> str:
    """How one speaks of the version with this weight in its checkpoint."""
    if isinstance(weight, str):
        return f"a folder with {weight}"
    return "no version" if weight is None else f"the version with weight {weight:g}"


def candidate(weight: float, guess: list[int], *, better: bool = True) -> list[Any]:
    """The step of offering a candidate."""
    return ["consider", float(weight), better, LABELS, guess]


def check_refused(got: Registry, number: int, what: str) -> None:
    """A candidate is a ValueError, and has changed nothing."""
    error = got[number].error
    right = error is not None and "ValueError" in error.kinds
    with showing(sides.STEP_ERRORS):
        require(right, "candidate-raises-other", what=what, got=kind_in(error))
    got.check(number, 1.0 if number else None, f"after a candidate with {what}")
    before = got[number - 1].n_files if number else 0
    left = got[number].n_files == before
    with showing(sides.N_FILES):
        require(left, "refused-one-kept", before=before, after=got[number].n_files)
    with showing(sides.OFFERED):
        require(got[number].offered == "kept", "refused-one-changed")
