"""The synthetic sky of Exercise 5, held to the numbers of the literature that it claims.

All seeds are fixed. Where a number is measured on invented objects, its bounds leave room for the
scatter of the sample, and for the stretching of time by 1 + z where no redshift is known.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from solutions import ex05_light_curve_dataset as sky
from solutions.ex02_light_curve_classes import TransientLightCurve

PER_CLASS = 80


@pytest.fixture(scope="module")
def objects() -> list[TransientLightCurve]:
    """As many objects of each class."""
    equal = dict.fromkeys(sky.CLASSES, 1)
    return sky.create_synthetic_transient_dataset(5 * PER_CLASS, equal, seed=1)[0]


@pytest.fixture(scope="module")
def table(objects: list[TransientLightCurve]) -> pd.DataFrame:
    """All observations of these objects."""
    return pd.concat(
        each.data.assign(
            name=each.object_id, label=each.transient_type, day=each.data["mjd"] - each.peak_mjd
        )
        for each in objects
    )


def sample(model: Callable[..., Any], t: np.ndarray, n: int = 300) -> list[Any]:
    """What a model gives for n objects."""
    return [model(t, np.random.default_rng(seed)) for seed in range(n)]


def quantiles(values: Any, *percent: float) -> list[float]:
    return np.percentile(np.asarray(values, dtype=float), percent).tolist()


def magnitude(flux: np.ndarray) -> np.ndarray:
    return 25 - 2.5 * np.log10(flux)


# Explosions


def test_villar_is_the_published_formula() -> None:
    """F = [1 - beta t] / (1 + exp(-t / rise)) until gamma, then an exponential decline."""
    rng = np.random.default_rng(1)
    for t in rng.uniform(-50, 200, 100):
        beta, gamma, rise, fall = 0.004, rng.uniform(5, 110), rng.uniform(1, 5), rng.uniform(5, 30)
        want = 1 / (1 + np.exp(-t / rise))
        if t < gamma:
            want *= 1 - beta * t
        else:
            want *= (1 - beta * gamma) * np.exp(-(t - gamma) / fall)
        assert sky.villar(np.array([t]), beta, gamma, rise, fall)[0] == pytest.approx(want)


def test_type_ia_fades_as_real_ones() -> None:
    """Peak near day 0, a month later 2 mag fainter in g and half of that in r."""
    t = np.arange(-30, 60, 0.25)
    curves = sample(sky.type_ia, t)
    for band, after_15, after_30 in (("g", 0.9, 1.9), ("r", 0.6, 0.95)):
        light = [magnitude(each[band] + 1e-9) for each in curves]
        peaks = [each.argmin() for each in light]
        assert np.abs(t[peaks]).max() < 5
        for days, fading in ((15, after_15), (30, after_30)):
            fainter = [m[i + 4 * days] - m[i] for m, i in zip(light, peaks, strict=True)]
            assert np.median(fainter) == pytest.approx(fading, abs=0.15)


def test_type_ia_is_a_standard_candle() -> None:
    """Peaks scatter around -19.3 mag, and dust makes them fainter, in g more than in r."""
    t = np.arange(-10, 10, 0.5)
    redshifts: list[float] = []
    draw = sky.draw_redshift
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sky, "draw_redshift", lambda *args: redshifts.append(draw(*args)) or 0.05)
        curves = sample(sky.type_ia, t)
    peaks = np.array([[magnitude(each[band].max()) for band in "gr"] for each in curves])
    absolute = peaks - sky.distance_modulus(0.05)
    assert np.percentile(absolute[:, 1], 20) == pytest.approx(-19.2, abs=0.2)
    assert 0.2 < np.std(absolute[:, 1]) < 0.5
    assert np.mean(absolute[:, 0]) > np.mean(absolute[:, 1])


def test_redshifts_fill_space_evenly() -> None:
    rng = np.random.default_rng(2)
    z = np.array([sky.draw_redshift(rng, 0.1) for _ in range(2000)])
    assert z.min() >= 0.003
    assert z.max() <= 0.1
    assert np.mean((z / 0.1) ** 3) == pytest.approx(0.5, abs=0.03)


def test_dust_reddens() -> None:
    rng = np.random.default_rng(3)
    dust = pd.DataFrame([sky.draw_dust(rng, 0.1) for _ in range(2000)])
    assert np.allclose(dust["g"] / dust["r"], 3.3 / 2.3)
    assert dust["g"].mean() == pytest.approx(0.33, abs=0.03)
    assert dust["r"].median() == pytest.approx(0.23 * np.log(2), abs=0.02)


def test_plateaus_last_60_to_110_days() -> None:
    """The plateau ends where the curve bends down most sharply; z is 0.04 at most."""
    t = np.arange(40.0, 160.0, 0.5)
    ends = [t[np.diff(each["r"], 2).argmin() + 1] for each in sample(sky.type_ii, t)]
    assert min(ends) >= 59
    assert max(ends) <= 110 * 1.04 + 0.5
    low, middle, high = quantiles(ends, 10, 50, 90)
    assert low < 70
    assert middle == pytest.approx(87, abs=5)
    assert high > 102


def test_plateaus_redden() -> None:
    t = np.array([10.0, 50.0])
    colours = [magnitude(each["g"]) - magnitude(each["r"]) for each in sample(sky.type_ii, t)]
    early, late = np.median(colours, axis=0)
    assert -0.1 < early < 0.35
    assert 0.3 < late - early < 1.2


# Tidal disruption events


@pytest.fixture(scope="module")
def disruptions() -> tuple[np.ndarray, list[sky.Curves]]:
    t = np.arange(-150, 700, 0.5)
    return t, sample(sky.tidal_disruption, t, 500)


def test_disruptions_rise_in_5_to_27_days(disruptions: tuple) -> None:
    """The rise is a Gaussian; z is 0.12 at most."""
    t, curves = disruptions
    before = t < 0
    rises = [
        -t[before][np.searchsorted(each["r"][before], each["r"].max() * np.exp(-0.5))]
        for each in curves
    ]
    assert min(rises) >= 4.5
    assert max(rises) <= 27 * 1.12 + 0.5
    assert np.median(rises) == pytest.approx(10, abs=1)


def test_disruptions_decline_in_30_to_130_days(disruptions: tuple) -> None:
    """Both by a factor e, but later the power law is the brighter one."""
    t, curves = disruptions
    after = t >= 0
    declines, later = [], []
    for each in curves:
        flux = each["r"][after] / each["r"].max()
        declines.append(t[after][(flux < np.exp(-1)).argmax()])
        later.append(np.interp(3 * declines[-1], t[after], flux))
    assert min(declines) >= 30
    assert max(declines) <= 130 * 1.12 + 0.5
    assert np.median(declines) == pytest.approx(66, abs=8)
    exponential = np.abs(np.array(later) - np.exp(-3)) < 0.005
    power_law = np.abs(np.array(later) - (1 + 3 * (np.exp(0.6) - 1)) ** (-5 / 3)) < 0.005
    assert (exponential | power_law).all()
    assert 0.4 < exponential.mean() < 0.6


def test_disruptions_are_blue_all_the_time(disruptions: tuple) -> None:
    """g - r lies between -0.6 and 0 before the light meets dust."""
    t, curves = disruptions
    bright = (t > -10) & (t < 200)
    colours = np.array([magnitude(each["g"] / each["r"])[bright] - 25 for each in curves])
    assert np.ptp(colours, axis=1).max() < 1e-6
    low, middle, high = quantiles(colours[:, 0], 5, 50, 95)
    assert low == pytest.approx(-0.55, abs=0.05)
    assert middle == pytest.approx(-0.22, abs=0.05)
    assert high < 0.1


# Active nuclei


def test_walks_have_the_structure_function_asked_for() -> None:
    """The change between two times is sf * sqrt(1 - exp(-dt / tau))."""
    t = np.array([0.0, 1.0, 26.0, 276.0, 1776.0, 5276.0])
    walks = np.array(sample(lambda t, rng: sky.damped_random_walk(t, 250.0, 0.3, rng), t, 4000))
    assert np.std(walks, axis=0) == pytest.approx(0.3 / np.sqrt(2) * np.ones(6), rel=0.05)
    for i, step in enumerate(np.diff(t)):
        change = np.std(walks[:, i + 1] - walks[:, i])
        assert change == pytest.approx(0.3 * np.sqrt(1 - np.exp(-step / 250)), rel=0.05)


def test_walks_are_normally_distributed() -> None:
    """Uniform increments would have a kurtosis of 1.8 in place of 3."""
    t = np.arange(0.0, 40000.0, 10.0)
    walk = sky.damped_random_walk(t, 250.0, 0.3, np.random.default_rng(4))
    kicks = walk[1:] - np.exp(-10 / 250) * walk[:-1]
    assert np.mean((kicks / np.std(kicks)) ** 4) == pytest.approx(3, abs=0.3)
    assert abs(np.corrcoef(kicks[1:], kicks[:-1])[0, 1]) < 0.06


def test_nuclei_change_by_a_third_of_a_magnitude_in_250_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[tuple[float, float]] = []
    walk = sky.damped_random_walk

    def recorded(t: np.ndarray, tau: float, sf: float, rng: sky.Rng) -> np.ndarray:
        drawn.append((tau, sf))
        return walk(t, tau, sf, rng)

    monkeypatch.setattr(sky, "damped_random_walk", recorded)
    curves = sample(sky.active_nucleus, np.arange(0.0, 200.0, 5.0), 500)
    tau, sf = np.median(drawn, axis=0)
    assert tau == pytest.approx(250, rel=0.12)
    assert sf == pytest.approx(0.31, rel=0.12)
    fainter = np.mean([each["r"].mean() < 0 for each in curves])
    assert fainter == pytest.approx(0.5, abs=0.08)


@pytest.mark.slow
def test_only_nuclei_are_truly_negative(table: pd.DataFrame) -> None:
    """A flux below -5 sigma is no noise."""
    deep = table["flux"] < -5 * table["flux_err"]
    assert deep[table["label"] == "AGN"].mean() > 0.05
    assert deep[table["label"] != "AGN"].sum() <= 1


# Cataclysmic variables


@pytest.fixture(scope="module")
def eruptions() -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Times and heights of the peaks of some objects, and the longest rise from quiet [days]."""
    t = np.arange(-600, 600, 0.02)
    found = []
    for level in sample(sky.outbursts, t, 60):
        rising = np.diff(level) > 0.01
        peaks = np.flatnonzero(rising[:-1] & ~rising[1:]) + 1
        quiet = np.flatnonzero(level == 0)
        before = quiet[np.searchsorted(quiet, peaks) - 1]
        fresh = (before > np.concatenate([[0], peaks[:-1]])) & (before < peaks)
        rises = t[peaks[fresh]] - t[before[fresh]]
        found.append((t[peaks], level[peaks], rises.max(initial=0)))
    return found


