"""`build-table`: make a training set from TNS types and a broker's light curves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from solutions.final_project.commands import console, fail


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("build-table")(build_table)


def build_table(
    labels: Annotated[Path, typer.Argument(help="A TNS or BTS table with names and types.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    broker: Annotated[str, typer.Option(help="alerce, antares or lasair.")] = "alerce",
    cache: Annotated[
        Path | None, typer.Option(help="Folder for the answers; beside OUT by default.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The broker's API, if not its own.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many objects.")] = None,
) -> None:
    """Fetch the light curve of each typed object and write one table for `train`.

    Answers are kept: a run that was cut off goes on where it stopped, and objects that failed are
    asked for again.
    """
    from tqdm.auto import tqdm

    from solutions.final_project import training_table as tables
    from solutions.final_project.live.brokers import connect
    from solutions.final_project.live.errors import NotConfiguredError
    from solutions.final_project.readers import FormatError, read_labels

    try:
        objects = tables.wanted_objects(read_labels(labels))[:limit]
        fetch = connect(broker, url).answer
    except (FormatError, OSError, NotConfiguredError) as error:
        raise fail(str(error)) from error
    if objects.empty:
        raise fail(f"{labels} has no object with both a known type and a ZTF name")
    outcome = tables.Outcome()
    folder = cache or out.parent / f"{out.stem}-{broker}-answers"
    frames = tables.collect(objects, fetch, folder, outcome)
    n_objects = tables.write_table(tqdm(frames, total=len(objects), unit="object"), out)
    for name, reason in outcome.failures.items():
        console.print(f"[yellow]{name}:[/] {escape(reason)}")
    if not n_objects:
        raise fail("no light curve could be had, so there is no table")
    console.print(
        f"wrote {out}: {n_objects} objects ({outcome.fetched} fetched, {outcome.from_cache} from "
        f"the cache); {len(outcome.failures)} failed"
    )
