"""Samples of tables: ZTF's forced photometry, the TNS, the BTS explorer, and the project's own."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project.readers.ztf_forced_photometry import CLEAR_SKY, airmass
from solutions.final_project.samples.sky import JD_OF_MJD_ZERO, SEEDS, Epochs, Sky
from solutions.final_project.samples.text import to_csv

FPS_COLUMNS = (
    *("index", "field", "ccdid", "qid", "filter", "pid", "infobitssci", "sciinpseeing"),
    *("scibckgnd", "scisigpix", "zpmaginpsci", "zpmaginpsciunc", "zpmaginpscirms", "clrcoeff"),
    *("clrcoeffunc", "ncalmatches", "exptime", "adpctdif1", "adpctdif2", "diffmaglim", "zpdiff"),
    *("programid", "jd", "rfid", "forcediffimflux", "forcediffimfluxunc", "forcediffimsnr"),
    *("forcediffimchisq", "forcediffimfluxap", "forcediffimfluxuncap", "forcediffimsnrap"),
    *("aperturecorr", "dnearestrefsrc", "nearestrefmag", "nearestrefmagunc", "nearestrefchi"),
    *("nearestrefsharp", "refjdstart", "refjdend", "procstatus"),
)
OFFSET = {"g": 400.0, "r": -250.0, "i": 0.0}  # [counts] of the baseline: it has to be found
STRETCH = 1.5  # by which the true scatter exceeds the error that the service states


def ztf_forced_photometry(sky: Sky) -> bytes:
    """A supernova with 49 epochs before it, a baseline that is off, and all kinds of bad epochs."""
    epochs = _with_baseline(sky.object("SNIa", 5).first(36))
    rng = np.random.default_rng(7)
    rows = [_fps_row(epochs, n, rng) for n in range(len(epochs))]
    bad: tuple[dict[str, Any], ...] = (
        {"infobitssci": 2**25 + 16, "zpmaginpsci": 23.1},
        {"infobitssci": 4},
        {"scisigpix": 31.7},
        {"sciinpseeing": 5.6},
        {"zpmaginpscirms": 0.19},
        {"ncalmatches": 31},
        {"forcediffimflux": "null", "forcediffimfluxunc": "null", "procstatus": "56,57"},
        {"forcediffimflux": -99999, "forcediffimfluxunc": -99999, "procstatus": "61"},
    )
    for n, change in enumerate(bad):
        rows[4 + 8 * n] |= change
    rows[2] |= {"procstatus": "57", "dnearestrefsrc": "null", "nearestrefmag": "null"}
    rows[3] |= {"procstatus": "56"}
    head = [
        "# " + "-" * 66,
        "# Made by the Astronomy ML Workbook in the layout of forcedphotometry_trim.pl, v3.8",
        "#",
        f"# Requested input R.A. = {epochs.ra} degrees",
        f"# Requested input Dec. = {epochs.dec} degrees",
        "# Authenticated program IDs = 1",
        "#",
        "# Order of columns below:",
        " " + ", ".join(FPS_COLUMNS),
        "#",
    ]
    lines = [" " + " ".join(str(row[name]) for name in FPS_COLUMNS) for row in rows]
    return ("\n".join([*head, *lines, "# " + "-" * 30 + "END" + "-" * 33]) + "\n").encode()


def _with_baseline(epochs: Epochs) -> Epochs:
    """Put 14 epochs in g and 35 in r without the object before its light curve."""
    rng = np.random.default_rng(8)
    n = 49
    mjd = np.round(np.sort(epochs.mjd[0] - rng.uniform(200, 330, n)), 7)
    flux_err = np.round(rng.uniform(2.5, 5.0, n), 4)
    flux = np.round(rng.normal(0, STRETCH * flux_err), 4)
    return Epochs(
        epochs.name,
        epochs.label,
        epochs.ra,
        epochs.dec,
        np.append(mjd, epochs.mjd),
        np.append(np.resize(list("grrgrrr"), n), epochs.band),
        np.append(flux, epochs.flux),
        np.append(flux_err, epochs.flux_err),
    )


def _fps_row(epochs: Epochs, n: int, rng: np.random.Generator) -> dict[str, Any]:
    band = str(epochs.band[n])
    clear, loss = CLEAR_SKY[band][:2]
    mass = float(np.nanmin([2.5, *airmass(epochs.mjd[n : n + 1], epochs.ra, epochs.dec)]))
    zero_point = round(clear - loss * mass - 0.2 - rng.exponential(0.03), 4)
    counts = 10 ** (0.4 * (zero_point - 23.9))
    flux = epochs.flux[n] * counts + OFFSET[band]
    error = epochs.flux_err[n] * counts
    row: dict[str, Any] = dict.fromkeys(FPS_COLUMNS, 0)
    row |= {"index": n, "field": 600, "ccdid": 4, "qid": 1, "filter": f"ZTF_{band}"}
    row |= {"pid": 1500000000000 + n, "sciinpseeing": round(rng.uniform(1.6, 3.0), 4)}
    row |= {"scibckgnd": 160.2, "scisigpix": round(rng.uniform(5, 12), 4)}
    row |= {"zpmaginpsci": zero_point, "zpmaginpsciunc": 1e-05, "zpmaginpscirms": 0.03}
    row |= {"clrcoeff": 0.1, "clrcoeffunc": 2e-05, "ncalmatches": 900, "exptime": "30."}
    row |= {"adpctdif1": 0.05, "adpctdif2": 0.05, "diffmaglim": round(float(epochs.limit[n]), 4)}
    row |= {"zpdiff": zero_point, "programid": 1, "rfid": 600120104}
    row |= {"jd": round(float(epochs.mjd[n]) + JD_OF_MJD_ZERO, 7)}
    row |= {"forcediffimflux": round(flux, 4), "forcediffimfluxunc": round(error, 4)}
    row |= {"forcediffimsnr": round(flux / error, 4), "forcediffimchisq": 1.01}
    row |= {"forcediffimfluxap": round(1.03 * flux, 4), "forcediffimfluxuncap": round(2 * error, 4)}
    row |= {"aperturecorr": 1.06, "dnearestrefsrc": 0.4, "nearestrefmag": 19.2}
    row |= {"refjdstart": 2458154.7, "refjdend": 2458247.7, "procstatus": "0"}
    return row


# One object for each kind of decision: type, redshift.
TYPES = (
    *(("SN Ia", 0.05), ("SN Ia-91T-like", 0.06), ("SN Iax[02cx-like]", 0.02), ("SN II", 0.02)),
    *(("SN IIP", 0.01), ("SN IIn", 0.09), ("SN IIb", 0.03), ("SN Ib/c", 0.04), ("SLSN-I", 0.3)),
    *(("CV", None), ("Nova", None), ("AGN", 0.4), ("QSO", 1.2), ("TDE-H-He", 0.08)),
    *(("TDE", 0.1), ("SN Ia?", 0.07), ("Galaxy", 0.05), ("Other", None), ("", None)),
)


def _typed(number: int) -> dict[str, Any]:
    """Return what the samples say of an invented object, position in degrees."""
    rng = np.random.default_rng([9, number])
    raw, redshift = TYPES[number]
    letter = chr(ord("a") + number)
    prefix = "TDE" if raw.startswith("TDE") else "SN" if raw.startswith("S") else "AT"
    return {
        "prefix": prefix,
        "name": f"2026zz{letter}",
        "ztf": f"ZTF26zzzzz{letter}z",
        "type": raw,
        "redshift": redshift,
        "ra": round(float(rng.uniform(0, 360)), 6),
        "dec": round(float(rng.uniform(-20, 80)), 6),
        "magnitude": round(float(rng.uniform(16, 20)), 3),
        "day": f"2026-05-{number + 1:02d} 08:30:00",
    }


def _sexagesimal(degrees: float) -> str:
    """Return an angle as sign, degrees (or hours), minutes and seconds."""
    hundredths = round(abs(degrees) * 360000)
    minutes, seconds = divmod(hundredths, 6000)
    whole, minutes = divmod(minutes, 60)
    sign = "-" if degrees < 0 else "+"
    return f"{sign}{whole:02d}:{minutes:02d}:{seconds / 100:05.2f}"


def tns_search(sky: Sky) -> bytes:
    """A search on the TNS website: quoted fields, sexagesimal positions."""
    stream = io.StringIO(newline="")
    names = ("ID", "Name", "RA", "DEC", "Obj. Type", "Redshift", "Host Name", "Reporting Group/s")
    more = ("Disc. Internal Name", "Discovery Mag/Flux", "Discovery Filter", "Discovery Date (UT)")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*names, *more])
    for number in range(len(TYPES)):
        row = _typed(number)
        place = [_sexagesimal(row["ra"] / 15)[1:], _sexagesimal(row["dec"])]
        values = [900000 + number, f"{row['prefix']} {row['name']}", *place, row["type"]]
        values += [row["redshift"] or "", "", "ZTF", row["ztf"], row["magnitude"], "r-ZTF"]
        writer.writerow([*values, row["day"]])
    return stream.getvalue().encode()


def tns_public_objects(sky: Sky) -> bytes:
    """The TNS's table of all objects: a line with the time first, several internal names."""
    rows = []
    for number in range(len(TYPES)):
        row = _typed(number)
        table: dict[str, Any] = {"objid": 900000 + number, "name_prefix": row["prefix"]}
        table |= {"name": row["name"], "ra": row["ra"], "declination": row["dec"]}
        table |= {"redshift": row["redshift"], "typeid": number, "type": row["type"]}
        table |= {"reporting_group": "ZTF", "discoverydate": row["day"] + ".000"}
        table |= {"discoverymag": row["magnitude"], "internal_names": f"ATLAS26zz, {row['ztf']}"}
        rows.append(table | {"lastmodified": "2026-06-01 00:00:00"})
    return to_csv(rows, before='"2026-06-02 00:00:00"\n')


