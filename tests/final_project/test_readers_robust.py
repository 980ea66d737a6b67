"""Bad files and rows: a clear reason, with the place, and nothing else spoiled."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_files import DATA

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers import Choices, FormatError, Problem, read, read_folder
from solutions.final_project.readers.photometry import to_bands, to_mjd, to_signs
from solutions.final_project.samples import FILES


def written(folder: Path, content: str | bytes, name: str = "ZTF26zzaaaaa_x.dat") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def the(path: Path) -> LightCurve:
    (curve,) = read(path)
    return curve


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"hello\n", "none of the known formats"),
        (b"a,b\n1,2\n", "none of the known formats"),
        (b"SIMPLE  =                    T", "none of the known formats"),
        (bytes(range(256)), "none of the known formats"),
        (b"\x1f\x8b\x08broken", "cannot be unpacked"),
        (b"PK\x03\x04broken", "cannot be unpacked"),
        (b"PAR1broken", "Parquet file is broken"),
        (b"Obj\x01broken", "Avro"),
        (b'{"objectId": "x", "candidates": [', "line 1: the JSON is broken"),
        (b'{"a": 1}', "none of the known formats"),
        (b"[]", "none of the known formats"),
        (b"oid,mjd,fid,magpsf\n", "no rows"),
        (b"mjd,filter,flux,fluxerr,zp\n", "no rows"),
        (b",ant_mjd,ant_passband,ant_mag,ant_magerr\n", "no rows"),
        (b'[{"detail": "not found"}, {"candidates": 1}]', "none of the known formats"),
    ],
)
def test_files_that_cannot_be_read_say_why(content: bytes, reason: str, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(FormatError, match=reason) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_columns_are_named_when_the_format_is_unknown(tmp_path: Path) -> None:
    pd.DataFrame({"wave": [1.0], "intensity": [2.0]}).to_parquet(tmp_path / "spectrum.parquet")
    with pytest.raises(FormatError, match="Its columns are wave, intensity"):
        read(tmp_path / "spectrum.parquet")


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_off_file_is_refused_or_read_as_far_as_it_goes(
    name: str, share: float, tmp_path: Path
) -> None:
    data = (DATA / name).read_bytes()
    path = written(tmp_path, data[: int(share * len(data))], name)
    try:
        curves = read(path, problems=[])
    except FormatError:
        curves = []
    for curve in curves:
        assert curve.quality.n_read == len(curve) + curve.quality.n_cut


@pytest.mark.parametrize("name", sorted(FILES))
def test_bytes_that_flip_never_crash(name: str, tmp_path: Path) -> None:
    """Any content is read or refused: no other kind of error."""
    data = bytearray((DATA / name).read_bytes())
    rng = np.random.default_rng(1)
    for trial in range(12):
        changed = bytearray(data)
        for place in rng.integers(0, len(data), 1 + trial):
            changed[place] = rng.integers(0, 256)
        try:
            read(written(tmp_path, bytes(changed), name), problems=[])
        except FormatError:
            continue


def test_a_bad_row_of_a_csv_is_named_by_its_line(tmp_path: Path) -> None:
    text = (DATA / "alerce_detections.csv").read_text()
    lines = text.splitlines()
    lines[4] = lines[4].rsplit(",", 3)[0]
    good = the(DATA / "alerce_detections.csv")
    curve = the(written(tmp_path, "\n".join(lines)))
    assert curve.quality.messages == ("line 5: 12 fields, but the header has 15",)
    assert curve.quality.cuts["malformed_row"] == 1
    assert len(curve) == len(good) - 1
    fields = lines[6].split(",")
    fields[7] = "bright"
    lines[6] = ",".join(fields)
    curve = the(written(tmp_path, "\n".join(lines)))
    assert "line 7: magpsf is 'bright', not a number" in curve.quality.messages
    assert curve.quality.cuts["bad_flux"] == 2


def test_a_bad_record_of_json_is_named_by_its_number(tmp_path: Path) -> None:
    document = json.loads((DATA / "lasair_object.json").read_text())
    document["candidates"][2] = "oops"
    document["candidates"][3] |= {"jd": "yesterday", "mjd": None}
    curve = the(written(tmp_path, json.dumps(document)))
    assert curve.quality.cuts["malformed_row"] == 1
    assert curve.quality.cuts["bad_time"] == 1
    assert "candidate 3: not a record but 'oops'" in curve.quality.messages
    assert "candidate 4: jd is 'yesterday', not a number" in curve.quality.messages


def test_one_bad_object_spoils_no_other(tmp_path: Path) -> None:
    good = json.loads((DATA / "lasair_object.json").read_text())
    objects = [good, {"error": "no such object"}, good | {"objectId": "b"}]
    path = written(tmp_path, json.dumps(objects))
    problems: list[Problem] = []
    curves = read(path, problems)
    assert [curve.object_id for curve in curves] == [good["objectId"], "b"]
    assert "object 2: Lasair answered with an error: no such object" in problems[0].reason
    with pytest.warns(UserWarning, match="object 2"):
        read(path)


def test_one_bad_file_spoils_no_other(tmp_path: Path) -> None:
    written(tmp_path, (DATA / "lasair_object.json").read_bytes(), "good.json")
    written(tmp_path, (DATA / "lasair_object.json").read_bytes()[:200], "cut.json")
    written(tmp_path, b"\0\1\2", "noise.bin")
    contents = read_folder(tmp_path)
    assert len(contents.light_curves) == 1
    assert sorted(problem.path.name for problem in contents.problems) == ["cut.json", "noise.bin"]
    with pytest.raises(NotADirectoryError):
        read_folder(tmp_path / "nowhere")


def test_spellings_of_signs_bands_and_times() -> None:
    plus, minus = ["t", "T", "true", "True", "1", "1.0", "+1"], ["f", "False", "0", "-1", "-1.0"]
    assert (to_signs(np.array(plus)) == 1).all()
    assert (to_signs(np.array(minus)) == -1).all()
    assert np.isnan(to_signs(np.array(["", "maybe"]))).all()
    names = ["1", "2", "3", "g", "R", "ztfr", "ZTF_i", "zg", "u", "z", "y", "9", "", "clear"]
    assert "".join(to_bands(np.array(names)) + "") == "".join(list("grigrriguzy") + [""] * 3)
    assert to_mjd(np.array([2458849.5, 58849.0])).tolist() == [58849.0, 58849.0]


LASAIR_ROW = {"candid": 1, "jd": 2459000.5, "fid": 1, "magpsf": 18.0, "sigmapsf": 0.1}


@pytest.mark.parametrize(
    "document",
    [
        {"ZTF26zzaaaaa": {"candidates": [LASAIR_ROW]}},
        {"ZTF26zzaaaaa": [LASAIR_ROW]},
        [LASAIR_ROW],
        [[LASAIR_ROW]],
        {"objectId": "ZTF26zzaaaaa", "candidates": [LASAIR_ROW], "TNS": None, "sherlock": None},
        [{"objectId": "ZTF26zzaaaaa", "candidates": [LASAIR_ROW], "objectData": {}, "TNS": {}}],
        {"objectId": "ZTF26zzaaaaa", "candidate": {**LASAIR_ROW, "candid": None}},
        {"oid": "ZTF26zzaaaaa", "detections": [LASAIR_ROW | {"mjd": 59000.0}]},
        {"detections": [LASAIR_ROW | {"mjd": 59000.0}], "non_detections": None},
        [{"oid": "ZTF26zzaaaaa", "mjd": 59000.0, "fid": 1, "mag": 18.0, "e_mag": 0.1, "rb": 1}],
        [{"i:objectId": "ZTF26zzaaaaa", **{f"i:{key}": v for key, v in LASAIR_ROW.items()}}],
        {"ztf": 1, "lightcurve": "ant_mjd,ant_passband,ant_mag,ant_magerr\n59000.0,g,18.0,0.1\n"},
        {"data": [{"id": "ZTF26zzaaaaa", "attributes": {"lightcurve":
            "ant_mjd,ant_passband,ant_mag,ant_magerr\n59000.0,g,18.0,0.1\n"}}]},
    ],
)  # fmt: skip
def test_variants_of_json(document: object, tmp_path: Path) -> None:
    curve = the(written(tmp_path, json.dumps(document)))
    assert curve.object_id == "ZTF26zzaaaaa"
    assert curve.mjd.tolist() == [59000.0]
    assert curve.band.tolist() == ["g"]
    assert curve.flux == pytest.approx([10 ** (0.4 * 5.9)])
    assert curve.flux_err == pytest.approx(curve.flux * 0.1 * np.log(10) / 2.5)
    assert not curve.sign_known


@pytest.mark.parametrize(
    "text",
    [
        "mjd,fid,magpsf,sigmapsf\n59000.0,1,18.0,0.1\n",
        "\ufeffmjd,fid,magpsf,sigmapsf\n59000.0,1,18.0,0.1\n",
        "mjd\tfid\tmagpsf\tsigmapsf\n59000.0\t1\t18.0\t0.1\n",
        "mjd;fid;magpsf;sigmapsf\n59000.0;1;18.0;0.1\n",
        "sigmapsf,magpsf,extra,fid,mjd\n0.1,18.0,,1.0,59000.0\n\n",
        '"mjd","fid","magpsf","sigmapsf"\r\n"59000.0","1","18.0","0.1"\r\n',
        "time,mag,magerr,band\n59000.0,18.0,0.1,g\n",
        "ant_mjd,ant_passband,ant_mag,ant_magerr\n59000.0,g,18.0,0.1\n",
        "obj_id,mjd,mag,magerr,limiting_mag,filter\nZTF26zzaaaaa,59000.0,18.0,0.1,20,ztfg\n",
        "mjd,filter,flux,fluxerr,zp\n59000.0,ztfg,229.0867653,21.1,23.9\n",
        "tid,mjd,fid,magpsf,sigmapsf\nztf,59000.0,1,18.0,0.1\nATLAS-01a,59000.0,1,17.0,0.1\n",
        "midpointMjdTai,band,psfFlux,psfFluxErr\n59000.000428241,g,229086.7653,21099.6\n",
        "object_id,mjd,band,flux,flux_err\nZTF26zzaaaaa,59000.0,g,229.0867653,21.1\n",
    ],
)
def test_variants_of_csv(text: str, tmp_path: Path) -> None:
    curve = the(written(tmp_path, text))
    assert curve.object_id == "ZTF26zzaaaaa"
    assert curve.mjd == pytest.approx([59000.0], abs=1e-8)
    assert curve.band.tolist() == ["g"]
    assert curve.flux == pytest.approx([10 ** (0.4 * 5.9)])
    assert curve.flux_err == pytest.approx(curve.flux * 0.1 * np.log(10) / 2.5, rel=1e-3)


def test_corrected_magnitudes_alone_are_total_flux(tmp_path: Path) -> None:
    text = (
        "oid,mjd,fid,magpsf_corr,sigmapsf_corr,sigmapsf_corr_ext\n"
        "a,59000.0,1,18.0,100,0.1\na,59001.0,1,100,100,100\n"
    )
    curve = the(written(tmp_path, text))
    assert curve.kind == "total_psf"
    assert dict(curve.quality.cuts) == {"bad_flux": 1}


def test_rubin_limits_flags_and_withdrawn_rows(tmp_path: Path) -> None:
    row = {"midpointMjdTai": 61000.0, "band": "y", "psfFlux": -900.0, "psfFluxErr": 100.0}
    alert = {
        "diaObjectId": 7,
        "diaSource": row | {"isNegative": True, "psfFlux_flag": True},
        "prvDiaSources": [
            row | {"midpointMjdTai": 60990.0, "timeWithdrawnMjdTai": 60995.0},
            row | {"midpointMjdTai": 60991.0, "psfFlux": None},
            row | {"midpointMjdTai": 60992.0, "band": None},
        ],
        "prvDiaForcedSources": None,
        "prvDiaNondetectionLimits": [
            {"midpointMjdTai": 60980.0, "band": "u", "diaNoise": 200.0},
            {"midpointMjdTai": 60981.0, "band": "u", "diaNoise": None},
        ],
    }
    curve = the(written(tmp_path, json.dumps(alert)))
    assert curve.object_id == "7"
    assert curve.band.tolist() == ["u", "y"]
    assert np.isnan(curve.flux[0])
    assert curve.flux[1] == pytest.approx(-0.9)
    assert curve.flux_err == pytest.approx([0.2, 0.1])
    assert curve.is_detection.tolist() == [False, True]
    assert curve.mjd[1] == pytest.approx(61000 - 37 / 86400, abs=1e-9)
    cuts = {"withdrawn": 1, "bad_flux": 1, "unknown_band": 1, "bad_limit": 1}
    assert dict(curve.quality.cuts) == cuts
    assert curve.quality.notes["flagged"] == 1
    assert curve.quality.notes["sign_negative"] >= 1


def test_forced_photometry_of_lasair(tmp_path: Path) -> None:
    forced = {"objectid": "ZTF26zzaaaaa", "jd": 2459010.5, "fid": 2, "magzpsci": 26.15}
    forced |= {"forcediffimflux": -800.0, "forcediffimfluxunc": 40.0}
    missing = forced | {"jd": 2459011.5, "forcediffimflux": -99999.0}
    document = {"objectId": "ZTF26zzaaaaa", "candidates": [LASAIR_ROW]}
    curve = the(written(tmp_path, json.dumps(document | {"forcedphot": [missing, forced]})))
    assert curve.row_kind.tolist() == ["diff_alert", "diff_forced"]
    assert curve.flux[1] == pytest.approx(-800 * 10 ** (0.4 * (23.9 - 26.15)))
    assert curve.is_detection.tolist() == [True, True]
    assert dict(curve.quality.cuts) == {"bad_flux": 1}


def rubin_alert(flux: float, error: float) -> str:
    rows = [
        {"midpointMjdTai": 61000.0 + day, "band": "r", "psfFlux": flux, "psfFluxErr": error}
        for day in range(4)
    ]
    return json.dumps({"diaObjectId": 7, "diaSource": rows[0], "prvDiaSources": rows[1:]})


def test_fluxes_in_the_layout_of_rubin_take_the_zero_point_that_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, rubin_alert(flux=100.0, error=3.0))
    (as_nanojansky,) = read(path)
    (as_fluxcal,) = read(path, choices=Choices(zero_point=27.5))
    assert as_nanojansky.flux == pytest.approx(np.full(4, 0.1))
    assert as_fluxcal.flux == pytest.approx(np.full(4, 100 * 10 ** (0.4 * (23.9 - 27.5))))
    (message,) = as_nanojansky.quality.messages
    assert "--zero-point 27.5" in message
    assert as_fluxcal.quality.messages == ()


def test_nanojansky_as_rubin_measures_them_are_not_doubted(tmp_path: Path) -> None:
    (curve,) = read(written(tmp_path, rubin_alert(flux=900.0, error=100.0)))
    assert curve.quality.messages == ()
