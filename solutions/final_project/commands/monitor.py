"""The commands of the monitoring: monitor, monitor-reference, dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solutions.final_project.commands import console, fail
from solutions.final_project.commands.alerts import Files, Now, light_curves_of

Folder = Annotated[Path, typer.Option("--out", help="Folder of the runs and of the dashboard.")]
OUT = Path("out/monitor")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("monitor")(monitor)
    app.command("monitor-reference")(monitor_reference)
    app.command("dashboard")(dashboard)


def monitor(
    files: Files,
    out: Folder = OUT,
    now: Now = None,
    reference: Annotated[
        Path | None, typer.Option(help="What to compare with; the training objects if not given.")
    ] = None,
) -> None:
    """Classify a night, write its row to W&B (offline without an account), draw the dashboard."""
    from solutions.final_project.alerts.candidate import now_as_mjd
    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.monitoring.monitor import Monitor
    from solutions.final_project.monitoring.reference import Reference

    curves = light_curves_of(files)
    classifier = ProductionTransientClassifier()
    answers = classifier.classify_with_uncertainty(curves)
    try:
        chosen = Reference.load(reference) if reference else None
        with Monitor(out, classifier, chosen) as opened:
            row = opened.record(answers, curves, now_as_mjd() if now is None else now)
    except (ValueError, OSError) as error:
        raise fail(str(error)) from error
    console.print(f"{row['objects']} objects, {row['refused']} refused")
    if "drift/features" not in row:
        console.print("too few objects to say anything of drift")
    elif row["drift/features"]:
        console.print(f"[red]the input has drifted:[/] {row['drift/names']}")
    else:
        console.print(f"no drift: largest stability index {row['drift/largest_psi']:.2f}")
    dashboard(out)


def monitor_reference(
    table: Annotated[Path, typer.Argument(help="Photometry, one row a point: Parquet or CSV.")],
    out: Annotated[Path, typer.Option(help="The JSON file to write.")],
    split: Annotated[
        str | None, typer.Option(help="Only the objects for train, validation or test.")
    ] = None,
) -> None:
    """Remember the inputs of a table: each object once, as it was at a random age."""
    from solutions.final_project import answers
    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.monitoring.features import at_some_age, features_of
    from solutions.final_project.monitoring.reference import Reference

    try:
        curves = answers.read_lightcurves(answers.read_table(table, split))
    except ValueError as error:
        raise fail(str(error)) from error
    classifier = ProductionTransientClassifier()
    features = features_of(classifier, at_some_age(curves))
    if not len(features):
        raise fail("none of these objects can be classified")
    about = f"{table.name}, {split or 'all'} objects, each at a random age"
    Reference.fit(classifier.settings.feature_names, features, about).save(out)
    console.print(f"wrote {out}: {len(features)} objects")


def dashboard(out: Folder = OUT) -> None:
    """Draw the runs in a folder as one HTML page."""
    from solutions.final_project.monitoring.dashboard import NothingToDrawError, write_dashboard

    page = out / "dashboard.html"
    try:
        rows = write_dashboard(out, page)
    except NothingToDrawError as error:
        raise fail(str(error)) from error
    console.print(f"wrote {page}: {len(rows)} nights")
