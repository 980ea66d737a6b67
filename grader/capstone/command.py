"""What the command `grader capstone` does."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from grader import isolation, safe_path
from grader.capstone import report, sky, table
from grader.capstone.disguise import disguised
from grader.capstone.exam import BadExam, Exam
from grader.capstone.judging import judge_all
from grader.capstone.sitting import Patience

__all__ = ["NEXT", "Patience", "Refused", "judge", "write_example"]

TEMPLATES = Path(__file__).parents[1] / "templates" / "capstone"
PRACTICE = "practice.csv.gz"
PRACTICE_SEED, PRACTICE_OBJECTS = 20, 2000
NEXT = "Now run `python train.py` there, and judge the folder `model` in it. Change it from there."


class Refused(Exception):
    """The command cannot do it; the message says what to do."""


def judge(
    models: Sequence[Path],
    console: Console,
    patience: Patience,
    table_path: Path | None,
    objects: int,
    seed: int | None,
    out: Path | None,
) -> bool:
    """Judge models, print what they are worth, and write it to `out`, if that is given.

    Returns whether a model could not be judged. Raises `Refused`.
    """
    if not models:
        raise Refused("Which model? Give its folder. `--example FOLDER` writes one to begin with.")
    models = [path.absolute() for path in models]
    hidden = [path.absolute() for path in (table_path, out) if path is not None]
    if reason := isolation.why_unavailable(hidden):
        raise Refused(f"The sandbox cannot be built: {reason} Models are never run without it.")
    seed = secrets.randbits(63) if seed is None else seed
    with safe_path.elsewhere():
        exam = _exam(hidden[0] if table_path else None, objects, seed)
        for line in report.published(exam):
            console.print(escape(line))
        results = judge_all(models, exam, patience, lambda one: report.show(one, console), hidden)
    console.print(f"\nseed {seed}")
    if out is not None:
        try:
            for path in report.write(hidden[-1], results, exam, seed):
                console.print(f"wrote {escape(str(path))}")
        except OSError as error:
            raise Refused(f"{out} cannot be written to: {error.strerror}.") from None
    return any(result.trouble for result in results)


def _exam(path: Path | None, objects: int, seed: int) -> Exam:
    try:
        exam = sky.invent(seed, objects) if path is None else table.read(path)
    except BadExam as error:
        raise Refused(str(error)) from None
    return disguised(exam, seed)


def write_example(folder: Path) -> list[Path]:
    """Write a working model, a script that trains it, and light curves to practise on.

    Returns the files written. Raises `Refused` rather than replace any of them.
    """
    texts = {"train.py": "train.py.txt", "model/model.py": "model.py.txt"}
    paths = [folder / name for name in (*texts, PRACTICE)]
    if there := [str(path) for path in paths if path.exists()]:
        raise Refused(f"{there[0]} exists, and may hold your work. Name another folder.")
    try:
        (folder / "model").mkdir(parents=True, exist_ok=True)
        for name, template in texts.items():
            (folder / name).write_text((TEMPLATES / template).read_text("utf-8"), "utf-8")
        exam = disguised(sky.invent(PRACTICE_SEED, PRACTICE_OBJECTS), PRACTICE_SEED)
        table.written(exam, folder / PRACTICE)
    except BadExam as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{folder} cannot be written to: {error.strerror}.") from None
    return paths
