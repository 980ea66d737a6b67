"""The learners' notebooks are a faithful build of the sources, and no solution leaves with them."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import nbformat
import notebooks
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.utils import compute_checksum

from grader import build, exercise

SLUGS = exercise.slugs()
TRAIN_FOR_MINUTES = ("ex08", "ex09", "ex10")
FILLED = pytest.mark.parametrize("filled", [False, True], ids=["released", "filled"])
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def source(slug: str) -> str:
    return (build.SOURCES / f"{slug}.py").read_text("utf-8")


def built(slug: str, filled: bool = False) -> dict[str, Any]:
    return notebooks.filled(slug) if filled else json.loads(build.build(path_of(slug)))


def path_of(slug: str) -> Path:
    return build.SOURCES / f"{slug}.py"


def code_of(notebook: dict[str, Any]) -> str:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) for cell in cells)


# Staleness


@pytest.mark.slow
def test_the_committed_notebooks_are_a_fresh_build() -> None:
    assert build.stale() == []
    assert [path.stem for path in build.sources()] == SLUGS


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of the sources and notebooks, which the build takes for the real ones."""
    shutil.copytree(build.SOURCES, tmp_path / "solutions", ignore=lambda *_: ["__pycache__"])
    shutil.copytree(build.RELEASED, tmp_path / "exercises")
    monkeypatch.setattr(build, "SOURCES", tmp_path / "solutions")
    monkeypatch.setattr(build, "RELEASED", tmp_path / "exercises")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [("# ## Decorators", "# ## Decorators."), ("days", "dayz"), ("points=3", "points=4")],
)
def test_one_changed_character_of_a_source_is_noticed(copies: Path, old: str, new: str) -> None:
    path = copies / "solutions" / f"{notebooks.EX1}.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (line,) = build.stale()
    assert line == f"exercises/{notebooks.EX1}.ipynb differs from solutions/{notebooks.EX1}.py"


@pytest.mark.slow
def test_one_changed_character_of_a_notebook_is_noticed(copies: Path) -> None:
    path = copies / "exercises" / f"{notebooks.EX2}.ipynb"
    path.write_text(path.read_text("utf-8").replace("Light", "light", 1), encoding="utf-8")
    assert [line.split(" ")[0] for line in build.stale()] == [f"exercises/{notebooks.EX2}.ipynb"]


@pytest.mark.slow
def test_changed_solutions_alone_leave_the_release_as_it_is(copies: Path) -> None:
    """Learners see no difference when only the reference within a region is rewritten."""
    path = copies / "solutions" / f"{notebooks.EX1}.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("    magnitude = -2.5", "    magnitude = -2.50", 1), "utf-8")
    assert text != path.read_text("utf-8")
    assert build.stale() == []


@pytest.mark.slow
def test_missing_and_surplus_notebooks_are_noticed(copies: Path) -> None:
    folder = copies / "exercises"
    (folder / f"{notebooks.EX1}.ipynb").rename(folder / "ex77_other.ipynb")
    assert build.stale() == [
        f"exercises/{notebooks.EX1}.ipynb is missing",
        "exercises/ex77_other.ipynb has no source",
    ]
    build.write(folder)
    (folder / "ex77_other.ipynb").unlink()
    assert build.stale() == []


# What the notebooks hold


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@FILLED
def test_nbgrader_accepts_the_notebook(slug: str, filled: bool) -> None:
    notebook = nbformat.reads(json.dumps(built(slug, filled)), as_version=4)
    MetadataValidator().validate_nb(notebook)
    nbformat.validate(notebook)
    CheckCellMetadata().preprocess(notebook, {})
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            assert cell.metadata.nbgrader.schema_version == 3
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@FILLED
def test_the_first_code_cell_imports_the_commands(slug: str, filled: bool) -> None:
    first = next(cell for cell in built(slug, filled)["cells"] if cell["cell_type"] == "code")
    assert "".join(first["source"]) == "from grader import check, hint, prior"


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_cell_ids_are_stable_and_unique(slug: str) -> None:
    ids = [cell["id"] for cell in built(slug)["cells"]]
    assert not [name for name, count in Counter(ids).items() if count > 1]
    assert ids == [cell["id"] for cell in built(slug)["cells"]]
    assert ids == [cell["id"] for cell in built(slug, filled=True)["cells"]]
    assert build.build(path_of(slug)) == build.build(path_of(slug))


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_every_part_has_a_locked_check_right_after_its_cell(slug: str) -> None:
    found, cells = exercise.load(slug), built(slug)["cells"]
    checks = {}
    for before, cell in pairwise(cells):
        role = cell["metadata"].get("nbgrader", {})
        if role.get("grade"):
            part = cell["metadata"]["workbook"]["part"]
            checks[part] = role
            assert "".join(cell["source"]) == f'check("{part}")'
            assert role["locked"]
            assert cell["metadata"]["deletable"] is cell["metadata"]["editable"] is False
            assert before["id"].startswith(("part-", "check-"))
    assert set(checks) == {part.id for part in found.parts}
    for part in found.parts:
        assert checks[part.id]["points"] == (0 if part.bonus else part.points)
    assert sum(role["points"] for role in checks.values()) == found.max_points == 10


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_stubs_say_what_is_to_be_done(slug: str) -> None:
    text = code_of(built(slug))
    for part in exercise.load(slug).parts:
        for name in map(part.homes.get, part.to_write):
            (stub,) = re.findall(
                rf"# TODO {re.escape(part.id)}: (.+)\n"
                rf' +raise NotImplementedError\("{re.escape(part.id)} {re.escape(name)}: .+"\)',
                text,
            )
            assert stub.endswith(".")
    assert "nbgrader cleared" not in text


