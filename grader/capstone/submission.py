"""A model as it was handed in: the files of a folder or of a zip archive. None of it runs here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader import companions, lms
from grader.archives import BadArchive, Unpacker
from grader.files import File, walk
from grader.texts import short

MODULE = "model.py"
MAX_FILE = 15 * 2**20  # bytes: a message to the sandbox holds no more
MAX_ALL = 40 * 2**20
MAX_FILES = 500
ANY = re.compile("")
PLAIN = re.compile(r"[\w .()+@=,-]{1,200}")

EXPECTED = (
    f"A model is a folder, or a zip archive of one, with `{MODULE}` in it, and the weights beside "
    "that. `grader capstone --example FOLDER` writes one to begin with."
)


class NotFound(Exception):
    """There is no model at a path; the message says what is expected. Nobody's zero."""


class Unfit(Exception):
    """What was handed in cannot be judged; the message tells its author what to do."""


@dataclass(frozen=True)
class Submission:
    """A model's files by their paths below its folder, and which of its files were left out."""

    files: dict[str, bytes]
    notes: list[str] = field(default_factory=list)


def opened(path: Path, unpacked: Path) -> Submission:
    """Read a model's files. Archives are unpacked to `unpacked`, an empty folder.

    Raises
    ------
    NotFound
        If the path cannot be opened, or is neither a folder nor a zip archive.
    Unfit
        If the archive is damaged, `model.py` is missing or not an ordinary file, or there is too
        much of it.
    """
    files = _without_wrapper([file for file in _listed(path, unpacked) if not file.is_folder])
    refused = {"/".join(file.place): file.refused for file in files if file.refused}
    if MODULE in refused:
        raise Unfit(f"`{MODULE}` is not read: {refused[MODULE]}")
    wanted = {"/".join(file.place): file for file in files if not file.refused}
    if MODULE not in wanted:
        raise Unfit(f"There is no `{MODULE}` in it. {EXPECTED}")
    if len(wanted) > MAX_FILES:
        raise Unfit(
            f"It holds {len(wanted)} files; at most {MAX_FILES} are read. Leave out others."
        )
    notes = [f"`{short(name, 100)}` was left out: {why}" for name, why in refused.items()]
    return Submission(_contents(wanted), notes)


def _listed(path: Path, unpacked: Path) -> list[File]:
    try:
        if path.is_dir():
            return walk(path.resolve())
        if not path.is_file():
            raise NotFound(f"There is no folder of that name. {EXPECTED}")
        if not lms.is_zip(path.name):
            raise NotFound(f"It is no folder. {EXPECTED}")
        archive = File((path.name,), path.name, path.resolve())
        return Unpacker(unpacked, left=2 * MAX_ALL, wanted=ANY).unpack(archive, ())
    except BadArchive as error:
        raise Unfit(str(error)) from None
    except OSError as error:
        raise NotFound(f"It cannot be opened: {error.strerror}.") from None


def _without_wrapper(files: list[File]) -> list[File]:
    """The files, without the one folder in which all of them lie, if they do."""
    first = {file.place[0] for file in files}
    if len(first) != 1 or any(len(file.place) == 1 for file in files):
        return files
    return [
        File(file.place[1:], file.shown, file.path, file.modified, file.refused) for file in files
    ]


def _contents(wanted: dict[str, File]) -> dict[str, bytes]:
    """What the files hold, all of them within the limits, and with names that can lie together."""
    found: dict[str, bytes] = {}
    left = MAX_ALL
    for name, file in wanted.items():
        if not all(map(PLAIN.fullmatch, file.place)):
            raise Unfit(f"`{short(name, 100)}` has a name with odd characters. Rename it.")
        if any(other.startswith(f"{name}/") for other in wanted):
            raise Unfit(f"`{name}` is both a file and a folder. Pack it again.")
        content = companions.content_of(file.path, min(MAX_FILE, left))
        if content is None:
            raise Unfit(_too_large(name))
        found[name] = content
        left -= len(content)
    return found


def _too_large(name: str) -> str:
    limits = f"{MAX_FILE // 2**20} MB a file and {MAX_ALL // 2**20} MB together"
    return f"`{name}` cannot be read, or is too large: the limits are {limits}."
