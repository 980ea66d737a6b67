"""The commands of the alerts: alert, deliver, back-up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from solutions.final_project.commands import console, fail

if TYPE_CHECKING:
    from solutions.final_project.alerts import TransientAlertSystem
    from solutions.final_project.light_curve import LightCurve

Files = Annotated[list[Path], typer.Argument(help="Files of light curves, or folders of them.")]
SettingsFile = Annotated[
    Path, typer.Option("--settings", help="Rules and channels; see alerts/example.yaml.")
]
OutboxFile = Annotated[Path, typer.Option("--outbox", help="What was announced and what waits.")]
Now = Annotated[float | None, typer.Option(help="Time of the night [MJD]; now by default.")]
OUTBOX = Path("out/alerts/outbox.sqlite")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("alert")(alert)
    app.command("deliver")(deliver)
    app.command("back-up")(back_up)


def system_of(settings: Path, outbox: Path, **more: Any) -> TransientAlertSystem:
    """Return the system that a file describes, or end with what is wrong in it."""
    from solutions.final_project.alerts import TransientAlertSystem
    from solutions.final_project.alerts.settings import read_settings

    try:
        return TransientAlertSystem.from_settings(read_settings(settings), outbox=outbox, **more)
    except ValueError as error:
        raise fail(str(error)) from error


def light_curves_of(paths: list[Path]) -> list[LightCurve]:
    """Read files and folders, and name what could not be read."""
    from solutions.final_project import readers

    contents = readers.FolderContents()
    for path in paths:
        contents += readers.read_folder(path) if path.is_dir() else readers.read_paths([path])
    for problem in contents.problems:
        if problem.path not in contents.labels:
            console.print(f"[yellow]not read:[/] {escape(problem.reason)}")
    if not contents.light_curves:
        raise fail("there are no light curves in these files")
    return contents.light_curves


def alert(
    files: Files,
    settings: SettingsFile,
    outbox: OutboxFile = OUTBOX,
    now: Now = None,
) -> None:
    """Classify light curves, announce what the rules want, and send it."""
    from solutions.final_project.classifier import ProductionTransientClassifier

    classifier = ProductionTransientClassifier()
    system = system_of(settings, outbox, classifier=classifier)
    curves = light_curves_of(files)
    answers = classifier.classify_with_uncertainty(curves)
    new = system.process_classifications(answers, light_curves=curves, now=now)
    for each in new:
        words = f"{each.key}: {each.kind} {each.probability:.2f} {' '.join(each.changes)}"
        console.print(escape(words))
    counts = system.outbox.counts()
    console.print(
        f"{len(curves)} objects, {len(new)} new alerts, {counts['waiting']} messages wait"
    )


def deliver(
    settings: SettingsFile,
    outbox: OutboxFile = OUTBOX,
    every: Annotated[
        float, typer.Option(help="Go on, and look again after so many seconds; 0: once.")
    ] = 0,
) -> None:
    """Send what waits in the outbox."""
    system = system_of(settings, outbox)
    while True:
        sent = system.sender.deliver()
        if sent or not every:
            waiting = system.outbox.counts()["waiting"]
            console.print(f"{sent} messages sent, {waiting} wait")
        if not every:
            return
        time.sleep(every)


def back_up(
    outbox: Annotated[Path, typer.Argument(help="The outbox.", exists=True)],
    copy: Annotated[Path, typer.Argument(help="Where to write the copy.")],
) -> None:
    """Copy an outbox while it is in use."""
    from solutions.final_project.alerts.outbox import Outbox

    Outbox(outbox).back_up(copy)
    console.print(f"wrote {copy}")
