"""What the checks of one part have said so far, and which of their failures to tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from grader.answer import UNREADABLE, Failure
from grader.course.oracles import Rng


@dataclass(frozen=True)
class Failed:
    """A failure, the check that failed, and the random numbers that it drew its input from.

    There is no check where the part's names are not there to begin with.
    """

    failure: Failure
    item: pytest.Item | None = None
    rng: Rng | None = None

    @property
    def title(self) -> str:
        return title(self.item) if self.item else ""

    def is_like(self, other: Failed) -> bool:
        """Whether it is the same check that fails in the same way."""
        return self.item is other.item and self._kind == other._kind

    @property
    def _kind(self) -> tuple[str, str, list[str]]:
        failure = self.failure
        return failure.key, failure.status, failure.raised.kinds if failure.raised else []


@dataclass
class Verdict:
    """What the checks of one part have said so far."""

    failures: list[Failed] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    certain: bool = False
    broke: str = ""

    def add(self, error: BaseException, item: pytest.Item | None, rng: Rng | None = None) -> None:
        """A check has failed, or has broken on what came back from the learner's code."""
        if isinstance(error, Failure):
            self.certain |= error.status in ("missing", "timeout")
        elif not isinstance(error, Exception) or item is None:
            raise error
        else:
            self.broke = f"{item.name}: {type(error).__name__}: {error}"
            error = Failure(f"{UNREADABLE} Asked was: {title(item)}.", "error")
        self.failures.append(Failed(error, item, rng))

    def note(self, title: str, outcome: str) -> None:
        """A check with several inputs has failed if it failed for one of them."""
        if self.outcomes.get(title) != "failed":
            self.outcomes[title] = outcome

    @property
    def most_telling(self) -> Failed:
        """The first failure that names a misconception, otherwise the first one."""
        named = (one for one in self.failures if one.failure.misconception)
        return next(named, self.failures[0])

    @property
    def messages(self) -> dict[str, str]:
        """What each check that failed has said first, by its title."""
        return {one.title: one.failure.message for one in reversed(self._told) if one.item}

    @property
    def named(self) -> frozenset[str]:
        """The misconceptions that the messages name."""
        return frozenset(name for one in self._told if (name := one.failure.misconception))

    @property
    def _told(self) -> list[Failed]:
        """The failures that may speak.

        A check that names another misconception than the most telling one is silent: what it has
        seen may well follow from that one, and then it names a cause that is not there.
        """
        known = {None, self.most_telling.failure.misconception}
        return [one for one in self.failures if one.failure.misconception in known]


def title(item: pytest.Item) -> str:
    """What a learner sees of a check: the first line of its docstring."""
    return (getattr(item, "function").__doc__ or item.name).strip().splitlines()[0]  # noqa: B009
