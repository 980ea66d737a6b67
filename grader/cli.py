"""The command `grader`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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

from grader import (
    deliver,
    display,
    exercise,
    grade,
    isolation,
    own_work,
    references,
    results,
    safe_path,
)
from grader import submissions as hand_in
from grader.course import catalogue
from grader.exercise import Exercise, UnknownExercise
from grader.learner import LOCAL_SEED, core_passed
from grader.own_work import WORK
from grader.results import Graded
from grader.session import TimeLimits
from grader.texts import clean

app = typer.Typer(no_args_is_help=True, add_completion=False)
console = Console(soft_wrap=True, highlight=False)

NO_SANDBOX = "off: learners' code ran with no walls around it"
Sandbox = Annotated[bool, typer.Option(help="Run notebooks in a sandbox, or not at all.")]


@app.callback()
def main() -> None:
    """The autograder of the Astronomy ML Workbook."""
    safe_path.enter()


def fail(message: str) -> typer.Exit:
    """Print what went wrong and what to do; raise the result."""
    console.print(f"[bold red]error:[/] {escape(clean(message))}")
    return typer.Exit(2)


def sandbox_or_fail(wanted: bool, *hidden: Path) -> bool:
    """Whether to use the sandbox. Without one that can be built, it takes the user's word."""
    reason = isolation.why_unavailable(hidden) if wanted else None
    if reason:
        raise fail(
            f"The sandbox cannot be built: {reason} `--no-sandbox` runs notebooks without it: "
            "they can then do whatever you can."
        )
    return wanted


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
def new(
    part: Annotated[str, typer.Argument(help="The new part, such as 6.6, or 6.E3 for a bonus.")],
    name: Annotated[str, typer.Argument(help="The function that a learner is to write.")],
    title: Annotated[str, typer.Option(help="The part's heading.")] = "A new part",
    points: Annotated[float, typer.Option(help="What it is worth.")] = 1.0,
) -> None:
    """Write the skeleton of a new part: text, reference, probe, check, feedback and answers."""
    from grader import new_part

    try:
        paths = new_part.write(part, name, title, points, exercise.ROOT)
    except (new_part.NewPartError, UnknownExercise) as error:
        raise fail(str(error)) from None
    for path in paths:
        console.print(f"wrote {path.relative_to(exercise.ROOT)}")
    console.print(
        f"Now `make build`. `make part PART={part}` proves that it works, and shows the messages. "
        "Change it from there, as CONTRIBUTING.md says. Core parts of an exercise make 10 points."
    )


@app.command()
def start(
    lab: Annotated[bool, typer.Option(help="Open JupyterLab after copying.")] = True,
) -> None:
    """Copy the notebooks to work/, where they are yours, and open JupyterLab."""
    folder = exercise.ROOT / WORK
    folder.mkdir(exist_ok=True)
    for slug in exercise.slugs():
        target = folder / exercise.file_name(slug)
        if target.exists():
            console.print(f"kept work/{target.name}: it is yours already")
        else:
            shutil.copyfile(exercise.released(slug), target)
            console.print(f"copied work/{target.name}")
    if lab:
        command = [*safe_path.COMMAND, "-m", "jupyterlab", "--ServerApp.root_dir", str(folder)]
        raise typer.Exit(subprocess.call(command, env=safe_path.environment_of_a_tool()))


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="An exercise such as 1, or a notebook file.")],
    sandbox: Sandbox = True,
) -> None:
    """Check your own notebook in work/. Succeeds only if all core parts pass."""
    path = Path(name)
    found = _exercise(path.stem if path.suffix == ".ipynb" else name)
    if path.suffix != ".ipynb":
        path = _own_notebook(found.slug)
    isolated = sandbox_or_fail(sandbox)
    task = grade.Task("you", found.slug, path.absolute(), LOCAL_SEED, isolated)
    with safe_path.elsewhere():
        graded = grade.grade_one(task)
    if graded.trouble:
        raise fail(graded.trouble)
    for result in graded.parts:
        text = escape(display.part_text(result))
        console.print(f"[green]{text}[/]" if result.passed else text)
    for note in graded.notes:
        console.print(f"[dim]{escape(note)}[/]")
    bonus = f" and {graded.bonus:g} bonus" if graded.bonus else ""
    console.print(f"\n[bold]{graded.points:g} of {found.max_points:g} points{bonus}[/]")
    raise typer.Exit(0 if core_passed(graded.parts) else 1)


def _exercise(name: str) -> Exercise:
    try:
        return exercise.find(name)
    except UnknownExercise as error:
        raise fail(str(error)) from None


def _slugs(name: str | None) -> list[str]:
    """The exercise of that name, or all of them."""
    return exercise.slugs() if name is None else [_exercise(name).slug]


def _own_notebook(slug: str) -> Path:
    if path := own_work.find(slug):
        return path
    raise fail(f"There is no work/{exercise.file_name(slug)}. `grader start` puts a copy there.")


@app.command()
def status(sandbox: Sandbox = True) -> None:
    """Show how far you are in every exercise, and what is next."""
    from grader import progress

    folder, isolated = own_work.folder(), sandbox_or_fail(sandbox)
    slugs = track(exercise.slugs(), "checking", console=console, disable=not console.is_terminal)
    with safe_path.elsewhere():
        rows = [progress.row(slug, folder / exercise.file_name(slug), isolated) for slug in slugs]
    console.print(progress.table(rows), soft_wrap=False)


@app.command()
def misconceptions(
    name: Annotated[str | None, typer.Argument(help="An exercise, such as 6; or all.")] = None,
) -> None:
    """Print the catalogue of misconceptions as a Markdown page, to read before a class."""
    print("\n".join(catalogue.page(exercise.load(slug)) for slug in _slugs(name)))


