"""The canonical light curve: checked, sorted, and nothing left out in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from solutions.final_project.light_curve import LightCurve, from_table
from solutions.final_project.quality import CUTS, NOTES, QualityReport, Sieve

GOOD = {
    "mjd": [60003.0, 60001.0, 60002.0],
    "band": ["r", "g", "r"],
    "flux": [30.0, 10.0, np.nan],
    "flux_err": [3.0, 4.0, 5.0],
}


def curve(**changes: object) -> LightCurve:
    return LightCurve.from_arrays("x", **(GOOD | changes))  # type: ignore[arg-type]


def test_rows_are_sorted_and_typed() -> None:
    lc = curve()
    assert lc.mjd.tolist() == [60001.0, 60002.0, 60003.0]
    assert lc.band.tolist() == ["g", "r", "r"]
    assert lc.band.dtype == "<U1"
    assert lc.flux.dtype == lc.flux_err.dtype == lc.mjd.dtype == np.float64
    assert lc.is_detection.tolist() == [False, False, True]  # 10 / 4 is no detection
    assert lc.bands == ["g", "r"]
    assert len(lc) == 3
    assert lc.quality == QualityReport(3)


@pytest.mark.parametrize(
    ("column", "value", "cut"),
    [
        ("mjd", np.nan, "bad_time"),
        ("mjd", np.inf, "bad_time"),
        ("mjd", 2460000.5, "bad_time"),
        ("band", "x", "unknown_band"),
        ("band", "", "unknown_band"),
        ("flux", np.inf, "bad_flux"),
        ("flux_err", 0.0, "bad_error"),
        ("flux_err", -1.0, "bad_error"),
        ("flux_err", np.nan, "bad_error"),
        ("flux_err", np.inf, "bad_error"),
    ],
)
def test_each_fault_is_cut_under_its_name(column: str, value: object, cut: str) -> None:
    lc = curve(**{column: [value, *GOOD[column][1:]]}, is_detection=[True, False, False])
    assert dict(lc.quality.cuts) == {cut: 1}
    assert lc.quality.n_read == 3
    assert len(lc) == 2


def test_a_detection_without_a_flux_and_a_limit_without_an_error_are_cut() -> None:
    lc = curve(flux=[np.nan, 1.0, np.nan], flux_err=[1.0, 1.0, np.nan], is_detection=[1, 0, 0])
    assert dict(lc.quality.cuts) == {"bad_flux": 1, "bad_limit": 1}


def test_an_exposure_counts_once_and_the_best_row_wins() -> None:
    mjd = [60000.0, 60000.00005, 60000.00009, 60000.1, 60000.1]
    lc = LightCurve.from_arrays(
        "x",
        mjd,
        ["g", "g", "g", "g", "r"],
        [np.nan, 2.0, 50.0, 60.0, 60.0],
        [2.0, 3.0, 4.0, 5.0, 6.0],
    )
    assert lc.flux.tolist() == [50.0, 60.0, 60.0]
    assert dict(lc.quality.cuts) == {"duplicate": 2}


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        curve(flux=[1.0])
    with pytest.raises(ValueError, match="kind is 'guess'"):
        curve(kind="guess")


def test_an_empty_light_curve_is_allowed() -> None:
    lc = LightCurve.from_arrays("x", [], [], [], [])
    assert len(lc) == 0
    assert lc.bands == []
    assert len(lc.until(60000)) == len(lc.detections()) == 0


def test_until_includes_the_time_itself_and_detections_drop_the_rest() -> None:
    lc = curve()
    assert lc.until(60002.0).mjd.tolist() == [60001.0, 60002.0]
    assert lc.detections().mjd.tolist() == [60003.0]
    assert lc.detections().row_kind.tolist() == ["diff_alert"]


def test_merged_parts_keep_every_count() -> None:
    one = curve(mjd=[60001.0, np.nan, 60002.0])
    other = curve(kind="diff_forced", redshift=0.1, metadata={"a": 1})
    both = LightCurve.merged([one, other])
    assert both.quality.n_read == 6
    assert both.quality.cuts["bad_time"] == 1
    assert len(both) + both.quality.n_cut == 6
    assert both.redshift == 0.1
    assert both.metadata == {"a": 1}
    assert set(both.row_kind) == {"diff_alert", "diff_forced"}
    with pytest.raises(ValueError, match="one object"):
        LightCurve.merged([one, LightCurve.from_arrays("y", [], [], [], [])])


def test_unknown_names_of_cuts_are_refused() -> None:
    with pytest.raises(ValueError, match="mood"):
        QualityReport(1, {"mood": 1})
    sieve = Sieve(3)
    sieve.drop("seeing", np.array([True, False, False]))
    sieve.drop("clouds", np.array([True, True, False]))
    assert sieve.report().cuts == {"seeing": 1, "clouds": 1}
    assert set(CUTS).isdisjoint(NOTES)


TABLE = pd.DataFrame(
    {
        "object_id": ["b", "a", "a", "a", "b"],
        "mjd": [60001.0, 60005.0, 60004.0, 60004.0, 60000.0],
        "band": ["g", "r", "r", "r", "r"],
        "flux": [10.0, np.nan, -40.0, -40.0, 12.0],
        "flux_err": [1.0, 2.0, 3.0, 3.0, 3.0],
    }
)


def test_a_table_with_the_least_columns() -> None:
    a, b = from_table(TABLE)
    assert (a.object_id, b.object_id) == ("a", "b")
    assert a.mjd.tolist() == [60004.0, 60005.0]
    assert dict(a.quality.cuts) == {"duplicate": 1}
    assert a.is_detection.tolist() == [True, False]
    assert a.sign_known  # the flux is negative, so its sign was recorded
    assert not b.sign_known
    assert b.quality.notes["sign_unknown"] == 1
    assert from_table(TABLE[:0]) == []
    with pytest.raises(ValueError, match="no column flux_err"):
        from_table(TABLE.drop(columns="flux_err"))


def test_a_table_with_all_columns() -> None:
    table = TABLE.assign(
        label=["CV", "SNIa", "SNIa", "AGN", "CV"],
        diff_sign=[1.0, np.nan, -1.0, -1.0, 1.0],
        flux_kind=["diff_forced", "diff_alert", "diff_alert", "diff_alert", "total_psf"],
        is_detection=[True, False, True, True, True],
        mag_lim=[np.nan, 21.0, np.nan, np.nan, np.nan],
        redshift=[0.2, np.nan, np.nan, np.nan, 0.2],
    ).astype({"label": "category", "flux_kind": "category", "band": "category"})
    table.loc[1, "flux_err"] = np.nan
    a, b = from_table(table)
    assert a.flux_err[1] == pytest.approx(10 ** (0.4 * (23.9 - 21)) / 5)
    assert a.sign_known
    assert a.metadata["label"] == "SNIa"
    assert a.quality.notes["conflicting_label"] == 3
    assert b.redshift == 0.2
    assert b.row_kind.tolist() == ["total_psf", "diff_forced"]
    assert b.is_detection.tolist() == [True, True]


def test_forced_photometry_counts_as_detected_from_five_sigma_on() -> None:
    table = TABLE.assign(flux_kind="diff_forced", is_detection=True)
    _, b = from_table(table)
    assert b.is_detection.tolist() == [False, True]  # 12 / 3, 10 / 1
