"""The commands of the evaluation: evaluate, compare, control and hardest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from solutions.final_project.commands import console, fail

if TYPE_CHECKING:
    import pandas as pd

    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.light_curve import LightCurve

TableOf = Annotated[
    Path, typer.Argument(metavar="TABLE", help="Photometry, one row a point: Parquet or CSV.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for what is written.")]
Part = Annotated[
    str | None,
    typer.Option("--split", help="Only the objects for train, validation or test."),
]
AlertsOnly = Annotated[
    bool, typer.Option("--primary-alert", help="Only rows of primary alert photometry.")
]
Bundle = Annotated[
    str | None,
    typer.Option("--model", help="Bundle of weights, or a W&B artifact; the shipped one if not."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to a Typer app."""
    for command in (evaluate, compare, control, hardest):
        app.command()(command)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn an error of the input into a message and exit code 2."""
    try:
        yield
    except ValueError as error:
        raise fail(str(error)) from error


def load(model: str | None) -> ProductionTransientClassifier:
    """Return the classifier of a bundle, by default the shipped one."""
    from solutions.final_project.classifier import ProductionTransientClassifier

    return ProductionTransientClassifier(model) if model else ProductionTransientClassifier()


def read(table: Path, part: str | None, primary_alert: bool) -> list[LightCurve]:
    """Return the light curves of a table."""
    from solutions.final_project import answers

    if part not in (None, "train", "validation", "test"):
        raise ValueError(f"--split is {part!r}, not train, validation or test")
    return answers.read_lightcurves(answers.read_table(table, part, primary_alert))


def evaluate(
    table: TableOf,
    out: Out,
    split: Part = None,
    primary_alert: AlertsOnly = False,
    model: Bundle = None,
    partial: Annotated[
        bool, typer.Option(help="Also classify light curves cut off at each age.")
    ] = True,
    out_of_fold: Annotated[
        bool,
        typer.Option(
            "--out-of-fold", help="Ask about training objects only the member that has not seen it."
        ),
    ] = False,
) -> None:
    """Classify a table; where there are labels, measure with intervals and draw figures."""
    from solutions.final_project import evaluation
    from solutions.final_project.out_of_fold import OutOfFoldClassifier

    with told_plainly():
        classifier = load(model)
        lightcurves = read(table, split, primary_alert)
        about = {"table": table.name, "split": split or "all", "primary_alert": primary_alert}
        about |= {"out_of_fold": out_of_fold, "model": classifier.manifest}
        asked = OutOfFoldClassifier(classifier) if out_of_fold else classifier
        found = evaluation.evaluate(asked, lightcurves, out, about, partial)
    objects = found["objects"]
    console.print(f"{objects['all']} objects, {objects['refused']} refused")
    for reason, count in objects["refused_by_reason"].items():
        console.print(f"  {count} refused: {escape(reason)}")
    if "measures" in found:
        show_measures(found)
    else:
        console.print("no labels of the five classes: predictions.csv only")
    console.print(f"written to {out}")


def show_measures(found: dict[str, Any]) -> None:
    """Print the most important measures with their intervals."""
    from solutions.final_project.metrics import CLASSES

    names = ["accuracy", "main_accuracy", "balanced_accuracy", "ece"]
    names += [f"{kind}_{name}" for name in CLASSES for kind in ("recall", "precision", "purity")]
    shown = Table("measure", "value", "95% interval", title="Objects of the five classes")
    for name in names:
        figure = found["measures"][name]
        shown.add_row(
            name, f"{figure['value']:.3f}", f"{figure['low']:.3f} to {figure['high']:.3f}"
        )
    console.print(shown)


def compare(
    table: TableOf,
    out: Out,
    model: Bundle = None,
    objects: Annotated[
        int | None, typer.Option(help="Invented light curves for the network of Exercise 8.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs of its training.")] = None,
) -> None:
    """Judge the classifier and others on the same test objects; they learn from the other part."""
    from solutions import ex08_class_imbalance as ex08
    from solutions.final_project import comparison

    synthetic = (objects or ex08.NUM_LIGHT_CURVES, epochs or ex08.EPOCHS)
    with told_plainly():
        lightcurves = read(table, None, False)
        found = comparison.compare(load(model), lightcurves, out, synthetic)
    show(
        comparison.summary(found).reset_index(), "The same test objects; intervals: comparison.csv"
    )
    console.print(f"written to {out}")


def control(
    table: TableOf,
    out: Out,
    split: Part = None,
    model: Bundle = None,
    permutations: Annotated[int, typer.Option(help="Shufflings, to know chance.")] = 50,
) -> None:
    """Ask whether the kind of photometry can be read off what the classifier sees."""
    from solutions.final_project import control as experiment

    with told_plainly():
        found = experiment.control(load(model), read(table, split, False), out, permutations)
    for name, rows in found.items():
        show(rows.round(3), name.replace("_", " "))
    console.print(f"written to {out}")


def hardest(table: TableOf, out: Out, split: Part = "test", model: Bundle = None) -> None:
    """Draw the light curves of the worst errors, and list all of them."""
    from solutions.final_project import hardest as cases

    with told_plainly():
        errors = cases.hardest(load(model), read(table, split, False), out)
    console.print(f"{len(errors)} errors, written to {out}")


def show(rows: pd.DataFrame, title: str) -> None:
    """Print a table."""
    shown = Table(*map(str, rows.columns), title=title)
    for row in rows.itertuples(index=False):
        shown.add_row(*map(str, row))
    console.print(shown)
