"""The tables of ZTF's forced-photometry service: cuts, baseline, error scaling, microjansky."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from real_files import DATA

from solutions.final_project.readers import Choices, FormatError, read
from solutions.final_project.readers.source import Source
from solutions.final_project.readers.ztf_forced_photometry import (
    airmass,
    find_baselines,
    find_peak,
    light_curve,
    read_clear_sky,
    requested_position,
)
from solutions.final_project.samples.sky import Sky
from solutions.final_project.samples.tables import OFFSET, STRETCH

NAME = "ztf_forced_photometry_req00000001.txt"
TEXT = (DATA / NAME).read_text()


def reread(text: str, folder: Path, name: str = "req00000002.txt"):  # type: ignore[no-untyped-def]
    path = folder / name
    path.write_text(text)
    (curve,) = read(path)
    return curve


def without(column: str) -> str:
    """The table as an older version of the service would give it, without a column."""
    lines = TEXT.splitlines()
    header = next(n for n, line in enumerate(lines) if line.startswith(" index,"))
    names = [name.strip() for name in lines[header].split(",")]
    number = names.index(column)
    changed = []
    for n, line in enumerate(lines):
        if n == header:
            line = " " + ", ".join(name for name in names if name != column)
        elif n > header and not line.startswith("#"):
            fields = line.split()
            line = " " + " ".join(fields[:number] + fields[number + 1 :])
        changed.append(line)
    return "\n".join(changed)


def test_each_bad_epoch_is_left_out_under_its_name() -> None:
    (curve,) = read(DATA / NAME)
    cuts = curve.quality.cuts
    expected = {"infobitssci": 1, "scisigpix": 1, "seeing": 1, "bad_flux": 1, "procstatus": 1}
    assert {name: cuts[name] for name in expected} == expected
    assert cuts["clouds"] >= 3  # the flag, the scatter of the zero point, too few stars
    assert curve.quality.notes["suspect_epoch"] == 1
    assert curve.quality.n_read == len(curve) + curve.quality.n_cut == 85
    assert (curve.ra, curve.dec) == requested_position(TEXT)
    assert curve.object_id == "req00000001"


def test_baseline_and_error_scale_are_found() -> None:
    (curve,) = read(DATA / NAME)
    truth = Sky().object("SNIa", 5)
    baselines = {each["group"][-1]: each for each in curve.metadata["baselines"]}
    assert set(baselines) == {"g", "r"}  # i has no epochs before the supernova
    for band, baseline in baselines.items():
        # median of n values of scatter 1.5 x about 4 uJy, in counts of about 9 per uJy
        error = 1.25 * STRETCH * 4 * 9 / np.sqrt(baseline["n_epochs"])
        assert baseline["level"] == pytest.approx(OFFSET[band], abs=3 * error)
        assert baseline["error_scale"] == pytest.approx(STRETCH, rel=0.25)
        assert baseline["where"] == "before"
    assert baselines["r"]["n_epochs"] >= 25 > baselines["g"]["n_epochs"] >= 10
    assert curve.quality.notes["short_baseline"] == int((curve.band == "g").sum())
    assert curve.quality.notes["no_baseline_correction"] == int((curve.band == "i").sum())
    for band in "gr":
        rows = np.flatnonzero((curve.band == band) & (curve.mjd >= truth.mjd[0] - 0.01))
        here = np.flatnonzero(truth.band == band)
        same = [here[np.abs(truth.mjd[here] - mjd).argmin()] for mjd in curve.mjd[rows]]
        offset = curve.flux[rows] - truth.flux[same]
        assert np.abs(np.median(offset)) < 5  # it was 400 and -250 counts: 47 and -30 uJy
        ratio = curve.flux_err[rows] / truth.flux_err[same]
        assert ratio == pytest.approx(baselines[band]["error_scale"], rel=1e-3)


def test_microjansky_come_from_the_zero_point(tmp_path: Path) -> None:
    table = Source.open(DATA / NAME).table
    assert table is not None
    curve = light_curve("x", table, baseline=False)
    row = next(line.split() for line in TEXT.splitlines() if line.startswith(" 0 "))
    zero_point, counts, error = float(row[20]), float(row[24]), float(row[25])
    factor = 10 ** (29 - 48.6 / 2.5 - 0.4 * zero_point)
    first = int(np.abs(curve.mjd - (float(row[22]) - 2400000.5)).argmin())
    assert curve.flux[first] == pytest.approx(counts * factor, rel=1e-6)
    assert curve.flux_err[first] == pytest.approx(error * factor, rel=1e-6)


def test_epochs_without_a_baseline_may_be_refused() -> None:
    table = Source.open(DATA / NAME).table
    assert table is not None
    (loose,) = read(DATA / NAME)
    strict = light_curve("x", table, require_baseline=True, ra=loose.ra, dec=loose.dec)
    assert strict.bands == ["g", "r"]
    assert strict.quality.cuts["no_baseline"] == len(loose) - len(strict)


@pytest.mark.parametrize("column", ["adpctdif1", "procstatus", "infobitssci", "ncalmatches", "pid"])
def test_older_versions_lack_columns(column: str, tmp_path: Path) -> None:
    (whole,) = read(DATA / NAME)
    assert len(reread(without(column), tmp_path)) >= len(whole)


def test_no_line_number_is_taken_for_granted(tmp_path: Path) -> None:
    (whole,) = read(DATA / NAME)
    for text in (
        "".join(re.findall(r"# Requested.*\n", TEXT)) + TEXT[TEXT.index(" index,") :],
        "\n\n" + TEXT,
        TEXT.replace("# Order", "# more\n" * 50 + "# Order"),
        TEXT.replace(" index,", "# index,"),
        TEXT.replace("\n", "\r\n"),
        re.sub(r"(?m)^ (?=\d)", "", TEXT),
    ):
        assert np.array_equal(reread(text, tmp_path).flux, whole.flux)


def test_a_cut_off_row_is_named_and_spoils_nothing(tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith(" 60 "))
    lines[number] = lines[number][:80]
    curve = reread("\n".join(lines), tmp_path)
    assert curve.quality.cuts["malformed_row"] == 1
    assert any(message.startswith(f"line {number + 1}: ") for message in curve.quality.messages)
    assert curve.quality.n_read == 85
    lines[number + 1] = lines[number + 1].replace("ZTF_", "ZTF_q").replace(" 1.01 ", " one ")
    curve = reread("\n".join(lines), tmp_path)
    assert curve.quality.cuts["unknown_band"] == 1


def test_a_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(" 7 "))
    flux = row.split()[24]
    curve = reread(TEXT.replace(f" {flux} ", " 12,5 "), tmp_path)
    assert curve.quality.cuts["bad_flux"] == 2
    (message,) = curve.quality.messages
    assert re.fullmatch(r"line \d+: forcediffimflux is '12,5', not a number", message)


def test_tables_without_epochs_or_zero_points_are_refused(tmp_path: Path) -> None:
    head = TEXT[: TEXT.index("\n 0 ")]
    path = tmp_path / "empty.txt"
    path.write_text(head)
    with pytest.raises(FormatError, match="no epochs"):
        read(path)
    path.write_text(without("zpdiff").replace("zpmaginpsci,", "other,"))
    with pytest.raises(FormatError, match="zero point"):
        read(path)


def test_baseline_falls_back_to_the_time_after_the_peak() -> None:
    rng = np.random.default_rng(0)
    mjd = np.concatenate([np.arange(0, 60, 2.0), np.arange(560, 800, 4.0)])
    counts = np.where(mjd < 60, 500 * np.exp(-0.5 * ((mjd - 20) / 10) ** 2), 0.0) + 70
    counts += rng.normal(0, 10, len(mjd))
    errors = np.full(len(mjd), 10.0)
    band, groups = np.full(len(mjd), "r"), np.full(len(mjd), "1 1 1 r", dtype=object)
    good = np.ones(len(mjd), dtype=bool)
    assert find_peak(mjd, counts, errors, groups, good) == pytest.approx(20, abs=4)
    baseline = find_baselines(mjd, band, counts, errors, groups, good)["1 1 1 r"]
    assert baseline.where == "after"
    assert baseline.level == pytest.approx(70, abs=4)
    assert baseline.error_scale == pytest.approx(1, abs=0.2)
    few = mjd < 590
    assert find_baselines(mjd, band, counts, errors, groups, few) == {}


def test_airmass_at_palomar() -> None:
    # An object at the pole stays at the altitude of the observatory's latitude.
    assert airmass(np.array([60000.2]), 10.0, 90.0) == pytest.approx(1 / np.sin(0.58221), rel=1e-3)
    # Over a day, an object of declination 33.36 passes the zenith and goes below the horizon.
    day = airmass(60000 + np.arange(0, 1, 0.001), 120.0, 33.36)
    assert np.nanmin(day) == pytest.approx(1, abs=1e-4)
    assert np.isnan(day).any()
    assert np.isnan(airmass(np.array([60000.2]), np.nan, 10.0)).all()


def thresholds(path: Path, value: float, numbered: bool) -> Path:
    lines = [f"{number} " * numbered + f"{value} {value} {value}" for number in range(64)]
    path.write_text("# rcid g r i\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("numbered", [True, False])
def test_epochs_below_the_zero_point_of_a_clear_sky_are_cloudy(
    tmp_path: Path, numbered: bool
) -> None:
    (without_cut,) = read(DATA / NAME)
    high = read_clear_sky(thresholds(tmp_path / "high.txt", 29.0, numbered))
    low = read_clear_sky(thresholds(tmp_path / "low.txt", 21.0, numbered))
    assert high.shape == (64, 3)
    (same,) = read(DATA / NAME, choices=Choices(clear_sky=low))
    assert dict(same.quality.cuts) == dict(without_cut.quality.cuts)
    # Thresholds of one quadrant concern its epochs alone.
    row = next(line.split() for line in TEXT.splitlines() if " ZTF_" in line)
    quadrant = 4 * (int(row[2]) - 1) + int(row[3]) - 1
    elsewhere = high.copy()
    elsewhere[quadrant] = 21.0
    (same,) = read(DATA / NAME, choices=Choices(clear_sky=elsewhere))
    assert len(same) == len(without_cut)
    (left,) = read(DATA / NAME, choices=Choices(clear_sky=high))
    has_airmass = np.isfinite(airmass(without_cut.mjd, without_cut.ra, without_cut.dec))
    assert has_airmass.any()
    assert left.mjd.tolist() == without_cut.mjd[~has_airmass].tolist()
    assert left.quality.cuts["clouds"] == without_cut.quality.cuts["clouds"] + has_airmass.sum()


@pytest.mark.parametrize("text", ["", "26 26 26\n", "a b c\n" * 64, "1 2 3\n" * 64])
def test_a_file_that_holds_no_zero_points_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "thresholds.txt"
    path.write_text(text)
    with pytest.raises(FormatError, match="zero points"):
        read_clear_sky(path)