def test_outbursts_reach_2_to_6_magnitudes(eruptions: list) -> None:
    heights = np.concatenate([heights for _, heights, _ in eruptions])
    assert heights.min() > 1.75  # the grid may miss the very peak
    assert heights.max() <= 6
    assert np.ptp(quantiles(heights, 5, 95)) > 1.5


def test_outbursts_rise_within_2_days(eruptions: list) -> None:
    rises = [rise for *_, rise in eruptions if rise > 0]
    assert len(rises) > 50
    assert max(rises) < 2.05
    assert min(rises) > 0.25


def test_outbursts_recur_in_10_to_500_days(eruptions: list) -> None:
    between = [np.diff(times) for times, *_ in eruptions]
    assert min(each.min() for each in between) > 9.9
    assert max(each.max() for each in between) < 500
    low, high = quantiles([np.median(each) for each in between], 10, 90)
    assert low < 25
    assert high > 200


# The survey


def test_gaps_between_nights() -> None:
    """1, 2 and 11 nights at 5, 50 and 95%, within a season."""
    rng = np.random.default_rng(5)
    gaps = np.concatenate(
        [np.diff(np.floor(sky.observing_nights(0.0, 3000.0, rng))) for _ in range(20)]
    )
    low, middle, high = quantiles(gaps[gaps < 100], 5, 50, 95)
    assert (low, middle) == (1, 2)
    assert high == pytest.approx(11, abs=1)


