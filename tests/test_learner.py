"""What a learner calls in a notebook: `check`, `hint` and `prior`, and what they show."""

from __future__ import annotations

import json
import pickle
import random
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import notebooks
import numpy as np
import pytest
import torch
from answer_files import namespace, reference
from nbclient import NotebookClient
from nbgrader.utils import determine_grade, is_grade
from notebooks import EX1, EX2

import grader
from grader import display, exercise, learner
from grader.answer import Failure
from grader.checking import PartResult
from grader.display import Card, Note
from grader.exercise import UnknownExercise
from grader.learner import Kernel, PriorError, check, hint, prior

PART = exercise.load(EX1).part("1.2")
BONUS = exercise.load(EX1).part("1.E1")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder to work in, no work of one's own, and no hints given."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(exercise, "ROOT", tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    learner._hints_given.clear()
    learner._judged.clear()
    learner._told.clear()


def call_check(part: str, code: dict[str, Any]) -> Card:
    """`check(part)` as a notebook with these definitions would call it."""
    code["check"] = check
    return eval(f"check({part!r})", code)


# check


def test_a_part_that_passes() -> None:
    shown = call_check("1.2", namespace(reference(EX1)))
    assert repr(shown) == "✓ 1.2 Filter a light curve: passed, 3 of 3 points"
    assert shown.points == 3
    assert "hint" not in repr(shown)


def test_a_bonus_counts_apart() -> None:
    shown = call_check("1.E1", namespace(reference(EX1)))
    assert repr(shown).endswith("passed, 1 of 1 bonus points")
    assert shown.points == 0


def test_a_part_that_is_wrong_says_why_and_offers_a_hint() -> None:
    code = namespace(reference(EX1)) | {"filter_lightcurve": lambda data, **filters: data}
    lines = repr(call_check("1.2", code)).splitlines()
    headline = "✗ 1.2 Filter a light curve: not yet, 0 of 3 points; 1 of 12 checks passes"
    assert lines[0] == headline
    assert "All records come back" in lines[1]
    assert lines[-1].strip() == 'For a nudge: hint("1.2")'
    assert any(line.strip().startswith("✗") for line in lines[2:-1])


def test_a_part_that_is_not_written() -> None:
    shown = call_check("1.3", {})
    assert "not written yet, 0 of 2 points" in repr(shown)
    assert "`flux_to_magnitude` is not defined" in repr(shown)


def test_a_whole_exercise_at_once() -> None:
    shown = call_check("1", namespace(reference(EX1)))
    assert [result.part.id for result in shown.results] == [p.id for p in exercise.load(EX1).parts]
    assert shown.points == 10
    assert repr(shown).count("✓") == 6


@pytest.mark.parametrize("name", ["12.1", "1.7", "1.", "x", "", "1.2.3", "99"])
def test_a_part_that_does_not_exist_is_told_with_those_that_do(name: str) -> None:
    with pytest.raises(UnknownExercise, match=r"1\.1, 1\.2|ex01_advanced_functions"):
        check(name)
    with pytest.raises(UnknownExercise):
        hint(name)


def test_the_notebooks_own_names_are_used_and_kept() -> None:
    code = namespace(reference(EX1))
    before = dict(code)
    call_check("1.2", code)
    assert {name: code[name] for name in before} == before


def test_the_first_cells_import_works() -> None:
    assert (grader.check, grader.hint, grader.prior) == (check, hint, prior)
    with pytest.raises(AttributeError, match="no attribute 'solve'"):
        _ = grader.solve


@pytest.mark.parametrize(
    "source",
    ["[0 for i in iter(int, 1)]", "while True:\n        try: pass\n        except Exception: pass"],
)
def test_code_that_never_ends_is_stopped(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "PATIENCE_SECONDS", 0.3)
    code = namespace(f"def flux_to_magnitude(flux, zeropoint=25.0):\n    {source}\n")
    (result,) = call_check("1.3", code).results
    assert result.status == "timeout"
    assert "did not end within 0.3 s" in result.message


def test_a_value_whose_text_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "PATIENCE_SECONDS", 0.3)
    source = "class A:\n    def __repr__(self):\n        while True: pass\n"
    code = namespace(f"{source}def flux_to_magnitude(flux, zeropoint=25.0): return A()\n")
    (result,) = call_check("1.3", code).results
    assert result.status == "timeout"


