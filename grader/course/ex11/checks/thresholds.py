"""What `choose_threshold` of 11.7 should find, by counting, and what other rules would."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from grader.course.oracles import Rng

Array = np.ndarray
N_TRIES = 300


def counted(score: Array, is_tde: Array, threshold: float) -> tuple[int, int, int]:
    """How many TDEs are found, how many others, and how many TDEs are missed."""
    found = score >= threshold
    right, n_found, n_tdes = (int(each.sum()) for each in (found & is_tde, found, is_tde))
    return right, n_found - right, n_tdes - right


def lowest(score: Array, is_tde: Array, enough: Callable[[int, int, int], bool]) -> float:
    """The smallest score for which the counts are enough."""
    ordered = sorted(score.tolist())
    return next((t for t in ordered if enough(*counted(score, is_tde, t))), math.inf)


def threshold_of(score: Array, is_tde: Array, wanted: float) -> float:
    return lowest(score, is_tde, lambda right, wrong, _: right / (right + wrong) >= wanted)


def other_thresholds(score: Array, is_tde: Array, wanted: float) -> dict[str, float]:
    """What is found by other rules."""
    counts = {t: counted(score, is_tde, t) for t in sorted(score.tolist(), reverse=True)}
    precision = {t: right / (right + wrong) for t, (right, wrong, _) in counts.items()}
    n, n_tdes, best = len(score), int(is_tde.sum()), max(precision.values())
    recall = {t: right / max(n_tdes, 1) for t, (right, _, _) in counts.items()}
    accuracy = {t: 1 - (wrong + missed) / n for t, (_, wrong, missed) in counts.items()}
    stopped = math.inf
    reached: list[float] = []
    above: list[float] = []
    for t, share in precision.items():
        if share < wanted and reached:
            break
        reached += [t] if share >= wanted else []
        stopped = t
    for t in precision:
        over = is_tde[score > t]
        above += [t] if len(over) and over.mean() >= wanted else []
    return {
        "highest-precision": min(t for t in precision if precision[t] == best),
        "highest-precision~highest": max(t for t in precision if precision[t] == best),
        "highest-threshold": max((t for t in precision if precision[t] >= wanted), default=stopped),
        "stops-at-first-gap": min(reached, default=stopped),
        "recall-for-precision": min((t for t in recall if recall[t] >= wanted), default=0.0),
        "recall-for-precision~highest": max((t for t in recall if recall[t] >= wanted), default=0),
        "accuracy-for-precision": min((t for t in accuracy if accuracy[t] >= wanted), default=0.0),
        "strictly-above": min(above, default=math.inf),
    }


def candidates(rng: Rng) -> tuple[Array, Array]:
    """Scores, and which of the objects are TDEs: the more often, the higher the score."""
    n = rng.size(30, 5)
    score = np.round(rng.choice(np.arange(1, 100), n, replace=n > 99) / 100, 2)
    return score, rng.random(n) < 0.15 + 0.7 * score


def telling(rng: Rng, wanted: float) -> tuple[Array, Array]:
    """Candidates for which each mistake gives a threshold of its own, if that can be had."""
    for _ in range(N_TRIES):
        score, is_tde = candidates(rng)
        found = {threshold_of(score, is_tde, wanted)}
        others = other_thresholds(score, is_tde, wanted)
        of_each: dict[str, set[float]] = {}
        for key, value in others.items():
            of_each.setdefault(key.split("~")[0], set()).add(value)
        single = len(of_each["highest-precision"]) == 1
        n_values = sum(map(len, of_each.values()))
        if single and len(found.union(*of_each.values())) == n_values + 1:
            break
    return score, is_tde
