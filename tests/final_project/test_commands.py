"""The commands make-data and read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from real_files import DATA
from typer.testing import CliRunner

from solutions.final_project.__main__ import app
from solutions.final_project.samples import FILES

runner = CliRunner()


@pytest.mark.slow
def test_make_data(tmp_path: Path) -> None:
    result = runner.invoke(app, ["make-data", str(tmp_path / "new" / "folder")])
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == set(FILES)


def test_read_counts_and_names_what_it_could_not_read(tmp_path: Path) -> None:
    out = tmp_path / "counts.csv"
    result = runner.invoke(app, ["read", str(DATA), "--csv", str(out)])
    assert result.exit_code == 0
    assert "not read:" in result.output
    assert "README.md" in result.output
    assert "bts_explorer.csv: 19 objects (other " in result.output
    assert f"{len(pd.read_csv(out))} objects, " in result.output
    counts = pd.read_csv(out).set_index("object_id")
    assert counts.loc["req00000001", "clouds"] >= 3
    one = runner.invoke(app, ["read", str(DATA / "lasair_object.json")])
    assert one.output.startswith(
        "ZTF26zzbazzz (Lasair): 15 detections, 0 forced fluxes below 5 sigma, 9 limits; "
        "24 rows read, 0 left out (none)"
    )


def test_read_fails_if_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    result = runner.invoke(app, ["read", str(tmp_path / "a.txt"), str(tmp_path / "missing")])
    assert result.exit_code == 2
    assert "neither photometry nor" in result.output