def bts_explorer(sky: Sky) -> bytes:
    """The explorer of the Bright Transient Survey: a blank line first, "-" for no value."""
    rows = []
    for number in range(len(TYPES)):
        row = _typed(number)
        table: dict[str, Any] = {"ZTFID": row["ztf"], "IAUID": row["prefix"] + row["name"]}
        table |= {"RA": _sexagesimal(row["ra"] / 15)[1:], "Dec": _sexagesimal(row["dec"])}
        table |= {"peakt": 3100.5 + number, "peakfilt": "r", "peakmag": row["magnitude"]}
        table |= {"duration": ">20.1", "type": row["type"] or "-"}
        rows.append(table | {"redshift": row["redshift"] or "-", "b": 40.1, "A_V": 0.1})
    return to_csv(rows, before="\n")


def points(sky: Sky) -> bytes:
    """The project's own table with two objects of each class, as alerts would show them."""
    frames = []
    for label in SEEDS:
        for number in (4, 6):
            frames.append(_points(sky.object(label, number).first(60, of_detections=5)))
    table = pd.concat(frames, ignore_index=True)
    stream = io.BytesIO()
    table.to_parquet(stream, index=False)
    return stream.getvalue()


def _points(epochs: Epochs) -> pd.DataFrame:
    seen = epochs.detected
    return pd.DataFrame(
        {
            "object_id": epochs.name,
            "label": epochs.label,
            "label_strict": True,
            "raw_label": f"invented {epochs.label}",
            "band": epochs.band,
            "mjd": epochs.mjd,
            "flux": np.where(seen, epochs.flux, np.nan).astype(np.float32),
            "flux_err": epochs.flux_err.astype(np.float32),
            "mag": np.where(seen, epochs.magnitude, np.nan).astype(np.float32),
            "mag_err": np.where(seen, epochs.magnitude_error, np.nan).astype(np.float32),
            "is_detection": seen,
            "mag_lim": np.where(seen, np.nan, epochs.limit).astype(np.float32),
            "diff_sign": np.where(seen, np.sign(epochs.flux), np.nan).astype(np.float32),
            "flux_kind": "diff_alert",
            "primary_alert": True,
        }
    )