@pytest.mark.parametrize(
    "body",
    ["exit()", "raise KeyboardInterrupt", "return f'{flux}'", "return 10**400", "return object()",
     "return {flux if isinstance(flux, float) else 0: [None]}", "return [flux] * 3",
     "__import__('sys').stdout.close(); return flux"],
)  # fmt: skip
def test_no_code_breaks_the_check_itself(body: str) -> None:
    code = namespace(f"def flux_to_magnitude(flux, zeropoint=25.0):\n    {body}\n")
    (result,) = call_check("1.3", code).results
    assert result.status in ("failed", "error")
    assert result.message


def test_options_of_pytest_in_the_environment_do_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever works on the workbook itself may have set them."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-x --no-such-option")
    assert call_check("1.2", namespace(reference(EX1))).points == 3


def random_numbers() -> list[float]:
    return [random.random(), np.random.random(), torch.rand(()).item()]


def test_a_check_disturbs_neither_random_numbers_nor_threads() -> None:
    seeds = "random.seed(5); np.random.seed(5); torch.manual_seed(5)"
    exec(seeds, globals())
    want = random_numbers()
    code = namespace(
        f"import random, numpy as np, torch\ndef flux_to_magnitude(*_):\n    {seeds}\n"
        "    called.append([random.random(), np.random.random(), torch.rand(3)])\n"
        "    torch.set_num_threads(torch.get_num_threads() + 1)\ncalled = []\n"
    )
    exec(seeds, globals())
    threads = torch.get_num_threads()
    call_check("1.3", code)
    assert code["called"]
    assert torch.get_num_threads() == threads
    assert random_numbers() == want


@learner._time_limit()
def slept(*seconds: float) -> None:
    for each in seconds:
        time.sleep(each)


@learner._time_limit()
def slept_within(times: int, seconds: float) -> None:
    for _ in range(times):
        slept(0.2)
    time.sleep(seconds)


