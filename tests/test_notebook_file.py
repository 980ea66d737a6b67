"""Files called notebooks: what Jupyter opens is read, the rest is refused in plain words."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, code

from grader import exercise, notebook, notebook_file
from grader.notebook_file import ClosedNotebook, UnreadableNotebook, parse

FILLED = json.dumps(notebooks.filled(EX1), indent=1)


def old_format(content: dict[str, Any], version: int = 3) -> dict[str, Any]:
    """A notebook as it was saved before 2015."""
    cells = []
    for cell in content["cells"]:
        lines = "".join(cell["source"]).splitlines(keepends=version == 3)
        if cell["cell_type"] == "code":
            cells.append({"cell_type": "code", "collapsed": False, "input": lines, "metadata": {},
                          "language": "python", "outputs": [{"output_type": "pyout"}]})  # fmt: skip
        else:
            cells.append({"cell_type": cell["cell_type"], "source": lines, "metadata": {}})
    heading = {"cell_type": "heading", "level": 2, "source": ["A title"], "metadata": {}}
    sheet = {"cells": [heading, *cells], "metadata": {}}
    return {"metadata": {"name": ""}, "nbformat": version, "nbformat_minor": 0,
            "worksheets": [sheet]}  # fmt: skip


def reason(content: bytes | str) -> str:
    with pytest.raises(UnreadableNotebook) as error:
        parse(content if isinstance(content, bytes) else content.encode())
    return str(error.value)


# What Jupyter opens


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats_have_the_same_cells(tmp_path: Path, version: int) -> None:
    found = exercise.load(EX1)
    new = notebooks.save(tmp_path / "new.ipynb", notebooks.filled(EX1))
    old = notebooks.save(tmp_path / "old.ipynb", old_format(notebooks.filled(EX1), version))
    want = [cell.source for cell in notebook.read(new, found).cells]
    assert [cell.source for cell in notebook.read(old, found).cells] == want


def test_two_worksheets_are_one_notebook() -> None:
    content = old_format(notebooks.of("x = 1"))
    content["worksheets"] *= 2
    sources = [cell.source for cell in parse(json.dumps(content).encode()).cells]
    assert sources == ["## A title", "x = 1"] * 2


def test_a_byte_order_mark_nan_and_line_ends_are_no_obstacle() -> None:
    content = FILLED.replace('"metadata": {}', '"metadata": {"width": NaN}', 1)
    want = parse(FILLED.encode()).cells
    assert parse(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode()).cells == want


@pytest.mark.parametrize(
    ("metadata", "python"),
    [
        ({"language_info": {"name": "python", "version": "3.13.1"}}, "3.13.1"),
        ({"language_info": {"version": "3.14.0rc1"}}, "3.14.0"),
        ({"language_info": {"name": "R", "version": "4.3.1"}}, ""),
        ({"language_info": {"name": "python", "version": "\x1b[31m3.1"}}, ""),
        ({"language_info": {"name": "python", "version": 3.13}}, "3.13"),
        *(({"language_info": odd}, "") for odd in (None, 5, [], {}, {"version": {"a": 1}})),
        *((odd, "") for odd in (None, 5, [])),
    ],
)
def test_the_python_that_saved_it(metadata: Any, python: str) -> None:
    content = json.dumps(notebooks.of("x = 1") | {"metadata": metadata})
    assert parse(content.encode()).python == python


# What is refused


@pytest.mark.parametrize(
    ("content", "says"),
    [
        *((blank, "it is empty. Open it in Jupyter") for blank in (b"", b" \n", b"\xef\xbb\xbf")),
        (b"\0" * 4096, "nothing but zero bytes"),
        (FILLED.encode("utf-16"), "UTF-16"),
        (FILLED.encode("utf-16-le"), "UTF-16"),
        (FILLED.encode("utf-16-be"), "UTF-16"),
        (FILLED.replace("light", "Lichtstärke").encode("latin-1"), "not UTF-8"),
        (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page, perhaps of a login"),
        (b"<!-- saved -->\n<HTML><head>", "web page"),
        (b"%PDF-1.7\n\xff", "a PDF document. Hand in the `.ipynb`"),
        (b"PK\x03\x04\x14\0\0\0", "zip archive"),
        (b"\x1f\x8b\x08\0", "compressed archive"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS pointer"),
        (b"from grader import check\n\ndef f():\n    pass\n", "a Python script"),
        (b"Dear grader, see my other mail.", "plain text, not a notebook"),
        (FILLED[:4000].encode(), "as if an upload was cut off"),
        (FILLED[: FILLED.index('"source"') + 20].encode(), "as if an upload was cut off"),
        (b"{", "as if an upload was cut off"),
        (FILLED.replace("\n", "\n<<<<<<< HEAD\n", 1).encode(), "Git merge conflict"),
        (FILLED.replace("\n", "\n>>>>>>> theirs\n", 1).encode(), "Git merge conflict"),
        ((FILLED + "\nBest wishes").encode(), "more text after the notebook's end"),
        (FILLED.replace(",", ",,", 1).encode(), "damaged in line"),
        *((odd, "no list of cells") for odd in (b"null", b"[]", b"5", b'"cells"', b"{}")),
        (b'{"cells": null}', "no list of cells"),
        (b'{"cells": {"a": 1}}', "no list of cells"),
        (b'{"url": "https://example.edu", "doc_id": "1"}', "no list of cells"),
        (b'{"worksheets": [{}], "nbformat": 3}', "old format"),
        (b'{"worksheets": [5], "nbformat": "x"}', "old format"),
        (b'{"worksheets": [{"cells": [5]}], "nbformat": 3}', "old format"),
        (b'{"a":' * 200_000, "nested"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "numbers beyond"),
    ],
)
def test_the_reason_names_what_it_is_and_what_to_do(content: bytes, says: str) -> None:
    text = reason(content)
    assert text.startswith("The notebook could not be read: ")
    assert says in text
    assert text.endswith(".")
    assert text.count(". ") >= 1  # a fact and a suggestion
    for word in ("JSON", "char ", "column", "codec", "byte 0x", "Expecting", "KeyError", "None"):
        assert word not in text


def test_a_list_nested_beyond_reason_is_refused() -> None:
    assert "not a notebook" in reason(b"[" * 200_000)


def test_every_cut_of_a_notebook_is_refused_with_a_reason() -> None:
    for end in range(0, len(FILLED) - 1, 97):
        assert reason(FILLED[:end].rstrip())


def test_links_folders_pipes_and_devices_are_refused(tmp_path: Path) -> None:
    target = notebooks.save(tmp_path / "other" / "x.ipynb", notebooks.of("x = 1"))
    link, folder, pipe = (tmp_path / f"{name}.ipynb" for name in ("link", "folder", "pipe"))
    link.symlink_to(target)
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (link, folder, pipe, tmp_path / "absent.ipynb", Path("/dev/zero")):
        with pytest.raises(UnreadableNotebook, match="not an ordinary file"):
            notebook_file.read(path)


def test_a_file_of_30_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.ipynb"
    with path.open("wb") as file:
        file.truncate(30 * 2**20)
    with pytest.raises(UnreadableNotebook, match=r"larger than 20 MB\. Clear its outputs"):
        notebook_file.read(path)


def test_a_notebook_with_an_output_of_21_megabytes_is_refused(tmp_path: Path) -> None:
    big = code("x = 1") | {"outputs": [{"output_type": "stream", "text": "x" * 21 * 2**20}]}
    path = notebooks.save(tmp_path / "big.ipynb", notebooks.of(big))
    with pytest.raises(UnreadableNotebook, match=r"larger than 20 MB\. Clear its outputs"):
        notebook_file.read(path)


def test_a_file_of_somebody_else_is_told_apart(tmp_path: Path) -> None:
    if notebooks.may_open_everything(tmp_path):
        pytest.skip("this account may open everything")
    path = notebooks.save(tmp_path / "x.ipynb", notebooks.of("x = 1"))
    path.chmod(0)
    with pytest.raises(ClosedNotebook, match="no right to open it"):
        notebook_file.read(path)


def test_a_refusal_to_open_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, too, to whom the file system refuses nothing."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = notebooks.save(tmp_path / "x.ipynb", notebooks.of("x = 1"))
    monkeypatch.setattr(notebook_file.os, "open", refuse)
    with pytest.raises(ClosedNotebook, match="no right to open it"):
        notebook_file.read(path)
