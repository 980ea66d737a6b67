"""What learners hand in, in every shape it comes: the cells to run, or a reason in plain words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, EX2, code

from grader import exercise, notebook
from grader.notebook import UnreadableNotebook


def markdown(source: str, cell_type: str = "markdown") -> dict[str, Any]:
    return {"cell_type": cell_type, "source": source, "metadata": {}}


@pytest.fixture
def read(tmp_path: Path):
    """Read a notebook, given as a dict, a text or bytes, and return the sources to run."""

    def sources(content: Any, slug: str = EX1) -> list[str]:
        path = notebooks.save(tmp_path / f"{slug}.ipynb", content)
        return [cell.source for cell in notebook.read(path, exercise.load(slug))]

    return sources


FILTER = "def filter_lightcurve(data, **filters):\n    return list(data)"


# What is run


@pytest.mark.parametrize("slug", exercise.slugs())
def test_a_released_notebook_gives_its_definitions_only(read: Any, slug: str) -> None:
    found = exercise.load(slug)
    sources = read(notebooks.released(slug), slug)
    assert not found.given & {source.strip() for source in sources}
    assert "check(" not in "\n".join(sources)
    text = "\n".join(sources)
    for name in found.names:
        assert f"def {name}(" in text or f"class {name}" in text


def test_stripped_metadata_changes_nothing(read: Any) -> None:
    whole = notebooks.filled(EX1)
    bare = notebooks.filled(EX1)
    for cell in bare["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    assert read(bare) == read(whole)


def test_sources_may_be_lists_or_text(read: Any) -> None:
    text = notebooks.filled(EX1)
    lists = notebooks.filled(EX1)
    for cell in lists["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    for cell in text["cells"]:
        cell["source"] = "".join(cell["source"])
    assert read(lists) == read(text)


def test_cells_keep_their_order_and_their_numbers(tmp_path: Path) -> None:
    content = notebooks.of("a = 1", markdown("text"), "", 'check("1.2")', "b = 2")
    path = notebooks.save(tmp_path / "x.ipynb", content)
    cells = notebook.read(path, exercise.load(EX1))
    assert [(cell.number, cell.source) for cell in cells] == [(1, "a = 1"), (5, "b = 2")]


def test_duplicated_cells_are_run_as_often_as_they_stand_there(read: Any) -> None:
    assert read(notebooks.of(FILTER, "x = 1", FILTER)) == [FILTER, "x = 1", FILTER]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_definition_turned_into_text_is_run(read: Any, kind: str) -> None:
    assert read(notebooks.of("x = 1", markdown(FILTER, kind), "y = 2")) == [
        "x = 1",
        FILTER,
        "y = 2",
    ]


def test_text_is_left_alone_where_the_code_is_there_too(read: Any) -> None:
    old = markdown("def filter_lightcurve(data):\n    return None")
    assert read(notebooks.of(FILTER, old)) == [FILTER]


@pytest.mark.parametrize(
    "text",
    ["def helper():\n    pass", "Use `def filter_lightcurve(data)`.", "import os", "# A title",
     "```python\ndef filter_lightcurve(data):\n    pass\n```"],
)  # fmt: skip
def test_other_text_is_never_run(read: Any, text: str) -> None:
    assert read(notebooks.of(markdown(text), markdown(text, "raw"))) == []


def test_demonstrations_are_left_out(read: Any) -> None:
    released = notebooks.released(EX1)["cells"]
    demo = next(cell for cell in released if "demo" in cell["metadata"].get("tags", []))
    stripped = {**demo, "metadata": {}}
    edited = code("print('my own plot')", tags=["demo"])
    assert read(notebooks.of(demo, stripped, edited, "x = 1")) == ["x = 1"]


def test_a_demonstration_that_defines_a_part_is_run(read: Any) -> None:
    assert read(notebooks.of(code(FILTER, tags=["demo"]))) == [FILTER]


def test_check_cells_are_left_out_wherever_they_stand(read: Any) -> None:
    cells = ['check("1.2")', code('check("1.2")\n', nbgrader={}), '  check("1.E1")', FILTER]
    assert read(notebooks.of(*cells)) == [FILTER]


def test_cells_that_do_not_parse_are_kept_for_their_error(tmp_path: Path) -> None:
    broken = "def filter_lightcurve(data, **filters)\n    return data"
    path = notebooks.save(tmp_path / "x.ipynb", notebooks.of(broken))
    (cell,) = notebook.read(path, exercise.load(EX1))
    assert cell.source.strip() == broken
    assert cell.mentions("filter_lightcurve")
    assert not cell.mentions("filter")


@pytest.mark.parametrize(
    ("source", "name", "mentioned"),
    [
        *(("class LightCurve(:", "LightCurve.__len__", True), ("async def f(:", "f", True)),
        *(("    def f(x:", "f", True), ("f = lambda:: 0", "f", True), ("g(f)", "f", False)),
        *(("class LightCurves:", "LightCurve.bands", False), ("x = 1\ndef f(", "f", True)),
    ],
)
def test_mentions(source: str, name: str, mentioned: bool) -> None:
    assert notebook.Cell(1, source).mentions(name) is mentioned


DEGENERATE = {
    "empty lines": "Cell(1, '\\n' * 500_000).mentions('f')",
    "blanks": "plain_python('x = = 1\\n' + ' ' * 1_000_000)",
    "commas": "plain_python('x = (' + '1,' * 500_000 + ')')",
    "signs": "plain_python('= ' * 1_000_000)",
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_cells_cost_the_grader_little(name: str) -> None:
    """If time grew as the square of the length, this would take an hour; memory has a bound too.

    Reading is the one thing that is done with a learner's text outside the sandbox.
    """
    script = f"""
