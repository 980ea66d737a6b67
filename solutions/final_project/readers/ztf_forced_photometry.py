"""Tables of the ZTF forced-photometry service, cleaned and calibrated.

The steps are those of the Bright Transient Survey: leave out epochs with bad conditions, subtract
for each field, CCD, quadrant and filter the median of the epochs without the transient, enlarge the
errors by the scatter of these epochs, and turn counts into microjansky by the zero point of the
difference image (Masci et al. 2023, arXiv:2305.16279; Yao et al. 2019, ApJ 886, 152). One step
needs a file: the threshold of each quadrant and filter, below which a zero point means clouds, is
not in the table and cannot be had from one object's epochs (`read_clear_sky`). Without it, the
service's own flag for clouds (bit 2^25 of infobitssci) has to do, which contains this cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from astropy import units
from astropy.coordinates import EarthLocation
from astropy.table import Table as AstropyTable
from astropy.time import Time

from solutions.final_project.light_curve import DETECTION_SNR, FIRST_MJD, LAST_MJD, LightCurve
from solutions.final_project.quality import Sieve
from solutions.final_project.readers.photometry import report, to_bands, to_flux, to_mjd
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table

FORMAT = "ZTF forced-photometry service table"
PALOMAR = EarthLocation.from_geodetic(-116.8611 * units.deg, 33.3581 * units.deg, 1712 * units.m)

# What the service says of an epoch: it could not be measured, or with doubts.
FAILED = {"60", "61", "63", "64", "65", "255"}
SUSPECT = {"56", "59"}

CLOUDY_BIT = 2**25
# By filter: zero point and its loss per airmass, largest rms of the zero point, fewest calibrators.
CLEAR_SKY = {
    "g": (26.7, 0.2, 0.06, 80),
    "r": (26.65, 0.15, 0.05, 120),
    "i": (26.0, 0.07, 0.06, 100),
}

QUADRANTS = 64  # of the camera: 16 CCDs with 4 readout channels each

DAYS_BEFORE, DAYS_AFTER = 100, 500  # [days] from the peak on, the transient is not in the image
ENOUGH, TOO_FEW = 25, 10  # epochs of a baseline
PEAK_WINDOW = 14  # [days]


def recognises(source: Source) -> bool:
    """Whether the file is such a table, in whatever version."""
    if _is_ipac(source):
        return True
    table = source.table  # a broker that passes such columns on has fid in place of filter
    return table is not None and table.has("forcediffimflux") and not table.has("fid", "oid")


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield the light curve of the table."""
    table = _ipac_table(source) if _is_ipac(source) else source.table
    assert table is not None
    if not table.has("jd", "mjd") or not table.has("zpdiff", "magzpsci", "zpmaginpsci"):
        yield source.error("a forced-photometry table without jd or without a zero point")
        return
    if len(table) == 0:
        yield source.error("the table has a header but no epochs")
        return
    ra, dec = requested_position(source.text)
    yield light_curve(
        source.object_name, table, source="ZTF forced photometry", ra=ra, dec=dec,
        clear_sky=source.choices.clear_sky,
    )  # fmt: skip


def _is_ipac(source: Source) -> bool:
    head = source.text[:20000].lower()
    return head.lstrip()[:1] in ("\\", "|") and "forcediffimflux" in head


def _ipac_table(source: Source) -> Table:
    try:
        rows = AstropyTable.read(source.text.splitlines(), format="ascii.ipac")
    except Exception as error:  # astropy raises many kinds
        raise source.error(f"not a readable IPAC table: {error}") from error
    return Table(rows.to_pandas())


def requested_position(text: str) -> tuple[float, float]:
    """Return ra and dec that were asked for [deg], as the comments say, NaN if they do not."""
    pattern = r"Requested input {}\s*=\s*([-+.\deE]+)\s*deg"
    found = [re.search(pattern.format(name), text[:5000]) for name in (r"R\.A\.", r"Dec\.")]
    ra, dec = (float(match[1]) if match else float("nan") for match in found)
    return ra, dec


