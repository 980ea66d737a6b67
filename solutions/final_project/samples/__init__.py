"""Small files in each broker's format, made from the synthetic sky of Exercise 5.

The objects are invented and so are their names; the layout of each file, and the traps in it, are
those of real files. Everything is drawn from fixed seeds: the same call writes the same content.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from solutions.final_project.samples import alerts, tables, text
from solutions.final_project.samples.sky import Sky

FILES: dict[str, Callable[[Sky], bytes]] = {
    "lasair_object.json": text.lasair_object,
    "lasair_lightcurves.json": text.lasair_lightcurves,
    "alerce_detections.csv": text.alerce_detections,
    "alerce_non_detections.csv": text.alerce_non_detections,
    "alerce_lightcurve.json": text.alerce_lightcurve,
    "antares_locus.json": text.antares_locus,
    "antares_export.csv": text.antares_export,
    "fritz_photometry.csv": text.fritz_photometry,
    "photometry_blocks.dat": text.photometry_blocks,
    "fink_api.csv": text.fink_api,
    "ztf_alert.avro": alerts.ztf_alert,
    "ztf_alert_2017.avro": alerts.ztf_alert_2017,
    "rubin_alert_stream.bin": alerts.rubin_alert,
    "lasair_lsst_object.json": alerts.lasair_lsst_object,
    "fink_alerts.parquet": alerts.fink_alerts,
    "ztf_forced_photometry_req00000001.txt": tables.ztf_forced_photometry,
    "tns_search.csv": tables.tns_search,
    "tns_public_objects.csv": tables.tns_public_objects,
    "bts_explorer.csv": tables.bts_explorer,
    "points.parquet": tables.points,
}


def write_samples(folder: str | Path) -> list[Path]:
    """Write all files into a folder, which is made if it is missing, and return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, make in FILES.items():
        path = folder / name
        path.write_bytes(make(Sky()))
        paths.append(path)
    return paths
