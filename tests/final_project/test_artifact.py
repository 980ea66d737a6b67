"""Weights come from a W&B artifact by W&B's own client, from a server on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from children import run_in_child
from final_project.invented import invented
from final_project.wandb_server import serving

from solutions.final_project.bundle import DEFAULT_BUNDLE, BundleError
from solutions.final_project.classifier import ProductionTransientClassifier

NAME = "wandb:me/sky/transient-classifier:latest"
FOLDERS = ("HOME", "WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR")  # that W&B's client writes to


def with_artifact(bundle: Path, home: Path) -> ProductionTransientClassifier:
    """Return the classifier of a bundle that lies on a server as an artifact."""
    home.mkdir()
    os.chdir(home)
    with serving(bundle) as url:
        os.environ |= dict.fromkeys(FOLDERS, str(home))
        os.environ |= {"WANDB_BASE_URL": url, "WANDB_API_KEY": "a" * 40, "NETRC": os.devnull}
        return ProductionTransientClassifier(NAME)


@pytest.mark.slow
def test_weights_from_an_artifact_answer_as_those_of_the_project(tmp_path: Path) -> None:
    def compare() -> None:
        theirs = with_artifact(DEFAULT_BUNDLE, tmp_path / "home")
        ours = ProductionTransientClassifier()
        answers = [
            each.classify_with_uncertainty([invented("SNIa")])[0]["probabilities"]
            for each in (theirs, ours)
        ]
        assert answers[0] == answers[1]

    assert run_in_child(compare) == 0


@pytest.mark.slow
def test_a_damaged_artifact_is_refused(tmp_path: Path) -> None:
    bundle = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")
    with (bundle / "trees-3.txt").open("ab") as file:
        file.write(b" ")

    def load() -> None:
        with pytest.raises(BundleError, match=r"trees-3.txt is not the file that belongs"):
            with_artifact(bundle, tmp_path / "home")

    assert run_in_child(load) == 0
