"""The commands of the final project, one module each; heavy imports stand inside the functions."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.markup import escape

console = Console(soft_wrap=True, highlight=False)


def fail(message: str) -> typer.Exit:
    """Print what went wrong and what to do; raise the result."""
    console.print(f"[bold red]error:[/] {escape(message)}")
    return typer.Exit(2)