@pytest.mark.slow
def test_gaps_in_light_curves(table: pd.DataFrame) -> None:
    """Whatever bands are seen in a night, the nights themselves keep their gaps."""
    nights = table.assign(night=np.floor(table["mjd"]))[["name", "night"]].drop_duplicates()
    gaps = nights.sort_values(["name", "night"]).groupby("name")["night"].diff().dropna()
    low, middle, high = quantiles(gaps[gaps < 100], 5, 50, 95)
    assert (low, middle) == (1, 2)
    assert high == pytest.approx(11, abs=2)


def test_seasons() -> None:
    """Nothing is seen for some five months of each year, at the same time of the year."""
    nights = sky.observing_nights(0.0, 3650.0, np.random.default_rng(6))
    long = np.flatnonzero(np.diff(nights) > 100)
    assert 9 <= len(long) <= 10
    assert np.diff(nights)[long] == pytest.approx(145 * np.ones(len(long)), abs=40)
    assert np.diff(nights[long]) == pytest.approx(365 * np.ones(len(long) - 1), abs=40)


def observed(flux: float, n: int = 4000) -> pd.DataFrame:
    """What the survey measures of a constant flux."""
    curves = {band: np.full(n, flux) for band in sky.BANDS}
    return pd.DataFrame(sky.observe(curves, np.arange(float(n)), np.random.default_rng(7)))


