"""Judge several answers to one part with checks that are collected once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from answer_files import Answer

from grader import exercise
from grader.checking import Checks, with_checks

Found = TypeVar("Found")


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
