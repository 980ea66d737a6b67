"""Points: a part's are shared by its checks, gates come first, and all who show them agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import notebooks
import pytest
from answer_files import namespace, reference
from notebooks import EX1, EX2

from grader import display, exercise, gradebook, progress, report, results
from grader.checking import PartResult, Verdict, is_better, run_checks
from grader.choice import HandedIn, Work
from grader.exercise import Part
from grader.learner import Kernel
from grader.results import Graded

PART = Part("1.2", "Filter a light curve", 2.0, False, ("filter_lightcurve",))
GATE = "The first check"


def result(*outcomes: str, part: Part = PART, gates: tuple[str, ...] = (GATE,)) -> PartResult:
    """A part that does not pass, with these outcomes of its checks."""
    titles = [GATE, *(f"Check {number}" for number in range(2, len(outcomes) + 1))]
    checks = dict(zip(titles, outcomes, strict=True))
    return PartResult(part, "failed", "It is wrong.", checks=checks, gates=frozenset(gates))


P, F, S = "passed", "failed", "skipped"


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ((P, P, P, F), 1.5),
        ((P, P, F), 1.33),  # rounded down
        ((P, F, F), 0.67),  # rounded up
        ((P, F, S, S), 0.5),  # what was not run has not passed
        ((F, P, P, P), 0),  # the gate
        ((S, P), 0),
        ((F, F), 0),
    ],
)
def test_checks_share_the_points_of_a_part(outcomes: tuple[str, ...], points: float) -> None:
    assert result(*outcomes).points == points


def test_what_was_not_checked_earns_nothing() -> None:
    assert PartResult(PART, "error", "The notebook could not be read.").points == 0


def test_every_gate_has_to_pass() -> None:
    assert result(P, F, P, gates=(GATE, "Check 2")).points == 0
    assert result(P, P, F, gates=(GATE, "Check 2")).points == 1.33
    assert result(P, P, F, gates=("A check that was not run",)).points == 0


def test_a_part_that_passes_has_all_points_whatever_they_are() -> None:
    part = Part("1.2", "", 0.1 + 0.2, False, ())
    assert PartResult(part, checks={GATE: P, "Another": P}).points == part.points


def test_a_check_with_several_inputs_passes_only_if_all_do() -> None:
    verdict = Verdict()
    for outcome in (P, F, P):
        verdict.note("Whole numbers too", outcome)
    assert verdict.outcomes == {"Whole numbers too": F}


def test_of_two_verdicts_the_one_with_more_points_is_kept() -> None:
    assert is_better(result(P, P, F), result(P, F, F))
    assert not is_better(result(F, P, P), result(P, F, F))
    assert not is_better(result(P, F), result(P, F))


def test_a_slip_costs_its_share_and_no_more() -> None:
    """Of the twelve checks of 1.2, one is about the message of an error."""
    found = exercise.load(EX1)
    code = namespace(reference(EX1))
    right = code["filter_lightcurve"]

    def without_message(data: list, **filters: Any) -> list:
        try:
            return right(data, **filters)
        except KeyError:
            raise KeyError from None

    code["filter_lightcurve"] = without_message
    (one,) = run_checks(found, Kernel(found, code), 1, "1.2")
    assert (one.status, one.checks_passed, len(one.checks)) == ("failed", 11, 12)
    assert one.points == 2.75


def test_code_that_is_not_there_earns_nothing() -> None:
    found = exercise.load(EX2)
    (one,) = run_checks(found, Kernel(found, {}), 1, "2.2")
    assert set(one.checks.values()) == {"skipped"}
    assert one.points == 0


def thirds(slug: str = EX1) -> Graded:
    """A notebook of which every part passes two checks of three."""
    found = exercise.load(slug)
    return Graded("Vega", found, [result(P, P, F, part=part) for part in found.parts])


def as_dict(one: Graded) -> dict[str, Any]:
    students = {one.student: {one.exercise.slug: Work(Path("x"), "x")}}
    return results.as_dict([one], HandedIn(students, []), 1, "on")


def test_sums_are_of_rounded_points_and_rounded() -> None:
    """2 + 2 + 1.33 + 1.33, which is not two thirds of 10; floats would give 6.66000...1."""
    one = thirds()
    (row,) = as_dict(one)["submissions"][0]["exercises"]
    (learner,) = report.gather(as_dict(one))
    shown = display.Card(one.parts).points
    assert (one.points, row["points"], learner.points, shown) == (6.66,) * 4
    assert (one.bonus, row["bonus"], learner.bonus) == (1.34,) * 3


def test_results_hold_every_check() -> None:
    part = as_dict(thirds())["submissions"][0]["exercises"][0]["parts"][2]
    assert part["points"] == 1.33
    assert part["checks"] == [
        {"title": GATE, "outcome": "passed", "gate": True},
        {"title": "Check 2", "outcome": "passed", "gate": False},
        {"title": "Check 3", "outcome": "failed", "gate": False},
    ]


def test_the_card_tells_points_and_checks_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    card = display.Card([result(P, P, P, F)])
    line = "✗ 1.2 Filter a light curve: not yet, 1.5 of 2 points; 3 of 4 checks pass"
    assert repr(card).splitlines()[0] == line
    assert line in card._repr_html_()
    assert "1 of 2 checks passes" in repr(display.Card([result(P, F)]))
    assert "checks" not in display.headline(result(F, F))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert repr(card) == "1.5"


def test_a_gate_that_fails_says_why_the_rest_earns_nothing() -> None:
    text = repr(display.Card([result(F, P, P)]))
    assert f"✗ {GATE} (needed for any points)" in text
    assert "0 of 2 points; 2 of 3 checks pass" in text
    for quiet in (result(P, F), result(F, F)):
        assert "needed" not in repr(display.Card([quiet]))


def test_the_report_tells_points_and_checks(tmp_path: Path) -> None:
    index = report.write_report(as_dict(thirds()), {}, tmp_path)
    assert "1.3 wrong, 1.33 of 2 points" in index.read_text("utf-8")
    page = (tmp_path / "learners" / "vega.html").read_text("utf-8")
    assert "2 of 3 checks pass" in page
    assert "Check 3" in page
    assert "needed for any points" not in page


def test_the_report_says_which_check_comes_first(tmp_path: Path) -> None:
    one = Graded("Vega", exercise.load(EX1), [result(F, P)])
    report.write_report(as_dict(one), {}, tmp_path)
    page = (tmp_path / "learners" / "vega.html").read_text("utf-8")
    assert "1 of 2 checks passes" in page
    assert page.count("needed for any points") == 1


def test_status_remembers_partial_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = notebooks.save(tmp_path / f"{EX1}.ipynb", notebooks.filled(EX1))
    monkeypatch.setattr(progress.grade, "grade_one", lambda _: thirds())
    assert progress.row(EX1, path).graded.points == 6.66
    monkeypatch.setattr(progress.grade, "grade_one", lambda _: pytest.fail("it is known"))
    assert progress.row(EX1, path).graded.points == 6.66


@pytest.mark.slow
def test_the_gradebook_has_partial_points_and_says_why(tmp_path: Path) -> None:
    from nbgrader.api import Gradebook

    url = gradebook.database(tmp_path)
    gradebook.write(as_dict(thirds()), url)
    with Gradebook(url) as book:
        notebook = book.find_submission_notebook(EX1, EX1, "Vega")
        scores = {grade.cell.name: grade.score for grade in notebook.grades}
        comments = {comment.cell.name: comment.comment for comment in notebook.comments}
        assert scores["check-1-3"] == 1.33
        assert scores["check-1-E1"] == 0.67
        assert round(book.find_submission(EX1, "Vega").score, 2) == 8
    says = "1.3 failed, 1.33 of 2 points, 2 of 3 checks pass: It is wrong."
    assert comments["part-1-3"] == says
