"""Follow-through: a slip costs its own part, and what is built on it is judged with our code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, EX2, Notebook
from typer.testing import CliRunner

from grader import cli, exercise, follow, grade, isolation, notebook, references, wire
from grader.checking import PartResult
from grader.follow import FollowThrough
from grader.grade import Task
from grader.results import Graded
from grader.splice import splice

pytestmark = pytest.mark.slow

ISOLATED = isolation.why_unavailable() is None
FOUND = exercise.load(EX2)
POINTS = {part.id: part.points for part in FOUND.parts}
INHERITED = {name for part in FOUND.parts if part.base for name in part.names}
TIME = """
class LightCurve:
    def __init__(self, data, object_id="unknown"):
        for observation in data:
            for column in COLUMNS:
                if column not in observation:
                    raise ValueError(f"{column!r} is missing")
                if column != "band" and not isinstance(observation[column], Real):
                    raise ValueError(f"{column!r} is not a number")
            if not math.isfinite(observation["mjd"]):
                raise ValueError("mjd is not finite")
        table = pd.DataFrame(data, columns=COLUMNS).rename(columns={"mjd": "time"})
        self.data = table.sort_values("time", kind="stable", ignore_index=True)
        self.object_id = object_id
"""
STUB = """
class LightCurve:
    def __init__(self, data, object_id="unknown"):
        raise NotImplementedError("2.1 LightCurve.__init__: Store the observations")
"""
DURATION = """
class LightCurve:
    @property
    def duration(self):
        return self.data["mjd"].max() - self.data["mjd"].min() if len(self) else 1.0
"""


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    grade._forget_servers()


def with_answers(*answers: str, slug: str = EX2) -> Notebook:
    """The filled notebook with other definitions of a light curve, where the notebook has them."""
    content = notebooks.filled(slug)
    for answer in answers:
        put(content, answer)
    return content


def put(content: Notebook, answer: str) -> None:
    """Put what a class `LightCurve` defines into that class or its base, whichever has it."""
    method = answer.split("def ", 1)[1].split("(")[0]
    owner = "ObservationTable" if f"LightCurve.{method}" in INHERITED else "LightCurve"
    cell = notebooks.class_cell(content, owner)
    answer = answer.replace("class LightCurve:", f"class {owner}:")
    cell["source"] = splice("".join(cell["source"]), answer)


def graded(folder: Path, content: Notebook, follow: bool = True, slug: str = EX2) -> Graded:
    path = notebooks.save(folder / f"{slug}.ipynb", content)
    return grade.grade_one(Task("Vega", slug, path, 5, ISOLATED, follow=follow))


def points(one: Graded) -> dict[str, float]:
    assert not one.trouble
    return {result.part.id: result.points for result in one.parts}


def part(one: Graded, id: str) -> PartResult:
    return next(result for result in one.parts if result.part.id == id)


# What it gives back


def test_a_column_called_time_costs_the_part_that_makes_it(tmp_path: Path) -> None:
    one = graded(tmp_path, with_answers(TIME))
    assert points(one) == POINTS | {"2.1": 0}
    assert part(one, "2.2").followed == ("2.1",)
    assert part(one, "2.1").misconception == "column-missing"


def test_without_follow_through_it_costs_most_of_the_rest(tmp_path: Path) -> None:
    one = graded(tmp_path, with_answers(TIME), follow=False)
    assert one.points < 5
    assert not any(result.followed for result in one.parts)


def test_what_is_not_written_costs_its_own_part(tmp_path: Path) -> None:
    one = graded(tmp_path, with_answers(STUB))
    assert points(one) == POINTS | {"2.1": 0}
    assert part(one, "2.1").status == "missing"


def test_a_constructor_that_is_deleted_is_put_into_the_class(tmp_path: Path) -> None:
    content = with_answers()
    cell = notebooks.class_cell(content, "ObservationTable")
    source = "".join(cell["source"])
    cell["source"] = source.replace("def __init__", "def _init")
    one = graded(tmp_path, content)
    assert points(one) == POINTS | {"2.1": 0}


def test_two_independent_slips_cost_two_parts(tmp_path: Path) -> None:
    one = graded(tmp_path, with_answers(TIME, DURATION))
    slip = part(one, "2.4")
    assert points(one) == POINTS | {"2.1": 0, "2.4": slip.points}
    alone = part(graded(tmp_path, with_answers(DURATION)), "2.4")
    assert slip.points == alone.points
    assert 0 < slip.points < POINTS["2.4"]
    assert slip.message.startswith("With our 2.1 in place of yours, ")
    assert "`lc.duration` is 0.0 for an empty light curve" in slip.message


def test_a_part_that_is_right_stands_while_a_later_one_is_judged(tmp_path: Path) -> None:
    """2.6 needs 2.1, which is wrong, and 2.5, which is right: the learner's own 2.5 is used."""
    one = graded(tmp_path, with_answers(TIME))
    assert part(one, "2.6").followed == ("2.1",)


