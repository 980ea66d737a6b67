"""Checks of 9.1, Checkpoint files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import (
    check_notes,
    kind_in,
    numbers,
    refuse_pickle,
    settings,
    tensors_of,
    varied_settings,
    weights,
)
from grader.course.ex09.replies import Caught, File, Loaded, Saved
from grader.course.gates import gate, twice
from grader.course.lines import source
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
)
from grader.wire import Tensor


def written(answer: Answer[Saved]) -> dict[str, File]:
    """The files of a checkpoint, once none of them is a pickle."""
    said = answer.message
    fail_if_recognised(
        answer,
        Mistake("folder-not-made", Raises("FileNotFoundError")),
        Mistake("folder-not-made", "No such file" in said),
        Mistake("not-contiguous", "contiguous" in said),
        Mistake("numpy-not-json", Raises("TypeError", "JSON serializable")),
    )
    files = answer.value.files
    with showing("import zipfile\nany(map(zipfile.is_zipfile, folder.iterdir()))"):
        for name, file in files.items():
            refuse_pickle(name, file)
    return files


def check_files(
    files: dict[str, File],
    rows: list[list[float]],
    config: dict[str, Any],
    epoch: int,
    metrics: dict[str, float],
) -> None:
    """The two files of a checkpoint hold what they should."""
    names = ["checkpoint.json", "model.safetensors"]
    with showing("sorted(path.name for path in folder.iterdir())"):
        expect(Answer(sorted(files)), names, what="the list of files in the folder")
    model, notes = files["model.safetensors"], files["checkpoint.json"]
    with showing(sides.TENSORS):
        require(model.format == "safetensors", "not-safetensors")
        expect(Answer(model.tensors), tensors_of(rows), what="the dict of tensors")
    with showing(sides.READ_NOTES):
        check_notes(notes.content, config, epoch, metrics)


@gate
@twice
def test_files(learner: Subject, rng: Rng) -> None:
    """A checkpoint is two files: weights in safetensors, notes in JSON"""
    rows, config, epoch = weights(rng), varied_settings(rng), int(rng.integers(1, 60))
    metrics = numbers(rng)
    answer = learner.ask(probes.saved, rows, config, epoch, metrics, "deep")
    check_files(written(answer), rows, config, epoch, metrics)
    check_unchanged(answer.value, config)
    check_returned(answer.value)


def check_unchanged(got: Saved, config: dict[str, Any], *, training: bool = True) -> None:
    """Network and configuration are as they were before."""
    with showing("dict(model.state_dict())"):
        require(got.unchanged, "model-changed")
    with showing(f"dict(same_mode=model.training is {training})"):
        require(got.same_mode, "mode-changed~saved")
    with showing(f"dict(config_kept=config == {source(config)})"):
        require(got.config_kept, "config-changed")


def check_returned(got: Saved) -> None:
    """The folder comes back, as it was given, as a `Path`."""
    with showing("str(returned)"):
        require(got.returned != "None", "nothing-returned")
        require(got.returned == "the folder", "folder-not-returned", got=got.returned)


def test_kinds_of_input(learner: Subject, rng: Rng) -> None:
    """The folder may exist or be a string, metrics may be NumPy's, tensors not contiguous"""
    rows, config, some = weights(rng), settings(rng), numbers(rng) | {"n_found": 7}
    for how, epoch, notes in (
        ("text", 3, (config, some)),
        ("existing", 0, ({}, {})),
        ("numpy", 3, (config, some)),
        ("strided", 3, (config, some)),
    ):
        config, metrics = notes
        answer = learner.ask(probes.saved, rows, config, epoch, metrics, how)
        no_text = [Raises("TypeError"), Raises("AttributeError", "'str' object")]
        refused = any(each.matches(answer) for each in no_text)
        fail_if_recognised(answer, Mistake("text-refused", how == "text" and refused))
        fail_if_recognised(answer, Mistake("folder-exists", Raises("FileExistsError")))
        check_files(written(answer), rows, config, epoch, metrics)
        check_unchanged(answer.value, config, training=how != "text")
        check_returned(answer.value)
        with showing("dict(others_kept=(folder / 'other.txt').exists())"):
            require(answer.value.others_kept, "folder-emptied")


def test_any_network(learner: Subject, rng: Rng) -> None:
    """A network may have buffers, and two names for one weight"""
    rows = weights(rng)
    answer = learner.ask(probes.saved, rows, settings(rng), 3, numbers(rng), "tied")
    fail_if_recognised(answer, Mistake("shared-memory", Raises("RuntimeError", "share memory")))
    files = written(answer)
    with showing("dict(same_mode=model.training and not model.part.training)"):
        require(answer.value.same_mode, "mode-changed~part")
    found = files["model.safetensors"].tensors if "model.safetensors" in files else None
    with showing(sides.TENSORS):
        check_tensors(found if isinstance(found, dict) else {}, rows)
    with showing("dict(model.state_dict())"):
        require(answer.value.unchanged, "model-changed")


