"""Checks of Exercise 9: runs, checkpoints, charts, the space of a sweep, and a whole training.

What is logged is judged by a recorder with the signatures of the real `wandb`, and once per method
by what a real offline run has in its file. The training is rehearsed with a network whose answers
after each epoch are planned, so that all its numbers can be worked out here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Table, Tensor

Rng = np.random.Generator

HINTS = {
    "9.1": [
        "Two files, two lines each: the tensors with `save_file`, the notes with `json.dumps`.",
        "`folder.mkdir(parents=True, exist_ok=True)` first. A dictionary comprehension over "
        "`model.state_dict().items()` makes copies of the tensors, another one floats of the "
        "metrics.",
        "`load_checkpoint`: `model.load_state_dict(load_file(folder / 'model.safetensors'))`, and "
        "`return json.loads((folder / 'checkpoint.json').read_text())`.",
    ],
    "9.2": [
        "`start_experiment` is a call of `wandb.init` whose result goes to `self.run`. The other "
        "three end a run.",
        "`wandb.init(project=self.project_name, name=experiment_name, config=dict(config), "
        "mode=wandb_mode(), reinit='finish_previous')`, then `return self`.",
        "`finish_experiment`: if there is a run, `self.run.finish(exit_code=exit_code)`, then "
        "`self.run = None`. `__exit__`: `self.finish_experiment(0 if kind is None else 1)`.",
    ],
    "9.3": [
        "Ask for the open run first, then compare the steps, then log.",
        "A step is refused `if step is not None and step < run.step`.",
        "`run = self._open_run()` and, after the test, `run.log(dict(metrics), step=step)`.",
    ],
    "9.4": [
        "Four steps: a `wandb.Artifact`, the files in a temporary folder, `add_dir`, "
        "`run.log_artifact`.",
        "`wandb.Artifact(f'model-{run.id}', type='model', metadata={'epoch': epoch, 'metrics': "
        "...})`.",
        "`with tempfile.TemporaryDirectory() as folder:` `save_checkpoint(folder, model, "
        "dict(run.config), epoch, metrics)` and `artifact.add_dir(folder)`; then "
        "`run.log_artifact(artifact, aliases=[f'epoch-{epoch}'])`.",
    ],
    "9.5": [
        "`wandb.plot.confusion_matrix` has the arguments `y_true`, `preds` and `class_names`.",
        "Log what it returns under the key `confusion_matrix`.",
        "`self._open_run().log({'confusion_matrix': plot}, commit=False)`.",
    ],
    "9.6": [
        "A loop over the first `n_examples` light curves: a figure, error bars per band, a "
        "`wandb.Image` of it, `plt.close`. One call of `log` after the loop.",
        "`table = lightcurve.data[lightcurve.data['flux'] > 3 * lightcurve.data['flux_err']]`, and "
        "`for band, points in table.groupby('band'):` with one `ax.errorbar` each.",
        "`guess = int(np.argmax(probabilities))`; the title has `CLASS_NAMES[label]`, "
        "`CLASS_NAMES[guess]` and `{probabilities[guess]:.2f}`. Log with `commit=False`.",
    ],
    "9.7": [
        "`create_sweep_config` returns the dictionary of the docstring, letter for letter.",
        "`infeasible` has two tests, each with a `return` of a sentence, and `return None` at the "
        "end. `config.get('nhead')` is None where there is none.",
        "`if d_model is not None and nhead is not None and d_model % nhead != 0: return f'...'`.",
    ],
    "9.8": [
        "Everything stands in `with WandBExperimentTracker() as tracker:`. After "
        "`tracker.start_experiment({**DEFAULTS, **(config or {})})`, all settings come from "
        "`tracker.run.config`.",
        "Keep a dictionary of the best epoch and `copy.deepcopy(model.state_dict())` whenever the "
        "validation loss is smaller than before. The test set comes after the loop, with those "
        "weights.",
        "A row: `{'epoch': epoch, 'train_loss': train_loss, **{f'val_{k}': v for k, v in "
        "metrics.items()}}`, where `metrics` is the first result of `evaluate`. At the end "
        "`run.log({}, commit=True)`, then `run.summary.update(result)`.",
    ],
    "9.E1": [
        "Of a list with a threshold: purity divides by the length of the list, completeness by the "
        "number of targets.",
        "`np.unique(score)[::-1]` are the thresholds, and `score >= threshold[:, None]` are all "
        "lists at once. For the bins, `np.mean(listed[inside])`.",
        "`wandb.plot.line(wandb.Table(dataframe=table.dropna(subset=[x, y])), x, y, title=title)`, "
        "logged with `commit=False`.",
    ],
    "9.E2": [
        "`is_better` is a loop over resamples: `drawn = rng.integers(n, size=n)`, and both "
        "networks are measured on `labels[drawn]`.",
        "Count the wins of each metric, and compare with `0.95 * self.n_bootstrap` in the end. "
        "`all(...)` sees to it that every metric agrees.",
        "`consider`: `shutil.copytree(checkpoint, self._version(number))`, the labels and "
        "predictions as JSON beside it, `self._deploy([*self._deployed(), number])`. `rollback` "
        "deploys `self._deployed()[:-1]`.",
    ],
}


def names_of(rng: Rng, n: int) -> list[str]:
    """Names that nobody has thought of, for settings and metrics."""
    return [f"value_{number}" for number in rng.choice(9000, n, replace=False) + 1000]


def settings(rng: Rng) -> dict[str, Any]:
    return {names_of(rng, 1)[0]: int(rng.integers(1, 90)), "learning_rate": float(rng.random())}


def numbers(rng: Rng) -> dict[str, float]:
    """Metrics that float32 holds exactly."""
    return {name: float(np.float32(rng.random())) for name in names_of(rng, 2)}


def weights(rng: Rng, rows: int = 2, columns: int = 3) -> list[list[float]]:
    return np.float32(rng.normal(size=(rows, columns))).astype(float).tolist()


def tensors_of(rows: list[list[float]]) -> dict[str, Tensor]:
    """What the state of the probe's network with these weights is."""
    values = np.array(rows, dtype=np.float32)
    return {"weight": Tensor.of(values), "bias": Tensor.of(values.sum(axis=1))}


# 9.1 save_checkpoint and load_checkpoint


def written(answer: Answer) -> dict[str, Any]:
    """The files of a checkpoint, once none of them is a pickle."""
    fail_if_recognised(
        answer,
        Mistake(
            "folder-not-made",
            Raises("FileNotFoundError") if answer.raised else False,
            "The folder does not exist yet, and neither does the one above it: "
            "`folder.mkdir(parents=True, exist_ok=True)`.",
        ),
        Mistake(
            "folder-not-made",
            bool(answer.raised and "No such file" in answer.raised.message),
            "The folder does not exist yet, and neither does the one above it: "
            "`folder.mkdir(parents=True, exist_ok=True)`.",
        ),
        Mistake(
            "not-contiguous",
            bool(answer.raised and "contiguous" in answer.raised.message),
            "A tensor is not contiguous in memory, and `save_file` refuses it. Save copies: "
            "`tensor.clone().contiguous()`.",
        ),
        Mistake(
            "numpy-not-json",
            Raises("TypeError", "JSON serializable"),
            "A metric is a NumPy number, and JSON knows only Python's own. `float(value)` makes "
            "one.",
        ),
    )
    files: dict[str, Any] = answer.value["files"]
    for name, file in files.items():
        refuse_pickle(name, file)
    return files


def refuse_pickle(name: str, file: Mapping[str, Any]) -> None:
    require(
        file["is"] != "pickle",
        f"`{name}` holds a whole model, pickled. It cannot be loaded without your classes, and "
        "loading it runs whatever code is in it. Save the weights: "
        "`save_file(tensors, path)` with the tensors of `model.state_dict()`.",
        "whole-model-pickled",
    )
    require(
        file["is"] != "torch",
        f"`{name}` was written by `torch.save`. Use the format safetensors, which holds tensors "
        "and nothing else: `save_file(tensors, path)`.",
        "torch-save",
    )


def check_notes(notes: Any, config: dict, epoch: int, metrics: dict) -> None:
    """Compare the content of a `checkpoint.json`."""
    want = {"config": config, "epoch": epoch, "metrics": metrics}
    if isinstance(notes, dict):
        require(
            "epoch" in notes,
            "`checkpoint.json` does not say after which epoch the weights are as they are. Put "
            "`epoch` into it.",
            "epoch-missing",
        )
        require(
            "config" in notes,
            "`checkpoint.json` has no `config`: in a year nobody will know how large the network "
            "was. Put the settings into it.",
            "config-missing",
        )
        require(
            "metrics" in notes or not set(metrics) <= set(notes),
            "The metrics stand beside `epoch` and `config`. They belong into a dictionary of their "
            "own, under the key `metrics`.",
            "metrics-spread-out",
        )
    expect(Answer(notes), want, what="`checkpoint.json`")


@part("9.1")
def test_files(learner: Subject, rng: Rng) -> None:
    """A checkpoint is two files: weights in safetensors, notes in JSON"""
    rows, config, metrics, epoch = weights(rng), settings(rng), numbers(rng), int(rng.integers(60))
    answer = learner.saved(rows, config, epoch, metrics, deep=True)
    files = written(answer)
    names = ["checkpoint.json", "model.safetensors"]
    expect(Answer(sorted(files)), names, what="the list of files in the folder")
    tensors = files["model.safetensors"].get("tensors")
    require(
        tensors is not None,
        "`model.safetensors` cannot be read as safetensors. Write it with `save_file`.",
    )
    expect(Answer(tensors), tensors_of(rows), what="the dict of tensors in `model.safetensors`")
    check_notes(files["checkpoint.json"].get("content"), config, epoch, metrics)
    require(answer.value["unchanged"], "The model's weights have changed. Work with copies.")
    returned = answer.value["returned"]
    require(
        returned != "NoneType",
        "`save_checkpoint` returns None. Return the folder, as a `Path`.",
        "nothing-returned",
    )
    require(
        returned == "the folder",
        f"`save_checkpoint` returns a {returned}; it should return the folder, as a `Path`.",
    )


@part("9.1")
def test_kinds_of_input(learner: Subject, rng: Rng) -> None:
    """The folder may be given as text, metrics may be NumPy's, tensors lie in memory in any way"""
    rows, config, metrics = weights(rng), settings(rng), numbers(rng)
    for how in ({"text": True}, {"numpy": True}, {"strided": True}):
        answer = learner.saved(rows, config, 3, metrics, **how)
        fail_if_recognised(
            answer,
            Mistake(
                "text-refused",
                "text" in how and (Raises("TypeError").matches(answer) or _no_path(answer)),
                "The folder may also be given as text, such as 'best'. `folder = Path(folder)` "
                "makes a path of either.",
            ),
        )
        files = written(answer)
        check_notes(files.get("checkpoint.json", {}).get("content"), config, 3, metrics)
        got = files.get("model.safetensors", {}).get("tensors")
        expect(Answer(got), tensors_of(rows), what="the dict of tensors in `model.safetensors`")


@part("9.1")
def test_any_network(learner: Subject, rng: Rng) -> None:
    """A network may have buffers, and two names for one weight"""
    answer = learner.saved(weights(rng), settings(rng), 3, numbers(rng), tied=True)
    fail_if_recognised(
        answer,
        Mistake(
            "shared-memory",
            Raises("RuntimeError", "share memory"),
            "Two names of a network lead to the same weight, and `save_file` wants memory of its "
            "own for each: `tensor.clone().contiguous()`.",
        ),
    )
    require(
        "seen" in (written(answer).get("model.safetensors", {}).get("tensors") or {}),
        "The network has a buffer, such as the running mean of a BatchNorm1d, and it is not in the "
        "file. `model.state_dict()` has parameters and buffers.",
        "buffers-missing",
    )


