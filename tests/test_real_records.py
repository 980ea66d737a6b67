"""The processors of Exercise 3 on records that brokers really gave.

The files are not part of the workbook. Where the folder is missing, these tests are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from grader.exercise import ROOT
from solutions.ex03_survey_classes import FILTERS, JD_TO_MJD, LSSTProcessor, ZTFProcessor

FORMATS = ROOT.parent / "shared" / "real" / "formats"

pytestmark = pytest.mark.skipif(not FORMATS.is_dir(), reason=f"no real records in {FORMATS}")


def load(pattern: str) -> Any:
    return json.loads(find(pattern).read_text(encoding="utf-8"))


def find(pattern: str) -> Path:
    (path,) = FORMATS.glob(pattern)
    return path


def alert(name: str) -> dict[str, Any]:
    """The record in a ZTF alert packet: the new candidate and the history before it."""
    packet = load(f"lasair_json/*sample_alerts__{name}.json")
    candidates = [packet["candidate"], *packet["prv_candidates"]]
    return {"objectId": packet["objectId"], "candidates": candidates}


def text_of_the_client() -> dict[str, Any]:
    """What Lasair's client prints: a name, and its list of detections and non-detections."""
    name, text = find("lasair_json/*lasair_api__tests__lc.json").read_text("utf-8").split("\n", 1)
    (candidates,) = json.loads(text)
    return {"objectId": name, "candidates": candidates}


def alerce(name: str) -> dict[str, Any]:
    """A table of ALeRCE's: `mjd` for `jd`, and `isdiffpos` as 1 or -1."""
    table = pd.read_csv(find(f"alerce_csv/*{name}*detections.csv"), dtype={"candid": str})
    return {"objectId": name, "candidates": table.to_dict("records")}


ZTF = {
    "Lasair, object page": lambda: load("lasair_json/*ZTF23aabplmy.json")[0],
    "Lasair, client": text_of_the_client,
    "alert, two detections": lambda: alert("1g1r"),
    "alert with non-detections": lambda: alert("cand_and_noncand"),
    "alert, new source": lambda: alert("only_noncand"),
    "ALeRCE": lambda: alerce("ZTF18aayusna"),
}
DETECTED = {
    "Lasair, object page": 1,
    "Lasair, client": 19,
    "alert, two detections": 2,
    "alert, new source": 1,
}


@pytest.mark.parametrize("name", ZTF)
def test_ztf(name: str) -> None:
    raw = ZTF[name]()
    processor = ZTFProcessor()
    light_curve = processor.process_lightcurve(raw)
    table = light_curve.data

    detections = [c for c in raw["candidates"] if c.get("candid")]
    assert len(table) == len(detections) == DETECTED.get(name, len(detections)) > 0
    assert (processor.processed_count, processor.rejected_count) == (1, 0)
    assert light_curve.object_id == raw["objectId"]
    assert table["mjd"].between(58000, 62000).all()

    detections.sort(key=lambda c: c.get("mjd", c.get("jd", 0) - JD_TO_MJD))
    zeropoints = table["band"].map(processor.config.zeropoints)
    magnitudes = zeropoints - 2.5 * np.log10(table["flux"].abs())
    assert sorted(magnitudes) == pytest.approx(sorted(c["magpsf"] for c in detections))
    assert sorted(table["band"]) == sorted(FILTERS[c["fid"]] for c in detections)
    assert (table["flux"] > 0).sum() == sum(c["isdiffpos"] in ("t", 1) for c in detections)
    assert (1.0857 * table["flux_err"] / table["flux"].abs()).max() < 0.4


def lsst(name: str) -> dict[str, Any]:
    packet = load(f"lasair_lsst_json/*{name}.json")
    sources = packet.get("diaSourcesList") or [packet["diaSource"], *packet["prvDiaSources"]]
    return {"diaObjectId": packet["diaObject"]["diaObjectId"], "diaSources": sources}


@pytest.mark.parametrize("name", ["TDE_114933870", "SNIa_125643018", "SNIbc_312228"])
def test_lsst(name: str) -> None:
    raw = lsst(name)
    processor = LSSTProcessor()
    light_curve = processor.process_lightcurve(raw)

    assert processor.observation_count == len(raw["diaSources"])
    assert processor.acceptance_rate == 1.0
    assert light_curve.object_id == str(raw["diaObjectId"])
    fluxes = sorted(source["psfFlux"] for source in raw["diaSources"])
    assert sorted(light_curve.data["flux"]) == fluxes
    assert fluxes[0] < 0 < fluxes[-1]
    assert set(light_curve.bands) <= set("ugrizy")