def light_curve(
    object_id: str, table: Table, *, baseline: bool = True, require_baseline: bool = False,
    source: str = "", ra: float = float("nan"), dec: float = float("nan"),
    clear_sky: np.ndarray | None = None, **metadata: Any,
) -> LightCurve:  # fmt: skip
    """Return the calibrated light curve of the epochs of one position.

    Args:
        object_id: name of the object.
        table: the service's columns; those that an older version lacks are not checked.
        baseline: whether to correct the baseline and scale the errors.
        require_baseline: leave out epochs without a baseline instead of taking them as they are.
        source: kept in the metadata, as is all else.
        ra, dec: position [deg], for the airmass.
        clear_sky: what `read_clear_sky` returns, to leave out epochs below these zero points.
    """
    mjd = to_mjd(table.numbers("jd", "mjd"))
    band = to_bands(table.words("filter", "fid", "band"))
    counts = table.numbers("forcediffimflux")
    errors = table.numbers("forcediffimfluxunc")
    zero_point = table.numbers("zpdiff", "magzpsci", "zpmaginpsci")
    sieve, notes = _good_epochs(table, mjd, band, airmass(mjd, ra, dec), clear_sky)
    groups = _groups(table, band)
    baselines: dict[str, Baseline] = {}
    if baseline:
        baselines = find_baselines(mjd, band, counts, errors, groups, sieve.kept)
        level = _by_group(groups, {name: each.level for name, each in baselines.items()}, 0.0)
        scale = _by_group(groups, {name: each.error_scale for name, each in baselines.items()}, 1.0)
        counts, errors = counts - level, errors * scale
        notes |= _baseline_notes(groups, baselines, scale, sieve.kept)
        if require_baseline:
            sieve.drop("no_baseline", ~np.isin(groups, list(baselines)))
            notes["no_baseline_correction"] = 0
    unit = to_flux(zero_point)  # [microjansky] of one count
    flux, flux_err = counts * unit, errors * unit
    with np.errstate(invalid="ignore"):
        detected = np.abs(flux) >= DETECTION_SNR * flux_err
    kept = sieve.kept
    notes["sign_negative"] = int((kept & detected & (flux < 0)).sum())
    about = {"source": source, "baselines": [asdict(each) for each in baselines.values()]}
    return LightCurve.from_arrays(
        object_id,
        mjd=mjd[kept],
        band=band[kept],
        flux=flux[kept],
        flux_err=flux_err[kept],
        is_detection=detected[kept],
        kind="diff_forced",
        ra=ra,
        dec=dec,
        quality=report(table, notes, sieve),
        metadata=about | metadata,
    )


def _good_epochs(
    table: Table,
    mjd: np.ndarray,
    band: np.ndarray,
    mass: np.ndarray,
    clear_sky: np.ndarray | None,
) -> tuple[Sieve, dict[str, int]]:
    """Return the epochs that pass all cuts, and how many of them are suspect."""
    counts, errors = table.numbers("forcediffimflux"), table.numbers("forcediffimfluxunc")
    status = [set(re.findall(r"\d+", str(word))) for word in table.words("procstatus")]
    flags = np.nan_to_num(table.numbers("infobitssci")).astype(np.int64)
    sieve = Sieve(len(table))
    with np.errstate(invalid="ignore"):
        sieve.drop("bad_time", ~((mjd > FIRST_MJD) & (mjd < LAST_MJD)))
        sieve.drop("procstatus", np.array([bool(codes & FAILED) for codes in status]))
        sieve.drop("bad_flux", ~np.isfinite(counts))
        sieve.drop("bad_error", ~(errors > 0))
        sieve.drop("no_zero_point", ~_is_zero_point(table))
        sieve.drop("clouds", (flags & CLOUDY_BIT) != 0)
        sieve.drop("infobitssci", flags != 0)
        sieve.drop("scisigpix", table.numbers("scisigpix") > 25)
        sieve.drop("seeing", table.numbers("sciinpseeing") > 5)
        sieve.drop("clouds", _is_cloudy(table, band, mass))
        if clear_sky is not None:
            sieve.drop("clouds", _is_dim(table, band, mass, clear_sky))
    suspect = np.array([bool(codes & SUSPECT) for codes in status])
    return sieve, {"suspect_epoch": int((sieve.kept & suspect).sum())}