def _no_path(answer: Answer) -> bool:
    return Raises("AttributeError", "'str' object").matches(answer)


@part("9.1")
def test_loaded(learner: Subject, rng: Rng) -> None:
    """Loading gives the model the weights, and returns the notes"""
    rows, other = weights(rng), weights(rng)
    notes = {"config": settings(rng), "epoch": int(rng.integers(60)), "metrics": numbers(rng)}
    training = bool(rng.integers(2))
    answer = learner.loaded(rows, notes, other, training=training, text=True)
    fail_if_recognised(
        answer, Mistake("text-refused", _no_path(answer), "The folder may also be text.")
    )
    got = answer.value
    if got["error"]:
        said = f"{got['error'][0]}: {got['error'][-1]}"
        raise Failure(f"Loading a checkpoint raised {said[:300]}.", "error")
    require(
        not approx_equal(got["weights"], tensors_of(other)),
        "After loading the model has the weights it had before. Hand them over: "
        "`model.load_state_dict(load_file(...))`.",
        "weights-not-loaded",
    )
    expect(Answer(got["weights"]), tensors_of(rows), what="the model's dict of weights")
    require(
        got["notes"] != "a model",
        "`load_checkpoint` returns the model. The model was changed in place already; return what "
        "stands in `checkpoint.json`.",
        "model-returned",
    )
    expect(
        Answer(got["notes"]),
        notes,
        Mistake(
            "metrics-only",
            notes["metrics"],
            "`load_checkpoint` returns the metrics alone. Return all of `checkpoint.json`.",
        ),
        what="what `load_checkpoint` returns",
    )
    require(
        got["training"] == training,
        "Loading has changed the model's mode (`training`). Leave it to the caller.",
        "mode-changed",
    )
    again = learner.loaded(rows, notes, other, training=not training).value
    require(
        again["training"] != training,
        "Loading has changed the model's mode (`training`). Leave it to the caller.",
        "mode-changed",
    )


@part("9.1")
def test_not_loadable(learner: Subject, rng: Rng) -> None:
    """Weights that do not fit are a RuntimeError, a missing file is a FileNotFoundError"""
    notes = {"config": {}, "epoch": 1, "metrics": {}}
    misfit = learner.loaded(weights(rng), notes, weights(rng), other_names=True).value["error"]
    require(
        bool(misfit),
        "Weights with other names were accepted, and the model keeps its random ones. Leave "
        "`strict` at True.",
        "misfit-accepted",
    )
    require(
        "RuntimeError" in misfit, f"Weights that do not fit raised {misfit[0]}, no RuntimeError."
    )
    for name in ("model.safetensors", "checkpoint.json"):
        gone = learner.loaded(weights(rng), notes, weights(rng), without=name).value["error"]
        require(
            bool(gone),
            f"Without `{name}` nothing is raised. Let the FileNotFoundError go on.",
            "missing-file-silent",
        )
        kind = gone[0]
        says = f"Without `{name}` your code raised {kind}; it should be a FileNotFoundError."
        require("FileNotFoundError" in gone or "No such file" in gone[-1], says)


# 9.2 a run from its start to its end


def opened(answer: Answer) -> dict[str, Any]:
    """What was seen of `start_experiment`, once it opens a run."""
    got: dict[str, Any] = answer.value
    require(
        got["logins"] == 0,
        "`wandb.login` asks for a key, and a program that runs at night would wait for ever. Leave "
        "it out: `mode=wandb_mode()` decides.",
        "login-asked",
    )
    require(bool(got["asked"]), "`start_experiment` opens no run. Call `wandb.init(...)`.")
    return got


@part("9.2")
def test_opened(learner: Subject, rng: Rng) -> None:
    """`start_experiment` opens a run with project, name, configuration and mode"""
    project, name, *_ = names_of(rng, 2)
    config = settings(rng)
    got = opened(learner.started(project, config, name))
    run = got["asked"][0]
    require(
        run["mode"] is not None,
        "`wandb.init` got no `mode`. Without an API key it then asks for one, and waits. Hand over "
        "`mode=wandb_mode()`.",
        "mode-missing",
    )
    require(
        run["mode"] == "offline",
        f"Without an API key the mode is {run['mode']!r}; `wandb_mode()` says 'offline'.",
    )
    require(
        run["project"] == project,
        f"The run's project is {run['project']!r}; it should be `self.project_name`, {project!r}.",
        "project-ignored",
    )
    require(
        run["name"] == name,
        f"The run's name is {run['name']!r}; it should be the `experiment_name`, {name!r}.",
        "name-missing",
    )
    require(
        bool(run["config"]),
        "The run knows nothing of the configuration. Hand it over: `config=dict(config)`.",
        "config-not-handed-over",
    )
    expect(Answer(run["config"]), config, what="the run's config")
    require(
        got["kept"],
        "The run is not kept: `self.run` is not what `wandb.init` returned.",
        "run-not-kept",
    )
    require(
        got["returned"] == "the tracker",
        f"`start_experiment` returns a {got['returned']}; it should return the tracker, `self`.",
    )
    require(got["unchanged"], "`start_experiment` changes the dictionary it is given.")


@part("9.2")
def test_online(learner: Subject, rng: Rng) -> None:
    """With an API key the same code goes online"""
    got = opened(learner.started("a-project", settings(rng), key=True))
    require(
        got["asked"][0]["mode"] in ("online", None),
        f"With an API key the mode is {got['asked'][0]['mode']!r}, and nothing would ever be sent. "
        "Hand over `mode=wandb_mode()`.",
        "always-offline",
    )


@part("9.2")
def test_second_run(learner: Subject, rng: Rng) -> None:
    """A run that is still open is finished before the next one"""
    got = opened(learner.started("a-project", settings(rng), "first"))
    second = got.get("second") or {}
    require(
        not second.get("left_open") or second.get("reinit") in ("finish_previous", True),
        "A first run is still open when the second one begins, and outside of a notebook "
        "`wandb.init` would hand out the old one. Hand over `reinit='finish_previous'`.",
        "old-run-goes-on",
    )


@part("9.2")
def test_block(learner: Subject) -> None:
    """At the end of a `with` block the run is finished with exit code 0"""
    got = learner.block(raises=False).value
    require(
        got["entered"] is True,
        "`with ... as tracker` does not give the tracker. `__enter__` should `return self`.",
        "enter-returns-nothing",
    )
    check_finished(got, 0)


@part("9.2")
def test_block_with_exception(learner: Subject) -> None:
    """If an exception leaves the block, the run is finished with exit code 1, and it goes on"""
    got = learner.block(raises=True).value
    check_finished(got, 1)
    require(
        got["came_through"],
        "An exception raised in the block disappears, and the training looks like a success. "
        "`__exit__` must not return True.",
        "exception-swallowed",
    )
    stopped = learner.block(raises=True, how="interrupted").value
    require(
        bool(stopped["finished"]) and stopped["finished"][0] != 0,
        "Somebody stopped the program in the block (a KeyboardInterrupt, which is no subclass of "
        "Exception), and the run is called a success. Ask whether `kind` is None.",
        "interrupt-called-success",
    )


def check_finished(got: dict[str, Any], code: int) -> None:
    finished = got["finished"]
    require(
        bool(finished),
        "The run is not finished" + (" after an exception" if code else "") + ": in W&B it would "
        "be 'crashed', without its last rows. Call `self.run.finish(exit_code=...)`.",
        "never-finished",
    )
    require(
        finished[0] == code or code == 0,
        "A run that failed is finished with exit code 0, which means success. `__exit__` is told "
        "of an exception by its arguments: hand 1 to `finish_experiment` if `kind` is not None.",
        "failure-called-success",
    )
    require(
        finished[0] == code,
        f"The run is finished with exit code {finished[0]}; without an exception it should be 0.",
    )
    require(
        got["run"],
        "After the run is finished `self.run` is still set, and whoever logs to it gets an error. "
        "Set it to None.",
        "run-not-reset",
    )


@part("9.2")
def test_finish(learner: Subject, rng: Rng) -> None:
    """`finish_experiment` hands on the exit code, and may be called without a run"""
    check_finished(learner.block(raises=False, how="call").value, 0)
    got = learner.block(raises=False, how="code").value
    require(bool(got["finished"]), "`finish_experiment(3)` does not finish the run.")
    require(
        got["finished"][0] == 3,
        f"`finish_experiment(3)` finishes the run with exit code {got['finished'][0]}. Hand it on: "
        "`finish(exit_code=exit_code)`.",
        "exit-code-ignored",
    )
    inside = learner.block_finished_inside().value
    for error in (got["again"], inside["error"]):
        require(
            not error,
            f"Without an open run `finish_experiment` raises {error[:1]}. Do nothing if `self.run` "
            "is None: a run may be finished in its block already.",
            "crashes-without-run",
        )


@part("9.2")
def test_real_run(learner: Subject, rng: Rng) -> None:
    """The file of a real run that failed has its project, its configuration, and exit code 1"""
    project, name, *_ = names_of(rng, 2)
    config = settings(rng)
    got = learner.really_started(project, config, name).value
    require(got["runs"] == 1, f"`start_experiment` opens {got['runs']} runs; it should open one.")
    expect(Answer(got["config"]), config, what="the config in the run's file")
    found = [got["project"], got["display_name"]]
    expect(Answer(found), [project, name], what="the list of project and name in the run's file")
    require(
        got["exit"] == 1,
        f"An exception left the block, and the run's file says exit code {got['exit']}. It should "
        "be 1.",
        None if got["exit"] else "failure-called-success",
    )


# What all that log have in common


def check_without_run(learner: Subject, method: str, *args: Any) -> None:
    kinds = learner.without_run(method, *args).value
    require(bool(kinds), f"`{method}` without an open run raises nothing, and nothing is kept.")
    require(
        "RuntimeError" in kinds,
        f"Without an open run `{method}` raises {kinds[0]}: {kinds[-1]!r}. Ask `self._open_run()` "
        "for the run: it raises a RuntimeError that says what to do.",
        "no-run-crashes",
    )


def check_row(got: dict[str, Any], key: str) -> None:
    """What was logged between rows 3 and 4 must be in row 3, and the count of steps as before."""
    require(
        got["step"] == 3,
        f"After `{key}` was logged the run has come from step 3 to step {got['step']}, and metrics "
        "logged later with a smaller one would be dropped. Log with `commit=False`.",
        "step-moved",
    )


def logged_under(got: dict[str, Any], key: str) -> Any:
    """What was logged under a key, once it was logged, and once only."""
    calls = got["calls"]
    require(bool(calls), "Nothing is logged. Call `run.log({...})`.", "nothing-logged")
    keys = sorted({name for call in calls for name in call["data"]})
    require(key in keys, f"Logged under {shown(keys)}; the key should be `{key}`.")
    values = [call["data"][key] for call in calls if key in call["data"]]
    require(
        len(values) == 1,
        f"`{key}` is logged {len(values)} times, and of one row W&B keeps only the last. Collect "
        "them in a list, and log it once.",
        "one-by-one",
    )
    return values[0]


# 9.3 WandBExperimentTracker.log_metrics


