"""Samples of brokers' JSON and CSV: Lasair, ALeRCE, ANTARES, Fritz, Fink."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

from solutions.final_project.samples.sky import FID, Epochs, Sky


def to_json(document: Any) -> bytes:
    """Return a document as indented JSON with a line feed at its end."""
    return (json.dumps(document, indent=1) + "\n").encode()


def to_csv(rows: list[dict[str, Any]], before: str = "") -> bytes:
    """Return rows as CSV, with text in front of the header; None becomes an empty field."""
    stream = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return (before + stream.getvalue()).encode()


def candid(epochs: Epochs, number: int) -> int:
    """Return an invented number of a detection, made as ZTF's are from the time."""
    return int((epochs.mjd[number] - 57754) * 1000) * 10**12 + number


def _lasair_candidates(epochs: Epochs, lasair_added: bool) -> list[dict[str, Any]]:
    """Return Lasair's rows, newest first; limits have no candid, but perhaps a magpsf."""
    rows: list[dict[str, Any]] = []
    for n in reversed(range(len(epochs))):
        times = {"jd": float(epochs.jd[n]), "fid": FID[str(epochs.band[n])]}
        if lasair_added:
            times["mjd"] = float(epochs.mjd[n])
        if epochs.detected[n]:
            row: dict[str, Any] = {
                "candid": candid(epochs, n),
                "ra": epochs.ra,
                "dec": epochs.dec,
                **times,
            }
            row |= {"magpsf": float(epochs.magnitude[n])}
            row |= {"sigmapsf": float(epochs.magnitude_error[n])}
            row |= {"isdiffpos": "t" if epochs.flux[n] > 0 else "f"}
            row |= {"ssdistnr": -999.0, "ssnamenr": "null", "drb": None if n % 3 else 0.998}
        else:
            row = {**times, "diffmaglim": float(epochs.limit[n])}
            if lasair_added:
                row["magpsf"] = float(epochs.limit[n])
        rows.append(row)
    return rows


def lasair_object(sky: Sky) -> bytes:
    """A supernova of type II by Lasair's `object` with lasair_added: limits have a magpsf too."""
    epochs = sky.object("SNII").first(24, of_detections=8)
    n_negative = int((epochs.detected & (epochs.flux < 0)).sum())
    n_detections = int(epochs.detected.sum())
    return to_json(
        {
            "objectId": epochs.name,
            "objectData": {"ncand": n_detections, "ramean": epochs.ra, "decmean": epochs.dec},
            "candidates": _lasair_candidates(epochs, lasair_added=True),
            "count_isdiffpos": n_detections - n_negative,
            "count_isdiffneg": n_negative,
            "count_all_candidates": n_detections,
            "count_noncandidate": len(epochs) - n_detections,
            "forcedphot": [],
            "sherlock": {"classification": "SN"},
            "TNS": {"tns_prefix": "SN", "tns_name": "2026zzza", "type": "SN II", "z": 0.021},
        }
    )


def lasair_lightcurves(sky: Sky) -> bytes:
    """Two light curves alone; a line of text before the JSON names the objects."""
    objects = [sky.object("CV", 3).first(20), sky.object("AGN", 2).first(12)]
    names = " ".join(each.name for each in objects)
    lists = [_lasair_candidates(each, lasair_added=False) for each in objects]
    return f"{names}\n".encode() + to_json(lists)


def _alerce_detection(epochs: Epochs, n: int) -> dict[str, Any]:
    """Return a detection with ALeRCE's sentinels: 100 for no magnitude, -99999 for no value."""
    corrected = n % 2 == 0
    return {
        "oid": epochs.name,
        "mjd": float(epochs.mjd[n]),
        "candid": candid(epochs, n),
        "fid": FID[str(epochs.band[n])],
        "diffmaglim": float(epochs.limit[n]),
        "isdiffpos": 1 if epochs.flux[n] > 0 else -1,
        "distnr": 0.21 if corrected else -99999,
        "magpsf": float(epochs.magnitude[n]),
        "sigmapsf": float(epochs.magnitude_error[n]),
        "magpsf_corr": round(float(epochs.magnitude[n]) - 0.4, 4) if corrected else None,
        "sigmapsf_corr": 100 if corrected else None,
        "ra": epochs.ra,
        "dec": epochs.dec,
        "rb": 0.81,
        "dubious": n % 5 == 0,
    }


