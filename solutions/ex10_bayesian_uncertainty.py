# %% [markdown]
# # Exercise 10: Bayesian uncertainty and a comparison of models
#
# **Time:** about 3 hours, and another hour for the extensions. The experiment at the end runs on
# its own for about ten minutes, and can be interrupted.
#
# **You will learn** to
#
# - ask a network not only *what* it thinks, but how sure it is, by **Monte Carlo dropout**;
# - distinguish what nobody can know from what *this network* has not learnt;
# - measure whether probabilities can be trusted, and fix them with one number;
# - find out whether an uncertainty is useful, before you rely on it;
# - compare five architectures fairly, and search among many more;
# - build an experiment that resumes where it was interrupted.
#
# You need to know the transformer of Exercise 7, the training of Exercise 8, the tracker and the
# sweeps of Exercise 9, and what a variance is.
#
# **Further reading**
#
# - Y. Gal and Z. Ghahramani, *Dropout as a Bayesian Approximation*,
#   [arXiv:1506.02142](https://arxiv.org/abs/1506.02142), and *A Theoretically Grounded Application
#   of Dropout in Recurrent Neural Networks*, [arXiv:1512.05287](https://arxiv.org/abs/1512.05287).
# - C. Guo et al., *On Calibration of Modern Neural Networks*,
#   [arXiv:1706.04599](https://arxiv.org/abs/1706.04599).
# - B. Lakshminarayanan et al., *Simple and Scalable Predictive Uncertainty Estimation using Deep
#   Ensembles*, [arXiv:1612.01474](https://arxiv.org/abs/1612.01474).

# %% [markdown]
# ## A quarter of a night
#
# Your network says of a new point of light: "TDE, 0.83". An hour at an eight-metre telescope would
# settle it, and you have one hour. Should you take it? It depends on what 0.83 means. If, of a
# hundred objects for which the network says this, 83 are TDEs, it is a good bet. If only 50 are, it
# is not. And if the network has never seen anything like this object, the number means nothing at
# all, since a softmax adds up to one *whatever* it is shown. Show it a comet.
#
# There are two ways of not knowing.
#
# | | **aleatoric** uncertainty | **epistemic** uncertainty |
# |---|---|---|
# | in plain words | *alea*, Latin for a die | *episteme*, Greek for knowledge |
# | comes from | the data: four faint points can be anything | the model: it has seen too little |
# | more training data | do not help | help |
# | example | supernova or AGN? Look again in a week | a class that is not in the training set |
#
# To see the second kind, ask *many* networks that all fit the training data. Where the data have
# taught them, they agree. Where they had to guess, each guesses in its own way. So let $p_s$ be the
# probability that network $s$ gives to a class. Draw a network at random and then, with its
# probability, a yes or no: the result has a variance, and the **law of total variance** splits it:
#
# $$
# \underbrace{\bar p\,(1-\bar p)}_{\text{total}} \;=\;
# \underbrace{\overline{p_s\,(1-p_s)}}_{\text{aleatoric}} \;+\;
# \underbrace{\overline{(p_s-\bar p)^2}}_{\text{epistemic}}
# $$
#
# The bar is the mean over the networks. The first part is what remains if all agree; the second is
# how much they disagree. Summed over the classes, these are our two uncertainties.

# %% [markdown]
# ## How this notebook works
#
# Functions and methods marked `TODO` are yours to write: delete the line
# `raise NotImplementedError(...)` and put your code in its place. The docstring says everything
# that is required. `check("10.1")` says what works and what does not, and `hint("10.1")`, in a cell
# of your own, helps if you are stuck. In a terminal, `grader check 10` checks the whole notebook at
# once.
#
# After every change to a class, run its cell again before you run its checks, and create new
# models: those made earlier still have the old methods.