def test_time_within_a_limit_is_limited_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook on trial may call `prior`, which tries out another: each has its own time."""
    monkeypatch.setattr(learner, "PATIENCE_SECONDS", 0.3)
    slept_within(3, 0.1)
    started = time.monotonic()
    with pytest.raises(Failure, match=r"within 0\.3 s"):
        slept_within(3, 5.0)
    assert 0.85 < time.monotonic() - started < 3
    with pytest.raises(Failure, match=r"within 0\.3 s"):
        slept(5.0)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


# hint


def test_each_hint_says_a_little_more() -> None:
    notes = [hint("1.2") for _ in range(4)]
    assert [note.title for note in notes] == [
        *(f"Hint {number} of 3 for 1.2" for number in (1, 2, 3, 3))
    ]
    assert len({note.text for note in notes}) == 3
    assert 'hint("1.2") for more' in notes[0].text
    assert "for more" not in notes[2].text
    assert hint("1.3").title == "Hint 1 of 3 for 1.3"


def test_every_part_has_hints() -> None:
    for slug in exercise.slugs():
        for part in exercise.load(slug).parts:
            assert hint(part.id).text


# What is shown

NASTY = '<script>alert("x")</script> & `a < b` `<b>`\nsecond line'


def test_html_is_escaped() -> None:
    result = PartResult(
        PART, "failed", NASTY, checks={"title <i> & `x<y`": "failed"}, code="f(a < '<i>')"
    )
    for shown in (Card([result]), Note(NASTY, NASTY)):
        html = shown._repr_html_()
        assert "<script" not in html
        assert "<i>" not in html
        assert "&lt;script&gt;" in html
        assert "<code>a &lt; b</code>" in html
        assert "<code>&lt;b&gt;</code>" in html
        assert html.count("<div") == html.count("</div>")


@pytest.mark.parametrize("status", display.WORDS)
def test_every_status_has_its_words_in_text_and_html(status: str) -> None:
    result = PartResult(PART, status, "The reason.", checks={"One check": "passed"})
    symbol, words, _ = display.WORDS[status]
    assert display.headline(result).startswith(f"{symbol} 1.2 Filter a light curve: {words}")
    for text in (repr(Card([result])), Card([result])._repr_html_()):
        assert words in text
        assert ("The reason." in text) is (status != "passed")
        assert ('hint("1.2")' in text) is (status != "passed")


def test_what_fails_besides_is_listed_below_the_lines_to_run() -> None:
    long = "This is a sentence " + "that goes on and on " * 6 + "."
    result = PartResult(
        PART,
        "failed",
        "The bound is missing. Use `>=`.",
        checks={"A": "passed", "B": "failed", "C": "failed", "D": "failed", "E": "failed"},
        code="data = [1]\nf(data)",
        told="C",
        failures={
            "B": "The bound is missing. Look.",
            "C": "The bound is missing.",
            "D": "`x.y` is None. So what?",
            "E": long,
        },
    )
    assert repr(Card([result])).splitlines()[1:] == [
        "  The bound is missing. Use `>=`.",
        "  To see it, run this in a new cell:",
        "      data = [1]",
        "      f(data)",
        "    ✗ C",
        "    ✗ B",
        "    ✗ D: `x.y` is None.",
        "    ✗ E",
        "    ✓ A",
        '  For a nudge: hint("1.2")',
    ]


def test_an_earlier_part_is_named_though_it_was_never_checked() -> None:
    sorting = 'self.data = table.sort_values("mjd", kind="stable", ignore_index=True)'
    source = reference(EX2).replace(sorting, "self.data = None")
    shown = call_check("2.6", namespace(source))
    assert (
        "This part uses 2.1, 2.2, 2.3, 2.4 and 2.5, which have not passed yet: begin with 2.1"
        in (repr(shown))
    )
    assert "begin with" not in repr(call_check("2.1", namespace(source)))


def test_half_points_are_shown_as_such() -> None:
    part = exercise.load(EX2).part("2.4")
    assert "1.5 of 1.5 points" in repr(Card([PartResult(part)]))


@pytest.mark.parametrize(
    ("results", "text"),
    [
        ([PartResult(PART)], "3"),
        ([PartResult(PART, "failed", "x")], "0"),
        ([PartResult(BONUS)], "0"),
        ([PartResult(exercise.load(EX2).part("2.4"))], "1.5"),
        ([PartResult(PART), PartResult(BONUS), PartResult(PART, "error", "x")], "3"),
    ],
)
def test_nbgrader_reads_the_points(
    results: list[PartResult], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert repr(Card(results)) == text


# prior


def hand_in(notebook: dict[str, Any], folder: str = "here/work") -> None:
    notebooks.save(exercise.ROOT / folder / f"{EX1}.ipynb", notebook)


def own(*cells: str) -> dict[str, Any]:
    """The reference of Exercise 1, judged at its end, with more cells there."""
    content = notebooks.without_checks(notebooks.filled(EX1))
    content["cells"] += [notebooks.code(cell) for cell in cells]
    return content


MARK = "flux_to_magnitude.mine = True"


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["here", "here/work", "work"])
def test_prior_takes_ones_own_work_if_it_passes(folder: str, capsys: Any) -> None:
    hand_in(own(MARK), folder)
    taken = prior("1", "flux_to_magnitude")
    assert taken.mine
    assert taken(100.0) == 20.0
    assert capsys.readouterr().out == ""


def test_prior_needs_no_bonus() -> None:
    hand_in(own(MARK, "def cache_results(func): return None"))
    assert prior("1", "flux_to_magnitude").mine


def test_prior_gives_helpers_of_ones_own() -> None:
    hand_in(own("def my_helper(): return 7"))
    assert prior("1", "my_helper")() == 7


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    [
        "def filter_lightcurve(data, **filters): return data",
        "def filter_lightcurve(*args): pass\nwhile True: pass",
        "def filter_lightcurve(data, **filters):\n    while True: pass",
    ],
)
def test_prior_takes_the_reference_if_ones_own_does_not_pass(
    cell: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "PATIENCE_SECONDS", 0.3)
    hand_in(own(MARK, cell))
    taken = prior("1", "flux_to_magnitude")
    assert not hasattr(taken, "mine")
    assert taken.__module__ == f"solutions.{EX1}"
    printed = capsys.readouterr().out
    assert printed == ("prior: your Exercise 1 does not pass yet; using the reference instead.\n")


def test_prior_takes_the_reference_if_ones_own_cannot_be_read(capsys: Any) -> None:
    notebooks.save(Path("work") / f"{EX1}.ipynb", b"no notebook")
    assert prior("1", "flux_to_magnitude").__module__ == f"solutions.{EX1}"
    assert "does not pass yet" in capsys.readouterr().out


def test_prior_takes_the_reference_if_there_is_nothing_else(capsys: Any) -> None:
    assert prior("1", "flux_to_magnitude")(100.0) == 20.0
    assert "your Exercise 1 is not here; using the reference" in capsys.readouterr().out


@pytest.mark.slow
def test_prior_judges_a_notebook_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    run_checks = learner.run_checks
    monkeypatch.setattr(learner, "run_checks", lambda *args: judged.append(1) or run_checks(*args))
    hand_in(own("import random; drawn = random.random()"))
    taken = [prior("1", name) for name in ("flux_to_magnitude", "cache_results", "drawn")]
    again = [prior("1", name) for name in ("flux_to_magnitude", "cache_results", "drawn")]
    assert len(judged) == 1
    assert taken == again
    hand_in(own("import random; drawn = random.random() + 1"))
    assert prior("1", "drawn") >= 1
    assert len(judged) == 2


@pytest.mark.slow
def test_prior_judges_again_when_a_notebook_before_has_changed() -> None:
    """A notebook may use earlier ones through `prior` in its turn."""
    use = notebooks.code('from grader import prior\nused = prior("1", "flux_to_magnitude")')
    later = notebooks.filled(EX2)
    later["cells"].append(use)
    notebooks.save(Path("work") / f"{EX2}.ipynb", later)
    hand_in(own(MARK))
    assert prior("2", "used") is prior("1", "flux_to_magnitude")
    hand_in(own(MARK, "flux_to_magnitude.mine = 2"))
    assert prior("2", "used").mine == 2


def test_prior_says_once_that_it_takes_the_reference(capsys: Any) -> None:
    for name in ("flux_to_magnitude", "cache_results", "flux_to_magnitude"):
        prior("1", name)
    assert capsys.readouterr().out.count("using the reference") == 1
    hand_in(own("del cache_results"))
    prior("1", "flux_to_magnitude")
    prior("1", "filter_lightcurve")
    assert capsys.readouterr().out == ""
    prior("1", "cache_results")
    assert "your Exercise 1 defines no cache_results; using the ref" in capsys.readouterr().out


def test_what_is_said_while_a_notebook_is_judged_is_said_again(capsys: Any) -> None:
    later = notebooks.filled(EX2)
    later["cells"].append(notebooks.code('from grader import prior\nprior("1", "Record")'))
    notebooks.save(Path("work") / f"{EX2}.ipynb", later)
    prior("2", "LightCurve")
    assert capsys.readouterr().out == ""
    prior("1", "flux_to_magnitude")
    assert "your Exercise 1 is not here" in capsys.readouterr().out


def test_classes_from_prior_have_a_module() -> None:
    """`dataclass` looks for it when a type is written as text, and so does `pickle`."""
    cell = "from dataclasses import dataclass\n@dataclass\nclass Star:\n    name: 'str'\n"
    hand_in(own(cell))
    star = prior("1", "Star")("Algol")
    assert pickle.loads(pickle.dumps(star)) == star


def without_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"solutions.{EX1}", None)  # an import then fails


def test_prior_says_what_to_do_if_there_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    without_reference(monkeypatch)
    with pytest.raises(PriorError) as missing:
        prior("1", "flux_to_magnitude")
    message = str(missing.value)
    assert "flux_to_magnitude comes from Exercise 1" in message
    assert "grader check 1" in message
    assert "Finish Exercise 1 first, or ask your instructor" in message


def test_prior_does_not_need_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    without_reference(monkeypatch)
    hand_in(own(MARK))
    assert prior("1", "flux_to_magnitude").mine


def test_prior_knows_what_an_exercise_defines() -> None:
    with pytest.raises(PriorError, match="Exercise 1 defines no 'no_such_thing'"):
        prior("1", "no_such_thing")
    with pytest.raises(UnknownExercise):
        prior("77", "x")


def test_the_committed_notebook_is_not_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who starts Jupyter in `exercises/` has not done the exercise."""
    monkeypatch.chdir(exercise.RELEASED)
    assert prior("1", "flux_to_magnitude").__module__ == f"solutions.{EX1}"


