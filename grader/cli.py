"""The command `grader`."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    track,
)

from grader import card, exercise, grade, report, results, walls
from grader.exercise import UnknownExercise
from grader.learner import LOCAL_SEED, WORK, core_passed
from grader.results import Graded
from grader.sandbox import Patience

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

NO_SANDBOX = "off: learners' code ran with no walls around it"


def fail(message: str) -> typer.Exit:
    """Print what went wrong and what to do; raise the result."""
    console.print(f"[bold red]error:[/] {escape(message)}")
    return typer.Exit(2)


@app.command()
def build(
    check: Annotated[bool, typer.Option(help="Only compare; fail if a notebook is stale.")] = False,
    filled: Annotated[
        Path | None,
        typer.Option(help="Write notebooks with the reference in place to this folder."),
    ] = None,
) -> None:
    """Build the learners' notebooks from the sources in solutions/."""
    from grader import build as builder  # heavy: nbgrader and Jupytext

    try:
        if check:
            _speak_of_stale(builder.stale())
        else:
            for path in builder.write(filled or exercise.RELEASED, filled is not None):
                console.print(f"wrote {path}")
    except builder.SourceError as error:
        raise fail(str(error)) from None


def _speak_of_stale(lines: list[str]) -> None:
    for line in lines:
        console.print(escape(line))
    if lines:
        raise fail("The notebooks are not what the sources say. Run `grader build` and commit.")


@app.command()
def start(
    lab: Annotated[bool, typer.Option(help="Open JupyterLab after copying.")] = True,
) -> None:
    """Copy the notebooks to work/, where they are yours, and open JupyterLab."""
    folder = exercise.ROOT / WORK
    folder.mkdir(exist_ok=True)
    for slug in exercise.slugs():
        target = folder / f"{slug}.ipynb"
        if target.exists():
            console.print(f"kept work/{target.name}: it is yours already")
        else:
            shutil.copyfile(exercise.RELEASED / target.name, target)
            console.print(f"copied work/{target.name}")
    if lab:
        command = [sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(folder)]
        raise typer.Exit(subprocess.call(command))


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="An exercise such as 1, or a notebook file.")],
) -> None:
    """Check your own notebook in work/. Succeeds only if all core parts pass."""
    path = Path(name)
    try:
        found = exercise.find(path.stem if path.suffix == ".ipynb" else name)
    except UnknownExercise as error:
        raise fail(str(error)) from None
    if path.suffix != ".ipynb":
        path = _own_notebook(found.slug)
    walled = walls.why_unavailable() is None
    graded = grade.grade_one(grade.Task("you", found.slug, path, LOCAL_SEED, walled))
    if graded.trouble:
        raise fail(graded.trouble)
    for result in graded.parts:
        text = escape(card.part_text(result))
        console.print(f"[green]{text}[/]" if result.passed else text)
    bonus = f" and {graded.bonus:g} bonus" if graded.bonus else ""
    console.print(f"\n[bold]{graded.points:g} of {found.max_points:g} points{bonus}[/]")
    raise typer.Exit(0 if core_passed(graded.parts) else 1)


def _own_notebook(slug: str) -> Path:
    folders = [Path.cwd() / WORK, Path.cwd(), exercise.ROOT / WORK]
    for folder in folders:
        if (folder / f"{slug}.ipynb").is_file() and folder != exercise.RELEASED:
            return folder / f"{slug}.ipynb"
    raise fail(f"There is no work/{slug}.ipynb. `grader start` puts a copy there.")


@app.command()
def status() -> None:
    """Show how far you are in every exercise, and what is next."""
    from grader import progress

    folder, walled = progress.folder(), walls.why_unavailable() is None
    slugs = track(exercise.slugs(), "checking", console=console, disable=not console.is_terminal)
    rows = [progress.row(slug, folder / f"{slug}.ipynb", walled) for slug in slugs]
    console.print(progress.table(rows), soft_wrap=False)


@app.command()
def watch(
    name: Annotated[str | None, typer.Argument(help="An exercise; all if left out.")] = None,
) -> None:
    """Check a notebook in work/ again each time you save it, until Ctrl-C."""
    from grader import progress
    from grader.watch import Watch

    try:
        slugs = exercise.slugs() if name is None else [exercise.find(name).slug]
    except UnknownExercise as error:
        raise fail(str(error)) from None
    folder = progress.folder()
    console.print(f"watching {escape(str(folder))}; Ctrl-C ends it")
    aloud = Console(
        file=sys.stdout, soft_wrap=True, highlight=False
    )  # also while pytest is silenced
    Watch(folder, slugs, aloud, walls.why_unavailable() is None).run()


