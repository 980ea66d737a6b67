"""Where a learner keeps notebooks: in this folder, in `work/` here, or in the clone's `work/`."""

from __future__ import annotations

from pathlib import Path

from grader import exercise

WORK = Path("work")


def find(slug: str) -> Path | None:
    """The learner's own notebook of an exercise: in the first folder that has it."""
    return next((path for path in _paths(slug) if path.is_file()), None)


def folder() -> Path:
    """The first folder with notebooks of the learner's; the clone's `work/` if there is none."""
    names = [exercise.file_name(slug) for slug in exercise.slugs()]
    own = (path for path in _folders() if any((path / name).is_file() for name in names))
    return next(own, exercise.ROOT / WORK)


def _paths(slug: str) -> list[Path]:
    return [folder / exercise.file_name(slug) for folder in _folders()]


def _folders() -> list[Path]:
    """This folder, `work/` in it, and the clone's; the released notebooks are nobody's own."""
    folders = [Path.cwd(), Path.cwd() / WORK, exercise.ROOT / WORK]
    return [path for path in folders if path.resolve() != exercise.RELEASED.resolve()]
