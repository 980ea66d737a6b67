"""`read`: say what files hold, and what was left out of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from solutions.final_project.commands import console, fail

if TYPE_CHECKING:
    from solutions.final_project.light_curve import LightCurve
    from solutions.final_project.readers import Choices, FolderContents


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read")(read)


def read(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files.")],
    csv: Annotated[Path | None, typer.Option(help="Write the counts of each object here.")] = None,
    zero_point: Annotated[
        float | None,
        typer.Option(help="AB magnitude of a flux of 1 in files like Rubin's, if it is not 31.4."),
    ] = None,
    clear_sky: Annotated[
        Path | None,
        typer.Option(help="ZTF's zp_thresholds_quadID.txt, to leave out cloudy forced photometry."),
    ] = None,
) -> None:
    """Read photometry in any known format and count what is in it, object by object."""
    from solutions.final_project import readers
    from solutions.final_project.pipeline import quality_table

    choices = _choices(zero_point, clear_sky)
    contents = readers.FolderContents()
    for path in paths:
        if path.is_dir():
            contents += readers.read_folder(path, choices=choices)
        else:
            contents += readers.read_paths([path], choices=choices)
    for curve in contents.light_curves:
        console.print(escape(_line(curve)))
        for message in curve.quality.messages:
            console.print(f"  [yellow]{escape(message)}[/]")
    _speak_of_the_rest(contents)
    if csv and contents.light_curves:
        quality_table(contents.light_curves).to_csv(csv, index=False)
        console.print(f"wrote {csv}")
    if not contents.light_curves and not contents.labels:
        raise fail("there is neither photometry nor a table of types in these files")


def _choices(zero_point: float | None, clear_sky: Path | None) -> Choices:
    """Return what the options say of all files."""
    from solutions.final_project.readers import Choices, FormatError
    from solutions.final_project.readers.ztf_forced_photometry import read_clear_sky

    if zero_point is not None and not 15 <= zero_point <= 40:
        raise fail(f"a flux of 1 is hardly of magnitude {zero_point:g}: use 31.4, 27.5 or the like")
    try:
        return Choices(zero_point, None if clear_sky is None else read_clear_sky(clear_sky))
    except (FormatError, OSError) as error:
        raise fail(str(error)) from error


def _line(curve: LightCurve) -> str:
    """Return an object's name, source and counts in one line."""
    detections = int(curve.is_detection.sum())
    limits = int((curve.flux != curve.flux).sum())  # NaN
    forced = len(curve) - detections - limits
    source = curve.metadata.get("source", "table")
    counts = f"{detections} detections, {forced} forced fluxes below 5 sigma, {limits} limits"
    return f"{curve.object_id} ({source}): {counts}; {curve.quality}"


def _speak_of_the_rest(contents: FolderContents) -> None:
    for path, labels in contents.labels.items():
        counts = labels["label"].fillna("unknown").value_counts()
        kinds = ", ".join(f"{name} {n}" for name, n in counts.items())
        console.print(f"[green]types:[/] {escape(str(path))}: {len(labels)} objects ({kinds})")
    for problem in contents.problems:
        if problem.path not in contents.labels:
            console.print(f"[yellow]not read:[/] {escape(problem.reason)}")
    counts_of_all = (
        f"{len(contents.light_curves)} objects, "
        f"{sum(len(curve) for curve in contents.light_curves)} rows kept of "
        f"{sum(curve.quality.n_read for curve in contents.light_curves)} read"
    )
    console.print(counts_of_all)
