"""Checks of 9.4, A network as an artifact."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, NamedTuple

from grader.answer import Answer, Subject
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import (
    check_integer,
    check_notes,
    check_without_run,
    numbers,
    refuse_pickle,
    tensors_of,
    varied_settings,
    weights,
)
from grader.course.ex09.replies import Artifact, File
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import approx_equal, expect, require, showing, shown

NOTES = "checkpoint.json"


class Checkpoint(NamedTuple):
    """What is logged as a checkpoint."""

    rows: list[list[float]]
    epoch: int
    metrics: dict[str, float]


def check_artifact(
    found: Artifact, run_id: str, config: dict[str, Any], both: list[Checkpoint], i: int
) -> None:
    """Judge the artifact of one of two checkpoints."""
    logged, other = both[i], both[1 - i]
    name, epoch = f"model-{run_id}", logged.epoch
    with showing(sides.NAMES_OF_VERSIONS):
        require(found.name == name, "other-name", got=found.name, want=name)
    with showing(sides.TYPES):
        require(found.type == "model", "other-type", got=found.type)
    with showing(sides.FILES):
        for file_name, file in found.files.items():
            refuse_pickle(file_name, file)
            require(file.format != "gone", "files-gone", name=file_name)
    model, notes = (found.files.get(n, File("gone")) for n in ("model.safetensors", NOTES))
    overwritten = approx_equal(model.tensors, tensors_of(other.rows))
    with showing(f"{{}}[{i}].files['model.safetensors'].tensors"):
        require(not overwritten, "overwritten", epoch=epoch, other=other.epoch)
    with showing(sides.DESCRIBED):
        check_description(found, logged)
    with showing(sides.FILES):
        check_files(sorted(found.files))
    with showing(f"{{}}[{i}].files['model.safetensors'].tensors"):
        expect(Answer(model.tensors), tensors_of(logged.rows), what="the dict of weights")
    empty = isinstance(notes.content, dict) and approx_equal(notes.content.get("config"), {})
    with showing(f"{{}}[{i}].files[{NOTES!r}].content"):
        require(not empty, "config-missing~empty")
        check_notes(notes.content, config, epoch, logged.metrics)


def check_files(got: list[str]) -> None:
    """The artifact holds the two files of a checkpoint."""
    want, paths = [NOTES, "model.safetensors"], [PurePath(name) for name in got]
    folders = {str(path.parent) for path in paths}
    inside = len(folders) == 1 and [path.name for path in paths] == want != got
    require(not inside, "files-in-a-subfolder", folder=min(folders, default=""))
    expect(Answer(got), want, what="the list of files in the artifact")


def check_description(found: Artifact, logged: Checkpoint) -> None:
    """Judge the metadata and the aliases of an artifact."""
    metadata, epoch = found.metadata, logged.epoch
    require(isinstance(metadata, dict) and "epoch" in metadata, "epoch-missing~metadata")
    check_integer(metadata["epoch"], epoch, "the artifact's metadata")
    want = {"epoch": epoch, "metrics": {name: float(m) for name, m in logged.metrics.items()}}
    expect(Answer(metadata), want, what="the artifact's metadata")
    for metric, value in metadata["metrics"].items():
        require(isinstance(value, float), "metric-not-float", name=metric, got=shown(value))
    aliases = ", ".join(found.aliases)
    padded = f"epoch-{epoch:02d}" if epoch < 10 else ""
    require(padded not in found.aliases, "alias-missing~padded", epoch=epoch, got=padded)
    require(f"epoch-{epoch}" in found.aliases, "alias-missing", epoch=epoch, got=aliases)
    more = set(found.aliases) - {f"epoch-{epoch}", "latest"}
    require(not more, "more-aliases", epoch=epoch, got=", ".join(sorted(more)))


def checkpoints(rng: Rng) -> list[Checkpoint]:
    """Two checkpoints of one training."""
    epochs = [0, int(rng.integers(10, 90))]
    found = {"n_found": int(rng.integers(2, 90))}
    return [Checkpoint(weights(rng), epoch, numbers(rng) | found) for epoch in epochs]


@gate
def test_artifacts(learner: Subject, rng: Rng) -> None:
    """Each checkpoint is a version of one artifact, with its own weights and its epoch"""
    config, logged = varied_settings(rng), checkpoints(rng)
    run_id = f"{rng.integers(2**28, 2**32):08x}"
    got = learner.ask(probes.checkpointed, config, [list(each) for each in logged], run_id).value
    with showing(sides.NAMES_OF_VERSIONS):
        require(bool(got.artifacts), "not-logged")
    with showing(sides.KINDS):
        for found in got.artifacts:
            require(found.kind == "Artifact", "path-logged", got=found.kind)
    n_artifacts = len(got.artifacts)
    with showing(sides.NAMES_OF_VERSIONS):
        require(n_artifacts == 2, "other-number-of-artifacts", got=n_artifacts)
    with showing(sides.MODES):
        require(got.training, "mode-changed")
    kept = f"model.weight.tolist() == {logged[0].rows} and model.weight.requires_grad"
    with showing(f"model = models[0]\ndict(unchanged={kept} and not model.bias.requires_grad)"):
        require(got.unchanged, "model-changed~logged")
    first, second = (found.name for found in got.artifacts)
    with showing(sides.NAMES_OF_VERSIONS):
        require(first == second, "name-for-each-epoch", first=first, second=second, id=got.run_id)
    for i, found in enumerate(got.artifacts):
        check_artifact(found, got.run_id, config, logged, i)
    with showing(sides.RETURNED):
        require(all(got.returned), "nothing-returned")


def test_checkpoint_without_run(learner: Subject) -> None:
    """Without an open run it raises a RuntimeError"""
    check_without_run(learner, "log_model_checkpoint", 1, {"loss": 1.0})


def test_real_artifacts(learner: Subject, rng: Rng) -> None:
    """A real run has recorded both versions, with their files"""
    config, logged = varied_settings(rng), checkpoints(rng)
    got = learner.ask(probes.really_checkpointed, config, [list(each) for each in logged]).value
    artifacts = [each for each in got.artifacts if each.type == "model"]
    require(len(artifacts) == 2, "other-number-in-file", got=len(artifacts))
    for i, found in enumerate(artifacts):
        check_artifact(found, got.run_id, config, logged, i)
