# %% [markdown]
# # Exercise 9: Experiment tracking and hyperparameter sweeps
#
# **Time:** 2 to 2.5 hours, and an hour or more for the extensions.
#
# **You will learn** to
#
# - keep a record of every training run with *Weights & Biases*, with or without an account there;
# - end a record properly, even when the training crashes;
# - store a network so that you, or somebody else, can load it next year;
# - look at predictions as an astronomer would, light curve by light curve;
# - search for good hyperparameters without fooling yourself, and resume after a power cut.
#
# You need to know the data of Exercise 5, the losses and loops of Exercise 6, the transformer of
# Exercise 7, the metrics of Exercise 8, and context managers as in Exercise 4.

# %% [markdown]
# ## Which of the forty networks was it?
#
# On Tuesday your network found nine of ten tidal disruption events. On Thursday it finds six, and
# nobody knows why. Was it the learning rate? The seed? Different light curves? The folder holds
# `model.pt`, `model_new.pt` and `model_final_2.pt`, and the notebook shows the numbers of the last
# run, which have overwritten those of every earlier one.
#
# Anyone who works in a laboratory keeps a notebook, in ink: date, settings, what was seen, what
# came out. **Experiment tracking** is that notebook, kept by the program itself. We use *Weights &
# Biases* (W&B), the package `wandb`. Its vocabulary:
#
# | word | what it is | in a laboratory |
# |---|---|---|
# | **run** | one training run, from start to finish | a page of the notebook |
# | **config** | what was chosen beforehand: learning rate, sizes, seed | the top of the page |
# | **history** | numbers that change, one row per *step* (for us, per epoch) | the readings |
# | **summary** | the numbers that remain at the end | the result, underlined |
# | **artifact** | files with a name and a version: a model, a data set | a sample in the cupboard |
# | **sweep** | many runs with different configs | a series of experiments |
#
# W&B sends all this to a server, where it is plotted, compared and shared. That needs an account.
# But it also works **offline**: everything is then written to a folder, and can be sent later.

# %% [markdown]
# ## How this notebook works
#
# Functions and methods marked `TODO` are yours to write: delete the line
# `raise NotImplementedError(...)` and put your code in its place. The docstring says everything
# that is required. `check("9.1")` says what works and what does not, and `hint("9.1")`, in a cell
# of your own, helps if you are stuck. In a terminal, `grader check 9` checks the whole notebook at
# once.
#
# After every change to the class, run its cell again before you run its checks, and create new
# trackers: those made earlier still have the old methods.

# %%
import contextlib
import copy
import functools
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from netrc import NetrcParseError, netrc
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

