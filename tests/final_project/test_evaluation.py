"""`evaluate` from a table to its files, with the shipped weights, on light curves invented here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from grader.exercise import ROOT
from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project import answers, bootstrap, evaluation, hardest, slices
from solutions.final_project.__main__ import app
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES
from solutions.final_project.out_of_fold import OutOfFoldClassifier
from solutions.final_project.splits import fold_of

TO_MICROJANSKY = 10 ** (0.4 * (23.9 - 25))
SHARED = Path(os.environ.get("WORKBOOK_SHARED", ROOT.parent / "shared"))
REAL = SHARED / "real" / "ztf_real_dev.parquet"
FIGURES = {
    "confusion.png", "reliability.png", "purity.png", "recall_by_magnitude.png",
    "recall_by_detections.png", "recall_by_age.png", "calibration_by_age.png", "contamination.png",
    "unknown.png",
}  # fmt: skip


def rows_of(name: str, label: str, rng: np.random.Generator, like: str | None = None) -> Any:
    """One invented object in the columns of the tables."""
    data = simulate_transient(like or label, rng).data
    return pd.DataFrame(
        {
            "object_id": name,
            "label": label,
            "raw_label": f"type {label}",
            "label_strict": True,
            "band": data["band"].astype(str),
            "mjd": data["mjd"],
            "flux": data["flux"] * TO_MICROJANSKY,
            "flux_err": data["flux_err"] * TO_MICROJANSKY,
            "is_detection": data["flux"].abs() > 5 * data["flux_err"],
            "flux_kind": "diff_forced",
            "primary_alert": label == "SNIa",
        }
    )


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "RESAMPLES", 50)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    objects = [rows_of(f"{label}{i}", label, rng) for label in CLASSES for i in range(3)]
    objects += [rows_of(f"other{i}", "other", rng, like="SNII") for i in range(3)]
    return pd.concat(objects, ignore_index=True)


@pytest.fixture(scope="module")
def classifier() -> ProductionTransientClassifier:
    return ProductionTransientClassifier()


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.slow
def test_evaluate_writes_all_that_it_promises(table: pd.DataFrame, tmp_path: Path) -> None:
    table.to_parquet(tmp_path / "t.parquet")
    result = run("evaluate", tmp_path / "t.parquet", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    written = pd.read_csv(tmp_path / "out" / "predictions.csv")
    assert written.columns.tolist() == answers.COLUMNS
    assert sorted(written["object_id"]) == sorted(table["object_id"].unique())
    given = written[answers.PROBABILITIES].to_numpy()
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-5)
    assert set(written["predicted"]) <= set(CLASSES)
    assert (written["seconds"] > 0).all()
    found = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert {path.name for path in (tmp_path / "out").glob("*.png")} == FIGURES
    assert found["objects"]["by_label"] == dict.fromkeys(CLASSES, 3) | {"other": 3}
    truth = table.drop_duplicates("object_id").set_index("object_id")["label"]
    inside = written[truth[written["object_id"]].isin(CLASSES).to_numpy()]
    right = (inside["predicted"] == truth[inside["object_id"]].to_numpy()).mean()
    accuracy = found["measures"]["accuracy"]
    assert accuracy["value"] == pytest.approx(right)
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert np.sum(found["confusion"]) == 18
    ages = pd.DataFrame(found["tables"]["age"])
    assert ages.groupby("class")["count"].first().to_dict() == dict.fromkeys(CLASSES, 3)
    last = found["calibration_by_age"][-1]
    assert last["bin"] == "all"
    assert last["count"] == 15
    for name in ("log_loss", "ece"):
        assert last[name] == pytest.approx(found["measures"][name]["value"])
    assert last["log_loss_of_shares"] == pytest.approx(np.log(5))


def test_the_same_metrics_again(
    classifier: ProductionTransientClassifier, table: pd.DataFrame
) -> None:
    lightcurves = answers.read_lightcurves(table)
    labels = answers.labels_of(lightcurves)
    first, second = (
        evaluation.measured(answers.classify(classifier, lightcurves), labels, lightcurves)
        for _ in range(2)
    )
    assert first["measures"] == second["measures"]
    assert first["contamination"] == second["contamination"]


def test_a_table_without_labels_gives_predictions_alone(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    bare = table.drop(columns=["label", "raw_label", "label_strict", "primary_alert"])
    bare.to_csv(tmp_path / "t.csv", index=False)
    result = run("evaluate", tmp_path / "t.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "no labels" in result.output
    assert len(pd.read_csv(tmp_path / "out" / "predictions.csv")) == 18
    assert "measures" not in json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert not list((tmp_path / "out").glob("*.png"))


@pytest.mark.slow
def test_some_objects_without_labels(
    classifier: ProductionTransientClassifier, table: pd.DataFrame, tmp_path: Path
) -> None:
    labels = table["label"].mask(table["object_id"].isin(["SNIa0", "CV1"]))
    lightcurves = answers.read_lightcurves(table.assign(label=labels))
    found = evaluation.evaluate(classifier, lightcurves, tmp_path, partial=False)
    assert found["objects"]["all"] == 18
    assert found["objects"]["labelled"] == 16
    assert np.sum(found["confusion"]) == 16
    assert len(pd.read_csv(tmp_path / "predictions.csv")) == 18


def test_primary_alerts_and_parts_of_the_split(table: pd.DataFrame, tmp_path: Path) -> None:
    table.to_parquet(tmp_path / "t.parquet")
    alerts = answers.read_table(tmp_path / "t.parquet", primary_alert=True)
    assert set(alerts["object_id"]) == {"SNIa0", "SNIa1", "SNIa2"}
    parts = [
        set(answers.read_table(tmp_path / "t.parquet", part)["object_id"])
        for part in ("train", "validation", "test")
    ]
    assert set.union(*parts) == set(table["object_id"])
    assert sum(map(len, parts)) == 18  # no object on two sides


def odd_objects(rng: np.random.Generator) -> pd.DataFrame:
    """One good object among strange ones."""
    good = rows_of("good", "SNIa", rng)
    many = pd.DataFrame(
        {
            "mjd": 59000 + np.sort(rng.uniform(0, 900, 10_000)),
            "band": rng.choice(["g", "r"], 10_000),
            "flux": rng.normal(100, 20, 10_000),
            "flux_err": 5.0,
            "is_detection": True,
        }
    ).assign(object_id="many", label="AGN", flux_kind="total_psf")
    point = good.head(1)
    return pd.concat(
        [
            good,
            many,
            point.assign(object_id="one point"),
            good.assign(object_id="all NaN", flux=np.nan, flux_err=np.nan, is_detection=True),
            good.assign(object_id="limits only", flux=np.nan, is_detection=False),
            good.assign(object_id="infrared", band="K"),
            good.assign(object_id="infinite", flux=np.inf),
            good.assign(object_id="no errors", flux_err=0.0),
            good.assign(object_id="a year for an MJD", mjd=2019.3),
            good.sample(frac=1, random_state=0).assign(object_id="unsorted"),
            pd.concat([good, good]).assign(object_id="twice"),
            good.assign(object_id=17, label=None),
            good.assign(object_id="text", mjd="yesterday"),
            good.assign(object_id=None),
        ],
        ignore_index=True,
    )


@pytest.mark.slow
def test_odd_objects_are_answered_or_refused_and_none_is_lost(
    classifier: ProductionTransientClassifier, tmp_path: Path
) -> None:
    table = odd_objects(np.random.default_rng(1))
    table["object_id"] = table["object_id"].map(lambda x: x if x is None else str(x))
    table.to_csv(tmp_path / "t.csv", index=False)
    lightcurves = answers.read_lightcurves(answers.read_table(tmp_path / "t.csv"))
    evaluation.evaluate(classifier, lightcurves, tmp_path)
    written = pd.read_csv(tmp_path / "predictions.csv", dtype={"object_id": str})
    written = written.set_index("object_id")
    assert set(written.index) == set(table["object_id"].dropna())
    refused = written["refused"].notna()
    for name in ("all NaN", "limits only", "infrared", "infinite", "no errors", "text",
                 "a year for an MJD"):  # fmt: skip
        assert refused[name], name
        assert written.loc[name, answers.PROBABILITIES].isna().all()
    for name in ("good", "many", "unsorted", "twice", "17"):
        assert not refused[name], name
    same = written.loc[["unsorted", "twice", "17"], answers.PROBABILITIES].to_numpy(dtype=float)
    alone = written.loc["good", answers.PROBABILITIES].to_numpy(dtype=float)
    np.testing.assert_allclose(same, np.tile(alone, (3, 1)), atol=1e-4)


def test_a_failing_batch_costs_only_the_bad_one() -> None:
    class Fragile:
        """Raises at one light curve."""

        def classify_with_uncertainty(self, lightcurves: list[LightCurve]) -> list[dict[str, Any]]:
            if any(lc.object_id == "bad" for lc in lightcurves):
                raise RuntimeError("no luck")
            given = dict.fromkeys(CLASSES, 0.2)
            return [{"probabilities": given, "predicted": "CV"} for _ in lightcurves]

    lightcurves = [LightCurve.from_arrays(name, [59000], ["g"], [9], [1]) for name in ("a", "bad")]
    found = answers.classify(Fragile(), lightcurves)
    assert found["predicted"].tolist() == ["CV", ""]
    assert "no luck" in found["refused"][1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.drop(columns="flux_err"), "flux_err"),
        (lambda t: t.head(0), "no rows"),
    ],
)
def test_a_wrong_table_is_told_plainly(
    table: pd.DataFrame, tmp_path: Path, change: Any, says: str
) -> None:
    change(table).to_parquet(tmp_path / "t.parquet")
    result = run("evaluate", tmp_path / "t.parquet", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert says in result.output


def test_a_missing_table_is_told_plainly(tmp_path: Path) -> None:
    result = run("evaluate", tmp_path / "nothing.parquet", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "there is no table" in result.output


def test_recall_in_bins_by_hand() -> None:
    label = np.array(["TDE", "TDE", "TDE", "CV", "other"])
    right = np.array([True, False, True, True, False])
    found = slices.recall_in_bins(label, right, np.array([17.0, 17.5, np.nan, 19, 17]), [17.5])
    tde = found[found["class"] == "TDE"].set_index("bin")
    assert tde["count"].to_dict() == {"< 17.5": 1, "≥ 17.5": 1}
    assert tde["value"].to_dict() == {"< 17.5": 1.0, "≥ 17.5": 0.0}
    assert found["count"].sum() == 3


def test_a_light_curve_is_cut_off_by_its_age() -> None:
    days = [58990, 59000, 59003, 59010]
    lc = LightCurve.from_arrays(
        "a", days, list("gggg"), [np.nan, 50, 60, 70], [4] * 4, [False, True, True, True]
    )
    assert lc.known_after(3).mjd.tolist() == days[:3]  # what was not seen before counts
    assert len(lc.select(~lc.is_detection).known_after(3)) == 0


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_file(), reason=f"no real light curves in {REAL}")
def test_real_objects_of_each_class(
    classifier: ProductionTransientClassifier, tmp_path: Path
) -> None:
    table = answers.read_table(REAL, "test")
    first = table.drop_duplicates("object_id").groupby("label", observed=True).head(4)
    some = table[table["object_id"].isin(first["object_id"])]
    found = evaluation.evaluate(classifier, answers.read_lightcurves(some), tmp_path, partial=False)
    assert found["objects"]["all"] == len(first)
    assert found["measures"]["balanced_accuracy"]["value"] > 0.5  # chance is 0.2


def test_the_hardest_cases_are_the_errors_with_the_least_probability(
    classifier: ProductionTransientClassifier, table: pd.DataFrame, tmp_path: Path
) -> None:
    lightcurves = answers.read_lightcurves(table)
    errors = hardest.hardest(classifier, lightcurves, tmp_path)
    given = answers.classify(classifier, lightcurves)
    truth = answers.labels_of(lightcurves)["label"]
    wrong = given["object_id"][(given["predicted"] != truth) & truth.isin(CLASSES)]
    assert sorted(errors["object_id"]) == sorted(wrong)
    assert errors["p_true"].is_monotonic_increasing
    assert (tmp_path / "hardest.png").is_file()
    common = pd.read_csv(tmp_path / "errors_in_common.csv")
    assert common["objects"].sum() == 15


def test_out_of_fold_answers_are_those_of_one_member(
    classifier: ProductionTransientClassifier, table: pd.DataFrame
) -> None:
    lightcurves = answers.read_lightcurves(table)
    whole = classifier.classify_with_uncertainty(lightcurves)
    given = OutOfFoldClassifier(classifier).classify_with_uncertainty(lightcurves)
    for lc, all_of_them, one in zip(lightcurves, whole, given, strict=True):
        numbers = [np.array(list(each["probabilities"].values())) for each in (all_of_them, one)]
        assert numbers[1].sum() == pytest.approx(1)
        fold = fold_of(lc.object_id)
        if fold < 0:
            np.testing.assert_allclose(*numbers, atol=1e-6)
        else:
            prepared = classifier.prepare(lc)
            assert not isinstance(prepared, str)
            member = classifier.samples([prepared], 0, 0)[fold, 0]
            np.testing.assert_allclose(numbers[1], member, atol=1e-5)
            assert one["epistemic"] == pytest.approx(0, abs=1e-9)
    refused = OutOfFoldClassifier(classifier).classify_with_uncertainty(
        [lightcurves[0].select(np.zeros(len(lightcurves[0]), dtype=bool)), lightcurves[1]]
    )
    assert refused[0]["refused"]
    assert refused[1]["predicted"] == given[1]["predicted"]