@app.command(name="grade")
def grade_class(
    submissions: Annotated[Path, typer.Argument(help="Folder with one folder per student.")],
    out: Annotated[Path, typer.Option(help="Where results, gradebook and report are written.")],
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of the inputs; a secret one by default.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Notebooks at a time.")] = None,
    db: Annotated[str | None, typer.Option(help="URL of nbgrader's gradebook.")] = None,
    part_seconds: Annotated[float, typer.Option(help="Longest time for one part.")] = Patience.part,
    sandbox: Annotated[bool, typer.Option(help="Build walls around learners' code.")] = True,
) -> None:
    """Grade a class and write results.json, nbgrader's gradebook and the report."""
    reason = walls.why_unavailable() if sandbox else None
    if reason:
        raise fail(f"The sandbox cannot be built: {reason} `--no-sandbox` grades without it.")
    try:
        found = grade.submissions(submissions)
        out.mkdir(parents=True, exist_ok=True)
    except (grade.NoSubmissions, OSError) as error:
        raise fail(str(error)) from None
    seed = secrets.randbelow(2**31) if seed is None else seed
    tasks = grade.tasks_of(found, seed, sandbox, Patience(part=part_seconds))
    graded = _with_progress(tasks, jobs or os.cpu_count() or 1)
    description = "namespaces, seccomp, limits" if sandbox else NO_SANDBOX
    _write(graded, results.as_dict(graded, found, seed, description), out, db)


def _with_progress(tasks: list[grade.Task], jobs: int) -> list[Graded]:
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("grading", total=len(tasks))
        return grade.grade_all(tasks, jobs, lambda _: progress.advance(bar))


def _write(graded: list[Graded], found: dict, out: Path, db: str | None) -> None:
    from grader import gradebook  # heavy: nbgrader

    troubles = results.troubles(graded)
    results.write(found, out)
    parts = {part.id: part.title for one in graded for part in one.exercise.parts}
    page = report.write_report(found, parts, out / "report", troubles)
    gradebook.write(graded, db or gradebook.database(out))
    _summary(graded, found)
    console.print(escape(f"\nresults  {out / 'results.json'}\nreport   {page}"))
    for trouble in troubles:
        console.print(
            f"[bold red]not graded:[/] {escape(trouble['student'])} {trouble['exercise']}: "
            f"{escape(trouble['reason'])}"
        )
    if troubles:
        raise fail(
            "Some notebooks could not be graded and have no marks yet. Look at the reasons above "
            "and grade again."
        )


def _summary(graded: list[Graded], found: dict) -> None:
    """A few lines for the terminal: marks by exercise, and what the class has misunderstood."""
    console.print(f"\n{len(found['submissions'])} learners, seed {found['seed']}")
    for slug in sorted({one.exercise.slug for one in graded}):
        work = [one for one in graded if one.exercise.slug == slug and not one.trouble]
        full = sum(one.points == one.exercise.max_points for one in work)
        mean = sum(one.points for one in work) / max(len(work), 1)
        seconds = sum(one.seconds for one in work) / max(len(work), 1)
        console.print(
            f"  {slug}: mean {mean:.1f} of {work[0].exercise.max_points:g}, {full} with full "
            f"marks, {seconds:.2f} s each"
            if work
            else f"  {slug}: none graded"
        )
    slips = Counter(
        (p.part.id, p.misconception) for one in graded for p in one.parts if p.misconception
    )
    if slips:
        console.print("most frequent misconceptions")
    for (part, slug), count in slips.most_common(5):
        console.print(f"  {count:3d}  {part} {slug}")


@app.command(name="demo")
def demo_class(
    folder: Annotated[Path, typer.Argument(help="Where the learners' folders are written.")],
) -> None:
    """Write the notebooks of a demonstration class, to be graded with `grader grade`."""
    from grader import demo  # heavy, as it builds notebooks

    try:
        names = demo.write_class(folder)
    except demo.NotADemonstration as error:
        raise fail(str(error)) from None
    console.print(f"wrote the notebooks of {len(names)} learners to {folder}")