import matplotlib.pyplot as plt
import numpy as np
import optuna
import pandas as pd
import torch
import wandb
from matplotlib.figure import Figure
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState
from safetensors.torch import load_file, save_file
from sklearn.model_selection import train_test_split
from torch import nn
from torch.optim import Adam
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import LightCurve, TransientLightCurve
from solutions.ex05_light_curve_dataset import (
    CLASSES,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import (
    FocalLoss,
    forward_batch,
    resolve_device,
    train_epoch,
)
from solutions.ex07_time2vec_transformer import Time2VecTransformerEncoder
from solutions.ex08_class_imbalance import EarlyStopping, MetricsTracker

CLASS_NAMES = sorted(CLASSES)  # class number i is called CLASS_NAMES[i], as in LightCurveDataset
RARE = "TDE"
BAND_COLOURS = {"g": "#1b9e77", "r": "#d1352b", "i": "#7a4a12"}
ZEROPOINT = 25.0  # a flux of 1 is magnitude 25

os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # W&B sends no error reports unasked

# %% [markdown]
# ### Online or offline?
#
# If you have an account, `wandb login` in a terminal writes your API key into the file `~/.netrc`;
# on a cluster, set the environment variable `WANDB_API_KEY`. The function below looks for either.
# It asks no questions, since a program that runs overnight must never wait for an answer, and it
# does not use the network.

# %%
WANDB_HOSTS = ("api.wandb.ai", "api.forge.coreweave.com")


def wandb_mode() -> Literal["online", "offline"]:
    """Return "online" if an API key is configured, in the environment or in netrc, else "offline".

    It is also "offline" if the environment variable WANDB_MODE is set to anything but "online".
    """
    if os.environ.get("WANDB_MODE", "online") != "online":
        return "offline"
    if os.environ.get("WANDB_API_KEY"):
        return "online"
    own = urlsplit(os.environ.get("WANDB_BASE_URL", "")).netloc
    try:
        known = netrc(os.environ.get("NETRC")).hosts
    except (OSError, NetrcParseError):
        return "offline"
    return "online" if any(host in known for host in (*WANDB_HOSTS, own)) else "offline"


# %% [markdown]
# ### Data, network and metric
#
# The next cell is complete; it puts together what you know from earlier exercises. Light curves are
# split into three sets *by object*, with the same mixture of classes in each:
#
# - the network learns from the **training set**;
# - the **validation set** decides when to stop, which epoch was the best, which learning rate to
#   use;
# - the **test set** is used once, at the very end. A set that was used to make a decision can no
#   longer judge it fairly. A sweep of fifty runs decides fifty times.
#
# One object in five is a TDE here. Among a survey's transients it is more like one in a hundred,
# but with a single TDE in a set no number would mean anything. The metric is the **F1 score** of
# the rare class, $2PR/(P+R)$: the precision $P$ and the recall $R$ must both be high. Always
# answering "TDE" gives 0.33.

# %%
MIXTURE = {"SNIa": 0.3, "SNII": 0.2, "CV": 0.15, "AGN": 0.15, "TDE": 0.2}


@dataclass(frozen=True)
class Data:
    """Three sets of light curves, and those of the test set once more in a form to plot."""

    train: LightCurveDataset
    val: LightCurveDataset
    test: LightCurveDataset
    test_lightcurves: list[TransientLightCurve]


@functools.cache
def make_data(n_objects: int = 600, max_sequence_length: int = 60, seed: int = 0) -> Data:
    """Simulate light curves and split them 3 : 1 : 1 by object; equal arguments give equal data."""
    lightcurves, labels = create_synthetic_transient_dataset(n_objects, MIXTURE, seed)
    numbers = np.arange(n_objects)
    train, rest = train_test_split(numbers, train_size=0.6, stratify=labels, random_state=seed)
    val, test = train_test_split(
        rest, train_size=0.5, stratify=[labels[i] for i in rest], random_state=seed
    )
    train_set, val_set, test_set = (
        LightCurveDataset(
            [lightcurves[i] for i in part],
            [labels[i] for i in part],
            max_sequence_length,
            classes=CLASSES,
        )
        for part in (train, val, test)
    )
    return Data(train_set, val_set, test_set, [lightcurves[i] for i in test])


def build_model(config: Mapping[str, Any], n_features: int) -> Time2VecTransformerEncoder:
    """Return a new transformer with the sizes that a configuration gives."""
    return Time2VecTransformerEncoder(
        input_dim=n_features,
        d_model=config["d_model"],
        nhead=config["nhead"],
        num_layers=config["num_layers"],
        time_embed_dim=config["time_embed_dim"],
        num_classes=len(CLASS_NAMES),
        max_seq_len=config["max_sequence_length"],
        dropout=config["dropout"],
    )


@torch.no_grad()
def evaluate(
    model: nn.Module, loader: DataLoader, criterion: nn.Module
) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """Return metrics, probabilities (n, 5) and class numbers (n,) of everything in a loader.

    The metrics are `loss`, `accuracy` and `f1_rare_events`. The model's mode is left as it was.
    """
    device, was_training = resolve_device(), model.training
    model.to(device).eval()
    tracker, probabilities, truth = MetricsTracker(CLASS_NAMES, (RARE,)), [], []
    for features, labels in loader:
        logits = forward_batch(model, features.to(device)).cpu()
        tracker.update(logits, labels, criterion(logits, labels).item())
        probabilities.append(logits.softmax(dim=-1).numpy())
        truth.append(labels.numpy())
    model.train(was_training)
    metrics = tracker.compute_metrics()
    chosen = {"loss": metrics["loss"], "accuracy": metrics["accuracy"]}
    chosen["f1_rare_events"] = metrics[f"{RARE}_f1"]
    return chosen, np.concatenate(probabilities), np.concatenate(truth)


# %% [markdown]
# ## Storing a network
#
# ### 9.1 Checkpoint files
#
# `torch.save(model, path)` looks tempting, but is a trap in three ways. It stores the *object*,
# using Python's `pickle`, with references to your classes: rename the class or move the file, and
# the network can no longer be loaded. Loading a pickle runs whatever code is in it, so nobody
# should load yours, and you should not load theirs. And everything that was not in the object is
# lost: the learning rate, the epoch, how good it was.
#
# So store the *weights*, `model.state_dict()`, and next to them, as text, what they are. The
# **safetensors** format holds names, shapes and numbers, and nothing that could be run:
# `save_file(tensors, path)` and `load_file(path)` do the work. `save_file` requires tensors that
# are contiguous in memory and do not share memory; `tensor.contiguous()` takes care of the first.


# %% part="9.1" points=1
def save_checkpoint(
    folder: str | Path,
    model: nn.Module,
    config: Mapping[str, Any],
    epoch: int,
    metrics: Mapping[str, float],
) -> Path:
    """Write a network and all you need to know about it to a folder, as two files.

    - `model.safetensors`: the weights, all tensors of `model.state_dict()` under their names, even
      if two of them share memory (safetensors' own `save_model` stores only one of the two);
    - `checkpoint.json`: an object with the keys `config`, `epoch` and `metrics`.

    Args:
        folder: where to write; it is created if it does not exist, along with its parent folders.
        model: any network. It is not changed.
        config: the settings of the run; its values can be stored as JSON. It is not changed.
        epoch: the number of the epoch after which the weights were saved, a Python int.
        metrics: names and numbers; a number may also be a NumPy scalar, such as `np.float32(0.5)`.

    Returns:
        The folder as a `Path`.

    Example:
        >>> save_checkpoint("best", nn.Linear(2, 1), {"seed": 1}, 7, {"val_loss": 0.25})
        PosixPath('best')

        Then `best/checkpoint.json` holds
        {"config": {"seed": 1}, "epoch": 7, "metrics": {"val_loss": 0.25}}
    """
    ### BEGIN SOLUTION
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    numbers = {name: float(value) for name, value in metrics.items()}
    notes = {"config": dict(config), "epoch": epoch, "metrics": numbers}
    (folder / "checkpoint.json").write_text(json.dumps(notes, indent=2), encoding="utf-8")
    return folder
    ### END SOLUTION


def load_checkpoint(folder: str | Path, model: nn.Module) -> dict[str, Any]:
    """Load the weights of a checkpoint into a network, and return the notes stored with them.

    Args:
        folder: a folder written by `save_checkpoint`.
        model: a network of the same sizes; it receives the weights, and its mode stays as it is.

    Returns:
        The content of `checkpoint.json`: a dictionary with the keys `config`, `epoch`, `metrics`.

    Raises:
        FileNotFoundError: if a file is missing.
        RuntimeError: if the names or shapes of the weights do not match the model, as raised by
            `load_state_dict`. (What the model holds after an error is up to you, and so is which
            error is raised if several apply.)
    """
    ### BEGIN SOLUTION
    folder = Path(folder)
    notes: dict[str, Any] = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return notes
    ### END SOLUTION


# %% [markdown]
# ## The tracker
#
# The class below is what the rest of your programs will see of W&B. Its methods are short, and
# nearly every one has a pitfall that has cost somebody a night.
#
# ### 9.2 A run, from start to finish
#
# `wandb.init(...)` opens a run. It starts a second program, *wandb-core*, which writes the files
# and sends them if there is a server, so that your training never has to wait. `run.finish()` tells
# that program that there is nothing more to come. A run that is never finished shows up as
# *crashed* forever, and may lack its last rows. This is a case for a context manager: whatever
# happens in the block, the run is finished; and if an exception leaves the block, it is finished
# with exit code 1, so that W&B marks it as *failed*.
#
# If a run is still open when you open the next one, W&B by default returns the *old* one, except in
# notebooks. Say what you want: `reinit="finish_previous"`.
#
# ### 9.3 Numbers
#
# `run.log({...}, step=epoch)` writes one row of the history. Three things go wrong with it:
#
# - All numbers of an epoch belong in *one* call. Two calls without a step make two rows, and your
#   validation loss has no training loss next to it.
# - Without a step W&B counts calls, not epochs, and two runs cannot be compared.
# - Steps must not go backwards. Anything logged with a step that has passed is **dropped**, with no
#   more than a warning. Your tracker raises an error instead. `run.step` is the step W&B has
#   reached.
#
# ### 9.4 A network as an artifact
#
# An **artifact** is a set of files under a name. Log another under the same name, and it becomes
# the next version: `v0`, `v1`, ... Nothing is overwritten. *Aliases* are names for versions, such
# as `epoch-7`; `metadata` says what is inside, without opening the files.
# `artifact.add_dir(folder)` copies the files right away, so they may be in a temporary folder.
#
# ### 9.5 A confusion matrix
#
# `wandb.plot.confusion_matrix` draws the plot on W&B's pages. It takes the true class numbers
# `y_true` and *either* class numbers `preds` *or* probabilities `probs`; an array's `.tolist()`
# method gives the list it likes best.
#
# ### 9.6 Light curves with predictions
#
# A confusion matrix tells you how often the network is wrong; the light curves tell you why. You
# will plot them in magnitudes, with error bars, each band in its own colour, and the brightest
# points at the top. A flux $f$ with error $\sigma_f$ gives the magnitude $25 - 2.5\log_{10} f$ with
# error $1.0857\,\sigma_f/f$; points with $f \le 3\sigma_f$ are not clear detections and are left
# out.
#
# matplotlib keeps every figure that `plt.subplots` makes until you call `plt.close(figure)`.
# A training run that draws ten figures in each of a hundred epochs fills the memory with them.
#
# For 9.5 and 9.6: a plot belongs in the row of the latest metrics. With
# `run.log(..., commit=False)` it joins the current row, and the step count does not change.


# %% part=["9.2", "9.3", "9.4", "9.5", "9.6"] points=[1.5, 1, 1.5, 1, 1.5]
class WandBExperimentTracker:
    """A run of Weights & Biases, online or offline.

    Attributes:
        project_name: the project that the runs belong to.
        run: the open run, or None.

    Example:
        >>> with WandBExperimentTracker("my-project") as tracker:
        ...     tracker.start_experiment({"learning_rate": 0.001}, "first try")
        ...     for epoch in range(3):
        ...         tracker.log_metrics({"train_loss": 1 / (1 + epoch)}, step=epoch)
    """

    def __init__(self, project_name: str = "astro-transient-classification") -> None:
        self.project_name = project_name
        self.run: wandb.Run | None = None

    def _open_run(self) -> wandb.Run:
        """Return the open run. Raises RuntimeError if there is none."""
        if self.run is None:
            raise RuntimeError("there is no open run: call start_experiment first")
        return self.run

    def start_experiment(
        self, config: Mapping[str, Any], experiment_name: str | None = None
    ) -> "WandBExperimentTracker":
        """Open a run with a configuration, and keep it in `self.run`.

        The run belongs to the project `self.project_name`, has the name `experiment_name` and the
        configuration `config`, and its mode is `wandb_mode()`. If a run is still open, even one of
        another tracker, it is finished first, through `reinit="finish_previous"`.

        Args:
            config: settings by name. It is not changed.
            experiment_name: a readable name; None leaves the choice to W&B.

        Returns:
            The tracker itself, so that `with tracker.start_experiment(config):` works as well.
        """
        ### BEGIN SOLUTION 9.2
        self.run = wandb.init(
            project=self.project_name,
            name=experiment_name,
            config=dict(config),
            mode=wandb_mode(),
            reinit="finish_previous",
        )
        return self
        ### END SOLUTION

    def finish_experiment(self, exit_code: int = 0) -> None:
        """Finish the open run with an exit code, and set `self.run` to None.

        Exit code 0 stands for success, anything else for failure. If no run is open, nothing
        happens. (What becomes of `self.run` if W&B cannot finish the run is up to you.)
        """
        ### BEGIN SOLUTION 9.2
        if self.run is not None:
            run, self.run = self.run, None
            run.finish(exit_code=exit_code)
        ### END SOLUTION

    def __enter__(self) -> "WandBExperimentTracker":
        """Return the tracker itself."""
        ### BEGIN SOLUTION 9.2
        return self
        ### END SOLUTION

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the open run, with exit code 1 if an exception left the block, otherwise 0.

        The exception is not swallowed. If the run was finished in the block, nothing happens.
        """
        ### BEGIN SOLUTION 9.2
        self.finish_experiment(exit_code=0 if kind is None else 1)
        ### END SOLUTION

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Write one row of the history.

        Args:
            metrics: names and numbers of the row, all passed to W&B in a single call.
            step: the number of the row, such as the epoch; None lets W&B keep counting.

        Raises:
            RuntimeError: if no run is open; `self._open_run()` raises it.
            ValueError: if the step is smaller than `self.run.step`, since W&B would drop the row;
                a step equal to it has not passed. The message names both numbers, and nothing is
                logged.

        Example:
            >>> tracker.log_metrics({"train_loss": 0.8, "val_loss": 0.9}, step=0)
        """
        ### BEGIN SOLUTION 9.3
        run = self._open_run()
        if step is not None and step < run.step:
            raise ValueError(f"step {step} has passed: the run has come to step {run.step}")
        run.log(dict(metrics), step=step)
        ### END SOLUTION

    def log_model_checkpoint(
        self, model: nn.Module, epoch: int, metrics: Mapping[str, float]
    ) -> wandb.Artifact:
        """Log a network as an artifact of the run.

        The artifact has the name `model-` followed by the run's id (`self.run.id`), the type
        "model", the two files that `save_checkpoint` writes (with the run's configuration,
        `dict(self.run.config)`), the metadata `{"epoch": epoch, "metrics": {...}}` with each metric
        as a Python `float`, and the alias `epoch-` followed by the number, such as "epoch-7".
        Checkpoints of earlier epochs remain: each call logs a new version.

        Args:
            model: the network. It is not changed.
            epoch: the number of the epoch.
            metrics: names and numbers, as in `save_checkpoint`.

        Returns:
            The artifact.

        Raises:
            RuntimeError: if no run is open; `self._open_run()` raises it.
        """
        ### BEGIN SOLUTION 9.4
        run = self._open_run()
        numbers = {name: float(value) for name, value in metrics.items()}
        artifact = wandb.Artifact(
            f"model-{run.id}", type="model", metadata={"epoch": epoch, "metrics": numbers}
        )
        with tempfile.TemporaryDirectory() as folder:
            save_checkpoint(folder, model, dict(run.config), epoch, numbers)
            artifact.add_dir(folder)
        run.log_artifact(artifact, aliases=[f"epoch-{epoch}"])
        return artifact
        ### END SOLUTION

    def log_confusion_matrix(
        self, y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str]
    ) -> None:
        """Log W&B's built-in confusion matrix under the key `confusion_matrix`, in the current row.

        Args:
            y_true: (n,) true class numbers; class i is class_names[i].
            y_pred: (n,) predicted class numbers.
            class_names: names of all classes, in order.

        Raises:
            RuntimeError: if no run is open; `self._open_run()` raises it.
            ValueError: if y_true and y_pred differ in length (W&B's function raises it).

        Example:
            One of two objects of class "SNIa" is taken for a "TDE":

            >>> truth, guess = np.array([0, 0, 1]), np.array([0, 1, 1])
            >>> tracker.log_confusion_matrix(truth, guess, ["SNIa", "TDE"])
        """
        ### BEGIN SOLUTION 9.5
        plot = wandb.plot.confusion_matrix(
            y_true=np.asarray(y_true).tolist(),
            preds=np.asarray(y_pred).tolist(),
            class_names=list(class_names),
        )
        self._open_run().log({"confusion_matrix": plot}, commit=False)
        ### END SOLUTION

    def log_light_curve_predictions(
        self,
        lightcurves: Sequence[LightCurve],
        predictions: np.ndarray,
        true_labels: np.ndarray,
        n_examples: int = 10,
    ) -> None:
        """Log figures of light curves with their true and predicted classes.

        A list of `wandb.Image` is logged in the current row, under the key
        `light_curve_predictions`: one image for each of the first `n_examples` light curves (of
        all, if there are fewer). Each shows a figure with one panel:

        - for each band that has clear detections (flux > 3 flux_err), `ax.errorbar` with the MJD,
          the magnitude and its error, in the colour BAND_COLOURS[band], with the band as label (if
          no band has any, the panel has no points; whether there is a legend is up to you);
        - the magnitude axis is inverted, so that brighter is higher; both axes have a label;
        - the title gives the name of the true class, the name of the predicted class and its
          probability to two decimal places, for example "true: TDE, predicted: SNIa (0.83)".

        These figures are closed afterwards; all others are left alone.

        Args:
            lightcurves: n light curves. They are not changed.
            predictions: (n, 5) probabilities; column i belongs to the class CLASS_NAMES[i].
            true_labels: (n,) true class numbers.
            n_examples: how many to plot at most.

        Raises:
            RuntimeError: if no run is open; `self._open_run()` raises it.
        """
        ### BEGIN SOLUTION 9.6
        run, images = self._open_run(), []
        examples = zip(lightcurves, predictions, true_labels, strict=True)
        for lightcurve, probabilities, label in itertools.islice(examples, n_examples):
            guess = int(np.argmax(probabilities))
            figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
            table = lightcurve.data[lightcurve.data["flux"] > 3 * lightcurve.data["flux_err"]]
            for band, points in table.groupby("band"):
                magnitude = ZEROPOINT - 2.5 * np.log10(points["flux"])
                error = 1.0857 * points["flux_err"] / points["flux"]
                colour = BAND_COLOURS[str(band)]
                ax.errorbar(points["mjd"], magnitude, error, fmt="o", color=colour, label=str(band))
            ax.invert_yaxis()
            ax.set_xlabel("MJD [days]")
            ax.set_ylabel("magnitude [mag]")
            title = f"true: {CLASS_NAMES[int(label)]}, predicted: {CLASS_NAMES[guess]}"
            ax.set_title(f"{title} ({probabilities[guess]:.2f})")
            if not table.empty:
                ax.legend(title="band")
            images.append(wandb.Image(figure))
            plt.close(figure)
        run.log({"light_curve_predictions": images}, commit=False)
        ### END SOLUTION


