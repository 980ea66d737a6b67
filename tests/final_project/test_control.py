"""The control experiment finds a leak where there is one, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.final_project import control
from solutions.final_project.light_curve import LightCurve

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "TREES", 20)


def lightcurve(name: str, kind: str, level: float = 0.0) -> LightCurve:
    """Twenty points of a slow outburst on a constant source, and two upper limits."""
    days = 59000.0 + np.arange(22)
    flux = level + 200 * np.exp(-(((days - 59010) / 5) ** 2)) + RNG.normal(0, 3, 22)
    if kind == "diff_alert":
        flux[[0, 1]] = np.nan
    seen = np.isfinite(flux) & (np.abs(flux) > 15)
    return LightCurve.from_arrays(
        name, days, ["g", "r"] * 11, flux, np.full(22, 3.0), seen, kind=kind
    )


@pytest.mark.slow
def test_a_leak_is_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(1)
    kinds = np.array(["alert", "total"] * 30)
    groups = np.arange(60).astype(str)
    noise = rng.normal(size=(60, 4))
    leaking = noise.copy()
    leaking[kinds == "alert", 0] += 6
    leaking[kinds == "total", 1] = np.nan  # what is missing tells as much as a number
    found = control.readability(leaking, kinds, groups, permutations=2)
    assert found["balanced_accuracy"] > 0.95 > found["chance_95"]
    none = control.readability(noise, kinds, groups, permutations=2)
    assert none["balanced_accuracy"] < 0.7
    assert found == control.readability(leaking, kinds, groups, permutations=2)


def test_labels_of_pairs_are_shuffled_within_the_pair() -> None:
    groups = np.repeat(np.arange(40), 2)
    truth = np.tile([0, 1], 40)
    found = control.shuffled(truth, groups, np.random.default_rng(2))
    assert (np.bincount(groups, found) == 1).all()  # each object keeps one of each
    assert 10 < (found[::2] == 1).sum() < 30


def test_total_flux_becomes_a_difference() -> None:
    lc = control.as_difference(lightcurve("a", "total_psf", level=300.0))
    assert lc.kind == "diff_forced"
    assert np.median(lc.flux[[0, 1, -1, -2]]) == pytest.approx(0, abs=25)


def test_clothes() -> None:
    rng = np.random.default_rng(3)
    alert = control.in_other_clothes(lightcurve("a", "diff_alert"), rng)
    assert set(alert) == {"diff_forced", "total_psf"}
    assert np.isfinite(alert["diff_forced"].flux).all()
    forced = control.in_other_clothes(lightcurve("f", "diff_forced"), rng)
    assert set(forced) == {"diff_alert", "total_psf"}
    assert (forced["diff_alert"].flux > 0).all()
    assert set(control.in_other_clothes(lightcurve("t", "total_psf", 300), rng)) == {"diff_alert"}


@pytest.mark.slow
def test_the_raw_light_curve_tells_its_kind() -> None:
    lightcurves = [lightcurve(f"f{i}", "diff_forced") for i in range(12)]
    lightcurves += [lightcurve(f"t{i}", "total_psf", 300.0) for i in range(12)]
    found = control.within_classes(lightcurves, np.array(["TDE"] * 24), permutations=1)
    assert found["class"].unique().tolist() == ["TDE"]
    assert found["representation"].tolist() == list(control.REPRESENTATIONS)
    by_name = found.set_index("representation")["balanced_accuracy"]
    assert by_name["raw"] == 1


def test_by_kind_by_hand() -> None:
    kinds = np.array(["a", "a", "b", "b"])
    found = control.by_kind(kinds, np.array(["TDE"] * 4), np.array(["TDE", "AGN", "TDE", ""]))
    found = found.set_index("kind")
    assert found.loc["a", ["TDE", "AGN", "refused"]].tolist() == [0.5, 0.5, 0]
    assert found.loc["b", ["TDE", "AGN", "refused"]].tolist() == [0.5, 0, 0.5]
    assert found["objects"].tolist() == [2, 2]
