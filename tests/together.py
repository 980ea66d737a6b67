"""Judge several answers to one part at once, and assert what a wrong one is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from answer_files import Answer

from grader import exercise
from grader.checking import Checks, PartResult, with_checks

Found = TypeVar("Found")
MOST = 16  # answers that are judged at once: other processes may have the rest of a part's


def from_here(answer: Answer, group: list[Answer]) -> list[Answer]:
    """An answer, and those after it in its group that are judged together with it."""
    place = group.index(answer)
    return group[place : place + MOST]


def judged_together(
    group: list[Answer], judge: Callable[[Checks, Answer], Found]
) -> dict[Answer, Found | Exception]:
    """What `judge` finds of answers to one part, or what kept one from being judged."""
    verdicts: dict[Answer, Found | Exception] = {}

    def judge_all(checks: Checks) -> None:
        for answer in group:
            try:
                verdicts[answer] = judge(checks, answer)
            except Exception as error:
                verdicts[answer] = error

    with_checks(exercise.load(group[0].exercise), [group[0].part], judge_all)
    return verdicts


def assert_told(result: PartResult, answer: Answer) -> None:
    """A wrong answer loses points, is told its misconception, and no other one of its part."""
    assert not result.broke
    assert result.points < result.part.points
    assert result.misconception == answer.misconception, result.message
    assert result.named == {answer.misconception}, result.failures
