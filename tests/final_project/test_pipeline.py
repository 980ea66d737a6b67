"""The data pipeline on the project's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from real_files import DATA

from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project import pipeline
from solutions.final_project.pipeline import (
    NoSourceError,
    ZTFDataPipeline,
    from_workbook,
    quality_table,
)


def test_without_a_source_it_says_what_to_do() -> None:
    with pytest.raises(NoSourceError, match=r"folder=\.\.\."):
        ZTFDataPipeline("fink").fetch_recent_transients()
    with pytest.raises(ValueError, match="known are lasair, antares"):
        ZTFDataPipeline("twitter")
    with pytest.raises(NotADirectoryError):
        ZTFDataPipeline("lasair", folder=DATA / "nowhere").fetch()
    with pytest.raises(ValueError, match="negative"):
        ZTFDataPipeline("lasair", folder=DATA).fetch_recent_transients(-1)


def test_a_source_reads_its_own_formats_and_names_the_others() -> None:
    source = ZTFDataPipeline("antares", folder=DATA)
    assert len(source.fetch()) == 2
    reasons = [problem.reason for problem in source.problems]
    assert any("the format is Lasair object; wanted is ANTARES locus" in each for each in reasons)
    assert len(ZTFDataPipeline("any", folder=DATA).fetch()) > 20


def test_recent_means_a_detection_within_the_days_before_now() -> None:
    source = ZTFDataPipeline("any", folder=DATA)
    curves = {curve.object_id: curve for curve in source.fetch()}
    last = max(curve.mjd[-1] for curve in curves.values())
    for now, days in ((None, 7), (None, 400), (58900.0, 30)):
        recent = {each.object_id: each for each in source.fetch_recent_transients(days, now)}
        until = last if now is None else now
        expected = {
            name
            for name, curve in curves.items()
            if np.any(curve.is_detection & (curve.mjd <= until) & (curve.mjd >= until - days))
        }
        assert set(recent) == expected
        assert expected
        for name, curve in recent.items():
            assert len(curve) == int((curves[name].mjd <= until).sum())


def test_preprocess_gives_the_rows_of_the_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    encoding = pytest.importorskip(
        "solutions.final_project.encoding", reason="the encoding is not there yet"
    )
    source = ZTFDataPipeline("any", folder=DATA)
    curve = next(each for each in source.fetch() if len(each.detections()) > 10)
    tensor = source.preprocess_for_inference(curve)
    assert isinstance(tensor, torch.Tensor)
    assert np.array_equal(tensor.numpy(), encoding.encode(curve))


def test_light_curves_of_exercise_2_are_converted() -> None:
    invented = simulate_transient("TDE", np.random.default_rng(3), "mine")
    curve = from_workbook(invented)
    assert curve.object_id == "mine"
    assert len(curve) == len(invented)
    peak = invented.data["flux"].max()  # zero point 25: magnitude 25 - 2.5 log10(flux)
    magnitude = 25 - 2.5 * np.log10(peak)
    assert 23.9 - 2.5 * np.log10(curve.flux.max()) == pytest.approx(magnitude)
    assert curve.sign_known


def test_quality_table_counts_every_row(tmp_path: Path) -> None:
    curves = ZTFDataPipeline("any", folder=DATA).fetch()
    table = quality_table(curves)
    assert table["object_id"].is_unique
    cuts = [name for name in pipeline.CUTS if name in table]
    kept = table["detections"] + table["forced"] + table["limits"]
    assert (kept + table[cuts].sum(axis=1) == table["rows_read"]).all()
    assert table["duplicate"].sum() > 0
    assert len(quality_table([])) == 0
