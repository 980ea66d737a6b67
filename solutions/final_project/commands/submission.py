"""`submission`: the shipped classifier as a folder for `grader capstone`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solutions.final_project.commands import console, fail


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(submission)


def submission(
    folder: Annotated[Path, typer.Argument(help="Where to write; it must not exist.")],
) -> None:
    """Write the classifier as a model that `grader capstone` judges."""
    from solutions.final_project.submission import write_submission

    try:
        paths = write_submission(folder)
    except OSError as error:
        raise fail(f"{folder} cannot be written: {error.strerror}.") from None
    console.print(f"wrote {len(paths)} files to {folder}")
