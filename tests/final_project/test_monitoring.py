"""Drift is caught and not invented; what a run holds comes back from its file; the dashboard."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from children import run_in_child
from final_project.alert_answers import NOW, answer, curve, refusal
from final_project.real_files import TABLE, needs_table

from solutions.final_project import answers
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.monitoring import drift
from solutions.final_project.monitoring.dashboard import (
    NothingToDrawError,
    read_rows,
    write_dashboard,
)
from solutions.final_project.monitoring.features import at_some_age, features_of
from solutions.final_project.monitoring.monitor import Monitor, performance_row
from solutions.final_project.monitoring.reference import Reference

NAMES = ("a", "b", "c")


@cache
def classifier() -> ProductionTransientClassifier:
    return ProductionTransientClassifier()


def inputs(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    """Return three features; the first may be shifted, the last is often not measured."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)) + np.array([shift, 0, 0])
    values[rng.random(n) < 0.4, 2] = np.nan
    return values


# Drift


def test_the_index_is_what_its_formula_says() -> None:
    p, q = np.array([10.0, 30.0, 0.0]), np.array([200.0, 200.0, 0.0])
    value, bins = drift.index(p, q)
    by_hand = (0.25 - 0.5) * np.log(0.25 / 0.5) + (0.75 - 0.5) * np.log(0.75 / 0.5)
    assert value == pytest.approx(by_hand, abs=0.03), "half a count is added to each bin"
    assert bins == 2


def test_no_false_alarm_on_nights_of_any_size() -> None:
    reference = Reference.fit(NAMES, inputs(1000, seed=0))
    sizes = np.resize([30, 60, 200], 150)
    alarms = [drift.compare(reference, inputs(n, seed=i + 1)) for i, n in enumerate(sizes.tolist())]
    assert sum(bool(each.drifted) for each in alarms) <= 3, "one night in a hundred"
    assert max(each.largest for each in alarms) > drift.LARGE, "the index alone would have cried"


@pytest.mark.parametrize("n", [60, 300])
def test_a_shift_is_caught_and_named(n: int) -> None:
    reference = Reference.fit(NAMES, inputs(1000, seed=0))
    assert drift.compare(reference, inputs(n, seed=1, shift=1.5)).drifted == ("a",)
    gone = inputs(n, seed=2)
    gone[:, 1] = np.nan
    assert drift.compare(reference, gone).drifted == ("b",)


def test_of_few_objects_nothing_is_said(tmp_path: Path) -> None:
    reference = Reference.fit(NAMES, inputs(1000, seed=0), "invented")
    reference.save(tmp_path / "reference.json")
    again = Reference.load(tmp_path / "reference.json")
    assert (again.names, again.objects, again.about) == (NAMES, 1000, "invented")
    found = drift.compare(again, inputs(29, seed=1, shift=5))
    assert (found.psi, found.drifted) == ({}, ())
    assert drift.compare(again, inputs(30, seed=1, shift=5)).drifted == ("a",)


@pytest.mark.slow
@needs_table
def test_real_objects_that_no_training_saw_do_not_drift_until_r_is_broken() -> None:
    table = answers.read_table(TABLE, "test")
    some = table["object_id"].unique()[:300]
    curves = at_some_age(answers.read_lightcurves(table[table["object_id"].isin(some)]), seed=1)
    broken = [replace(lc, flux=np.where(lc.band == "r", 2 * lc.flux, lc.flux)) for lc in curves]
    reference = Reference.load()
    assert drift.compare(reference, features_of(classifier(), curves)).drifted == ()
    assert "colour_mean" in drift.compare(reference, features_of(classifier(), broken)).drifted


def test_the_shipped_reference_is_of_the_shipped_weights() -> None:
    reference = Reference.load()
    assert reference.names == classifier().settings.feature_names
    for shares in reference.shares:
        assert shares.sum() == pytest.approx(1, abs=1e-4)


# Runs and dashboard


def test_performance_is_of_labelled_objects_alone() -> None:
    labels = ["TDE", "TDE", "SNIa", "nan", "SN Ic", "TDE"]
    curves = [replace(curve(), metadata={"label": each}) for each in labels]
    results = [answer(), answer(kind="AGN"), answer(kind="SNIa"), answer(), answer(), refusal("x")]
    row = performance_row(results, curves)
    assert row["labelled"] == 3
    assert row["accuracy"] == pytest.approx(2 / 3)
    assert (row["recall/TDE"], row["recall/SNIa"]) == (0.5, 1.0)
    assert row["ece"] == pytest.approx(abs(0.9 - 2 / 3))
    assert "recall/CV" not in row


@pytest.mark.slow
def test_a_run_comes_back_from_its_file_as_a_page_without_network(tmp_path: Path) -> None:
    def watch() -> None:
        for nights in ((0, 1), (1, 2)):
            reference = Reference.fit(classifier().settings.feature_names, np.zeros((50, 79)))
            with Monitor(tmp_path, classifier(), reference) as monitor:
                for night in nights:
                    curves = [replace(curve(), metadata={"label": "TDE"})] * (29 + night)
                    results = [answer(), *[answer(kind="SNIa")] * (28 + night)]
                    monitor.record(results, curves, NOW + night, alerts=night)

    assert run_in_child(watch, WANDB_MODE="offline") == 0
    rows = write_dashboard(tmp_path, tmp_path / "page" / "dashboard.html")
    assert rows["mjd"].tolist() == [NOW, NOW + 1, NOW + 2], "a night that came twice counts once"
    assert rows["objects"].tolist() == [29, 30, 31]
    assert rows["share/TDE"].tolist() == pytest.approx([1 / 29, 1 / 30, 1 / 31])
    assert np.isnan(rows["drift/features"][0]), "29 objects are too few"
    assert rows["drift/features"][1] > 0
    page = (tmp_path / "page" / "dashboard.html").read_text("utf-8")
    assert page.count("data:image/svg+xml;base64,") == 6
    assert "Night 61001: the input has drifted" in page
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_without_runs_there_is_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(NothingToDrawError, match="no run of a monitor"):
        read_rows(tmp_path)


def test_a_reference_of_other_features_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="monitor-reference"):
        Monitor(tmp_path, classifier(), Reference.fit(NAMES, inputs(50, 0)))
