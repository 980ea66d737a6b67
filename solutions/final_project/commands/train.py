"""Commands that make the weights and time them: train, reproduce, benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

TablePath = Annotated[Path, typer.Argument(help="Parquet file of labelled photometry", exists=True)]
Work = Annotated[Path, typer.Option(help="folder for half-done work, from which it goes on")]
Threads = Annotated[int, typer.Option(help="threads of PyTorch; trees and serving use one")]
console = Console()


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("train")(train)
    app.command("reproduce")(reproduce)
    app.command("benchmark")(benchmark)


def train(
    table: TablePath,
    out: Annotated[Path, typer.Option(help="folder for the bundle")],
    work: Work = Path("out/training"),
    seed: Annotated[int, typer.Option(help="of all random numbers")] = 0,
    threads: Threads = 1,
) -> None:
    """Train the classifier on a table; objects for testing are left out."""
    import torch

    from solutions.final_project.recipe import Recipe
    from solutions.final_project.training import train as run

    torch.set_num_threads(threads)
    metrics = run(table, out, work, Recipe(seed=seed))
    console.print_json(data=metrics)


def reproduce(
    table: TablePath,
    out: Annotated[Path, typer.Option(help="folder for the new bundle")],
    work: Work = Path("out/training"),
    threads: Threads = 1,
) -> None:
    """Rebuild the weights that come with the project, and compare their metrics."""
    import torch

    from solutions.final_project.reproduction import reproduce as run

    torch.set_num_threads(threads)
    comparison = run(table, out, work)
    shown = Table("metric", "shipped", "rebuilt", "difference")
    for name, before, after in comparison.rows:
        shown.add_row(name, f"{before:.4f}", f"{after:.4f}", f"{after - before:+.4f}")
    console.print(shown)
    console.print(f"identical files: {', '.join(comparison.identical) or 'none'}")
    if not comparison.same_table:
        console.print("[yellow]The table is not the one that made the shipped weights.[/yellow]")
    raise typer.Exit(0 if comparison.agrees else 1)


def benchmark(
    bundle: Annotated[Path | None, typer.Option(help="folder of the bundle")] = None,
    repeats: Annotated[int, typer.Option(help="the fastest of so many runs counts")] = 5,
) -> None:
    """Time the classifier: one light curve and many, eager and ONNX, with samples."""
    from solutions.final_project.benchmark import benchmark as run
    from solutions.final_project.bundle import DEFAULT_BUNDLE

    shown = Table("way", "ms per light curve", "ratio", "per second")
    for timing in run(bundle or DEFAULT_BUNDLE, repeats=repeats):
        rate = f"{1000 / timing.milliseconds:.0f}"
        shown.add_row(timing.name, f"{timing.milliseconds:.2f}", f"{timing.ratio:.2f}", rate)
    console.print(shown)
