"""The skeleton of a new part in all places where a part lives. It works at once; change it then."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from grader import exercise
from grader.course import package_of

EXTENSIONS = re.compile(r"\n# %% \[markdown\]\n# ## Extensions")
TEMPLATES = Path(__file__).parent / "templates" / "new_part"
PART = re.compile(r"(\d{1,2})\.(E?[1-9]\d?)")


class NewPartError(ValueError):
    """A part that cannot be made; the message says why and what to do."""


def write(part: str, name: str, title: str, points: float, root: Path) -> list[Path]:
    """Write text and reference, probe, check, feedback and answers of a part below `root`.

    Returns the files written or added to. Raises `NewPartError` for a part that exists, an
    exercise that does not, or a name that is not one of a function.
    """
    number, short = _checked(part, name)
    package = package_of(number)
    fields = {"part": part, "name": name, "title": title, "points": f"{points:g}"}
    fields["package"] = package
    source = root / "solutions" / f"{exercise.find(number).slug}.py"
    course = root / "grader" / "course" / package
    answers = root / "tests" / "answers" / package / part
    source.write_text(_with_cells(source.read_text("utf-8"), part, _filled("source.py", fields)))
    _add(course / "probes.py", _filled("probe.py", fields))
    _add(course / "feedback.toml", _filled("feedback.toml", fields))
    new = {
        course / "checks" / f"part_{short.lower()}.py": "check.py",
        answers / "wrong" / "edits.toml": "edits.toml",
        answers / "right" / "sorted.py": "sorted.py",
        answers / "right" / "loop.py": "loop.py",
    }
    for path, template in new.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template, fields), "utf-8")
    return [source, course / "probes.py", course / "feedback.toml", *new]


def _checked(part: str, name: str) -> tuple[str, str]:
    """The exercise's number and the part's own, if there may be such a part."""
    match = PART.fullmatch(part)
    if match is None:
        raise NewPartError(f"{part!r} is not the id of a part, such as 6.6, or 6.E3 for a bonus.")
    found = exercise.find(match[1])
    if any(one.id == part for one in found.parts):
        raise NewPartError(f"Part {part} exists. {found.label} ends with {_last(found)}.")
    if not name.isidentifier() or name in found.names:
        raise NewPartError(f"{name!r} is taken, or is not a name that a function can have.")
    return match[1], match[2]


def _last(found: exercise.Exercise) -> str:
    core, bonus = ([p.id for p in found.parts if p.bonus is kind] for kind in (False, True))
    return " and ".join(ids[-1] for ids in (core, bonus) if ids)


def _filled(template: str, fields: dict[str, str]) -> str:
    return Template((TEMPLATES / f"{template}.txt").read_text("utf-8")).substitute(fields)


def _with_cells(source: str, part: str, cells: str) -> str:
    """The source with new cells before the extensions, or, for a bonus, before the last text."""
    end = source.rfind("\n# %% [markdown]")
    if ".E" not in part and (extensions := EXTENSIONS.search(source)):
        end = extensions.start()
    return f"{source[:end].rstrip()}\n{cells}\n\n{source[end:].lstrip()}"


def _add(path: Path, text: str) -> None:
    """Add text at the end of a file; in a feedback, before what several parts share."""
    content = path.read_text("utf-8")
    own, shared, rest = content.partition("\n[shared.")
    path.write_text(f"{own.rstrip()}\n{text}{shared}{rest}", "utf-8")