@part("9.3")
def test_rows(learner: Subject, rng: Rng) -> None:
    """Each call is one row, at its step"""
    first, second, third = numbers(rng), numbers(rng), numbers(rng)
    gap = int(rng.integers(3, 9))
    got = learner.logged([[first, 0], [second, 1], [third, gap]]).value
    calls = got["calls"]
    require(
        got["counts"][0] <= 1,
        f"A row of two metrics became {got['counts'][0]} calls of `run.log`. They belong into one "
        "call: otherwise W&B spreads them over several steps.",
        "one-by-one",
    )
    raised_nothing(got["errors"])
    require(
        bool(calls),
        "Nothing is logged. Call `run.log(dict(metrics), step=step)`.",
        "nothing-logged",
    )
    require(len(calls) == 3, f"Three rows became {len(calls)} calls of `run.log`.")
    steps = [call["step"] for call in calls]
    require(
        steps != [None, None, None],
        "The step is not handed on, and W&B counts calls instead of epochs. "
        "`run.log(metrics, step=step)`.",
        "step-lost",
    )
    require(
        not (steps[0] is None and steps[1:] == [1, gap]),
        "Step 0 is taken for no step at all: `if step:` is False for 0. Ask `step is not None`.",
        "zero-taken-for-none",
    )
    require(
        not all("step" in call["data"] for call in calls),
        "The step is logged as if it were a metric. It is an argument of its own: "
        "`run.log(metrics, step=step)`.",
        "step-as-metric",
    )
    want = {"0": first, "1": second, str(gap): third}
    expect(Answer(got["rows"]), want, what="the dict of rows by step")


def raised_nothing(errors: list[list[str]]) -> None:
    for error in errors:
        if error:
            raise Failure(f"`log_metrics` raised {error[0]}: {error[-1][:200]}", "error")


@part("9.3")
def test_without_step(learner: Subject, rng: Rng) -> None:
    """Without a step W&B counts on"""
    first, second = numbers(rng), numbers(rng)
    got = learner.logged([[first], [second]]).value
    require(
        not any(got["errors"]),
        f"Without a step your code raises {(got['errors'][0] or got['errors'][1])[:1]}. None must "
        "not be compared with a number: `if step is not None and ...`.",
        "none-compared",
    )
    expect(Answer(got["rows"]), {"0": first, "1": second}, what="the dict of rows by step")


@part("9.3")
def test_backwards(learner: Subject, rng: Rng) -> None:
    """A step that has passed is a ValueError that names both steps; the current one is not"""
    a, b, c = numbers(rng), numbers(rng), numbers(rng)
    now = int(rng.integers(30, 60))
    got = learner.logged([[a, now], [b, now - 20], [c, now + 1]]).value
    error = got["errors"][1]
    require(
        bool(error),
        f"The run had come to step {now}, and step {now - 20} was accepted. W&B drops such a row. "
        "Raise a ValueError `if step < run.step`.",
        "backwards-allowed",
    )
    require("ValueError" in error, f"A step that has passed raises {error[0]}, no ValueError.")
    named = str(now - 20) in error[-1] and any(str(n) in error[-1] for n in (now, now + 1))
    require(
        named,
        f"The message of the ValueError should name both steps, {now - 20} and {now}. It says "
        f"{error[-1]!r}.",
    )
    require(
        got["counts"][1] == 1,
        "The row of a step that has passed is logged before the ValueError. Compare first.",
        "logged-before-refused",
    )
    raised_nothing([got["errors"][0], got["errors"][2]])
    same_step = learner.logged([[a, now], [b, now]]).value
    committed = any(call["commit"] for call in same_step["calls"][:1])
    require(
        committed or not same_step["errors"][1],
        f"Step {now} was refused while the run was at step {now}. Only a smaller one has passed.",
        "same-step-refused",
    )
    require(
        bool(learner.logged([[a, now], [b, 0]]).value["errors"][1]),
        f"The run had come to step {now}, and step 0 was accepted: `if step` is False for 0. Ask "
        "`step is not None`.",
        "zero-taken-for-none",
    )
    require(
        bool(learner.logged([[a], [b], [c], [a, 1]]).value["errors"][3]),
        "After three rows without a step, step 1 was accepted. W&B counted them: compare with "
        "`run.step`, not with a number of your own.",
        "own-counter",
    )


@part("9.3")
def test_metrics_without_run(learner: Subject) -> None:
    """Without an open run it is a RuntimeError"""
    check_without_run(learner, "log_metrics", {"loss": 1.0})