# %%
import hashlib
import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
import wandb
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    OneCycleLR,
    ReduceLROnPlateau,
)
from torch.utils.data import DataLoader, Dataset, default_collate
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import LightCurve, Observation, TransientLightCurve
from solutions.ex05_light_curve_dataset import (
    CLASSES,
    LightCurveAugmentation,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import (
    LightCurveLSTM,
    forward_batch,
    observed,
    resolve_device,
    train_epoch,
    unpack_batch,
)
from solutions.ex07_time2vec_transformer import Time2Vec, Time2VecTransformerEncoder
from solutions.ex08_class_imbalance import (
    BatchesByLength,
    bootstrap_interval,
    cut_to_longest,
    simple_features,
    train_with_imbalance_handling,
)
from solutions.ex09_experiment_tracking import (
    WandBExperimentTracker,
    infeasible,
    load_checkpoint,
    run_sweep,
    save_checkpoint,
    wandb_environment,
)

CLASS_NAMES = sorted(CLASSES)  # class number i is called CLASS_NAMES[i], as in LightCurveDataset
RARE = CLASS_NAMES.index("TDE")
COLOURS = dict(
    zip(CLASS_NAMES, ("#333333", "#009e73", "#d55e00", "#0072b2", "#cc79a7"), strict=True)
)

# %% [markdown]
# ### Data and training
#
# The next cell is complete. As in Exercise 9, one object in five is a TDE, so that the numbers for
# them mean something, and the light curves are split by object: the networks learn from 64%, 16%
# decide when to stop and how to calibrate, and 20% are used at the very end.

# %%
MIXTURE = {"SNIa": 0.3, "SNII": 0.2, "CV": 0.15, "AGN": 0.15, "TDE": 0.2}
SIZES = {"d_model": 64, "nhead": 4, "num_layers": 2, "time_embed_dim": 16}
BATCH_SIZE, LEARNING_RATE = 64, 2e-3
AUGMENTATION = {"noise_level": 0.5, "time_shift_max": 10.0, "drop_probability": 0.15}


@dataclass(frozen=True)
class Sample(Dataset[tuple[Tensor, Tensor]]):
    """The items of a LightCurveDataset side by side, from which a subset can be taken.

    Attributes:
        rows: the features of each light curve, (n, seq_len, n_features).
        labels: the number of each light curve's class, (n,), int64.
        transform: a function that changes the rows each time they are asked for, or None.
    """

    rows: Tensor
    labels: Tensor
    transform: Callable[[np.ndarray], np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        rows = self.rows[i]
        if self.transform:
            rows = torch.as_tensor(self.transform(rows.numpy().copy()))
        return rows, self.labels[i]

    @property
    def n_features(self) -> int:
        return self.rows.shape[-1]

    @property
    def lengths(self) -> Tensor:
        """The number of observations of each light curve, (n,)."""
        return observed(self.rows).sum(dim=-1)

    def only(self, classes: Sequence[str]) -> Self:
        """Return the light curves of some classes; the numbers of the classes stay the same."""
        wanted = torch.tensor([CLASS_NAMES.index(name) for name in classes])
        chosen = torch.isin(self.labels, wanted)
        return replace(self, rows=self.rows[chosen], labels=self.labels[chosen])


@dataclass(frozen=True)
class Split:
    """Three sets of light curves; `test_lightcurves` are those of the test set as objects."""

    train: Sample
    val: Sample
    test: Sample
    test_lightcurves: list[TransientLightCurve]


def make_split(n_samples: int, seed: int = 42) -> Split:
    """Simulate light curves and split them by object, with the same mixture in each set."""
    lightcurves, labels = create_synthetic_transient_dataset(n_samples, MIXTURE, seed)
    numbers = np.arange(n_samples)
    rest, test = train_test_split(numbers, test_size=0.2, stratify=labels, random_state=seed)
    train, val = train_test_split(
        rest, test_size=0.2, stratify=[labels[i] for i in rest], random_state=seed
    )
    dataset = LightCurveDataset(lightcurves, labels, classes=CLASSES)
    whole = Sample(*default_collate([dataset[i] for i in range(n_samples)]))
    train_set, val_set, test_set = (
        Sample(whole.rows[part], whole.labels[part]) for part in (train, val, test)
    )
    train_set = replace(train_set, transform=LightCurveAugmentation(**AUGMENTATION))
    return Split(train_set, val_set, test_set, [lightcurves[i] for i in test])


def make_loader(sample: Sample, shuffle: bool = False) -> DataLoader:
    """Return a loader whose batches have no more padding than they need."""
    if shuffle:
        batches = BatchesByLength(sample.lengths, BATCH_SIZE)
        return DataLoader(sample, batch_sampler=batches, collate_fn=cut_to_longest)
    return DataLoader(sample, batch_size=BATCH_SIZE, collate_fn=cut_to_longest)


def warm_up_and_down(optimizer: Optimizer, num_epochs: int) -> OneCycleLR:
    """Return a scheduler by epochs: up to LEARNING_RATE, then down to zero along a cosine."""
    return OneCycleLR(optimizer, LEARNING_RATE, total_steps=num_epochs + 1, pct_start=0.15)


def make_training(num_epochs: int, progress: bool = True) -> Callable[..., Any]:
    """Return a function that trains a model, given the training and the validation loader."""
    return partial(
        train_with_imbalance_handling,
        num_epochs=num_epochs,
        learning_rate=LEARNING_RATE,
        make_scheduler=partial(warm_up_and_down, num_epochs=num_epochs),
        progress=progress,
    )


# %% [markdown]
# ## Dropout as a crowd of networks
#
# Where do we get many networks from, if even one takes minutes to train? Remember what dropout
# does: in each training pass it sets random features to zero, so each pass trains a *different*
# network, a thinned one. After training there is a whole crowd of them, which share their weights
# and each fit the training data. Usually dropout is then switched off, which gives roughly the mean
# of the crowd. Gal and Ghahramani showed that you can leave it *on*, ask a hundred of the thinned
# networks, and read their disagreement as the uncertainty of a Bayesian model. This is **Monte
# Carlo dropout**.
#
# ### 10.1 Dropout that stays on
#
# `nn.Dropout` depends on the mode: it drops in training, and in evaluation it does nothing. Ours
# always drops. There is a second difference. A light curve has many observations, and `nn.Dropout`
# draws again for each of them which features to drop. But *one* network should look at the whole
# light curve: a feature that is dropped is dropped in all of its rows. (Gal and Ghahramani's second
# paper explains why, and it is faster, too.)
#
# Which dropout layers should be replaced? It could be all of them. But whatever comes *before* the
# first of them is the same in every sample and needs to be computed only once. So we replace those
# in the last layers of the transformer and in the classifier, and let the layers below do what they
# always do: drop in training, do nothing in evaluation. (In a trial with the data of this notebook,
# objects of an unknown class were noticed equally well with one of two layers replaced, or with
# both.)
#
# A layer in a network is an attribute of the module that holds it, and it can only be replaced
# there. `for layer in model.modules(): layer = Better()` replaces a *local variable*. You find the
# name with `named_modules()` or `named_children()`, and set it with `setattr(module, name, new)` or
# `module.set_submodule("path.to.it", new)`.
#
# ### 10.2 A hundred opinions
#
# The recipe in many blogs is: `model.train()`, a loop of a hundred passes, a softmax for each, mean
# and standard deviation. It works, more or less, but has five faults.
#
# 1. `model.train()` switches on *everything* that behaves differently in training: the dropout of
#    all other layers, and batch normalisation, which would learn from the very data it is asked
#    about.
# 2. The model stays in training mode, which surprises the next person who uses it.
# 3. It computes, a hundred times over, things that do not change.
# 4. It drags along the padding that makes all light curves as long as the longest.
# 5. What is often called the aleatoric uncertainty, $\sum \bar p(1-\bar p)$, is the *total*. The
#    parts should add up.
#
# So: `self.eval()`, which our dropout ignores; no gradients; and the samples not one after another
# but as *one batch*. There are two ways to get them into one batch:
#
# - repeat the light curves: `features.repeat(n_samples, 1, 1)` has the shape
#   `(n_samples * batch, seq_len, n_features)`, and the answer is reshaped afterwards;
# - `torch.func.vmap(f, randomness="different")(torch.empty(n_samples))` calls `f` *once*, with a
#   stand-in for all samples, and gives each of them its own random numbers. As long as nothing
#   random has happened, there is only one copy to compute with. So everything before the first
#   active dropout is computed once, with no effort on your part.
#
# Memory matters, too. A hundred copies of 64 light curves with 100 rows of 128 numbers are 330 MB,
# and a processor that has to fetch them from main memory spends most of its time waiting. One light
# curve with its hundred samples, cut off after its last observation, fits into the cache and needs
# no padding. A loop over the *light curves* is fast, a loop over the *samples* is slow.
#
# One last trap, which is already taken care of: in evaluation mode without gradients, PyTorch takes
# a **shortcut**. It computes a whole layer of a transformer in one go and never calls the layer's
# dropout, yours included. All samples would be alike, without a warning. The `forward` below, which
# is complete, turns the shortcut off.


# %%
@contextmanager
def every_layer_called() -> Iterator[None]:
    """Keep PyTorch from taking the shortcut that computes a transformer without its dropout."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


# %% part=["10.1", "10.2"] points=[1.5, 2]
class MonteCarloDropout(nn.Dropout):
    """Dropout that is active in every mode, the same for all observations of a light curve.

    Reference: Gal and Ghahramani 2016, arXiv:1512.05287.

    Attributes:
        p: the probability with which a feature is dropped, from 0 to below 1, set by nn.Dropout.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop features of each light curve at random.

        Args:
            input: (batch, seq_len, width), a row for each observation; or (batch, width), a single
                row for each light curve. It is not changed.

        Returns:
            A tensor of the same shape, in training and in evaluation mode alike. Each of the width
            features of each light curve is either 0 in all rows of that light curve, with
            probability p, or its values are divided by 1 - p in all rows. Features are dropped
            independently, light curves are treated independently, and each call draws again, from
            torch's global random numbers. With p = 0 nothing changes. Gradients flow to the input.

        Example:
            With p = 0.5, [[[1., 2., 3.], [4., 5., 6.]]] may become
            [[[2., 0., 6.], [8., 0., 12.]]]: the second feature is dropped, in both rows.
        """
        ### BEGIN SOLUTION 10.1
        one_row = input[..., :1, :] if input.ndim > 2 else input  # (batch, 1, width)
        return input * F.dropout(torch.ones_like(one_row), self.p, training=True)
        ### END SOLUTION


def summarise(samples: Tensor) -> dict[str, Tensor]:
    """Return the mean of many answers and the two parts of its uncertainty.

    Args:
        samples: (n_samples, batch, num_classes), the probabilities that each of n_samples networks
            gives, at least one network.

    Returns:
        A dictionary with
        predictions: (batch, num_classes), the mean of the probabilities over the samples;
        epistemic_uncertainty: (batch,), the variance of the probabilities over the samples (the
            mean of the squared deviations, the divisor is n_samples), summed over the classes;
        aleatoric_uncertainty: (batch,), the mean over the samples of the sum over the classes of
            p (1 - p);
        prediction_samples: the samples as given.
        The two uncertainties add up to the sum over the classes of the mean's p (1 - p).

    Example:
        For one light curve, two classes and two networks that say (0.9, 0.1) and (0.5, 0.5), the
        mean is (0.7, 0.3). The epistemic uncertainty is 2 * 0.2**2 = 0.08, the aleatoric one
        (0.18 + 0.5) / 2 = 0.34, and together they are 2 * 0.7 * 0.3 = 0.42.
    """
    ### BEGIN SOLUTION 10.2
    return {
        "predictions": samples.mean(dim=0),  # (batch, num_classes)
        "epistemic_uncertainty": samples.var(dim=0, correction=0).sum(dim=-1),  # (batch,)
        "aleatoric_uncertainty": (samples * (1 - samples)).sum(dim=-1).mean(dim=0),  # (batch,)
        "prediction_samples": samples,
    }
    ### END SOLUTION


class BayesianTransformerEncoder(Time2VecTransformerEncoder):
    """The transformer of Exercise 7 with Monte Carlo dropout.

    Reference: Gal and Ghahramani 2016, arXiv:1506.02142.

    Attributes:
        mc_dropout_rate: the probability of Monte Carlo dropout.
        mc_layers: how many layers of the transformer have it, counted from the last one.
    """

    def __init__(
        self, *args: Any, mc_dropout_rate: float = 0.1, mc_layers: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mc_dropout_rate = mc_dropout_rate
        self.mc_layers = mc_layers
        self._replace_dropout_layers()

    def _replace_dropout_layers(self) -> None:
        """Replace the dropout of the last layers and of the classifier with Monte Carlo dropout.

        In the last self.mc_layers of the modules in self.transformer.layers, and in
        self.classifier, every nn.Dropout, at any depth, is replaced with a MonteCarloDropout whose
        p is self.mc_dropout_rate. The dropout of all other layers stays as it is. self.mc_layers
        may be 0 (then only the classifier is changed) or as large as the number of layers. The
        method may be called again after parts of the model or self.mc_dropout_rate have changed,
        and the same then holds, including for layers replaced before. (No layer has two names. If
        self.mc_layers was reduced, what becomes of layers replaced before that are no longer among
        the last ones is up to you.)

        (The dropout of the attention weights is not a layer but a number that nn.MultiheadAttention
        keeps; leave it alone. It acts in training only.)
        """
        ### BEGIN SOLUTION 10.1
        layers = list(self.transformer.layers)
        for part in (*layers[len(layers) - self.mc_layers :], self.classifier):
            for name, layer in list(part.named_modules()):
                if isinstance(layer, nn.Dropout):
                    part.set_submodule(name, MonteCarloDropout(self.mc_dropout_rate))
        ### END SOLUTION

    def forward(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits (batch, num_classes) of a network drawn at random, as in Exercise 7."""
        with every_layer_called():
            return super().forward(features, times, lengths)

    def forward_with_uncertainty(
        self, features: Tensor, times: Tensor, lengths: Tensor, *, n_samples: int = 100
    ) -> dict[str, Tensor]:
        """Ask many networks drawn at random, and return what they say and how far they disagree.

        Only Monte Carlo dropout is active: everything else is in evaluation mode during the call,
        whatever mode its parts were in before. Afterwards, self.training is what it was before
        (that of the model; the mode in which its parts are left does not matter). Gradients are
        switched off for this call only.

        Args:
            features: (batch, seq_len, input_dim), rows as in Exercise 5, at least one light curve.
            times: (batch, seq_len, 1) [days].
            lengths: (batch,) the number of observations of each, possibly 0; all further rows are
                padding.
            n_samples: how many networks are asked, at least 1.

        Returns:
            What `summarise` returns for the samples (n_samples, batch, num_classes): in each, the
            softmax over the classes of the logits that self.forward gives with its own dropout. The
            light curves stay in the order in which they came, and the result for one of them
            depends neither on the others nor on the padding.

        The samples are not computed one after another: self.forward is called at most twice for
        each light curve, however many samples there are.

        Example:
            With 16 light curves and 5 classes, `predictions` has the shape (16, 5), and with
            n_samples=30 `prediction_samples` has the shape (30, 16, 5).
        """
        ### BEGIN SOLUTION 10.2
        was_training = self.training
        self.eval()
        samples = []
        try:
            with torch.no_grad():
                for i, length in enumerate(lengths.tolist()):
                    one = slice(i, i + 1), slice(max(length, 1))  # one without its padding
                    draw = partial(self, features[one], times[one], lengths[i : i + 1])
                    ask = torch.func.vmap(lambda _, draw=draw: draw(), randomness="different")
                    logits = ask(torch.empty(n_samples, device=features.device))
                    samples.append(logits.softmax(dim=-1))  # (n_samples, 1, num_classes)
        finally:
            self.train(was_training)
        return summarise(torch.cat(samples, dim=1))
        ### END SOLUTION


# %% [markdown]
# ### A network that has never heard of TDEs
#
# To try it out we train a network on *four* classes. All TDEs are removed from its training and
# validation sets. Later we show it some: how does it behave when something comes along that it has
# never seen?

# %%
if __name__ == "__main__":
    split = make_split(1500)
    known = [name for name in CLASS_NAMES if name != "TDE"]
    val_loader = make_loader(split.val.only(known))
    torch.manual_seed(10)
    bayesian, _ = make_training(30)(
        BayesianTransformerEncoder(split.train.n_features, **SIZES),
        make_loader(split.train.only(known), shuffle=True),
        val_loader,
    )

# %% [markdown]
# First, is it really faster? Here is the recipe from the blogs against yours, for sixteen light
# curves and twenty samples each.

# %%
if __name__ == "__main__":
    place = resolve_device()
    features = torch.stack([split.test[i][0] for i in range(16)]).to(place)
    times, lengths = unpack_batch(features)

    start = time.perf_counter()
    bayesian.train()
    with torch.no_grad():
        loop = [bayesian(features, times, lengths).softmax(dim=-1) for _ in range(20)]
    middle = time.perf_counter()
    answer = bayesian.eval().forward_with_uncertainty(features, times, lengths, n_samples=20)
    end = time.perf_counter()
    print(f"a loop over samples: {middle - start:.2f} s, as one batch: {end - middle:.2f} s")
    print({name: tuple(tensor.shape) for name, tensor in answer.items()})

# %% [markdown]
# Now some light curves with the opinions of a hundred networks, a dot for each. The first object is
# one that the crowd agrees about; the second is the one, among the known classes in the test set,
# that it is least sure about. The other two are TDEs, which no network of the crowd has ever seen.

# %%
BAND_STYLES = {"g": ("#1b9e77", "o"), "r": ("#d1352b", "s"), "i": ("#7a4a12", "^")}


def plot_flux(ax: Axes, lightcurve: LightCurve) -> None:
    """Plot the fluxes of a light curve against the days since its first observation."""
    first = lightcurve.data["mjd"].min()
    for band, (colour, marker) in BAND_STYLES.items():
        points = lightcurve.data[lightcurve.data["band"] == band]
        ax.errorbar(
            points["mjd"] - first,
            points["flux"],
            points["flux_err"],
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1,
            label=band,
        )
    ax.set_xlabel("time [days]")


def plot_opinions(ax: Axes, samples: np.ndarray) -> None:
    """Plot the probabilities (n_samples, 5) that a crowd of networks gives to one light curve."""
    rng = np.random.default_rng(10)
    for number, name in enumerate(CLASS_NAMES):
        beside = number + rng.uniform(-0.3, 0.3, len(samples))
        ax.plot(beside, samples[:, number], ".", color=COLOURS[name], alpha=0.5)
    middle = np.arange(5)
    ax.hlines(samples.mean(axis=0), middle - 0.4, middle + 0.4, color="black")
    ax.set_xticks(range(5), CLASS_NAMES)
    ax.set_ylim(-0.03, 1.03)


# %%
if __name__ == "__main__":
    tde = np.flatnonzero(split.test.labels == RARE)
    others = np.flatnonzero(split.test.labels != RARE)
    whole_test = split.test.rows.to(place)
    answer = bayesian.forward_with_uncertainty(whole_test, *unpack_batch(whole_test), n_samples=100)
    epistemic = answer["epistemic_uncertainty"].cpu().numpy()
    ranked = others[epistemic[others].argsort()]
    shown = [ranked[len(ranked) // 4], ranked[-1], *tde[:2]]

    fig, axes = plt.subplots(2, 4, figsize=(16, 6.4), layout="constrained")
    for (top, bottom), i in zip(axes.T, shown, strict=True):
        plot_flux(top, split.test_lightcurves[i])
        plot_opinions(bottom, answer["prediction_samples"][:, i].cpu().numpy())
        top.set_title(CLASS_NAMES[split.test.labels[i]])
        aleatoric = answer["aleatoric_uncertainty"][i].item()
        bottom.set_title(f"epistemic {epistemic[i]:.3f}, aleatoric {aleatoric:.3f}")
    axes[0, 0].set_ylabel("flux")
    axes[0, 0].legend(title="band")
    axes[1, 0].set_ylabel("probability")
    plt.show()

# %% [markdown]
# The first is a textbook case, and the crowd agrees. About the second one it disagrees. About the
# TDEs the networks ought to say "I do not know", but there is no such class: look how their
# opinions scatter, or, worse, how they agree on something wrong.
#
# ## Can probabilities be trusted?
#
# A forecaster who says "rain, 80%" on a hundred days is **calibrated** if it rains on eighty of
# them. Calibration is not skill: a forecaster who quotes the long-term average every day is
# calibrated and useless. Networks tend to be skilful and overconfident.
#
# The next cell is complete. `predict` asks a model, Bayesian or not, about all light curves in a
# loader, and keeps what we need in NumPy arrays.


# %%
@dataclass(frozen=True)
class Predictions:
    """What a model says about n light curves, and what they are."""

    y_true: np.ndarray  # (n,) class numbers
    y_prob: np.ndarray  # (n, num_classes) probabilities
    epistemic: np.ndarray  # (n,), 0 for a model that is not Bayesian
    aleatoric: np.ndarray  # (n,)
    seconds: float  # time it took to ask about all of them

    @property
    def uncertainty(self) -> np.ndarray:
        """The total uncertainty, (n,)."""
        return self.epistemic + self.aleatoric


def predict(model: nn.Module, loader: DataLoader, n_samples: int = 50) -> Predictions:
    """Ask a model about all light curves in a loader. Its mode is left as it was."""
    place, was_training, seconds = resolve_device(), model.training, 0.0
    model.to(place).eval()
    answers: list[tuple[np.ndarray, ...]] = []
    for features, labels in loader:
        features = features.to(place)
        start = time.perf_counter()
        if isinstance(model, BayesianTransformerEncoder):
            answer = model.forward_with_uncertainty(
                features, *unpack_batch(features), n_samples=n_samples
            )
        else:
            with torch.no_grad():
                answer = summarise(forward_batch(model, features).softmax(dim=-1).unsqueeze(0))
        seconds += time.perf_counter() - start
        names = ("predictions", "epistemic_uncertainty", "aleatoric_uncertainty")
        answers.append((labels.numpy(), *(answer[name].double().cpu().numpy() for name in names)))
    model.train(was_training)
    y_true, y_prob, epistemic, aleatoric = (np.concatenate(c) for c in zip(*answers, strict=True))
    return Predictions(y_true, y_prob, epistemic, aleatoric, seconds)


# %% [markdown]
# ### 10.3 The expected calibration error
#
# The **confidence** of an answer is the probability of the class that is chosen, the largest one.
# The other probabilities do not count here. Sort the answers into ten bins by their confidence,
# from 0 to 0.1, from 0.1 to 0.2 and so on. In a bin with many answers the *accuracy*, the fraction
# that is right, should equal the mean confidence. The **expected calibration error** is the mean
# distance between the two, with each bin weighted by the number of answers in it ([Naeini et al.
# 2015](https://doi.org/10.1609/aaai.v29i1.9602), Guo et al. 2017, eq. 3):
#
# $$
# \mathrm{ECE} = \sum_b \frac{n_b}{n}\,\left|\,\mathrm{accuracy}_b - \mathrm{confidence}_b\right|
# $$
#
# *Distance*: overconfident and underconfident bins must not cancel. Where does a confidence of
# exactly 1 belong? To the last bin, of course, and this is not rare: in 32-bit floats, a very
# confident answer is exactly 1. So bins include their right edge.
#
# ### 10.4 The reliability diagram
#
# The same bins as a picture: accuracy against confidence. Points below the diagonal are
# overconfident. A point says nothing without the number of answers behind it, so the counts are
# written beside the points and drawn as a histogram. A third panel asks about the *uncertainty*:
# are there really more errors where it is large?
#
# ### 10.5 Temperature
#
# Guo et al. found that one number fixes most of it. Divide all logits by a **temperature** $T$
# before the softmax. With $T > 1$ all probabilities move towards each other, with $T < 1$ they move
# apart; which one is the largest never changes, and neither does the accuracy. We have
# probabilities instead of logits, and those of a crowd at that, but their logarithms will do, since
# softmax ignores additive constants:
#
# $$p_c \to \frac{p_c^{1/T}}{\sum_k p_k^{1/T}}$$
#
# The best $T$ is the one with the smallest cross-entropy, $-\overline{\log p_\mathrm{true}}$, on
# the *validation set*. On the test set that would be cheating, and on the training set it would be
# useless: there the network is as right as it is sure.
#
# In practice the function of $T$ has one minimum. `scipy.optimize.minimize_scalar` finds it; search
# over the logarithm of $T$, where 1/2 and 2 are equally far from 1.
#
# ### 10.6 Is the uncertainty of any use?
#
# Calling a number an uncertainty does not make it one. Two experiments show whether it is:
#
# - Refuse to answer in the most uncertain tenth of all cases, and pass them to a person. The
#   accuracy of the rest must *rise*. If it does not, the uncertainty is noise.
# - Compare objects of known classes with those of a class that was never seen. The **AUROC** is the
#   probability that of two objects, one of each kind, the unknown one is more uncertain; ties count
#   one half. It is 0.5 for noise and 1 if all unknown objects stand out. (The name: *area under the
#   receiver operating characteristic*, from the days of radar.)


# %% part=["10.3", "10.4", "10.5", "10.6"] points=[1.5, 1, 1, 1]
class UncertaintyCalibration:
    """Tools that measure what probabilities and uncertainties are worth.

    In all methods y_true (n,) are the numbers of the true classes, and y_prob (n, num_classes) the
    probabilities that were given, one row for each light curve. None of them is changed.
    """

    @staticmethod
    def calibration_table(y_true: np.ndarray, y_prob: np.ndarray, n_bins: int = 10) -> pd.DataFrame:
        """Sort answers into bins of equal width by confidence, and return what is in each bin.

        The confidence of an answer is its largest probability, and it is right if the class with
        that probability is the true one. Bin b = 0, ..., n_bins - 1 holds the confidences c with
        b/n_bins < c <= (b + 1)/n_bins. (Where an edge, such as 0.7, is not an exact binary number,
        rounding may put a confidence that equals it into either bin.)

        Args:
            n_bins: the number of bins, at least 1.

        Returns:
            A table with one row for each bin, in order, empty ones included, and the columns
            count: the number of answers in the bin, a whole number;
            confidence: their mean confidence, NaN in an empty bin;
            accuracy: the fraction of them that is right, NaN in an empty bin.
            There may be other columns.

        Raises:
            ValueError: if there are no answers at all.

        Example:
            With the true classes 0, 0, 1, the answers (0.9, 0.1), (0.2, 0.8) and (0.5, 0.5) have
            the confidences 0.9, 0.8 and 0.5. (0.5, 0.5) chooses the first of two equal ones, class
            0, and is wrong. With 2 bins, the table has the counts 1 and 2, the confidences 0.5 and
            0.85, and the accuracies 0 and 0.5.
        """
        ### BEGIN SOLUTION 10.3
        if len(y_true) == 0:
            raise ValueError("there are no answers to sort into bins")
        confidence = y_prob.max(axis=1)  # (n,)
        right = y_prob.argmax(axis=1) == y_true  # (n,)
        borders = np.arange(1, n_bins) / n_bins  # between the bins
        bins = np.searchsorted(borders, confidence, side="left")  # a border belongs to its left
        count = np.bincount(bins, minlength=n_bins)
        with np.errstate(invalid="ignore"):  # 0/0 is NaN, as it should be
            means = [
                np.bincount(bins, weights=values, minlength=n_bins) / count
                for values in (confidence, right)
            ]
        return pd.DataFrame({"count": count, "confidence": means[0], "accuracy": means[1]})
        ### END SOLUTION

    @staticmethod
    def expected_calibration_error(
        y_true: np.ndarray, y_prob: np.ndarray, n_bins: int = 10
    ) -> float:
        """Return the expected calibration error (Guo et al. 2017, eq. 3).

        Returns:
            A float: the mean over the bins of calibration_table of the absolute difference between
            accuracy and mean confidence, weighted by the number of answers in the bin.

        Raises:
            ValueError: if there are no answers at all.

        Example:
            For the three answers of calibration_table's example it is
            1/3 * |0 - 0.5| + 2/3 * |0.5 - 0.85| = 0.4.
        """
        ### BEGIN SOLUTION 10.3
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        gap = (table["accuracy"] - table["confidence"]).abs()
        return float((gap * table["count"]).sum() / table["count"].sum())
        ### END SOLUTION

    @staticmethod
    def reliability_diagram(
        y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, n_bins: int = 10
    ) -> Figure:
        """Draw accuracy against confidence, a histogram, and errors against uncertainty.

        Args:
            uncertainty: (n,), the uncertainty of each answer, of any kind.
            n_bins: the number of bins of calibration_table.

        Returns:
            A new matplotlib Figure with three Axes (figure.axes[0], [1], [2]); whether pyplot knows
            about it is up to you. Points that are NaN are not drawn, and do not count.
            The first has a line through the points (confidence, accuracy) of the bins that are not
            empty, in order; a line from (0, 0) to (1, 1); and beside each point, as a text, the
            count of its bin.
            The second is a histogram: a bar for each bin, in order, whose height is its count, so
            that a confidence on an edge is in the lower bin. (ax.hist puts it into the upper one.
            An empty bin may have a bar of height 0 or none; where the bars stand is up to you.)
            The third has a line through up to n_bins points (mean uncertainty, fraction of wrong
            answers) of groups of answers, in order: sorted by uncertainty and divided into n_bins
            groups of equal size, as np.array_split divides them; with fewer answers than bins, each
            answer is a group. (Which of equally uncertain answers comes first is up to you.)
            All axes are labelled, and their limits show all of this. The figure is not shown, and
            no other figure is touched.
        """
        ### BEGIN SOLUTION 10.4
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        filled = table[table["count"] > 0]
        wrong = y_prob.argmax(axis=1) != y_true
        groups = np.array_split(np.argsort(uncertainty, kind="stable"), min(n_bins, len(y_true)))
        fig, (left, middle, right) = plt.subplots(1, 3, figsize=(14, 4.2), layout="constrained")
        left.plot([0, 1], [0, 1], color="0.6", linestyle="--")
        left.plot(filled["confidence"], filled["accuracy"], "o-", color="#0072b2")
        for count, *point in filled.to_numpy():
            left.annotate(f"{count:.0f}", point, (6, -12), textcoords="offset points", fontsize=8)
        left.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.05), ylim=(0, 1.05))
        middle.bar((np.arange(n_bins) + 0.5) / n_bins, table["count"], width=0.9 / n_bins)
        middle.set(xlabel="confidence", ylabel="number of light curves", xlim=(0, 1))
        right.plot(
            [uncertainty[group].mean() for group in groups],
            [wrong[group].mean() for group in groups],
            "o-",
            color="#d55e00",
        )
        right.set(xlabel="uncertainty", ylabel="fraction of errors", ylim=(0, None))
        return fig
        ### END SOLUTION

    @staticmethod
    def apply_temperature(y_prob: np.ndarray, temperature: float) -> np.ndarray:
        """Return the probabilities at a given temperature.

        Args:
            y_prob: probabilities, some of which may be exactly 0 or 1.
            temperature: T, a positive number.

        Returns:
            (n, num_classes): p**(1/T), divided by its sum over the classes. There is no NaN, even
            where p is 0, and even where T is as small as 0.05.

        Example:
            (0.8, 0.2) becomes (0.667, 0.333) at T = 2, since the square roots are 0.894 and 0.447;
            and (0.941, 0.059) at T = 0.5.
        """
        ### BEGIN SOLUTION 10.5
        logits = np.log(y_prob.clip(1e-300)) / temperature
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))  # the largest becomes 1
        return scaled / scaled.sum(axis=1, keepdims=True)
        ### END SOLUTION

    @staticmethod
    def fit_temperature(y_true: np.ndarray, y_prob: np.ndarray) -> float:
        """Return the temperature that fits best.

        Returns:
            A float from 0.05 to 20: the temperature T for which the cross-entropy is smallest, the
            mean over the answers of -log p, where p is what apply_temperature(y_prob, T) gives to
            the true class (or 1e-12, if it is less). It is found to within 1%; where several are
            equally good, any of them will do.

        Example:
            If all probabilities are either 0.9 or 0.1 and the class with 0.9 is the true one in 3
            of 4 cases, it is 2: 0.9 becomes 0.75.
        """

        ### BEGIN SOLUTION 10.5
        def cross_entropy(log_temperature: float) -> float:
            scaled = UncertaintyCalibration.apply_temperature(y_prob, math.exp(log_temperature))
            return -float(np.log(scaled[np.arange(len(y_true)), y_true].clip(1e-12)).mean())

        bounds = (math.log(0.05), math.log(20.0))
        return math.exp(minimize_scalar(cross_entropy, bounds=bounds, method="bounded").x)
        ### END SOLUTION

    @staticmethod
    def accuracy_after_rejection(
        y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, rejected: float = 0.1
    ) -> float:
        """Return the accuracy of what remains when the most uncertain answers are refused.

        Args:
            uncertainty: (n,), the uncertainty of each answer.
            rejected: the fraction that is refused, from 0 to less than 1. It is rounded down to
                whole answers: 0.1 of 25 answers is 2. (Which of several equally uncertain ones are
                refused is up to you, and so is 0.29 of 100, where floats give 28.999...)

        Returns:
            The fraction of right answers among those that are not refused, as a float.

        Example:
            Of four answers with the uncertainties 0.1, 0.7, 0.2, 0.4 only the second is wrong. With
            rejected=0.25 it is refused, and the accuracy is 1.0.
        """
        ### BEGIN SOLUTION 10.6
        kept = np.argsort(uncertainty)[: len(y_true) - int(rejected * len(y_true))]
        return float((y_prob.argmax(axis=1) == y_true)[kept].mean())
        ### END SOLUTION

    @staticmethod
    def unknown_auroc(known: np.ndarray, unknown: np.ndarray) -> float:
        """Return the probability that an unknown object is more uncertain than a known one.

        Args:
            known: (n,) uncertainties of objects whose class was in the training set.
            unknown: (m,) uncertainties of objects whose class was not.

        Returns:
            The fraction of all n m pairs in which the unknown object's uncertainty is the larger
            one, where pairs of equal uncertainties count one half; a float from 0 to 1.

        Example:
            Known 0.1, 0.2, 0.3 and unknown 0.2, 0.9: of six pairs 0.2 wins one and ties one, 0.9
            wins three, and the AUROC is 4.5 / 6 = 0.75.
        """
        ### BEGIN SOLUTION 10.6
        is_unknown = np.repeat([0, 1], [len(known), len(unknown)])
        return float(roc_auc_score(is_unknown, np.concatenate([known, unknown])))
        ### END SOLUTION