# %% [markdown]
# ## The search space of a sweep
#
# ### 9.7 What to try, and what cannot be built
#
# A sweep is described by a dictionary that both W&B's server and our own runner below understand:
#
# - `method`: `grid` tries all combinations, `random` draws them at random, `bayes` learns from the
#   runs so far where it is worth looking;
# - `metric`: the name of a logged number, and whether to `maximize` or `minimize` it. The name must
#   be one that your training really logs, letter for letter. Otherwise the sweep has nothing to
#   optimise;
# - `parameters`: for each one, a list of `values`, or a `distribution` with `min` and `max`.
#   Learning rates are drawn uniformly in the *logarithm* (`log_uniform_values`): between 0.00001
#   and 0.01 a uniform draw would give one below 0.001 only one time in ten.
#
# Not every combination can be built. In our transformer the time embedding takes `time_embed_dim`
# of the `d_model` numbers that stand for an observation, and some must be left for the flux; and
# each of the `nhead` heads gets an equal share of `d_model`. The ranges stay as they are, since
# they are the published ones; a function says which combinations to skip, and why.


# %% part="9.7" points=1
def create_sweep_config() -> dict[str, Any]:
    """Return the configuration of a sweep for the transformer.

    Returns:
        A dictionary (a new one in each call, with new dictionaries and lists inside) with
        method: "bayes";
        metric: `val_f1_rare_events`, to be maximised: {"name": ..., "goal": "maximize"};
        parameters: a dictionary from the name of each parameter to
            d_model: {"values": [128, 256, 512]};
            nhead: values 4, 8, 16;
            num_layers: values 3, 6, 9;
            learning_rate: {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2};
            time_embed_dim: values 32, 64, 128;
            dropout: distribution "uniform" from 0.1 to 0.5;
            batch_size: values 16, 32, 64;
            focal_loss_gamma: distribution "uniform" from 1.0 to 3.0.
    """
    ### BEGIN SOLUTION
    return {
        "method": "bayes",
        "metric": {"name": "val_f1_rare_events", "goal": "maximize"},
        "parameters": {
            "d_model": {"values": [128, 256, 512]},
            "nhead": {"values": [4, 8, 16]},
            "num_layers": {"values": [3, 6, 9]},
            "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
            "time_embed_dim": {"values": [32, 64, 128]},
            "dropout": {"distribution": "uniform", "min": 0.1, "max": 0.5},
            "batch_size": {"values": [16, 32, 64]},
            "focal_loss_gamma": {"distribution": "uniform", "min": 1.0, "max": 3.0},
        },
    }
    ### END SOLUTION


def infeasible(config: Mapping[str, Any]) -> str | None:
    """Return why no transformer can be built from a configuration, or None if one can.

    It cannot be built if d_model is not larger than time_embed_dim, or not divisible by nhead.

    Args:
        config: settings by name. Other settings are ignored, and a rule that needs a missing
            setting is not applied: a configuration without `nhead` cannot break the rule about
            heads.

    Returns:
        A sentence that names both numbers of a broken rule (of either rule, if both are broken);
        otherwise None.

    Example:
        >>> infeasible({"d_model": 128, "time_embed_dim": 128, "nhead": 8})
        'd_model = 128 must be larger than time_embed_dim = 128'
        >>> infeasible({"d_model": 256, "time_embed_dim": 128, "nhead": 8}) is None
        True
    """
    ### BEGIN SOLUTION
    d_model, nhead = config.get("d_model"), config.get("nhead")
    time_embed_dim = config.get("time_embed_dim")
    if d_model is not None and time_embed_dim is not None and d_model <= time_embed_dim:
        return f"d_model = {d_model} must be larger than time_embed_dim = {time_embed_dim}"
    if d_model is not None and nhead is not None and d_model % nhead != 0:
        return f"d_model = {d_model} must be divisible by nhead = {nhead}"
    return None
    ### END SOLUTION


