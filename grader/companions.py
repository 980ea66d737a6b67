"""Files that lie beside a notebook, which its code may import or read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

SUFFIXES = {".py", ".csv", ".json", ".txt", ".dat", ".npy", ".npz", ".parquet", ".toml", ".yaml"}
TIME = "timestamp.txt"  # nbgrader's
MAX_FILES = 50
MAX_BYTES = 4 * 2**20  # all together


def read(notebook: Path) -> dict[str, bytes]:
    """Small modules and tables beside a notebook, and packages, by their paths from its folder.

    Links and odd files are left out.
    """
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for path in islice(_candidates(notebook.parent), MAX_FILES):
        content = content_of(path, left)
        if content is not None:
            found[path.relative_to(notebook.parent).as_posix()] = content
            left -= len(content)
    return found


def _candidates(folder: Path) -> Iterator[Path]:
    """Files of the folder itself, then the modules of its packages."""
    beside = _listed(folder)
    yield from (path for path in beside if path.suffix in SUFFIXES and path.name != TIME)
    for package in beside:
        inside = _listed(package) if package.name.isidentifier() else []
        yield from (path for path in inside if path.suffix == ".py")


def _listed(folder: Path) -> list[Path]:
    """What is in a folder that is not a link, as far as that can be seen."""
    try:
        return [] if folder.is_symlink() else sorted(folder.iterdir())
    except OSError:
        return []


def content_of(path: Path, most: int) -> bytes | None:
    """What an ordinary file of at most so many bytes holds."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(file, "rb") as stream:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > most:
            return None
        content = stream.read(most + 1)
    return content if len(content) <= most else None