# %% [markdown]
# Back to our network. How trustworthy are its probabilities for the four classes it knows, and what
# does a single temperature change? (The numbers beside the points count light curves.)

# %%
if __name__ == "__main__":
    tools = UncertaintyCalibration
    val = predict(bayesian, val_loader)
    test = predict(bayesian, make_loader(split.test.only(known)))
    temperature = tools.fit_temperature(val.y_true, val.y_prob)
    cooled = tools.apply_temperature(test.y_prob, temperature)
    for y_prob, when in ((test.y_prob, "before"), (cooled, f"after, T = {temperature:.2f}")):
        ece = tools.expected_calibration_error(test.y_true, y_prob)
        tools.reliability_diagram(test.y_true, y_prob, test.uncertainty).suptitle(
            f"{when}: expected calibration error {ece:.3f}"
        )
    plt.show()

# %% [markdown]
# The right panel is the same in both figures, and it is what we hoped for: where the network is
# uncertain, it is wrong more often. (With a few dozen light curves in a group, do not read too much
# into single points.)
#
# And the TDEs? They were never seen, so they should stand out.

# %%
if __name__ == "__main__":
    unseen = predict(bayesian, make_loader(split.test.only(["TDE"])))
    kinds = {
        "epistemic": (test.epistemic, unseen.epistemic),
        "aleatoric": (test.aleatoric, unseen.aleatoric),
        "total": (test.uncertainty, unseen.uncertainty),
    }
    fig, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    for ax, (kind, (of_known, of_unknown)) in zip(axes, kinds.items(), strict=True):
        bins = np.linspace(0, max(of_known.max(), of_unknown.max()), 25)
        for values, colour, name in ((of_known, "0.5", "known"), (of_unknown, "#cc79a7", "TDEs")):
            ax.hist(values, bins, density=True, histtype="step", color=colour, lw=2, label=name)
        ax.set(
            xlabel=f"{kind} uncertainty",
            title=f"AUROC {tools.unknown_auroc(of_known, of_unknown):.2f}",
        )
    axes[0].set_ylabel("density")
    axes[0].legend()
    plt.show()

    whole = tools.accuracy_after_rejection(test.y_true, test.y_prob, test.uncertainty, 0.0)
    rest = tools.accuracy_after_rejection(test.y_true, test.y_prob, test.uncertainty, 0.1)
    print(f"accuracy {whole:.3f}; without the most uncertain tenth {rest:.3f}")