# %% [markdown]
# ## Training that keeps a record
#
# ### 9.8 All together
#
# Now the tracker meets the training. Four points deserve thought:
#
# - **Whose settings?** A sweep on W&B's server calls your function *without* arguments: its choice
#   arrives in `run.config`, and only there. So pass your settings to the run, and from then on read
#   them *from the run*: `settings = tracker.run.config`. It works like a dictionary, and dots work
#   too: `settings.learning_rate`.
# - **Refuse early.** A combination that cannot be built costs nothing if it is caught before the
#   data are made.
# - **Who decides?** The validation set alone: it stops the training and picks the best epoch. The
#   test set is used once, with the weights of that epoch.
# - **What remains?** The last epoch need not be the best one. So at the end the numbers of the best
#   epoch go into the summary, where sweeps look for them.
#
# `should_stop` is how a sweep on our own machine can end a run that is going nowhere.
#
# The next cell holds the settings that are used unless others are chosen, and two helpers:
# `make_loaders` is nothing new, and `write_summary` spares you a trap.

# %%
DEFAULTS: dict[str, Any] = {
    "d_model": 32,
    "nhead": 4,
    "num_layers": 2,
    "learning_rate": 1e-3,
    "time_embed_dim": 16,
    "dropout": 0.1,
    "batch_size": 32,
    "focal_loss_gamma": 2.0,
    "num_epochs": 12,
    "patience": 4,
    "n_objects": 600,
    "max_sequence_length": 60,
    "seed": 0,
}


def make_loaders(data: Data, batch_size: int) -> tuple[DataLoader, DataLoader, DataLoader]:
    """Return the loaders of the training, validation and test set; only the first one shuffles."""
    train = DataLoader(data.train, batch_size, shuffle=True)
    return train, DataLoader(data.val, batch_size), DataLoader(data.test, batch_size)


def write_summary(run: wandb.Run, result: dict[str, float]) -> None:
    """Write a result into the summary of a run.

    W&B keeps the last row open, and copies it into the summary when it is complete. So the row is
    completed first: otherwise its numbers would replace those of the result.
    """
    run.log({}, commit=True)
    run.summary.update(result)


# %% part="9.8" points=1.5
def train_with_wandb(
    config: Mapping[str, Any] | None = None,
    data: Data | None = None,
    should_stop: Callable[[int, float], bool] | None = None,
) -> dict[str, float]:
    """Train a transformer in a run of W&B, from the first epoch to the test set.

    1. Open a run with `start_experiment`, with DEFAULTS overridden by `config`. From then on, all
       settings are read from the run's config.
    2. Raise ValueError with the reason if the settings are infeasible, before the data or the model
       are made or anything is logged.
    3. Make what the training needs, from the settings:
       - the data, if they are not given, with `make_data`, n_objects, max_sequence_length and seed;
       - after `torch.manual_seed(seed)`, the model with `build_model`;
       - the loaders with `make_loaders(data, batch_size)`, or your own: that of the training set
         has this batch_size and shuffles; the others do not shuffle, and the size of their batches
         is up to you;
       - the optimiser, Adam with learning_rate; the loss, `FocalLoss(gamma=focal_loss_gamma)`; and
         one `EarlyStopping(patience=patience)` for the whole training.
    4. Train for num_epochs epochs, numbered from 0, each with `train_epoch(model, train_loader,
       optimizer, criterion)`, which returns train_loss, and `evaluate` on the validation set. After
       each epoch
       - log one row with the epoch as step: epoch, train_loss, val_loss, val_accuracy,
         val_f1_rare_events;
       - stop early if the EarlyStopping, called with the validation loss, returns True, or if
         `should_stop(epoch, val_f1_rare_events)` does.
    5. The best epoch is the one with the smallest validation loss (the first, if there are
       several; what happens if a loss is NaN is up to you). Evaluate the weights of that
       epoch on the test set.
    6. Log what remains:
       - the confusion matrix of the test set, and up to five of its light curves with predictions;
       - the weights of the best epoch as a checkpoint, with that epoch's number and the result (see
         below) as its metrics;
       - the result in the run's summary, with `write_summary(run, result)`, or in your own way,
         after you have completed the last row with `run.log({}, commit=True)`.
    7. The run is finished, even if something raises an exception.

    Args:
        config: settings that differ from DEFAULTS; None in a sweep run by the server.
        data: the three sets, or None.
        should_stop: called after each epoch with its number and `val_f1_rare_events` (it need not
            be if EarlyStopping has just ended the training); True ends the training, which then
            continues with step 5.

    Returns:
        The result, a dictionary of numbers: best_epoch, val_loss, val_accuracy and
        val_f1_rare_events of that epoch, test_loss, test_accuracy and test_f1_rare_events.
    """
    ### BEGIN SOLUTION
    with WandBExperimentTracker() as tracker:
        tracker.start_experiment({**DEFAULTS, **(config or {})})
        run = tracker._open_run()
        settings = run.config
        if reason := infeasible(dict(settings)):
            raise ValueError(reason)
        if data is None:
            data = make_data(settings.n_objects, settings.max_sequence_length, settings.seed)
        torch.manual_seed(settings.seed)
        model = build_model(dict(settings), data.train.n_features)
        train_loader, val_loader, test_loader = make_loaders(data, settings.batch_size)
        criterion = FocalLoss(gamma=settings.focal_loss_gamma)
        optimizer = Adam(model.parameters(), lr=settings.learning_rate)
        early_stopping = EarlyStopping(patience=settings.patience)

        best: dict[str, float] = {}
        for epoch in range(settings.num_epochs):
            train_loss = train_epoch(model, train_loader, optimizer, criterion)
            val = {
                f"val_{name}": v for name, v in evaluate(model, val_loader, criterion)[0].items()
            }
            tracker.log_metrics({"epoch": epoch, "train_loss": train_loss, **val}, step=epoch)
            if not best or val["val_loss"] < best["val_loss"]:
                best = {"best_epoch": epoch, **val}
                weights = copy.deepcopy(model.state_dict())
            told = should_stop is not None and should_stop(epoch, val["val_f1_rare_events"])
            if early_stopping(val["val_loss"]) or told:
                break

        model.load_state_dict(weights)
        test, probabilities, labels = evaluate(model, test_loader, criterion)
        result = best | {f"test_{name}": value for name, value in test.items()}
        tracker.log_confusion_matrix(labels, probabilities.argmax(axis=1), CLASS_NAMES)
        tracker.log_light_curve_predictions(data.test_lightcurves, probabilities, labels, 5)
        write_summary(run, result)
        tracker.log_model_checkpoint(model, int(best["best_epoch"]), result)
    return result
    ### END SOLUTION


# %% [markdown]
# ## Looking at a run
#
# Here is a training run. It takes half a minute, and W&B says where the run's files are.

# %%
if __name__ == "__main__":
    result = train_with_wandb({"learning_rate": 3e-3})
    print(json.dumps(result, indent=2))

# %% [markdown]
# With an account, you would now open a page with curves, the confusion matrix and the light curves.
# Offline, W&B's own tools read the run's folder:
#
# - `wandb leet` in a terminal shows the newest run full screen, with curves (`q` to quit);
# - `wandb leet inspect --summary PATH` prints the settings of a run and its results;
# - `wandb leet inspect --json PATH` prints everything that was recorded, one JSON object per line;
# - `wandb sync PATH` sends a run to the server, next week or next year, if you have an account
#   then. `wandb sync --dry-run` says which runs have not been sent yet.
#
# `PATH` is the folder of the run; `wandb/latest-run` points to the newest one.

# %%
LATEST = Path("wandb/latest-run")


