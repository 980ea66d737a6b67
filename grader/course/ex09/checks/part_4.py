"""Checks of 9.4, A network as an artifact."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import (
    Rng,
    check_notes,
    check_without_run,
    numbers,
    refuse_pickle,
    settings,
    tensors_of,
    weights,
)
from grader.course.gates import gate
from grader.expect import approx_equal, expect, require


def check_artifact(
    found: dict[str, Any], run_id: str, config: dict, checkpoint: list, other: list
) -> None:
    """Judge one artifact; `other` is the checkpoint logged before or after it."""
    rows, epoch, metrics = checkpoint
    require(
        found["name"] == f"model-{run_id}",
        "other-name",
        name=found["name"],
        value=f"model-{run_id}",
    )
    require(found["type"] == "model", "artifact-type-model", type=found["type"])
    files = found["files"]
    for name, file in files.items():
        refuse_pickle(name, file)
        require(file["is"] != "gone", "files-gone", name=name)
    tensors = files.get("model.safetensors", {}).get("tensors")
    require(
        not approx_equal(tensors, tensors_of(other[0])), "overwritten", epoch=epoch, other=other[1]
    )
    metadata = found["metadata"]
    require(isinstance(metadata, dict) and "epoch" in metadata, "epoch-missing~2")
    want = {"epoch": epoch, "metrics": metrics}
    expect(Answer(metadata), want, what="the artifact's metadata")
    require(
        f"epoch-{epoch}" in found["aliases"], "alias-missing", epoch=epoch, aliases=found["aliases"]
    )
    names = ["checkpoint.json", "model.safetensors"]
    expect(Answer(sorted(files)), names, what="the list of files in the artifact")
    expect(Answer(tensors), tensors_of(rows), what="the dict of weights in the artifact")
    notes = files["checkpoint.json"].get("content")
    require(not isinstance(notes, dict) or notes.get("config") != {}, "config-missing~2")
    check_notes(notes, config, epoch, metrics)


def checkpoints(rng: Rng) -> list[list[Any]]:
    epochs = sorted(rng.choice(90, 2, replace=False).tolist())
    return [[weights(rng), epoch, numbers(rng)] for epoch in epochs]


@gate
def test_artifacts(learner: Subject, rng: Rng) -> None:
    """Each checkpoint is a version of one artifact, with its own weights and its epoch"""
    config, logged = settings(rng), checkpoints(rng)
    got = learner.ask(probes.checkpointed, config, logged).value
    artifacts = got["artifacts"]
    require(bool(artifacts), "not-logged")
    for found in artifacts:
        require(found["is"] == "Artifact", "path-logged", is_=found["is"])
    require(len(artifacts) == 2, "two-checkpoints-gave", n_artifacts=len(artifacts))
    require(got["training"], "mode-changed")
    names = [found["name"] for found in artifacts]
    require(names[0] == names[1], "name-for-each-epoch", names=names, id=got["id"])
    for i, found in enumerate(artifacts):
        check_artifact(found, got["id"], config, logged[i], logged[1 - i])
    require(all(got["returned"]), "nothing-returned")


def test_checkpoint_without_run(learner: Subject) -> None:
    """Without an open run it is a RuntimeError"""
    check_without_run(learner, "log_model_checkpoint", 1, {"loss": 1.0})


def test_real_artifacts(learner: Subject, rng: Rng) -> None:
    """A real run has recorded both versions, with their files"""
    config, logged = settings(rng), checkpoints(rng)
    got = learner.ask(probes.really_checkpointed, config, logged).value
    artifacts = [each for each in got["artifacts"] if each["type"] == "model"]
    require(len(artifacts) == 2, "run-file-artifacts", n_artifacts=len(artifacts))
    for i, found in enumerate(artifacts):
        check_artifact(found, got["id"], config, logged[i], logged[1 - i])