# %% [markdown]
# ## Which model?
#
# A paper that presents a new architecture has a table in which the new one is best. It was trained
# longer than the others, its hyperparameters were tuned for weeks, and the calibration was not
# measured. A fair comparison treats all models alike: the same data, the same training, the same
# seed, and for each the same numbers, including the unflattering ones.
#
# ### 10.7 Side by side
#
# `train_and_evaluate_model` does all of it for one model. Four points:
#
# - **Each set has its task.** The training function gets the training and the validation set. The
#   temperature comes from the validation set. All other numbers come from the test set.
# - **The run ends, whatever happens.** Use the tracker in a `with` statement; all that belongs to
#   the run happens inside.
# - **Accuracy, balanced accuracy and F1 of the rare class** come from the function below: call it,
#   or look at how it does that. Ordinary numbers, please, or JSON will not take them.
# - **Time** is measured with `time.perf_counter()`. The training time is the time of `self.train`,
#   not of making the model or of asking it.


# %%
def classification_scores(y_true: np.ndarray, y_prob: np.ndarray) -> dict[str, float]:
    """Return accuracy, balanced accuracy and F1 of the rare class.

    Args:
        y_true: (n,) numbers of the true classes.
        y_prob: (n, num_classes) probabilities.
    """
    guess = y_prob.argmax(axis=1)
    rare_f1 = f1_score(y_true == RARE, guess == RARE, zero_division=0.0)  # if none was found
    return {
        "test_accuracy": float((guess == y_true).mean()),
        "balanced_accuracy": float(balanced_accuracy_score(y_true, guess)),
        "rare_event_f1": float(rare_f1),
    }


# %% part="10.7" points=1
class ModelComparison:
    """Trains models one after another and puts their results side by side.

    Attributes:
        project_name: the project of the runs.
        train: a function that trains: called with the model, the training loader and the validation
            loader, it returns the trained model and the history, like
            train_with_imbalance_handling.
        make_tracker: makes a tracker from the name of the project, like WandBExperimentTracker.
        n_samples: how many networks of a Bayesian model are asked, for `predict`.
        seed: a number for torch.manual_seed.
        results, predictions, models: for each model, by name: its numbers (see
            train_and_evaluate_model), its Predictions of the test set, and the trained model.
    """

    def __init__(
        self,
        project_name: str = "astro-model-comparison",
        train: Callable[..., tuple[nn.Module, Any]] = train_with_imbalance_handling,
        make_tracker: Callable[[str], Any] = WandBExperimentTracker,
        n_samples: int = 50,
        seed: int = 42,
    ) -> None:
        self.project_name = project_name
        self.train = train
        self.make_tracker = make_tracker
        self.n_samples = n_samples
        self.seed = seed
        self.results: dict[str, dict[str, float]] = {}
        self.predictions: dict[str, Predictions] = {}
        self.models: dict[str, nn.Module] = {}

    def train_and_evaluate_model(
        self,
        model_name: str,
        model_class: Callable[..., nn.Module],
        model_config: Mapping[str, Any],
        train_loader: DataLoader,
        val_loader: DataLoader,
        test_loader: DataLoader,
    ) -> dict[str, float]:
        """Train and measure a model in a run of the tracker, and keep the result under its name.

        The run is opened by start_experiment(model_config, model_name) of a tracker that
        self.make_tracker makes. In it, call torch.manual_seed(self.seed), make the model with
        model_class(**model_config), train it with self.train, and ask it with `predict` and
        self.n_samples. The result is logged with log_metrics, in one call. The run is finished even
        if anything raises an exception, which propagates to the caller.

        Args:
            model_name: a readable name, and the key in self.results.
            model_class: makes a model when it is called with the settings.
            model_config: the settings by name. It is not changed.
            train_loader, val_loader, test_loader: give batches (features, labels).

        Returns:
            The result, which is also put into self.results; the Predictions of the test set and the
            model go into self.predictions and self.models. Its values are plain Python numbers, of
            which classification_scores gives the first three:
            test_accuracy: the fraction of right answers, on the test set, as for all that follows;
            balanced_accuracy: the mean of the recall over the classes that occur in the test set
                (a class that is only predicted, or never appears, is left out);
            rare_event_f1: the F1 score of class number RARE; 0.0 if none was found;
            mean_uncertainty: the mean of the total uncertainty;
            calibration_error: the expected calibration error with 10 bins;
            temperature: from fit_temperature, on the validation set;
            scaled_calibration_error: the calibration error of the test set's probabilities at that
                temperature;
            parameters: how many numbers there are in model.parameters(), an int;
            training_seconds: the time that self.train took;
            inference_ms: the time it took to ask the model about the test set (`seconds` of the
                Predictions), in milliseconds per light curve.
        """
        ### BEGIN SOLUTION
        tools = UncertaintyCalibration
        with self.make_tracker(self.project_name) as tracker:
            tracker.start_experiment(model_config, model_name)
            torch.manual_seed(self.seed)
            model = model_class(**model_config)
            start = time.perf_counter()
            model, _ = self.train(model, train_loader, val_loader)
            training_seconds = time.perf_counter() - start
            val = predict(model, val_loader, self.n_samples)
            test = predict(model, test_loader, self.n_samples)
            temperature = tools.fit_temperature(val.y_true, val.y_prob)
            scaled = tools.apply_temperature(test.y_prob, temperature)
            result = {
                **classification_scores(test.y_true, test.y_prob),
                "mean_uncertainty": float(test.uncertainty.mean()),
                "calibration_error": tools.expected_calibration_error(test.y_true, test.y_prob),
                "temperature": temperature,
                "scaled_calibration_error": tools.expected_calibration_error(test.y_true, scaled),
                "parameters": sum(weights.numel() for weights in model.parameters()),
                "training_seconds": training_seconds,
                "inference_ms": 1000 * test.seconds / len(test.y_true),
            }
            tracker.log_metrics(result)
        self.results[model_name] = result
        self.predictions[model_name], self.models[model_name] = test, model
        return result
        ### END SOLUTION

    def compare_models(self, folder: str | Path | None = None) -> pd.DataFrame:
        """Return the results as a table, the best model first, and report them.

        With a folder, a report in Markdown and its figures are written there. In any case a run of
        the tracker gets the table and the figures.
        """
        table = pd.DataFrame.from_dict(self.results, orient="index")
        table = table.sort_values("balanced_accuracy", ascending=False)
        figures = {"comparison": plot_comparison(table, self.predictions)}
        for name, answers in self.predictions.items():
            figures[f"reliability_{name}"] = UncertaintyCalibration.reliability_diagram(
                answers.y_true, answers.y_prob, answers.uncertainty
            )
            figures[f"reliability_{name}"].suptitle(name)
        with self.make_tracker(self.project_name) as tracker:
            tracker.start_experiment({"models": list(table.index)}, "comparison")
            shown: dict[str, Any] = {name: wandb.Image(fig) for name, fig in figures.items()}
            shown["results"] = wandb.Table(dataframe=table.rename_axis("model").reset_index())
            tracker.log_metrics(shown)
            if folder is not None:
                report = write_report(Path(folder), table, figures)
                artifact = wandb.Artifact("comparison-report", type="report")
                artifact.add_dir(str(report.parent))
                tracker.run.log_artifact(artifact)
        for figure in figures.values():
            plt.close(figure)
        return table


# %% [markdown]
# The next two cells are complete. `compare_models` needs them for its report, and the experiment at
# the end stores each model that is finished, so that it need not be trained again.

# %%
TITLES = {
    "test_accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "rare_event_f1": "F1 of TDEs",
    "mean_uncertainty": "mean uncertainty",
    "calibration_error": "ECE",
    "temperature": "T",
    "scaled_calibration_error": "ECE at T",
    "parameters": "parameters",
    "training_seconds": "training [s]",
    "inference_ms": "inference [ms]",
}


def accuracy_interval(answers: Predictions, resamples: int = 500) -> np.ndarray:
    """Return bounds of the balanced accuracy, (2,), by a bootstrap within each class."""
    rng = np.random.default_rng(10)
    right = answers.y_prob.argmax(axis=1) == answers.y_true
    recalls = []
    for number in np.unique(answers.y_true):
        hits = right[answers.y_true == number]
        drawn = rng.integers(len(hits), size=(resamples, len(hits)))
        recalls.append(hits[drawn].mean(axis=1))  # (resamples,)
    return bootstrap_interval(np.mean(recalls, axis=0))


