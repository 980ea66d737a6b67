"""Each reader on the project's own files, whose true values are known from the synthetic sky."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import fastavro
import numpy as np
import pandas as pd
import pytest
from lsst.alert.packet import get_schema_root
from real_files import DATA

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers import read, read_folder, read_labels
from solutions.final_project.readers.source import NotPhotometryError
from solutions.final_project.samples import FILES, write_samples
from solutions.final_project.samples.alerts import rubin_packet
from solutions.final_project.samples.sky import Epochs, Sky

SECOND = 1 / 86400


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_samples(folder)
    return folder


def test_data_is_what_the_recipe_makes(made: Path) -> None:
    kept = {path.name for path in DATA.iterdir()} - {"README.md"}
    assert kept == set(FILES)
    for name in FILES:
        if name.endswith(".parquet"):  # the file names the version of its writer
            old, new = (pd.read_parquet(folder / name) for folder in (DATA, made))
            assert old.astype(str).equals(new.astype(str)), name
        else:
            assert (DATA / name).read_bytes() == (made / name).read_bytes(), name


def test_data_is_small_and_described() -> None:
    text = (DATA / "README.md").read_text("utf-8")
    for name in FILES:
        assert (DATA / name).stat().st_size < 25_000
        assert f"`{name}`" in text


def the(name: str, folder: Path = DATA) -> LightCurve:
    (curve,) = read(folder / name)
    return curve


def check_detections(curve: LightCurve, truth: Epochs, rel: float, signed: bool = True) -> None:
    """Compare every detection with the sky; rel is what rounding in the format allows."""
    seen = curve.detections()
    assert len(seen) > 0
    for mjd, band, flux, flux_err in zip(
        seen.mjd, seen.band, seen.flux, seen.flux_err, strict=True
    ):
        near = np.flatnonzero((truth.band == band) & (np.abs(truth.mjd - mjd) < 0.0006))
        best = near[np.argmin(np.abs(truth.mjd[near] - mjd))]
        expected = truth.flux[best] if signed else abs(truth.flux[best])
        assert flux == pytest.approx(expected, rel=rel)
        assert flux_err == pytest.approx(truth.flux_err[best], rel=20 * rel)


def check_limits(curve: LightCurve, truth: Epochs, rel: float = 2e-4) -> None:
    limits = np.isnan(curve.flux)
    assert limits.any()
    for mjd, band, flux_err in zip(
        curve.mjd[limits], curve.band[limits], curve.flux_err[limits], strict=True
    ):
        near = (truth.band == band) & (np.abs(truth.mjd - mjd) < 0.0006)
        assert np.abs(truth.flux_err[near] / flux_err - 1).min() < rel


def test_lasair_object() -> None:
    curve = the("lasair_object.json")
    truth = Sky().object("SNII").first(24, of_detections=8)
    assert curve.object_id == truth.name
    assert len(curve) == len(truth)
    assert (np.diff(curve.mjd) >= 0).all()  # the file is newest first
    # With lasair_added, a limit has a magpsf, too: only candid tells it from a detection.
    assert int(curve.is_detection.sum()) == int(truth.detected.sum())
    check_detections(curve, truth, 1e-4)
    check_limits(curve, truth)
    assert curve.redshift == 0.021
    assert curve.metadata["raw_label"] == "SN II"
    assert (curve.ra, curve.dec) == (truth.ra, truth.dec)


def test_lasair_lightcurves_behind_a_line_of_text() -> None:
    cv, agn = read(DATA / "lasair_lightcurves.json")
    for curve, truth in (
        (cv, Sky().object("CV", 3).first(20)),
        (agn, Sky().object("AGN", 2).first(12)),
    ):
        assert curve.object_id == truth.name
        check_detections(curve, truth, 1e-4)
        check_limits(curve, truth)


def test_alerce_detections_and_limits_are_one_object_in_a_folder() -> None:
    truth = Sky().object("AGN").first(30, of_detections=9)
    curve = the("alerce_detections.csv")
    assert dict(curve.quality.cuts) == {"bad_flux": 1}  # the sentinel magnitude 100
    assert curve.quality.notes["sign_negative"] == 8
    check_detections(curve, truth, 1e-4)
    limits = the("alerce_non_detections.csv")  # begins with a blank line
    assert not limits.is_detection.any()
    check_limits(limits, truth)
    both = next(each for each in read_folder(DATA).light_curves if each.object_id == truth.name)
    assert len(both) == len(curve) + len(limits)


def test_alerce_answer_has_three_parts() -> None:
    truth = Sky().object("SNIa", 7).first(24)
    curve = the("alerce_lightcurve.json")
    assert set(curve.row_kind) == {"diff_alert", "diff_forced"}
    assert dict(curve.quality.cuts) == {"bad_flux": 1, "duplicate": 5}
    check_detections(curve, truth, 1e-4)
    check_limits(curve, truth)


def test_antares_locus_and_export() -> None:
    truth = Sky().object("SNIa").first(26, of_detections=8)
    curve = the("antares_locus.json")
    assert curve.object_id == truth.name
    assert curve.sign_known
    assert len(curve) == len(truth)
    check_detections(curve, truth, 1e-4)
    check_limits(curve, truth)
    export, truth = the("antares_export.csv"), Sky().object("TDE", 1)
    assert not export.sign_known
    assert export.quality.notes["sign_unknown"] == 20
    assert export.bands == ["g", "r", "i"]  # the file has R
    check_detections(export, truth, 1e-4, signed=False)


def test_fritz_limits_are_those_of_ztf() -> None:
    truth = Sky().object("TDE").first(30, of_detections=8)
    curve = the("fritz_photometry.csv")
    assert curve.object_id == truth.name  # from the comment
    assert dict(curve.quality.cuts) == {"other_survey": 1}
    check_detections(curve, truth, 1e-6)
    check_limits(curve, truth)


def test_photometry_in_blocks() -> None:
    curve = the("photometry_blocks.dat")
    truth = Sky().object("SNII", 1).first(30, of_detections=8)
    assert curve.object_id == truth.name
    assert not curve.sign_known
    check_detections(curve, truth, 1e-3, signed=False)
    check_limits(curve, truth, 1e-3)


def test_fink_table_and_alerts() -> None:
    truth = Sky().object("CV", 1).first(20, of_detections=5)
    curve = the("fink_api.csv")
    assert dict(curve.quality.cuts) == {"bad_quality": 1}
    check_detections(curve, truth, 1e-4)
    check_limits(curve, truth)
    agn, tde = read(DATA / "fink_alerts.parquet")
    assert len(agn.detections()) == 6
    assert agn.quality.notes["sign_negative"] > 6  # counted once in each of the alerts
    check_detections(agn, Sky().object("AGN", 3), 1e-4)
    assert len(tde) == 1  # its history is null


def test_ztf_alert_packets() -> None:
    curve = the("ztf_alert.avro")
    truth = Sky().object("TDE", 2).first(40)
    assert curve.object_id == truth.name
    assert dict(curve.quality.cuts) == {"procstatus": 1, "duplicate": 12}
    assert curve.mjd[-1] - curve.mjd[0] <= 30
    check_detections(curve, truth, 1e-4)
    old = read(DATA / "ztf_alert_2017.avro")
    assert [len(each.object_id) for each in old] == [19, 19]  # the alertId: there is no objectId
    for each, number in zip(old, (7, 8), strict=True):
        check_detections(each, Sky().object("AGN", number), 1e-4)
    assert (old[0].detections().flux < 0).all()


def test_rubin_alert_and_lasair_lsst_object() -> None:
    for name, truth in (
        ("rubin_alert_stream.bin", Sky().object("SNIa", 8).first(24)),
        ("lasair_lsst_object.json", Sky().object("SNII", 8).first(20)),
    ):
        curve = the(name)
        assert len(curve) == len(truth)
        assert set(curve.row_kind) == {"diff_alert", "diff_forced"}
        one, other = (np.lexsort((each.band, each.mjd.round(4))) for each in (curve, truth))
        assert np.abs(curve.mjd[one] - truth.mjd[other]).max() < SECOND  # TAI is 37 s ahead
        assert curve.flux[one] == pytest.approx(truth.flux[other], rel=1e-5)
        assert curve.flux_err[one] == pytest.approx(truth.flux_err[other], rel=1e-5)
        assert curve.ra == pytest.approx(truth.ra)


VERSIONS = sorted(
    (int(path.parent.parent.name), int(path.parent.name))
    for path in Path(get_schema_root()).glob("*/*/*.alert.avsc")
)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: "{}.{}".format(*version))
def test_rubin_alerts_of_every_published_schema(version: tuple[int, int], tmp_path: Path) -> None:
    truth = Sky().object("SNII", 3).first(30)
    schema, record = rubin_packet(truth, version)
    stored, message = tmp_path / "stored.avro", tmp_path / "message"
    with stored.open("wb") as file:
        fastavro.writer(file, schema, [record])
    with message.open("wb") as file:
        file.write(b"\0" + (100 * version[0] + version[1]).to_bytes(4, "big"))
        fastavro.schemaless_writer(file, schema, record)
    for path in (stored, message):
        curve = the(path.name, tmp_path)
        assert curve.object_id == "7000000000000123"
        assert len(curve) == len(truth)
        assert np.abs(np.sort(curve.mjd) - truth.mjd).max() < SECOND
        assert np.sort(curve.flux) == pytest.approx(np.sort(truth.flux), rel=1e-5)
        assert (curve.ra, curve.dec) == pytest.approx((truth.ra, truth.dec))


def test_points() -> None:
    curves = read(DATA / "points.parquet")
    assert len(curves) == 10
    assert {curve.metadata["label"] for curve in curves} == {"SNIa", "SNII", "CV", "AGN", "TDE"}
    assert all(curve.sign_known for curve in curves)


def test_labels_of_three_tables_agree() -> None:
    search, daily, bts = (
        read_labels(DATA / f"{name}.csv")
        for name in ("tns_search", "tns_public_objects", "bts_explorer")
    )
    for table in (search, daily, bts):
        assert table["object_id"].str.startswith("ZTF26zzzzz").all()
        assert table["label"].fillna("").tolist() == daily["label"].fillna("").tolist()
        assert np.allclose(table["ra"], daily["ra"], atol=1e-4)
        assert np.allclose(table["dec"], daily["dec"], atol=1e-4)
        assert table["redshift"].equals(daily["redshift"])
    assert search["tns_name"].tolist() == daily["tns_name"].tolist()
    assert search["discovery_mjd"].tolist() == daily["discovery_mjd"].tolist()
    assert daily["discovery_mjd"][0] == 61161 + 8.5 / 24  # 2026-05-01
    for name in ("tns_search", "tns_public_objects", "bts_explorer"):
        with pytest.raises(NotPhotometryError, match="read_labels"):
            read(DATA / f"{name}.csv")


def test_a_whole_folder() -> None:
    contents = read_folder(DATA)
    assert {path.name for path in contents.labels} == {
        *("bts_explorer.csv", "tns_public_objects.csv", "tns_search.csv")
    }
    assert {each.path.name for each in contents.problems} == {
        *("README.md", "bts_explorer.csv", "tns_public_objects.csv", "tns_search.csv")
    }
    assert len({curve.object_id for curve in contents.light_curves}) == len(contents.light_curves)
    for curve in contents.light_curves:
        assert curve.quality.n_read == len(curve) + curve.quality.n_cut, curve.object_id


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_may_be_compressed(name: str, tmp_path: Path) -> None:
    data = (DATA / name).read_bytes()
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(data))
    archive = tmp_path / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    for path in (packed, archive):
        try:
            plain = read(DATA / name)
        except NotPhotometryError:
            assert read_labels(path).equals(read_labels(DATA / name))
            continue
        for one, other in zip(plain, read(path), strict=True):
            assert np.array_equal(one.flux, other.flux, equal_nan=True)
            assert one.quality == other.quality
