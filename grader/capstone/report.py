"""What is shown of judged models in a terminal, and what is written for a class."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.capstone.exam import CLASSES, Exam
from grader.capstone.judging import Judged
from grader.capstone.scale import CLEARLY, LEAST_PRECISION, SCALE, Criterion, Measure, Verdict

SCHEMA = 1
JSON, CSV = "capstone.json", "capstone.csv"
HEAD = ("measure", "value", "95% interval", "counted", "scale", "points")
TOTAL = round(sum(each.points for each in SCALE))


def show(result: Judged, console: Console) -> None:
    """Print a model's marks, and what its author is told."""
    points = "not judged" if result.trouble else f"{result.points:g} of {TOTAL} points"
    console.print(f"\n[bold]{escape(result.name)}[/]: {points}  [dim]{escape(result.path)}[/]")
    if result.verdict:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for number, title in enumerate(HEAD):
            table.add_column(title, justify="right" if number else "left", no_wrap=True)
        for row in _rows(result.verdict):
            table.add_row(*row)
        console.print(table, soft_wrap=False)
    for line in (result.trouble, result.fault, *result.feedback):
        if line:
            console.print(escape(line if line[:1] == " " else f"- {line}"))


def _rows(verdict: Verdict) -> Iterator[list[str]]:
    for mark in verdict.marks:
        each = mark.criterion
        points = f"{mark.points:g}/{each.points:g}"
        yield [*_numbers(escape(each.title), mark.measure, mark.counted), scale_of(each), points]
        if each.key == "tde_recall":
            precision = verdict.measures["tde_precision"]
            least = f"from {LEAST_PRECISION:g}"
            counted = precision.value + precision.error
            yield [*_numbers("TDE precision", precision, counted), least, ""]


def _numbers(title: str, measure: Measure, counted: float) -> list[str]:
    interval = f"{_number(measure.low)} to {_number(measure.high)}"
    return [title, _number(measure.value), interval, _number(counted)]


def _number(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}"


def scale_of(criterion: Criterion) -> str:
    """From which value on a criterion earns points, and where all of them."""
    return f"{criterion.floor:g} to {criterion.goal:g}"


def published(exam: Exam) -> Iterator[str]:
    """What models are judged on, and the rules, in words."""
    counts = ", ".join(f"{count} {name}" for name, count in exam.counts.items())
    yield f"{exam.source}: {counts}"
    yield from exam.notes
    yield (
        "A measure earns points linearly from the first to the second number of its scale. What "
        "counts is its value, moved by one standard error in the model's favour. The recall of "
        f"TDEs earns points if their precision reaches {LEAST_PRECISION:g}, moved in the same way. "
        "A model whose accuracy does not exceed the share of the commonest class by "
        f"{CLEARLY:g} standard errors has no points."
    )


# Files


def write(folder: Path, results: Sequence[Judged], exam: Exam, seed: int) -> list[Path]:
    """Write `capstone.json` and `capstone.csv` to a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "schema": SCHEMA,
        "seed": seed,
        "source": exam.source,
        "objects": exam.counts,
        "classes": list(CLASSES),
        "scale": [asdict(each) for each in SCALE],
        "models": [_as_dict(result) for result in results],
    }
    text = json.dumps(_plain(found), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / JSON).write_text(text + "\n", "utf-8")
    with (folder / CSV).open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["model", "path", "points", *_COLUMNS, "remark"])
        rows.writeheader()
        rows.writerows(_csv_row(result) for result in results)
    return [folder / JSON, folder / CSV]


_COLUMNS = [f"{key}{end}" for key in ("accuracy", "tde_recall", "ece", "seconds")
            for end in ("", "_points")] + ["answered"]  # fmt: skip


def _as_dict(result: Judged) -> dict[str, Any]:
    found: dict[str, Any] = {"model": result.name, "path": result.path, "points": result.points}
    found |= {"fault": result.fault, "trouble": result.trouble, "feedback": result.feedback}
    if result.verdict and result.answers:
        verdict = result.verdict
        found["marks"] = {mark.criterion.key: {"counted": mark.counted, "points": mark.points}
                          for mark in verdict.marks}  # fmt: skip
        found["measures"] = {key: asdict(each) for key, each in verdict.measures.items()}
        found["confusion"] = verdict.confusion.tolist()
        found["beats_majority"] = verdict.beats_majority
        found["answered"] = int(result.answers.answered.sum())
    return found


def _csv_row(result: Judged) -> dict[str, Any]:
    row: dict[str, Any] = {"model": _cell(result.name), "path": _cell(result.path)}
    row |= {"points": "" if result.trouble else result.points}
    told = result.feedback[0] if result.feedback and not result.points else ""
    row |= {"remark": _cell(result.trouble or result.fault or told)}
    if result.verdict and result.answers:
        for mark in result.verdict.marks:
            row[mark.criterion.key] = _plain(mark.measure.value)
            row[f"{mark.criterion.key}_points"] = mark.points
        row["answered"] = int(result.answers.answered.sum())
    return row


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _plain(value: Any) -> Any:
    """The same with None in place of NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
