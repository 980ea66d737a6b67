"""`make-data`: write the small files of data/."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solutions.final_project.commands import console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("make-data")(make_data)


def make_data(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if missing.")],
) -> None:
    """Write a small invented file in each broker's format."""
    from solutions.final_project.samples import write_samples

    for path in write_samples(folder):
        console.print(f"wrote {path}")
