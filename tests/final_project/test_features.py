"""Features measure what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from final_project.invented import invented

from solutions.final_project.features import features, is_source_blind
from solutions.final_project.light_curve import LightCurve


def decline(slope: float, colour: float = 0.0, days: int = 40) -> LightCurve:
    """Return a steady decline [mag/day] of magnitude 17 in r, and r + colour in g."""
    day = np.repeat(np.arange(0.0, days, 2), 2)
    band = np.array(["g", "r"] * (len(day) // 2))
    mag = 17 + slope * day + np.where(band == "g", colour, 0)
    flux = 10 ** (0.4 * (23.9 - mag))
    return LightCurve.from_arrays("decline", 59000.2 + day, band, flux, 0.02 * flux + 1)


def test_a_steady_decline_is_measured_exactly():
    found = features(decline(0.03, colour=-0.2))
    assert found["span"] == pytest.approx(38)
    assert found["g_slope_15"] == pytest.approx(0.03, rel=1e-3)
    assert found["r_slope_40"] == pytest.approx(0.03, rel=1e-3)
    assert found["r_decline_half"] == pytest.approx(0.5 / 0.03, rel=1e-3)
    assert found["r_decline_one"] == pytest.approx(1 / 0.03, rel=1e-3)
    assert found["colour_mean"] == pytest.approx(-0.2, rel=1e-3)
    assert found["colour_slope"] == pytest.approx(0, abs=1e-6)
    assert found["days_to_peak"] == pytest.approx(0, abs=1e-6)
    assert found["g_line_residual"] == pytest.approx(0, abs=1e-6)
    assert found["g_peaks"] == 1


def test_the_fit_finds_the_time_scale_of_a_decline():
    by_scale = [features(decline(1.0857 / scale))["g_fit_fall"] for scale in (8, 30, 100)]
    np.testing.assert_allclose(10 ** np.array(by_scale), [8, 30, 100], rtol=0.3)


def test_outbursts_are_counted():
    day = np.arange(0.0, 60)
    flux = 30 + 400 * np.exp(-(((day % 20) - 10) ** 2) / 4)
    found = features(LightCurve.from_arrays("cv", 59000.2 + day, ["r"] * 60, flux, flux / 50))
    assert found["r_peaks"] == 3
    assert np.isnan(found["g_rise"])
    assert found["g_n"] == 0


def test_names_are_the_same_for_all_and_numbers_are_finite_or_nan():
    curves = [invented(label, seed) for seed, label in enumerate(("SNIa", "CV", "AGN", "TDE"))]
    curves.append(LightCurve.from_arrays("one", [59000.0], ["g"], [100.0], [5.0]))
    found = [features(each) for each in curves]
    assert all(list(each) == list(found[0]) for each in found)
    assert 33 <= len(found[0]) <= 100
    assert not any(np.isinf(value) for each in found for value in each.values())


def test_only_features_of_limits_change_with_limits():
    before = decline(0.03)
    limits = LightCurve.from_arrays(
        "decline",
        np.concatenate([[58995.2, 58998.2], before.mjd]),
        np.concatenate([["g", "r"], before.band]),
        np.concatenate([[np.nan, np.nan], before.flux]),
        np.concatenate([[5.0, 5.0], before.flux_err]),
        np.concatenate([[False, False], before.is_detection]),
    )
    without, with_them = features(before), features(limits)
    for name in without:
        if is_source_blind(name):
            np.testing.assert_equal(without[name], with_them[name])
    assert np.isnan(without["limit_gap"])
    assert with_them["limit_gap"] == pytest.approx(2)
    assert with_them["limit_before"] == 2


def test_two_points_of_one_time_are_measured():
    twins = LightCurve.from_arrays("twins", [59000.0] * 2, ["g", "r"], [90.0, 60], [4.0] * 2)
    found = features(twins)
    assert found["nights"] == 1
    assert found["longest_gap"] == 0
    assert found["colour_mean"] == pytest.approx(-2.5 * np.log10(1.5))