def test_an_untouched_notebook_is_not_judged_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FollowThrough, "notebook", lambda *_: os._exit(1))
    one = graded(tmp_path, notebooks.released(EX2))
    assert {result.status for result in one.parts} == {"missing"}


def test_a_function_that_is_missing_is_put_in_front_of_the_check() -> None:
    """Exercise 8 trains with the early stopping of 8.2, here a class that nobody has written."""
    slug = next(one for one in exercise.slugs() if one.startswith("ex08"))
    found, reference = exercise.load(slug), references.source(slug)
    assert reference is not None
    first = notebook.Cell(1, "%matplotlib inline\nimport math")
    check = notebook.Cell(3, 'check("8.5")', given=True)
    train = notebook.Cell(2, "def train_with_imbalance_handling(): return EarlyStopping(3)")
    through = FollowThrough(found, notebook.Notebook([first, train, check]), reference)
    made = through.notebook(found.part("8.5"), [found.part("8.2")])
    assert [cell.number for cell in made.cells] == [1, 4, 2, 3]
    added = made.cells[1].source
    assert "class EarlyStopping" in added
    assert "train_with_imbalance_handling" not in added


def test_what_is_given_of_a_part_is_replaced_along_with_it() -> None:
    """A length of the learner's own would count what only their own `__init__` has kept."""
    slug = next(one for one in exercise.slugs() if one.startswith("ex05"))
    found, reference = exercise.load(slug), references.source(slug)
    assert reference is not None
    own = "class LightCurveDataset:\n    def __init__(self, curves, labels): self.curves = curves\n"
    cell = notebook.Cell(1, f"{own}    def __len__(self): return len(self.curves)")
    through = FollowThrough(found, notebook.Notebook([cell]), reference)
    (made,) = through.notebook(found.part("5.E2"), [found.part("5.4")]).cells
    assert "self.curves" not in made.source
    assert "return len(self.labels)" in made.source
    assert "def n_features" in made.source


def test_what_is_given_is_nothing_that_a_learner_has_written() -> None:
    slug = next(one for one in exercise.slugs() if one.startswith("ex05"))
    part = exercise.load(slug).part("5.4")
    cells = notebook.read(exercise.released(slug), exercise.load(slug))
    assert set(part.given) == {"LightCurveDataset.__len__", "LightCurveDataset.n_features"}
    assert not follow.is_written(part, cells)


def test_lines_for_ipython_stay_as_they_are() -> None:
    reference = references.source(EX2)
    assert reference is not None
    cell = notebook.Cell(
        1, f"%time x = 1\n{TIME.strip()}\n    !ls\n    def __len__(self): return 1"
    )
    through = FollowThrough(FOUND, notebook.Notebook([cell]), reference)
    (made,) = through.notebook(FOUND.part("2.2"), [FOUND.part("2.1")]).cells
    lines = made.source.splitlines()
    assert lines[0] == "%time x = 1"
    assert '"time"' not in made.source
    assert "    !ls" in lines
    assert "    def __len__(self): return 1" in lines


def test_a_class_that_is_missing_brings_no_part_but_those_that_are_final() -> None:
    reference = references.source(EX2)
    assert reference is not None
    through = FollowThrough(FOUND, notebook.Notebook([]), reference)
    (made,) = through.notebook(FOUND.part("2.5"), [FOUND.part("2.1")]).cells
    assert "def __init__" in made.source
    assert "def _with_data" in made.source, "which is given"
    assert "__getitem__" not in made.source
    assert "duration" not in made.source