def check_tensors(tensors: dict[str, Any], rows: list[list[float]]) -> None:
    """Buffers and the second name of a weight are stored, as they are."""
    require("seen" in tensors, "buffers-missing")
    require("passing" not in tensors, "passing-buffer-stored")
    want = tensors_of(rows)
    total = want["weight"].array.sum()
    want |= {"twin": want["weight"], "seen": Tensor.of(total), "part.mean": Tensor.of(total)}
    want["fine"] = Tensor.of(float(total) / 3, "float64")
    want["count"] = Tensor.of(2**40 + 1, "int64")
    for name in want:
        got = tensors.get(name)
        same = not isinstance(got, Tensor) or got.dtype == want[name].dtype
        kinds = {"got": got.dtype if isinstance(got, Tensor) else "", "want": want[name].dtype}
        require(same, "other-dtype", name=name, **kinds)
    lost = sorted({"weight", "twin"} - set(tensors))
    require(len(lost) != 1, "stored-once", name="".join(lost))
    expect(Answer(tensors), want, what="the dict of tensors")


def test_loaded(learner: Subject, rng: Rng) -> None:
    """Loading gives the model the weights, and returns the notes"""
    rows, other = weights(rng), weights(rng)
    epoch = int(rng.integers(60))
    notes = {"config": settings(rng), "epoch": epoch, "metrics": numbers(rng)}
    training = bool(rng.integers(2))
    got = learner.ask(probes.loaded, rows, notes, other, training=training, text=True).value
    if got.error:
        require("'str' object" not in got.error.message, "text-refused")
        raised = f"{kind_in(got.error)}: {got.error.message}"
        raise Finding("loading-raised", status="error", raised=raised)
    with showing("dict(model.state_dict())"):
        require(not approx_equal(got.weights, tensors_of(other)), "weights-not-loaded")
        expect(Answer(got.weights), tensors_of(rows), what="the model's dict of weights")
    with showing("dict(returned_model=isinstance(notes, nn.Module))"):
        require(not got.returned_model, "model-returned")
    only = Mistake("metrics-only", notes["metrics"])
    expect(Answer(got.notes), notes, only, what="what `load_checkpoint` returns")
    check_modes(got, training)
    others = notes | {"epoch": epoch + 1, "metrics": numbers(rng)}
    again = learner.ask(probes.loaded, rows, others, other, training=not training).value
    check_modes(again, not training)
    expect(
        Answer(again.notes),
        others,
        Mistake("first-notes-kept", notes),
        what="what `load_checkpoint` returns for another folder",
    )


def check_modes(got: Loaded, training: bool) -> None:
    """Modes and gradients of the network are as they were before it was loaded."""
    with showing("dict(training=model.training)"):
        require(got.training == training, "mode-changed")
    with showing(f"dict(part_kept=model.part.training is {not training})"):
        require(got.part_kept, "mode-changed~loaded-part")
    with showing("[each.requires_grad for each in model.parameters()]"):
        require(got.taught == [True, False], "gradients-switched", got=str(got.taught))


def test_not_loadable(learner: Subject, rng: Rng) -> None:
    """Weights that do not fit raise a RuntimeError, a missing file a FileNotFoundError"""
    missing = ("model.safetensors", "checkpoint.json", "folder")
    cases: list[list[Any]] = [[weights(rng), misfit, ""] for misfit in ("names", "fewer", "more")]
    cases += [[weights(rng, columns=1), "", ""]]  # 2 x 1 can be copied into a tensor of 2 x 3
    cases += [[weights(rng), "", what] for what in missing]
    notes = {"config": {}, "epoch": 1, "metrics": {}}
    other = weights(rng)
    errors = learner.ask(probes.not_loaded, cases, notes, other).value
    if len(errors) != len(cases):
        raise Finding("misfit-accepted")

    def alone(number: int, right: bool) -> Answer[Any] | None:
        """What is raised in one of the cases, asked again if it is not right."""
        return None if right else learner.ask(probes.not_loaded, [cases[number]], notes, other)

    found = [error is not None for error in errors]
    require(found[0], "misfit-accepted", alone(0, found[0]))
    require(found[1], "misfit-accepted~fewer", alone(1, found[1]))
    require(found[2], "misfit-accepted~more", alone(2, found[2]))
    require(found[3], "misfit-accepted~shapes", alone(3, found[3]))
    for number, error in enumerate(errors[:4]):
        right = error is not None and "RuntimeError" in error.kinds
        require(right, "misfit-raises-other", alone(number, right), got=kind_in(error))
    for number, name in enumerate(missing, 4):
        check_missing(name, errors[number], functools.partial(alone, number))


def check_missing(
    name: str, error: Caught | None, alone: Callable[[bool], Answer[Any] | None]
) -> None:
    """A checkpoint that lacks a file, or is not there at all, is a FileNotFoundError."""
    fields = {"what": "the whole folder" if name == "folder" else f"`{name}`"}
    silent = error is None
    require(not silent, "missing-file-silent", alone(not silent), **fields)
    right = error is not None and (
        "FileNotFoundError" in error.kinds or "No such file" in error.message
    )
    require(right, "missing-file-raises-other", alone(right), **fields, got=kind_in(error))