import resource
from grader.notebook import Cell, plain_python
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{DEGENERATE[name]}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
    assert int(done.stdout) < 300  # MB


# IPython's own syntax


@pytest.mark.parametrize(
    "source",
    [
        *("%matplotlib inline\n", "!pip install numpy\n", "import numpy\n%timeit 1 + 1\n"),
        *("files = !ls\n", "time?\n", "%load_ext autoreload\n%autoreload 2\n", "!!ls\n"),
        *("!echo {x} $y\n", "%time x = 1\n", "for i in range(3):\n    %pwd\n"),
    ],
)
def test_magics_and_shell_lines_become_python(read: Any, source: str) -> None:
    (text,) = read(notebooks.of(f"before = 1\n{source}after = before + 1"))
    ran: dict[str, Any] = {"get_ipython": Nothing, "x": 0, "time": 0}
    exec(compile(text, "cell", "exec"), ran)
    assert ran["after"] == 2


class Nothing:
    """Takes every call, and gives None: what a cell's magics find where it is graded."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def test_a_definition_beside_a_magic_is_kept(read: Any) -> None:
    (text,) = read(notebooks.of(f"%matplotlib inline\n{FILTER}"))
    assert FILTER in text


@pytest.mark.parametrize(
    "magic", ["%%time", "%%timeit -n 1", "%%capture out", "\n\n%%time", "%%prun"]
)
def test_timed_cells_are_run_without_the_magic(read: Any, magic: str) -> None:
    (text,) = read(notebooks.of(f"{magic}\n{FILTER}"))
    assert text == FILTER


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile x.py", "%%html", "%%javascript", "%%sh"])
def test_cells_in_other_languages_do_nothing(read: Any, magic: str) -> None:
    assert read(notebooks.of(f"{magic}\n{FILTER}\nrm -rf /")) == [""]


def test_magic_inside_python_stays_python(read: Any) -> None:
    source = 'x = 7 % 3\ntext = """\n%time\n!ls\n"""\ny = x != 2'
    assert read(notebooks.of(source)) == [source]


LINES = {
    "many shell lines": "!ls\n" * 700,
    "many magics": "%time 1\n" * 700,
    "many questions": "x?\n" * 700,
    "null byte": "x = 1\0\n!ls",
    "lone surrogate": "x = '\ud800'\n!ls",
    "open string": "x = '''\n!ls",
    "open brackets": "(" * 5000 + "\n!ls",
    "nested brackets": "[" * 20_000,
    "long sum": "1 + " * 20_000 + "1\n",
    "long chain": "a" + ".a" * 20_000,
    "many signs": "-" * 20_000 + "1",
    "odd indentation": "if 1:\n        x\n   y\n!ls",
    "tabs and blanks": "if 1:\n\tx\n        y\n!ls",
    "prompts": ">>> x = 1\n>>> !ls\nIn [2]: y",
    "a single sign": "!",
    "a percent sign": "%",
    "two percent signs": "%%",
    "form feed": "\f!ls\f",
    "carriage returns": "!ls\r\rx = 1\r\n",
    "continued": "!ls \\\n\\\n",
    "byte order mark": "\ufeff!ls",
    "separators": "x = 1\u2028!ls\x1c%time",
}


@pytest.mark.parametrize("name", LINES)
def test_strange_lines_are_read_without_an_exception(read: Any, name: str) -> None:
    """A cell that IPython itself cannot read is the learner's error when it is run."""
    assert len(read(notebooks.of(LINES[name], "x = 1"))) == 2


