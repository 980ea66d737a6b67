"""What the probes of Exercise 9 bring back. `Any` is a value of the learner's own."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Rows = dict[str, dict[str, Any]]
"""Rows of a run's history by their step."""


class Caught(Struct):
    """An exception of the learner's code: its class and base classes, and its message."""

    kinds: list[str]
    message: str


# What is logged


class Call(Struct):
    """A call of `run.log`."""

    data: dict[str, Any]
    step: int | None
    commit: bool


class Chart(Struct):
    """A chart of W&B's own: its kind, its table, and which columns and texts it shows."""

    name: str
    columns: list[Any]
    rows: list[list[Any]]
    fields: dict[str, Any]
    strings: dict[str, Any]


class Bars(Struct):
    """Error bars of one colour; `error` is half their length in y."""

    x: list[float]
    y: list[float]
    error: list[float]
    colour: tuple[float, float, float]
    label: str


class Panel(Struct):
    """One panel of a figure."""

    labels: list[str]
    inverted: bool
    turned: int
    """How often `invert_yaxis` was called."""
    bars: list[Bars]
    other_points: int


class Picture(Struct):
    """A figure: its panels, and all its titles in one text."""

    panels: list[Panel]
    title: str


class Item(Struct):
    """A logged value: a chart, an image (of a figure, if there is a picture), a figure, or other.

    `kind` is "chart", "image", "figure" or "value".
    """

    kind: str
    chart: Chart | None = None
    picture: Picture | None = None
    value: Any = None


class Logged(Struct):
    """What was logged under a key, between the rows of steps 3 and 4.

    `keys` are all that were logged to, `times` is how often this one was, `step` is where the run
    came to, and `in_row` says whether it is in the row of step 3.
    """

    keys: list[str]
    times: int
    items: list[Item]
    step: int
    in_row: bool


class Pictured(Struct):
    """Logged light curves, and what became of them and of figures, others' among them."""

    logged: Logged
    left_open: int
    others_open: bool
    others_same: bool
    unchanged: bool


class Charted(Struct):
    """A logged chart, and whether the table that was given is as before."""

    logged: Logged
    unchanged: bool


class Metrics(Struct):
    """What became of calls of `log_metrics`: exceptions, counts of calls so far, rows."""

    calls: list[Call]
    errors: list[Caught | None]
    counts: list[int]
    rows: Rows


class RunFile(Struct):
    """What the file of a real run holds; no exit code if it was not finished."""

    project: str | None
    name: str | None
    config: dict[str, Any]
    summary: dict[str, Any]
    rows: Rows
    tables: list[list[list[Any]]]
    n_images: int
    exit_code: int | None


class RealRuns(Struct):
    """How many real runs were opened, and the file of the first one."""

    n_runs: int
    first: RunFile | None


# Checkpoints


class File(Struct):
    """A file: "safetensors", "json", "torch", "pickle", "gone" or "other", and what it holds."""

    format: str
    tensors: Any = None
    content: Any = None


class Saved(Struct):
    """What `save_checkpoint` returned and wrote, and whether the model is as before."""

    returned: str
    files: dict[str, File]
    unchanged: bool
    config_kept: bool
    same_mode: bool
    others_kept: bool
    """Whether another file that was in the folder is still there."""


class Loaded(Struct):
    """What `load_checkpoint` returned or raised, and what the model is like afterwards."""

    notes: Any
    returned_model: bool
    error: Caught | None
    weights: dict[str, Any]
    training: bool
    part_kept: bool
    """Whether a part of the model is still in the mode that it was in."""
    taught: list[bool]
    """Which of its parameters have gradients."""


class Artifact(Struct):
    """What was logged as an artifact; `kind` is "Artifact" if it is one."""

    kind: str
    name: str = ""
    type: str = ""
    aliases: list[str] = []
    metadata: Any = None
    files: dict[str, File] = {}


class Artifacts(Struct):
    """The artifacts of a run; `returned` says which of the calls returned its artifact."""

    run_id: str
    artifacts: list[Artifact]
    returned: list[bool]
    training: bool
    unchanged: bool


# Runs


class Opened(Struct):
    """How a run was opened, and whether another one was still open."""

    project: str | None
    name: str | None
    config: dict[str, Any]
    mode: str | None
    reinit: str | bool | None
    left_open: bool


class Started(Struct):
    """How `start_experiment` opened a run, another one afterwards, and one of another tracker."""

    runs: list[Opened]
    second: Opened | None
    others: Opened | None
    logins: int
    returned: str
    kept: bool
    unchanged: bool


class Block(Struct):
    """What became of a run at the end of a `with` block or of a call."""

    entered: bool
    came_through: bool
    exit_codes: list[int]
    run_is_reset: bool
    finished_again: Caught | None
    next_codes: list[int] | None = None
    """The exit codes of a further run of the tracker, if there was one."""
    others_left: bool = True
    """Whether a run that is not the tracker's was left open, when it had none."""


class TwoConfigs(Struct):
    """Results of two calls of `create_sweep_config`, the first one as it was before a change."""

    first: Any
    second: Any


# Trainings


class Kept(Struct):
    """A checkpoint: its epoch, how many epochs its weights have seen, and its metrics."""

    epoch: Any
    n_epochs: int | None
    metrics: dict[str, Any]


class Matrix(Struct):
    """What `log_confusion_matrix` was called with."""

    truth: Any
    guess: Any
    names: list[Any]


class Pictures(Struct):
    """How many light curves were plotted, and with what.

    `shape` is that of all predictions, `places` are those of the light curves in the test set.
    """

    n: int
    shape: list[int]
    places: list[int]
    probabilities: Any
    labels: Any


class Made(Struct):
    """What a training was built from: the order of "data" and "model", settings, the seed.

    `defaults` are the learner's own `DEFAULTS` afterwards.
    """

    order: list[str]
    model: dict[str, Any]
    data: dict[str, Any]
    seed: int | None
    n_features: Any
    defaults: dict[str, Any] = {}


class Training(Struct):
    """A rehearsal of `train_with_wandb`, with all that was seen of it.

    `asked` names the sets ("train", "val", "test") in the order in which they were read, with
    "logged" for each row; `objects` and `val_objects` are the numbers of the objects that were read
    of the training and validation set. `taught` says for each model whether an optimiser has
    changed it.
    """

    result: Any
    error: Caught | None
    n_runs: int
    config: dict[str, Any]
    calls: list[Call]
    rows: Rows
    exit_codes: list[int]
    told: list[list[Any]]
    asked: list[str]
    objects: list[int]
    val_objects: list[int]
    made: Made
    rates: list[float]
    stopping: list[Any]
    """What `EarlyStopping` was called with."""
    optimizers: list[str]
    batches: list[int]
    taught: list[bool]
    checkpoints: list[Kept]
    matrices: list[Matrix]
    pictures: list[Pictures]


class Draws(Struct):
    """The objects of each resample, and whether NumPy's global generator was used."""

    drawn: list[list[int]]
    by_global: bool


class Step(Struct):
    """What a step of a registry returned or raised, and what is in it afterwards.

    `n_files` counts the files and folders in the registry's own. `offered` says whether the folder
    of a candidate is "kept", "changed" (something was added) or "gone" (something was lost).
    """

    returned: Any
    error: Caught | None
    current: float | str | None
    n_files: int
    offered: str = "kept"
    name: str = ""
    """The name of the folder of the version that is deployed."""
