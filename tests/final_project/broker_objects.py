"""The objects that the brokers' server replays: the project's own files, and real ones if any."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from real_files import DATA, FORMATS

from solutions.final_project.readers.source import ZTF_NAME

Objects = dict[str, tuple[Any, float]]  # by the broker's name: its answer, and when last seen [MJD]

FILES = {
    "lasair": ("lasair_json/*lc.json", "lasair_json/*ZTF23aabplmy.json"),
    "alerce": ("alerce_csv/*_detections*.csv",),
    "antares": ("antares_csv/HSE*.csv",),
}
OWN = {
    "lasair": ("lasair_object.json", "lasair_lightcurves.json"),
    "alerce": ("alerce_*detections.csv", "alerce_lightcurve.json"),
    "antares": ("antares_export.csv", "antares_locus.json"),
}


def files_of(kind: str) -> list[Path]:
    """Return the files of a broker."""
    real = [path for pattern in FILES[kind] for path in sorted(FORMATS.glob(pattern))]
    return real + [path for pattern in OWN[kind] for path in sorted(DATA.glob(pattern))]


def objects_of(kind: str) -> Objects:
    """Return the objects in the files of a broker, as its API answers."""
    make: dict[str, Callable[[list[Path]], Objects]]
    make = {"lasair": _lasair, "alerce": _alerce, "antares": _antares}
    return make[kind](files_of(kind))


def _lasair(paths: list[Path]) -> Objects:
    objects: Objects = {}
    for path in paths:
        text = path.read_text("utf-8")
        names, _, rest = ("", "", text) if text[0] in "[{" else text.partition("\n")
        document = json.loads(rest)
        items = document if isinstance(document, list) else [document]
        for name, item in zip(names.split() or [""] * len(items), items, strict=True):
            found = item if isinstance(item, dict) else {"objectId": name, "candidates": item}
            seen = [row["jd"] for row in found["candidates"] if "candid" in row]
            objects[found["objectId"]] = (found, max(seen) - 2400000.5)
    return objects


def _alerce(paths: list[Path]) -> Objects:
    parts: dict[str, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        if path.suffix == ".json":
            answer = json.loads(path.read_text("utf-8"))
            parts[answer.pop("oid")].update(answer)
            continue
        part = "non_detections" if "non_detections" in path.name else "detections"
        in_name = ZTF_NAME.findall(path.name)
        for row in json.loads(pd.read_csv(path).to_json(orient="records")):
            name = row.get("oid") or row.get("objectId") or in_name[-1]
            parts[name][part].append({**row, "oid": name})
    return {
        name: ({"non_detections": [], **answer}, max(row["mjd"] for row in answer["detections"]))
        for name, answer in parts.items()
        if "detections" in answer
    }


def _antares(paths: list[Path]) -> Objects:
    objects: Objects = {}
    for number, path in enumerate(paths):
        if path.suffix == ".json":
            about = json.loads(path.read_text("utf-8"))["data"]["attributes"]
            name, rows = about["properties"]["ztf_object_id"], about["lightcurve"]
            last = 61000.0
        else:
            frame = pd.read_csv(path, index_col=0)
            name, rows = path.stem.split("__")[-1], frame.to_csv()
            last = float(frame["ant_mjd"].max())
        locus = {"id": f"ANT{number}", "ra": 10.0, "dec": 20.0, "lightcurve": rows}
        locus |= {"internal_properties": {"ztf_object_id": name}, "user_properties": {}}
        locus |= {"tags": [], "catalogs": [], "grav_wave_events": []}
        objects[f"ANT{number}"] = (locus, last)
    return objects
