"""Open a zip archive that a learner or a learning platform made, without trusting it.

Nothing in it decides where it is written: each of its folders becomes a numbered one of ours. Links
and devices are refused, sizes are counted as they are read, and what cannot be read is named.
"""

from __future__ import annotations

import errno
import lzma
import re
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.files import CLOSED, LINK, ODD, File, is_hidden
from grader.notebook_file import MAX_BYTES

MAX_DIRECTORY = 20 * 2**20  # bytes of an archive's table of contents
MAX_CLASS = 4 * 2**30  # bytes that all archives of a class may hold together
MAX_OWN = 200 * 2**20  # bytes that one learner's archive may hold
CHUNK = 2**20
MAYBE_WORK = re.compile(r"\.ipynb|\.(?:zip|json|txt|ya?ml|py)$|^[^.]+$", re.IGNORECASE)
OTHER_KIND = re.compile(r"\.(?:7z|rar|tar|tgz|gz|bz2|xz|zst)$", re.IGNORECASE)
SAFE = re.compile(r"[A-Za-z0-9][\w .()+-]{0,120}", re.ASCII)

NOT_A_NOTEBOOK = "It is not a notebook."
PASSWORD = "It is protected by a password. Ask for it without one."
OTHER = "It is an archive of a kind that is not read. Unpack it there and grade again."
OUTSIDE = "Its name leads out of the archive. Ask for the notebook itself."
BROKEN = "It cannot be unpacked: the archive is damaged here. Ask for it again."
TOO_LARGE = f"It is larger than {MAX_BYTES // 2**20} MB. Ask for it with its outputs cleared."
DAMAGED = "It is not a sound zip archive. Ask for it again, or unpack it yourself."
CROWDED = "It holds more than there is room for. Unpack it yourself and grade the folder."
DAMAGE = (  # what Python raises while it unpacks a damaged file
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)


class BadArchive(Exception):
    """The archive as a whole cannot be read; the message says why and what to do."""


@dataclass
class Unpacker:
    """Unpacks archives into `folder`, up to `left` bytes of all of them together.

    Files whose names do not match `wanted` stay in.
    """

    folder: Path
    left: int = MAX_CLASS
    wanted: re.Pattern[str] = MAYBE_WORK
    _count: int = field(default=0, init=False)

    def unpack(self, archive: File, place: tuple[str, ...], is_class: bool = False) -> list[File]:
        """The files in an archive, as if they lay in a folder at `place`. Raises `BadArchive`."""
        with _opened(archive) as opened:
            limit = MAX_CLASS if is_class else MAX_OWN
            return list(self._files(opened, archive, place, limit))

    def _files(
        self, opened: zipfile.ZipFile, archive: File, place: tuple[str, ...], limit: int
    ) -> Iterator[File]:
        homes: dict[tuple[str, ...], Path] = {}
        for info, file in _listed(opened, archive, self.wanted):
            inner = file.place
            file = replace(file, place=(*place, *inner))
            if file.refused or file.is_folder:
                yield file
                continue
            home = homes.get(inner[:-1]) or homes.setdefault(inner[:-1], self._new_folder())
            copied = self._copied(opened, info, replace(file, path=_free(home, file.name)))
            limit -= copied.path.stat().st_size
            if min(limit, self.left) < 0:
                raise BadArchive(CROWDED)
            yield copied

    def _copied(self, opened: zipfile.ZipFile, info: zipfile.ZipInfo, file: File) -> File:
        """Copy a file out of the archive to its path, unless it proves too large or damaged."""
        most = MAX_OWN if file.name.lower().endswith(".zip") else MAX_BYTES
        size = 0
        with file.path.open("xb") as target:
            try:
                with opened.open(info) as source:
                    while size <= most and (chunk := source.read(CHUNK)):
                        size += target.write(chunk)
            except DAMAGE as error:
                if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                    raise
                return replace(file, refused=BROKEN)
            finally:
                self.left -= size
        return replace(file, refused=TOO_LARGE) if size > most else file

    def _new_folder(self) -> Path:
        self._count += 1
        path = self.folder / str(self._count)
        path.mkdir(parents=True)
        return path


def contents(archive: File) -> list[File]:
    """What an archive lists, from its top, without unpacking it. Raises `BadArchive`."""
    with _opened(archive) as opened:
        return [file for _, file in _listed(opened, archive)]


@contextmanager
def _opened(archive: File) -> Iterator[zipfile.ZipFile]:
    try:
        if _contents_size(archive.path) > MAX_DIRECTORY:
            raise BadArchive(CROWDED)
        with zipfile.ZipFile(archive.path) as opened:
            yield opened
    except PermissionError:
        raise BadArchive(CLOSED) from None
    except (zipfile.BadZipFile, NotImplementedError, struct.error, EOFError, ValueError):
        raise BadArchive(DAMAGED) from None


def _listed(
    opened: zipfile.ZipFile, archive: File, wanted: re.Pattern[str] = MAYBE_WORK
) -> Iterator[tuple[zipfile.ZipInfo, File]]:
    windows = not any("/" in info.filename for info in opened.infolist())
    for info in opened.infolist():
        name = _name(info).replace("\\", "/") if windows else _name(info)
        inner = tuple(part for part in name.split("/") if part not in ("", "."))
        if inner and not any(is_hidden(part) for part in inner if part != ".."):
            is_folder = name.endswith("/")
            refused = "" if is_folder else _refusal(info, name, wanted)
            shown = "/".join((archive.shown, *inner))
            yield info, File(inner, shown, archive.path, _time(info), refused, is_folder)


def _contents_size(path: Path) -> int:
    """How large the archive says that its table of contents is: it is read in one piece."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 2**16 - 100, 0))
        end = file.read()
    if (place := end.rfind(b"PK\x06\x06")) >= 0:  # of large archives
        return int(struct.unpack_from("<Q", end, place + 40)[0])
    place = end.rfind(b"PK\x05\x06")
    size = int(struct.unpack_from("<I", end, place + 12)[0]) if place >= 0 else 0xFFFFFFFF
    if size == 0xFFFFFFFF:
        raise BadArchive(DAMAGED)
    return size


def _name(info: zipfile.ZipInfo) -> str:
    """A file's name. Where the archive does not say that it is UTF-8, it often is all the same."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _time(info: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _refusal(info: zipfile.ZipInfo, name: str, wanted: re.Pattern[str]) -> str:
    """Why a file is not unpacked, if so."""
    mode = info.external_attr >> 16
    if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
        return OUTSIDE
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return ODD
    if not wanted.search(name.rpartition("/")[2]):
        return NOT_A_NOTEBOOK
    return PASSWORD if info.flag_bits & 0x1 else ""


def _free(home: Path, name: str) -> Path:
    """A path in our folder `home`: of the same name, if that is harmless and free."""
    path = home / name
    if SAFE.fullmatch(name) and not path.exists():
        return path
    return home / f"{len(list(home.iterdir()))}-unnamed{'.ipynb' if '.ipynb' in name else ''}"
