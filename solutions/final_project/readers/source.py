"""A file as the readers see it: its bytes, text, JSON documents or table, opened only once."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project.readers.table import Table, delimited

ZTF_NAME = re.compile(r"ZTF\d{2}[a-z]{7}")
TNS_NAME = re.compile(r"(?:SN|AT|TDE)[ _]?(?:19|20)\d{2}(?:[A-Z]|[a-z]{2,4})(?![a-z])")

REQUEST = re.compile(r"req\d{6,}")  # of the forced-photometry service


class FormatError(ValueError):
    """A file, or one object in it, cannot be read; the message says where and why."""


class NotPhotometryError(FormatError):
    """The file is well-formed but holds no photometry: labels, or a list of objects."""


@dataclass(frozen=True)
class Choices:
    """What no file says of itself.

    Attributes:
        zero_point: AB magnitude of a flux of 1 in files in the layout of Rubin; None for that of
            the schemas, 31.4 (nanojansky). Files of the ELAsTiCC simulation have 27.5 (FLUXCAL).
        clear_sky: least zero points of clear nights in ZTF's forced photometry (64, 3): a row for
            each readout quadrant, 4 (ccdid - 1) + qid - 1, and columns for g, r, i; None if the cut
            is not wanted.
    """

    zero_point: float | None = None
    clear_sky: np.ndarray | None = None


NO_CHOICES = Choices()


@dataclass(frozen=True)
class Source:
    """A file with its content, unpacked if it is compressed.

    Attributes:
        path: where it came from; its name is used for messages and for object names.
        data: its content.
        choices: what the file does not say.
    """

    path: Path
    data: bytes = field(repr=False)
    choices: Choices = NO_CHOICES

    @classmethod
    def open(cls, path: str | Path, choices: Choices = NO_CHOICES) -> Source:
        """Read a file; gzip and zip (with one file in it) are unpacked.

        Raises:
            FormatError: the file is empty or cannot be unpacked.
            OSError: there is no such file, or it cannot be read.
        """
        path = Path(path)
        data = path.read_bytes()
        try:
            while data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            if data[:4] == b"PK\x03\x04":
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    data = archive.read(_only_member(archive, path))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise FormatError(f"{path}: cannot be unpacked: {error}") from error
        if not data.strip(b" \t\r\n\0"):
            raise FormatError(f"{path}: the file is empty")
        return cls(path, data, choices)

    def error(self, why: str, where: str = "") -> FormatError:
        """Return an error that names the file, and the place in it."""
        return FormatError(f"{self.path}{': ' + where if where else ''}: {why}")

    @cached_property
    def object_name(self) -> str:
        """The object's name by the file's name: of ZTF, of the TNS, of a request, or the stem."""
        for pattern in (ZTF_NAME, TNS_NAME, REQUEST):
            found = pattern.findall(self.path.name)
            if found:
                return str(found[-1]).replace("_", "").replace(" ", "")
        return self.path.name.split(".")[0]

    @cached_property
    def text(self) -> str:
        """The content as text ('' if it is binary)."""
        if b"\0" in self.data[:4096]:
            return ""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.data.decode("latin-1")

    @cached_property
    def is_json(self) -> bool:
        """Whether a line of the first few begins a JSON object or list."""
        starts = [line.lstrip()[:1] for line in self.text[:2000].splitlines() if line.strip()]
        return any(start in ("{", "[") for start in starts[:3])

    @cached_property
    def documents(self) -> list[tuple[str, Any]]:
        """The JSON documents of the file, each with the text that stands before it.

        Raises:
            FormatError: what looks like JSON is not.
        """
        found, position = [], 0
        decoder = json.JSONDecoder()
        while match := re.compile(r"^[ \t]*[\[{]", re.MULTILINE).search(self.text, position):
            before = self.text[position : match.start()].strip()
            try:
                document, position = decoder.raw_decode(self.text, match.end() - 1)
            except json.JSONDecodeError as error:
                where = f"line {error.lineno}"
                raise self.error(f"the JSON is broken: {error.msg}", where) from error
            found.append((before, document))
        return found

    @cached_property
    def table(self) -> Table | None:
        """The rows of a delimited text file with a header, None if there is no header."""
        return None if self.is_json else delimited(self.text)

    @cached_property
    def frame(self) -> pd.DataFrame | None:
        """The content of a Parquet file, None if it is no such file."""
        if self.data[:4] != b"PAR1":
            return None
        try:
            frame = pd.read_parquet(io.BytesIO(self.data))
        except (OSError, ValueError) as error:
            raise self.error(f"the Parquet file is broken: {error}") from error
        named = [name for name in frame.index.names if name]
        return frame.reset_index() if named else frame


def _only_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise FormatError(f"{path}: the archive holds {len(members)} files; unpack it first")
    return members[0]
