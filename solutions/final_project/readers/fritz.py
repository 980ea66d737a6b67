"""Fritz (SkyPortal): exported photometry, as fluxes or as magnitudes, of ZTF and other telescopes.

A row without a flux is an upper limit. SkyPortal keeps the limit as a flux error, dividing by its
threshold of 3, and lim_mag gives it back. But it was ZTF's limit, one of 5 sigma (measured: its
median in g is 20.7, ZTF's 5-sigma depth), so a limit's noise is a fifth of lim_mag, whatever
fluxerr says. Of a detection, fluxerr is the error.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from solutions.final_project.light_curve import DETECTION_SNR, LightCurve
from solutions.final_project.quality import Sieve
from solutions.final_project.readers.photometry import (
    limit_to_error,
    magnitudes_to_flux,
    report,
    to_bands,
    to_flux,
    to_mjd,
)
from solutions.final_project.readers.source import ZTF_NAME, FormatError, Source
from solutions.final_project.readers.table import Table

FORMAT = "Fritz photometry"
THRESHOLD = 3.0  # of SkyPortal
LEAST_SNR = 3.0  # forced fluxes below are no detections


def recognises(source: Source) -> bool:
    """Whether the table has Fritz's columns."""
    table = source.table
    if table is None or not table.has("mjd") or not table.has("filter"):
        return False
    return (table.has("flux") and table.has("zp")) or table.has("lim_mag", "limiting_mag")


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield the light curve of each object."""
    table = source.table
    assert table is not None
    if len(table) == 0:
        yield source.error("the file has columns but no rows")
        return
    named = ZTF_NAME.findall(table.before)
    default = named[-1] if named else source.object_name
    for name, rows in table.groups("obj_id", "objectId", "id_obj"):
        yield light_curve(name or default, Table(rows.frame, "line", table.messages))


def light_curve(object_id: str, table: Table) -> LightCurve:
    """Return the light curve of Fritz's rows; telescopes other than ZTF are left out."""
    filters = np.array([str(word).lower() for word in table.words("filter")])
    sieve = Sieve(len(table))
    sieve.drop("other_survey", ~np.char.startswith(filters.astype(str), "ztf"))
    flux, flux_err = _flux(table)
    limits = limit_to_error(table.numbers("lim_mag", "limiting_mag"))
    limits = np.where(np.isnan(limits), flux_err * THRESHOLD / DETECTION_SNR, limits)
    flux_err = np.where(np.isnan(flux), limits, flux_err)
    with np.errstate(invalid="ignore"):
        detected = np.abs(flux) >= LEAST_SNR * flux_err
    kept = sieve.kept
    notes = {"sign_negative": int((kept & detected & (flux < 0)).sum())}
    return LightCurve.from_arrays(
        object_id,
        mjd=to_mjd(table.numbers("mjd"))[kept],
        band=to_bands(filters)[kept],
        flux=flux[kept],
        flux_err=flux_err[kept],
        is_detection=detected[kept],
        kind="diff_alert",
        quality=report(table, notes, sieve),
        metadata={"source": "Fritz"},
    )


def _flux(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Return flux and error [microjansky] from fluxes with a zero point, or from magnitudes."""
    if not table.has("flux"):
        return magnitudes_to_flux(
            table.numbers("mag"),
            table.numbers("magerr", "e_mag"),
            np.ones(len(table)),
        )
    zero_point = table.numbers("zp")
    unit = np.where(np.isfinite(zero_point), to_flux(zero_point), 1.0)
    return table.numbers("flux") * unit, table.numbers("fluxerr", "flux_err") * unit
