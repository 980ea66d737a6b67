"""What is told of an exercise's mutants: the survivors, and how many each part's checks kill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mutation import listed
from mutation.mutants import Mutant
from mutation.trial import Outcome


@dataclass(frozen=True)
class Report:
    """The mutants of an exercise that were tried out, and what came of them."""

    slug: str
    outcomes: Mapping[Mutant, Outcome]

    @property
    def killed(self) -> list[Mutant]:
        return [m for m, outcome in self._counting() if not outcome.survived]

    @property
    def survivors(self) -> list[Mutant]:
        """Those that no check finds out, and no list excuses."""
        excused = listed.reasons(self.slug)
        return [m for m, outcome in self._counting() if outcome.survived and m.id not in excused]

    @property
    def needless(self) -> list[Mutant]:
        """Those that are listed, and are killed."""
        return [mutant for mutant in self.killed if mutant.id in listed.reasons(self.slug)]

    @property
    def score(self) -> float:
        """The killed, in percent of all that count and are not listed."""
        return _percent(len(self.killed), len(self.survivors))

    def _counting(self) -> list[tuple[Mutant, Outcome]]:
        return [(mutant, one) for mutant, one in self.outcomes.items() if one.counts]

    def lines(self, entries: bool = False) -> Iterator[str]:
        """The survivors, as a diff or as the entries of a list, and the scores."""
        for mutant in self.survivors:
            yield listed.entry(mutant) if entries else self._shown(mutant)
        for mutant in self.needless:
            yield f"{mutant.id} is listed, and is killed"
        for part in dict.fromkeys(mutant.part for mutant in self.outcomes):
            own = {mutant: one for mutant, one in self.outcomes.items() if mutant.part == part}
            yield Report(self.slug, own).summary(part)
        yield self.summary(self.slug)

    def summary(self, name: str) -> str:
        n, survivors = len(self.killed), len(self.survivors)
        more = sum(one.survived for one in self.outcomes.values()) - survivors
        return f"{name}: {n} of {n + survivors} killed, {self.score:.1f}%; {more} more are listed"

    def _shown(self, mutant: Mutant) -> str:
        by = self.outcomes[mutant].by
        elsewhere = f"; the checks of {by} fail" if by else ""
        return f"{mutant.id}  ({mutant.name}, line {mutant.line}{elsewhere})\n{mutant.diff}\n"


def _percent(killed: int, survived: int) -> float:
    return 100 * killed / max(killed + survived, 1)