def _alerce_object(sky: Sky) -> Epochs:
    return sky.object("AGN").first(30, of_detections=9)


def alerce_detections(sky: Sky) -> bytes:
    """An AGN's detections, some below the reference image; one row has the sentinel magnitude."""
    epochs = _alerce_object(sky)
    rows = [_alerce_detection(epochs, int(n)) for n in np.flatnonzero(epochs.detected)]
    rows[1] |= {"magpsf": 100, "sigmapsf": 100}
    return to_csv(rows)


def alerce_non_detections(sky: Sky) -> bytes:
    """The same object's upper limits; the file begins with a blank line."""
    epochs = _alerce_object(sky)
    limits = np.flatnonzero(~epochs.detected).tolist()
    rows = [_alerce_limit(epochs, n) for n in limits]
    return to_csv(rows, before="\n")


def _alerce_limit(epochs: Epochs, n: int) -> dict[str, Any]:
    row = {"oid": epochs.name, "mjd": float(epochs.mjd[n]), "fid": FID[str(epochs.band[n])]}
    return row | {"diffmaglim": float(epochs.limit[n])}


def alerce_answer(epochs: Epochs) -> dict[str, Any]:
    """Return what ALeRCE's API answers for an object: detections, limits, forced photometry."""
    detections = [_alerce_detection(epochs, n) for n in np.flatnonzero(epochs.detected).tolist()]
    limits = [_alerce_limit(epochs, n) for n in np.flatnonzero(~epochs.detected).tolist()]
    forced = []
    for n in range(0, len(epochs), 4):
        row = {"oid": epochs.name, "mjd": float(epochs.mjd[n]), "fid": FID[str(epochs.band[n])]}
        row |= {"mag": float(epochs.magnitude[n]), "e_mag": float(epochs.magnitude_error[n])}
        row |= {"isdiffpos": 1 if epochs.flux[n] > 0 else -1, "procstatus": "0"}
        forced.append(row)
    if forced:
        forced[0] |= {"mag": 100, "e_mag": 100, "procstatus": "61"}
    parts = {"detections": detections, "non_detections": limits, "forced_photometry": forced}
    return {"oid": epochs.name, **parts}


def alerce_lightcurve(sky: Sky) -> bytes:
    """A supernova of type Ia as ALeRCE's API answers; its first forced epoch has no flux."""
    return to_json(alerce_answer(sky.object("SNIa", 7).first(24)))


def antares_locus(sky: Sky) -> bytes:
    """A supernova of type Ia by ANTARES: its light curve is a CSV in a string."""
    epochs = sky.object("SNIa").first(26, of_detections=8)
    rows = []
    for n in range(len(epochs)):
        seen = bool(epochs.detected[n])
        row: dict[str, Any] = {"alert_id": f"{'ztf_candidate' if seen else 'ztf_upper_limit'}:{n}"}
        row |= {"ant_mjd": float(epochs.mjd[n]), "ant_survey": 1 if seen else 2}
        row |= {"ant_ra": epochs.ra if seen else None, "ant_dec": epochs.dec if seen else None}
        row |= {"ant_passband": "R" if epochs.band[n] == "r" else str(epochs.band[n])}
        row |= {"ant_mag": float(epochs.magnitude[n]) if seen else None}
        row |= {"ant_magerr": float(epochs.magnitude_error[n]) if seen else None}
        row |= {"ant_maglim": float(epochs.limit[n])}
        row |= {"ztf_isdiffpos": ("t" if epochs.flux[n] > 0 else "f") if seen else None}
        rows.append(row)
    attributes = {
        "ra": epochs.ra,
        "dec": epochs.dec,
        "properties": {"ztf_object_id": epochs.name, "num_alerts": len(epochs)},
        "tags": ["lc_feature_extractor"],
        "lightcurve": to_csv(rows).decode(),
    }
    locus = {"type": "locus", "id": "ANT2026zzzzzzzz", "attributes": attributes}
    return to_json({"data": locus, "meta": {}, "links": {"self": None, "next": None}})