def plot_comparison(table: pd.DataFrame, predictions: Mapping[str, Predictions]) -> Figure:
    """Draw balanced accuracy with its interval, calibration before and after, and the costs."""
    names, rows = list(table.index), np.arange(len(table))
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4), layout="constrained")
    score = table["balanced_accuracy"].to_numpy()
    bounds = np.array([accuracy_interval(predictions[name]) for name in names]).T
    left.errorbar(score, rows, xerr=np.abs(bounds - score), fmt="o", color="#0072b2", capsize=4)
    left.plot(table["rare_event_f1"], rows, "D", color="#cc79a7", label="F1 of TDEs")
    left.set(xlabel="balanced accuracy (95% interval)")
    left.legend()
    middle.barh(rows - 0.2, table["calibration_error"], 0.38, color="0.6", label="before")
    middle.barh(rows + 0.2, table["scaled_calibration_error"], 0.38, color="#0072b2", label="at T")
    middle.set(xlabel="expected calibration error")
    middle.legend()
    for ax in (left, middle):
        ax.set_yticks(rows, names)
        ax.set_ylim(len(rows) - 0.4, -0.6)
    right.scatter(table["training_seconds"], table["inference_ms"], color="#d55e00")
    for name, row in table.iterrows():
        text = f"{name}\n{row['parameters']:.0f} parameters"
        right.annotate(text, (row["training_seconds"], row["inference_ms"]), (6, -4),
                       textcoords="offset points", fontsize=8)  # fmt: skip
    right.set(xlabel="training [s]", ylabel="inference [ms per light curve]", yscale="log")
    right.margins(x=0.35, y=0.2)
    return fig


