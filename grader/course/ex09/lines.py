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
    "trained": "a planned network, watched data and a tracker that takes notes: sixty lines",
    "really_trained": _REAL,
}


def _network(weights: Weights, strided: bool = False) -> str:
    rows, columns = len(weights), len(weights[0])
    weight = "weight.T.contiguous().T" if strided else "weight"
    return typed.NETWORK.format(weights=source(weights), rows=rows, columns=columns, weight=weight)


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
    numbers = f"{{{_listed(metrics)}}}" if how == "numpy" else source(metrics)
    return (
        f"folder = {FOLDERS.get(how, FOLDER)}\n"
        + (typed.OLDER if how == "existing" else "")
        + _network(weights, how == "strided")
        + (typed.TIED if how == "tied" else "")
        + typed.SAVED.format(
            config=source(config),
            training=how != "text",
            parts="model.part.eval()\n" if how == "tied" else "",
            folder="str(folder)" if how == "text" else "folder",
            epoch=epoch,
            metrics=numbers,
            others=", others_kept=(folder / 'other.txt').exists()" if how == "existing" else "",
        )
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
    folder = "str(folder)" if text else "folder"
    return (
        typed.WRITTEN.format(weights=source(weights), notes=source(notes))
        + _network(into)
        + typed.LOADED.format(training=training, other=not training, folder=folder)
    )


MISFITS = {
    "names": "model = nn.Sequential(model)\n",
    "fewer": "model.register_parameter('bias', None)\n",
    "more": "model.scale = nn.Parameter(torch.ones(()))\n",
}


def not_loaded(cases: list[list[Any]], notes: dict[str, Any], into: Weights) -> str:
    if len(cases) > 1:
        return ""  # they are asked for one by one, if one of them is not right
    ((weights, misfit, without),) = cases
    removed = "shutil.rmtree(folder)" if without == "folder" else f"(folder / {without!r}).unlink()"
    return (
        typed.WRITTEN.format(weights=source(weights), notes=source(notes))
        + (f"{removed}\n" if without else "")
        + _network(into)
        + MISFITS.get(misfit, "")
        + "load_checkpoint(folder, model)"
    )


def started(project: str, config: dict[str, Any], *name: str, key: bool = False) -> str:
    return typed.STARTED.format(
        project=source(project),
        config=source(config),
        name="".join(f", {each!r}" for each in name),
        key=", WANDB_API_KEY='a' * 40" if key else "",
    )


def block(error: str = "") -> str:
    own = "\nclass Trouble(Exception):\n    pass\n\n" if error == "Trouble" else ""
    return f"{typed.FINISHED_RUN}{own}" + typed.BLOCK.format(
        fails=f"        raise {error}\n" if error else "",
        excepts=f"except {error or 'Exception'}:\n    came_through = True\n",
    )


def finished(*exit_code: int) -> str:
    code = ", ".join(map(str, exit_code))
    return typed.FINISHED_RUN + typed.FINISHED.format(exit_code=code)


def finished_inside() -> str:
    return typed.FINISHED_RUN + typed.FINISHED_INSIDE


def logged(entries: list[list[Any]]) -> str:
    listed = "".join(f"\n    {source(entry)}," for entry in entries) + "\n"
    again = typed.ANOTHER_RUN if [] in entries else ""
    return typed.RUN + typed.LOGGED.format(entries=listed, again=again)


def without_run(method: str, *args: Any) -> str:
    given = list(map(source, args))
    if method == "log_model_checkpoint":
        given.insert(0, "nn.Linear(1, 1)")
    if method == "log_light_curve_predictions":
        curves = (f"TransientLightCurve({source(each)}, 'an object')" for each in args[0])
        given[0] = f"[{', '.join(curves)}]"
    return f"tracker = WandBExperimentTracker()\ntracker.{method}({', '.join(given)})"


def checkpointed(config: dict[str, Any], checkpoints: list[list[Any]], run_id: str) -> str:
    listed = "".join(
        f"    ({source(weights)}, {source(epoch)}, {{{_listed(metrics)}}}),\n"
        for weights, epoch, metrics in checkpoints
    )
    (weights, _, _), *_ = checkpoints
    rows, columns = len(weights), len(weights[0])
    return typed.ARTIFACTS.format(
        run_id=source(run_id),
        config=source(config),
        checkpoints=listed,
        rows=rows,
        columns=columns,
    )


def _listed(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name!r}: {_of_numpy(value)}" for name, value in metrics.items())


def confusion(y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> str:
    return (
        f"{typed.RUN}y_true = {source(y_true)}\ny_pred = {source(y_pred)}\n"
        "tracker = WandBExperimentTracker()\ntracker.run = run = Run(step=3)\n"
        f"tracker.log_confusion_matrix(y_true, y_pred, {source(names)})\n"
        + typed.IN_ROW.format(key="'confusion_matrix'")
    )


def pictured(
    data: list[Observations], probabilities: np.ndarray, labels: np.ndarray, *n: int
) -> str:
    rows = (source([tuple(obs.values()) for obs in each]) for each in data)
    return typed.PICTURED.format(
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


def charted(columns: dict[str, list[float]], x: str, y: str, title: str) -> str:
    return (
        f"{typed.RUN}table = pd.DataFrame({source(columns)})\n"
        "kept, run = table.copy(), Run(step=3)\n"
        f"log_chart(run, 'a chart', table, {x!r}, {y!r}, {title!r})\n"
        "dict(logged=" + typed.IN_ROW.format(key="'a chart'") + ")"
    )


METRICS = {
    "accuracy": "lambda labels, predictions: np.mean(labels == predictions)",
    "recall": "lambda labels, predictions: np.mean(predictions[labels == 1] == 1)",
    "swapped": "Scripted(0, swapped=True)",
}


def better(
    names: list[str],
    labels: np.ndarray,
    candidate: np.ndarray,
    current: np.ndarray,
    resamples: int = 200,
    times: int = 1,
) -> str:
    metrics = "".join(f"    {name!r}: {METRICS.get(name) or _scripted(name)},\n" for name in names)
    arrays = {"labels": labels, "candidate": candidate, "current": current}
    return (
        f"{typed.SCRIPTED if 'Scripted' in metrics else ''}"
        + "".join(f"{name} = {_classes(array)}\n" for name, array in arrays.items())
        + f"metrics = {{\n{metrics}}}\n"
        f"registry = ModelRegistry(tempfile.mkdtemp(), metrics, n_bootstrap={resamples})\n"
        f"[registry.is_better(labels, candidate, current) for _ in range({times})]"
    )


def _scripted(name: str) -> str:
    n_lost = name.removeprefix("all but ").removesuffix(", later")
    return f"Scripted({n_lost}{', first=11' if name.endswith('later') else ''})"


def _classes(array: np.ndarray) -> str:
    """The source of class numbers, as digits in a row."""
    if len(set(array.tolist())) == 1:
        return f"np.full({len(array)}, {array[0]})"
    return f"np.array(list('{''.join(map(str, array.tolist()))}')).astype(int)"


def resampled(n: int, seed: int) -> str:
    return typed.RESAMPLED.format(n=n, seed=seed)


def registered(steps: list[list[Any]]) -> str:
    considered = [args for what, *args in steps if what == "consider"]
    given = considered[0][1] is not None  # a verdict takes the place of `is_better`
    sets = ["".join(map(str, args[2])) for args in considered]
    labels = max(sorted(sets), key=sets.count)
    asked = "".join(f"    [{', '.join(_step(step, labels))}],\n" for step in steps)
    return (
        typed.REGISTRY.format(
            opened="" if ["reopen"] in steps else typed.OPENED,
            better="better, " * given,
            verdict=typed.VERDICT * given,
        )
        + typed.ROLLBACK * (["rollback"] in steps)
        + typed.REOPEN * (["reopen"] in steps)
        + typed.STEP
        + typed.KEPT * (["kept"] in steps)
        + f"labels = {labels!r}\nsteps = [\n{asked}]\n[step(*each) for each in steps]"
    )


def _step(step: list[Any], labels: str) -> list[str]:
    """The source of a step; class numbers are digits in a row."""
    what, *args = step
    if what != "consider":
        return [what]
    weight, better, *classes = args
    verdict = [] if better is None else [source(better)]
    rows = ("".join(map(str, each)) for each in classes)
    return [what, source(weight), *verdict, *("labels" if r == labels else repr(r) for r in rows)]