@pytest.mark.parametrize("slug", SLUGS)
def test_no_line_of_a_solution_leaks(slug: str) -> None:
    """Not one line of a region, unless the source shows it to learners elsewhere."""
    regions = [region["body"] for region in build.REGION.finditer(source(slug))]
    shown = build.REGION.sub("", source(slug))
    secret = {line.strip() for region in regions for line in region.splitlines()}
    secret = {line for line in secret if len(line) > 25 and line not in shown}
    assert len(secret) >= 10
    raw = exercise.released(slug).read_text("utf-8")
    text = "\n".join("".join(cell["source"]) for cell in json.loads(raw)["cells"])
    assert [line for line in secret if line in text or json.dumps(line)[1:-1] in raw] == []


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@FILLED
def test_no_marker_and_no_output_is_left(slug: str, filled: bool) -> None:
    notebook = built(slug, filled)
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        assert "### BEGIN" not in text
        assert "### END" not in text
        assert "part=" not in json.dumps(cell["metadata"])
        assert "__main__" not in text
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("slug", SLUGS)
def test_a_filled_notebook_holds_the_whole_reference(slug: str) -> None:
    text = code_of(built(slug, filled=True))
    assert "NotImplementedError(" not in text
    for region in build.REGION.finditer(source(slug)):
        assert region["body"].rstrip("\n") in text


