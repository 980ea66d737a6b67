"""Readers: one module for each broker's format, and functions that know which one a file needs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Self

import pandas as pd

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers import (
    alerce,
    antares,
    fink,
    fritz,
    lasair,
    own_table,
    rubin,
    supernova_dat,
    tns,
    ztf_alert,
    ztf_forced_photometry,
)
from solutions.final_project.readers.source import (
    NO_CHOICES,
    Choices,
    FormatError,
    NotPhotometryError,
    Source,
)

__all__ = [
    *(
        "NO_CHOICES",
        "Choices",
        "FolderContents",
        "FormatError",
        "NotPhotometryError",
        "Problem",
        "Source",
    ),
    *("read", "read_folder", "read_labels", "read_paths", "reader_of"),
]

# In this order: the formats with names of their own first, those with general columns last.
READERS: tuple[ModuleType, ...] = (
    *(own_table, ztf_alert, rubin, antares, supernova_dat, ztf_forced_photometry),
    *(fink, fritz, tns, lasair, alerce),
)


@dataclass(frozen=True)
class Problem:
    """Something that could not be read.

    Attributes:
        path: the file.
        reason: what is wrong with it, and where.
        is_photometry: False if the file is in order but holds labels or a list of objects.
    """

    path: Path
    reason: str
    is_photometry: bool = True


@dataclass
class FolderContents:
    """What several files hold.

    Attributes:
        light_curves: one for each object.
        labels: the tables of types among the files, by path.
        problems: all that was refused, and why; for tables of types, that they hold no photometry.
    """

    light_curves: list[LightCurve] = field(default_factory=list)
    labels: dict[Path, pd.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def __add__(self, other: Self) -> Self:
        """Return the contents of both; light curves of one object become one."""
        return type(self)(
            _merged([*self.light_curves, *other.light_curves]),
            self.labels | other.labels,
            self.problems + other.problems,
        )


def _merged(curves: Iterable[LightCurve]) -> list[LightCurve]:
    parts: dict[str, list[LightCurve]] = {}
    for curve in curves:
        parts.setdefault(curve.object_id, []).append(curve)
    return [each[0] if len(each) == 1 else LightCurve.merged(each) for each in parts.values()]


def reader_of(source: Source, formats: Sequence[ModuleType] = READERS) -> ModuleType:
    """Return the module that reads a file, by its content.

    Raises:
        FormatError: no reader knows the content, or none of the formats that are wanted.
    """
    for reader in READERS:
        if _recognises(reader, source):
            if reader not in formats and reader is not tns:
                wanted = ", ".join(each.FORMAT for each in formats)
                raise source.error(f"the format is {reader.FORMAT}; wanted is {wanted}")
            return reader
    known = ", ".join(reader.FORMAT for reader in READERS)
    columns = list(source.frame.columns) if source.frame is not None else []
    if source.frame is None and source.table is not None:
        columns = list(source.table.frame.columns)
    seen = f" Its columns are {', '.join(map(str, columns[:20]))}." if columns else ""
    raise source.error(f"the content is in none of the known formats ({known}).{seen}")


def _recognises(reader: ModuleType, source: Source) -> bool:
    try:
        return bool(reader.recognises(source))
    except FormatError:
        raise
    except Exception:  # content that no recogniser foresaw is not its format
        return False


def read(
    path: str | Path,
    problems: list[Problem] | None = None,
    formats: Sequence[ModuleType] = READERS,
    choices: Choices = NO_CHOICES,
) -> list[LightCurve]:
    """Return the light curves of a file, whatever its format; it may be compressed.

    Args:
        path: the file. Its name is used only for objects that have none inside.
        problems: takes what could not be read of a file that is otherwise in order. Without it,
            there is a warning for each.
        formats: the readers of the formats that are wanted.
        choices: what the file does not say of itself.

    Raises:
        NotPhotometryError: the file holds labels or a list of objects.
        FormatError: the format is unknown, the file is broken, or nothing in it can be read.
    """
    source = Source.open(path, choices)
    curves, errors = _split(source, reader_of(source, formats))
    if errors and not curves:
        raise errors[0]
    for error in errors:
        if problems is None:
            warnings.warn(str(error), stacklevel=2)
        else:
            problems.append(Problem(source.path, str(error)))
    return curves


def _split(source: Source, reader: ModuleType) -> tuple[list[LightCurve], list[FormatError]]:
    """Return the light curves and the errors; a file that breaks off keeps what came before."""
    curves: list[LightCurve] = []
    errors: list[FormatError] = []
    try:
        for result in reader.read(source):
            if isinstance(result, FormatError):
                errors.append(result)
            else:
                curves.append(result)
    except NotPhotometryError:
        raise
    except FormatError as error:
        errors.append(error)
    except Exception as error:  # no content whatever may stop the reading of other files
        errors.append(source.error(f"not as {reader.FORMAT} should be: {error!r}"))
    return curves, errors


def read_labels(path: str | Path) -> pd.DataFrame:
    """Return the objects of a TNS or BTS table with their classes; see `tns.read_labels`."""
    return tns.read_labels(Source.open(path))


def read_folder(
    folder: str | Path,
    pattern: str = "**/*",
    formats: Sequence[ModuleType] = READERS,
    choices: Choices = NO_CHOICES,
) -> FolderContents:
    """Read all files of a folder, and of those in it; a bad file spoils nothing else.

    Light curves of one object from several files (detections and upper limits, or one alert after
    the other) become one.

    Args:
        folder: the folder.
        pattern: which files in it, as for `Path.glob`.
        formats: the readers of the formats that are wanted; files of others are problems.
        choices: what files do not say of themselves.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder")
    files = sorted(each for each in folder.glob(pattern) if each.is_file())
    return read_paths(files, formats, choices)


def read_paths(
    paths: Iterable[Path],
    formats: Sequence[ModuleType] = READERS,
    choices: Choices = NO_CHOICES,
) -> FolderContents:
    """Read several files as read_folder does."""
    contents = FolderContents()
    for path in paths:
        try:
            contents.light_curves += read(path, contents.problems, formats, choices)
        except NotPhotometryError as error:
            contents.problems.append(Problem(path, str(error), is_photometry=False))
            if tns.recognises(Source.open(path)):
                contents.labels[path] = read_labels(path)
        except (FormatError, OSError) as error:
            contents.problems.append(Problem(path, str(error)))
    contents.light_curves = _merged(contents.light_curves)
    return contents
