"""The experiment of Exercise 10 goes on where it was interrupted, and mixes no two experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from solutions import ex10_bayesian_uncertainty as ex10

TINY: dict[str, Any] = {
    "n_samples": 100,
    "num_epochs": 1,
    "sweep_trials": 1,
    "sweep_epochs": 1,
    "models": ["baseline_lstm", "bayesian_transformer"],
    "progress": False,
}


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and no account of W&B."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETRC", str(tmp_path / "nobody"))
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    return tmp_path


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Classes of the models whose training was begun; training `interrupt` ends by Ctrl-C."""
    begun: list[str] = []
    make = ex10.make_training

    def make_noting(*args: Any, **kwargs: Any) -> Any:
        train = make(*args, **kwargs)

        def note(model: nn.Module, *loaders: Any) -> Any:
            begun.append(type(model).__name__)
            if len(begun) == 2:
                raise KeyboardInterrupt
            return train(model, *loaders)

        return note

    monkeypatch.setattr(ex10, "make_training", make_noting)
    return begun


@pytest.mark.slow
def test_an_interrupted_experiment_goes_on(offline: Path, trained: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        ex10.main_experiment_pipeline(**TINY, folder="trial")
    assert trained == ["LightCurveLSTM", "BayesianTransformerEncoder"]
    assert [path.name for path in (offline / "trial/models").iterdir()] == ["baseline_lstm"]

    results = ex10.main_experiment_pipeline(**TINY, folder="trial")
    assert trained[2:] == ["BayesianTransformerEncoder"] * 2  # the interrupted one, and the last
    again = ex10.main_experiment_pipeline(**TINY, folder="trial")
    assert len(trained) == 4
    for name in TINY["models"]:
        assert again[name] == pytest.approx(results[name])
    assert again["without_TDE"].keys() == results["without_TDE"].keys()
    assert 0 <= results["without_TDE"]["auroc_of_unknown_class_by_uncertainty"] <= 1

    report = (offline / "trial/report/report.md").read_text("utf-8")
    assert all(name in report for name in TINY["models"])
    assert (offline / "trial/report/comparison.png").stat().st_size > 10_000
    assert list((offline / "trial/wandb").glob("offline-run-*"))


def test_a_folder_of_another_experiment_is_refused(tmp_path: Path) -> None:
    ex10.claim(tmp_path / "one", {"seed": 1})
    ex10.claim(tmp_path / "one", {"seed": 1})
    with pytest.raises(ValueError, match="other settings"):
        ex10.claim(tmp_path / "one", {"seed": 2})


def test_what_is_stored_is_complete_and_comes_back(tmp_path: Path) -> None:
    model, other = nn.Linear(2, 3), nn.Linear(2, 3)
    answers = ex10.Predictions(
        np.array([0, 2]), np.eye(3)[:2], np.array([0.1, 0.2]), np.array([0.3, 0.4]), 0.5
    )
    (tmp_path / "model.unfinished").mkdir()  # of a program that was killed while it wrote
    (tmp_path / "model.unfinished/rubbish").write_text("half")
    ex10.store(tmp_path / "model", model, {"test_accuracy": 0.5}, answers)
    result, found = ex10.restore(tmp_path / "model", other)
    assert result == {"test_accuracy": 0.5}
    assert torch.equal(model.weight, other.weight)
    assert found.seconds == 0.5
    for name in ("y_true", "y_prob", "epistemic", "aleatoric"):
        np.testing.assert_array_equal(getattr(found, name), getattr(answers, name))
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
