"""What an exam is made of, how it is disguised, and what answers are worth, worked out by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grader.capstone import scale, sky, table
from grader.capstone.disguise import FLUX, TIME, disguised
from grader.capstone.exam import CLASSES, COLUMNS, TDE, BadExam, Exam
from grader.capstone.feedback import feedback
from grader.capstone.sitting import Answers
from solutions.ex10_bayesian_uncertainty import UncertaintyCalibration

pytestmark = pytest.mark.slow

NOTHING = pd.DataFrame({name: [] for name in COLUMNS})


def exam_of(*truth: int) -> Exam:
    return Exam([NOTHING] * len(truth), np.array(truth), "made up")


def answers_of(probabilities: np.ndarray, threshold: float | None = None) -> Answers:
    count = len(probabilities)
    return Answers(probabilities, [""] * count, np.full(count, 0.01), threshold)


def sure_of(answer: np.ndarray, confidence: float = 0.96) -> np.ndarray:
    """Probabilities with that confidence in the answer, the rest spread evenly."""
    rest = (1 - confidence) / (len(CLASSES) - 1)
    return np.where(np.eye(len(CLASSES))[answer] == 1, confidence, rest)


@pytest.fixture
def exam() -> Exam:
    """A hundred objects: 60 SNIa, and ten of each other class."""
    return exam_of(*[0] * 10, *[1] * 10, *[2] * 10, *[3] * 60, *[4] * 10)


# The scale


def points_of(verdict: scale.Verdict) -> dict[str, float]:
    return {mark.criterion.key: mark.points for mark in verdict.marks}


def test_right_and_sure_answers_have_all_points(exam: Exam) -> None:
    verdict = scale.judged(exam, answers_of(sure_of(exam.truth)))
    assert verdict.points == 100
    assert verdict.measures["accuracy"].value == 1
    assert verdict.measures["ece"].value == pytest.approx(0.04)


def test_points_are_linear_and_the_margin_is_a_standard_error(exam: Exam) -> None:
    answer = exam.truth.copy()
    answer[10:35] = 4  # 25 of 100 wrong
    mark = scale.judged(exam, answers_of(sure_of(answer))).marks[0]
    error = np.sqrt(0.75 * 0.25 / 100)  # of a share, which the bootstrap comes near to
    assert mark.measure.error == pytest.approx(error, rel=0.1)
    assert mark.counted == pytest.approx(0.75 + mark.measure.error)
    assert mark.points == pytest.approx(40 * (mark.counted - 0.7) / 0.2, abs=0.051)


def test_the_calibration_error_is_that_of_exercise_10(exam: Exam) -> None:
    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet(np.full(5, 0.5), 100)
    value = scale.judged(exam, answers_of(probabilities)).measures["ece"].value
    wanted = UncertaintyCalibration.expected_calibration_error(exam.truth, probabilities)
    assert value == pytest.approx(wanted)


def test_the_recall_of_tdes_needs_precision(exam: Exam) -> None:
    """Ten TDEs are found; with 20 false ones the precision is 1/3, and its error about 0.09."""
    some, many = exam.truth.copy(), exam.truth.copy()
    some[60:75], many[40:75] = TDE, TDE
    enough, too_few = (scale.judged(exam, answers_of(sure_of(each))) for each in (some, many))
    assert enough.measures["tde_precision"].value == pytest.approx(0.4)
    assert too_few.measures["tde_precision"].value == pytest.approx(10 / 45)
    assert points_of(enough)["tde_recall"] == 30
    assert points_of(too_few)["tde_recall"] == 0


def test_a_threshold_says_what_is_called_a_tde(exam: Exam) -> None:
    probabilities = sure_of(np.full(100, 3), 0.7)
    probabilities[90:95] = [0.0, 0.0, 0.0, 0.7, 0.3]
    plain, careful = (
        scale.judged(exam, answers_of(probabilities, t)).measures for t in (None, 0.25)
    )
    assert (plain["tde_recall"].value, careful["tde_recall"].value) == (0, 0.5)
    assert careful["tde_precision"].value == 1
    assert plain["accuracy"] == careful["accuracy"]


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_little_more_than_the_commonest_class_earns_nothing(exam: Exam, wrong: int) -> None:
    answer = np.full(100, 3)
    answer[: 3 - wrong] = 0  # up to three of the others are right
    verdict = scale.judged(exam, answers_of(sure_of(answer)))
    assert not verdict.beats_majority
    assert verdict.points == 0


def test_clearly_more_than_the_commonest_class_counts(exam: Exam) -> None:
    answer = np.full(100, 3)
    answer[:10] = 0
    verdict = scale.judged(exam, answers_of(sure_of(answer, 0.7)))
    assert verdict.beats_majority
    assert points_of(verdict)["seconds"] == 10


def test_no_answer_counts_as_wrong_and_has_no_confidence(exam: Exam) -> None:
    probabilities = sure_of(exam.truth, 1.0)
    probabilities[:20] = np.nan
    verdict = scale.judged(exam, answers_of(probabilities))
    assert verdict.measures["accuracy"].value == 0.8
    assert verdict.measures["ece"].value == 0
    assert verdict.confusion[:2, -1].tolist() == [10, 10]


def test_without_any_answer_there_is_nothing_to_measure(exam: Exam) -> None:
    answers = Answers.none(100, "It raised KeyError.")
    verdict = scale.judged(exam, answers)
    assert verdict.points == 0
    assert np.isnan(verdict.measures["ece"].value)
    answers.reasons[16:] = ["It was not asked: none of the first 16 had an answer."] * 84
    assert feedback(exam, answers, verdict) == [
        "No points, as no light curve has an answer: It raised KeyError."
    ]


@pytest.mark.parametrize(("seconds", "points"), [(0.05, 10), (0.55, 5), (1.0, 0), (3.0, 0)])
def test_speed_is_a_coarse_scale(exam: Exam, seconds: float, points: float) -> None:
    answers = answers_of(sure_of(exam.truth))
    answers.seconds[:] = seconds
    assert points_of(scale.judged(exam, answers))["seconds"] == pytest.approx(points)


# Feedback


def test_confidence_is_spoken_of_only_where_it_is_certain(exam: Exam) -> None:
    """Seven of ten are right. A confidence of 0.72 may well be right, 0.95 and 0.45 are not."""
    answer = exam.truth.copy()
    answer[:30] = 3
    for confidence, says in ((0.72, ""), (0.95, "overconfident"), (0.45, "underconfident")):
        answers = answers_of(sure_of(answer, confidence))
        told = "\n".join(feedback(exam, answers, scale.judged(exam, answers)))
        assert ("confident" in told) == bool(says)
        assert says in told


def test_the_two_classes_most_often_confused_are_named(exam: Exam) -> None:
    answer = exam.truth.copy()
    answer[22:30], answer[30:40] = 3, 2  # 8 of 10 SNII, 10 of 60 SNIa
    answers = answers_of(sure_of(answer))
    told = feedback(exam, answers, scale.judged(exam, answers))
    assert (
        "Most often confused: 8 of 10 SNII were called SNIa. Plot some of both side by side."
        in told
    )
    assert any("SNII 0.20 (of 10), SNIa 0.83 (of 60)" in line for line in told)


def test_a_reason_is_told_once_with_its_number(exam: Exam) -> None:
    probabilities = sure_of(exam.truth)
    probabilities[:3] = np.nan
    answers = answers_of(probabilities)
    answers.reasons[:3] = ["It raised A.", "It raised B.", "It raised A."]
    told = feedback(exam, answers, scale.judged(exam, answers))
    assert told[:3] == [
        "3 of 100 light curves have no answer, and count as wrong. Answer all of them: an odd one "
        "with the shares of the classes.",
        "  2 without an answer: It raised A.",
        "  1 without an answer: It raised B.",
    ]


# The invented sky


@pytest.fixture(scope="module")
def invented() -> Exam:
    return sky.invent(3, 300)


def test_a_seed_makes_one_sky(invented: Exam) -> None:
    again, other = sky.invent(3, 300), sky.invent(4, 300)
    for one, two in zip(invented.curves, again.curves, strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert not invented.curves[0].equals(other.curves[0])
    assert invented.counts == {"AGN": 24, "CV": 18, "SNII": 54, "SNIa": 180, "TDE": 24}


def test_light_curves_have_the_layout_that_is_promised(invented: Exam) -> None:
    rows = pd.concat(invented.curves)
    assert tuple(rows) == COLUMNS
    assert set(rows["band"]) == {"g", "r", "i"}
    assert (rows["flux_err"] > 0).all()
    assert rows.loc[rows["is_detection"], "flux"].notna().all()
    limits = rows["flux"].isna()
    assert 0.1 < limits.mean() < 0.5
    depth = 23.9 - 2.5 * np.log10(5 * rows.loc[limits, "flux_err"])
    assert 20 < depth.median() < 21  # ZTF's 5-sigma limits [mag]
    assert all(each["mjd"].is_monotonic_increasing for each in invented.curves)


def test_some_light_curves_are_odd() -> None:
    found = sky.invent(5, 400)
    detections = [int(each["is_detection"].sum()) for each in found.curves]
    assert 2 <= detections.count(0) + detections.count(1) <= 16
    assert any(len(each) == 1 for each in found.curves)


def test_what_a_light_curve_lacks_does_not_tell_its_class() -> None:
    """Each class has limits without flux in half of its objects, as far as chance allows."""
    found = sky.invent(6, 600)
    bare = np.array([each["flux"].isna().any() for each in found.curves])
    forced = np.array(
        [(~each["is_detection"] & each["flux"].notna()).any() for each in found.curves]
    )
    for place in range(len(CLASSES)):
        of_class = (found.truth == place) & (bare | forced)
        share, error = bare[of_class].mean(), np.sqrt(0.25 / of_class.sum())
        assert abs(share - 0.5) < 3.5 * error


def test_a_sky_of_too_few_objects_lacks_a_class() -> None:
    with pytest.raises(BadExam, match=r"There is no CV in it\. Give objects of all classes\."):
        sky.invent(1, 16)


def test_without_the_reference_a_table_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "solutions.ex05_light_curve_dataset", None)
    with pytest.raises(BadExam, match="Give a table of labelled light curves with `--table`"):
        sky.invent(1, 100)


# The disguise


def test_a_disguise_shuffles_and_keeps_each_object_with_its_class() -> None:
    """The flux of each object tells its class here."""
    truth = np.arange(50) // 10
    curves = [
        pd.DataFrame({"mjd": [59000.0], "band": "r", "flux": [100.0 * place], "flux_err": 1.0})
        for place in truth
    ]
    hidden = disguised(Exam(curves, truth, "made up"), 9)
    assert hidden.truth.tolist() != truth.tolist()
    assert [round(each["flux"].iloc[0] / 100) for each in hidden.curves] == hidden.truth.tolist()


def test_a_disguise_moves_all_numbers_within_their_errors() -> None:
    mjd = 59000.0 + np.arange(10.0)
    curve = pd.DataFrame(
        {"mjd": mjd, "band": ["g", "r"] * 5, "flux": 50.0, "flux_err": 4.0, "is_detection": True}
    )
    curve.loc[3, ["flux", "is_detection"]] = [np.nan, False]
    before = curve.copy()
    exam = Exam([curve] * 40, np.arange(40) % 5, "made up")
    hidden = disguised(exam, 1)
    rows = pd.concat(hidden.curves)
    pd.testing.assert_frame_equal(curve, before)
    assert (rows["flux"].isna() == ~rows["is_detection"]).all()
    assert rows["flux"].std() == pytest.approx(4 * FLUX, rel=0.2)
    assert rows["flux_err"].std() / 4 == pytest.approx(0.03, rel=0.2)
    assert rows[["flux", "flux_err"]].nunique().min() >= 360  # no two are alike
    starts = {int(np.round(each["mjd"].iloc[0])) for each in hidden.curves}
    assert len(starts) > 35
    for each in hidden.curves:
        assert np.abs(np.diff(each["mjd"]) - 1).max() < 2 * TIME
        assert each["band"].tolist() == curve["band"].tolist()


def test_a_disguise_leaves_rows_out_of_long_light_curves(invented: Exam) -> None:
    hidden = disguised(invented, 9)
    before, after = (sum(map(len, each.curves)) for each in (invented, hidden))
    assert 0.93 < after / before < 0.97
    assert min(map(len, hidden.curves)) >= 1


# Tables


def rows_of(name: str, label: str, **columns: object) -> pd.DataFrame:
    usual = {"mjd": [59000.0, 59001.0], "band": "r", "flux": [50.0, 60.0], "flux_err": 4.0}
    return pd.DataFrame({"object_id": name, "label": label} | usual | columns)


def saved(folder: Path, *more: pd.DataFrame) -> Path:
    """A table with one object of each class, and more rows."""
    plain = [rows_of(f"plain {name}", name) for name in CLASSES]
    path = folder / "labelled.csv"
    pd.concat([*plain, *more]).to_csv(path, index=False)
    return path


def curve_of(exam: Exam, label: str, number: int = 0) -> pd.DataFrame:
    return exam.curves[int(np.flatnonzero(exam.truth == CLASSES.index(label))[number])]


def test_a_table_that_was_written_is_read_again(tmp_path: Path, invented: Exam) -> None:
    table.written(invented, tmp_path / "sky.csv.gz")
    found = table.read(tmp_path / "sky.csv.gz")
    assert found.truth.tolist() == invented.truth.tolist()
    for one, two in zip(found.curves, invented.curves, strict=True):
        assert one["is_detection"].tolist() == two["is_detection"].tolist()
        np.testing.assert_allclose(one["flux"], two["flux"], atol=6e-4)


def test_parquet_with_categories_is_read(tmp_path: Path) -> None:
    frame = pd.concat([rows_of(f"a {name}", name) for name in CLASSES])
    frame.astype({"label": "category", "band": "category", "flux": "float32"}).to_parquet(
        tmp_path / "labelled.parquet"
    )
    found = table.read(tmp_path / "labelled.parquet")
    assert found.counts == dict.fromkeys(CLASSES, 1)
    assert found.curves[0]["is_detection"].tolist() == [True, True]


def test_other_types_and_doubtful_labels_are_left_out_and_counted(tmp_path: Path) -> None:
    doubtful = rows_of("two", "SNIa").assign(label=["SNIa", "SNII"])
    found = table.read(saved(tmp_path, rows_of("odd", "SLSN-I"), doubtful))
    assert found.counts == dict.fromkeys(CLASSES, 1)
    assert found.notes == [
        "1 objects have more than one label: left out.",
        "1 objects are of other types: left out.",
    ]


def test_a_limit_in_magnitudes_becomes_an_error(tmp_path: Path) -> None:
    """20.5 mag is 22.9 microjansky at 5 sigma."""
    limit = rows_of("a", "TDE", flux=[50.0, np.nan], flux_err=[4.0, np.nan], mag_lim=[np.nan, 20.5])
    curve = curve_of(table.read(saved(tmp_path, limit)), "TDE")
    assert curve["flux_err"].tolist() == pytest.approx([4.0, 22.909 / 5], rel=1e-4)
    assert curve["is_detection"].tolist() == [True, False]


def test_total_flux_becomes_a_difference(tmp_path: Path) -> None:
    total = rows_of("a", "AGN", flux=[500.0, 600.0], flux_kind="total_psf", is_detection=True)
    curve = curve_of(table.read(saved(tmp_path, total)), "AGN")
    assert curve["flux"].tolist() == pytest.approx([-30.0, 70.0])  # less the quantile 0.3, of 530
    assert curve["is_detection"].tolist() == [True, True]


def test_what_a_table_says_of_detections_counts_for_alerts(tmp_path: Path) -> None:
    alerts = rows_of("a", "CV", flux_kind="diff_alert", is_detection=[True, False])
    forced = rows_of("b", "CV", flux_kind="diff_forced", is_detection=[False, False])
    found = table.read(saved(tmp_path, alerts, forced))
    assert curve_of(found, "CV", 0)["is_detection"].tolist() == [True, False]
    assert curve_of(found, "CV", 1)["is_detection"].tolist() == [True, True]


def test_rows_that_cannot_be_used_are_left_out(tmp_path: Path) -> None:
    bad = pd.concat(
        [
            rows_of("a", "TDE", mjd=np.nan),
            rows_of("a", "TDE", flux_err=[0.0, -1.0]),
            rows_of("a", "TDE", band="z"),
            rows_of("a", "TDE", flux=np.inf),
            rows_of("a", "TDE", mjd=[59005.0, 59004.0]),
        ]
    )
    curve = curve_of(table.read(saved(tmp_path, bad)), "TDE")
    assert curve["mjd"].tolist() == [59004.0, 59005.0]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (rows_of("a", "TDE").drop(columns="flux_err"), "has no column flux_err"),
        (rows_of("a", "TDE"), "There is no AGN and no CV and no SNII and no SNIa in it"),
    ],
)
def test_a_table_that_will_not_do_says_why(tmp_path: Path, frame: pd.DataFrame, says: str) -> None:
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BadExam, match=says):
        table.read(tmp_path / "a.csv")


def test_a_file_that_is_no_table_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no table")
    with pytest.raises(BadExam, match="cannot be read as a table"):
        table.read(tmp_path / "a.parquet")
