# %% [markdown]
# # Exercise 7: Time2Vec and a transformer for light curves
#
# **Time:** 75 to 100 minutes, and about 40 more for the extensions.
#
# **You will learn** to
#
# - turn a time into a vector in which a network can see periods: **Time2Vec**;
# - explain what a *position* in a sequence is, and why it is not a time;
# - build a **transformer encoder** and understand what its attention does;
# - hide padding from attention and from averages with *masks*;
# - show by experiment that a network cannot see what it should not see.
#
# You need to know PyTorch's modules and training loops, as in Exercise 6, and the rows that the
# dataset of Exercise 5 makes of light curves.
#
# **Further reading**
#
# - S. M. Kazemi et al., *Time2Vec: Learning a Vector Representation of Time*,
#   [arXiv:1907.05321](https://arxiv.org/abs/1907.05321).
# - A. Vaswani et al., *Attention Is All You Need*,
#   [arXiv:1706.03762](https://arxiv.org/abs/1706.03762): the transformer.
# - R. Xiong et al., *On Layer Normalization in the Transformer Architecture*,
#   [arXiv:2002.04745](https://arxiv.org/abs/2002.04745): why ours normalises first.
# - T. Allam and J. D. McEwen, *Paying Attention to Astronomical Transients*,
#   [arXiv:2105.06178](https://arxiv.org/abs/2105.06178): one of the first for supernovae.

# %% [markdown]
# ## The seventh row is not the seventh day
#
# A transformer looks at all rows of a sequence at once, and by itself it does not know their order:
# shuffle the rows, and it sees the same *set*. For sentences, a vector that encodes the position is
# therefore added to each word: usually sines and cosines of the position's number. Word seven is
# word seven.
#
# A light curve is not like that. Between its sixth and seventh rows there may be an hour, a week of
# clouds, or the half year when the Sun was too close. A sine of the row number would tell the
# network how often somebody looked, but not when. What we need is an embedding of the *time*.
#
# There is a second reason. Nature has periods: the day, the month, the orbit of a binary, the
# pulsation of a star. A sine has a period as well. If the network may choose the periods of its
# sines, it can find those of the sky.

# %% [markdown]
# ## How this notebook works
#
# Methods marked `TODO` are yours to write: delete the line `raise NotImplementedError(...)` and put
# your code in its place. The docstring of a method says exactly what it should do. `check("7.1")`
# says what works and what does not, and `hint("7.1")`, in a cell of your own, helps if you are
# stuck. In a terminal, `grader check 7` checks the whole notebook at once.
#
# The class cell of the encoder holds several parts. After a change, run it again, **and also the
# cells of the subclasses below it**: a subclass keeps the base class that existed when its cell was
# run. Models made earlier keep the old methods, too.

