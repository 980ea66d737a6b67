"""Open a notebook file, which may be anything at all: its cells, or a reason written for people."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.lean_imports import without_grammar

MAX_BYTES = 20 * 2**20

AGAIN = "Open it in Jupyter, save it and hand it in again."
NO_CELLS = f"it has no list of cells. {AGAIN}"
BINARY = {  # how a file begins -> what it is
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x1f\x8b": "a compressed archive",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"\x80": "a Python pickle",
    b"SQLite format 3": "a database",
    b"version https://git-lfs": "a Git LFS pointer, not the file it stands for",
}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S)
SCRIPT = re.compile(r"^(?:#|import |from \w+ import |def |class |@)", re.MULTILINE)
CONFLICT = re.compile(r"^(?:<<<<<<< |>>>>>>> )", re.MULTILINE)


class UnreadableNotebook(ValueError):
    """The file is no notebook; the message says why, in words for the learner."""


class ClosedNotebook(UnreadableNotebook):
    """The file may be a fine notebook, but this account cannot open it: nobody's zero."""


@dataclass(frozen=True)
class FileCell:
    """A cell as the file has it: its number, from 1, its type, tags and source."""

    number: int
    kind: str
    tags: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class NotebookFile:
    """The cells that hold any text, and the Python that saved them, such as `3.13.1`, if known."""

    cells: tuple[FileCell, ...]
    python: str = ""


def read(path: Path) -> NotebookFile:
    """Read a notebook of any format version.

    Raises `UnreadableNotebook`, and `ClosedNotebook` where the account lacks the right to read.
    """
    return parse(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The file's content. A link, a device, and what is too large are refused."""
    try:
        # Without NONBLOCK, to open a named pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError:
        raise ClosedNotebook(
            "The notebook could not be read: this account has no right to open it. Change the "
            "file's owner or mode (`chmod`) and grade again."
        ) from None
    except OSError:
        raise _unreadable("it is not an ordinary file. Hand in the notebook itself.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable("it is not an ordinary file. Hand in the notebook itself.")
    with open(descriptor, "rb") as file:
        try:
            content = file.read(MAX_BYTES + 1)
        except OSError as error:  # a disk that fails is not the learner's fault
            raise ClosedNotebook(
                f"The notebook could not be read: {error.strerror}. Check the disk and grade again."
            ) from None
    if len(content) > MAX_BYTES:
        raise _unreadable(
            f"it is larger than {MAX_BYTES // 2**20} MB. Clear its outputs and hand it in again."
        )
    return content


def parse(content: bytes) -> NotebookFile:
    """The notebook that a file's content is. Raises `UnreadableNotebook`."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _unreadable(_what_it_is(content)) from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        notebook = _converted(notebook)
    raw = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(raw, list):
        raise _unreadable(NO_CELLS)
    cells = (
        FileCell(number, str(cell.get("cell_type")), _tags(cell), source)
        for number, cell in enumerate(raw, start=1)
        if (source := _source(cell)).strip()
    )
    return NotebookFile(tuple(cells), _python(notebook))


def what_is_wrong(content: bytes) -> str:
    """Why a file's content is no notebook, if that is known."""
    if content.lstrip().startswith(b"{") and content.rstrip().endswith(b"}"):
        return str(_unreadable(NO_CELLS))
    return str(_unreadable(_what_it_is(content)))


def _unreadable(reason: str) -> UnreadableNotebook:
    return UnreadableNotebook(f"The notebook could not be read: {reason}")


def _what_it_is(content: bytes) -> str:
    """What can be said about a file that is not JSON, and what to do about it."""
    if content and not content.strip(b"\0"):
        return (
            "it holds nothing but zero bytes, as after a crash. Restore an earlier version: look "
            "in the folder `.ipynb_checkpoints`."
        )
    for start, kind in BINARY.items():
        if content.startswith(start):
            return f"it is {kind}. Hand in the `.ipynb` file that Jupyter saves."
    if content.startswith(UTF_16) or b"\0" in content[:2]:
        return (
            "its text is saved as UTF-16, which Jupyter cannot open either. Save it as UTF-8 and "
            "hand it in again."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"its text is not UTF-8, so that Jupyter cannot open it either. {AGAIN}"
    return _what_the_text_is(text)


def _what_the_text_is(text: str) -> str:
    if not text.strip():
        return f"it is empty. {AGAIN}"
    if PAGE.match(text[:10_000]):
        return (
            "it is a web page, perhaps of a login. Download the notebook itself (in GitHub: the "
            "raw file) and hand it in again."
        )
    if CONFLICT.search(text):
        return (
            "it holds the marks of a Git merge conflict (`<<<<<<<`). Resolve the conflict, open "
            "the notebook in Jupyter to see that it works, and hand it in again."
        )
    if not text.lstrip().startswith("{"):
        kind = "a Python script" if SCRIPT.search(text[:10_000]) else "plain text"
        return f"it is {kind}, not a notebook. Hand in the `.ipynb` file that Jupyter saves."
    return _where_it_breaks(text)


def _where_it_breaks(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return (
                f"there is more text after the notebook's end, in line {error.lineno}, so that "
                "Jupyter cannot open it either. Remove that text and hand it in again."
            )
        unclosed = error.msg.startswith("Unterminated string")
        if unclosed or not text[error.pos :].strip() or not text.rstrip().endswith("}"):
            return (
                "it ends in the middle, as if an upload was cut off. Compare its size with the "
                "one that you have, and hand it in again."
            )
        return (
            f"it is damaged in line {error.lineno}, so that Jupyter cannot open it either. "
            "Restore an earlier version: look in the folder `.ipynb_checkpoints`."
        )
    except (ValueError, RecursionError):
        pass
    return f"it is nested or has numbers beyond anything that Jupyter saves. {AGAIN}"


def _converted(notebook: dict[str, Any]) -> Any:
    """A notebook of format 3 or earlier, from before 2015, in today's format."""
    with without_grammar():
        import nbformat  # heavy, and seldom needed

    for sheet in notebook["worksheets"]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                cell["outputs"] = []  # not needed, and the likeliest to be out of order
    try:
        return nbformat.reads(json.dumps(notebook), as_version=4)
    except Exception:  # of many kinds: it trusts that the notebook is well formed
        raise _unreadable(
            "it is in an old format of notebooks and could not be converted. Open it in a current "
            "Jupyter, save it and hand it in again."
        ) from None


def _source(cell: Any) -> str:
    source = cell.get("source", "") if isinstance(cell, dict) else ""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _tags(cell: dict[str, Any]) -> tuple[str, ...]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _python(notebook: dict[str, Any]) -> str:
    """The version in the notebook's metadata, if it is one of Python's."""
    metadata = notebook.get("metadata")
    language = metadata.get("language_info") if isinstance(metadata, dict) else None
    if not isinstance(language, dict) or language.get("name", "python") != "python":
        return ""
    version = re.match(r"\d{1,2}(?:\.\d{1,3}){1,2}", str(language.get("version", ""))[:20], re.A)
    return version[0] if version else ""
