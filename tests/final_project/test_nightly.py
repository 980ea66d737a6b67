"""A night as a batch on a local cluster of processes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from distributed import Client, LocalCluster
from final_project.real_files import DATA

from solutions.final_project import answers
from solutions.final_project.alerts import TransientAlertSystem
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.nightly import UNFINISHED, run_night
from solutions.final_project.readers import read_paths

FILES = [DATA / "points.parquet", DATA / "lasair_lightcurves.json"]


@pytest.mark.slow
def test_a_night_on_two_processes_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    system = TransientAlertSystem({"TDE": 0.8, "CV": 0.95}, outbox=tmp_path / "outbox.sqlite")
    out = tmp_path / "out"
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        night = run_night(client, FILES, out, system, now=61000.0)
        next(night)
        night.close()  # cut off after the first file, whichever that is
        (finished,) = out.glob("*.parquet")
        done = list(run_night(client, FILES, out, system, now=61000.0))
    assert len(done) == 1
    assert done[0].answers != finished
    assert not list(out.glob(f"*{UNFINISHED}"))
    assert sorted(system.outbox.announced()) == ["ZTF26zzcdzzz", "ZTF26zzeezzz", "ZTF26zzegzzz"]
    alert = system.outbox.last("ZTF26zzcdzzz")
    assert alert is not None
    assert alert.candidate.facts is not None, "workers send the light curve back"
    curves = read_paths(FILES[:1]).light_curves
    here = answers.classify(ProductionTransientClassifier(), curves, progress=False)
    there = pd.read_parquet(out / "points.parquet")
    pd.testing.assert_frame_equal(here.drop(columns="seconds"), there.drop(columns="seconds"))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    system = TransientAlertSystem({"TDE": 0.8}, outbox=tmp_path / "outbox.sqlite")
    files = [tmp_path / "a" / "night.parquet", tmp_path / "b" / "night.parquet"]
    with pytest.raises(ValueError, match="same name"):
        next(run_night(None, files, tmp_path / "out", system, 61000.0))  # type: ignore[arg-type]
