"""Checks of 9.1, Checkpoint files."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import (
    Rng,
    check_notes,
    numbers,
    refuse_pickle,
    settings,
    tensors_of,
    weights,
)
from grader.course.gates import gate, twice
from grader.expect import Mistake, Raises, approx_equal, expect, fail_if_recognised, require


def written(answer: Answer) -> dict[str, Any]:
    """The files of a checkpoint, once none of them is a pickle."""
    fail_if_recognised(
        answer,
        Mistake("folder-not-made", Raises("FileNotFoundError") if answer.raised else False),
        Mistake("folder-not-made", bool(answer.raised and "No such file" in answer.raised.message)),
        Mistake("not-contiguous", bool(answer.raised and "contiguous" in answer.raised.message)),
        Mistake("numpy-not-json", Raises("TypeError", "JSON serializable")),
    )
    files: dict[str, Any] = answer.value["files"]
    for name, file in files.items():
        refuse_pickle(name, file)
    return files


@gate
@twice
def test_files(learner: Subject, rng: Rng) -> None:
    """A checkpoint is two files: weights in safetensors, notes in JSON"""
    rows, config, metrics, epoch = weights(rng), settings(rng), numbers(rng), int(rng.integers(60))
    answer = learner.ask(probes.saved, rows, config, epoch, metrics, deep=True)
    files = written(answer)
    names = ["checkpoint.json", "model.safetensors"]
    expect(Answer(sorted(files)), names, what="the list of files in the folder")
    tensors = files["model.safetensors"].get("tensors")
    require(tensors is not None, "cannot-read-safetensors")
    expect(Answer(tensors), tensors_of(rows), what="the dict of tensors in `model.safetensors`")
    check_notes(files["checkpoint.json"].get("content"), config, epoch, metrics)
    require(answer.value["unchanged"], "model-weights-changed")
    returned = answer.value["returned"]
    require(returned != "NoneType", "nothing-returned")
    require(returned == "the folder", "returns-return-folder", returned=returned)


def test_kinds_of_input(learner: Subject, rng: Rng) -> None:
    """The folder may be given as text, metrics may be NumPy's, tensors lie in memory in any way"""
    rows, config, metrics = weights(rng), settings(rng), numbers(rng)
    for how in ({"text": True}, {"numpy": True}, {"strided": True}):
        answer = learner.ask(probes.saved, rows, config, 3, metrics, **how)
        fail_if_recognised(
            answer,
            Mistake(
                "text-refused",
                "text" in how and (Raises("TypeError").matches(answer) or _no_path(answer)),
            ),
        )
        files = written(answer)
        check_notes(files.get("checkpoint.json", {}).get("content"), config, 3, metrics)
        got = files.get("model.safetensors", {}).get("tensors")
        expect(Answer(got), tensors_of(rows), what="the dict of tensors in `model.safetensors`")


def test_any_network(learner: Subject, rng: Rng) -> None:
    """A network may have buffers, and two names for one weight"""
    answer = learner.ask(probes.saved, weights(rng), settings(rng), 3, numbers(rng), tied=True)
    fail_if_recognised(answer, Mistake("shared-memory", Raises("RuntimeError", "share memory")))
    require(
        "seen" in (written(answer).get("model.safetensors", {}).get("tensors") or {}),
        "buffers-missing",
    )


def _no_path(answer: Answer) -> bool:
    return Raises("AttributeError", "'str' object").matches(answer)


def test_loaded(learner: Subject, rng: Rng) -> None:
    """Loading gives the model the weights, and returns the notes"""
    rows, other = weights(rng), weights(rng)
    notes = {"config": settings(rng), "epoch": int(rng.integers(60)), "metrics": numbers(rng)}
    training = bool(rng.integers(2))
    answer = learner.ask(probes.loaded, rows, notes, other, training=training, text=True)
    fail_if_recognised(answer, Mistake("text-refused~2", _no_path(answer)))
    got = answer.value
    if got["error"]:
        said = f"{got['error'][0]}: {got['error'][-1]}"
        raise Finding("loading-checkpoint-raised", status="error", said=said[:300])
    require(not approx_equal(got["weights"], tensors_of(other)), "weights-not-loaded")
    expect(Answer(got["weights"]), tensors_of(rows), what="the model's dict of weights")
    require(got["notes"] != "a model", "model-returned")
    expect(
        Answer(got["notes"]),
        notes,
        Mistake("metrics-only", notes["metrics"]),
        what="what `load_checkpoint` returns",
    )
    require(got["training"] == training, "mode-changed")
    again = learner.ask(probes.loaded, rows, notes, other, training=not training).value
    require(again["training"] != training, "mode-changed")


def test_not_loadable(learner: Subject, rng: Rng) -> None:
    """Weights that do not fit are a RuntimeError, a missing file is a FileNotFoundError"""
    notes = {"config": {}, "epoch": 1, "metrics": {}}
    misfit = learner.ask(probes.loaded, weights(rng), notes, weights(rng), other_names=True).value[
        "error"
    ]
    require(bool(misfit), "misfit-accepted")
    require("RuntimeError" in misfit, "weights-fit-raised", misfit=misfit[0])
    for name in ("model.safetensors", "checkpoint.json"):
        gone = learner.ask(probes.loaded, weights(rng), notes, weights(rng), without=name).value[
            "error"
        ]
        require(bool(gone), "missing-file-silent", name=name)
        kind = gone[0]
        require(
            "FileNotFoundError" in gone or "No such file" in gone[-1],
            "without-raised-filenotfounderror",
            name=name,
            kind=kind,
        )