# In nbgrader's hands


def executed(notebook: dict[str, Any], folder: Path) -> list[Any]:
    """The cells that nbgrader grades, after a run in a real kernel."""
    content = nbformat.reads(json.dumps(notebook), as_version=4)
    content.cells = [cell for cell in content.cells if "demo" not in cell.metadata.get("tags", [])]
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(content, timeout=120, allow_errors=True, resources=resources).execute()
    return [cell for cell in content.cells if is_grade(cell)]


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "full"), [(EX1, True), (EX2, False)], ids=["filled", "untouched"])
def test_nbgrader_gives_full_marks_or_none(
    slug: str, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    content = notebooks.filled(slug) if full else notebooks.released(slug)
    cells = executed(content, tmp_path)
    assert len(cells) == len(exercise.load(slug).parts)
    for cell in cells:
        points, maximum = determine_grade(cell)
        assert points == (maximum if full else 0)
        assert [output.output_type for output in cell.outputs] == ["execute_result"]
        assert re.search("<div", cell.outputs[0].data["text/html"])


def test_a_kernel_needs_only_the_names() -> None:
    found = exercise.load(EX1)
    kernel = Kernel(found, {"f": 1})
    assert kernel.undefined(["f", "g"]) == ["f", "g"]
    failure = Failure("x")
    assert kernel.explained(failure, ["f"]) is failure
