"""Stand-ins of Exercise 9 that a learner imports: they show what was seen, and leave no trace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import wandb
from answer_files import namespace, reference

from grader.course.ex09 import stand_ins

LOGITS = [[0.0, 1.0, 2.0, 0.5, 0.1], [1.0, 0.2, 0.3, 0.4, 2.0], [0.1, 0.2, 0.3, 1.4, 0.5]]
LABELS = {"train": [0, 1, 2, 3, 4, 4], "val": [4, 4, 0], "test": [4, 1, 2]}
CONFIG = {"num_epochs": 2, "batch_size": 3}


def variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A notebook's names, which are the same afterwards, as is all else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = namespace(reference("ex09_experiment_tracking"))
    before, of_wandb, environment = dict(found), dict(vars(wandb)), variables()
    yield found
    assert found == before
    assert {name: vars(wandb)[name] for name in of_wandb} == of_wandb
    assert wandb.run is None
    assert variables() == environment
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_tells_what_was_seen(names: dict[str, Any]) -> None:
    state = torch.get_rng_state()
    seen = stand_ins.rehearse(names["train_with_wandb"], LOGITS, LABELS, CONFIG, stop_after=0)
    assert torch.equal(torch.get_rng_state(), state)
    assert list(seen.rows) == ["0"]
    assert seen.exit_codes == [0]
    assert seen.config["num_epochs"] == 2


def test_an_exception_of_the_learners_is_raised(names: dict[str, Any]) -> None:
    train = eval("lambda config, data: config['a_setting']", names)
    with pytest.raises(KeyError, match="a_setting"):
        stand_ins.rehearse(train, LOGITS, LABELS, CONFIG)


@pytest.mark.parametrize("script", [{"fails_at": 1}, {"fails_late": True}], ids=str)
def test_one_that_was_asked_for_is_told(names: dict[str, Any], script: dict[str, Any]) -> None:
    seen = stand_ins.rehearse(names["train_with_wandb"], LOGITS, LABELS, CONFIG, **script)
    assert seen.error is not None
    assert seen.error.kinds[0] == "Trouble"
    assert seen.exit_codes == [1]


def test_settings_that_are_refused_are_told(names: dict[str, Any]) -> None:
    chosen = {"d_model": 65}
    seen = stand_ins.rehearse(names["train_with_wandb"], LOGITS, LABELS, CONFIG, chosen=chosen)
    assert seen.error is not None
    assert "65" in seen.error.message


def test_a_tracker_takes_notes(names: dict[str, Any]) -> None:
    with stand_ins.tracked(names) as (tracker, run):
        tracker.log_metrics({"loss": 0.5}, 0)
        tracker.log_model_checkpoint(stand_ins.network([[1.0]]), 7, {})
        tracker.finish_experiment(3)
    assert run.history == {"0": {"loss": 0.5}}
    assert run.finished == [3]
    (version,) = run.versions
    assert version.aliases == ["epoch-7"]
    assert version.files["checkpoint.json"].content["epoch"] == 7


def test_a_tracker_goes_after_an_exception(names: dict[str, Any]) -> None:
    with pytest.raises(stand_ins.Trouble), stand_ins.tracked(names) as (tracker, _), tracker:
        raise stand_ins.Trouble


def test_a_watch_sees_runs_being_opened(names: dict[str, Any]) -> None:
    watch, tracker = stand_ins.Watch(names), names["WandBExperimentTracker"]("project")
    first = watch.opened(tracker.start_experiment, {"seed": 1}, "name")
    assert first is not None
    assert (first.project, first.name, first.mode, first.left_open) == (
        *("project", "name", "offline"),
        False,
    )
    second = watch.opened(tracker.start_experiment, {}, WANDB_API_KEY="a" * 40)
    assert second is not None
    assert (second.mode, second.left_open) == ("online", True)
    assert watch.opened(lambda: None) is None


def test_a_registry_is_tried_in_a_folder_that_goes_with_it(names: dict[str, Any]) -> None:
    registry = stand_ins.TriedRegistry(names["ModelRegistry"])
    assert registry.consider(3.0, [0, 1], [0, 1]).current == 3.0
    assert registry.rollback().error is not None
    assert registry.kept().returned
    assert stand_ins.resampled(names["ModelRegistry"], 5, 0).drawn
