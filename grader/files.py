"""What lies in a folder of submissions, file by file; links are named and never followed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

MAX_DEPTH = 8  # folders below a student's own
MAX_FILES = 5_000  # in one student's folder

JUNK = {  # what systems and editors leave behind, in lower case: nobody's work
    *("__macosx", ".ipynb_checkpoints", ".ds_store", "thumbs.db", "desktop.ini", "__pycache__"),
    *("node_modules", "$recycle.bin", "lost+found", "@eadir"),
}

LINK = (
    "It is a link, and links are not followed: they could lead to somebody else's work. Replace "
    "it by a copy and grade again."
)
CLOSED = (
    "This account has no right to open it. Change its owner or mode (`chmod -R a+rX`) and grade "
    "again."
)
TOO_MANY = (
    f"It holds more than {MAX_FILES:,} files, and only these were looked at. Remove what is not "
    "handed in and grade again."
)
TOO_DEEP = f"It lies more than {MAX_DEPTH} folders deep. Move it up and grade again."
ODD = "It is not an ordinary file. Ask for the notebook itself."


@dataclass(frozen=True)
class File:
    """A file or folder that was handed in.

    `place` holds the names on the way to it, of which the first tells the student; `shown` is
    where people find it; `path` is where its content lies. `refused` says why it is not opened.
    """

    place: tuple[str, ...]
    shown: str
    path: Path
    modified: float = 0.0
    refused: str = ""
    is_folder: bool = False

    @property
    def name(self) -> str:
        return self.place[-1]

    @property
    def is_hidden(self) -> bool:
        return any(is_hidden(name) for name in self.place)


def is_hidden(name: str) -> bool:
    """Whether a name is passed over without a word: leftovers, and what begins with one dot."""
    dotted = name.startswith((".", "~$")) and not name.startswith("..")
    return dotted or name.lower() in JUNK


def walk(root: Path, skip: Path | None = None) -> list[File]:
    """Everything below `root` but hidden things and the folder `skip`, sorted by place.

    Raises `OSError` if `root` itself cannot be opened.
    """
    found: list[File] = []
    with os.scandir(root) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        if not is_hidden(name) and (skip is None or (root / name).resolve() != skip):
            found += _below_limit(_walk(root / name, (name,)), name, root)
    return _without_hard_links(found)


def _below_limit(files: Iterator[File], name: str, root: Path) -> Iterator[File]:
    for count, file in enumerate(files):
        if count == MAX_FILES:
            yield File((name,), name, root / name, refused=TOO_MANY)
            return
        yield file


def _walk(path: Path, place: tuple[str, ...]) -> Iterator[File]:
    """The file or folder at `path`, and what is in it."""
    shown = "/".join(place)
    try:
        found = path.lstat()
        if path.is_symlink():
            yield File(place, shown, path, found.st_mtime, LINK, path.is_dir())
        elif path.is_file():
            yield File(place, shown, path, found.st_mtime)
        elif not path.is_dir():
            yield File(place, shown, path, found.st_mtime, ODD)
        elif len(place) > MAX_DEPTH:
            yield File(place, shown, path, found.st_mtime, TOO_DEEP, True)
        else:
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries)
            yield File(place, shown, path, found.st_mtime, is_folder=True)
            if "pyvenv.cfg" not in names:  # an environment of Python holds nothing handed in
                for name in names:
                    if not is_hidden(name):
                        yield from _walk(path / name, (*place, name))
    except OSError:
        yield File(place, shown, path, refused=CLOSED, is_folder=".ipynb" not in path.name.lower())


def _without_hard_links(files: list[File]) -> list[File]:
    """The files, of which those that have another name outside the student's folder are refused.

    Nobody can tell whose work such a file is: a student who may read another one's notebook can
    give it a second name in his or her own folder.
    """
    names: dict[tuple[int, int], list[File]] = {}
    links: dict[File, tuple[tuple[int, int], int]] = {}
    for file in files:
        if not file.is_folder and not file.refused:
            found = file.path.lstat()
            if found.st_nlink > 1:
                inode = found.st_dev, found.st_ino
                names.setdefault(inode, []).append(file)
                links[file] = inode, found.st_nlink
    own = {
        (inode, student): count
        for inode, same in names.items()
        for student, count in Counter(file.place[0] for file in same).items()
    }
    return [
        replace(file, refused=_hard_link(file, names[links[file][0]]))
        if file in links and own[links[file][0], file.place[0]] < links[file][1]
        else file
        for file in files
    ]


def _hard_link(file: File, same: list[File]) -> str:
    others = sorted(other.shown for other in same if other.place[0] != file.place[0])
    if others:
        return (
            f"It is the same file as `{others[0]}` (a hard link), so that nobody can tell whose "
            "work it is. Ask both, replace one by a copy or remove it, and grade again."
        )
    return (
        "It is a hard link: the same file has another name outside this folder, so that nobody can "
        "tell whose work it is. Replace it by a copy, or grade a copy of the folder (`cp -r`)."
    )
