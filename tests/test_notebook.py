"""What learners hand in, in every shape it comes: the cells to run, or a reason in plain words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, EX2, code

from grader import exercise, notebook


def markdown(source: str, cell_type: str = "markdown") -> dict[str, Any]:
    return {"cell_type": cell_type, "source": source, "metadata": {}}


@pytest.fixture
def read(tmp_path: Path):
    """Read a notebook, given as a dict, a text or bytes, and return the sources to run."""

    def sources(content: Any, slug: str = EX1) -> list[str]:
        path = notebooks.save(tmp_path / f"{slug}.ipynb", content)
        cells = notebook.read(path, exercise.load(slug)).cells
        return [cell.source for cell in cells if not cell.given]

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
    cells = notebook.read(path, exercise.load(EX1)).cells
    want = [(1, "a = 1", ()), (4, 'check("1.2")', ("1.2",)), (5, "b = 2", ())]
    assert [(cell.number, cell.source, cell.checks) for cell in cells] == want


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


def test_unchanged_demonstrations_are_left_out(read: Any) -> None:
    released = notebooks.released(EX1)["cells"]
    demo = next(cell for cell in released if "demo" in cell["metadata"].get("tags", []))
    stripped = {**demo, "metadata": {}}
    edited = code("print('my own plot')", tags=["demo"])
    assert read(notebooks.of(demo, stripped, edited, "x = 1")) == [edited["source"], "x = 1"]


def test_check_cells_are_left_out_wherever_they_stand(read: Any) -> None:
    cells = ['check("1.2")', code('check("1.2")\n', nbgrader={}), '  check("1.E1")', FILTER]
    assert read(notebooks.of(*cells)) == [FILTER]


def test_cells_that_do_not_parse_are_kept_for_their_error(tmp_path: Path) -> None:
    broken = "def filter_lightcurve(data, **filters)\n    return data"
    path = notebooks.save(tmp_path / "x.ipynb", notebooks.of(broken))
    (cell,) = notebook.read(path, exercise.load(EX1)).cells
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


CHECKS = [
    *(('check("1.2")', ("1.2",)), ("check('1.E1')", ("1.E1",)), ("check(1)", ("1",))),
    *(('x = check ( "1.2" )\nprint(check("1.3"))', ("1.2", "1.3")), ("checks('1.2')", ())),
    *(('grader.check("1.2")', ("1.2",)), ("check(part)", ()), ("def check(x): 1.2", ())),
]


@pytest.mark.parametrize(("source", "parts"), CHECKS)
def test_checks_are_known_by_what_they_call(source: str, parts: tuple[str, ...]) -> None:
    assert notebook.Cell(1, source).checks == parts


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_are_read_alike(read: Any, end: str) -> None:
    text = FILTER.replace("\n", end)
    assert read(notebooks.of(text)) == [FILTER]
    assert read(notebooks.of(code(FILTER.replace("\n", end + "\0").split("\0")))) == [FILTER]


DEGENERATE = {
    "empty lines": "Cell(1, '\\n' * 500_000).mentions('f')",
    "blanks": "Cell(1, 'x = = 1\\n' + ' ' * 1_000_000).mentions('f')",
    "openings": "Cell(1, 'check(' * 200_000).checks",
    "blanks in a call": "Cell(1, 'check' + ' ' * 1_000_000).checks",
    "names": "Cell(1, 'a ' * 500_000).words",
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_cells_cost_the_grader_little(name: str) -> None:
    """If time grew as the square of the length, this would take an hour; memory has a bound too."""
    script = f"""
import resource
from grader.notebook import Cell
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{DEGENERATE[name]}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
    assert int(done.stdout) < 300  # MB


# Cells that are none


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
        except notebook.UnreadableNotebook:
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


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("LightCurve.bands = property(f)", {"LightCurve"}),
        ("if True:\n    LightCurve.size: int = 3", {"LightCurve"}),
        ("setattr(LightCurve, 'bands', f)", {""}),
        ("class A:\n    def f(self):\n        self.x = 1\n\nA.g = 2", {"A"}),
        ("def f(ax):\n    ax.title = ''\n    setattr(ax, 'x', 1)", set()),
        ("def f(\n    x,\n) -> None:\n    x.y = 1\n# a remark\n    x.z = 2", set()),
        ("LightCurve.bands == 3\nx = LightCurve.bands", set()),
    ],
)
def test_cells_that_set_attributes_are_known(source: str, names: set[str]) -> None:
    assert notebook.Cell(1, source).patched == names
