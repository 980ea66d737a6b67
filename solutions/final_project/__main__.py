"""The command of the final project: `python -m solutions.final_project COMMAND`."""

from __future__ import annotations

import importlib

import typer

# Each of these modules has a function register(app) that adds its commands.
MODULES = (
    "commands.make_data",
    "commands.read_files",
    "commands.build_table",
    "commands.train",
    "commands.evaluation",
    "commands.live",
    "commands.alerts",
    "commands.monitor",
    "commands.nightly",
    "commands.demo",
    "commands.submission",
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

for name in MODULES:
    importlib.import_module(f"solutions.final_project.{name}").register(app)

if __name__ == "__main__":
    app(prog_name="python -m solutions.final_project")