# What it must not give away

SECRET = 'kind="stable", ignore_index=True'
THIEF = """
import gc, inspect, linecache, os

def stolen():
    places = [*linecache.cache.values(), *In] if "In" in globals() else [*linecache.cache.values()]
    texts = ["".join(one[2]) if isinstance(one, tuple) and len(one) > 2 else str(one)
             for one in places]
    texts += [one for one in gc.get_objects() if isinstance(one, str)]
    try:
        texts.append(inspect.getsource(LightCurve.__init__))
    except Exception:
        pass
    return next((t for t in texts if 'kind="sta' + 'ble", ignore_index=True' in t), "")

def plant():
    code = stolen()
    if code:
        for path in ("/tmp/stolen.py", "stolen.py", "/dev/shm/stolen.py"):
            try:
                open(path, "w").write(code)
            except OSError:
                pass
        exec(code, globals())

for path in ("/tmp/stolen.py", "stolen.py", "/dev/shm/stolen.py"):
    if os.path.exists(path):
        exec(open(path).read(), globals())
"""
STEALING = """
class LightCurve:
    def __len__(self):
        plant()
        return len(self.data)
    def __getitem__(self, key):
        raise ValueError("look: " + stolen())
"""


def hostile() -> Notebook:
    content = with_answers(STUB, STEALING)
    place = content["cells"].index(notebooks.class_cell(content, "ObservationTable"))
    content["cells"].insert(place, notebooks.code(THIEF))
    content["cells"].append(notebooks.code("plant()"))
    return content


@pytest.mark.skipif(not ISOLATED, reason="no isolation here")
def test_a_thief_gains_nothing_for_the_part_it_steals(tmp_path: Path) -> None:
    """It gets what is in its process: code of 2.1, when the verdict on 2.1 has been given."""
    for one in (graded(tmp_path, hostile()), graded(tmp_path, hostile())):
        assert part(one, "2.1").points == 0
        assert part(one, "2.1").status == "missing"
        assert part(one, "2.1").followed == ()
        said = json.dumps([[one.message, one.hint, one.broke] for one in one.parts])
        assert "ignore_index=True" not in said.replace(part(one, "2.1").hint, "")


@pytest.mark.skipif(not ISOLATED, reason="no isolation here")
def test_the_theft_of_the_test_above_works(tmp_path: Path) -> None:
    """Otherwise it would prove nothing: `len` is right only where 2.1 has been found in memory."""
    shy = STEALING.replace("len(self.data)", "len(self.data) if stolen() else -1")
    content = hostile()
    put(content, shy)
    two = part(graded(tmp_path, content), "2.2")
    assert two.followed == ("2.1",)
    assert two.checks["`len(lc)` is the number of observations"] == "passed"


@pytest.mark.skipif(not ISOLATED, reason="no isolation here")
def test_no_child_holds_a_reference_whose_part_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent to each child: only references of parts before the one that is judged there."""
    folder = tmp_path / "sent"
    folder.mkdir()
    made = FollowThrough.notebook

    def noted(self: FollowThrough, judged: Any, lacking: Any) -> notebook.Notebook:
        found = made(self, judged, lacking)
        (folder / judged.id).write_text("\n".join(cell.source for cell in found.cells))
        return found

    monkeypatch.setattr(FollowThrough, "notebook", noted)
    wrong = [f"class LightCurve:\n    def {name}(self, *_): return None\n"
             for name in ("__getitem__", "__str__", "__repr__")]  # fmt: skip
    graded(tmp_path, with_answers(TIME, *wrong))
    sent = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(sent) == set(POINTS) - {"2.1"}
    marks = {"2.1": "must be finite, unlike", "2.2": "iloc[key]", "2.3": "{self.object_id!r}"}
    for judged, text in sent.items():
        for id, mark in marks.items():
            assert (mark in text) <= (id < judged), (judged, id)
    assert marks["2.2"] in sent["2.3"]


def test_a_judge_that_dies_on_the_second_look_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = wire.unpack

    def deadly(data: bytes) -> Any:
        return os._exit(1) if b"DEADLY" in data else read(data)

    monkeypatch.setattr(wire, "unpack", deadly)
    answer = """