# Notebooks that are none


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"   ", b"\x00\xff\x89PNG\r\n\x1a\n" * 50, b"Dear grader, see my other mail.", b"{"),
        *(b"null", b"[]", b"5", b'"cells"', b"{}", b'{"cells": null}', b'{"cells": {"a": 1}}'),
        *(b'{"cells": "x"}', '{"cells": []}'.encode("utf-16"), b"[" * 200_000, b'{"a":' * 200_000),
        *(b'{"cells": [' + b"9" * 5000 + b"]}", b"\xef\xbb\xbf", b'{"cells": []} trailing'),
    ],
    ids=range(19),
)
def test_garbage_is_refused_in_plain_words(read: Any, content: bytes) -> None:
    with pytest.raises(UnreadableNotebook, match=r"^The notebook could not be read: .+\.$"):
        read(content)


def test_the_reason_fits_the_garbage(read: Any) -> None:
    with pytest.raises(UnreadableNotebook, match="it is empty"):
        read(b"")
    with pytest.raises(UnreadableNotebook, match="no list of cells"):
        read({"worksheets": [{"cells": [code(FILTER)]}], "metadata": {}, "nbformat": 3})
    with pytest.raises(UnreadableNotebook, match="not a notebook"):
        read(b"hello")


def test_a_byte_order_mark_is_no_obstacle(read: Any) -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(notebooks.of("x = 1")).encode()) == ["x = 1"]


def test_links_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    target = notebooks.save(tmp_path / "other" / "x.ipynb", notebooks.of("x = 1"))
    link, folder = tmp_path / "link.ipynb", tmp_path / "folder.ipynb"
    link.symlink_to(target)
    folder.mkdir()
    for path in (link, folder, tmp_path / "absent.ipynb", Path("/dev/zero")):
        with pytest.raises(UnreadableNotebook, match="not an ordinary file"):
            notebook.read(path, exercise.load(EX1))


def test_a_file_of_30_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.ipynb"
    with path.open("wb") as file:
        file.truncate(30 * 2**20)
    with pytest.raises(UnreadableNotebook, match=r"larger than 20 MB. Clear its outputs"):
        notebook.read(path, exercise.load(EX1))


ODD_CELLS = [
    *(None, 5, "text", [], {}, {"cell_type": "code"}, {"source": None}, {"source": 5}),
    *({"source": {"a": 1}}, {"source": [None, 5, ["x"]]}, {"cell_type": None, "source": "z = 0"}),
    *({"cell_type": ["code"], "source": "z = 0"}, {"source": "z = 0"}),
]


def test_cells_of_any_shape_do_no_harm(read: Any) -> None:
    """Type, metadata or source that are missing or absurd."""
    metadata = [None, 5, "x", [], {"tags": None}, {"tags": "demo"}, {"tags": [None, 5]},
                {"tags": {"demo": 1}}, {"nbgrader": 5}]  # fmt: skip
    odd = [{"cell_type": "code", "source": "x = 1", "metadata": m} for m in metadata]
    assert read({"cells": [*ODD_CELLS, *odd]}) == ["x = 1"] * len(odd)
    assert read({"cells": [{"cell_type": "code", "source": ["x = 1\n", "y = 2"]}]}) == [
        "x = 1\ny = 2"
    ]


def test_deeply_nested_values_do_no_harm(read: Any) -> None:
    """At every depth near the limit of recursion, wherever the JSON is still read."""
    for depth in (10, 200, *range(880, 1000, 2)):
        deep = "[" * depth + "]" * depth
        text = '{"cells": [{"cell_type": %s, "metadata": {"tags": %s}, "source": "def f(): 1"}]}'
        try:
            assert read(text % (deep, deep)) == []
        except UnreadableNotebook:
            continue


def test_other_versions_of_the_format_are_read(read: Any) -> None:
    for version in (3, 5, "x", None):
        assert read(notebooks.of("x = 1") | {"nbformat": version}) == ["x = 1"]


def test_definitions_of_a_class_spread_over_cells(read: Any) -> None:
    """Only what is lost comes back from text: one class lost, the other still code."""
    cells = [
        "class LightCurve:\n    pass",
        markdown("class TransientLightCurve(LightCurve):\n  pass"),
    ]
    assert len(read(notebooks.of(*cells), EX2)) == 2
    again = [*cells, "class TransientLightCurve(LightCurve):\n    kind = 1"]
    assert len(read(notebooks.of(*again), EX2)) == 2
