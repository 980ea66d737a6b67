"""Models of every kind get the marks that they deserve, and none harms another one."""

from __future__ import annotations

import csv
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import capstone_models as models
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from grader import cli, isolation
from grader.capstone import command, sitting, sky, submission, table
from grader.capstone.disguise import disguised
from grader.capstone.exam import CLASSES, Exam
from grader.capstone.judging import Judged, judge_one
from grader.capstone.sitting import EXERCISE, Patience
from grader.fork_server import ForkServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        (reason := isolation.why_unavailable()) is not None, reason=f"no isolation here: {reason}"
    ),
]
SEED = 5
Judge = Callable[..., Judged]
USUAL, HURRIED = Patience(), Patience(batch=1.0)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small model, trained on another sky than it is judged on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "PRACTICE_OBJECTS", 700)
        return models.train(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def exam() -> Exam:
    return disguised(sky.invent(SEED, 400), SEED)


@pytest.fixture(scope="module")
def small() -> Exam:
    """Few objects, for models that fail anyway; odd ones among them."""
    found = sky.invent(SEED, 400)
    odd = [place for place, each in enumerate(found.curves) if each["is_detection"].sum() < 2]
    first = [int(np.flatnonzero(found.truth == place)[0]) for place in range(len(CLASSES))]
    places = sorted({*odd[:3], *first, *range(0, 400, 12)} - {*odd[3:]})
    return Exam([found.curves[place] for place in places], found.truth[places], "a few objects")


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the classes of objects, that no model may find."""
    path = tmp_path_factory.mktemp("instructor") / "secret.csv"
    path.write_text("practice-0000,secret-class\n")
    return path


@pytest.fixture(scope="module")
def judge(
    good: Path, exam: Exam, secret: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Judge]:
    """Hand in and judge a kind of model, in the one fork server of this file."""
    known: dict[str, Judged] = {}
    with ForkServer(hidden=[secret], ahead=[EXERCISE]) as server:

        def judged(kind: str, on: Exam = exam, patience: Patience = USUAL, **files: str) -> Judged:
            key = f"{kind} {on.source} {patience}"
            if key not in known:
                folder = tmp_path_factory.mktemp("model")
                path = models.hand_in(kind, good, folder, **files) if kind != "good" else good
                known[key] = judge_one(path, on, patience, server, folder / "unpacked")
            return known[key]

        yield judged


# What a model is worth


def test_a_good_model_earns_most_of_the_points(judge: Judge) -> None:
    result = judge("good")
    assert result.fault == result.trouble == ""
    assert result.answers is not None
    assert result.answers.answered.all()
    points = {mark.criterion.key: mark.points for mark in result.verdict.marks}
    assert result.points > 60
    assert points["ece"] == 20


@pytest.mark.parametrize(
    ("kind", "says"), [("overconfident", "is overconfident"), ("underconfident", "is underconf")]
)
def test_wrong_confidence_costs_the_points_of_calibration(
    judge: Judge, kind: str, says: str
) -> None:
    good, result = judge("good"), judge(kind)
    assert result.verdict.measures["accuracy"] == good.verdict.measures["accuracy"]
    assert result.points <= good.points - 15
    assert [line for line in result.feedback if says in line]
    assert not [line for line in good.feedback if "confident" in line]


@pytest.mark.parametrize("kind", ["constant", "uniform", "always_tde", "noisy"])
def test_an_answer_that_ignores_its_input_earns_nothing(judge: Judge, kind: str) -> None:
    result = judge(kind)
    assert result.answers.answered.all()
    assert result.points == 0
    assert result.feedback[0].startswith("No points: its accuracy is ")


def test_a_threshold_for_tdes_changes_their_recall_alone(judge: Judge) -> None:
    good, careful = judge("good").verdict, judge("careful").verdict
    assert careful.measures["tde_recall"].value > good.measures["tde_recall"].value
    assert careful.measures["tde_precision"].value < good.measures["tde_precision"].value
    assert careful.measures["accuracy"] == good.measures["accuracy"]


def test_a_tensor_is_as_good_as_an_array(judge: Judge) -> None:
    assert judge("tensor").answers.answered.all()
    np.testing.assert_allclose(
        judge("tensor").answers.probabilities, judge("good").answers.probabilities
    )


# Cheats


def test_a_model_that_knows_the_table_by_heart_gains_nothing(judge: Judge, exam: Exam) -> None:
    """Every way to recognise a light curve works on the table itself, none on its disguise."""
    original, leaky = sky.invent(SEED, 400), models.imported("leaky")
    whole = [place for place, each in enumerate(original.curves) if len(each) > 10]
    known = {
        key: int(original.truth[place])
        for place in whole
        for key in leaky.fingerprints(original.curves[place])
    }
    for way in zip(*(leaky.fingerprints(original.curves[place]) for place in whole), strict=True):
        right = [known[key] == original.truth[place] for key, place in zip(way, whole, strict=True)]
        assert np.mean(right) > 0.97
    result = judge("leaky", known_json=json.dumps(known))
    assert result.answers.answered.all()
    majority = (exam.truth == exam.majority).mean()
    assert abs(result.verdict.measures["accuracy"].value - majority) < 0.02
    assert result.points == 0


@pytest.mark.parametrize("kind", ["knows_names", "searches"])
def test_there_is_nothing_to_be_found(judge: Judge, kind: str) -> None:
    """These raise an error if they find anything."""
    result = judge(kind)
    assert result.fault == ""
    assert result.answers.reasons == [""] * len(result.answers.reasons)
    assert result.points == 0


def test_the_search_finds_what_is_not_hidden(secret: Path) -> None:
    searches = models.imported("searches")
    assert list(searches.in_files(secret.parent)) == [str(secret)]
    assert any("grader.capstone" in each for each in searches.in_memory())


# Broken models


BROKEN = {
    "negative": "Its probabilities are negative.",
    "unnormalised": "Its probabilities do not sum to 1.",
    "labels": "`predict` returned the shape (",
    "frame": "`predict` returned a DataFrame. Return an array",
    "raises": "KeyError",
    "exits": "took the Python process down",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_model_that_never_answers_is_told_why(judge: Judge, small: Exam, kind: str) -> None:
    result = judge(kind, small)
    assert (result.points, result.trouble) == (0, "")
    assert not result.answers.answered.any()
    assert all(result.answers.reasons)
    assert BROKEN[kind] in "\n".join(result.feedback)


UNLOADABLE = {
    "no_predict": "`model.py` does not define `predict`.",
    "missing_package": "No module named 'nonexistent_boosting'. Only the packages of the workbook",
    "missing_weights": "Hand in the file, and open it below the `folder` that `load` is given.",
    "hungry": "A model has 2 GB.",
    "bad_threshold": "`TDE_THRESHOLD` in `model.py` is not a number above 0 and up to 1.",
}


@pytest.mark.parametrize("kind", UNLOADABLE)
def test_a_model_that_cannot_be_loaded_says_what_to_do(
    judge: Judge, small: Exam, kind: str
) -> None:
    result = judge(kind, small)
    assert (result.points, result.trouble, result.verdict) == (0, "", None)
    assert UNLOADABLE[kind] in result.fault


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("not_finite", "Its probabilities are not finite (NaN or infinite)."),
        ("raises_on_odd", "too few detections"),
        ("drops_odd", "`predict` returned the shape (0, "),
        ("dies_on_odd", "took the Python process down"),
    ],
)
def test_an_odd_light_curve_costs_its_own_answer_only(
    judge: Judge, small: Exam, kind: str, says: str
) -> None:
    odd = np.array([each["is_detection"].sum() < 2 for each in small.curves])
    assert odd.sum() == 3
    result = judge(kind, small)
    if kind == "drops_odd":  # it cannot make an array of nothing
        says = "It raised"
    lost = ~result.answers.answered
    assert lost.tolist() == odd.tolist()
    assert all(says in result.answers.reasons[place] for place in np.flatnonzero(odd))
    assert f"{odd.sum()} of {len(odd)} light curves have no answer" in "\n".join(result.feedback)


def test_time_is_limited(judge: Judge, small: Exam) -> None:
    result = judge("sleeps", small, HURRIED)
    reasons = result.answers.reasons
    assert not result.answers.answered.any()
    assert "It did not end within 1 s." in reasons[0]
    assert reasons[-1] == "It was not asked: 4 times the model had not ended or had died."
    assert "did not end within 1 s" in judge("sleeps_at_once", small, HURRIED).fault


def test_a_model_whose_time_is_used_up_keeps_its_answers(
    judge: Judge, small: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(np.arange(0.0, 1e6, 5.0))  # every look at it takes five seconds
    monkeypatch.setattr(sitting, "now", lambda: float(next(clock)))
    answers = judge("careful", small, Patience(model=40.0)).answers
    assert answers.answered[: sitting.BATCH].all()
    assert not answers.answered[-1]
    assert answers.reasons[-1] == "It was not asked: the 40 s for a model were used up."
    too_late = judge("tensor", small, Patience(model=1.0))
    assert not too_late.answers.answered.any()
    assert "It was not asked: the 1 s for a model were used up." in too_late.feedback[0]


# Hostile models


@pytest.mark.parametrize("kind", ["fork_bomb", "kills_parent"])
def test_a_hostile_model_harms_nobody(judge: Judge, small: Exam, kind: str) -> None:
    result = judge(kind, small)
    assert result.trouble == ""
    assert judge("raises_on_odd", small).trouble == ""


def test_printed_results_count_for_nothing(judge: Judge, small: Exam) -> None:
    result = judge("forges", small)
    assert result.points == 0
    assert result.answers.answered.all()


def test_words_on_the_wrong_descriptor_are_no_answer(judge: Judge, small: Exam) -> None:
    result = judge("talks", small)
    assert result.trouble == ""
    assert not result.answers.answered.any()


def test_files_are_written_nowhere(judge: Judge, small: Exam, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    result = judge("writes", small, places_txt=str(open_to_all))
    assert result.answers.answered.all()
    assert list(open_to_all.iterdir()) == []
    assert not [top for top in ("/", "/usr", "/dev") if os.path.exists(f"{top}/was-here")]


# What is handed in


def opened(path: Path, folder: Path) -> submission.Submission:
    return submission.opened(path, folder / "unpacked")


def test_a_folder_and_its_archive_hold_the_same(good: Path, tmp_path: Path) -> None:
    (good / "__pycache__").mkdir(exist_ok=True)
    (good / "__pycache__" / "model.pyc").write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for name in ("model.py", "weights.json"):
            archive.write(good / name, f"my model/{name}")
        archive.writestr("__MACOSX/._model.py", "x")
    folder, zipped = opened(good, tmp_path), opened(tmp_path / "mine.zip", tmp_path)
    assert folder.files == zipped.files
    assert set(folder.files) == {"model.py", "weights.json"}


def test_an_archive_cannot_write_or_read_outside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("model.py", "x = 1")
        archive.writestr("../../outside.py", "x = 1")
        link = zipfile.ZipInfo("weights.pt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    found = opened(tmp_path / "evil.zip", tmp_path)
    assert set(found.files) == {"model.py"}
    assert len(found.notes) == 2
    assert not (tmp_path.parent / "outside.py").exists()


def test_links_are_not_followed(tmp_path: Path, secret: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.py").write_text("")
    (tmp_path / "model" / "labels.csv").symlink_to(secret)
    found = opened(tmp_path / "model", tmp_path)
    assert set(found.files) == {"model.py"}
    assert "`labels.csv` was left out: It is a link" in found.notes[0]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"classifier.py": b""}, r"There is no `model\.py` in it"),
        ({}, r"There is no `model\.py` in it"),
        ({"model.py": b"", "a.bin": bytes(submission.MAX_FILE + 1)}, "too large: the limits are"),
        ({"model.py": b"", "a\nb.bin": b""}, "odd characters"),
        ({"model.py": b""} | {f"{n}.txt": b"" for n in range(501)}, "at most 500 are read"),
    ],
)
def test_what_cannot_be_judged_says_why(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(submission.Unfit, match=says):
        opened(tmp_path, tmp_path)


def test_all_files_together_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "MAX_ALL", 1000)
    (tmp_path / "model.py").write_bytes(bytes(600))
    (tmp_path / "weights.bin").write_bytes(bytes(600))
    with pytest.raises(submission.Unfit, match="cannot be read, or is too large"):
        opened(tmp_path, tmp_path)


def test_a_damaged_archive_is_its_authors(tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_bytes(b"PK no archive")
    with pytest.raises(submission.Unfit, match="not a sound zip archive"):
        opened(tmp_path / "mine.zip", tmp_path)


@pytest.mark.parametrize("name", ["nothing", "a-file.txt"])
def test_a_path_that_is_no_model_is_nobodys_zero(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-file.txt").write_text("")
    with pytest.raises(submission.NotFound, match="A model is a folder, or a zip archive of one"):
        opened(tmp_path / name, tmp_path)


# The command


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["capstone", *map(str, arguments)])


@pytest.fixture(scope="module")
def class_of_models(good: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A class is judged on an instructor's table; one of the models is missing."""
    folder = tmp_path_factory.mktemp("class")
    path = folder / "hidden.csv"
    table.written(sky.invent(11, 120), path)
    (folder / "=empty").mkdir()
    shutil.copytree(good, folder / "ann")
    done = run(
        *(folder / name for name in ("ann", "=empty", "nobody")),
        *("--table", path, "--seed", 3, "--out", folder / "out"),
    )
    return folder, done


def test_models_are_judged_whatever_becomes_of_others(class_of_models: tuple[Path, Result]) -> None:
    folder, done = class_of_models
    assert done.exit_code == 2, done.output  # as one was not judged
    written = json.loads((folder / "out" / "capstone.json").read_text("utf-8"))
    assert (written["seed"], written["source"]) == (3, "120 objects of hidden.csv")
    ann, empty, nobody = written["models"]
    assert ann["points"] > 0
    assert ann["answered"] == 120
    assert set(ann["marks"]) == {"accuracy", "tde_recall", "ece", "seconds"}
    assert (empty["points"], nobody["points"]) == (0, 0)
    assert "no `model.py`" in empty["fault"]
    assert "There is no folder of that name" in nobody["trouble"]


def test_a_class_has_a_row_for_each_model(class_of_models: tuple[Path, Result]) -> None:
    folder, _ = class_of_models
    with (folder / "out" / "capstone.csv").open(encoding="utf-8", newline="") as file:
        ann, empty, nobody = csv.DictReader(file)
    points = [float(ann[f"{key}_points"]) for key in ("accuracy", "tde_recall", "ece", "seconds")]
    assert float(ann["points"]) == pytest.approx(sum(points))
    assert (empty["model"], empty["points"]) == ("'=empty", "0.0")  # no formula
    assert nobody["points"] == ""  # nobody's zero


def test_the_terminal_shows_measures_and_rules(class_of_models: tuple[Path, Result]) -> None:
    _, done = class_of_models
    assert "moved by one standard error in the model's favour" in done.output
    for words in ("TDE precision", "from 0.4", "0.7 to 0.9", "time a curve [s]", "seed 3"):
        assert words in done.output
    assert "Traceback" not in done.output


def test_a_zero_is_no_failure_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.py").write_text("def load(folder:\n")
    done = run(tmp_path / "broken", "--objects", 100, "--seed", 1)
    assert done.exit_code == 0, done.output
    assert "0 of 100 points" in done.output
    assert "SyntaxError" in done.output


def test_an_example_replaces_nothing(good: Path) -> None:
    done = run("--example", good.parent)
    assert done.exit_code == 2
    assert "exists, and may hold your work" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Which model? Give its folder."),
        ([".", "--table", "nowhere.csv"], "nowhere.csv cannot be read as a table"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.output