# %%
import math
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from solutions.ex05_light_curve_dataset import (
    BANDS,
    CLASSES,
    FIRST_BAND,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import (
    evaluate_model,
    rescale,
    resolve_device,
    train_epoch,
    unpack_batch,
)

# %% [markdown]
# One supernova, observed by two surveys. Plotted against the row number, they tell different
# stories; plotted against time, it is the same one.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(7)
    frequent = np.sort(rng.uniform(-20, 70, 45))
    seldom = np.sort(np.concatenate([rng.uniform(-20, 8, 10), rng.uniform(35, 70, 5)]))

    fig, axes = plt.subplots(1, 2, figsize=(11, 3.6), sharey=True, layout="constrained")
    for days, colour, marker, name in (
        (frequent, "#0072b2", "o", "a survey of every other night"),
        (seldom, "#d55e00", "s", "one with fewer nights, and clouds"),
    ):
        flux = 1.55 * np.exp(-days / 21) / (1 + np.exp(-days / 3.5))
        flux = flux + rng.normal(0, 0.02, len(days))
        for ax, x in zip(axes, (np.arange(len(days)), days), strict=True):
            ax.plot(x, flux, marker, color=colour, markersize=4, label=name)
    axes[0].set_xlabel("number of the row")
    axes[1].set_xlabel("time [days]")
    axes[0].set_ylabel("flux [peak = 1]")
    axes[1].legend()
    plt.show()

# %% [markdown]
# ### Days, not dates
#
# The rows of Exercise 5 hold *days since the first observation*, and for good reason. PyTorch
# computes in 32 bits, which is about seven digits. Five of them are used up by the 59000 days that
# have passed since 1858, when MJD began:

# %%
if __name__ == "__main__":
    step = np.spacing(np.float32(59000.5))
    print(f"next to MJD 59000.5 float32 has steps of {step:.5f} d = {step * 1440:.1f} minutes")
    print(f"next to day 150.5 they are {np.spacing(np.float32(150.5)) * 86400:.1f} seconds")

    mjd = 59000 + np.float64(0.123)
    for period in (0.5, 0.05):
        exact = math.sin(2 * math.pi * mjd / period)
        single = torch.sin(2 * math.pi / period * torch.tensor(mjd, dtype=torch.float32)).item()
        print(f"sine of period {period} d: {exact:+.3f}; from an MJD in float32: {single:+.3f}")

# %% [markdown]
# Nothing warns you. The pulsation of a star with a period of an hour would turn into noise, and so
# would the order of two exposures in the same night.

# %% [markdown]
# ## Time2Vec
#
# Time2Vec turns a time $t$ into a vector with the components
#
# $$
# \mathrm{t2v}(t)_0 = w_0\,t + b_0, \qquad
# \mathrm{t2v}(t)_i = \sin(w_i\,t + b_i) \quad (i = 1, 2, \dots)
# $$
#
# All frequencies $w_i$ [rad per day] and phases $b_i$ [rad] are learned. The linear component is
# for trends, such as the fading of a supernova; the others are for what repeats. With its own
# phase, each sine can be a cosine, or anything in between.
#
# A shift of all times by $s$ has a simple effect: the linear component grows by $w_0 s$, and the
# angle of each sine by $w_i s$. So a network can work with *differences* of times, wherever the
# light curve begins. Try to see this from the formula; the check tests it.
#
# Sines need a good start. A gradient tells a sine how to change its frequency only if it is almost
# right already: over 150 days, a period of 10 days and one of 11 fall out of step. So the method
# `set_time_scales`, which is written for you, spreads the periods from 2 to 1000 days, each longer
# than the one before by the same factor. Then some sine is not far from any rhythm of interest.
#
# ### 7.1 Time2Vec
#
# Two layers will do: `nn.Linear` computes $w\,t + b$, with as many components as you ask for.
# `torch.cat([one, other], dim=-1)` puts tensors side by side.


# %% part="7.1" points=2.5
class Time2Vec(nn.Module):
    """A vector for each time: one linear component, and periodic ones (Kazemi et al. 2019).

    t2v(t)[0] = w0 t + b0 and t2v(t)[i] = sin(wi t + bi) for i = 1, ..., embed_dim - 1. All w [rad
    per day] and b [rad] are parameters, which are learned.
    """

    def __init__(self, input_dim: int = 1, embed_dim: int = 64) -> None:
        """Make the layers self.linear and self.periodic.

        Args:
            input_dim: how many numbers a time consists of, usually 1. With more, w t is a scalar
                product.
            embed_dim: the number of components of the embedding, one of which is linear.

        Attributes:
            linear: nn.Linear(input_dim, 1), which holds w0 and b0.
            periodic: nn.Linear(input_dim, embed_dim - 1), which holds the other w and b.

        The last line, self.set_time_scales(), gives both layers their initial values and is already
        there. (If you would rather hold the parameters in another way, replace that line with
        initial values of your own, with a different frequency for each sine. Only the plot below
        then has to go.)

        Raises:
            ValueError: If embed_dim is less than 1. The message names the number. (1 is the linear
                component alone.)
        """
        super().__init__()
        ### BEGIN SOLUTION
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1)
        ### END SOLUTION
        self.set_time_scales()

    @torch.no_grad()
    def set_time_scales(self, shortest: float = 2.0, longest: float = 1000.0) -> None:
        """Spread the periods [days] evenly in the logarithm, with random phases."""
        count, input_dim = self.periodic.weight.shape
        periods = torch.logspace(math.log10(shortest), math.log10(longest), count)
        frequencies = 2 * math.pi / periods.unsqueeze(1)  # (embed_dim - 1, 1) [rad per day]
        self.periodic.weight.copy_(frequencies.expand(-1, input_dim))
        self.periodic.bias.uniform_(-math.pi, math.pi)
        self.linear.weight.fill_(0.01)  # 100 days give a number of order 1
        self.linear.bias.zero_()

    def forward(self, time: Tensor) -> Tensor:
        """Return the embeddings of times.

        Args:
            time: (batch, seq_len, input_dim), in days since each light curve's first observation.

        Returns:
            (batch, seq_len, embed_dim) of float32: first the linear component, then the periodic
            ones. The embedding of a time depends on that time alone.

        Example:
            With two components, w = (0.01, 0.5) per day and b = (0, 0.1):

            the time 10.0 gives (0.01 * 10, sin(0.5 * 10 + 0.1)) = (0.1, -0.926).
        """
        ### BEGIN SOLUTION
        return torch.cat([self.linear(time), torch.sin(self.periodic(time))], dim=-1)
        ### END SOLUTION


# %% [markdown]
# ### Does it find a period?
#
# Let us plant one. A star pulsates with a period of 11.3 days; it was observed on 120 nights in
# half a year, never around full moon, with noise of half its amplitude. Next to it is an active
# galaxy, whose brightness follows a random walk: it is never the same twice.
#
# The model is Time2Vec and *one* linear layer, so that each sine gets a weight. The loss has a term
# that grows with the absolute values of the weights (an L1 penalty), which makes the model use as
# few sines as it can. The sines that are left show what it has found.


# %%
def observing_nights(rng: np.random.Generator, nights: int = 180, count: int = 120) -> np.ndarray:
    """Invent times of observations [days]: at most one a night, none around full moon."""
    days = np.arange(nights) + rng.uniform(0.1, 0.4, nights)
    dark = np.flatnonzero(np.arange(nights) % 29 > 5)
    return np.sort(days[rng.choice(dark, count, replace=False)])


def fit_sines(
    days: np.ndarray, flux: np.ndarray, steps: int = 600, thrift: float = 0.05
) -> tuple[Time2Vec, nn.Linear]:
    """Fit Time2Vec and a linear layer to a signal, with as few components as possible."""
    torch.manual_seed(7)
    time2vec, head = Time2Vec(), nn.Linear(64, 1)
    nn.init.zeros_(head.weight)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    optimizer.add_param_group({"params": time2vec.parameters(), "lr": 0.001})
    time = torch.tensor(days, dtype=torch.float32).reshape(1, -1, 1)  # (1, seq_len, 1)
    target = torch.tensor(flux, dtype=torch.float32).reshape(1, -1, 1)
    for _ in tqdm(range(steps), leave=False):
        optimizer.zero_grad()
        loss = F.mse_loss(head(time2vec(time)), target) + thrift * head.weight.abs().sum()
        loss.backward()
        optimizer.step()
    return time2vec, head


