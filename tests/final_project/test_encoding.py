"""All kinds of photometry look alike once they are encoded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from final_project.invented import invented

from solutions.final_project.augmentation import augmented_view
from solutions.final_project.encoding import (
    COLUMNS,
    EncodingConfig,
    UnusableLightCurveError,
    alert_view,
    encode,
    view_rows,
)
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.sources import as_alerts, as_total

CONFIG = EncodingConfig()


def curve(mjd, band, flux, **about):
    flux = np.asarray(flux, dtype=float)
    return LightCurve.from_arrays("x", mjd, band, flux, np.full(len(flux), 5.0), **about)


def test_alerts_and_forced_photometry_of_one_object_are_encoded_alike():
    forced = invented("SNIa", seed=7)
    assert len(as_alerts(forced)) < len(forced)
    strict = replace(CONFIG, min_snr=5.0)
    as_forced, as_alert = encode(forced, strict), encode(as_alerts(forced), strict)
    np.testing.assert_allclose(as_forced, as_alert, atol=1e-5)


def test_total_flux_loses_its_constant_part():
    rng = np.random.default_rng(1)
    forced = invented("TDE", seed=5)
    quiet = np.abs(forced.flux) < 3 * forced.flux_err
    assert quiet.mean() > 0.4  # the reference level is that of the quiet time
    faint, bright = (alert_view(as_total(forced, host, rng)) for host in (50.0, 400.0))
    np.testing.assert_allclose(faint.flux, bright.flux, rtol=1e-6)
    difference = alert_view(forced)
    assert faint.flux.max() == pytest.approx(difference.flux.max(), rel=0.1)


def test_neither_sign_nor_errors_nor_band_i_can_be_seen():
    mjd = 59000 + np.arange(8.0)
    bands = list("grgrgrii")
    flux = np.array([50, 60, 90, 95, 70, 60, 40, 40.0])
    plain = encode(curve(mjd, bands, flux))
    assert len(plain) == 6
    np.testing.assert_array_equal(plain, encode(curve(mjd, bands, -flux)))
    errors = replace(curve(mjd, bands, flux), flux_err=np.full(8, 2.0))
    np.testing.assert_array_equal(plain, encode(errors))


def test_rows_hold_what_their_columns_say():
    rows = encode(curve([59000.2, 59001.2, 59010.2], ["g", "r", "g"], [100.0, 400.0, 200.0]))
    found = dict(zip(COLUMNS, rows.T, strict=True))
    np.testing.assert_allclose(found["day"], [0, 1, 10], atol=1e-5)
    np.testing.assert_allclose(found["since_peak"], [-0.01, 0, 0.09], atol=1e-5)
    np.testing.assert_allclose(found["flux"], [0.25, 1, 0.5])
    np.testing.assert_allclose(found["log_flux"], np.log10([0.25, 1, 0.5]) + 1, atol=1e-6)
    np.testing.assert_array_equal(found["g"], [1, 0, 1])
    np.testing.assert_array_equal(found["r"], [0, 1, 0])
    peak = 23.9 - 2.5 * np.log10(400)
    np.testing.assert_allclose(found["brightness"], (CONFIG.faintest - peak) / 5, rtol=1e-5)


def test_points_of_a_night_and_band_become_one():
    view = alert_view(curve([59000.1, 59000.3, 59000.2, 59001.2], list("ggrg"), [90, 110, 70, 80]))
    assert len(view) == 3
    assert view.flux[view.band == 0] == pytest.approx([100, 80])


def test_the_brightest_window_is_kept_and_lonely_points_are_not():
    early = 58000 + np.arange(5.0)
    late = 59000 + np.arange(6.0)
    mjd = np.concatenate([early, [58500.0], late])
    flux = np.concatenate([np.full(5, 40.0), [900.0], np.full(6, 60.0)])
    view = alert_view(curve(mjd, ["g"] * 12, flux))
    assert view.start == pytest.approx(59000)
    assert len(view) == 6


def test_a_long_light_curve_is_thinned_evenly():
    mjd = 59000.2 + np.arange(390)
    view = alert_view(curve(np.repeat(mjd, 2), ["g", "r"] * 390, np.full(780, 80.0)))
    assert len(view) == CONFIG.max_points
    assert view.day[-1] == pytest.approx(389)


def test_a_faint_object_keeps_its_best_points():
    view = alert_view(curve(59000 + np.arange(9.0), ["r"] * 9, np.arange(1.0, 10.0)))
    np.testing.assert_allclose(view.flux, [5, 6, 7, 8, 9])


@pytest.mark.parametrize("flux", [[np.nan, np.nan], [0.0, 0.0]])
def test_nothing_to_see_is_refused_by_name(flux):
    with pytest.raises(UnusableLightCurveError, match="x: no measured flux"):
        alert_view(curve([59000, 59001], ["g", "r"], flux, is_detection=[False, False]))


def test_augmented_views_are_valid_and_repeat_with_their_seed():
    forced = invented("SNII", seed=5)
    for seed in range(30):
        views = [augmented_view(forced, CONFIG, np.random.default_rng(seed)) for _ in range(2)]
        rows = view_rows(views[0], CONFIG)
        np.testing.assert_array_equal(rows, view_rows(views[1], CONFIG))
        assert np.isfinite(rows).all()
        assert rows[0, 0] == 0
        assert (np.diff(rows[:, 0]) >= 0).all()


def test_some_augmented_views_are_of_the_first_night_alone():
    forced = invented("SNII", seed=5)
    rng = np.random.default_rng(0)
    lengths = [len(augmented_view(forced, CONFIG, rng)) for _ in range(100)]
    assert 1 <= min(lengths) <= 2
    assert np.median(lengths) > 10