def test_depth() -> None:
    """5 sigma are 20.6 mag in g and 20.4 mag in r; the night decides."""
    dark = observed(0.0)
    depth = magnitude(5 * dark["flux_err"]).groupby(dark["band"])
    assert depth.median()["g"] == pytest.approx(20.6, abs=0.05)
    assert depth.median()["r"] == pytest.approx(20.4, abs=0.05)
    assert depth.std().to_numpy() == pytest.approx(0.55 * np.ones(3), abs=0.05)


@pytest.mark.parametrize(
    ("mag", "error"), [(16.0, 0.035), (17.0, 0.048), (18.0, 0.075), (19.0, 0.125), (20.0, 0.21)]
)
def test_errors_as_large_as_real_ones(mag: float, error: float) -> None:
    """Medians of real alerts of ZTF in r, where the sky alone would give 0.004 to 0.16 mag."""
    flux = float(sky.to_flux(mag))
    seen = observed(flux).query("band == 'r'")
    assert 1.0857 * np.median(seen["flux_err"]) / flux == pytest.approx(error, rel=0.2)


@pytest.mark.parametrize("flux", [0.0, 100.0, 5000.0, -200.0])
def test_errors_are_honest(flux: float) -> None:
    """The scatter of the fluxes is what their errors say."""
    data = observed(flux)
    pull = (data["flux"] - flux) / data["flux_err"]
    assert np.std(pull) == pytest.approx(1, abs=0.03)
    assert np.mean(pull) == pytest.approx(0, abs=0.05)


def test_every_object_is_detected_five_times(table: pd.DataFrame) -> None:
    detected = table["flux"].abs() > 5 * table["flux_err"]
    assert detected.groupby(table["name"]).sum().min() >= 5


def test_some_light_curves_are_incomplete(objects: list[TransientLightCurve]) -> None:
    """Some supernovae are found after their peak, and of some the end is not seen."""
    supernovae = [each for each in objects if each.transient_type == "SNIa"]
    first = np.array([each.data["mjd"].min() - each.peak_mjd for each in supernovae])
    last = np.array([each.data["mjd"].max() - each.peak_mjd for each in supernovae])
    assert 0.03 < np.mean(first > 0) < 0.5
    assert 0.1 < np.mean(last < 40) < 0.7
    assert np.mean(first < -15) > 0.3


@pytest.mark.parametrize("label", sky.CLASSES)
def test_peak_mjd_is_the_time_of_greatest_brightness(
    label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Greatest true brightness in r, observed or not, as long as it was watched."""
    truth: dict[str, Any] = {}
    model, observe = sky.MODELS[label], sky.observe

    def recorded_model(t: np.ndarray, rng: sky.Rng) -> sky.Curves:
        truth["t"], truth["curves"] = t, model(t, rng)
        return truth["curves"]

    def recorded_observe(curves: sky.Curves, t: np.ndarray, rng: sky.Rng) -> Any:
        truth["first"] = t[:1]
        return observe(curves, t, rng)

    monkeypatch.setitem(sky.MODELS, label, recorded_model)
    monkeypatch.setattr(sky, "observe", recorded_observe)
    for seed in range(10):
        found = sky.simulate_transient(label, np.random.default_rng(seed))
        peak = truth["t"][truth["curves"]["r"].argmax()] - truth["first"][0]
        assert found.peak_mjd is not None
        assert found.peak_mjd - found.data["mjd"].min() == pytest.approx(peak, abs=1e-4)


def test_supernovae_are_brightest_at_peak_mjd(table: pd.DataFrame) -> None:
    bright = table[(table["label"] == "SNIa") & (table["flux"] > 25 * table["flux_err"])]
    assert bright["day"].median() == pytest.approx(2, abs=4)
    assert bright["day"].between(-15, 25).mean() > 0.95


# The dataset


def test_default_is_as_imbalanced_as_the_sky(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = TransientLightCurve([], "quick")
    monkeypatch.setattr(sky, "simulate_transient", lambda *args: quick)
    counts = Counter(sky.create_synthetic_transient_dataset()[1])
    assert counts == {"SNIa": 580, "SNII": 180, "AGN": 110, "CV": 100, "TDE": 30}


def test_same_seed_same_sky() -> None:
    first, again = (sky.create_synthetic_transient_dataset(8, seed=9) for _ in range(2))
    assert first[1] == again[1]
    for one, other in zip(first[0], again[0], strict=True):
        assert one.data.equals(other.data)
        assert (one.object_id, one.peak_mjd) == (other.object_id, other.peak_mjd)


@pytest.mark.slow
def test_5000_light_curves_in_a_minute() -> None:
    """Of one core."""
    start = time.process_time()
    sky.create_synthetic_transient_dataset(1000, seed=10)
    assert time.process_time() - start < 60 / 5