def sine_power(days: np.ndarray, flux: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Fraction of the variance that a sine of each period explains (least squares)."""
    scatter = flux - flux.mean()
    power = []
    for period in periods:
        angle = 2 * np.pi * days / period
        columns = np.column_stack([np.sin(angle), np.cos(angle), np.ones_like(angle)])
        model = columns @ np.linalg.lstsq(columns, scatter)[0]
        power.append(1 - np.sum((scatter - model) ** 2) / np.sum(scatter**2))
    return np.array(power)


# %%
if __name__ == "__main__":
    planted = 11.3  # days
    rng = np.random.default_rng(2)
    days = observing_nights(rng)
    walk = np.zeros(len(days))
    for i, gap in enumerate(np.diff(days), 1):  # a damped random walk that forgets in 40 days
        kept = np.exp(-gap / 40)
        walk[i] = kept * walk[i - 1] + rng.normal(0, np.sqrt(1 - kept**2))
    signals = {
        "a pulsating star": np.sin(2 * np.pi * days / planted + 1) + rng.normal(0, 0.5, len(days)),
        "an active galaxy": walk + rng.normal(0, 0.2, len(days)),
    }
    periods = np.geomspace(2, 1000, 1500)

    fig, axes = plt.subplots(3, 2, figsize=(12, 8.5), sharey="row", layout="constrained")
    for (title, signal), (top, middle, bottom) in zip(signals.items(), axes.T, strict=True):
        flux = (signal - signal.mean()) / signal.std()
        time2vec, head = fit_sines(days, flux)
        found = 2 * np.pi / time2vec.periodic.weight.detach().abs().flatten().numpy()
        weights = head.weight.detach().flatten().abs().numpy()[1:]
        fine = torch.linspace(0, 180, 1000).reshape(1, -1, 1)
        with torch.no_grad():
            top.plot(fine.flatten(), head(time2vec(fine)).flatten(), color="#d55e00")
        top.plot(days, flux, ".", color="#333333")
        top.set(title=title, xlabel="time [days]")
        middle.vlines(found, 0, weights, color="#0072b2")
        middle.plot(found, weights, "o", color="#0072b2", markersize=4)
        middle.set(xscale="log", xlim=(1.8, 1100))
        bottom.plot(periods, sine_power(days, flux, periods), color="#009e73", linewidth=1)
        bottom.set(xscale="log", xlim=(1.8, 1100), ylim=(0, 1), xlabel="period [days]")
        if title == "a pulsating star":
            print(f"planted: {planted} d, heaviest sine: {found[weights.argmax()]:.2f} d")
            for ax in (middle, bottom):
                ax.axvline(planted, color="#d55e00", linestyle="--", zorder=0)
    axes[0, 0].set_ylabel("brightness [standard deviations]")
    axes[1, 0].set_ylabel("weight of the sine")
    axes[2, 0].set_ylabel("variance explained by a sine")
    plt.show()

# %% [markdown]
# The dots in the middle are the 63 sines, at the periods that they have learned. For the star, one
# of them sits on the planted period (dashed) and outweighs all others, which fit the noise. The
# bottom row is the classical way to look for a period, a least-squares fit of a sine at each trial
# period, and it agrees. For the galaxy no single sine stands out. The weight is spread over long
# periods: slow changes of every kind, but no clock.
#
# ### 7.2 Position as well as time
#
# Sometimes the row number does mean something: the first detection, the second look. So one can put
# a *learned* vector for each position beside the embedding of the time. `nn.Embedding(n, dim)` is a
# table of `n` learned vectors, and calling it with a tensor of numbers looks them up.
#
# Such a table has an end. What should happen to row 101, if there are 100? Think of the person who
# reads the error message.


# %% part="7.2" points=1.5
class PositionalTime2Vec(nn.Module):
    """The embedding of the time, and beside it a learned vector for the position in the sequence.

    Attributes:
        time2vec: the embedding of times.
    """

    def __init__(
        self, time_embed_dim: int = 64, pos_embed_dim: int = 64, max_seq_len: int = 100
    ) -> None:
        """Add a table of learned vectors to self.time2vec, which is there already.

        Args:
            time_embed_dim: the number of components of the embedding of a time.
            pos_embed_dim: the number of components of the vector of a position.
            max_seq_len: the number of positions, 0, 1, ..., max_seq_len - 1. Each has its own
                learned vector, which may start with any values.

        The attributes may have any names.
        """
        super().__init__()
        self.time2vec = Time2Vec(embed_dim=time_embed_dim)
        ### BEGIN SOLUTION
        self.positions = nn.Embedding(max_seq_len, pos_embed_dim)
        ### END SOLUTION

    def forward(self, time: Tensor) -> Tensor:
        """Return the embeddings of times and of their positions, side by side.

        Args:
            time: (batch, seq_len, 1), in days since each light curve's first observation.

        Returns:
            (batch, seq_len, time_embed_dim + pos_embed_dim) of float32: what self.time2vec gives,
            and after it the vector of the row's position. The first row of each light curve has
            position 0. The vectors of positions are parameters; they depend neither on the times
            nor on the light curve.

        Raises:
            ValueError: If seq_len is greater than max_seq_len. The message names both numbers.

        Example:
            With 4 and 3 components, times of shape (16, 50, 1) give embeddings of shape
            (16, 50, 7).
        """
        ### BEGIN SOLUTION
        batch, seq_len, _ = time.shape
        if seq_len > self.positions.num_embeddings:
            limit = self.positions.num_embeddings
            raise ValueError(f"{seq_len} rows are too many: there are {limit} positions")
        position = self.positions(torch.arange(seq_len, device=time.device))  # (seq_len, pos)
        position = position.expand(batch, -1, -1)  # (batch, seq_len, pos)
        return torch.cat([self.time2vec(time), position], dim=-1)
        ### END SOLUTION


# %% [markdown]
# ## A transformer for light curves
#
# **Attention** lets every observation ask all others. From each row three vectors are computed: a
# *query* (what am I looking for?), a *key* (what do I have?) and a *value* (what would I answer?).
# The query of one row is compared with the keys of all rows, by scalar products. A softmax turns
# these into weights that are positive and add up to 1, and the answer is the mean of the values
# with those weights:
#
# $$
# \mathrm{attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right) V
# $$
#
# An observation on the rise can look for one in another band in the same night, and get a colour;
# or for one a month later, and get a rate of decline. Several *heads* do this at the same time,
# each with its own queries, keys and values. A *layer* is attention, followed by a small network
# for each row, and both add to what was there instead of replacing it. Our encoder is a stack of
# layers. It compares every row with every other row, so twice the length costs four times the work.
# That is why the length has a limit.
#
# **Padding** must be invisible. In a batch all light curves have as many rows as the longest; the
# rest is zeros. There are two places where they could leak in:
#
# - *Attention.* A row of zeros has a key as well, and would get a weight. A **padding mask** says
#   which keys to ignore: their scalar product becomes minus infinity, and softmax turns that into
#   0.
# - *The mean over rows* at the end, which turns a light curve into one vector. If padding is
#   counted, a light curve of 10 observations among 90 rows of padding is diluted to a tenth. So it
#   must be a **masked mean**: the sum over observations, divided by the number of *observations*.
#
# And there is one place where masking can backfire: if an object has no observations at all, there
# is nothing to attend to. A softmax over nothing is 0/0, that is NaN, and a single NaN in a loss
# ruins the whole network. Whether it happens depends on which implementation PyTorch chooses:
# version 2.13, on a CPU, gives NaN in evaluation and finite numbers in training.
#
# The next cell has four methods of one class, which make up three parts.
#
# ### 7.3 The encoder's layers
#
# The embedding of a row has `d_model` components: `time_embed_dim` for its time, and what is left
# for its measurements. Every head gets an equal share of them. Not every combination of sizes is
# possible, and anyone who tries one that is not should be told straight away which two numbers do
# not fit.
#
# `nn.TransformerEncoder(layer, num_layers)` makes copies of a layer, such as
# `nn.TransformerEncoderLayer(d_model, nhead, ...)`. Look up its arguments with `help`. Without
# `batch_first=True` it takes the *first* axis to be the sequence, and observations would attend to
# those of other objects in the batch. The shapes still fit, and no error is raised. (With
# `norm_first=True` training is more stable; `enable_nested_tensor=False`, an argument of the
# encoder, then keeps PyTorch from warning that it cannot take a shortcut.)
#
# ### 7.4 The padding mask
#
# True means *ignore*, as `nn.TransformerEncoder` expects. (Its relative
# `F.scaled_dot_product_attention` expects the opposite. Everybody gets this wrong once.) You can do
# it in one line: compare `torch.arange(seq_len)`, of shape `(seq_len,)`, with the lengths, of shape
# `(batch, 1)`.
#
# ### 7.5 From rows to logits
#
# `embed` turns each row into a vector, and `forward` does the rest. The function `rescale` from
# Exercise 6 brings the time column to order one for the layer that sees the measurements. Time2Vec
# gets the times in days: it has its own scales.


# %% part=["7.3", "7.4", "7.5"] points=[2, 1, 3]
class Time2VecTransformerEncoder(nn.Module):
    """A transformer that classifies light curves of any length and any cadence.

    Each observation becomes a vector of d_model components, its measurements beside its time. The
    layers of the transformer let the observations attend to each other, and the mean over the
    observations is classified.
    """

    def __init__(
        self,
        input_dim: int,
        d_model: int = 256,
        nhead: int = 8,
        num_layers: int = 6,
        time_embed_dim: int = 64,
        num_classes: int = 5,
        max_seq_len: int = 100,
        dropout: float = 0.1,
    ) -> None:
        """Make the layers.

        Args:
            input_dim: the number of features of an observation (`dataset.n_features`).
            d_model: the number of components of an observation's vector.
            nhead: the number of attention heads in each layer.
            num_layers: the number of layers, each with its own parameters.
            time_embed_dim: how many of the d_model components embed the time.
            num_classes: the number of classes.
            max_seq_len: the largest number of rows that is accepted.
            dropout: the dropout probability everywhere: in the layers of the transformer, and in
                the classifier if it has dropout.

        Attributes:
            max_seq_len: the number.
            input_projection: nn.Linear from input_dim to d_model - time_embed_dim.
            time_embedding: a Time2Vec with time_embed_dim components.
            transformer: nn.TransformerEncoder. It takes and returns (batch, seq_len, d_model),
                in this order of axes. The width of the layers' inner networks is up to you, and so
                is where they normalise.
            classifier: a module that takes (..., d_model) and returns logits (..., num_classes),
                for each vector by itself, such as a linear layer, ReLU, dropout and a linear layer.
                They are logits, not probabilities: no softmax.

        Raises:
            ValueError: If d_model is not greater than time_embed_dim, or not divisible by nhead.
                The message names the two numbers. (No other size needs a check.)

        Example:
            Time2VecTransformerEncoder(6, d_model=64, time_embed_dim=64) raises ValueError: "d_model
            (64) must be greater than time_embed_dim (64)".
        """
        super().__init__()
        ### BEGIN SOLUTION 7.3
        if d_model <= time_embed_dim:
            raise ValueError(
                f"d_model ({d_model}) must be greater than time_embed_dim ({time_embed_dim})"
            )
        if d_model % nhead != 0:
            raise ValueError(f"d_model ({d_model}) must be divisible by nhead ({nhead})")
        self.max_seq_len = max_seq_len
        self.input_projection = nn.Linear(input_dim, d_model - time_embed_dim)
        self.time_embedding = Time2Vec(embed_dim=time_embed_dim)
        layer = nn.TransformerEncoderLayer(
            d_model,
            nhead,
            dim_feedforward=2 * d_model,
            dropout=dropout,
            batch_first=True,
            norm_first=True,
        )
        self.transformer = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.classifier = nn.Sequential(
            nn.Linear(d_model, d_model // 2),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(d_model // 2, num_classes),
        )
        ### END SOLUTION

    def create_padding_mask(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return which rows are padding.

        Args:
            x: (batch, seq_len, anything), of which only the shape and the device matter.
            lengths: (batch,) whole numbers, on the device of x: how many observations each light
                curve has, from 0 to seq_len. They come first, then padding.
            Neither is changed.

        Returns:
            (batch, seq_len) of dtype torch.bool, on the device of x: True where a row is padding
            and to be ignored, False where it is an observation.

        Example:
            With seq_len 4, the lengths (3, 0) give
            [[False, False, False, True], [True, True, True, True]].
        """
        ### BEGIN SOLUTION 7.4
        rows = torch.arange(x.shape[1], device=x.device)  # (seq_len,)
        return rows >= lengths.to(x.device).unsqueeze(1)  # (batch, seq_len)
        ### END SOLUTION

    def embed(self, features: Tensor, times: Tensor) -> Tensor:
        """Return a vector for each row: its measurements, and beside them its time.

        Args:
            features: (batch, seq_len, input_dim), rows as in Exercise 5.
            times: (batch, seq_len, 1) [days].

        Returns:
            (batch, seq_len, d_model): first self.input_projection of rescale(features), which is
            d_model - time_embed_dim wide, then self.time_embedding of the times, as they are.
        """
        ### BEGIN SOLUTION 7.5
        measured = self.input_projection(rescale(features))  # (batch, seq_len, d_model - time)
        return torch.cat([measured, self.time_embedding(times)], dim=-1)
        ### END SOLUTION

    def forward(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits of a batch of light curves.

        Args:
            features: (batch, seq_len, input_dim), rows as in Exercise 5.
            times: (batch, seq_len, 1) [days].
            lengths: (batch,) the number of observations of each; all further rows are padding,
                which may hold numbers other than zero, of the same size as an observation's. Only
                lengths says which rows are padding.
            None of the three is changed.

        Returns:
            (batch, num_classes) of float32: self.classifier of the mean, over the observations
            alone, of what self.transformer makes of self.embed(features, times). Padding makes no
            difference: neither what is in the padded rows nor how many there are. How you keep it
            out, and in how many calls of self.transformer, is up to you. (Only the plot of the
            attention below needs a single call.) In training there is dropout, in evaluation none.
            A light curve without observations gets some finite logits, in training and in
            evaluation, and does not disturb the others. Only its own logits may depend on padding.

        Raises:
            ValueError: If seq_len is greater than self.max_seq_len. The message names both numbers.

        Example:
            With 6 features and 5 classes, features of shape (16, 50, 6), times of shape (16, 50, 1)
            and lengths of shape (16,) give logits of shape (16, 5).
        """
        ### BEGIN SOLUTION 7.5
        seq_len = features.shape[1]
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows are more than max_seq_len ({self.max_seq_len})")
        padding = self.create_padding_mask(features, lengths)  # (batch, seq_len)
        ignored = padding & (lengths > 0).unsqueeze(1)  # softmax over nothing would be NaN
        hidden = self.transformer(self.embed(features, times), src_key_padding_mask=ignored)
        kept = (~padding).unsqueeze(-1)  # (batch, seq_len, 1)
        total = (hidden * kept).sum(dim=1)  # (batch, d_model)
        return self.classifier(total / lengths.clamp(min=1).unsqueeze(1))
        ### END SOLUTION


# %% [markdown]
# ## Trying it out
#
# The sizes below are far smaller than the defaults, so that everything runs on a laptop in seconds.
# First, some light curves from the generator of Exercise 5, with equal numbers of each class.

# %%
DEVICE = resolve_device("auto")
SMALL = {"d_model": 32, "nhead": 4, "num_layers": 2, "time_embed_dim": 16, "max_seq_len": 50}

# %%
if __name__ == "__main__":
    equal = dict.fromkeys(CLASSES, 1.0)
    dataset = LightCurveDataset(*create_synthetic_transient_dataset(600, equal, seed=7), 50)
    unseen = LightCurveDataset(*create_synthetic_transient_dataset(200, equal, seed=8), 50)
    torch.manual_seed(7)
    features, labels = next(iter(DataLoader(dataset, batch_size=16, shuffle=True)))
    times, lengths = unpack_batch(features)
    print("features", tuple(features.shape), "times", tuple(times.shape))
    print("lengths", lengths.tolist())

# %% [markdown]
# ### Can it see the padding?
#
# Do not take it on trust: try it. Here is the same light curve on its own, with rows of padding,
# with garbage in the rows of padding, and in a batch with others. Tiny differences remain, since
# sums added up in a different order are rounded differently. They should be near 0.0000001, not
# near 0.1.

# %%
if __name__ == "__main__":
    torch.manual_seed(7)
    model = Time2VecTransformerEncoder(dataset.n_features, **SMALL).eval()
    shortest = int(lengths.argmin())
    one = slice(shortest, shortest + 1)
    n = int(lengths[shortest])
    rubbish, odd_times = features.clone(), times.clone()
    rubbish[one, n:] = 1000.0
    odd_times[one, n:] = -5.0
    with torch.no_grad():
        alone = model(features[one, :n], times[one, :n], lengths[one])
        others = {
            f"with {50 - n} rows of padding": model(features[one], times[one], lengths[one]),
            "with rubbish in them": model(rubbish[one], odd_times[one], lengths[one]),
            "among 15 other light curves": model(features, times, lengths)[one],
        }
        nothing = model(features[one], times[one], torch.zeros(1, dtype=torch.int64))
    print(f"logits of {n} observations:", np.round(alone.numpy()[0], 4))
    for how, logits in others.items():
        print(f"{how + ':':30} differ by {(logits - alone).abs().max():.1e} at most")
    print("logits of no observation at all:", np.round(nothing.numpy()[0], 4))

# %% [markdown]
# ### Can it learn at all?
#
# As in Exercise 6, the first question to ask a new network is whether it can memorise sixteen light
# curves. If not, something is disconnected, and no amount of data will help.

# %%
if __name__ == "__main__":
    torch.manual_seed(7)
    model = Time2VecTransformerEncoder(dataset.n_features, **SMALL, dropout=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    losses, right = [], []
    for _ in tqdm(range(100), desc="one batch, again and again"):
        optimizer.zero_grad()
        logits = model(features, times, lengths)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right.append((logits.argmax(dim=1) == labels).float().mean().item())

    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    ax.plot(losses, color="#0072b2", label="cross-entropy")
    ax.plot(right, color="#d55e00", label="fraction classified correctly")
    ax.axhline(math.log(5), color="0.6", linestyle="--", label="a guess: ln 5")
    ax.set_xlabel("step")
    ax.set_title("Sixteen light curves, memorised")
    ax.legend()
    plt.show()

# %% [markdown]
# ### What does it look at?
#
# Now a short training run on all 600, with the functions of Exercise 6, and then a look inside. The
# attention weights of the last layer say which observations the others draw on. PyTorch throws them
# away to save time, so `attention_weights` records what the layer is given, and asks it again.


# %%
def attention_weights(
    model: Time2VecTransformerEncoder, features: Tensor, times: Tensor, lengths: Tensor
) -> Tensor:
    """Return the weights of the last layer's attention, averaged over its heads.

    Returns:
        (batch, seq_len, seq_len): row i holds the weights that row i gives to all rows. They add up
        to 1. Where row i is padding, they have no meaning.
    """
    attention = model.transformer.layers[-1].self_attn
    given: dict[str, Any] = {}

    def note(module: nn.Module, inputs: tuple, options: dict[str, Any]) -> None:
        masks = {name: options.get(name) for name in ("key_padding_mask", "attn_mask")}
        given.update(inputs=inputs, masks=masks)

    hook = attention.register_forward_pre_hook(note, with_kwargs=True)
    with torch.no_grad():
        model.eval()(features, times, lengths)
        hook.remove()
        return attention(*given["inputs"], **given["masks"], need_weights=True)[1]


def short_training(model: nn.Module, dataset: LightCurveDataset, epochs: int = 12) -> None:
    """Train a model for a few epochs, on batches of 32 light curves."""
    loader = DataLoader(dataset, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    progress = tqdm(range(epochs), desc="epochs")
    for _ in progress:
        loss = train_epoch(model, loader, optimizer, nn.CrossEntropyLoss())
        progress.set_postfix(loss=f"{loss:.3f}")


def report(model: nn.Module, dataset: LightCurveDataset) -> None:
    """Print how well a model classifies light curves that it has not seen."""
    loader = DataLoader(dataset, batch_size=100)
    loss, accuracy = evaluate_model(model, loader, nn.CrossEntropyLoss())
    print(f"{len(dataset)} unseen light curves: loss {loss:.2f}, accuracy {accuracy:.2f}")


# %%
if __name__ == "__main__":
    torch.manual_seed(7)
    model = Time2VecTransformerEncoder(dataset.n_features, **SMALL)
    short_training(model, dataset)
    report(model, unseen)

# %% [markdown]
# (Guessing would give an accuracy of 0.2. Twelve epochs are few; give it more if you have the
# time.)
#
# Below is one unseen light curve of each kind. The area of a circle is the weight of an observation
# in the last layer, averaged over the heads and over all observations that look at it. Padding has
# no weight at all.

# %%
BAND_COLOURS = dict(zip(BANDS, ("#1b9e77", "#d1352b", "#7a4a12"), strict=True))


def plot_attention(ax: Axes, rows: np.ndarray, weights: np.ndarray) -> None:
    """Plot the observations of a light curve, each with a circle whose area is its weight."""
    for column, (band, colour) in enumerate(BAND_COLOURS.items(), FIRST_BAND):
        chosen = rows[:, column] == 1
        day, flux, error = rows[chosen, :FIRST_BAND].T
        ax.errorbar(day, flux, error, fmt=".", color=colour, markersize=3, elinewidth=1, label=band)
        area = 120 * weights[chosen] * len(weights)  # 120 points squared for an average weight
        ax.scatter(day, flux, area, color=colour, alpha=0.3, linewidths=0)
    ax.set_xlabel("time [days]")


# %%
if __name__ == "__main__":
    truth = unseen.labels.tolist()
    chosen = [truth.index(number) for number in range(len(unseen.classes))]
    batch = torch.stack([unseen[i][0] for i in chosen]).to(DEVICE)  # (5, seq_len, n_features)
    times, lengths = unpack_batch(batch)
    attention = attention_weights(model, batch, times, lengths).cpu()
    fig, axes = plt.subplots(1, 5, figsize=(16, 3.6), sharey=True, layout="constrained")
    for ax, observations, table, length, label in zip(
        axes, batch.cpu(), attention, lengths.tolist(), unseen.classes, strict=True
    ):
        rows = observations[:length].numpy()
        received = table[:length].mean(dim=0)  # (seq_len,), averaged over those that look
        plot_attention(ax, rows, received[:length].numpy())
        ax.set_title(f"{label}; padding gets {received[length:].sum():.3f}")
    axes[0].set_ylabel("flux / largest flux")
    axes[0].legend(title="band")
    plt.show()

# %% [markdown]
# Be careful with such pictures. They show where a network looks, but not why, nor what it makes of
# it: the values could be zero, and earlier layers have already mixed the rows. But they do show
# whether it looks at the wrong things, such as padding.

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks.
#
# ### 7.E1 A vector for each band
#
# The columns from `FIRST_BAND` on say in which band an observation was made, a 1 among zeros. A
# layer that sees them learns a vector for each band anyway, but squeezed into the projection. We
# give the bands their own embedding, as words have in a language model. After training, bands
# that mean similar things should have similar vectors, and a new survey with other bands needs a
# new table and nothing else.
#
# Padding has no band. `argmax` does not know that: for a row of zeros it returns 0, which is the g
# band. And `nn.Embedding` can keep a row for padding, `padding_idx`, which stays zero.
#
# The encoder with this embedding changes one step of its base class: what `embed` passes on.


# %% part="7.E1" points=1
class BandEmbedding(nn.Module):
    """A learned vector for each band. Bonus."""

    def __init__(self, num_bands: int, embed_dim: int) -> None:
        """Make the vectors.

        Bonus.

        Args:
            num_bands: the number of bands, each of which has its own vector.
            embed_dim: the number of components of a vector.

        The attributes may have any names. At the beginning no two bands have the same vector.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.vectors = nn.Embedding(num_bands + 1, embed_dim, padding_idx=0)
        ### END SOLUTION

    def forward(self, bands: Tensor) -> Tensor:
        """Return the vectors of bands.

        Bonus.

        Args:
            bands: (batch, seq_len, num_bands), floats, one-hot: each row has a single 1, in the
                column of its band; or zeros only, which is padding. (The encoder may get other
                numbers in rows of padding: what comes back for those does not matter, as its masks
                keep them out.)

        Returns:
            (batch, seq_len, embed_dim) of float32: the vector of each row's band, which is learned.
            Rows of zeros get zeros, even after training.

        Example:
            With two bands, whose vectors are (0.3, -1.2) and (0.8, 0.1), the rows
            [[0, 1], [1, 0], [0, 0]] give [[0.8, 0.1], [0.3, -1.2], [0, 0]].
        """
        ### BEGIN SOLUTION
        number = bands.argmax(dim=-1) + 1  # (batch, seq_len); 0 is kept for padding
        return self.vectors(number * bands.any(dim=-1))
        ### END SOLUTION


class BandTime2VecTransformerEncoder(Time2VecTransformerEncoder):
    """The transformer with learned vectors in place of the one-hot bands. Bonus."""

    def __init__(self, input_dim: int, *, band_embed_dim: int = 8, **sizes: Any) -> None:
        """Make the layers.

        Bonus.

        Args:
            input_dim: the number of features of an observation, as for the base class. Those from
                FIRST_BAND on are the bands, of which there may be any number.
            band_embed_dim: the number of components of a band's vector.
            sizes: further arguments for the base class, such as d_model=64. (The projection of the
                base class sees FIRST_BAND + band_embed_dim numbers per row.)

        Attributes:
            band_embedding: a BandEmbedding.

        Raises:
            ValueError: As in the base class.
        """
        ### BEGIN SOLUTION
        super().__init__(FIRST_BAND + band_embed_dim, **sizes)
        self.band_embedding = BandEmbedding(input_dim - FIRST_BAND, band_embed_dim)
        ### END SOLUTION

    def embed(self, features: Tensor, times: Tensor) -> Tensor:
        """Return a vector for each row, in which the band's vector replaces the one-hot columns.

        Bonus.

        Args:
            features: (batch, seq_len, input_dim), rows as in Exercise 5.
            times: (batch, seq_len, 1) [days].

        Returns:
            (batch, seq_len, d_model): what the base class makes of the times, and of rows that hold
            the columns before FIRST_BAND and after them the vector of the band. The network sees
            the bands through these vectors alone.
        """
        ### BEGIN SOLUTION
        measured, bands = features[..., :FIRST_BAND], features[..., FIRST_BAND:]
        replaced = torch.cat([measured, self.band_embedding(bands)], dim=-1)
        return super().embed(replaced, times)  # (batch, seq_len, d_model)
        ### END SOLUTION


# %% [markdown]
# Here are the vectors before any training, and the number of parameters if a survey has six bands.
# To train it, call `short_training` as above.

# %%
if __name__ == "__main__":
    torch.manual_seed(7)
    model = BandTime2VecTransformerEncoder(dataset.n_features, band_embed_dim=4, **SMALL)
    rows = F.pad(torch.eye(len(BANDS)), (0, 0, 0, 1)).unsqueeze(0)  # (1, bands + 1, bands)
    vectors = model.band_embedding(rows)[0]  # (bands + 1, band_embed_dim)
    for name, vector in zip([*BANDS, "padding"], vectors.tolist(), strict=True):
        print(f"{name:8}", "  ".join(f"{number:5.2f}" for number in vector))
    for bands in (3, 6):
        model = BandTime2VecTransformerEncoder(FIRST_BAND + bands, band_embed_dim=4, **SMALL)
        print(bands, "bands:", sum(p.numel() for p in model.parameters()), "parameters")

# %% [markdown]
# ### 7.E2 While it happens
#
# A telescope that is to take a spectrum cannot wait until the light curve is complete. What could
# have been said on each night, knowing only what came before it? One could cut the light curve off
# after every observation and classify each piece. **Causal attention** does it in a single pass:
# row $i$ may look at rows $j \le i$ only. Then nothing that comes later can change what was said
# before, and the network can be trained on all stages of a light curve at once.
#
# The mask for it has the shape `(seq_len, seq_len)`, is True where row $i$ may *not* look at row
# $j$, and is passed as `self.transformer(..., mask=...)`. `torch.ones(n, n).triu(1)` has ones above
# the diagonal. Three questions before you begin:
#
# - Where is the future in a row of the mask: to the left or to the right of the diagonal?
# - A mean over all observations looks ahead as well. What can you use instead?
# - Padding comes after the last observation. Do you still need a padding mask?


# %% part="7.E2" points=1
class CausalTime2VecTransformerEncoder(Time2VecTransformerEncoder):
    """The transformer that classifies after each observation, without looking ahead. Bonus."""

    def forward_steps(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits after each observation.

        Bonus.

        Args:
            features: (batch, seq_len, input_dim), rows as in Exercise 5, in order of time.
            times: (batch, seq_len, 1) [days].
            lengths: (batch,) the number of observations of each; all further rows are padding,
                which may hold numbers other than zero, of the same size as an observation's.
            None of the three is changed.

        Returns:
            (batch, seq_len, num_classes) of float32, with dropout in training only. The logits in
            row i depend on the observations 0, ..., i, on all of them, and on no later one, nor on
            how many there are: they come from self.classifier of row i of what the transformer
            returns, or of the mean of rows 0, ..., i; either will do. In rows of padding they are
            finite numbers without meaning.

        Raises:
            ValueError: If seq_len is greater than self.max_seq_len. The message names both numbers,
                as in the base class.
        """
        ### BEGIN SOLUTION
        seq_len = features.shape[1]
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows are more than max_seq_len ({self.max_seq_len})")
        everywhere = torch.ones(seq_len, seq_len, dtype=torch.bool, device=features.device)
        later = everywhere.triu(diagonal=1)  # (seq_len, seq_len), True for j > i; padding is later
        hidden = self.transformer(self.embed(features, times), mask=later)
        return self.classifier(hidden)  # (batch, seq_len, num_classes)
        ### END SOLUTION

    def forward(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits after the last observation of each light curve.

        Bonus.

        Args:
            features, times, lengths: as for forward_steps.

        Returns:
            (batch, num_classes) of float32: for each light curve, the row of forward_steps that
            belongs to its last observation. A light curve without observations gets some finite
            logits.

        Raises:
            ValueError: If seq_len is greater than self.max_seq_len.
        """
        ### BEGIN SOLUTION
        steps = self.forward_steps(features, times, lengths)
        last = (lengths - 1).clamp(min=0)  # (batch,)
        return steps[torch.arange(len(steps), device=steps.device), last]
        ### END SOLUTION


# %% [markdown]
# For training, a light curve of 30 observations is worth 30 light curves. So the next cell trains
# with the loss at *every* observation. Then it shows, for one object of each class, what the
# network would have said night by night.


# %%
def loss_of_all_steps(
    model: CausalTime2VecTransformerEncoder, features: Tensor, labels: Tensor
) -> Tensor:
    """Return the mean cross-entropy of the logits after each observation."""
    times, lengths = unpack_batch(features)
    logits = model.forward_steps(features, times, lengths)  # (batch, seq_len, num_classes)
    seen = ~model.create_padding_mask(features, lengths)  # (batch, seq_len)
    truth = labels.unsqueeze(1).expand(seen.shape)  # (batch, seq_len)
    return F.cross_entropy(logits[seen], truth[seen])


# %%
if __name__ == "__main__":
    torch.manual_seed(7)
    model = CausalTime2VecTransformerEncoder(dataset.n_features, **SMALL).to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in tqdm(range(12), desc="epochs"):
        for features, labels in DataLoader(dataset, batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss_of_all_steps(model, features.to(DEVICE), labels.to(DEVICE)).backward()
            optimizer.step()
    report(model, unseen)

    batch = torch.stack([unseen[i][0] for i in chosen]).to(DEVICE)
    times, lengths = unpack_batch(batch)
    with torch.no_grad():
        probabilities = model.eval().forward_steps(batch, times, lengths).softmax(dim=-1).cpu()
    colours = ["#333333", "#009e73", "#d55e00", "#0072b2", "#cc79a7"]
    fig, axes = plt.subplots(2, 5, figsize=(16, 5.6), sharey="row", sharex="col",
                             layout="constrained")  # fmt: skip
    for (top, bottom), observations, steps, length, label in zip(
        axes.T, batch.cpu(), probabilities, lengths.tolist(), unseen.classes, strict=True
    ):
        rows = observations[:length].numpy()
        plot_attention(top, rows, np.zeros(length))
        top.set(title=label, xlabel="")
        for number, (name, colour) in enumerate(zip(unseen.classes, colours, strict=True)):
            width = 2.5 if name == label else 1
            bottom.step(rows[:, 0], steps[:length, number], where="post", color=colour,
                        linewidth=width, label=name)  # fmt: skip
        bottom.set_xlabel("time [days]")
    axes[0, 0].set_ylabel("flux / largest flux")
    axes[1, 0].set_ylabel("probability")
    axes[1, 0].legend(fontsize="small")
    plt.show()

# %% [markdown]
# The thick line is the true class. Twelve epochs on invented light curves do not make an oracle,
# but see how the opinion changes when something happens, and stays put while nothing does.

# %% [markdown]
# ## Where to go next
#
# You have built the network that the rest of the workbook trains, tunes and questions.
#
# - Leave the padding mask out, once, and look at the numbers of *Can it see the padding?* again.
#   Then train. It still learns something, which is why this mistake so often goes unnoticed.
# - Give the star a second period, or move its period close to one day, the rhythm of the observing
#   nights.
# - Put `PositionalTime2Vec` into the encoder in place of `Time2Vec`. Does it help? Give it more
#   light curves before you judge.
# - In **Exercise 8** the rare classes get their due. Among a hundred transients that a survey
#   finds, three are TDEs, and a network that never recognises one is right 97 times.
