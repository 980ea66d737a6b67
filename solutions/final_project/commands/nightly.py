"""`nightly`: a night's files on a Dask cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solutions.final_project.commands import console, fail
from solutions.final_project.commands.alerts import (
    OUTBOX,
    Now,
    OutboxFile,
    SettingsFile,
    system_of,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("nightly")(nightly)


def nightly(
    files: Annotated[list[Path], typer.Argument(help="Files of light curves.", exists=True)],
    settings: SettingsFile,
    out: Annotated[Path, typer.Option(help="Folder for the answers.")],
    outbox: OutboxFile = OUTBOX,
    scheduler: Annotated[
        str | None, typer.Option(help="Of a cluster, as in tcp://host:8786; a local one if not.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes of a local cluster.")] = 2,
    now: Now = None,
) -> None:
    """Classify a night's files on a cluster and announce what the rules want.

    Called again, it goes on with the files that have no answers yet.
    """
    from distributed import Client, LocalCluster

    from solutions.final_project.alerts.candidate import now_as_mjd
    from solutions.final_project.nightly import run_night

    system = system_of(settings, outbox)
    cluster = scheduler or LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None
    )
    mjd, objects = now_as_mjd() if now is None else now, 0
    try:
        with Client(cluster) as client:
            for done in run_night(client, files, out, system, mjd):
                objects += done.objects
                console.print(f"{done.answers}: {done.objects} objects, {done.refused} refused")
    except ValueError as error:
        raise fail(str(error)) from error
    finally:
        if not isinstance(cluster, str):
            cluster.close()
    counts = system.outbox.counts()
    console.print(f"{objects} objects; {counts['alerts']} alerts so far, {counts['waiting']} wait")
