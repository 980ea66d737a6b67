"""A survey's night as a batch, on as many cores and machines as there are: Dask `distributed`.

Each file of light curves is one task. A worker classifies it, writes the answers beside their final
place and returns what the rules may want; when the alerts of a file are stored, its answers move to
their final place. So a night that was cut off goes on with the files that have none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from distributed import Client, as_completed

from solutions.final_project.alerts import TransientAlertSystem
from solutions.final_project.alerts.candidate import make_candidate
from solutions.final_project.alerts.rules import BELIEFS, Rule, first_that_permits
from solutions.final_project.answers import CHUNK, COLUMNS, answers_to, row_of
from solutions.final_project.bundle import DEFAULT_BUNDLE
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers import read_paths

UNFINISHED = ".part"
Answer = dict[str, Any]


@dataclass(frozen=True)
class FileDone:
    """What came of one file: where its answers are, how many, and what the rules may want."""

    answers: Path
    objects: int
    refused: int
    wanted: list[tuple[Answer, LightCurve]]


@dataclass(frozen=True)
class Order:
    """What workers have to know: where to write, bundle, rules, and who is announced already."""

    out: Path
    model: str
    rules: tuple[Rule, ...]
    announced: frozenset[str]
    now: float


def run_night(
    client: Client,
    files: Sequence[Path],
    out: Path,
    system: TransientAlertSystem,
    now: float,
    model: str | Path = DEFAULT_BUNDLE,
) -> Iterator[FileDone]:
    """Classify files on a cluster and raise the alerts; yields each file when all of it is stored.

    Args:
        client: of the cluster. All machines see the files, `out` and the bundle at the same paths.
        files: of light curves, in any format of `readers`; their names differ.
        out: gets a Parquet file of answers for each, with the columns of `predictions.csv`. Files
            that have theirs are passed over.
        system: decides and announces, in this process alone.
        now: time of the night [MJD].
        model: the bundle.

    Raises:
        ValueError: two files have the same name.
    """
    if len({path.stem for path in files}) < len(files):
        raise ValueError("two files have the same name: their answers would be in one place")
    out.mkdir(parents=True, exist_ok=True)
    announced = frozenset(system.outbox.announced())
    order = Order(out, str(model), tuple(system.rules), announced, now)
    todo = [path for path in files if not place_of(path, out).exists()]
    futures = [client.submit(classify_file, path, order, pure=False) for path in todo]
    for future in as_completed(futures):
        done: FileDone = future.result()
        pairs = done.wanted
        system.process_classifications(
            [answer for answer, _ in pairs], light_curves=[lc for _, lc in pairs], now=now
        )
        done.answers.with_name(done.answers.name + UNFINISHED).rename(done.answers)
        yield done


def place_of(path: Path, out: Path) -> Path:
    """Return where the answers of a file belong."""
    return out / f"{path.stem}.parquet"


def classify_file(path: Path, order: Order) -> FileDone:
    """Classify a file; this runs on a worker."""
    curves = read_paths([path]).light_curves
    classifier = _classifier(order.model)
    starts = range(0, len(curves), CHUNK)
    answers = [a for i in starts for a in answers_to(classifier, curves[i : i + CHUNK])]
    table = pd.DataFrame(
        [row_of(lc, a) for lc, a in zip(curves, answers, strict=True)], columns=COLUMNS
    )
    place = place_of(path, order.out)
    table.to_parquet(place.with_name(place.name + UNFINISHED), index=False)
    wanted = [(a, lc) for a, lc in zip(answers, curves, strict=True) if _is_wanted(a, order)]
    return FileDone(place, len(table), int((table["refused"] != "").sum()), wanted)


@functools.cache
def _classifier(model: str) -> ProductionTransientClassifier:
    return ProductionTransientClassifier(model)


def _is_wanted(answer: Answer, order: Order) -> bool:
    if answer.get("refused"):
        return False
    candidate = make_candidate(answer, None, order.now)
    known = candidate.object_id in order.announced
    return known or first_that_permits(order.rules, candidate, BELIEFS) is not None
