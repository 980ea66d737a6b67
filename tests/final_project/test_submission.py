"""The shipped classifier, handed in for the capstone as its only files say."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader import isolation
from grader.capstone import sky
from grader.capstone.disguise import disguised
from grader.capstone.judging import judge_all
from grader.capstone.sitting import Patience
from solutions.final_project.__main__ import app


@pytest.mark.slow
@pytest.mark.skipif(isolation.why_unavailable() is not None, reason="no isolation here")
def test_the_shipped_classifier_is_judged_by_its_own_files(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["submission", str(tmp_path / "reference")])
    assert done.exit_code == 0, done.output
    exam = disguised(sky.invent(1, 150), 1)
    (result,) = judge_all([tmp_path / "reference"], exam, Patience(), lambda _: None)
    assert result.fault == result.trouble == ""
    assert result.answers.reasons == [""] * 150
    points = {mark.criterion.key: mark.points for mark in result.verdict.marks}
    assert points["accuracy"] > 20
    assert points["ece"] > 10


def test_a_folder_that_exists_is_kept(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["submission", str(tmp_path)])
    assert done.exit_code == 2
    assert "cannot be written: File exists" in done.output
    assert list(tmp_path.iterdir()) == []