def inspect_run(folder: Path, *options: str) -> str:
    """Return what `wandb leet inspect` prints about a run."""
    command = [sys.executable, "-m", "wandb", "leet", "inspect", *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def read_run(folder: Path) -> list[dict[str, Any]]:
    """Return everything a run recorded, in order: a dictionary with a `type` for each record."""
    return [json.loads(line) for line in inspect_run(folder, "--json").splitlines()]


def history_of(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the rows of a run's history that hold numbers, by step."""
    rows = [record["history"]["item"] for record in records if record["type"] == "history"]
    return pd.DataFrame(rows).set_index("_step").select_dtypes("number")


# %%
if __name__ == "__main__":
    print(inspect_run(LATEST, "--summary"))

# %% [markdown]
# The history, drawn from the run's file. The dashed line marks the epoch of the smallest validation
# loss. Together, the two losses show whether the network memorises: if it does, the training loss
# keeps falling while the validation loss turns up.

# %%
if __name__ == "__main__":
    records = read_run(LATEST)
    history = history_of(records)
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for name, label, colour in (
        ("train_loss", "training set", "#0072b2"),
        ("val_loss", "validation set", "#d55e00"),
    ):
        left.plot(history.index, history[name], "o-", color=colour, label=label)
    left.set_ylabel("focal loss")
    left.legend()
    for name, label, colour in (
        ("val_accuracy", "accuracy, all classes", "#333333"),
        ("val_f1_rare_events", f"F1 of {RARE}", "#cc79a7"),
    ):
        right.plot(history.index, history[name], "o-", color=colour, label=label)
    right.set_ylabel("validation set")
    right.set_ylim(0, 1)
    right.legend()
    for ax in (left, right):
        ax.axvline(history["val_loss"].idxmin(), color="0.5", linestyle="--")
        ax.set_xlabel("epoch")
    plt.show()

# %% [markdown]
# The subfolder `files/media` holds the figures that were logged, and the table of the confusion
# matrix. Look at each wrong prediction: would you have done better?

# %%
if __name__ == "__main__":
    pictures = sorted((LATEST / "files/media/images").glob("*.png"))[:4]
    fig, axes = plt.subplots(2, 2, figsize=(12, 8), layout="constrained")
    for ax, picture in zip(axes.flat, pictures, strict=False):
        ax.imshow(plt.imread(picture))
    for ax in axes.flat:
        ax.set_axis_off()
    plt.show()

# %%
if __name__ == "__main__":
    (table_file,) = (LATEST / "files/media/table").glob("confusion_matrix*.json")
    cells = pd.DataFrame(**json.loads(table_file.read_text("utf-8")))
    counts = cells.pivot(index="Actual", columns="Predicted", values="nPredictions")
    fig, ax = plt.subplots(figsize=(5.5, 4.6), layout="constrained")
    fractions = counts.div(counts.sum(axis=1), axis=0).to_numpy()
    ax.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts.to_numpy(dtype=int)):
        colour = "white" if fractions[row, column] > 0.5 else "black"
        ax.text(column, row, count, ha="center", va="center", color=colour)
    ax.set_xticks(range(len(counts)), counts.columns)
    ax.set_yticks(range(len(counts)), counts.index)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class")
    ax.set_title("Test set, as recorded in the run")
    plt.show()

# %% [markdown]
# ### A network comes back
#
# Online, `run.use_artifact("model-...:epoch-7").download()` fetches the files of a checkpoint.
# Offline, they wait in W&B's folder for the day they are sent, and the run's records say where. So
# here are the checkpoints of a run, in the form that `load_checkpoint` expects. If all is well, the
# network from the file does as well on the test set as the run's summary says.


# %%
def fetch_checkpoints(records: list[dict[str, Any]], folder: Path) -> dict[str, Path]:
    """Copy the files of a run's models to folder/ALIAS; return the folder of each alias."""
    fetched = {}
    for record in records:
        if record["type"] == "artifact" and record["artifact"]["type"] == "model":
            artifact = record["artifact"]
            (alias,) = (name for name in artifact["aliases"] if name != "latest")
            fetched[alias] = folder / alias
            fetched[alias].mkdir(parents=True, exist_ok=True)
            for entry in artifact["manifest"]["contents"]:
                shutil.copy(entry["local_path"], fetched[alias] / entry["path"])
    return fetched


# %%
if __name__ == "__main__":
    for alias, place in fetch_checkpoints(records, Path("checkpoints")).items():
        notes = json.loads((place / "checkpoint.json").read_text("utf-8"))
        network = build_model(notes["config"], make_data().test.n_features)
        load_checkpoint(place, network)
        again, given, truth = evaluate(network, DataLoader(make_data().test, 64), FocalLoss())
        print(f"{alias}: accuracy {again['accuracy']:.4f} from the file,", end=" ")
        print(f"{notes['metrics']['test_accuracy']:.4f} in the run")

# %% [markdown]
# ## Sweeps
#
# ### With a server, and without
#
# On W&B's server, `wandb.sweep(sweep_config)` creates a sweep and `wandb.agent(sweep_id, function)`
# runs your training with one configuration after another. Without a server the same dictionary goes
# to *Optuna*. The next cells are complete; you need not read them now. The main points:
#
# - A parameter becomes an Optuna distribution, and the method a way of drawing from it: a list of
#   all combinations, random draws, or the *tree-structured Parzen estimator*, Optuna's Bayesian
#   search.
# - `early_terminate` with `type: hyperband` stops runs that lag behind. At epochs `min_iter`,
#   `min_iter` times `eta`, and so on, a run continues only if it ranks in the best `1/eta` of all
#   runs that got that far. The literature calls this *successive halving*.
# - Each trial is a real W&B run, offline, and all are in one *group*.
# - Everything that happens is written to an SQLite database. If the program is killed, call it
#   again in the same way: finished trials are not repeated, and the interrupted one comes first.

# %%
Train = Callable[..., Mapping[str, float]]  # called as train(config=..., should_stop=...)


def to_distribution(name: str, spec: Mapping[str, Any]) -> BaseDistribution:
    """Translate a parameter of a sweep; raise ValueError if it has no exact counterpart."""
    spec = {"values": [spec["value"]]} if set(spec) == {"value"} else dict(spec)
    if set(spec) == {"values"}:
        return CategoricalDistribution(spec["values"])
    if not {"min", "max"} <= set(spec) <= {"min", "max", "distribution"}:
        raise ValueError(f"parameter {name}: {dict(spec)} cannot be translated")
    low, high = spec["min"], spec["max"]
    whole = isinstance(low, int) and isinstance(high, int)
    kind = spec.get("distribution", "int_uniform" if whole else "uniform")
    if kind == "int_uniform":
        return IntDistribution(low, high)
    if kind in ("uniform", "log_uniform_values"):
        return FloatDistribution(low, high, log=kind == "log_uniform_values")
    raise ValueError(f"parameter {name}: the distribution {kind!r} is not known")


def grid_of(sweep_config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all combinations, the last parameter changing fastest."""
    choices = {}
    for name, spec in sweep_config["parameters"].items():
        distribution = to_distribution(name, spec)
        if isinstance(distribution, CategoricalDistribution):
            choices[name] = list(distribution.choices)
        elif isinstance(distribution, IntDistribution):
            choices[name] = list(range(distribution.low, distribution.high + 1))
        else:
            raise ValueError(
                f"parameter {name}: a grid needs values, not a continuous distribution"
            )
    return [
        dict(zip(choices, point, strict=True)) for point in itertools.product(*choices.values())
    ]


def pruner_of(sweep_config: Mapping[str, Any]) -> optuna.pruners.BasePruner:
    """Translate `early_terminate`: W&B's Hyperband is one bracket of successive halving."""
    rule = dict(sweep_config.get("early_terminate") or {})
    if not rule:
        return optuna.pruners.NopPruner()
    if rule.get("type") != "hyperband":
        raise ValueError(f"early_terminate: the type {rule.get('type')!r} is not known")
    eta = rule.get("eta", 3)
    first = rule["min_iter"] if "min_iter" in rule else rule["max_iter"] // eta ** rule["s"]
    return optuna.pruners.SuccessiveHalvingPruner(max(1, first), reduction_factor=eta)


def sampler_of(method: str, seed: int) -> optuna.samplers.BaseSampler:
    """Return the sampler that draws a trial: a new one for each, with its own seed."""
    if method == "bayes":
        return optuna.samplers.TPESampler(n_startup_trials=5, seed=seed)
    if method in ("random", "grid"):  # the points of a grid are queued one by one
        return optuna.samplers.RandomSampler(seed=seed)
    raise ValueError(f"method {method!r}: it must be 'grid', 'random' or 'bayes'")


def open_study(sweep_config: Mapping[str, Any], folder: Path, name: str) -> optuna.Study:
    """Create the study of a sweep in a folder, or open the one that is there.

    Raises ValueError if the one that is there has a different description. A trial that was running
    when its program was killed counts as failed; its settings go to the front of the queue.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=f"sqlite:///{folder / 'sweep.db'}",
        study_name=name,
        direction=sweep_config["metric"].get("goal", "minimize"),
        pruner=pruner_of(sweep_config),
        load_if_exists=True,
    )
    described = json.dumps(sweep_config, sort_keys=True)
    if study.user_attrs.get("sweep_config", described) != described:
        raise ValueError(f"{folder} holds a sweep {name!r} with another description")
    study.set_user_attr("sweep_config", described)
    trials = study.get_trials(deepcopy=False)
    queued = {trial.user_attrs.get("repeats") for trial in trials}
    for trial in trials:
        if trial.state == TrialState.RUNNING:
            if trial.number not in queued:
                study.enqueue_trial(trial.params, user_attrs={"repeats": trial.number})
            study.tell(trial.number, state=TrialState.FAIL)
    return study


def next_trial(
    study: optuna.Study, sweep_config: Mapping[str, Any], seed: int
) -> optuna.Trial | None:
    """Return the next trial with its parameters, or None if a grid is exhausted.

    Trial number n is drawn with seed + n, no matter what was interrupted before it. So a sweep that
    was killed and resumed tries the same settings as one that was not.
    """
    parameters, trials = sweep_config["parameters"], study.get_trials(deepcopy=False)
    number = sum("repeats" not in trial.user_attrs for trial in trials)
    waiting = any(trial.state == TrialState.WAITING for trial in trials)
    if sweep_config["method"] == "grid" and not waiting:
        points = grid_of(sweep_config)
        if number >= len(points):
            return None
        study.enqueue_trial(points[number])
    study.sampler = sampler_of(sweep_config["method"], seed + number)
    return study.ask({name: to_distribution(name, spec) for name, spec in parameters.items()})


@contextlib.contextmanager
def wandb_environment(**variables: str) -> Iterator[None]:
    """Restart W&B with these environment variables, and again without them at the end."""
    before = {name: os.environ.get(name) for name in variables}
    wandb.teardown()
    os.environ.update(variables)
    try:
        yield
    finally:
        wandb.teardown()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def run_trial(study: optuna.Study, trial: optuna.Trial, train: Train, metric: str) -> None:
    """Train once and record in the study the result and whether the trial was stopped early.

    An exception in the training is recorded as well, and then propagates.
    """
    stopped = False

    def should_stop(epoch: int, value: float) -> bool:
        nonlocal stopped
        trial.report(value, epoch + 1)
        stopped = trial.should_prune()
        return stopped

    try:
        result = train(config=dict(trial.params), should_stop=should_stop)
        if metric not in result:
            raise KeyError(f"the sweep looks for {metric!r}, the training gives {sorted(result)}")
    except Exception as error:
        trial.set_user_attr("reason", f"{type(error).__name__}: {error}")
        study.tell(trial, state=TrialState.FAIL)
        raise
    trial.set_user_attr("result", {name: float(value) for name, value in result.items()})
    if stopped:
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, float(result[metric]))


def run_sweep(
    sweep_config: Mapping[str, Any],
    train: Train = train_with_wandb,
    count: int = 12,
    *,
    storage: str | Path = "sweeps",
    name: str = "astro-sweep",
    refuse: Callable[[Mapping[str, Any]], str | None] = infeasible,
    seed: int = 0,
) -> pd.DataFrame:
    """Run a sweep until `count` trials have finished, and return its table (see `sweep_table`).

    With an API key it runs on W&B's server, otherwise on Optuna. Without a server it can be killed
    at any time and called again: what has finished counts and is not repeated. Only one process at
    a time may work on a sweep.

    Args:
        sweep_config: the description, as W&B expects it.
        train: called as `train(config=..., should_stop=...)`; opens a W&B run and returns its
            result, a dictionary that contains the sweep's metric.
        count: how many trials should be finished in the end, including those stopped early.
        storage: a folder for the database and for W&B's runs.
        name: name of the sweep, and of the runs' group.
        refuse: returns the reason why a configuration cannot be built, or None. Refused
            configurations are recorded but do not count.
        seed: makes the random numbers reproducible.
    """
    if wandb_mode() == "online":
        return run_sweep_on_server(sweep_config, train, count, name)
    folder = Path(storage).absolute()
    study = open_study(sweep_config, folder, name)
    metric, refused = sweep_config["metric"]["name"], 0
    with tqdm(total=count, desc=name, initial=min(count, finished_trials(study))) as progress:
        while finished_trials(study) < count:
            trial = next_trial(study, sweep_config, seed)
            if trial is None:
                break
            if reason := refuse(trial.params):
                trial.set_user_attr("refused", reason)
                study.tell(trial, state=TrialState.FAIL)
                refused += 1
                if refused > 1000:
                    raise RuntimeError(f"1000 configurations in a row were refused: {reason}")
                continue
            refused, run_id = 0, uuid.uuid4().hex[:8]
            trial.set_user_attr("run_id", run_id)
            run_name = f"{name}-{trial.number:03d}"
            with wandb_environment(
                WANDB_DIR=str(folder),
                WANDB_RUN_GROUP=name,
                WANDB_RUN_ID=run_id,
                WANDB_NAME=run_name,
                WANDB_SILENT="true",
            ):
                run_trial(study, trial, train, metric)
            progress.update()
    return sweep_table(study)


def finished_trials(study: optuna.Study) -> int:
    """Return the number of trials that came to an end, early or not."""
    return sum("result" in trial.user_attrs for trial in study.get_trials(deepcopy=False))


def run_sweep_on_server(
    sweep_config: Mapping[str, Any], train: Train, count: int, project: str
) -> pd.DataFrame:
    """Let W&B's server choose. A training that refuses its configuration fails there."""
    sweep_id = wandb.sweep(dict(sweep_config), project=project)
    with wandb_environment(WANDB_AGENT_DISABLE_FLAPPING="true"):
        wandb.agent(sweep_id, function=lambda: train(), project=project, count=count)
    rows = [
        {"state": run.state, **run.config, **run.summary, "run_id": run.id}
        for run in wandb.Api().sweep(f"{project}/{sweep_id}").runs
    ]
    return pd.DataFrame(rows).rename_axis("number")


def sweep_table(study: optuna.Study) -> pd.DataFrame:
    """Return one row per trial: state, parameters, result, id of its run, reason of a failure."""
    repeated = {trial.user_attrs.get("repeats") for trial in study.get_trials(deepcopy=False)}
    states = {
        TrialState.COMPLETE: "finished",
        TrialState.PRUNED: "stopped early",
        TrialState.RUNNING: "running",
        TrialState.WAITING: "waiting",
        TrialState.FAIL: "failed",
    }
    rows = []
    for trial in study.get_trials(deepcopy=False):
        notes, state = trial.user_attrs, states[trial.state]
        state = "refused" if "refused" in notes else state
        state = "interrupted" if trial.number in repeated else state
        row = {"number": trial.number, "state": state, **trial.params, **notes.get("result", {})}
        row["run_id"] = notes.get("run_id")
        row["reason"] = notes.get("refused", notes.get("reason"))
        rows.append(row)
    return pd.DataFrame(rows).set_index("number") if rows else pd.DataFrame()


def coordinate(spec: Mapping[str, Any]) -> tuple[Callable[[Any], float], list[Any]]:
    """Return the height (0 to 1) of a parameter's values on its axis, and values to label it."""
    if "values" in spec:
        choices = list(spec["values"])
        return lambda value: choices.index(value) / max(len(choices) - 1, 1), choices
    log = spec.get("distribution") == "log_uniform_values"
    scale: Callable[[float], float] = math.log if log else float
    low, high = scale(spec["min"]), scale(spec["max"])
    ticks = np.linspace(low, high, 4)
    written = (np.exp(ticks) if log else ticks).tolist()
    return lambda value: (scale(value) - low) / ((high - low) or 1.0), written


def plot_sweep(table: pd.DataFrame, sweep_config: Mapping[str, Any]) -> Figure:
    """Draw each trial with a result as a line through parameters and metric, the best on top.

    This is a plot of *parallel coordinates*. Trials that were stopped early are dashed. A parameter
    with a single value gets no axis.
    """
    metric = sweep_config["metric"]["name"]
    maximize = sweep_config["metric"].get("goal") == "maximize"
    trials = table.dropna(subset=[metric]).sort_values(metric, ascending=maximize)
    parameters: Mapping[str, Mapping[str, Any]] = sweep_config["parameters"]
    specs = {name: dict(spec) for name, spec in parameters.items() if "value" not in spec}
    specs[metric] = {"min": trials[metric].min(), "max": trials[metric].max()}
    axes = {name: coordinate(spec) for name, spec in specs.items()}
    figure, ax = plt.subplots(figsize=(1.4 * len(axes), 4.5), layout="constrained")
    for _, trial in trials.iterrows():
        heights = [height(trial[name]) for name, (height, _) in axes.items()]
        shade = plt.get_cmap("viridis_r" if maximize else "viridis")(heights[-1])
        style = "--" if trial["state"] == "stopped early" else "-"
        ax.plot(heights, style, color=shade, linewidth=2)
    for x, (height, ticks) in enumerate(axes.values()):
        ax.axvline(x, color="0.3", linewidth=1)
        for value in ticks:
            text = f"{value:.2g}" if isinstance(value, float) else str(value)
            ax.annotate(text, (x, height(value)), (4, 3), textcoords="offset points", fontsize=8)
    ax.set_xticks(range(len(axes)), list(axes), rotation=20, ha="right")
    ax.set_yticks([])
    ax.set_xlim(-0.2, len(axes) - 0.4)
    ax.spines[:].set_visible(False)
    return figure


# %% [markdown]
# ### A sweep that survives a power cut
#
# The published space is meant for a GPU: networks of nine layers of width 512. So here is the same
# space with everything that costs time scaled down. The impossible combinations are still in it.
# Hyperband looks at each run after 2 and after 4 epochs.


# %%
def scaled_down(sweep_config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sweep of the same shape for networks that a laptop can train in seconds."""
    small = copy.deepcopy(dict(sweep_config))
    for name, factor in {"d_model": 16, "time_embed_dim": 16, "nhead": 4, "num_layers": 3}.items():
        values = small["parameters"][name]["values"]
        small["parameters"][name]["values"] = [value // factor for value in values]
    small["parameters"]["learning_rate"] |= {"min": 1e-4, "max": 3e-2}
    small["parameters"]["num_epochs"] = {"value": 6}
    return small | {"early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2}}


# %%
if __name__ == "__main__":
    small = scaled_down(create_sweep_config())
    table = run_sweep(small, train_with_wandb, count=5)
    print(table["state"].value_counts().to_string())

# %% [markdown]
# Five trials, and now the power fails. Or you stop the kernel in the middle of a trial; try it. The
# same call with a larger `count` continues where it left off. Nothing is trained twice.

# %%
if __name__ == "__main__":
    table = run_sweep(small, train_with_wandb, count=12)
    shown = ["state", *small["parameters"], "val_f1_rare_events", "reason"]
    print(table[shown].drop(columns="num_epochs").round(4).to_string(na_rep="-"))

# %%
if __name__ == "__main__":
    fig = plot_sweep(table, small)
    fig.suptitle("Each line is a trial; dashed: stopped early")
    plt.show()

# %% [markdown]
# Each line is one network, and the colour is its place on the last axis. If all good lines meet at
# one value of an axis, that parameter matters. If they cross everywhere, it does not, or twelve
# trials are too few to tell.
#
# ### The winner's curse
#
# The next plot compares the two sets for each trial. The validation set holds some two dozen TDEs:
# if three more or fewer are found by luck, F1 moves by 0.1. If you take the best of twelve such
# numbers, you also take the luckiest. So the number that won a sweep is not a fair estimate of how
# good the network is; that is why the test set stayed in its drawer. (And now that you have looked
# at twelve numbers from the test set, it has been used up a little. In real work, you would use it
# for the winner only.)

# %%
if __name__ == "__main__":
    finished = table.dropna(subset=["val_f1_rare_events"])
    fig, ax = plt.subplots(figsize=(5, 5), layout="constrained")
    ax.plot([0, 1], [0, 1], color="0.7")
    ax.plot(finished["val_f1_rare_events"], finished["test_f1_rare_events"], "o", color="#0072b2")
    winner = finished.nlargest(1, "val_f1_rare_events")
    ax.plot(
        winner["val_f1_rare_events"],
        winner["test_f1_rare_events"],
        "o",
        color="#d55e00",
        markersize=14,
        markerfacecolor="none",
        label="winner of the sweep",
    )
    ax.set_xlabel(f"F1 of {RARE}, validation set (chosen by)")
    ax.set_ylabel(f"F1 of {RARE}, test set")
    ax.set_xlim(-0.03, 1)
    ax.set_ylim(-0.03, 1)
    ax.set_aspect("equal")
    ax.legend(loc="upper left")
    plt.show()


# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks.
#
# ### 9.E1 Charts that astronomers ask for
#
# Accuracy is a number for machines. Someone with ten hours of telescope time for spectra of TDEs
# asks two other questions. **Purity**: of those on my list, what fraction are TDEs?
# **Completeness**: of all TDEs, what fraction are on my list? (They are precision and recall, under
# the names used in astronomy.) A list of everything with a probability above a *threshold* trades
# one for the other, and a curve over all thresholds shows the whole trade-off.
#
# And then: completeness *of what*? Bright objects are easy, and a single number for a set of mostly
# bright ones flatters the network. So it is given in bins of peak magnitude, and in bins of
# *phase*: how many days after the peak the light curve ends. A network that recognises a TDE a
# hundred days after its peak is of no use to anyone who wants to catch it on the rise.
#
# W&B draws charts from tables of its own kind, `wandb.Table(dataframe=...)`:
# `wandb.plot.line(table, x, y, title=...)` and `wandb.plot.scatter(table, x, y, title=...)` take
# the names of two columns.


# %% part="9.E1" points=1
def purity_completeness(is_target: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    """Return the purity and completeness of the list for every possible threshold.

    Args:
        is_target: (n,) bool, which objects belong to the class being looked for; at least one does.
        score: (n,) their probabilities of that class.

    Returns:
        A table with the columns `threshold`, `completeness` and `purity`, and one row for each
        distinct score, from the largest to the smallest. The list for a threshold contains the
        objects whose score is at least that large.

    Example:
        >>> purity_completeness(np.array([True, False, True]), np.array([0.9, 0.6, 0.2]))
           threshold  completeness    purity
        0        0.9           0.5  1.000000
        1        0.6           0.5  0.500000
        2        0.2           1.0  0.666667
    """
    ### BEGIN SOLUTION
    threshold = np.unique(score)[::-1]
    listed = np.asarray(score) >= threshold[:, None]  # (thresholds, n)
    found = (listed & is_target).sum(axis=1)
    return pd.DataFrame(
        {
            "threshold": threshold,
            "completeness": found / np.sum(is_target),
            "purity": found / listed.sum(axis=1),
        }
    )
    ### END SOLUTION


def recall_in_bins(
    is_target: np.ndarray, listed: np.ndarray, value: np.ndarray, edges: np.ndarray
) -> pd.DataFrame:
    """Return the recall of the targets in bins of some property, such as their peak magnitude.

    Args:
        is_target: (n,) bool, which objects belong to the class being looked for.
        listed: (n,) bool, which objects were taken to be of that class.
        value: (n,) the property. Objects where it is NaN are in no bin.
        edges: (k + 1,) ascending bin edges. Bin i holds the targets with edges[i] <= value <
            edges[i+1].

    Returns:
        A table of k rows with the columns `centre` (the middle of a bin), `targets` (how many are
        in it), `recall` (the fraction of them that is listed) and `error`, the binomial standard
        error sqrt(recall (1 - recall) / targets). Both are NaN for a bin without targets.
    """
    ### BEGIN SOLUTION
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = np.asarray(is_target) & (value >= low) & (value < high)
        targets = int(inside.sum())
        recall = float(np.mean(np.asarray(listed)[inside])) if targets else np.nan
        error = np.sqrt(recall * (1 - recall) / targets) if targets else np.nan
        rows.append(
            {"centre": (low + high) / 2, "targets": targets, "recall": recall, "error": error}
        )
    return pd.DataFrame(rows)
    ### END SOLUTION


def log_chart(run: wandb.Run, key: str, table: pd.DataFrame, x: str, y: str, title: str) -> None:
    """Log W&B's built-in line chart, in the current row of the run.

    Args:
        run: an open run.
        key: the name under which the chart is logged.
        table: the numbers; all of its columns are included, but not the rows where `x` or `y` is
            NaN. It is not changed.
        x: the column for the horizontal axis.
        y: the column for the vertical axis.
        title: the title of the chart.
    """
    ### BEGIN SOLUTION
    complete = wandb.Table(dataframe=table.dropna(subset=[x, y]))
    run.log({key: wandb.plot.line(complete, x, y, title=title)}, commit=False)
    ### END SOLUTION


# %% [markdown]
# The charts for the network that came back above, once as astronomers draw them, and once logged to
# a run, where W&B draws them.


# %%
def peak_and_phase(lightcurve: TransientLightCurve) -> tuple[float, float]:
    """Return the brightest r magnitude and the days from then to the end; NaN if never seen."""
    table = lightcurve.data
    seen = table[(table["band"] == "r") & (table["flux"] > 3 * table["flux_err"])]
    if seen.empty:
        return math.nan, math.nan
    peak = seen.nlargest(1, "flux")
    magnitude = ZEROPOINT - 2.5 * math.log10(peak["flux"].item())
    return magnitude, float(table["mjd"].max() - peak["mjd"].item())


# %%
if __name__ == "__main__":
    rare = CLASS_NAMES.index(RARE)
    is_tde, score = truth == rare, given[:, rare]
    magnitude, phase = np.transpose([peak_and_phase(lc) for lc in make_data().test_lightcurves])
    listed = score > 0.3
    curve = purity_completeness(is_tde, score)
    by_magnitude = recall_in_bins(is_tde, listed, magnitude, np.array([15, 17.5, 18.5, 19.5, 20.5]))
    by_phase = recall_in_bins(is_tde, listed, phase, np.array([0, 30, 60, 120, 240, 480]))

    fig, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    axes[0].step(curve["completeness"], curve["purity"], where="pre", color="#0072b2")
    axes[0].axhline(is_tde.mean(), color="0.6", linestyle="--", label="by chance")
    axes[0].set_xlabel("completeness")
    axes[0].set_ylabel("purity")
    axes[0].legend()
    for ax, bins, label in (
        (axes[1], by_magnitude, "peak magnitude in r [mag]"),
        (axes[2], by_phase, "end of the light curve, days after the peak"),
    ):
        ax.errorbar(bins["centre"], bins["recall"], bins["error"], fmt="o-", color="#d55e00")
        for row in bins.dropna().itertuples():
            ax.annotate(f"{row.targets}", (row.centre, 0.03), ha="center", color="0.4")
        ax.set_xlabel(label)
        ax.set_ylabel(f"recall of {RARE} at a threshold of 0.3")
    for ax in axes:
        ax.set_ylim(0, 1.05)
    plt.show()

    with WandBExperimentTracker() as tracker:
        tracker.start_experiment({"threshold": 0.3}, "charts")
        run, title = tracker._open_run(), f"{RARE}: purity against completeness"
        log_chart(run, "purity", curve, "completeness", "purity", title)
        log_chart(run, "by_magnitude", by_magnitude, "centre", "recall", "recall by magnitude")
        log_chart(run, "by_phase", by_phase, "centre", "recall", "recall by phase")

# %% [markdown]
# The grey numbers say how many TDEs are in a bin. With five of them, an error bar of 0.2 is no
# surprise, and where all five were found, the formula gives an error of zero, which is not to be
# believed.
#
# ### 9.E2 A registry that does not fall for noise
#
# Somewhere a network is at work every night. A new one has been trained, and its F1 is better by
# 0.01. Should it take over? On a test set of a few hundred objects such a difference can arise by
# chance, and a program that always takes the larger number changes its mind every week, for no
# reason.
#
# A **registry** keeps a version of everything that was deployed, and lets a candidate in only if it
# is better *beyond the noise*. The noise is measured by the **bootstrap**: draw as many objects as
# the test set has, with replacement, and see what both networks would have scored on those; again
# and again. Draw the *same* objects for both. They share most of their mistakes, and what they
# share must not count as noise in the difference.
#
# And if the new one turns out to be a disappointment, one call brings back the old one.

# %%
Metric = Callable[[np.ndarray, np.ndarray], float]  # of true and predicted class numbers


# %% part="9.E2" points=1
class ModelRegistry:
    """Versions of a network in a folder, one of which is deployed.

    Everything the registry needs to know is stored in its folder, so that another `ModelRegistry`
    on the same folder, in another program, continues with the same state.

    Attributes:
        folder: the registry's folder; it is created if it does not exist.
        metrics: the agreed metrics by name, at least one. Each is called as metric(labels,
            predictions) with two (n,) arrays of class numbers, and larger is better.
        n_bootstrap: the number of resamples.
        seed: random numbers are drawn from `np.random.default_rng(seed)`, made afresh for each
            candidate.
    """

    def __init__(
        self,
        folder: str | Path,
        metrics: Mapping[str, Metric],
        n_bootstrap: int = 500,
        seed: int = 0,
    ) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.metrics = dict(metrics)
        self.n_bootstrap = n_bootstrap
        self.seed = seed

    def _version(self, number: int) -> Path:
        """Return the folder of a version. Numbers start at 1, and none is used twice."""
        return self.folder / f"version-{number:03d}"

    def _deployed(self) -> list[int]:
        """Return the numbers of the versions deployed, in order; the last one is current."""
        path = self.folder / "deployed.json"
        numbers: list[int] = json.loads(path.read_text("utf-8")) if path.exists() else []
        return numbers

    def _deploy(self, numbers: list[int]) -> None:
        """Store these numbers in one step, so that no program ever reads half a file."""
        fresh = self.folder / "deployed.json.new"
        fresh.write_text(json.dumps(numbers), encoding="utf-8")
        fresh.replace(self.folder / "deployed.json")

    @property
    def current(self) -> Path | None:
        """Return the folder of the deployed version inside the registry, or None if there is none.

        It holds the files of the checkpoint, as `load_checkpoint` expects them.
        """
        ### BEGIN SOLUTION
        deployed = self._deployed()
        return self._version(deployed[-1]) if deployed else None
        ### END SOLUTION

    def is_better(self, labels: np.ndarray, candidate: np.ndarray, current: np.ndarray) -> bool:
        """Return whether a candidate beats the current version beyond the noise of the test set.

        It does if it wins in *every* agreed metric, each judged separately: in at least 95 % of
        `n_bootstrap` resamples of the objects, drawn with replacement and the same for both, the
        candidate's metric is the larger one. (Whether all metrics share their resamples is up to
        you.)

        Args:
            labels: (n,) true class numbers.
            candidate: (n,) class numbers that the candidate predicts.
            current: (n,) class numbers that the current version predicts.
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng(self.seed)
        wins = dict.fromkeys(self.metrics, 0)
        for _ in range(self.n_bootstrap):
            drawn = rng.integers(len(labels), size=len(labels))
            for name, metric in self.metrics.items():
                new = metric(labels[drawn], candidate[drawn])
                wins[name] += new > metric(labels[drawn], current[drawn])
        return all(count >= 0.95 * self.n_bootstrap for count in wins.values())
        ### END SOLUTION

    def consider(self, checkpoint: str | Path, labels: np.ndarray, predictions: np.ndarray) -> bool:
        """Deploy a candidate if there is no version yet, or if `is_better` says so.

        A candidate that is deployed is copied into the registry as a new version, with its labels
        and predictions. One that is not deployed changes nothing.

        Args:
            checkpoint: a folder written by `save_checkpoint`; it may be deleted afterwards.
            labels: (n,) true class numbers of the agreed test set.
            predictions: (n,) class numbers that the candidate predicts for it.

        Returns:
            Whether the candidate was deployed.

        Raises:
            ValueError: if labels and predictions differ in length, or if the labels are not the
                ones that the current version was judged on.
        """
        ### BEGIN SOLUTION
        labels, predictions = np.asarray(labels), np.asarray(predictions)
        if len(labels) != len(predictions):
            raise ValueError(f"{len(labels)} labels, but {len(predictions)} predictions")
        if self.current is not None:
            judged = json.loads((self.current / "test.json").read_text("utf-8"))
            if judged["labels"] != labels.tolist():
                raise ValueError("the current version was judged by another test set")
            if not self.is_better(labels, predictions, np.array(judged["predictions"])):
                return False
        number = 1 + len(list(self.folder.glob("version-*")))
        shutil.copytree(checkpoint, self._version(number))
        judged = {"labels": labels.tolist(), "predictions": predictions.tolist()}
        (self._version(number) / "test.json").write_text(json.dumps(judged), encoding="utf-8")
        self._deploy([*self._deployed(), number])
        return True
        ### END SOLUTION

    def rollback(self) -> Path:
        """Redeploy the version deployed before the current one, and return its folder.

        The version that was current keeps its folder, but is no longer in the list of those
        deployed: two calls in a row go back two versions.

        Raises:
            RuntimeError: if there is none; then nothing changes.
        """
        ### BEGIN SOLUTION
        before = self._deployed()[:-1]
        if not before:
            raise RuntimeError("there is no earlier version to go back to")
        self._deploy(before)
        return self._version(before[-1])
        ### END SOLUTION


# %% [markdown]
# Six candidates knock on the door. They are not networks but tables of answers of known quality, so
# that you can see what the registry makes of them. Each is right in a certain fraction of 400
# cases, and differs from the one before it in a few of them.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(9)
    answers = rng.integers(5, size=400)
    luck = rng.random(400)  # an object is equally easy or hard for all candidates
    deployed, offered = [], [0.60, 0.61, 0.66, 0.65, 0.70, 0.71]
    with tempfile.TemporaryDirectory() as scratch:
        registry = ModelRegistry(
            Path(scratch, "registry"),
            {"accuracy": lambda truth, guess: float(np.mean(truth == guess))},
        )
        for quality in offered:
            right = np.where(rng.random(400) < 0.9, luck, rng.random(400)) < quality
            guesses = np.where(right, answers, (answers + 1) % 5)
            files = save_checkpoint(Path(scratch, "new"), nn.Linear(2, 1), {}, 0, {})
            deployed.append(registry.consider(files, answers, guesses))
        print("deployed:", registry.current)
        print("after a roll-back:", registry.rollback())

    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    shades = ["#0072b2" if done else "0.75" for done in deployed]
    ax.bar(range(1, len(offered) + 1), offered, color=shades)
    ax.set_ylim(0.5, 0.75)
    ax.set_xlabel("candidate")
    ax.set_ylabel("fraction of right answers, on average")
    ax.set_title("Blue: deployed. Grey: not better beyond the noise")
    plt.show()

# %% [markdown]
# ## Where to go next
#
# Whatever you train from now on, you will know next year what it was.
#
# - Open `wandb leet` in a terminal while a training runs in the notebook.
# - If you create an account: `wandb login`, then `wandb sync` for the folder of a run. Nothing in
#   this notebook has to change to go online.
# - Let the sweep minimise `val_loss` instead, with method `random`. Does it find the same networks?
# - A metric can be won by luck. Train the winner of the sweep with five seeds, and look at the
#   spread.
# - In **Exercise 10** the networks learn to say how sure they are.