@part("9.3")
def test_real_rows(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, at their steps"""
    rows = {step: numbers(rng) for step in (0, 1, 2, 7)}
    got = learner.really_logged([[row, step] for step, row in rows.items()]).value["rows"]
    want = [str(step) for step in rows]
    expect(Answer(list(got)), want, what="the list of steps in the run's file")
    for step, row in rows.items():
        found = {name: got[str(step)].get(name) for name in row}
        expect(Answer(found), row, what=f"row {step} in the run's file")


# 9.4 WandBExperimentTracker.log_model_checkpoint


def check_artifact(
    found: dict[str, Any], run_id: str, config: dict, checkpoint: list, other: list
) -> None:
    """Judge one artifact; `other` is the checkpoint logged before or after it."""
    rows, epoch, metrics = checkpoint
    require(
        found["name"] == f"model-{run_id}",
        f"The artifact is called {found['name']!r}; it should be {f'model-{run_id}'!r} for every "
        "epoch, so that each call logs a new version of one thing.",
        "other-name",
    )
    require(found["type"] == "model", f"The artifact's type is {found['type']!r}, not 'model'.")
    files = found["files"]
    for name, file in files.items():
        refuse_pickle(name, file)
        require(
            file["is"] != "gone",
            f"The file `{name}` of the artifact does not exist any more. Call `add_dir` while the "
            "folder is still there, and let it copy the files.",
            "files-gone",
        )
    tensors = files.get("model.safetensors", {}).get("tensors")
    require(
        not approx_equal(tensors, tensors_of(other[0])),
        f"The artifact of epoch {epoch} holds the weights of epoch {other[1]}: the file was "
        "written over. Use a new folder for each checkpoint.",
        "overwritten",
    )
    metadata = found["metadata"]
    require(
        isinstance(metadata, dict) and "epoch" in metadata,
        "The artifact's metadata does not say which epoch it is from. Hand over "
        "`metadata={'epoch': epoch, 'metrics': ...}`.",
        "epoch-missing",
    )
    want = {"epoch": epoch, "metrics": metrics}
    expect(Answer(metadata), want, what="the artifact's metadata")
    require(
        f"epoch-{epoch}" in found["aliases"],
        f"The artifact of epoch {epoch} has the aliases {found['aliases']}; `epoch-{epoch}` should "
        "be among them: `log_artifact(artifact, aliases=[...])`.",
        "alias-missing",
    )
    names = ["checkpoint.json", "model.safetensors"]
    expect(Answer(sorted(files)), names, what="the list of files in the artifact")
    expect(Answer(tensors), tensors_of(rows), what="the dict of weights in the artifact")
    notes = files["checkpoint.json"].get("content")
    require(
        not isinstance(notes, dict) or notes.get("config") != {},
        "The checkpoint's `config` is empty. The run knows it: `dict(self.run.config)`.",
        "config-missing",
    )
    check_notes(notes, config, epoch, metrics)


def checkpoints(rng: Rng) -> list[list[Any]]:
    epochs = sorted(rng.choice(90, 2, replace=False).tolist())
    return [[weights(rng), epoch, numbers(rng)] for epoch in epochs]


@part("9.4")
def test_artifacts(learner: Subject, rng: Rng) -> None:
    """Each checkpoint is a version of one artifact, with its own weights and its epoch"""
    config, logged = settings(rng), checkpoints(rng)
    got = learner.checkpointed(config, logged).value
    artifacts = got["artifacts"]
    require(
        bool(artifacts),
        "No artifact is logged. Making it is not enough: `run.log_artifact(artifact, ...)`.",
        "not-logged",
    )
    for found in artifacts:
        require(
            found["is"] == "Artifact",
            f"`log_artifact` was given {found['is']}. Make a `wandb.Artifact`, which has room for "
            "metadata, and add the folder to it.",
            "path-logged",
        )
    require(len(artifacts) == 2, f"Two checkpoints gave {len(artifacts)} artifacts.")
    require(
        got["training"],
        "The network was in training mode, and after `log_model_checkpoint` it is not. Storing it "
        "needs no `model.eval()`.",
        "mode-changed",
    )
    names = [found["name"] for found in artifacts]
    require(
        names[0] == names[1],
        f"Each checkpoint is an artifact of its own, {names}. Under one name they are versions of "
        f"one thing: 'model-{got['id']}'.",
        "name-for-each-epoch",
    )
    for i, found in enumerate(artifacts):
        check_artifact(found, got["id"], config, logged[i], logged[1 - i])
    require(
        all(got["returned"]),
        "`log_model_checkpoint` should return the artifact.",
        "nothing-returned",
    )


@part("9.4")
def test_checkpoint_without_run(learner: Subject) -> None:
    """Without an open run it is a RuntimeError"""
    check_without_run(learner, "log_model_checkpoint", 1, {"loss": 1.0})


@part("9.4")
def test_real_artifacts(learner: Subject, rng: Rng) -> None:
    """A real run has recorded both versions, with their files"""
    config, logged = settings(rng), checkpoints(rng)
    got = learner.really_checkpointed(config, logged).value
    artifacts = [each for each in got["artifacts"] if each["type"] == "model"]
    require(
        len(artifacts) == 2,
        f"The run's file has {len(artifacts)} artifacts of type 'model'; there should be two.",
    )
    for i, found in enumerate(artifacts):
        check_artifact(found, got["id"], config, logged[i], logged[1 - i])


# 9.5 WandBExperimentTracker.log_confusion_matrix


def matrix_of(y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> list[list[Any]]:
    """Rows of true name, predicted name and count."""
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    n = range(len(names))
    return [[names[i], names[j], float(pairs.count((i, j)))] for i in n for j in n]


def confused(rng: Rng) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Labels of four classes, of which the last one never occurs, and lopsided mistakes."""
    names = [f"{letter}{number}" for letter, number in zip("zmax", rng.integers(9, size=4))]  # noqa: B905
    y_true = rng.permutation(np.repeat([0, 1, 2], [9, 5, 3]))
    y_pred = np.where(rng.random(17) < 0.4, (y_true + 1) % 3, y_true)
    y_pred[np.flatnonzero(y_true == 0)[:3]] = 1
    y_pred[np.flatnonzero(y_true == 1)[:1]] = 1
    return y_true, y_pred, names


@part("9.5")
def test_matrix(learner: Subject, rng: Rng) -> None:
    """It is W&B's own plot, with true and predicted classes by name"""
    y_true, y_pred, names = confused(rng)
    answer = learner.confusion(y_true, y_pred, names)
    fail_if_recognised(
        answer,
        Mistake(
            "labels-as-probabilities",
            Raises("AxisError"),
            "Class numbers were handed over as `probs`, where W&B expects a probability for each "
            "class. Use the argument `preds`.",
        ),
    )
    plot = logged_under(answer.value, "confusion_matrix")
    chart = plot if isinstance(plot, dict) else {}
    require(
        not chart.get("figure") and not chart.get("image") and "image" not in chart,
        "A figure of your own is logged. W&B's plot can be compared between runs: "
        "`wandb.plot.confusion_matrix(...)`.",
        "own-figure",
    )
    require(
        "confusion_matrix" in str(chart.get("chart")),
        f"Under `confusion_matrix` is {shown(plot)}; it should be what "
        "`wandb.plot.confusion_matrix(...)` returns.",
    )
    plain_names = [f"Class_{i + 1}" for i in range(4)]
    got = sorted(chart["rows"])
    require(
        not any(row[0] in plain_names for row in got),
        "The classes are called Class_1, Class_2, ...: hand over `class_names`.",
        "names-missing",
    )
    want = sorted(matrix_of(y_true, y_pred, names))
    expect(
        Answer(got),
        want,
        Mistake(
            "swapped",
            sorted(matrix_of(y_pred, y_true, names)),
            "True and predicted classes have changed places. The true ones are `y_true`, the "
            "predicted ones `preds`.",
        ),
        Mistake(
            "names-sorted",
            sorted(matrix_of(y_true, y_pred, sorted(names))),
            "The names were sorted, and now stand for other numbers: class i is `class_names[i]`.",
        ),
        what="the list of [true class, predicted class, count]",
    )


@part("9.5")
def test_row_of_matrix(learner: Subject, rng: Rng) -> None:
    """It joins the current row, and the count of steps stays as it was"""
    got = learner.confusion(*confused(rng)).value
    logged_under(got, "confusion_matrix")
    check_row(got, "confusion_matrix")
    require(
        "confusion_matrix" in got["rows"].get("3", {}),
        "The plot is not in the row of the metrics before it. Log it with `commit=False`.",
    )


@part("9.5")
def test_lengths(learner: Subject, rng: Rng) -> None:
    """Unequal lengths are a ValueError, no open run is a RuntimeError"""
    y_true, y_pred, names = confused(rng)
    expect_error(
        learner.confusion(y_true, y_pred[:-2], names), "ValueError", "With unequal lengths, it"
    )
    check_without_run(learner, "log_confusion_matrix", y_true, y_pred, names)


@part("9.5")
def test_real_matrix(learner: Subject, rng: Rng) -> None:
    """A real run has recorded the table, and all rows of metrics"""
    y_true, y_pred, names = confused(rng)
    got = learner.really_confused(y_true, y_pred, names).value
    tables = [sorted(table["data"]) for table in got["tables"]]
    want = [sorted(matrix_of(y_true, y_pred, names))]
    expect(Answer(tables), want, what="the list of tables that the run recorded")
    losses = [row.get("loss") for row in got["rows"].values() if "loss" in row]
    require(losses == [1, 0.5], f"Of the losses 1 and 0.5, logged around it, {losses} were kept.")


# 9.6 WandBExperimentTracker.log_light_curve_predictions

CLASSES = ["AGN", "CV", "SNII", "SNIa", "TDE"]


def observations(rng: Rng, bands: str) -> list[dict[str, Any]]:
    """A light curve with clear detections in these bands, and two points that are none."""
    rows = []
    for band in bands:
        for day in np.sort(rng.choice(90, 4, replace=False)):
            flux = float(rng.uniform(80, 900))
            rows.append([59000.25 + day, flux, flux * float(rng.uniform(0.02, 0.2)), band])
        rows.append([59100.25, float(rng.uniform(5, 14)), 5.0, band])
        rows.append([59101.25, -3.0, 5.0, band])
    keys = ("mjd", "flux", "flux_err", "band")
    return [dict(zip(keys, row, strict=True)) for row in sorted(rows)]


def examples(rng: Rng, n: int = 3) -> tuple[list, np.ndarray, np.ndarray]:
    """Light curves, probabilities whose largest one is clear, and true labels."""
    data = [observations(rng, bands) for bands in ("gr", "r", "gri")[:n]]
    probabilities = rng.dirichlet(np.ones(5), n)
    guess = rng.permutation(5)[:n]
    probabilities = 0.3 * probabilities
    probabilities[np.arange(n), guess] += 0.7
    labels = np.where(np.arange(n) == 1, guess, (guess + 1 + rng.integers(4, size=n)) % 5)
    return data, probabilities, labels


def figures_of(answer: Answer) -> list[dict[str, Any]]:
    """The figures that were logged, in order."""
    images = logged_under(answer.value, "light_curve_predictions")
    images = images if isinstance(images, list) else [images]
    for image in images:
        is_image = isinstance(image, dict) and "image" in image
        require(
            is_image,
            f"The list of `light_curve_predictions` holds {shown(image)}; each item should be a "
            "`wandb.Image(figure)`.",
            "figure-itself" if isinstance(image, dict) and "figure" in image else None,
        )
        require(image["image"] is not None, "A `wandb.Image` should be made of the figure itself.")
    return [image["image"] for image in images]


@pytest.fixture
def gallery(learner: Subject, rng: Rng, request: pytest.FixtureRequest) -> tuple[Any, Answer]:
    """Three light curves, and what was logged of them: asked for once in an examination."""
    stash = request.session.stash
    if GALLERY not in stash:
        shown_curves = examples(rng)
        stash[GALLERY] = shown_curves, learner.pictured(*shown_curves)
    return stash[GALLERY]


GALLERY = pytest.StashKey[tuple[Any, Answer]]()


@part("9.6")
def test_number_of_figures(learner: Subject, rng: Rng, gallery: tuple[Any, Answer]) -> None:
    """One figure for each light curve, up to `n_examples`, and all are closed"""
    (data, probabilities, labels), answer = gallery
    got, figures = answer.value, figures_of(answer)
    require(
        got["left"] == 0,
        f"Of the figures {got['left']} are still open, and stay in memory. `plt.close(figure)` "
        "closes one.",
        "not-closed",
    )
    require(
        got["foreign"],
        "A figure that was open before is closed as well. `plt.close(figure)` closes one, "
        "`plt.close('all')` those of others, too.",
        "all-figures-closed",
    )
    require(len(figures) == 3, f"Three light curves gave {len(figures)} figures.")
    one = figures_of(learner.pictured(data, probabilities, labels, 1))
    require(
        len(one) == 1,
        f"With `n_examples=1` there are {len(one)} figures. Stop after the first `n_examples`.",
        "limit-ignored",
    )
    require(got["unchanged"], "The light curves have changed. Work with copies of their tables.")


@part("9.6")
def test_error_bars(gallery: tuple[Any, Answer]) -> None:
    """Magnitudes with error bars, a colour for each band, the brightest at the top"""
    (data, _, _), answer = gallery
    for figure, rows in zip(figures_of(answer), data, strict=False):
        panels = [panel for panel in figure["panels"] if panel["bars"] or panel["other_points"]]
        require(bool(panels), "A figure shows no points. Plot each band with `ax.errorbar`.")
        check_panel(panels[0], rows)


def check_panel(panel: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    bars = panel["bars"]
    require(
        bool(bars),
        "The points have no error bars. `ax.errorbar(x, y, yerr, fmt='o')` draws both.",
        "error-bars-missing",
    )
    require(
        all(len(bar["error"]) == len(bar["y"]) for bar in bars),
        "The points have no error bars in magnitude: hand the errors to `ax.errorbar` as `yerr`.",
        "error-bars-missing",
    )
    clear = [row for row in rows if row["flux"] > 3 * row["flux_err"]]
    plotted = sum(len(bar["y"]) for bar in bars)
    require(
        plotted != len(rows),
        f"All {len(rows)} points are plotted. Where the flux is not larger than 3 times its error, "
        "nothing was clearly detected: leave those points out.",
        "non-detections-plotted",
    )
    bands = sorted({row["band"] for row in clear})
    one_colour = len({tuple(bar["colour"]) for bar in bars}) == 1 and len(bands) > 1
    require(
        not one_colour,
        f"The bands {', '.join(bands)} have one colour, and nobody can tell them apart. Plot each "
        "band by itself, in the colour `BAND_COLOURS[band]`.",
        "one-colour",
    )
    by_label = {bar["label"]: bar for bar in bars}
    expect(Answer(sorted(by_label)), bands, what="the list of labels of the error bars")
    for band in bands:
        check_band(by_label[band], [row for row in clear if row["band"] == band], band)
    require(
        panel["inverted"],
        "The axis of magnitudes is not inverted, so faint points are at the top. "
        "`ax.invert_yaxis()` turns it round.",
        "not-inverted",
    )
    require(all(panel["labels"]), "An axis has no label: `ax.set_xlabel`, `ax.set_ylabel`.")


def check_band(bar: dict[str, Any], rows: list[dict[str, Any]], band: str) -> None:
    flux, error = (np.array([row[name] for row in rows]) for name in ("flux", "flux_err"))
    magnitude = (25 - 2.5 * np.log10(flux)).tolist()
    what = f"the magnitude of band {band}"
    order = np.argsort(bar["x"]) if len(bar["x"]) == len(rows) else range(len(bar["y"]))
    got = [bar["y"][i] for i in order]
    expect(
        Answer(got),
        magnitude,
        Mistake(
            "flux-plotted", flux.tolist(), "These are fluxes. Plot magnitudes, 25 - 2.5 log10(f)."
        ),
        Mistake(
            "sign-of-magnitude",
            (25 + 2.5 * np.log10(flux)).tolist(),
            "The magnitudes have the wrong sign: brighter is a smaller number.",
        ),
        what=what,
        unit="mag",
        rtol=1e-4,
    )
    errors = [bar["error"][i] for i in order]
    expect(
        Answer(errors),
        (1.0857 * error / flux).tolist(),
        Mistake(
            "error-of-flux",
            error.tolist(),
            "The error bars are those of the flux. The error of a magnitude is 1.0857 flux_err / "
            "flux.",
        ),
        Mistake("error-of-flux", (error / flux).tolist(), "The factor 1.0857 is missing."),
        what=f"the error of {what}",
        unit="mag",
        rtol=1e-3,
        atol=1e-4,
    )
    expect(
        Answer([bar["x"][i] for i in order]),
        [row["mjd"] for row in rows],
        what=f"the MJD of band {band}",
        unit="d",
        rtol=1e-9,
    )
    red, green, blue = bar["colour"]
    fits = {"g": green >= max(red, blue), "r": red >= max(green, blue)}.get(band, True)
    require(
        fits,
        f"The band {band} has an unusual colour. `BAND_COLOURS[{band!r}]` is what people expect.",
        "other-colours",
    )


@part("9.6")
def test_titles(gallery: tuple[Any, Answer]) -> None:
    """The title has the true class, the predicted class and its probability"""
    (_, probabilities, labels), answer = gallery
    figures = figures_of(answer)
    unsorted = ["SNIa", "SNII", "CV", "AGN", "TDE"]
    for figure, row, label in zip(figures, probabilities, labels, strict=False):
        title, guess = figure["title"], int(row.argmax())
        names = [CLASSES[label], CLASSES[guess]]
        other = [unsorted[label], unsorted[guess]]
        require(bool(title.strip()), "A figure has no title.")
        named = all(name in title for name in names)
        require(
            named or not all(name in title for name in other) or set(other) == set(names),
            f"The title is {title!r}, but class {label} is called {names[0]} and class {guess} "
            f"{names[1]}. The names in order are `CLASS_NAMES`.",
            "other-class-order",
        )
        require(
            names[1] in title or names[0] not in title,
            f"The title {title!r} has the true class, {names[0]}, but not the predicted one, "
            f"{names[1]}.",
            "prediction-missing",
        )
        require(
            named,
            f"The title is {title!r}; the names {names[0]} (true) and {names[1]} should be in it.",
        )
        shown_as = [f"{row[guess]:.2f}", f"{100 * row[guess]:.0f}%", f"{100 * row[guess]:.0f} %"]
        require(
            f"{row[label]:.2f}" not in title or f"{row[guess]:.2f}" in title,
            f"The title is {title!r}. This is the probability of the true class; the network "
            f"does not know that one. That of the predicted class is {row[guess]:.2f}.",
            "probability-of-truth",
        )
        require(
            any(text in title for text in shown_as),
            f"The title is {title!r}. It should have the probability of {names[1]}, "
            f"{row[guess]:.2f}.",
            "probability-missing",
        )


@part("9.6")
def test_row_of_figures(learner: Subject, gallery: tuple[Any, Answer]) -> None:
    """The figures join the current row; without an open run it is a RuntimeError"""
    (data, probabilities, labels), answer = gallery
    logged_under(answer.value, "light_curve_predictions")
    check_row(answer.value, "light_curve_predictions")
    one = [data[:1], probabilities[:1], labels[:1]]
    check_without_run(learner, "log_light_curve_predictions", *one)


@part("9.6")
def test_real_figures(learner: Subject, rng: Rng) -> None:
    """A real run has recorded a picture, and all rows of metrics"""
    got = learner.really_pictured(*examples(rng, 1)).value
    require(got["images"] == 1, f"The run recorded {got['images']} pictures of one light curve.")
    losses = [row.get("loss") for row in got["rows"].values() if "loss" in row]
    require(losses == [1, 0.5], f"Of the losses 1 and 0.5, logged around it, {losses} were kept.")


# 9.7 create_sweep_config and infeasible

SPACE: dict[str, dict[str, Any]] = {
    "d_model": {"values": [128, 256, 512]},
    "nhead": {"values": [4, 8, 16]},
    "num_layers": {"values": [3, 6, 9]},
    "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
    "time_embed_dim": {"values": [32, 64, 128]},
    "dropout": {"distribution": "uniform", "min": 0.1, "max": 0.5},
    "batch_size": {"values": [16, 32, 64]},
    "focal_loss_gamma": {"distribution": "uniform", "min": 1.0, "max": 3.0},
}


def as_lists(value: Any) -> Any:
    """The same with tuples as lists: W&B makes no difference."""
    if isinstance(value, list | tuple):
        return [as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return value


@part("9.7")
def test_sweep_config(learner: Subject) -> None:
    """The description of the sweep is the published one"""
    got = as_lists(learner.call("create_sweep_config").value)
    if not isinstance(got, dict):
        raise Failure(f"`create_sweep_config` returns {kind_of(got)}; it should be a dict.")
    metric = got.get("metric")
    name = metric.get("name") if isinstance(metric, dict) else None
    require(
        name is None or name == "val_f1_rare_events",
        f"The sweep looks for {name!r}, which no training logs. The name is "
        "'val_f1_rare_events', letter for letter.",
        "metric-never-logged",
    )
    require(
        not isinstance(metric, dict) or metric.get("goal") != "minimize",
        "An F1 score is to be maximised: `'goal': 'maximize'`.",
        "minimised",
    )
    parameters = got.get("parameters")
    if isinstance(parameters, dict):
        for parameter, want in SPACE.items():
            check_parameter(parameter, parameters.get(parameter), want)
    want = {
        "method": "bayes",
        "metric": {"name": "val_f1_rare_events", "goal": "maximize"},
        "parameters": SPACE,
    }
    expect(Answer(got), want, what="the sweep's dict")


def check_parameter(name: str, got: Any, want: dict[str, Any]) -> None:
    require(got is not None, f"The parameter `{name}` is missing.")
    require(
        isinstance(got, dict),
        f"The parameter `{name}` is {kind_of(got)}. W&B wants a dict that says how to draw it: "
        "`{'values': [...]}`.",
        "values-without-key",
    )
    if name == "learning_rate":
        require(
            got.get("distribution") not in (None, "uniform"),
            "The learning rate is drawn evenly, and nine in ten would be above 0.001. Draw it "
            "evenly in the logarithm: `log_uniform_values`.",
            "linear-learning-rate",
        )
        require(
            got.get("distribution") != "log_uniform",
            "With `log_uniform`, min and max are exponents of e. The distribution that takes the "
            "learning rates themselves is `log_uniform_values`.",
            "exponents-for-values",
        )
    require(
        set(got) != set(want) or approx_equal(got, want),
        f"The range of `{name}` is {shown(got)}; the published one is {shown(want)}. What cannot "
        "be built is skipped later: leave the ranges as they are.",
        "ranges-changed",
    )
    expect(Answer(got), want, what=f"the parameter `{name}`")


@part("9.7")
def test_new_dictionary(learner: Subject) -> None:
    """Each call returns a new dictionary"""
    first, second = as_lists(learner.two_configs().value)
    require(
        approx_equal(first, second),
        "A change of the dictionary that the first call returned shows in that of the second. "
        "Make a new one in each call.",
        "shared-dictionary",
    )


def verdict(answer: Answer, config: dict[str, Any]) -> str | None:
    """What `infeasible` says: a sentence or None."""
    fail_if_recognised(
        answer,
        Mistake(
            "missing-key-crashes",
            Raises("KeyError"),
            f"A configuration without some setting raises a KeyError: {shown(config)}. Use "
            "`config.get(...)`, and skip a rule of which a number is missing.",
        ),
        Mistake(
            "missing-key-crashes",
            Raises("TypeError", "NoneType"),
            f"A configuration without some setting raises an error: {shown(config)}. Skip a rule "
            "of which a number is missing.",
        ),
        Mistake(
            "raised-for-returned",
            Raises("ValueError"),
            "`infeasible` raises a ValueError. It should return the sentence; the caller decides "
            "what to do.",
        ),
    )
    got = answer.value
    require(
        not isinstance(got, bool),
        f"`infeasible` returns {got!r}. It should return the reason as a sentence, or None.",
        "bool-returned",
    )
    if got is not None and not isinstance(got, str):
        raise Failure(f"`infeasible` returns {kind_of(got)}; it should be a sentence or None.")
    return got


@part("9.7")
def test_feasible(learner: Subject, rng: Rng) -> None:
    """What can be built has no reason against it"""
    nhead = int(rng.choice([4, 8, 16]))
    d_model = nhead * int(rng.integers(9, 30))
    odd = {"d_model": d_model, "nhead": nhead, "time_embed_dim": nhead + 1}
    for config in (
        {**odd, "dropout": 0.2, "architecture": "transformer"},
        {"d_model": d_model, "nhead": nhead, "time_embed_dim": d_model - 1},
        {"d_model": d_model, "nhead": nhead},
        {"d_model": d_model, "time_embed_dim": 2},
        {"hidden_size": 64},
        {"nhead": 3, "time_embed_dim": 8},
    ):
        got = verdict(learner.call("infeasible", config), config)
        require(
            got is None,
            f"{shown(config)} can be built, but `infeasible` says {got!r}. It should return None.",
            "feasible-refused",
        )


@part("9.7")
def test_infeasible(learner: Subject, rng: Rng) -> None:
    """What cannot be built has a reason that names both numbers"""
    nhead, d_model = 8, 8 * int(rng.integers(9, 30))
    larger = d_model + int(rng.integers(1, 50))
    cases = [
        ("too-large-accepted", {"d_model": d_model, "nhead": nhead, "time_embed_dim": larger}),
        ("equal-accepted", {"d_model": d_model, "nhead": nhead, "time_embed_dim": d_model}),
        ("heads-forgotten", {"d_model": d_model + 3, "nhead": nhead, "time_embed_dim": 16}),
        ("heads-forgotten", {"d_model": d_model + 4, "nhead": nhead}),
    ]
    for slug, config in cases:
        got = verdict(learner.call("infeasible", config), config)
        other = config["nhead"] if slug == "heads-forgotten" else config["time_embed_dim"]
        why = {
            "too-large-accepted": "nothing would be left for the flux",
            "equal-accepted": "nothing would be left for the flux: 'larger', not 'at least'",
            "heads-forgotten": "the heads would not get equal shares",
        }[slug]
        require(
            bool(got),
            f"{shown(config)} cannot be built, since {why}, but `infeasible` returns {got!r}.",
            slug,
        )
        for number in (config["d_model"], other):
            require(
                str(number) in str(got),
                f"The reason {got!r} should name both numbers, {config['d_model']} and {other}.",
                "numbers-not-named",
            )


# 9.8 train_with_wandb

RARE = CLASSES.index("TDE")
DEFAULTS = {"d_model": 32, "nhead": 4, "num_layers": 2, "learning_rate": 1e-3, "seed": 0}


def focal_loss(logits: np.ndarray, labels: list[int], gamma: float) -> float:
    """The mean of -(1 - p)^gamma log p, with the same logits for all objects."""
    p = np.exp(logits - logits.max())
    p = (p / p.sum())[labels]
    return float(np.mean(-((1 - p) ** gamma) * np.log(p)))


def f1_of_rare(guess: int, labels: list[int]) -> float:
    """F1 of the rare class if all objects are given the same class."""
    hits = labels.count(RARE) if guess == RARE else 0
    given = len(labels) if guess == RARE else 0
    total = labels.count(RARE) + given
    return 2 * hits / total if total else 0.0


def measured(logits: np.ndarray, labels: list[int], gamma: float) -> dict[str, float]:
    guess = int(logits.argmax())
    return {
        "loss": focal_loss(logits, labels, gamma),
        "accuracy": labels.count(guess) / len(labels),
        "f1_rare_events": f1_of_rare(guess, labels),
    }


class Plan:
    """A training whose network gives planned logits: row e + 1 of `logits` after epoch e."""

    def __init__(self, rng: Rng, epochs: int = 6) -> None:
        self.epochs = epochs
        self.gamma = float(rng.uniform(1, 3))
        while True:
            self.logits = rng.normal(0, 1.2, (epochs + 1, 5)).round(3)
            self.labels = {
                "train": [*range(5), *rng.integers(5, size=5).tolist()],
                "val": [RARE, RARE, 0, *rng.integers(5, size=3).tolist()],
                "test": [RARE, 1, 2, 3, *rng.integers(4, size=4).tolist()],
            }
            if self._tells():
                return

    def _tells(self) -> bool:
        """Whether each known mistake would show: the best by test or by F1, the last, the first."""
        val, test = self.series("val", "loss"), self.series("test", "loss")
        f1 = self.series("val", "f1_rare_events")
        best, last = int(np.argmin(val)), self.epochs - 1
        by_f1 = int(np.argmax(f1))
        chosen = {best, int(np.argmin(test)), by_f1, last, 0}
        apart = min(abs(a - b) for a, b in pairwise(sorted(val))) > 0.01
        test_apart = min(abs(a - b) for a, b in pairwise(sorted(test))) > 0.01
        accuracies = self.series("test", "accuracy")
        told = accuracies[best] != accuracies[last]
        odd = len(chosen) >= 4 and best not in (0, last) and by_f1 not in (best, last)
        return odd and apart and test_apart and told

    def series(self, name: str, metric: str, gamma: float | None = None) -> list[float]:
        """A metric of a set after each epoch."""
        gamma = self.gamma if gamma is None else gamma
        return [measured(row, self.labels[name], gamma)[metric] for row in self.logits[1:]]

    def row(self, epoch: int, name: str = "val") -> dict[str, float]:
        found = measured(self.logits[epoch + 1], self.labels[name], self.gamma)
        train = focal_loss(self.logits[epoch], self.labels["train"], self.gamma)
        return {"epoch": epoch, "train_loss": train} | {f"val_{k}": v for k, v in found.items()}

    def result(self, best: int, tested: int | None = None) -> dict[str, float]:
        """The result if an epoch is taken for the best, and another one's weights are tested."""
        val = measured(self.logits[best + 1], self.labels["val"], self.gamma)
        row = self.logits[(best if tested is None else tested) + 1]
        test = measured(row, self.labels["test"], self.gamma)
        named = {f"val_{k}": v for k, v in val.items()} | {f"test_{k}": v for k, v in test.items()}
        return {"best_epoch": best} | named

    def stops_after(self, name: str, patience: int) -> int:
        """How many epochs there are with early stopping on the loss of a set (8.2)."""
        best, count = math.inf, 0
        for epoch, loss in enumerate(self.series(name, "loss")):
            best, count = (loss, 0) if loss < best - 0.001 else (best, count + 1)
            if count >= patience:
                return epoch + 1
        return self.epochs

    def config(self, **more: Any) -> dict[str, Any]:
        sizes = {"num_epochs": self.epochs, "patience": 20, "batch_size": 4}
        return sizes | {"focal_loss_gamma": self.gamma} | more

    def arguments(self) -> tuple[list, dict]:
        return self.logits.tolist(), self.labels


REHEARSAL = pytest.StashKey[tuple[Plan, Answer]]()


@pytest.fixture
def rehearsal(learner: Subject, rng: Rng, request: pytest.FixtureRequest) -> tuple[Plan, Answer]:
    """A plan, and what was seen of its training: asked for once in an examination."""
    stash = request.session.stash
    if REHEARSAL not in stash:
        plan = Plan(rng)
        stash[REHEARSAL] = plan, learner.trained(*plan.arguments(), plan.config())
    return stash[REHEARSAL]


def rehearsed(learner: Subject, plan: Plan, config: dict | None, **how: Any) -> dict[str, Any]:
    """What was seen of a training, once it came to its end."""
    return completed(learner.trained(*plan.arguments(), config, **how))


def completed(answer: Answer) -> dict[str, Any]:
    """What was seen of a training, once it came to its end."""
    got: dict[str, Any] = answer.value
    if got["error"]:
        raise Failure(
            f"`train_with_wandb` raised {got['error'][0]}: {got['error'][-1][:300]}", "error"
        )
    require(got["runs"] == 1, f"The training opened {got['runs']} runs; it should open one.")
    return got


@part("9.8")
def test_history(rehearsal: tuple[Plan, Answer]) -> None:
    """Each epoch is one row, with losses and metrics of the validation set"""
    plan, answer = rehearsal
    got = completed(answer)
    steps = [call["step"] for call in got["calls"] if "train_loss" in call["data"]]
    require(
        not steps or steps[0] is not None,
        "The rows are logged without a step. Hand over the epoch: "
        "`tracker.log_metrics(row, step=epoch)`.",
        "step-missing",
    )
    rows = got["rows"]
    names = sorted({name for row in rows.values() for name in row})
    require(
        "val_f1_rare_events" in names,
        f"The sweep looks for `val_f1_rare_events`, but what is logged is {shown(names)}.",
        "metric-never-logged",
    )
    found = [row.get("val_loss") for row in rows.values() if "val_loss" in row]
    require(
        not approx_equal(found, plan.series("test", "loss"), 1e-4, 1e-5),
        "The validation loss is measured on the test set. What decides must not see it: use "
        "`data.val`.",
        "test-set-for-validation",
    )
    require(
        not approx_equal(found, plan.series("val", "loss", 2.0), 1e-4, 1e-5),
        "The focal loss has a gamma of 2 whatever is set. Hand it over: "
        "`FocalLoss(gamma=settings.focal_loss_gamma)`.",
        "own-dictionary-read",
    )
    require(
        len(found) == plan.epochs,
        f"For {plan.epochs} epochs there are {len(found)} rows with a validation loss.",
    )
    wanted = plan.row(0)
    kept = {step: {k: v for k, v in row.items() if k in wanted} for step, row in rows.items()}
    want = {str(epoch): plan.row(epoch) for epoch in range(plan.epochs)}
    expect(Answer(kept), want, what="the dict of rows by epoch", rtol=1e-4, atol=1e-5)


@part("9.8")
def test_settings(learner: Subject, rng: Rng) -> None:
    """The run gets all settings, and what the run says is done, as on a sweep's server"""
    plan = Plan(rng)
    mine = plan.config(learning_rate=0.25, seed=5)
    chosen = {"learning_rate": 0.0625, "num_epochs": 3, "batch_size": 3, "d_model": 64, "seed": 9}
    got = rehearsed(learner, plan, mine, chosen=chosen)
    config = got["config"]
    require(
        bool(config),
        "The run knows nothing of the settings: hand them to `start_experiment`.",
        "config-not-handed-over",
    )
    for name, value in {**DEFAULTS, **mine}.items():
        require(
            config.get(name) == value,
            f"The run is told that `{name}` is {config.get(name)!r}; it should be {value!r}: "
            "`{**DEFAULTS, **config}`.",
        )
    made = {name: what for name, what, *_ in got["made"]}
    done = {
        "num_epochs": sum("train_loss" in row for row in got["rows"].values()),
        "learning_rate": got["rates"][0] if got["rates"] else None,
        "batch_size": max(got["batches"], default=0),
        "d_model": made.get("model", {}).get("d_model"),
        "seed": made.get("seed"),
    }
    require(
        done["seed"] in (9, 5),
        "Before the model is built the seed is not set: `torch.manual_seed(settings.seed)`.",
        "seed-not-set",
    )
    for name, value in chosen.items():
        require(
            done[name] == value,
            f"The server of a sweep chose `{name}` = {value!r}, and the training used "
            f"{done[name]!r}. Read all settings from `tracker.run.config`.",
            "own-dictionary-read",
        )


@part("9.8")
def test_defaults(learner: Subject, rng: Rng) -> None:
    """Without arguments the defaults hold, and the data are made by `make_data`"""
    plan = Plan(rng)
    plan.logits[1:] = plan.logits[1:][np.argsort(plan.series("val", "loss"))]  # soon over
    got = rehearsed(learner, plan, None, given_data=False)
    require(bool(got["config"]), "The run knows nothing of the settings.", "config-not-handed-over")
    made = [what for what, *_ in got["made"]]
    require("data" in made, "The data are not made by `make_data`.")
    require(
        made.index("data") < made.index("model"), "Make the data before the model: it needs them."
    )
    sizes = next(details for what, details, *_ in got["made"] if what == "data")
    want = {"n_objects": 600, "max_sequence_length": 60, "seed": 0}
    expect(Answer({**want, **sizes}), want, what="the dict of arguments of `make_data`")


@part("9.8")
def test_refused(learner: Subject, rng: Rng) -> None:
    """Settings that cannot be built are a ValueError before anything is made"""
    plan = Plan(rng)
    answer = learner.trained(
        *plan.arguments(), plan.config(), chosen={"d_model": 65}, given_data=False
    )
    got = answer.value
    require(
        bool(got["error"]),
        "A configuration that cannot be built (65 numbers for 4 heads) was trained. Ask "
        "`infeasible(dict(settings))` first.",
        "not-refused",
    )
    require(
        "ValueError" in got["error"] and "65" in got["error"][-1],
        f"A configuration that cannot be built raised {got['error'][0]}: {got['error'][-1]!r}. It "
        "should be a ValueError with the reason that `infeasible` gives.",
    )
    require(
        not got["made"] and not got["seen"],
        "The data or the model were made before the configuration was refused. Ask `infeasible` "
        "right after the run is opened.",
        "refused-too-late",
    )
    check_end(got, 1)


def check_end(got: dict[str, Any], code: int) -> None:
    require(
        bool(got.get("finished")),
        "The run is never finished" + (" if an exception is raised" if code else "") + ". Put "
        "everything into `with WandBExperimentTracker() as tracker:`.",
        "never-finished",
    )
    require(
        (got["finished"][0] != 0) == bool(code),
        f"The run is finished with exit code {got['finished'][0]}; it should be {code}.",
        "failure-called-success" if code else None,
    )


@part("9.8")
def test_best_epoch(rehearsal: tuple[Plan, Answer]) -> None:
    """The best epoch is that of the smallest validation loss, and its weights are tested"""
    plan, answer = rehearsal
    got = completed(answer)
    best, last = int(np.argmin(plan.series("val", "loss"))), plan.epochs - 1
    by_f1 = int(np.argmax(plan.series("val", "f1_rare_events")))
    by_test = int(np.argmin(plan.series("test", "loss")))
    worst = int(np.argmax(plan.series("val", "loss")))
    expect(
        Answer(got["result"]),
        plan.result(best),
        Mistake(
            "last-weights-tested",
            plan.result(best, last),
            f"The best epoch is {best}, but the test set was asked with the weights of the last "
            "one. Keep `copy.deepcopy(model.state_dict())` of the best epoch, and load it.",
        ),
        Mistake(
            "last-epoch-taken",
            plan.result(last),
            f"This is the last epoch. The smallest validation loss was in epoch {best}.",
        ),
        Mistake(
            "chosen-by-test",
            plan.result(by_test),
            "The best epoch was chosen by the test set. The validation set decides.",
        ),
        Mistake(
            "chosen-by-f1",
            plan.result(by_f1),
            "The best epoch was chosen by F1. It should be the one of the smallest validation "
            "loss.",
        ),
        Mistake("largest-loss-taken", plan.result(worst), "This is the epoch of the largest loss."),
        what="the result's dict",
        rtol=1e-4,
        atol=1e-5,
    )
    kept = got["checkpoints"]
    require(bool(kept), "No checkpoint is logged: `tracker.log_model_checkpoint(...)`.")
    epoch, trained = kept[-1]
    require(
        trained == best + 1,
        f"The checkpoint holds the weights after epoch {trained - 1}; the best one was {best}.",
        "last-weights-kept",
    )
    require(
        epoch == best,
        f"The checkpoint says that it is from epoch {epoch}; the best one was {best}.",
        "checkpoint-of-other-epoch",
    )


@part("9.8")
def test_patience(learner: Subject, rng: Rng) -> None:
    """The training stops early when the validation loss gets no better"""
    patience, plan = 2, Plan(rng)
    want = plan.stops_after("val", patience)
    while want == plan.epochs or plan.stops_after("test", patience) == want:
        plan = Plan(rng)
        want = plan.stops_after("val", patience)
    got = rehearsed(learner, plan, plan.config(patience=patience))
    rows = sum("train_loss" in row for row in got["rows"].values())
    require(
        rows != plan.epochs,
        f"With a patience of {patience} the training should have stopped after {want} epochs; it "
        "went on to the end. Call `EarlyStopping(patience=settings.patience)` with the loss.",
        "patience-ignored",
    )
    require(
        rows != plan.stops_after("test", patience),
        "The training was stopped by the loss of the test set. Use that of the validation set.",
        "stopped-by-test-set",
    )
    require(
        rows == want,
        f"With a patience of {patience} the training stopped after {rows} epochs, not {want}.",
    )
    with_both = rehearsed(learner, plan, plan.config(patience=patience), stop_after=-1)
    require(
        sum("train_loss" in row for row in with_both["rows"].values()) == want,
        "Early stopping says stop, `should_stop` says go on, and the training goes on. Either of "
        "the two ends it: `or`.",
        "stop-overwritten",
    )


@part("9.8")
def test_asked_last(rehearsal: tuple[Plan, Answer]) -> None:
    """The test set is asked once, at the end, and its confusion matrix and examples are logged"""
    plan, answer = rehearsal
    got = completed(answer)
    seen = [what for what, *_ in got["seen"]]
    first_test = seen.index("test") if "test" in seen else len(seen)
    require(
        "train" not in seen[first_test:] and "logged" not in seen[first_test:],
        "The test set is asked during the training. It comes after the last epoch, once.",
        "tested-during-training",
    )
    require("test" in seen, "The test set is never asked.")
    best = int(np.argmin(plan.series("val", "loss")))
    labels = plan.labels["test"]
    guess = [int(plan.logits[best + 1].argmax())] * len(labels)
    require(bool(got["matrices"]), "No confusion matrix is logged: `log_confusion_matrix`.")
    told = got["matrices"][-1][0]
    require(
        told == list(labels) or sorted(told) != sorted(labels),
        "The objects of the test set come in another order than in `data.test`. Its loader must "
        "not shuffle, or the light curves get the predictions of others.",
        "test-set-shuffled",
    )
    expect(
        Answer(got["matrices"][-1][:2]),
        [labels, guess],
        Mistake("matrix-swapped", [guess, labels], "True and predicted classes are swapped."),
        what="the list of true and predicted class numbers of the confusion matrix",
    )
    expect(Answer(got["matrices"][-1][2]), CLASSES, what="the list of class names")
    require(bool(got["pictures"]), "No light curves are logged: `log_light_curve_predictions`.")
    n, shape = got["pictures"][-1]
    require(n <= 5, f"{n} light curves are plotted; up to five are asked for.")
    require(
        len(shape) == 2 and shape[0] >= n and shape[1] == 5,
        f"The predictions for {n} light curves have shape {tuple(shape)}; hand over probabilities.",
    )


@part("9.8")
def test_training_set(rehearsal: tuple[Plan, Answer]) -> None:
    """Every epoch sees the training set once, in another order"""
    plan, answer = rehearsal
    got = completed(answer)
    shown_objects = [i for what, i in got["seen"] if what == "train"]
    n = len(plan.labels["train"])
    require(
        len(shown_objects) == n * plan.epochs,
        f"In {plan.epochs} epochs the network saw {len(shown_objects)} objects of the training "
        f"set; there are {n} in each.",
    )
    require(
        any(i > j for i, j in pairwise(shown_objects[:n])),
        "The training set comes in the same order in every epoch. Its loader has `shuffle=True`.",
        "not-shuffled",
    )


@part("9.8")
def test_stopped(learner: Subject, rng: Rng) -> None:
    """`should_stop` is asked after each epoch, and the training ends when it says so"""
    plan = Plan(rng)
    got = rehearsed(learner, plan, plan.config(), stop_after=2)
    rows = sum("train_loss" in row for row in got["rows"].values())
    require(
        bool(got["told"]) and rows == 3,
        f"`should_stop` said True after epoch 2, and the training went on to epoch {rows - 1}."
        if got["told"]
        else "`should_stop` was never asked. Call it after each epoch.",
        "should-stop-ignored",
    )
    f1 = plan.series("val", "f1_rare_events")
    want = [[epoch, f1[epoch]] for epoch in range(3)]
    expect(Answer(got["told"]), want, what="the list of what `should_stop` is asked", rtol=1e-4)
    best = int(np.argmin(plan.series("val", "loss")[:3]))
    expect(Answer(got["result"]), plan.result(best), what="the result's dict", rtol=1e-4, atol=1e-5)


@part("9.8")
def test_failure(learner: Subject, rehearsal: tuple[Plan, Answer]) -> None:
    """The run is finished, also if an exception is raised"""
    plan, answer = rehearsal
    check_end(completed(answer), 0)
    got = learner.trained(*plan.arguments(), plan.config(), fails_at=1).value
    require(
        bool(got["told"]),
        "`should_stop` was never asked. Call it after each epoch.",
        "should-stop-ignored",
    )
    require(
        "Trouble" in got["error"],
        "An exception in the training disappears. Let it go on.",
        "exception-swallowed",
    )
    check_end(got, 1)


@part("9.8")
def test_real_training(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, and the best epoch in its summary"""
    plan = Plan(rng)
    got = learner.really_trained(*plan.arguments(), plan.config()).value
    require(
        got.get("exit") == 0,
        f"The run's file says exit code {got.get('exit')}; it should be 0.",
        "never-finished" if got.get("exit") is None else None,
    )
    best, last = int(np.argmin(plan.series("val", "loss"))), plan.epochs - 1
    summary = got["summary"]
    want = plan.result(best)
    missing = sorted(set(want) - set(summary))
    require(
        not missing,
        f"The run's summary lacks {', '.join(missing)}: `run.summary.update(result)`.",
        "summary-missing",
    )
    kept = {name: summary[name] for name in want}
    overwritten = want | {k: v for k, v in plan.row(last).items() if k in want}
    require(
        not approx_equal(kept, overwritten, 1e-4, 1e-5),
        "The summary has the last epoch's validation metrics: W&B keeps the last row open, and "
        "copies it into the summary when the run ends. Call `run.log({}, commit=True)` before you "
        "write to the summary.",
        "summary-overwritten",
    )
    expect(Answer(kept), want, what="the run's summary, a dict,", rtol=1e-4, atol=1e-5)
    rows = [step for step, row in got["rows"].items() if "train_loss" in row]
    wanted = [str(epoch) for epoch in range(plan.epochs)]
    expect(Answer(rows), wanted, what="the list of steps in the run's file")


# 9.E1 charts


def columns_of(answer: Answer, names: list[str]) -> dict[str, list[float]]:
    """The columns of a table as lists."""
    table = answer.value
    if not isinstance(table, Table):
        raise Failure(f"The result is {kind_of(table)}; it should be a pandas DataFrame.")
    expect(Answer(sorted(table.columns)), sorted(names), what="the list of columns")
    try:
        return {name: np.asarray(table.columns[name], float).tolist() for name in names}
    except (TypeError, ValueError):
        raise Failure("The table holds something else than numbers.") from None


def bargains(
    is_target: np.ndarray, score: np.ndarray, thresholds: list[float]
) -> list[list[float]]:
    """Completeness and purity of the list of each threshold, by counting."""
    pairs = list(zip(is_target.tolist(), score.tolist(), strict=True))
    targets = sum(target for target, _ in pairs)
    rows = []
    for threshold in thresholds:
        listed = [target for target, value in pairs if value >= threshold]
        rows.append([sum(listed) / targets, sum(listed) / len(listed)])
    return rows


@part("9.E1")
def test_purity_completeness(learner: Subject, rng: Rng) -> None:
    """Purity and completeness of a list for every threshold"""
    n = 24
    score = rng.permutation(np.r_[rng.random(n - 6).round(2), np.repeat(rng.random(2).round(2), 3)])
    is_target = rng.random(n) < 0.2 + 0.5 * score
    is_target[:2] = [True, False]
    answer = learner.call("purity_completeness", is_target, score)
    names = ["threshold", "completeness", "purity"]
    got = columns_of(answer, names)
    thresholds = sorted(set(score.tolist()), reverse=True)
    require(
        len(got["threshold"]) != n,
        f"There are {n} rows, one per object, but only {len(thresholds)} different scores. Objects "
        "with equal scores get on the list together.",
        "ties-torn-apart",
    )
    require(
        not approx_equal(got["threshold"], thresholds[::-1]),
        "The thresholds ascend; they should go from the largest to the smallest.",
        "ascending",
    )
    expect(Answer(got["threshold"]), thresholds, what="the list of thresholds")
    want = np.array(bargains(is_target, score, thresholds))
    rows = np.column_stack([got["completeness"], got["purity"]])
    above = np.array([_above(is_target, score, threshold) for threshold in thresholds])
    accuracy = np.column_stack([want[:, 0], want[:, 0] * is_target.sum() / n])
    expect(
        Answer(rows),
        want,
        Mistake("swapped", want[:, ::-1], "Completeness and purity have changed places."),
        Mistake(
            "threshold-excluded",
            above,
            "An object whose score equals the threshold is on the list: `>=`, not `>`.",
        ),
        Mistake(
            "divided-by-all",
            accuracy,
            "The purity is divided by the number of all objects; divide by the length of the list.",
        ),
        what="the array of completeness and purity",
    )


def _above(is_target: np.ndarray, score: np.ndarray, threshold: float) -> list[float]:
    listed = score > threshold
    found = (listed & is_target).sum()
    return [found / is_target.sum(), found / listed.sum() if listed.any() else math.nan]


@part("9.E1")
def test_recall_in_bins(learner: Subject, rng: Rng) -> None:
    """Recall of the targets in each bin, with its error"""
    edges = np.array([15.0, 17.0, 18.0, 20.0, 21.0])
    value = np.r_[17.0, 18.0, 20.0, np.nan, 21.0, 14.0, rng.uniform(15, 20, 30).round(2)]
    is_target = rng.random(len(value)) < 0.6
    listed = rng.random(len(value)) < 0.5
    is_target[:6], listed[:6] = True, [True, False, True, True, True, True]
    is_target[(value > 20) & (value < 21)] = False
    is_target[2] = False  # so that the last bin has no target at all
    answer = learner.call("recall_in_bins", is_target, listed, value, edges)
    names = ["centre", "targets", "recall", "error"]
    fail_if_recognised(
        answer,
        Mistake("empty-bin-crashes", Raises("ZeroDivisionError"), "A bin has no target: NaN."),
    )
    got = columns_of(answer, names)
    want = _bins(is_target, listed, value, edges)
    everybody = _bins(np.ones_like(is_target), listed, value, edges)
    upper = _bins(is_target, listed, -value, -edges[::-1])
    upper = {name: upper[name][::-1] for name in names}
    closed = _bins(is_target, listed, value, np.r_[edges[:-1], edges[-1] + 1e-6])
    zeros = {name: [0.0 if math.isnan(x) else x for x in want[name]] for name in names}
    for mistake in (
        Mistake(
            "everybody-counted",
            everybody["recall"],
            "All objects are counted. Recall asks what fraction of the *targets* is listed.",
        ),
        Mistake(
            "upper-edge-included",
            upper["recall"],
            "A value on a border belongs to the bin above it: low <= value < high.",
        ),
        Mistake(
            "last-border-included",
            closed["recall"],
            "A value on the last border is in no bin: value < edges[-1]. (`np.histogram` takes it "
            "into its last bin.)",
        ),
        Mistake(
            "zero-for-nothing",
            zeros["recall"],
            "Where a bin has no target the recall is 0. It is unknown there: NaN.",
        ),
    ):
        fail_if_recognised(Answer(got["recall"]), mistake)
    fail_if_recognised(
        Answer(got["targets"]),
        Mistake("everybody-counted", everybody["targets"], "`targets` counts all objects."),
    )
    for name in names:
        expect(Answer(got[name]), want[name], what=f"the list of the column `{name}`")


def _bins(
    is_target: np.ndarray, listed: np.ndarray, value: np.ndarray, edges: np.ndarray
) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = {"centre": [], "targets": [], "recall": [], "error": []}
    for low, high in pairwise(edges.tolist()):
        hits = [
            bool(hit)
            for target, hit, x in zip(is_target, listed, value, strict=True)
            if target and low <= x < high
        ]
        n = len(hits)
        recall = sum(hits) / n if n else math.nan
        columns["centre"].append((low + high) / 2)
        columns["targets"].append(float(n))
        columns["recall"].append(recall)
        columns["error"].append(math.sqrt(recall * (1 - recall) / n) if n else math.nan)
    return columns


@part("9.E1")
def test_chart(learner: Subject, rng: Rng) -> None:
    """A chart is W&B's own line, with all columns and without unknown values"""
    x, y, more = names_of(rng, 3)
    columns = {
        x: [1.0, 2.0, 3.0, math.nan],
        y: [0.5, math.nan, 0.25, 1.0],
        more: [7.0, 8.0, math.nan, 6.0],
    }
    got = learner.charted(columns, x, y, "the title").value
    chart = logged_under(got, "a chart")
    is_line = isinstance(chart, dict) and "line" in str(chart.get("chart"))
    require(
        is_line, f"What is logged is {shown(chart)}; use `wandb.plot.line(table, x, y, title=...)`."
    )
    fields = chart["fields"]
    require(
        [fields.get("x"), fields.get("y")] != [y, x],
        "The axes have changed places: `wandb.plot.line(table, x, y)`.",
        "axes-swapped",
    )
    expect(Answer([fields.get("x"), fields.get("y")]), [x, y], what="the list of the two axes")
    require(
        sorted(chart["columns"]) == sorted(columns),
        f"The chart's table has the columns {chart['columns']}; those of the table are all wanted.",
    )
    found = [dict(zip(chart["columns"], row, strict=True)) for row in chart["rows"]]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    require(
        not approx_equal(found, rows),
        "Rows with NaN are in the chart's table. Leave them out: `table.dropna(subset=[x, y])`.",
        "unknown-values-kept",
    )
    require(
        not approx_equal(found, rows[:1]),
        "A row is left out where another column is NaN. Ask for the two of the axes only: "
        "`table.dropna(subset=[x, y])`.",
        "other-columns-asked",
    )
    expect(Answer(found), [rows[0], rows[2]], what="the list of the chart's rows")
    titles = list((chart["strings"] or {}).values())
    require("the title" in titles, "The chart has no title: `title=title`.")
    check_row(got, "a chart")


# 9.E2 the registry


def better(learner: Subject, names: list[str], *arrays: np.ndarray, **how: int) -> bool:
    got = learner.better(names, *arrays, **how).value
    if not isinstance(got, bool):
        raise Failure(f"`is_better` returns {kind_of(got)}; it should return True or False.")
    return got


def answers_right(labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Predictions that are right where they should be, and otherwise the next class."""
    return np.where(right, labels, (labels + 1) % 3)


@part("9.E2")
def test_clearly_better(learner: Subject, rng: Rng) -> None:
    """What is clearly better is better, what is worse or equal is not"""
    labels = rng.integers(3, size=200)
    good = answers_right(labels, rng.random(200) < 0.9)
    poor = answers_right(labels, rng.random(200) < 0.5)
    require(
        better(learner, ["accuracy"], labels, good, poor),
        "A candidate with 90 % right answers does not beat one with 50 %.",
        "reversed" if better(learner, ["accuracy"], labels, poor, good) else None,
    )
    require(not better(learner, ["accuracy"], labels, poor, good), "The worse one is better.")
    require(
        not better(learner, ["accuracy"], labels, good, good),
        "A candidate with the very same answers is taken for better. Count only what is larger.",
        "equal-wins",
    )


@part("9.E2")
def test_noise(learner: Subject, rng: Rng) -> None:
    """One or two answers more are noise"""
    labels = rng.integers(3, size=200)
    right = rng.random(200) < 0.7
    current = answers_right(labels, right)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 9, replace=False)] = True
    changed[rng.choice(np.flatnonzero(right), 7, replace=False)] = False
    require(
        not better(learner, ["accuracy"], labels, answers_right(labels, changed), current),
        "Of 200 answers 9 got right and 7 got wrong, and the candidate is taken for better. That "
        "comes about by chance: it should win in 95 % of the resamples.",
        "noise-ignored",
    )


@part("9.E2")
def test_paired(learner: Subject, rng: Rng) -> None:
    """Both are measured on the same resample"""
    labels = rng.integers(3, size=200)
    right = rng.permutation(np.arange(200) < 100)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 12, replace=False)] = True
    current, candidate = (answers_right(labels, each) for each in (right, changed))
    require(
        better(learner, ["accuracy"], labels, candidate, current),
        "Twelve answers of 200 got right and none got wrong, which is no chance, but the candidate "
        "is not taken for better. Draw the objects once per resample, and use them for both.",
        "not-paired",
    )


@part("9.E2")
def test_every_metric(learner: Subject, rng: Rng) -> None:
    """It must be better in every agreed metric"""
    labels = rng.permutation(np.repeat([0, 1, 2], [80, 40, 80]))
    everywhere = rng.random(200) < 0.6
    current = answers_right(labels, everywhere | (labels == 1))
    candidate = answers_right(labels, (rng.random(200) < 0.95) & ~((labels == 1) & everywhere))
    names = ["accuracy", "recall"]
    require(
        not better(learner, names, labels, candidate, current)
        and not better(learner, names[::-1], labels, candidate, current),
        "A candidate with better accuracy and worse recall is taken for better. Every metric must "
        "agree.",
        "one-metric-enough",
    )
    # Of each class six answers become right and one wrong: each recall is larger in 97 % of the
    # resamples, all three at once in 91 %.
    labels = np.repeat([0, 1, 2], 60)
    number = np.tile(np.arange(60), 3)
    current = answers_right(labels, (number < 30) | (number >= 36))
    candidate = answers_right(labels, number != 59)
    require(
        better(
            learner,
            [f"recall of {k}" for k in range(3)],
            labels,
            candidate,
            current,
            resamples=2000,
        ),
        "Three metrics are better in 97 % of the resamples each, and the candidate is refused, "
        "since they are so all at once in 91 %. Judge each metric by itself.",
        "all-metrics-at-once",
    )


def told(learner: Subject, steps: list[list[Any]]) -> list[list[Any]]:
    got: list[list[Any]] = learner.registered(steps).value
    return got


def deployed(got: list[Any], want: float | None, after: str, slug: str | None = None) -> None:
    require(
        got[2] != "outside of the registry",
        "`current` leads to the candidate's own folder, which may be deleted. Copy the files into "
        "the registry: `shutil.copytree`.",
        "not-copied",
    )
    name = "no version" if want is None else f"the version with weight {want}"
    require(
        got[2] == want,
        f"{after}, `current` should be {name}; it is {shown(got[2])}.",
        slug,
    )


LABELS = [0, 1, 2, 1, 0, 2]


@part("9.E2")
def test_deployed(learner: Subject, rng: Rng) -> None:
    """The first candidate is deployed, a later one if it is better"""
    a, b, c = (float(x) for x in rng.choice(90, 3, replace=False) + 1)
    guess = rng.integers(3, size=6).tolist()
    steps: list[list[Any]] = [["reopen"]]
    steps += [["consider", w, w == c, LABELS, guess] for w in (a, b, c)]
    got = told(learner, steps)
    deployed(got[0], None, "In a new registry")
    for answer in got:
        if answer[1]:
            raise Failure(f"The registry raised {answer[1][0]}: {answer[1][-1][:200]}", "error")
    require(
        got[1][2] is not None,
        "The first candidate is not deployed. As long as there is no version, there is nothing to "
        "beat.",
        "first-refused",
    )
    deployed(got[1], a, "After the first candidate")
    deployed(got[2], a, "After a candidate that is not better", "always-deployed")
    deployed(got[3], c, "After a candidate that is better")
    expect(
        Answer([got[i][0] for i in (1, 2, 3)]),
        [True, False, True],
        what="the list of what `consider` returns",
    )


@part("9.E2")
def test_remembered(learner: Subject, rng: Rng) -> None:
    """Another registry of the same folder goes on with the same state"""
    guess = rng.integers(3, size=6).tolist()
    first, second = ["consider", 3.0, True, LABELS, guess], ["consider", 4.0, True, LABELS, guess]
    got = told(learner, [first, second, ["reopen"], ["rollback"], ["reopen"]])
    deployed(got[2], 4.0, "Opened again", "kept-in-memory")
    deployed(got[3], 3.0, "After a roll-back", "kept-in-memory" if got[3][1] else None)
    deployed(got[4], 3.0, "Opened again after a roll-back", "rollback-not-kept")


@part("9.E2")
def test_rolled_back(learner: Subject, rng: Rng) -> None:
    """A roll-back deploys the version before, and may be followed by new versions"""
    guess = rng.integers(3, size=6).tolist()
    steps: list[list[Any]] = [["consider", float(w), True, LABELS, guess] for w in (1, 2, 3)]
    steps += [["rollback"], ["consider", 4.0, True, LABELS, guess], ["rollback"], ["rollback"]]
    steps += [["rollback"], ["kept"]]
    got = told(learner, steps)
    after_error = [kinds[0] for _, kinds, _ in got[3:7] if kinds]
    require(
        not after_error,
        f"After a roll-back the registry raised {after_error[:1]}. A new version needs a number "
        "that was never used.",
        "number-used-twice" if "FileExistsError" in after_error else None,
    )
    deployed(got[3], 2.0, "After a roll-back")
    deployed(got[4], 4.0, "After a roll-back and a new version")
    deployed(got[5], 2.0, "After another roll-back")
    require(
        got[6][2] != 4.0,
        "After three roll-backs, `current` is a version that was taken away by one. What was "
        "rolled back does not come again: take it out of the list.",
        "rolled-back-returns",
    )
    deployed(got[6], 1.0, "After a third one")
    require(got[3][0] is True, "`rollback` should return the folder of the version deployed again.")
    require(
        bool(got[7][1]),
        "With no version before the current one `rollback` raises nothing. Raise a RuntimeError.",
        "rolled-back-to-nothing",
    )
    require(
        "RuntimeError" in got[7][1],
        f"With no version before the current one `rollback` raises {got[7][1][:1]}; it should be a "
        "RuntimeError.",
    )
    deployed(got[7], 1.0, "After a roll-back that was refused", "rolled-back-to-nothing")
    require(
        got[8][0] is True,
        "The folder of a version that was rolled back was written over by a new one. Give each a "
        "number that was never used.",
        "number-used-twice",
    )


@part("9.E2")
def test_another_test_set(learner: Subject, rng: Rng) -> None:
    """Other labels, or unequal lengths, are a ValueError, and nothing changes"""
    guess = rng.integers(3, size=6).tolist()
    others = LABELS[::-1]
    steps = [
        ["consider", 1.0, True, LABELS, guess],
        ["consider", 2.0, True, others, guess],
        ["consider", 2.0, True, LABELS, guess[:4]],
        ["reopen"],
        ["consider", 2.0, True, others, guess],
    ]
    got = told(learner, steps)
    for i, what in ((1, "another test set"), (2, "6 labels and 4 predictions")):
        require(
            bool(got[i][1]),
            f"A candidate with {what} is accepted; its metrics cannot be compared. Raise a "
            "ValueError.",
            "other-test-set" if i == 1 else "lengths-not-checked",
        )
        require("ValueError" in got[i][1], f"With {what} it raises {got[i][1][0]}, no ValueError.")
        deployed(got[i], 1.0, f"After a candidate with {what}")
    require(
        "ValueError" in got[4][1],
        "Another `ModelRegistry` of the same folder does not know by which labels the current "
        "version was judged, and accepts others. Keep them in the folder.",
        "kept-in-memory",
    )
    deployed(got[4], 1.0, "After a candidate with another test set")