def markdown_table(table: pd.DataFrame) -> str:
    """Return a table of numbers in Markdown."""
    lines = ["| model | " + " | ".join(TITLES[str(name)] for name in table) + " |"]
    lines.append("|---" + "|---:" * table.shape[1] + "|")
    for name, row in table.iterrows():
        figures = (f"{value:.0f}" if value > 999 else f"{value:.3g}" for value in row)
        lines.append(f"| {name} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def write_report(folder: Path, table: pd.DataFrame, figures: Mapping[str, Figure]) -> Path:
    """Write `report.md` and the figures that it shows, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    text = ["# Comparison of models", markdown_table(table)]
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=110)
        text.append(f"![{name}]({name}.png)")
    report = folder / "report.md"
    report.write_text("\n\n".join(text) + "\n", encoding="utf-8")
    return report


# %%
def store(
    folder: Path, model: nn.Module, result: Mapping[str, float], answers: Predictions
) -> None:
    """Write a trained model, its result and its predictions; all of it or nothing."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    save_checkpoint(unfinished, model, {}, 0, result)
    np.savez(unfinished / "predictions.npz", **vars(answers))
    unfinished.rename(folder)  # in one instant


def restore(folder: Path, model: nn.Module) -> tuple[dict[str, float], Predictions]:
    """Load what `store` wrote: the weights into a model, and the result and the predictions."""
    result = load_checkpoint(folder, model)["metrics"]
    with np.load(folder / "predictions.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    return result, Predictions(**columns | {"seconds": float(columns["seconds"])})


# %% [markdown]
# ## A larger space
#
# So far a sweep chose sizes and rates. Now it may choose the *architecture* as well, how time is
# encoded, the optimiser, its schedule, the loss, and how strongly the light curves are augmented:
# nineteen parameters in all. None of this is difficult by itself. The art is to build it from
# interchangeable parts.
#
# ### 10.8 Two more losses
#
# **Class-balanced weights** ([Cui et al. 2019](https://arxiv.org/abs/1901.05555)). Does the
# thousandth type Ia supernova teach as much as the first one? Hardly: it looks like those before
# it. If each new object overlaps a little with those already there, then $n$ objects are worth an
# *effective number* of $(1-\beta^n)/(1-\beta)$: one object counts 1, and however many there are,
# they never count for more than $1/(1-\beta)$. The weight of a class is inversely proportional to
# its effective number. With $\beta = 0$ all classes weigh the same, and with $\beta \to 1$ we are
# back at the weights of Exercise 8.
#
# **Label smoothing** ([Szegedy et al. 2016](https://arxiv.org/abs/1512.00567), section 7). A
# network that is told "TDE, probability 1" a thousand times becomes overconfident. Tell it 0.92 for
# a TDE and 0.02 for each other class, with the smoothing $\epsilon = 0.1$ and five classes:
# $q_c = (1-\epsilon)\,[c\ \mathrm{is\ true}] + \epsilon/5$. PyTorch's cross-entropy can do that.
# Our focal loss from Exercise 6 cannot, so write one that can:
#
# $$\mathrm{loss} = -\alpha \sum_c q_c\,(1-p_c)^\gamma \log p_c$$
#
# Without smoothing it is the focal loss. With $\gamma = 0$ and $\alpha = 1$ it is the
# cross-entropy with label smoothing. Two good tests, and both are free.


# %% part="10.8" points=1
def class_balanced_weights(counts: Tensor, beta: float = 0.999) -> Tensor:
    """Return a weight for each class by its effective number of objects (Cui et al. 2019, eq. 4).

    Args:
        counts: (num_classes,) whole numbers, how many objects of each class there are; not all 0.
        beta: from 0 to less than 1.

    Returns:
        (num_classes,) of dtype float32. The weight of a class with n > 0 objects is proportional to
        (1 - beta) / (1 - beta**n); the weight of a class without objects is 0. Together the weights
        add up to num_classes.

    Example:
        With beta = 0.5, the counts 1, 2 and 0 have effective numbers 1, 1.5 and 0. The weights are
        in proportion 1 to 0.667, and add up to 3: 1.8, 1.2 and 0.
    """
    ### BEGIN SOLUTION
    effective = (1 - beta ** counts.double()) / (1 - beta)  # (num_classes,)
    weights = torch.where(counts > 0, 1 / effective, 0.0)
    return (weights * len(counts) / weights.sum()).float()
    ### END SOLUTION


class SmoothFocalLoss(nn.Module):
    """The focal loss (Lin et al. 2017) with label smoothing (Szegedy et al. 2016).

    Attributes:
        alpha: a factor.
        gamma: how much easy cases are down-weighted, at least 0; with 0 they are not.
        label_smoothing: epsilon, from 0 to 1; 0 for none.
    """

    def __init__(
        self, alpha: float = 1.0, gamma: float = 2.0, label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma
        self.label_smoothing = label_smoothing

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            inputs: logits, shape (batch, num_classes).
            targets: the numbers of the true classes, shape (batch,), int64.

        Returns:
            A tensor without dimensions, through which gradients flow: the mean over the batch of
            -alpha times the sum over the classes c of q_c (1 - p_c)**gamma log(p_c), where p is the
            softmax of the logits, and q_c is 1 - epsilon + epsilon/num_classes for the true class
            and epsilon/num_classes for each other one. It is finite, even where p is as small as
            exp(-200). (With gamma < 1 the derivative is infinite at p = 1; what the gradient is
            there is up to you.)

        Example:
            With two classes, logits that give p = (0.5, 0.5), the first class true, alpha = 1,
            gamma = 1 and epsilon = 0.2, the loss is
            0.9 * 0.5 * 0.693 + 0.1 * 0.5 * 0.693 = 0.347.
        """
        ### BEGIN SOLUTION
        log_p = F.log_softmax(inputs, dim=-1)  # (batch, num_classes)
        num_classes = inputs.shape[-1]
        wanted = F.one_hot(targets, num_classes) * (1 - self.label_smoothing)
        wanted = wanted + self.label_smoothing / num_classes  # (batch, num_classes)
        error = (1 - log_p.exp()).clamp(min=1e-7)  # a power below 1 has no derivative at 0
        return -self.alpha * (wanted * error**self.gamma * log_p).sum(dim=-1).mean()
        ### END SOLUTION


# %% [markdown]
# ### Interchangeable parts
#
# The transformer of Exercise 7 has three replaceable parts: `time_embedding` turns times into
# vectors, `input_projection` turns measurements into vectors, and `transformer` lets the rows of a
# light curve talk to each other. Anything with the same shapes fits in. All of the next cells are
# complete; here is what they contain.
#
# | in place of | there is | which |
# |---|---|---|
# | `time_embedding` | `SinusoidalEncoding` | sines and cosines of fixed periods |
# | | `LearnedEncoding` | has a learned vector for each interval of time |
# | `input_projection` | `ConvolutionalProjection` | sees neighbouring observations together |
# | `transformer` | `RecurrentEncoder` | reads one observation after another, by LSTMs |
#
# A convolution with a shortcut around it, $x + f(x)$, is *residual* (He et al. 2015,
# [arXiv:1512.03385](https://arxiv.org/abs/1512.03385)): then a layer that has learnt nothing does
# no harm. So the *residual transformer* has residual convolutions before its transformer, and the
# *CNN-LSTM* has plain ones before its LSTMs. Everything else, the masked mean and the classifier,
# is inherited.


# %%
class SinusoidalEncoding(nn.Module):
    """Sines and cosines of fixed periods [days], as for positions in Vaswani et al. 2017."""

    def __init__(self, embed_dim: int, shortest: float = 2.0, longest: float = 1000.0) -> None:
        super().__init__()
        self.embed_dim = embed_dim
        pairs = math.ceil(embed_dim / 2)
        periods = torch.logspace(math.log10(shortest), math.log10(longest), pairs)
        self.register_buffer("frequencies", 2 * math.pi / periods)

    def forward(self, time: Tensor) -> Tensor:
        angles = time * self.get_buffer("frequencies")  # (batch, seq_len, pairs)
        both = torch.cat([angles.sin(), angles.cos()], dim=-1)
        return both[..., : self.embed_dim]  # (batch, seq_len, embed_dim)


class LearnedEncoding(nn.Module):
    """A learned vector for each interval of time; later intervals are longer."""

    def __init__(self, embed_dim: int, num_intervals: int = 64, longest: float = 1000.0) -> None:
        super().__init__()
        borders = torch.logspace(-1, math.log10(longest), num_intervals - 1)  # starting at 0.1 days
        self.register_buffer("borders", borders)
        self.vectors = nn.Embedding(num_intervals, embed_dim)

    def forward(self, time: Tensor) -> Tensor:
        interval = torch.bucketize(time.squeeze(-1).contiguous(), self.get_buffer("borders"))
        return self.vectors(interval)  # (batch, seq_len, embed_dim)


class ConvolutionalProjection(nn.Module):
    """Convolutions over neighbouring observations. Padding is zero before each of them."""

    def __init__(self, input_dim: int, width: int, residual: bool, num_blocks: int = 2) -> None:
        super().__init__()
        self.residual = residual
        self.linear = nn.Linear(input_dim, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(num_blocks))
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, width, kernel_size=3, padding=1) for _ in range(num_blocks)
        )

    def forward(self, rows: Tensor) -> Tensor:
        mask = observed(rows).unsqueeze(-1)  # (batch, seq_len, 1)
        hidden = self.linear(rows) * mask  # (batch, seq_len, width)
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            inner = (norm(hidden) * mask).transpose(1, 2)  # (batch, width, seq_len)
            outer = F.relu(convolution(inner)).transpose(1, 2) * mask
            hidden = hidden + outer if self.residual else outer
        return hidden


class RecurrentLayer(nn.Module):
    """An LSTM with dropout after it."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.dropout(self.lstm(hidden)[0])


class RecurrentEncoder(nn.Module):
    """LSTMs in place of a transformer. They need no mask: padding comes last, and is not read."""

    def __init__(self, width: int, num_layers: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(RecurrentLayer(width, dropout) for _ in range(num_layers))

    def forward(self, hidden: Tensor, src_key_padding_mask: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            hidden = layer(hidden)
        return hidden  # (batch, seq_len, width)


# %%
RECURRENT, CONVOLUTIONAL = ("lstm", "cnn_lstm"), ("cnn_lstm", "resnet_transformer")
TIME_ENCODINGS: dict[str, Callable[[int], nn.Module]] = {
    "time2vec": lambda embed_dim: Time2Vec(embed_dim=embed_dim),
    "sinusoidal": SinusoidalEncoding,
    "learned": LearnedEncoding,
}
ADVANCED_DEFAULTS: dict[str, Any] = {
    "architecture": "transformer",
    **SIZES,
    "time_encoding": "time2vec",
    "dropout": 0.1,
    "mc_dropout": True,
    "optimizer": "adam",
    "learning_rate": 2e-3,
    "weight_decay": 1e-4,
    "scheduler": "cosine",
    "label_smoothing": 0.0,
    "loss_type": "weighted_ce",
    "focal_gamma": 2.0,
    "focal_alpha": 1.0,
    "augmentation_prob": 0.8,
    "noise_augmentation": 0.1,
    "time_shift_augmentation": 10.0,
}


def advanced_infeasible(config: Mapping[str, Any]) -> str | None:
    """Return why no model can be built from a configuration, or None if one can."""
    settings = ADVANCED_DEFAULTS | dict(config)
    if settings["architecture"] in RECURRENT:  # an LSTM has no heads
        del settings["nhead"]
    return infeasible(settings)


def build_advanced_model(
    input_dim: int, num_classes: int = 5, max_seq_len: int = 100, **config: Any
) -> Time2VecTransformerEncoder:
    """Return a new model of the advanced space.

    Settings that are not given are those of ADVANCED_DEFAULTS. Raises ValueError with the reason if
    the configuration is infeasible.
    """
    if reason := advanced_infeasible(config):
        raise ValueError(reason)
    settings = ADVANCED_DEFAULTS | config
    architecture, width, time = (
        settings[name] for name in ("architecture", "d_model", "time_embed_dim")
    )
    recurrent = architecture in RECURRENT
    kind = BayesianTransformerEncoder if settings["mc_dropout"] else Time2VecTransformerEncoder
    model = kind(
        input_dim,
        d_model=width,
        nhead=1 if recurrent else settings["nhead"],
        num_layers=1 if recurrent else settings["num_layers"],
        time_embed_dim=time,
        num_classes=num_classes,
        max_seq_len=max_seq_len,
        dropout=settings["dropout"],
    )
    model.set_submodule("time_embedding", TIME_ENCODINGS[settings["time_encoding"]](time))
    if architecture in CONVOLUTIONAL:
        residual = architecture == "resnet_transformer"
        projection = ConvolutionalProjection(input_dim, width - time, residual)
        model.set_submodule("input_projection", projection)
    if recurrent:
        encoder = RecurrentEncoder(width, settings["num_layers"], settings["dropout"])
        model.set_submodule("transformer", encoder)
    if isinstance(model, BayesianTransformerEncoder):
        model.mc_dropout_rate = settings["dropout"]
        model._replace_dropout_layers()  # those of the new parts, at the rate of this model
    return model


# %% [markdown]
# `_replace_dropout_layers` is called twice for these models, and the second time it meets dropout
# of its own kind, which is an `nn.Dropout` too. Does yours cope with that?
#
# Next come the loss, the optimiser, its schedule, the augmentation and the training itself, and the
# published space with all its ranges. The score that the sweep maximises is
# $F_1\,(1 - \mathrm{ECE})$ on the validation set: find the TDEs, and do not be overconfident.


# %%
def make_advanced_loss(config: Mapping[str, Any], labels: Tensor) -> nn.Module:
    """Return the loss of a configuration; class weights come from the training labels."""
    smoothing = config["label_smoothing"]
    if config["loss_type"] == "focal":
        return SmoothFocalLoss(config["focal_alpha"], config["focal_gamma"], smoothing)
    counts = torch.bincount(labels, minlength=len(CLASS_NAMES))
    if config["loss_type"] == "class_balanced":
        weights = class_balanced_weights(counts)
    elif config["loss_type"] == "weighted_ce":
        weights = len(labels) / (len(CLASS_NAMES) * counts.clamp(min=1))
    else:
        raise ValueError(f"the loss {config['loss_type']!r} is not known")
    return nn.CrossEntropyLoss(weights, label_smoothing=smoothing)


def make_optimizer(config: Mapping[str, Any], model: nn.Module) -> Optimizer:
    """Return the optimiser of a configuration."""
    kinds: dict[str, Callable[..., Optimizer]] = {
        "adam": Adam,
        "adamw": AdamW,
        "sgd": partial(SGD, momentum=0.9),
    }
    rates = {"lr": config["learning_rate"], "weight_decay": config["weight_decay"]}
    return kinds[config["optimizer"]](model.parameters(), **rates)


def make_step(
    config: Mapping[str, Any], optimizer: Optimizer, num_epochs: int
) -> Callable[[float], None]:
    """Return a function of the validation loss that changes the learning rate after an epoch."""
    name = config["scheduler"]
    if name == "plateau":
        return ReduceLROnPlateau(optimizer, patience=3, factor=0.5).step
    if name == "none":
        return lambda val_loss: None
    kinds: dict[str, Callable[[], Any]] = {
        "cosine": lambda: CosineAnnealingLR(optimizer, T_max=num_epochs),
        "exponential": lambda: ExponentialLR(optimizer, gamma=0.95),
    }
    scheduler = kinds[name]()
    return lambda val_loss: scheduler.step()


class SometimesAugmented:
    """Augments a light curve with some probability, and otherwise leaves it as it is."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.probability = config["augmentation_prob"]
        self.vary = LightCurveAugmentation(
            noise_level=config["noise_augmentation"],
            time_shift_max=config["time_shift_augmentation"],
        )

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return self.vary(rows) if torch.rand(()).item() < self.probability else rows


def validate(model: nn.Module, loader: DataLoader, n_samples: int = 20) -> dict[str, float]:
    """Return cross-entropy, F1 of the rare class, calibration error and score of a model."""
    val = predict(model, loader, n_samples)
    of_truth = val.y_prob[np.arange(len(val.y_true)), val.y_true]
    f1 = f1_score(val.y_true == RARE, val.y_prob.argmax(axis=1) == RARE, zero_division=0.0)
    ece = UncertaintyCalibration.expected_calibration_error(val.y_true, val.y_prob)
    return {
        "val_loss": -float(np.log(of_truth.clip(1e-12)).mean()),
        "val_f1_rare_events": float(f1),
        "val_calibration_error": ece,
        "calibrated_rare_event_score": float(f1) * (1 - ece),
    }


def train_advanced(
    config: Mapping[str, Any] | None = None,
    should_stop: Callable[[int, float], bool] | None = None,
    *,
    split: Split,
    num_epochs: int = 10,
    folder: Path | None = None,
    seed: int = 42,
) -> dict[str, float]:
    """Train one model of the advanced space in a W&B run, and return its best validation metrics.

    What is not in `config` is taken from ADVANCED_DEFAULTS. With a folder, the weights of the best
    epoch are stored there, in a subfolder named `name_of(config)`.
    """
    with WandBExperimentTracker("astro-transient-optimization") as tracker:
        tracker.start_experiment({**ADVANCED_DEFAULTS, **(config or {})})
        settings = dict(tracker._open_run().config)
        torch.manual_seed(seed)
        model = build_advanced_model(split.train.n_features, **settings)
        train_set = replace(split.train, transform=SometimesAugmented(settings))
        train_loader, val_loader = make_loader(train_set, shuffle=True), make_loader(split.val)
        criterion = make_advanced_loss(settings, train_set.labels)
        optimizer = make_optimizer(settings, model)
        step = make_step(settings, optimizer, num_epochs)
        best: dict[str, float] = {}
        for epoch in range(num_epochs):
            train_loss = train_epoch(model, train_loader, optimizer, criterion)
            val = validate(model, val_loader)
            tracker.log_metrics({"epoch": epoch, "train_loss": train_loss, **val}, step=epoch)
            step(val["val_loss"])
            if not best or val["calibrated_rare_event_score"] > best["calibrated_rare_event_score"]:
                best = {"best_epoch": epoch, **val}
                if folder is not None:
                    save_checkpoint(folder / name_of(config or {}), model, settings, epoch, val)
            if should_stop and should_stop(epoch, val["calibrated_rare_event_score"]):
                break
        tracker._open_run().summary.update(best)
    return best


def name_of(config: Mapping[str, Any]) -> str:
    """Return a name for a configuration that depends on nothing but its values."""
    return hashlib.sha256(json.dumps(dict(config), sort_keys=True).encode()).hexdigest()[:12]


# %%
def create_advanced_sweep_config() -> dict[str, Any]:
    """Return the description of the sweep over architectures, as it was published."""
    return {
        "method": "bayes",
        "metric": {"name": "calibrated_rare_event_score", "goal": "maximize"},
        "parameters": {
            # architecture
            "architecture": {"values": ["transformer", "lstm", "cnn_lstm", "resnet_transformer"]},
            "d_model": {"distribution": "int_uniform", "min": 64, "max": 512},
            "nhead": {"values": [2, 4, 8, 16]},
            "num_layers": {"distribution": "int_uniform", "min": 2, "max": 12},
            # encoding of time
            "time_encoding": {"values": ["time2vec", "sinusoidal", "learned"]},
            "time_embed_dim": {"distribution": "int_uniform", "min": 16, "max": 128},
            # training
            "optimizer": {"values": ["adam", "adamw", "sgd"]},
            "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
            "weight_decay": {"distribution": "log_uniform_values", "min": 1e-6, "max": 1e-2},
            "scheduler": {"values": ["plateau", "cosine", "exponential", "none"]},
            # regularisation
            "dropout": {"distribution": "uniform", "min": 0.05, "max": 0.4},
            "mc_dropout": {"values": [True, False]},
            "label_smoothing": {"distribution": "uniform", "min": 0.0, "max": 0.2},
            # loss
            "loss_type": {"values": ["focal", "weighted_ce", "class_balanced"]},
            "focal_gamma": {"distribution": "uniform", "min": 0.5, "max": 3.0},
            "focal_alpha": {"distribution": "uniform", "min": 0.25, "max": 1.0},
            # augmentation
            "augmentation_prob": {"distribution": "uniform", "min": 0.0, "max": 0.8},
            "noise_augmentation": {"distribution": "uniform", "min": 0.01, "max": 0.1},
            "time_shift_augmentation": {"distribution": "uniform", "min": 0.0, "max": 10.0},
        },
    }


def create_laptop_sweep_config() -> dict[str, Any]:
    """Return the same space with small models only, which train in a minute."""
    sweep_config = create_advanced_sweep_config()
    sweep_config["parameters"] |= {
        "d_model": {"values": [48, 64]},
        "nhead": {"values": [2, 4]},
        "num_layers": {"values": [1, 2]},
        "time_embed_dim": {"values": [16]},
        "learning_rate": {"distribution": "log_uniform_values", "min": 5e-4, "max": 5e-3},
    }
    return sweep_config


# %% [markdown]
# ## The whole experiment
#
# Everything comes together in `main_experiment_pipeline`: data, five models side by side, a search
# among others, a model that has never seen a TDE, and a report. All sizes are arguments. With the
# defaults it takes about ten minutes on two cores.
#
# Programs like this get interrupted: somebody closes the laptop, or the time limit on the cluster
# is reached. So each stage writes what it has found to a folder, and if you call the pipeline again
# with the same settings, it skips what is already there. What is written must be *complete*: a
# half-written file looks like a finished one. That is why `store` above writes to a folder with
# another name, and renames it at the very end, which happens in one instant or not at all. And a
# folder that belongs to different settings is refused, since a report that mixes two experiments is
# worse than none.


# %%
def claim(folder: Path, settings: Mapping[str, Any]) -> None:
    """Make a folder for an experiment, or make sure that an existing one has the same settings."""
    folder.mkdir(parents=True, exist_ok=True)
    path, text = folder / "settings.json", json.dumps(dict(settings), indent=2, sort_keys=True)
    if path.exists() and path.read_text("utf-8") != text:
        raise ValueError(f"{folder} holds an experiment with other settings: take another folder")
    path.write_text(text, encoding="utf-8")


def models_to_compare(n_features: int) -> dict[str, tuple[Callable[..., nn.Module], dict]]:
    """Return the five models of the comparison by name: what makes them, and their settings."""
    lstm = {"input_size": n_features, "hidden_size": 64, "num_layers": 2, "num_classes": 5}
    transformer = {"input_dim": n_features, **SIZES}
    plain = transformer | {"mc_dropout": False}
    return {
        "baseline_lstm": (LightCurveLSTM, lstm),
        "time2vec_transformer": (Time2VecTransformerEncoder, transformer),
        "bayesian_transformer": (BayesianTransformerEncoder, transformer),
        "cnn_lstm": (build_advanced_model, plain | {"architecture": "cnn_lstm"}),
        "resnet_transformer": (
            build_advanced_model,
            plain | {"architecture": "resnet_transformer"},
        ),
    }


def usefulness(known: Predictions, unknown: Predictions | None = None) -> dict[str, float]:
    """Return how much the uncertainty of a model is worth."""
    tools = UncertaintyCalibration
    wrong = known.y_prob.argmax(axis=1) != known.y_true
    answers = (known.y_true, known.y_prob, known.uncertainty)
    numbers = {
        "accuracy": tools.accuracy_after_rejection(*answers, rejected=0.0),
        "accuracy_without_most_uncertain_tenth": tools.accuracy_after_rejection(*answers),
    }
    if 0 < wrong.sum() < len(wrong):
        right_ones, wrong_ones = known.uncertainty[~wrong], known.uncertainty[wrong]
        numbers["auroc_of_errors"] = tools.unknown_auroc(right_ones, wrong_ones)
    if unknown is not None:
        for kind in ("epistemic", "aleatoric", "uncertainty"):
            values = (getattr(known, kind), getattr(unknown, kind))
            numbers[f"auroc_of_unknown_class_by_{kind}"] = tools.unknown_auroc(*values)
    return numbers


def compare_all(
    comparison: ModelComparison,
    models: Mapping[str, tuple[Callable[..., nn.Module], dict]],
    loaders: Sequence[DataLoader],
    folder: Path,
) -> None:
    """Train and measure each model, or load it if it is in the folder already."""
    for name, (make, config) in models.items():
        if (folder / name).exists():
            print(f"{name}: found in {folder / name}")
            model = comparison.models[name] = make(**config)
            restored = restore(folder / name, model)
            comparison.results[name], comparison.predictions[name] = restored
        else:
            print(f"{name}: training")
            result = comparison.train_and_evaluate_model(name, make, config, *loaders)
            store(folder / name, comparison.models[name], result, comparison.predictions[name])


def unknown_class_experiment(
    comparison: ModelComparison, split: Split, folder: Path, unknown: str = "TDE"
) -> dict[str, float]:
    """Train a Bayesian transformer without one class, and see whether it is uncertain about it."""
    known = [name for name in CLASS_NAMES if name != unknown]
    loaders = (
        make_loader(split.train.only(known), shuffle=True),
        make_loader(split.val.only(known)),
        make_loader(split.test.only(known)),
    )
    settings = {"input_dim": split.train.n_features, **SIZES}
    inner = ModelComparison(
        comparison.project_name,
        comparison.train,
        comparison.make_tracker,
        comparison.n_samples,
        comparison.seed,
    )
    name = f"without_{unknown}"
    compare_all(inner, {name: (BayesianTransformerEncoder, settings)}, loaders, folder)
    strangers = replace(split.train.only([unknown]), transform=None)
    of_unknown = predict(inner.models[name], make_loader(strangers), comparison.n_samples)
    return usefulness(inner.predictions[name], of_unknown)


def best_of_sweep(
    table: pd.DataFrame, sweep_config: Mapping[str, Any], folder: Path, n_features: int
) -> tuple[nn.Module, dict[str, Any]]:
    """Return the model with the best score of a sweep, and its settings."""
    trial = table.loc[table[sweep_config["metric"]["name"]].idxmax()]
    for path in folder.glob("*/checkpoint.json"):
        config = json.loads(path.read_text("utf-8"))["config"]
        if all(config[name] == trial[name] for name in sweep_config["parameters"]):
            model = build_advanced_model(n_features, **config)
            load_checkpoint(path.parent, model)
            return model, config
    raise FileNotFoundError(f"the weights of the best trial are not in {folder}")


def main_experiment_pipeline(
    n_samples: int = 2000,
    num_epochs: int = 25,
    sweep_trials: int = 3,
    sweep_epochs: int = 8,
    folder: str | Path = "experiment",
    *,
    sweep_config: Mapping[str, Any] | None = None,
    models: Sequence[str] | None = None,
    seed: int = 42,
    progress: bool = True,
) -> dict[str, dict[str, float]]:
    """Run the whole experiment, or what is still missing of it, and return all results.

    Args:
        n_samples: how many light curves are simulated.
        num_epochs: for each model of the comparison.
        sweep_trials, sweep_epochs: how many models the sweep tries, and for how long.
        folder: where everything is written. Called again with the same settings, the pipeline
            resumes where it was interrupted.
        sweep_config: the space of the sweep; create_laptop_sweep_config() by default.
        models: names of the models in models_to_compare that take part; all by default.
        seed: makes the random numbers reproducible.
        progress: whether progress bars are shown.

    Returns:
        The results of the comparison by name of the model, and under "best_of_sweep" and
        "without_TDE" what the later stages found. `folder/report/report.md` has all of it.

    Raises:
        ValueError: if the folder holds an experiment with different settings.
    """
    folder = Path(folder)
    space = dict(sweep_config or create_laptop_sweep_config())
    settings = {"n_samples": n_samples, "num_epochs": num_epochs, "sweep_epochs": sweep_epochs}
    claim(folder, settings | {"sweep": space, "seed": seed})
    with wandb_environment(WANDB_DIR=str(folder.absolute()), WANDB_SILENT="true"):
        print("1. Light curves")
        split = make_split(n_samples, seed)
        n_features = split.train.n_features
        train_loader = make_loader(split.train, shuffle=True)
        loaders = train_loader, make_loader(split.val), make_loader(split.test)

        print("2. Models side by side")
        chosen = models_to_compare(n_features)
        chosen = {name: chosen[name] for name in models or chosen}
        comparison = ModelComparison(train=make_training(num_epochs, progress), seed=seed)
        compare_all(comparison, chosen, loaders, folder / "models")

        print("3. A search among others")
        trials = folder / "trials"
        train = partial(
            train_advanced, split=split, num_epochs=sweep_epochs, folder=trials, seed=seed
        )
        table = run_sweep(
            space, train, sweep_trials, storage=folder, name="advanced",
            refuse=advanced_infeasible, seed=seed,
        )  # fmt: skip

        print("4. How useful is the uncertainty?")
        found: dict[str, dict[str, float]] = {}
        if sweep_trials:
            winner, config = best_of_sweep(table, space, trials, n_features)
            answers = predict(winner, loaders[2], comparison.n_samples)
            found["best_of_sweep"] = usefulness(answers)
        found["without_TDE"] = unknown_class_experiment(comparison, split, folder / "models")

        print("5. The report")
        results = comparison.compare_models(folder / "report")
        if sweep_trials:
            found["best_of_sweep"]["score"] = float(table[space["metric"]["name"]].max())
            append_to_report(folder / "report", f"Best of the sweep: {config['architecture']}",
                             found["best_of_sweep"])  # fmt: skip
        append_to_report(folder / "report", "A class that was never seen", found["without_TDE"])
        print(results.round(3).to_string())
    return comparison.results | found


def append_to_report(folder: Path, title: str, numbers: Mapping[str, float]) -> None:
    """Add a section with a list of numbers to the report in a folder."""
    lines = [f"- {name.replace('_', ' ')}: {value:.3f}" for name, value in numbers.items()]
    with (folder / "report.md").open("a", encoding="utf-8") as report:
        report.write(f"\n## {title}\n\n" + "\n".join(lines) + "\n")


# %% [markdown]
# Here we go. Interrupt it if you like (the square button), and run the cell again: finished models
# are not trained a second time. To start over, delete the folder `experiment`, or name another one.
# Do so if you change a class above, since what is stored was made with the old one.

# %%
if __name__ == "__main__":
    results = main_experiment_pipeline()

# %%
if __name__ == "__main__":
    report = Path("experiment/report")
    for name in ("comparison", "reliability_bayesian_transformer"):
        fig, ax = plt.subplots(figsize=(15, 4.5), layout="constrained")
        ax.imshow(plt.imread(report / f"{name}.png"))
        ax.axis("off")
        plt.show()
    for name in ("without_TDE", "best_of_sweep"):
        print(name, json.dumps(results[name], indent=2))

# %% [markdown]
# Look at the intervals before you crown a winner. With 400 light curves in the test set, two models
# whose balanced accuracies differ by two percent are equally good as far as anyone can tell. What
# does differ is their cost. And one temperature, fitted in a second, does more for the calibration
# than the choice of the architecture.
#
# Then look at the numbers for the class that was never seen. An AUROC well above 0.5 means that the
# uncertainty notices *something*. One far below 1 means that you must not rely on it: many TDEs are
# taken for something known, and with high confidence. Only where its crowd has reason to disagree
# does a network know that it does not know.
#
# ## Extensions
#
# Three more parts earn bonus points. You do not need them for full marks.
#
# ### 10.E1 An ensemble
#
# Thinned networks are relatives: they share nearly all their weights. Networks that were trained
# *from different starting points* are strangers, and disagree more honestly. Such a **deep
# ensemble** (Lakshminarayanan et al. 2017) is simple and hard to beat; it takes as many training
# runs as it has members.
#
# Different starting points: each member needs its own seed *before it is made*, since its initial
# weights are drawn when it is made. And average the *probabilities*, not the logits. A single
# member that is very sure has huge logits and would outvote everybody.


# %% part="10.E1" points=1
def train_ensemble(
    make_model: Callable[[], nn.Module],
    train: Callable[[nn.Module], nn.Module],
    n_members: int = 5,
    seed: int = 0,
) -> list[nn.Module]:
    """Make and train the members of an ensemble, each from its own starting point. Bonus.

    Args:
        make_model: makes a new, untrained model.
        train: trains the model that it is given and returns it trained.
        n_members: how many members.
        seed: member number i = 0, 1, ... is made and trained after torch.manual_seed(seed + i).

    Returns:
        The trained models, as `train` returned them, in order.
    """
    ### BEGIN SOLUTION
    members = []
    for i in range(n_members):
        torch.manual_seed(seed + i)
        members.append(train(make_model()))
    return members
    ### END SOLUTION


def ensemble_predict(models: Sequence[nn.Module], features: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean probabilities of an ensemble, and how much its members disagree. Bonus.

    Each model is asked with forward_batch, in evaluation mode; afterwards its mode is what it was
    before (that of the model; the mode in which its parts are left does not matter). Gradients are
    switched off for this call only.

    Args:
        models: the members, at least one.
        features: (batch, seq_len, n_features), rows as in Exercise 5.

    Returns:
        The mean over the members of their probabilities (the softmax of their logits), (batch,
        num_classes); and the epistemic uncertainty, (batch,): the variance of the probabilities
        over the members (the divisor is their number), summed over the classes.

    Example:
        Two members that say (0.9, 0.1) and (0.5, 0.5) about a light curve have the mean (0.7, 0.3)
        and the epistemic uncertainty 2 * 0.2**2 = 0.08.
    """
    ### BEGIN SOLUTION
    answers = []
    with torch.no_grad():
        for model in models:
            was_training = model.training
            answers.append(forward_batch(model.eval(), features).softmax(dim=-1))
            model.train(was_training)
    samples = torch.stack(answers)  # (members, batch, num_classes)
    return samples.mean(dim=0), samples.var(dim=0, correction=0).sum(dim=-1)
    ### END SOLUTION


# %% [markdown]
# Five small residual transformers, again trained on four classes; this takes about two minutes. Is
# the ensemble better than its members, and do TDEs stand out?

# %%
if __name__ == "__main__":
    known_test = split.test.only(known)
    tests = {
        name: each.rows.to(place)
        for name, each in (("known", known_test), ("TDE", split.test.only(["TDE"])))
    }
    truth = known_test.labels.numpy()
    train_loader = make_loader(split.train.only(known), shuffle=True)
    small: dict[str, Any] = {
        **SIZES,
        "d_model": 32,
        "num_layers": 1,
        "architecture": "resnet_transformer",
    }
    members = train_ensemble(
        lambda: build_advanced_model(split.train.n_features, **small, mc_dropout=False),
        lambda model: make_training(20, progress=False)(model, train_loader, val_loader)[0],
    )
    table = {}
    for name, models in {**{f"member {i}": [m] for i, m in enumerate(members)},
                         "ensemble": members}.items():  # fmt: skip
        probabilities, disagreement = ensemble_predict(models, tests["known"])
        of_tde, disagreement_tde = ensemble_predict(models, tests["TDE"])
        y_prob = probabilities.double().cpu().numpy()
        total = [(p * (1 - p)).sum(dim=-1).cpu().numpy() for p in (probabilities, of_tde)]
        table[name] = {
            "accuracy": (y_prob.argmax(axis=1) == truth).mean(),
            "cross-entropy": -np.log(y_prob[np.arange(len(truth)), truth]).mean(),
            "ECE": tools.expected_calibration_error(truth, y_prob),
            "AUROC of TDEs, total": tools.unknown_auroc(*total),
            "AUROC of TDEs, epistemic": tools.unknown_auroc(
                disagreement.cpu().numpy(), disagreement_tde.cpu().numpy()
            ),
        }
    print(pd.DataFrame(table).T.round(3).to_string())

# %% [markdown]
# The cross-entropy of an ensemble is never worse than the mean of its members' cross-entropies,
# because the logarithm is concave. There is no such guarantee for the accuracy or the calibration:
# where members disagree, their mean is less sure of itself, and if they were right, it is
# underconfident. And look at the last column. Networks that all learnt from the same light curves
# agree on many TDEs, and are wrong. Disagreement is evidence of not knowing; agreement is not
# evidence of knowing.
#
# ### 10.E2 Which object next?
#
# A label costs an hour at a large telescope. You have a thousand light curves without labels and
# time for twenty spectra a week. Twenty at random? Or those about which the model is most
# uncertain? The second is **active learning** (Settles 2009, *Active Learning Literature Survey*):
# train, ask where it is uncertain, get the labels, and train again.
#
# It does not always help. Uncertain objects may be hopeless cases, whose labels teach nothing, and
# with a handful of labels the uncertainty is not worth much itself. Only a curve of accuracy
# against the number of labels can tell, repeated with several seeds, next to the curve for a
# *random* choice from the same start.


# %% part="10.E2" points=1
def active_learning(
    fit: Callable[[np.ndarray], Any],
    score: Callable[[Any], float],
    uncertainty: Callable[[Any, np.ndarray], np.ndarray],
    n_pool: int,
    *,
    strategy: str = "uncertain",
    n_start: int = 20,
    n_query: int = 20,
    n_rounds: int = 8,
    seed: int = 0,
) -> list[tuple[int, float]]:
    """Label objects of a pool step by step, and return how good the model is at each step. Bonus.

    The objects of the pool have the numbers 0, ..., n_pool - 1. At the beginning n_start of them,
    drawn at random, are labelled. Then, n_rounds times: fit a model to all that are labelled, note
    its score, and label n_query more. Random numbers come from np.random.default_rng(seed), and the
    n_start objects are the first thing drawn from it, so that both strategies start with the same
    ones.

    Args:
        fit: called with the numbers of the labelled objects, an array of distinct integers;
            returns a model.
        score: called with a model; returns its score.
        uncertainty: called with a model and an array of numbers of objects; returns the uncertainty
            of each of them, the larger the more uncertain.
        n_pool: the number of objects; at least n_start + n_rounds * n_query.
        strategy: of the objects not yet labelled, "uncertain" labels those about which the newest
            model is most uncertain, and "random" draws some.
        n_start, n_query, n_rounds: see above.
        seed: a different seed gives different random numbers; the same seed gives the same.

    Returns:
        For each round, in order, the number of labelled objects that the model was fitted to, and
        its score. (So the last n_query need not be chosen.)

    Raises:
        ValueError: for any other strategy, before a model is fitted, however many rounds there are.
            The message names it.

    Example:
        With n_start=20, n_query=10 and n_rounds=3 it may return [(20, 0.5), (30, 0.6), (40, 0.65)].
    """
    ### BEGIN SOLUTION
    if strategy not in ("uncertain", "random"):
        raise ValueError(f'the strategy is "uncertain" or "random", not {strategy!r}')
    rng = np.random.default_rng(seed)
    labelled = rng.choice(n_pool, n_start, replace=False)
    curve = []
    for _ in range(n_rounds):
        model = fit(labelled)
        curve.append((len(labelled), float(score(model))))
        waiting = np.setdiff1d(np.arange(n_pool), labelled)
        if strategy == "random":
            chosen = rng.choice(waiting, n_query, replace=False)
        else:
            chosen = waiting[np.argsort(uncertainty(model, waiting))[-n_query:]]
        labelled = np.concatenate([labelled, chosen])
    return curve
    ### END SOLUTION


# %% [markdown]
# Training a transformer a hundred times would take all night. The random forest of Exercise 8 with
# its 27 simple features trains in a fraction of a second, and its trees are a crowd as well. The
# bands are the 95% interval of the mean over the seeds.

# %%
if __name__ == "__main__":
    lightcurves, names = create_synthetic_transient_dataset(1500, MIXTURE, seed=11)
    rows = np.array([simple_features(lc) for lc in tqdm(lightcurves, desc="simple features")])
    numbers = np.array([CLASS_NAMES.index(name) for name in names])
    pool, held_back = np.arange(1000), np.arange(1000, 1500)

    def fit_forest(labelled: np.ndarray) -> RandomForestClassifier:
        forest = RandomForestClassifier(60, min_samples_leaf=2, random_state=0)
        return forest.fit(rows[labelled], numbers[labelled])

    def accuracy_of(forest: RandomForestClassifier) -> float:
        return balanced_accuracy_score(numbers[held_back], forest.predict(rows[held_back]))

    def doubt_of(forest: RandomForestClassifier, objects: np.ndarray) -> np.ndarray:
        p = forest.predict_proba(rows[objects])
        return (p * (1 - p)).sum(axis=1)

    fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for strategy, colour in (("uncertain", "#d55e00"), ("random", "#0072b2")):
        curves = [
            active_learning(fit_forest, accuracy_of, doubt_of, 1000, strategy=strategy,
                            n_rounds=10, seed=seed)
            for seed in tqdm(range(8), desc=strategy)
        ]  # fmt: skip
        labels = [count for count, _ in curves[0]]
        scores = np.array([[value for _, value in curve] for curve in curves])  # (seeds, rounds)
        mean, error = scores.mean(axis=0), scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
        ax.plot(labels, mean, "o-", color=colour, label=f"{strategy} objects")
        ax.fill_between(labels, mean - 2.36 * error, mean + 2.36 * error, color=colour, alpha=0.2)
    ax.set_xlabel("number of labels")
    ax.set_ylabel("balanced accuracy on 500 others")
    ax.legend()
    plt.show()

# %% [markdown]
# (2.36 is the 97.5% point of Student's distribution for eight seeds.)
#
# ### 10.E3 While the alerts come in
#
# A survey sends an **alert** for each observation. A classifier in the stream keeps the light curve
# of each object so far, adds what has arrived, and answers at once: class, probability,
# uncertainty. At first it should be uncertain, and then less and less.
#
# Streams are untidy. Alerts of many objects are mixed. Some arrive late, after newer ones. And
# brokers promise that each alert is delivered *at least* once, which means that some come twice. A
# second copy is not a second observation.
#
# How fast is fast enough? What counts is not the mean but the slow ones: if one answer in a hundred
# takes two seconds, a hundred thousand alerts a night mean a thousand complaints. So the time to
# answer is given in **percentiles**: the time within which 50%, 90% or 99% of all answers arrived.


# %% part="10.E3" points=1
class LiveClassifier:
    """Answers each alert in a stream from what is known about its object so far. Bonus.

    Attributes:
        model: has a method forward_with_uncertainty, like BayesianTransformerEncoder.
        class_names: class number i is called class_names[i].
        n_samples: how many networks are asked.
        observations: the observations so far, by object.
        seconds: for each answer, the time that it took.
    """

    def __init__(
        self, model: Any, class_names: Sequence[str] = CLASS_NAMES, n_samples: int = 20
    ) -> None:
        self.model = model
        self.class_names = list(class_names)
        self.n_samples = n_samples
        self.observations: dict[str, list[Observation]] = {}
        self.seconds: list[float] = []

    def features_of(self, object_id: str) -> Tensor:
        """Return the features (1, 100, n_features) of what is known about an object."""
        lightcurve = TransientLightCurve(self.observations[object_id], object_id)
        name = self.class_names[0]  # a dataset needs a label; nobody will look at it
        return LightCurveDataset([lightcurve], [name], classes=self.class_names)[0][0].unsqueeze(0)

    def answer(self, object_id: str, observation: Observation) -> dict[str, Any]:
        """Add an observation to its object and classify the object.

        Bonus.

        The observation goes into self.observations[object_id]. If one with the same MJD in the same
        band is there already, the new one is a second copy and is not added, whatever its flux.
        (Late observations need no special care: a light curve sorts them.) The features come from
        self.features_of(object_id); model.forward_with_uncertainty gets them with their times and
        lengths from unpack_batch, and n_samples=self.n_samples. The time that all of this took, in
        seconds, is appended to self.seconds. A second copy is answered and timed as well.

        Args:
            object_id: the object's name.
            observation: mjd [days], flux, flux_err, band. It is not changed.

        Returns:
            A dictionary with
            object_id: as given;
            n_observations: how many observations of this object are known now;
            label: the name of the class with the largest mean probability;
            probability: that probability, a float;
            uncertainty: the sum of epistemic and aleatoric uncertainty, a float.
        """
        ### BEGIN SOLUTION
        start = time.perf_counter()
        known = self.observations.setdefault(object_id, [])
        moment = (observation["mjd"], observation["band"])
        if moment not in [(each["mjd"], each["band"]) for each in known]:
            known.append(dict(observation))
        features = self.features_of(object_id)
        found = self.model.forward_with_uncertainty(
            features, *unpack_batch(features), n_samples=self.n_samples
        )
        probability, number = found["predictions"][0].max(dim=-1)
        uncertainty = found["epistemic_uncertainty"][0] + found["aleatoric_uncertainty"][0]
        self.seconds.append(time.perf_counter() - start)
        return {
            "object_id": object_id,
            "n_observations": len(known),
            "label": self.class_names[int(number)],
            "probability": float(probability),
            "uncertainty": float(uncertainty),
        }
        ### END SOLUTION

    def latency_percentiles(
        self, percentiles: Sequence[float] = (50, 90, 99)
    ) -> dict[float, float]:
        """Return how long answers took.

        Bonus.

        Args:
            percentiles: numbers from 0 to 100.

        Returns:
            For each percentile its value in self.seconds, in milliseconds, interpolated linearly as
            np.percentile does; a dictionary of floats.

        Raises:
            ValueError: if there has been no answer yet.

        Example:
            Answers that took 0.001, 0.002 and 0.009 s have the percentiles {50: 2.0, 100: 9.0} for
            (50, 100).
        """
        ### BEGIN SOLUTION
        if not self.seconds:
            raise ValueError("there was no answer yet")
        return {q: 1000 * float(np.percentile(self.seconds, q)) for q in percentiles}
        ### END SOLUTION


# %% [markdown]
# A night in fast forward: twenty objects of the test set, all their observations in order of the
# time since each object's first, mixed as they would arrive, with one in twenty delivered twice.
# The model is the Bayesian transformer of the experiment.

# %%
if __name__ == "__main__":
    model = BayesianTransformerEncoder(split.train.n_features, **SIZES)
    restore(Path("experiment/models/bayesian_transformer"), model)
    stream = make_split(2000).test_lightcurves[:20]
    alerts = []
    rng = np.random.default_rng(10)
    for lc in stream:
        for row in lc:
            times_sent = 2 if rng.random() < 0.05 else 1
            alerts += times_sent * [(row["mjd"] - lc.data["mjd"].min(), lc, row)]
    alerts.sort(key=lambda alert: alert[0])

    live = LiveClassifier(model)
    history = []
    for day, lc, row in tqdm(alerts, desc="alerts"):
        said = live.answer(lc.object_id, row)
        history.append({"day": day, "truth": lc.transient_type, **said})
    night = pd.DataFrame(history)
    print({q: f"{ms:.1f} ms" for q, ms in live.latency_percentiles().items()})

# %%
if __name__ == "__main__":
    night["right"] = night["label"] == night["truth"]
    steps = pd.cut(night["n_observations"], [0, 2, 5, 10, 20, 40, 100])
    summary = night.groupby(steps, observed=True)[["right", "uncertainty"]].mean()
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4), layout="constrained")
    positions = np.arange(len(summary))
    left.plot(positions, summary["right"], "o-", color="#0072b2", label="fraction right")
    left.plot(positions, summary["uncertainty"], "s-", color="#d55e00", label="mean uncertainty")
    texts = [f"{step.left + 1:.0f}-{step.right:.0f}" for step in summary.index]
    left.set_xticks(positions, texts)
    left.set(xlabel="observations so far", ylim=(0, 1))
    left.legend()
    one = next(lc for lc in stream if lc.transient_type == "TDE")
    path = night[night["object_id"] == one.object_id]
    plot_flux(middle, one)
    middle.set(ylabel="flux", title=f"{one.object_id}, a TDE")
    right.plot(path["day"], path["uncertainty"], color="0.6", label="uncertainty")
    for label, told in path.groupby("label"):
        right.plot(told["day"], told["probability"], "o", color=COLOURS[str(label)], label=label)
    right.set(xlabel="time [days]", ylabel="probability of the label", ylim=(0, 1.25))
    right.legend(fontsize="small", ncols=3)
    plt.show()

# %% [markdown]
# ## Where to go next
#
# You have come a long way: from a decorator that measures seconds to a crowd of networks that
# knows, within limits that you have measured, what it does not know.
#
# - Set `mc_layers` to the number of layers, and compare usefulness and time. Is the crowd more
#   useful if it is more diverse?
# - Hide another class. Why are some unknown classes easier to notice than others?
# - Calibrate each class separately. Is one temperature enough for the rare one?
# - In the **final project** all of this meets ZTF: real alerts, real gaps, and objects that nobody
#   invented.