class LightCurve:
    def __len__(self):
        return len(self.data) if "time" in self.data else "DEAD" "LY"
"""
    one = graded(tmp_path, with_answers(TIME, answer))
    assert part(one, "2.2").followed == ()
    assert (
        part(one, "2.2").points == part(graded(tmp_path, with_answers(TIME), False), "2.2").points
    )
    assert part(one, "2.5").followed


# Where it is off


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    notebooks.save(tmp_path / "class" / "Vega" / f"{EX2}.ipynb", with_answers(TIME))
    notebooks.save(tmp_path / "class" / "Mira" / f"{EX2}.ipynb", notebooks.filled(EX2))
    notebooks.save(tmp_path / "class" / "Mira" / f"{EX1}.ipynb", notebooks.filled(EX1))
    return tmp_path / "class"


def grade_class(folder: Path, *options: str) -> tuple[str, dict[str, Any]]:
    """What the command says, and the parts of Vega's notebook."""
    out = folder.parent / "out"
    sandbox = [] if ISOLATED else ["--no-sandbox"]
    arguments = ["grade", str(folder), "--out", str(out), "--seed", "5", "--jobs", "1", *sandbox]
    done = CliRunner().invoke(cli.app, [*arguments, *options])
    assert done.exit_code == 0, done.output
    found = json.loads((out / "results.json").read_text("utf-8"))
    vega = next(one for one in found["submissions"] if one["student"] == "Vega")
    return done.output, {one["id"]: one for one in vega["exercises"][0]["parts"]}


def test_the_command_follows_through_and_says_so(class_: Path) -> None:
    said, parts = grade_class(class_)
    assert sum(one["points"] for one in parts.values() if not one["bonus"]) == 8
    assert parts["2.2"]["followed"] == ["2.1"]
    assert parts["2.1"]["followed"] == []
    assert "no reference solution" not in said
    page = (class_.parent / "out" / "report" / "learners" / "vega.html").read_text("utf-8")
    assert "judged with our 2.1 in place of" in page


def test_the_command_can_leave_it_out(class_: Path) -> None:
    _, parts = grade_class(class_, "--no-follow-through")
    assert not any(one["followed"] for one in parts.values())
    assert parts["2.5"]["points"] == 0


def test_without_the_references_it_is_off_which_is_said_once(
    class_: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "nowhere")
    monkeypatch.setattr(grade, "grade_all", in_this_process)
    said, parts = grade_class(class_)
    assert said.count("no reference solution is installed") == 1
    assert not any(one["followed"] for one in parts.values())


def in_this_process(
    tasks: list[Task], jobs: int, done: Callable[[Graded], None], hidden: Any = ()
) -> list[Graded]:
    """Workers would not know of what this test has changed."""
    return [grade.grade_one(task) for task in tasks]


# What a learner is told


def test_a_word_on_the_earlier_part() -> None:
    result = PartResult(FOUND.part("2.6"), "failed", "It is wrong.")
    known = {"2.1": False, "2.2": True, "2.5": False}
    told = follow.blamed(result, ["2.1", "2.2", "2.4", "2.5"], known)
    assert told.message == (
        "It is wrong. This part uses 2.1 and 2.5, which have not passed yet: begin with 2.1."
    )
    assert follow.blamed(result, ["2.1"], known).message.endswith("2.1, which has not passed yet: "
                                                                   "begin there.")  # fmt: skip


@pytest.mark.parametrize(
    ("status", "needed", "known"),
    [
        ("failed", ["2.1"], {}),  # nobody has checked it
        ("failed", ["2.1"], {"2.1": True}),
        ("failed", [], {"2.1": False}),
        ("passed", ["2.1"], {"2.1": False}),
        ("missing", ["2.1"], {"2.1": False}),
    ],
)
def test_no_word_where_there_is_nothing_to_say(
    status: str, needed: list[str], known: dict[str, bool]
) -> None:
    result = PartResult(FOUND.part("2.6"), status, "It is wrong.")
    assert follow.blamed(result, needed, known) == result