def antares_export(sky: Sky) -> bytes:
    """An exported light curve: magnitudes of detections only, no sign, no name, index in front."""
    epochs = sky.object("TDE", 1)
    rows = [
        {
            "": int(n),
            "ant_mjd": float(epochs.mjd[n]),
            "ant_passband": "R" if epochs.band[n] == "r" else str(epochs.band[n]),
            "ant_mag": float(epochs.magnitude[n]),
            "ant_magerr": float(epochs.magnitude_error[n]),
        }
        for n in np.flatnonzero(epochs.detected)[:20]
    ]
    return to_csv(rows)


def fritz_photometry(sky: Sky) -> bytes:
    """A TDE from Fritz: limits have no flux and too large an error; a comment names the object."""
    epochs = sky.object("TDE").first(30, of_detections=8)
    rows: list[dict[str, Any]] = []
    for n in range(len(epochs)):
        error = epochs.flux_err[n] * (1 if epochs.detected[n] else 5 / 3)
        limit = 23.9 - 2.5 * np.log10(3 * error)
        row: dict[str, Any] = {"mjd": float(epochs.mjd[n]), "filter": f"ztf{epochs.band[n]}"}
        row |= {"flux": float(epochs.flux[n]) if epochs.detected[n] else "NaN"}
        row |= {"fluxerr": round(float(error), 4), "zp": 23.9, "magsys": "ab"}
        rows.append(row | {"lim_mag": round(float(limit), 4), "stacked": "false"})
    other = {**rows[-1], "mjd": rows[-1]["mjd"] + 0.3, "filter": "sdssg"}
    before = f'# source: "{epochs.name}" downloaded at: 2026-11-01T00:00:00Z UTC\n'
    return to_csv([*rows, other], before)


def photometry_blocks(sky: Sky) -> bytes:
    """A supernova of type II in blocks by filter, times to 0.001 d, limits marked with T."""
    epochs = sky.object("SNII", 1).first(30, of_detections=8)
    rule = "###################### HEADER ######################"
    lines = [rule, f"# SNNAME:\t{epochs.name}", rule]
    for band in ("g", "r"):
        lines += ["", f"# FILTER {band}"]
        lines += ["#        MJD  MAG  MAGERR  Upperlimit  Instrument  Telescope  Source"]
        for n in np.flatnonzero(epochs.band == band):
            seen = bool(epochs.detected[n])
            magnitude = epochs.magnitude[n] if seen else epochs.limit[n]
            error = f"{epochs.magnitude_error[n]:.3f}" if seen else "nan"
            rest = [error, "F" if seen else "T", "nan", "nan", "nan"]
            lines.append("\t".join(["", f"{epochs.mjd[n]:.3f}", f"{magnitude:.3f}", *rest]))
    return ("\n".join(lines) + "\n").encode()


def fink_api(sky: Sky) -> bytes:
    """A cataclysmic variable by Fink's API; d:tag tells limits and rows of bad quality apart."""
    epochs = sky.object("CV", 1).first(20, of_detections=5)
    rows = []
    for n in range(len(epochs)):
        seen = bool(epochs.detected[n])
        row: dict[str, Any] = {"i:objectId": epochs.name, "i:jd": float(epochs.jd[n])}
        row |= {"i:fid": FID[str(epochs.band[n])], "i:candid": candid(epochs, n) if seen else None}
        row |= {"i:magpsf": float(epochs.magnitude[n]) if seen else None}
        row |= {"i:sigmapsf": float(epochs.magnitude_error[n]) if seen else None}
        row |= {"i:isdiffpos": ("t" if epochs.flux[n] > 0 else "f") if seen else None}
        row |= {"i:diffmaglim": float(epochs.limit[n]), "d:tag": "valid" if seen else "upperlim"}
        rows.append(row)
    bad = next(row for row in rows if row["d:tag"] == "valid")
    rows.append({**bad, "i:jd": bad["i:jd"] + 0.5, "d:tag": "badquality"})
    return to_csv(rows)