def shorten_training(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all lines run, with less to learn from.

    A pass over a loader ends after two batches. The final project has no loader, and a sky of 300
    objects in place of 1500.
    """
    from torch.utils.data import DataLoader

    from solutions import ex05_light_curve_dataset as sky

    whole, made = DataLoader.__iter__, sky.create_synthetic_transient_dataset
    monkeypatch.setattr(DataLoader, "__iter__", lambda loader: islice(whole(loader), 2))
    if slug == exercise.PROJECT:
        fewer = lambda count, *args: made(min(count, 300), *args)  # noqa: E731
        monkeypatch.setattr(sky, made.__name__, fewer)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_a_filled_notebook_runs_from_top_to_bottom(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its cells, demonstrations and plots too, each beginning as Jupyter would begin it.

    Networks see little of what they learn from; `make notebooks` trains them as learners do.
    """
    if slug[:4] in TRAIN_FOR_MINUTES and not os.environ.get("WORKBOOK_LONG"):
        pytest.skip("it trains networks for minutes: `make notebooks` runs it")
    import matplotlib.pyplot as plt

    if not os.environ.get("WORKBOOK_LONG"):
        shorten_training(slug, monkeypatch)
    monkeypatch.chdir(tmp_path)  # there it may leave what it writes
    plt.switch_backend("Agg")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in built(slug, filled=True)["cells"]:
        if cell["cell_type"] == "code" and "workbook" not in cell["metadata"]:
            exec(compile("".join(cell["source"]), cell["id"], "exec"), namespace)
    assert plt.get_fignums()
    plt.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_the_release_defines_all_names_before_anything_is_written(slug: str) -> None:
    trees = ast.parse(code_of(built(slug))).body
    defined = {node.name for node in trees if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert exercise.load(slug).names <= defined


# Sources that cannot be built

HEADING = (
    '# %% [markdown]\n# # Exercise 99: A title\n#\n# ### 99.1 A part\n\n# %% part="99.1" points=2\n'
)
BODY = "    ### BEGIN SOLUTION\n    return 1 + 1\n    ### END SOLUTION\n"
FUNCTION = 'def one():\n    """Return one.\n\n    It is a number.\n    """\n'
GOOD = HEADING + FUNCTION + BODY


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "ex99_trial.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(build.SourceError) as refused:
        build.build(path)
    return str(refused.value)


def test_a_small_source_is_built(tmp_path: Path) -> None:
    path = tmp_path / "ex99_trial.py"
    path.write_text(GOOD, encoding="utf-8")
    text = code_of(json.loads(build.build(path)))
    assert '# TODO 99.1: Return one.\n    raise NotImplementedError("99.1 one: ' in text
    assert "1 + 1" not in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (' points=2', "", "99.1"),
        ("points=2", "points=[1, 2]", "pair up"),
        (FUNCTION, "def one():\n", "one needs a docstring"),
        ('part="99.1" points=2', "", "part"),
        ("    ### END SOLUTION\n", "", "SOLUTION"),
        ("    ### BEGIN SOLUTION\n", "", "SOLUTION"),
        (FUNCTION, "if True:\n", "function"),
        ("### 99.1 A part", "### A part", "99.1"),
        ("def one():", "def one(:", "line"),
    ],
    ids=["no points", "too many points", "no docstring", "no part", "no end", "no beginning",
         "region outside a function", "no heading", "no Python"],
)  # fmt: skip
def test_a_faulty_source_is_refused_with_its_name_and_the_fault(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in GOOD
    message = refusal(tmp_path, GOOD.replace(old, new, 1))
    assert "ex99_trial.py" in message
    assert says in message


def test_two_cells_for_one_part_are_refused(tmp_path: Path) -> None:
    twice = GOOD + GOOD.split("\n\n", 1)[1]
    assert "99.1" in refusal(tmp_path, twice)


def test_several_parts_in_one_cell_need_regions_that_name_theirs(tmp_path: Path) -> None:
    """Otherwise a part would have no stub, and no name that the grader could look for."""
    text = GOOD.replace('part="99.1" points=2', 'part=["99.1", "99.2"] points=[1, 1]')
    text = text.replace("### 99.1 A part", "### 99.1 A part\n#\n# ### 99.2 Another")
    assert "99.2" in refusal(tmp_path, text)


METHODS = """class Star:
    def peak(self):
        \"\"\"Return the peak.\"\"\"
        ### BEGIN SOLUTION 99.1
        return 1 + 1
        ### END SOLUTION

    def __len__(self):
        \"\"\"Return one.\"\"\"
        ### GIVEN 99.1
        return 1
"""


def test_what_is_given_of_a_part_belongs_to_it_and_is_no_stub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ex99_trial.py"
    path.write_text(HEADING + METHODS, encoding="utf-8")
    monkeypatch.setattr(exercise, "RELEASED", tmp_path)
    path.with_suffix(".ipynb").write_text(text := build.build(path), encoding="utf-8")
    assert "### GIVEN" not in text
    assert '"""Return one."""\n        return 1' in code_of(json.loads(text))
    (part,) = exercise.load.__wrapped__(path.stem).parts
    assert part.names == ("Star.peak", "Star.__len__")
    assert part.to_write == ("Star.peak",)


@pytest.mark.parametrize(
    ("old", "new"),
    [("GIVEN 99.1", "GIVEN 99.2"), ("class Star:", "class Star:\n    ### GIVEN 99.1\n")],
    ids=["of another cell", "outside a function"],
)
def test_a_mark_of_given_code_in_a_wrong_place_is_refused(
    tmp_path: Path, old: str, new: str
) -> None:
    assert "ex99_trial.py" in refusal(tmp_path, HEADING + METHODS.replace(old, new, 1))


# Imports from earlier exercises

GIVEN = "# %%\nimport math\n{}\nmath.pi\n\n" + GOOD


@pytest.mark.parametrize(
    "statement",
    [
        "from solutions.ex10_stars import Star, fold",
        "from solutions.ex10_stars import Star, fold  # as before",
        "from solutions.ex10_stars import (Star, fold)",
        "from solutions.ex10_stars import (\n    Star,  # a star\n    fold,\n)",
        "from solutions.ex10_stars import Star, \\\n    fold",
        "from solutions.ex10_stars import Star\nfrom solutions.ex10_stars import fold",
    ],
)
def test_imports_from_earlier_exercises_ask_for_the_learners_own(
    statement: str, tmp_path: Path
) -> None:
    path = tmp_path / "ex99_trial.py"
    path.write_text(GIVEN.format(statement), encoding="utf-8")
    cells = json.loads(build.build(path))["cells"]
    given = next("".join(c["source"]) for c in cells if "math" in "".join(c["source"]))
    calls = 'Star = prior("10", "Star")\nfold = prior("10", "fold")'
    assert given == f"import math\n{calls}\nmath.pi"


@pytest.mark.parametrize(
    "statement",
    [
        *("import solutions.ex10_stars", "from solutions import ex10_stars"),
        *("from solutions.ex10_stars import *", "from solutions.ex10_stars import Star as S"),
        *("if math:\n    from solutions.ex10_stars import Star", "import solutions as s"),
        "def f():\n    from solutions.ex10_stars import Star",
        'if __name__ == "__main__":\n    from solutions.ex10_stars import Star',
    ],
)
def test_other_imports_from_solutions_are_refused(statement: str, tmp_path: Path) -> None:
    """They would work for the authors and for no learner."""
    message = refusal(tmp_path, GIVEN.format(statement))
    assert message.startswith("ex99_trial.py: an import from an earlier exercise must be `from")


def test_imports_from_solutions_in_a_part_are_refused(tmp_path: Path) -> None:
    text = GOOD.replace("def one", "from solutions.ex10_stars import Star\ndef one")
    assert "an import from an earlier exercise" in refusal(tmp_path, text)
