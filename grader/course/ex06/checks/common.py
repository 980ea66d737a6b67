"""What the checks of all parts of Exercise 6 use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from grader.answer import Answer, Failure, Subject
from grader.course import probing
from grader.course.ex06 import probes
from grader.course.oracles import Rng

N_FEATURES, N_CLASSES = 6, 5

T = TypeVar("T")

Memory = dict[str, Any]
"""What the checks of a part share."""


def remembered(
    learner: Subject, memory: Memory, name: str, ask: Callable[[], tuple[T, Answer[Any]]]
) -> tuple[T, Answer[Any]]:
    """An answer and what it belongs to, asked for only once; a failure is about this question."""
    if name not in memory:
        memory[name] = ask()
    found: tuple[T, Answer[Any]] = memory[name]
    learner.question = found[1].question
    return found


class Bundle:
    """Several questions to one probe, by name, which are asked all at once.

    Where that goes wrong, each is asked by itself: an exception belongs to one of them.
    """

    def __init__(self, learner: Subject, probe: Any, questions: dict[str, tuple[Any, ...]]) -> None:
        self.learner, self._probe, self._questions = learner, probe, questions
        answer = learner.ask(probes.several, probe.__name__, list(questions.values()))
        self._found: dict[str, Answer[Any]] = {}
        if answer.raised is None and len(answer.result) == len(questions):
            try:
                fitted = [probing.fitted(value, probe) for value in answer.result]
            except msgspec.ValidationError:
                return
            answers = [Answer(value, question=answer.question) for value in fitted]
            self._found = dict(zip(questions, answers, strict=True))

    def of(self, name: str) -> Answer[Any]:
        """The answer to one of the questions."""
        if name not in self._found:
            return self._asked(name)
        self.learner.question = self._found[name].question
        return self._found[name]

    def judge(self, name: str, judge: Callable[[Answer[Any]], None]) -> None:
        """Judge an answer; before anything is said against it, the question is asked by itself.

        A learner can see that one by running a few lines.
        """
        try:
            judge(self.of(name))
        except Failure:
            if name in self._found:
                judge(self._asked(name))
            raise

    def _asked(self, name: str) -> Answer[Any]:
        answer: Answer[Any] = self.learner.ask(self._probe, *self._questions[name])
        return answer


class Planned(Protocol):
    """Something that is asked about: what its probe takes."""

    @property
    def question(self) -> tuple[Any, ...]: ...


P = TypeVar("P", bound=Planned)


def bundle(
    learner: Subject, rng: Rng, memory: Memory, probe: Any, plan: Callable[[Rng], dict[str, P]]
) -> tuple[dict[str, P], Bundle]:
    """What a part plans to ask, drawn once, and its questions, asked only once."""
    if "plan" not in memory:
        memory["plan"] = plan(rng)
    planned: dict[str, P] = memory["plan"]
    if "bundle" not in memory:
        questions = {name: one.question for name, one in planned.items()}
        memory["bundle"] = Bundle(learner, probe, questions)
    found: Bundle = memory["bundle"]
    found.learner = learner
    return planned, found