def _is_zero_point(table: Table) -> np.ndarray:
    zero_point = table.numbers("zpdiff", "magzpsci", "zpmaginpsci")
    return (zero_point > 15) & (zero_point < 35)


def _is_cloudy(table: Table, band: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Whether the science image's zero point is not that of a clear sky, as far as is known."""
    if not table.has("zpmaginpsci", "zpmaginpscirms", "ncalmatches"):
        return np.zeros(len(table), dtype=bool)
    zero_point = table.numbers("zpmaginpsci")
    scatter, stars = table.numbers("zpmaginpscirms"), table.numbers("ncalmatches")
    cloudy = np.zeros(len(table), dtype=bool)
    for letter, (clear, loss, largest_scatter, fewest_stars) in CLEAR_SKY.items():
        bad = (zero_point > clear - loss * mass) | (scatter > largest_scatter)
        cloudy |= (band == letter) & (bad | (stars < fewest_stars))
    return cloudy


def _is_dim(table: Table, band: np.ndarray, mass: np.ndarray, clear_sky: np.ndarray) -> np.ndarray:
    """Whether the zero point is below that of a clear sky in this quadrant, filter and airmass."""
    quadrant = 4 * (table.numbers("ccdid") - 1) + table.numbers("qid") - 1
    known = np.isin(quadrant, range(QUADRANTS))
    place = np.where(known, quadrant, 0).astype(int)
    zero_point = table.numbers("zpmaginpsci")
    dim = np.zeros(len(table), dtype=bool)
    for column, (letter, (_, loss, _, _)) in enumerate(CLEAR_SKY.items()):
        dim |= (band == letter) & known & (zero_point < clear_sky[place, column] - loss * mass)
    return dim


def read_clear_sky(path: str | Path) -> np.ndarray:
    """Return the least zero points of clear nights (64, 3), for `Choices.clear_sky`.

    Args:
        path: text with a line for each readout quadrant, in order: the zero points in g, r and i,
            after the number of the quadrant or without it; "#" begins a comment. It is the file
            `zp_thresholds_quadID.txt` that comes with the service's guide.

    Raises:
        FormatError: the file is something else.
    """
    try:
        rows = pd.read_csv(path, sep=r"\s+", comment="#", header=None).to_numpy(np.float64)
    except ValueError as error:
        raise FormatError(f"{path}: not a table of zero points: {error}") from error
    numbered = rows.shape == (QUADRANTS, 4) and (np.diff(rows[:, 0]) == 1).all()
    values = rows[:, 1:] if numbered else rows
    if values.shape != (QUADRANTS, 3) or not ((values > 20) & (values < 30)).all():
        raise FormatError(
            f"{path}: wanted are {QUADRANTS} lines, one for each quadrant, with the zero points "
            f"in g, r and i [mag]; found are {rows.shape[0]} lines of {rows.shape[1]} numbers"
        )
    return np.asarray(values)


def airmass(mjd: np.ndarray, ra: float, dec: float) -> np.ndarray:
    """Return the airmass at Palomar (secant of the zenith distance), NaN below the horizon."""
    result = np.full(len(mjd), np.nan)
    known = np.isfinite(mjd)
    if not np.isfinite(ra + dec) or not known.any():
        return result
    times = Time(mjd[known], format="mjd", scale="utc")
    times.delta_ut1_utc = 0.0  # below a second, and so no table of the Earth's rotation is needed
    hours = times.sidereal_time("mean", longitude=PALOMAR.lon).rad - np.radians(ra)
    latitude, declination = PALOMAR.lat.rad, np.radians(dec)
    up = np.sin(latitude) * np.sin(declination)
    up = up + np.cos(latitude) * np.cos(declination) * np.cos(hours)
    with np.errstate(divide="ignore"):
        result[known] = np.where(up > 0, 1 / up, np.nan)
    return result


@dataclass(frozen=True)
class Baseline:
    """The level of one field, CCD, quadrant and filter without the transient.

    Attributes:
        group: field, CCD, quadrant and filter.
        level: median counts of the baseline epochs.
        error_scale: sqrt of their reduced chi square, at least 1.
        n_epochs: how many they are.
        where: "before" or "after" the peak.
    """

    group: str
    level: float
    error_scale: float
    n_epochs: int
    where: str


def _groups(table: Table, band: np.ndarray) -> np.ndarray:
    """Return the name of each row's field, CCD, quadrant (or readout channel) and filter."""
    names = [table.words(name) for name in ("field", "ccdid", "qid", "rcid")]
    parts = zip(*names, band, strict=True)
    return np.array([" ".join(filter(None, map(str, each))) for each in parts], dtype=object)


def find_baselines(
    mjd: np.ndarray,
    band: np.ndarray,
    counts: np.ndarray,
    errors: np.ndarray,
    groups: np.ndarray,
    good: np.ndarray,
) -> dict[str, Baseline]:
    """Return the baseline of each group that has one, from the good epochs far from the peak."""
    peak = find_peak(mjd, counts, errors, groups, good)
    baselines = {}
    for group in pd.unique(groups[good]):
        here = good & (groups == group)
        before, after = here & (mjd < peak - DAYS_BEFORE), here & (mjd > peak + DAYS_AFTER)
        n_before, n_after = int(before.sum()), int(after.sum())
        use_before = n_before >= ENOUGH or (n_before >= TOO_FEW and n_after < ENOUGH)
        rows, n_epochs = (before, n_before) if use_before else (after, n_after)
        if n_epochs < TOO_FEW:
            continue
        level = float(np.median(counts[rows]))
        chi_square = float(np.sum(((counts[rows] - level) / errors[rows]) ** 2) / (n_epochs - 1))
        scale = max(1.0, float(np.sqrt(chi_square)))
        where = "before" if use_before else "after"
        baselines[str(group)] = Baseline(str(group), level, scale, n_epochs, where)
    return baselines


def find_peak(
    mjd: np.ndarray, counts: np.ndarray, errors: np.ndarray, groups: np.ndarray, good: np.ndarray
) -> float:
    """Return when the running median of 14 days is most significant [MJD], in any group."""
    best, peak = -np.inf, float("nan")
    for group in pd.unique(groups[good]):
        rows = np.flatnonzero(good & (groups == group))
        rows = rows[np.argsort(mjd[rows], kind="stable")]
        index = pd.to_datetime(mjd[rows] - 40587, unit="D")  # days since 1970
        significance = pd.Series(counts[rows] / errors[rows], index=index)
        smooth = significance.rolling(f"{PEAK_WINDOW}D", center=True).median().to_numpy()
        if smooth.max() > best:
            best, peak = smooth.max(), float(mjd[rows[smooth.argmax()]])
    return peak


def _by_group(groups: np.ndarray, values: dict[str, float], default: float) -> np.ndarray:
    return np.array([values.get(group, default) for group in groups], dtype=np.float64)


def _baseline_notes(
    groups: np.ndarray, baselines: dict[str, Baseline], scale: np.ndarray, kept: np.ndarray
) -> dict[str, int]:
    short = [name for name, each in baselines.items() if each.n_epochs < ENOUGH]
    after = [name for name, each in baselines.items() if each.where == "after"]
    marks = {
        "no_baseline_correction": ~np.isin(groups, list(baselines)),
        "short_baseline": np.isin(groups, short),
        "baseline_after_peak": np.isin(groups, after),
        "error_scaled": scale > 1,
    }
    return {name: int((kept & mark).sum()) for name, mark in marks.items()}
