"""What a learner would type to see what the probes of Exercise 9 have seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course.ex09 import typed
from grader.course.lines import source

Observations = list[dict[str, Any]]
Weights = list[list[float]]

_REAL = "the file of a real run is read by W&B's own program"

WITHOUT = {
    "really_started": _REAL,
    "really_logged": _REAL,
    "really_checkpointed": _REAL,
    "really_confused": _REAL,
    "really_pictured": _REAL,
    "really_trained": _REAL,
}

FOLDER = "Path(tempfile.mkdtemp(), 'best')"
FOLDERS = {
    "deep": "Path(tempfile.mkdtemp(), 'runs', 'best')",
    "existing": "Path(tempfile.mkdtemp())",
}


def saved(
    weights: Weights,
    config: dict[str, Any],
    epoch: int,
    metrics: dict[str, float],
    how: str = "",
) -> str:
    prepared = {"text": "model.eval()\n", "tied": "add_buffers(model)\nmodel.part.eval()\n"}
    return typed.SAVED.format(
        imports="add_buffers, network" if how == "tied" else "network",
        path=FOLDERS.get(how, FOLDER),
        older=typed.OLDER if how == "existing" else "",
        weights=source(weights),
        strided=", contiguous=False" if how == "strided" else "",
        prepared=prepared.get(how, ""),
        config=source(config),
        folder="str(folder)" if how == "text" else "folder",
        epoch=epoch,
        metrics=f"{{{_listed(metrics)}}}" if how == "numpy" else source(metrics),
    )


def _of_numpy(value: float) -> str:
    return f"np.int64({value})" if isinstance(value, int) else f"np.float32({value})"


def loaded(
    weights: Weights,
    notes: dict[str, Any],
    into: Weights,
    *,
    training: bool = True,
    text: bool = False,
) -> str:
    part = "model.part = nn.Identity().eval()" if training else "model.eval().part = nn.Identity()"
    folder = "str(folder)" if text else "folder"
    return f"{_stored(weights, notes, into)}{part}\nnotes = load_checkpoint({folder}, model)\nnotes"


def _stored(
    weights: Weights, notes: dict[str, Any], into: Weights, misfit: str = "", removed: str = ""
) -> str:
    """A checkpoint, perhaps without a part that is removed, and a model for it."""
    return typed.LOADED.format(
        weights=source(weights),
        notes=", ".join(f"{name}={source(value)}" for name, value in notes.items()),
        into=source(into),
        misfit=f", misfit={misfit!r}" if misfit else "",
        removed=f"{removed}\n" if removed else "",
    )


def not_loaded(cases: list[list[Any]], notes: dict[str, Any], into: Weights) -> str:
    if len(cases) > 1:
        return ""  # they are asked for one by one, if one of them is not right
    ((weights, misfit, without),) = cases
    removed = "shutil.rmtree(folder)" if without == "folder" else f"(folder / {without!r}).unlink()"
    stored = _stored(weights, notes, into, misfit, removed if without else "")
    return f"{stored}load_checkpoint(folder, model)"


def started(project: str, config: dict[str, Any], *name: str, key: bool = False) -> str:
    return typed.STARTED.format(
        project=source(project),
        config=source(config),
        name="".join(f", {each!r}" for each in name),
        key=", WANDB_API_KEY='a' * 40" if key else "",
    )


TRACKED = typed.TRACKED.format(imports="tracked")


def block(error: str = "") -> str:
    imports = "Trouble, tracked" if error == "Trouble" else "tracked"
    code = typed.FAILING_BLOCK.format(error=error) if error else typed.BLOCK
    return typed.TRACKED.format(imports=imports) + code


def finished(*exit_code: int) -> str:
    code = ", ".join(map(str, exit_code))
    return TRACKED + typed.FINISHED.format(exit_code=code)


def finished_inside() -> str:
    return typed.TRACKED.format(imports="Trouble, tracked") + typed.FINISHED_INSIDE


def logged(entries: list[list[Any]]) -> str:
    calls, reached = [], 0  # a step that has passed is refused, and what follows is shown
    for number, entry in enumerate(entries, 1):
        step = entry[1] if len(entry) > 1 else reached
        call = f"tracker.log_metrics({', '.join(map(source, entry))})"
        if step < reached and number < len(entries):
            calls.append(f"    with contextlib.suppress(ValueError):\n        {call}")
        else:
            calls.append(
                f"    {call}" if entry else "    tracker.run = wandb.init()  # another one"
            )
        reached = 0 if not entry else max(reached, step) + (len(entry) == 1)
    return TRACKED + typed.LOGGED.format(calls="\n".join(calls))


def without_run(method: str, *args: Any) -> str:
    given = list(map(source, args))
    if method == "log_model_checkpoint":
        given.insert(0, "nn.Linear(1, 1)")
    if method == "log_light_curve_predictions":
        curves = (f"TransientLightCurve({source(each)}, 'an object')" for each in args[0])
        given[0] = f"[{', '.join(curves)}]"
    return f"tracker = WandBExperimentTracker()\ntracker.{method}({', '.join(given)})"


def checkpointed(config: dict[str, Any], checkpoints: list[list[Any]], run_id: str) -> str:
    models = "".join(f"    network({source(weights)}),\n" for weights, _, _ in checkpoints)
    calls = "".join(
        f"        tracker.log_model_checkpoint(models[{i}], {epoch}, {{{_listed(metrics)}}}),\n"
        for i, (_, epoch, metrics) in enumerate(checkpoints)
    )
    return typed.ARTIFACTS.format(
        models=models, config=source(config), run_id=source(run_id), calls=calls
    )


def _listed(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name!r}: {_of_numpy(value)}" for name, value in metrics.items())


LOGGED = typed.TRACKED.format(imports="logged, tracked")


def confusion(y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> str:
    return (
        f"{LOGGED}y_true = {source(y_true)}\ny_pred = {source(y_pred)}\n"
        "with tracked(globals()) as (tracker, run):\n    run.log({'loss': 1.0}, step=3)\n"
        f"    tracker.log_confusion_matrix(y_true, y_pred, {source(names)})\n\n"
        "logged(run, 'confusion_matrix')"
    )


def pictured(
    data: list[Observations], probabilities: np.ndarray, labels: np.ndarray, *n: int
) -> str:
    rows = (source([tuple(obs.values()) for obs in each]) for each in data)
    return LOGGED + typed.PICTURED.format(
        rows="".join(f"    {each},\n" for each in rows),
        probabilities=source(probabilities),
        labels=source(labels),
        n="".join(f", {each}" for each in n),
    )


def two_configs() -> str:
    return (
        "first = create_sweep_config()\n"
        "for spec in first['parameters'].values():\n"
        "    spec.get('values', []).clear()\n"
        "    spec.clear()\n"
        "first['parameters'].clear()\n"
        "first['metric'].clear()\n"
        "first.clear()\n"
        "create_sweep_config()"
    )


def trained(
    logits: Weights,
    labels: dict[str, list[int]],
    config: dict[str, Any] | None,
    *,
    chosen: dict[str, Any] | None = None,
    given_data: bool = True,
    stop_after: int | None = None,
    fails_at: int | None = None,
    fails_late: bool = False,
) -> str:
    script = {
        "given_data": given_data and None,
        "stop_after": stop_after,
        "fails_at": fails_at,
        "fails_late": fails_late or None,
    }
    return typed.TRAINED.format(
        logits="".join(f"    {source(row)},\n" for row in logits),
        labels=source(labels),
        config="" if config is None else f"config = {source(config)}\n",
        chosen="" if chosen is None else f"chosen = {source(chosen)}\n",
        given=("" if config is None else ", config")
        + ("" if chosen is None else ", chosen=chosen"),
        script="".join(f", {k}={source(v)}" for k, v in script.items() if v is not None),
    )


def charted(columns: dict[str, list[float]], x: str, y: str, title: str) -> str:
    return (
        f"{LOGGED}table = pd.DataFrame({source(columns)})\n"
        "kept = table.copy()\n"
        "with tracked(globals()) as (_, run):\n"
        "    wandb.init()  # another run, which is not meant\n    run.log({'loss': 1.0}, step=3)\n"
        f"    log_chart(run, 'a chart', table, {x!r}, {y!r}, {title!r})\n\n"
        "logged(run, 'a chart')"
    )


METRICS = {
    "accuracy": "lambda labels, predictions: np.mean(labels == predictions)",
    "recall": "lambda labels, predictions: np.mean(predictions[labels == 1] == 1)",
}


def better(
    names: list[str],
    labels: np.ndarray,
    candidate: np.ndarray,
    current: np.ndarray,
    resamples: int = 200,
    times: int = 1,
) -> str:
    written = {name: METRICS.get(name) or f"metric_of({name!r})" for name in names}
    metrics = "".join(f"    {name!r}: {metric},\n" for name, metric in written.items())
    imports = typed.SCRIPTED if "metric_of" in metrics else ""
    again = f" for _ in range({times})" if times > 1 else ""
    arrays = {"labels": labels, "candidate": candidate, "current": current}
    return (
        imports
        + "".join(f"{name} = {_classes(array)}\n" for name, array in arrays.items())
        + f"metrics = {{\n{metrics}}}\n"
        f"registry = ModelRegistry(tempfile.mkdtemp(), metrics, n_bootstrap={resamples})\n"
        f"[registry.is_better(labels, candidate, current){again}]"
    )


def _classes(array: np.ndarray) -> str:
    """The source of class numbers, as digits in a row."""
    if len(set(array.tolist())) == 1:
        return f"np.full({len(array)}, {array[0]})"
    return f"np.array(list('{''.join(map(str, array.tolist()))}')).astype(int)"


def resampled(n: int, seed: int) -> str:
    return typed.RESAMPLED.format(n=n, seed=seed)


def registered(steps: list[list[Any]]) -> str:
    sets = [args[2] for what, *args in steps if what == "consider"]
    labels = max(sets, key=sets.count)
    return typed.REGISTRY.format(
        labels=_listed_classes(labels), steps="".join(f"    {_step(*s, labels)},\n" for s in steps)
    )


def _step(what: str, *given: Any) -> str:
    """The source of a step; what is usual for the labels stands last."""
    *args, usual = given
    if what != "consider":
        return f"registry.{what}()"
    weight, better, *classes = args
    shown = ("labels" if each == usual else _listed_classes(each) for each in classes)
    verdict = [] if better is None else [f"better={better}"]
    return f"registry.consider({', '.join([source(weight), *shown, *verdict])})"


def _listed_classes(numbers: list[int]) -> str:
    """The source of a list of class numbers, as digits in a row if there are many."""
    digits = "".join(map(str, numbers))
    return source(numbers) if len(numbers) < 12 else f"[*map(int, '{digits}')]"
