"""Every real file reads, or is refused for the right reason; figures against known ones."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_files import FORMATS, TABLE, needs_formats, needs_table

from solutions.final_project.light_curve import LightCurve, from_table
from solutions.final_project.readers import (
    FormatError,
    NotPhotometryError,
    Source,
    read,
    read_folder,
    read_labels,
    reader_of,
)
from solutions.final_project.readers.rubin import TOO_PRECISE
from solutions.final_project.readers.ztf_forced_photometry import light_curve

pytestmark = needs_formats

FILES = sorted(path for path in FORMATS.glob("*/*") if path.is_file())
READER = {
    "alerce_csv": {"alerce", "tns"},
    "alerce_dat_mramirezz": {"supernova_dat"},
    "alerce_parquet": {"alerce"},
    "antares_csv": {"antares"},
    "bts_explorer_csv": {"tns"},
    "fink_alert_parquet": {"fink"},
    "fritz_csv": {"fritz"},
    "lasair_json": {"lasair", "ztf_alert"},
    "lasair_lsst_json": {"rubin"},
    "tns_search_csv": {"tns"},
    "ztf_alert_avro": {"ztf_alert"},
    "ztf_fps_ipac_txt": {"ztf_forced_photometry"},
}


def ids(path: Path) -> str:
    return f"{path.parent.name}/{path.name.split('__')[-1]}"


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=ids)
def test_every_real_file_reads_or_is_a_table_without_photometry(path: Path) -> None:
    reader = reader_of(Source.open(path)).__name__.split(".")[-1]
    assert reader in READER.get(path.parent.name, {reader})
    try:
        curves = read(path, problems=[])
    except NotPhotometryError:
        names = ("label", "tns", "bts", "object_info")
        assert any(name in path.name for name in names)
        if "object_info" not in path.name:
            assert len(read_labels(path)) > 20
        return
    assert curves
    simulated = path.parent.name == "lasair_lsst_json"  # in FLUXCAL, which no file says
    for curve in curves:
        check(curve, messages=(TOO_PRECISE,) if simulated else ())


def check(curve: LightCurve, messages: tuple[str, ...] = ()) -> None:
    """What holds for any light curve of ZTF or Rubin."""
    assert len(curve) > 0
    assert curve.quality.n_read == len(curve) + curve.quality.n_cut
    assert (
        curve.quality.n_cut <= curve.quality.cuts.get("duplicate", 0) + 0.3 * curve.quality.n_read
    )
    assert curve.quality.messages == messages
    assert (np.diff(curve.mjd) >= 0).all()
    assert curve.mjd.min() > 57000
    assert curve.mjd.max() < 62000
    assert np.isfinite(curve.flux_err).all()
    assert (curve.flux_err > 0).all()
    assert np.isfinite(curve.flux[curve.is_detection]).all()
    assert curve.flux_err.max() < 1e6
    limits = np.isnan(curve.flux)
    if limits.any():
        depth = 23.9 - 2.5 * np.log10(5 * curve.flux_err[limits])
        assert 11 < np.median(depth) < 23


def test_the_trap_of_a_missing_candid() -> None:
    """Detections and limits by hand from the JSON, which has a line of text before it."""
    (path,) = FORMATS.glob("lasair_json/*lasair_api__tests__lc.json")
    (curve,) = read(path)
    text = path.read_text()
    assert curve.object_id == text.split()[0]
    assert int(curve.is_detection.sum()) == text.count('"candid"') == 19
    assert int((~curve.is_detection).sum()) == text.count('"diffmaglim"') == 8
    (path,) = FORMATS.glob("lasair_json/*ZTF23aabplmy.json")
    (curve,) = read(path)
    assert curve.is_detection.tolist() == [False, True]
    assert curve.flux[1] == pytest.approx(10 ** (0.4 * (23.9 - 16.821149826)), rel=1e-6)
    assert curve.redshift == 0.031


def test_sentinels_of_alerce_are_no_fluxes() -> None:
    for path in FORMATS.glob("alerce_*/*"):
        try:
            curves = read(path, problems=[])
        except FormatError:
            continue
        for curve in curves:
            if len(curve.detections()):
                magnitude = 23.9 - 2.5 * np.log10(np.abs(curve.detections().flux))
                assert magnitude.min() > 10
                assert magnitude.max() < 23


def test_detections_and_limits_of_one_object_become_one() -> None:
    folder = read_folder(FORMATS / "alerce_csv")
    curve = next(each for each in folder.light_curves if each.object_id == "ZTF19aawgxdn")
    assert (int(curve.is_detection.sum()), int(np.isnan(curve.flux).sum())) == (108, 34)
    supernovae = [each for each in folder.light_curves if each.is_detection.any()]
    assert len(supernovae) == 33
    assert not [problem for problem in folder.problems if problem.is_photometry]


def forced() -> dict[str, LightCurve]:
    return {path.name: read(path)[0] for path in FORMATS.glob("ztf_fps_ipac_txt/*")}


def test_forced_photometry_agrees_with_what_was_measured() -> None:
    """Medians over more such tables: zpdiff g 26.25, r 26.15; depth 20.33 and 20.16."""
    tables = [Source.open(path).table for path in FORMATS.glob("ztf_fps_ipac_txt/*")]
    frame = pd.concat(
        pd.DataFrame(
            {
                name: table.numbers(name)
                for name in ("zpdiff", "infobitssci", "scisigpix", "forcediffimflux")
            }
            | {"filter": table.words("filter")}
        )
        for table in tables
        if table is not None
    )
    zero_point = frame.groupby("filter")["zpdiff"].median()
    assert zero_point["ZTF_g"] == pytest.approx(26.25, abs=0.1)
    assert zero_point["ZTF_r"] == pytest.approx(26.15, abs=0.15)
    assert (frame["infobitssci"] > 0).mean() == pytest.approx(0.05, abs=0.03)
    assert (frame["scisigpix"] > 25).mean() == pytest.approx(0.021, abs=0.015)
    curves = forced().values()
    depth = {
        band: np.median(
            np.concatenate(
                [23.9 - 2.5 * np.log10(5 * curve.flux_err[curve.band == band]) for curve in curves]
            )
        )
        for band in "gr"
    }
    assert depth["g"] == pytest.approx(20.33, abs=0.35)
    assert depth["r"] == pytest.approx(20.16, abs=0.35)


def test_forced_photometry_by_hand() -> None:
    """One row of a table without a baseline: counts, zero point and the formula."""
    (path,) = FORMATS.glob("ztf_fps_ipac_txt/*ZTF20acfkyll.txt")
    table = Source.open(path).table
    assert table is not None
    assert len(table) == 92
    (curve,) = read(path)
    assert curve.object_id == "ZTF20acfkyll"
    assert (curve.ra, curve.dec) == (106.88522654146342, 48.90021892804878)
    jd, counts, error, zero_point = 2459121.9076042, 2076.5442917582, 62.432141611687, 26.197
    row = int(np.abs(curve.mjd - (jd - 2400000.5)).argmin())
    factor = 10 ** (29 - 48.6 / 2.5 - 0.4 * zero_point)
    assert curve.flux[row] == pytest.approx(counts * factor, rel=1e-9)
    assert curve.flux_err[row] == pytest.approx(error * factor, rel=1e-9)
    assert curve.quality.notes["no_baseline_correction"] == len(curve)


def test_forced_photometry_with_a_long_history_has_a_baseline() -> None:
    (path,) = FORMATS.glob("ztf_fps_ipac_txt/*req00010459*")
    (curve,) = read(path)
    main = {each["group"]: each for each in curve.metadata["baselines"]}
    assert {"808 6 3 g", "808 6 3 r"} <= set(main)
    table = Source.open(path).table
    assert table is not None
    plain = light_curve("x", table, baseline=False, ra=curve.ra, dec=curve.dec)
    assert len(plain) == len(curve)
    scale = curve.flux_err / plain.flux_err
    assert scale.min() >= 1 - 1e-12
    assert {round(s, 6) for s in scale} == {
        1.0,
        *(round(each["error_scale"], 6) for each in curve.metadata["baselines"]),
    } - ({1.0} - {round(s, 6) for s in scale})


@pytest.mark.slow
@needs_table
def test_fluxes_agree_with_the_table_for_objects_in_both() -> None:
    """Other sources of the same points: rounding to 0.001 mag is all that may differ."""
    table = pd.read_parquet(TABLE)
    known = set(table["object_id"].astype(str))
    compared = Counter[str]()
    ratios: list[float] = []
    for path in FILES:
        try:
            curves = read(path, problems=[])
        except FormatError:
            continue
        for curve in curves:
            if curve.object_id not in known:
                continue
            (other,) = from_table(table[table["object_id"] == curve.object_id])
            for n in np.flatnonzero(curve.is_detection):
                same = other.is_detection & (other.band == curve.band[n])
                same &= np.abs(other.mjd - curve.mjd[n]) < 0.00051
                if same.sum() == 1:
                    ratios.append(abs(curve.flux[n]) / abs(float(other.flux[same][0])))
                    compared[path.parent.name] += 1
    assert sum(compared.values()) > 1000
    assert len(compared) >= 4
    deviation = np.abs(np.log10(ratios)) * 2.5
    assert np.quantile(deviation, 0.975) < 0.002
    assert math.isclose(float(np.median(ratios)), 1.0, abs_tol=3e-4)