@app.command()
def watch(
    name: Annotated[str | None, typer.Argument(help="An exercise; all if left out.")] = None,
    sandbox: Sandbox = True,
) -> None:
    """Check a notebook in work/ again each time you save it, until Ctrl-C."""
    from grader.watch import Watch

    slugs = _slugs(name)
    folder, isolated = own_work.folder(), sandbox_or_fail(sandbox)
    console.print(f"watching {escape(str(folder))}; Ctrl-C ends it")
    aloud = Console(
        file=sys.stdout, soft_wrap=True, highlight=False
    )  # also while pytest is silenced
    with safe_path.elsewhere():
        Watch(folder, slugs, aloud, isolated).run()


@app.command(name="grade")
def grade_class(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with one folder per student, or a zip archive of it.")
    ],
    out: Annotated[Path, typer.Option(help="Where results, gradebook and report are written.")],
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Seed of the inputs; by default that of the class, secret."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Notebooks at a time.")] = None,
    db: Annotated[str | None, typer.Option(help="URL of nbgrader's gradebook.")] = None,
    cell_seconds: Annotated[
        float, typer.Option(help="Longest time for one cell.")
    ] = TimeLimits.cell,
    part_seconds: Annotated[
        float, typer.Option(help="Longest time for one part.")
    ] = TimeLimits.part,
    notebook_seconds: Annotated[
        float, typer.Option(help="Time for all cells of a notebook; those after it have 2 s each.")
    ] = TimeLimits.submission,
    follow_through: Annotated[
        bool,
        typer.Option(help="Judge what fails because of an earlier part with our code of that."),
    ] = True,
    sandbox: Sandbox = True,
) -> None:
    """Grade a class and write results.json, nbgrader's gradebook and the report."""
    submissions, out = submissions.resolve(), out.resolve()
    sandbox_or_fail(sandbox, submissions, out)
    description = "namespaces, seccomp, limits" if sandbox else NO_SANDBOX
    with tempfile.TemporaryDirectory(prefix="grader-") as unpacked:
        try:
            handed_in = hand_in.find(submissions, Path(unpacked), out)
            plan = deliver.prepare(submissions, out, db)
        except (hand_in.NoSubmissions, deliver.Refused) as error:
            raise fail(str(error)) from None
        for warning in plan.warnings:
            console.print(f"[bold yellow]warning:[/] {escape(warning)}")
        seed = plan.seed(seed)
        limits = TimeLimits(cell_seconds, part_seconds, notebook_seconds)
        tasks = hand_in.tasks(handed_in, seed, sandbox, limits, follow_through)
        if follow_through and (lost := _without_reference(tasks)):
            console.print(
                f"[bold yellow]warning:[/] no reference solution is installed for {lost}: a part "
                "that fails because of an earlier one is not judged once more with ours."
            )
        hidden = (submissions, out, Path(unpacked))
        graded = _with_progress(tasks, jobs or os.cpu_count() or 1, *hidden)
    new = results.as_dict(graded, handed_in, seed, description)
    if trouble := deliver.deliver(plan, graded, new, console):
        raise fail(trouble)


@app.command(name="gradebook")
def write_gradebook(
    out: Annotated[Path, typer.Argument(help="Folder with the results of a grading.")],
    db: Annotated[str | None, typer.Option(help="URL of nbgrader's gradebook.")] = None,
) -> None:
    """Write the marks of results.json to nbgrader's gradebook once more, without grading."""
    from grader import gradebook  # heavy: nbgrader

    try:
        found = results.load(out)
        if found is None:
            raise fail(f"There is no {results.FILE} in {out}. `grader grade` writes it.")
        gradebook.write(found, db or gradebook.database(out))
    except (results.BadResults, gradebook.UnusableGradebook) as error:
        raise fail(str(error)) from None
    console.print(f"wrote the marks of {len(found['submissions'])} learners")


def _without_reference(tasks: list[grade.Task]) -> str:
    """The exercises that are graded without a reference to follow through with."""
    slugs = sorted({task.slug for task in tasks})
    return ", ".join(slug for slug in slugs if references.source(slug) is None)


def _with_progress(tasks: list[grade.Task], jobs: int, *hidden: Path) -> list[Graded]:
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("grading", total=len(tasks))
        return grade.grade_all(tasks, jobs, lambda _: progress.advance(bar), hidden)


@app.command(name="capstone")
def judge_models(
    models: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or zip archives, each with a model.py and its weights."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="Labelled light curves to judge on; by default an invented sky."),
    ] = None,
    objects: Annotated[int, typer.Option(min=100, help="Objects of the invented sky.")] = 600,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of sky and disguise; by default secret and new.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write capstone.json and capstone.csv to this folder.")
    ] = None,
    batch_seconds: Annotated[
        float, typer.Option(min=1, help="Longest time for loading, and for 16 light curves.")
    ] = 30.0,
    model_seconds: Annotated[
        float, typer.Option(min=1, help="Time for a model; the rest is not asked.")
    ] = 600.0,
    example: Annotated[
        Path | None, typer.Option(help="Only write a model to begin with to this folder.")
    ] = None,
) -> None:
    """Judge models of the final project on light curves that they have never seen."""
    from grader.capstone import command  # heavy: pandas

    try:
        if example is not None:
            for path in command.write_example(example):
                console.print(f"wrote {escape(str(path))}")
            console.print(command.NEXT)
            return
        patience = command.Patience(batch_seconds, model_seconds)
        trouble = command.judge(models or [], console, patience, table, objects, seed, out)
    except command.Refused as error:
        raise fail(str(error)) from None
    raise typer.Exit(2 if trouble else 0)


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
