"""From what surveys write to one unit: times, bands, signs, difference fluxes in microjansky."""

from __future__ import annotations

from typing import Any

import numpy as np

from solutions.final_project.light_curve import DETECTION_SNR, ZERO_POINT, LightCurve
from solutions.final_project.quality import QualityReport, Sieve
from solutions.final_project.readers.table import Table

MJD_ZERO = 2400000.5  # [JD]
NATURAL = 2.5 / np.log(10)  # magnitudes of a factor e
BRIGHTEST, FAINTEST = 0.0, 35.0  # [mag] outside are sentinels: 99, 100, -999
LETTERS = {
    **dict(zip(("1", "2", "3", "1.0", "2.0", "3.0"), "grigri", strict=True)),  # ZTF's fid
    **{prefix + band: band for prefix in ("", "ztf", "ztf_", "ztf-", "z") for band in "gri"},
    **{prefix + band: band for prefix in ("", "lsst", "lsst_") for band in "ugrizy"},
    "R": "r",  # ANTARES
}
SIGNS = {
    **dict.fromkeys(("t", "true", "1", "1.0", "+", "+1"), 1.0),
    **dict.fromkeys(("f", "false", "0", "0.0", "-1", "-1.0", "-"), -1.0),
}


def to_mjd(times: np.ndarray) -> np.ndarray:
    """Return times as MJD, whether they are MJD or JD (which is beyond two million)."""
    with np.errstate(invalid="ignore"):
        return np.where(times > 2e6, times - MJD_ZERO, times)


def to_bands(names: np.ndarray) -> np.ndarray:
    """Return the letters of bands, '' for what no survey here calls a band."""
    return np.array([LETTERS.get(name, LETTERS.get(name.lower(), "")) for name in names], "<U1")


def to_signs(words: np.ndarray) -> np.ndarray:
    """Return +1 or -1 for the spellings of isdiffpos (t, f, 1, 0, -1, True...), NaN for others."""
    return np.array([SIGNS.get(str(word).lower(), np.nan) for word in words], dtype=np.float64)


def to_magnitudes(values: np.ndarray) -> np.ndarray:
    """Return magnitudes, NaN in place of the sentinels 99, 100, -999 and -99999."""
    with np.errstate(invalid="ignore"):
        return np.where((values > BRIGHTEST) & (values < FAINTEST), values, np.nan)


def to_flux(magnitudes: np.ndarray, zero_point: float = ZERO_POINT) -> np.ndarray:
    """Return the flux of AB magnitudes [microjansky]."""
    return 10 ** (0.4 * (zero_point - magnitudes))


def limit_to_error(limits: np.ndarray) -> np.ndarray:
    """Return the 1-sigma error of 5-sigma limiting magnitudes [microjansky]."""
    return to_flux(to_magnitudes(limits)) / 5


def magnitudes_to_flux(
    magnitudes: np.ndarray, errors: np.ndarray, signs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return flux and error [microjansky] of difference magnitudes; an unknown sign counts as +."""
    flux = to_flux(to_magnitudes(magnitudes))
    with np.errstate(invalid="ignore"):
        good_error = np.where((errors > 0) & (errors < 10), errors, np.nan)
    return flux * np.where(np.isnan(signs), 1.0, signs), flux * good_error / NATURAL


def place(table: Table, detected: np.ndarray) -> dict[str, float]:
    """Return the median position of the detections [deg], NaN if there is none."""
    about = {}
    for name, columns in (("ra", ("ra", "ant_ra")), ("dec", ("dec", "decl", "ant_dec"))):
        values = table.numbers(*columns)[detected]
        values = values[np.isfinite(values)]
        about[name] = float(np.median(values)) if len(values) else float("nan")
    return about


def alert_photometry(object_id: str, table: Table, **about: Any) -> LightCurve:
    """Return the light curve of rows in the columns of ZTF's alerts, under any broker's names.

    A row with a candid is a detection and one without an upper limit, since brokers fill in
    magnitudes for limits too. Where there are no candids, a detection is a row with an error.

    Args:
        object_id: name of the object.
        table: jd or mjd, fid, magpsf, sigmapsf, isdiffpos, diffmaglim, candid, ra, dec, rb, drb.
        **about: further attributes of the light curve; ra and dec default to the detections'.
    """
    magnitude = table.numbers("magpsf", "mag", "ant_mag")
    error = table.numbers("sigmapsf", "e_mag", "magerr", "ant_magerr")
    if table.has("candid", "alert_id"):
        detected = table.words("candid", "alert_id") != ""
    else:
        detected = np.isfinite(error)
    sign = to_signs(table.words("isdiffpos", "ztf_isdiffpos"))
    flux, flux_err = magnitudes_to_flux(magnitude, error, sign)
    limit = table.numbers("diffmaglim", "ant_maglim")
    notes = {
        "sign_unknown": int((detected & np.isnan(sign)).sum()),
        "sign_negative": int((detected & (sign < 0)).sum()),
        "low_real_bogus": int((detected & _is_bogus(table)).sum()),
    }
    position = place(table, detected)
    return LightCurve.from_arrays(
        object_id,
        mjd=to_mjd(table.numbers("mjd", "jd", "MJD", "JD", "ant_mjd", "time")),
        band=to_bands(table.words("fid", "band", "filter", "ant_passband")),
        flux=np.where(detected, flux, np.nan),
        flux_err=np.where(detected, flux_err, limit_to_error(limit)),
        is_detection=detected,
        kind="diff_alert",
        sign_known=notes["sign_unknown"] == 0,
        quality=report(table, notes),
        **(position | about),
    )


def report(table: Table, notes: dict[str, int], sieve: Sieve | None = None) -> QualityReport:
    """Return what is known of the rows of a table before LightCurve looks at them."""
    sieve = sieve or Sieve(len(table))
    malformed = QualityReport(table.n_malformed, {"malformed_row": table.n_malformed})
    return malformed + sieve.report(notes, tuple(table.messages))


def _is_bogus(table: Table) -> np.ndarray:
    deep, shallow = table.numbers("drb"), table.numbers("rb")
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(deep), deep < 0.5, shallow < 0.55)


def forced_magnitudes(object_id: str, table: Table, **about: Any) -> LightCurve:
    """Return the light curve of forced photometry that is given as difference magnitudes."""
    sign = to_signs(table.words("isdiffpos"))
    flux, flux_err = magnitudes_to_flux(
        table.numbers("mag", "magpsf"), table.numbers("e_mag", "sigmapsf"), sign
    )
    with np.errstate(invalid="ignore"):
        detected = np.abs(flux) >= DETECTION_SNR * flux_err
    notes = {
        "sign_unknown": int((detected & np.isnan(sign)).sum()),
        "sign_negative": int((detected & (sign < 0)).sum()),
    }
    # A forced flux that is missing is no upper limit, so that all rows pass as detections first.
    return LightCurve.from_arrays(
        object_id,
        mjd=to_mjd(table.numbers("mjd", "jd")),
        band=to_bands(table.words("fid", "band", "filter")),
        flux=flux,
        flux_err=flux_err,
        is_detection=np.where(np.isfinite(flux), detected, True),
        kind="diff_forced",
        sign_known=notes["sign_unknown"] == 0,
        quality=report(table, notes),
        **(place(table, np.ones(len(table), dtype=bool)) | about),
    )
