# %% [markdown]
# # Exercise 6: Neural networks for photometry
#
# **Time:** 60 to 80 minutes, and about 30 more for the extensions.
#
# **You will learn** to
#
# - write a network as an `nn.Module`, and know the shape of every tensor in it;
# - keep padding out of an average and out of an LSTM;
# - write the *focal loss*, which concentrates on the hard cases;
# - write the two loops that all training consists of, and know the slips that they invite;
# - tell whether a network learns, and whether what it has learned is of any use.
#
# You need to know the tensors and the `LightCurveDataset` of Exercise 5, and what a derivative is.

# %% [markdown]
# ## From rules to weights
#
# In Exercise 4 you wrote down rules: "fades by more than 0.1 mag a day, so it is a CV". Somebody
# had to think of every feature and every threshold. A neural network starts with thousands of
# random numbers, its *weights*, and changes each of them a little, again and again, in whatever
# direction makes its answers less wrong. Nobody tells it what a rise time is.
#
# You will write two networks that classify light curves:
#
# | network | how it looks at a light curve |
# |---|---|
# | `SimplePhotometryMLP` | at each observation by itself, then it takes the mean |
# | `LightCurveLSTM` | at one observation after another, with a memory |
#
# Both end in **logits**: one number per class, of any size and sign; the largest is the answer.
# *Softmax* turns logits into probabilities, $p_c = e^{z_c} / \sum_k e^{z_k}$. PyTorch's losses do
# that themselves, so a network must not.

# %% [markdown]
# ## How this notebook works
#
# Functions and methods marked `TODO` are yours to write: delete the line
# `raise NotImplementedError(...)` and put your code in its place. The docstring is the full
# specification. `check("6.1")` says what works and what does not, and `hint("6.1")`, in a new cell,
# helps if you are stuck. In a terminal, `grader check 6` checks the whole notebook at once.
#
# After every change run the cell of the class again before you run its checks, and recreate your
# networks: those created earlier still have the old methods.

# %%
import copy
import inspect
import math
from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import ConfusionMatrixDisplay, balanced_accuracy_score
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence  # noqa: F401
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler
from torch.utils.data import DataLoader, TensorDataset
from tqdm.auto import tqdm

from solutions.ex05_light_curve_dataset import (
    BANDS,
    FIRST_BAND,
    FLUX,
    TIME,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)

# %% [markdown]
# ## What is in a batch
#
# A `DataLoader` yields *batches*: a tensor `features` of shape `(batch, seq_len, n_features)`
# and a tensor `labels` of shape `(batch,)`. Each row of a light curve is one observation,
#
# | column | | unit |
# |---|---|---|
# | `TIME` | since the first observation | days |
# | `FLUX`, then its error | divided by the largest absolute flux of the light curve | |
# | from `FIRST_BAND` on | one-hot: 1 in the column of the band, 0 in the others | |
#
# and since light curves differ in length, short ones are filled up with rows of zeros, the
# **padding**. Watch out: an observation at time 0 is not padding, it is the first of its light
# curve. What tells them apart is the band. Every observation has one, padding has none.
#
# The next cell is complete. Read it: you will use all of its functions.

# %%
TIME_SCALE = 100.0  # days: networks like inputs of order one


def observed(features: Tensor) -> Tensor:
    """Return which rows are observations, shape (..., seq_len), bool; the others are padding."""
    return (features[..., FIRST_BAND:] != 0).any(dim=-1)


def unpack_batch(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return times and lengths of a batch (batch, seq_len, n_features).

    The times [days] have the shape (batch, seq_len, 1), the lengths (batch,) are the numbers of
    observations, int64.
    """
    return features[..., TIME : TIME + 1], observed(features).sum(dim=-1)


def rescale(features: Tensor) -> Tensor:
    """Return a copy in which time is in units of 100 days, so that it is of order one."""
    scale = torch.ones(features.shape[-1], dtype=features.dtype, device=features.device)
    scale[TIME] = 1 / TIME_SCALE
    return features * scale


def resolve_device(device: str = "auto") -> torch.device:
    """Return the device with that name; "auto" is the GPU if there is one, otherwise the CPU."""
    if device != "auto":
        return torch.device(device)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def forward_batch(model: nn.Module, features: Tensor) -> Tensor:
    """Return the logits of any of the workbook's networks, shape (batch, num_classes).

    Networks differ in what their `forward` takes. One that has an argument `times` or `lengths`
    gets it.
    """
    times, lengths = unpack_batch(features)
    wanted = inspect.signature(model.forward).parameters
    known = {"times": times, "lengths": lengths}
    return model(features, **{name: known[name] for name in known if name in wanted})


# %% [markdown]
# Here are the light curves that we will work with: 1500 simulated ones from Exercise 5, with at
# most 50 observations each so that training is quick, split into three sets. The networks learn
# from the *training set*. The *validation set* shows, while they learn, how they do on light curves
# they have not seen. The *test set* stays in the drawer until the very end: if you look at it again
# and again, and change things until it looks good, you have trained on it as well.

# %%
if __name__ == "__main__":
    sky = create_synthetic_transient_dataset(1500, seed=6)
    dataset = LightCurveDataset(*sky, max_sequence_length=50)
    features = torch.stack([dataset[i][0] for i in range(len(dataset))])  # made once, used often
    labels = dataset.labels
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(6))
    train_set, val_set, test_set = (
        TensorDataset(features[part], labels[part]) for part in order.split([900, 300, 300])
    )
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=100)

    print("a batch:", *(tuple(tensor.shape) for tensor in next(iter(train_loader))))
    print(dict(zip(dataset.classes, torch.bincount(labels).tolist(), strict=True)))

# %%
if __name__ == "__main__":
    batch = features[order[:24]]
    fig, (left, right) = plt.subplots(1, 2, figsize=(13, 4.2), layout="constrained")

    supernovae = features[labels == dataset.classes.index("SNIa")]
    supernovae = supernovae[observed(supernovae).all(dim=1)]  # those without padding
    one = supernovae[supernovae[..., FLUX + 1].mean(dim=1).argmin()]  # the clearest
    styles = zip(BANDS, ("#1b9e77", "#d1352b", "#7a4a12"), "os^", strict=True)
    for column, (band, colour, marker) in enumerate(styles, FIRST_BAND):
        rows = one[one[:, column] == 1]
        left.errorbar(
            rows[:, TIME],
            rows[:, FLUX],
            yerr=rows[:, FLUX + 1],
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1,
            label=band,
        )
    left.set_xlabel("time since the first observation [days]")
    left.set_ylabel("flux / largest flux")
    left.set_title("A supernova of type Ia")
    left.legend(title="band")

    image = np.where(observed(batch), batch[..., FLUX], np.nan)
    shades = plt.get_cmap("RdBu_r").with_extremes(bad="0.85")
    shown = right.imshow(
        image, cmap=shades, vmin=-1, vmax=1, aspect="auto", interpolation="nearest"
    )
    right.set_xlabel("position in the sequence")
    right.set_ylabel("light curve in the batch")
    right.set_title("The flux column of a batch; grey is padding")
    fig.colorbar(shown, label="flux / largest flux")
    plt.show()

# %% [markdown]
# ### 6.1 The same layers for every observation
#
# A *multilayer perceptron* (MLP) is a chain of linear layers with a nonlinear *activation* in
# between, here the ReLU, $\max(0, x)$. Without it the whole chain would be one linear layer.
# **Dropout** sets a random fraction of the numbers to zero in each training pass, so that the
# network cannot rely on a few of them; in evaluation it does nothing.
#
# An MLP needs a fixed number of inputs, but a light curve can have any number of observations. So
# each observation goes through the layers by itself, the *mean* over the observations is taken, and
# a last linear layer turns it into logits. An arrangement of this kind is called [Deep
# Sets](https://arxiv.org/abs/1703.06114) (Zaheer et al. 2017): the answer does not depend on the
# order of the observations, and there may be any number of them. The order in time is not lost,
# since time is one of the features.
#
# The mean is a **masked mean**. With `mask = observed(x).unsqueeze(-1)` of shape
# `(batch, seq_len, 1)`, everything that you multiply by the mask is zero where there is padding,
# and the sum of the mask itself is the number of observations. Beware of a light curve without any:
# 0/0 is NaN.
#
# `nn.Linear` and its friends work on the last axis and leave the others as they are, so you do not
# need a loop over observations. `nn.Sequential(*layers)` turns a list of layers into a network;
# layers in an ordinary Python list are invisible to PyTorch, and would never be trained.


# %% part="6.1" points=2
class SimplePhotometryMLP(nn.Module):
    """Classifies light curves: the same layers for every observation, and a masked mean.

    Reference: Zaheer et al. 2017, "Deep Sets", arXiv:1703.06114.
    """

    def __init__(
        self, input_size: int, hidden_sizes: list[int], num_classes: int, dropout: float = 0.2
    ) -> None:
        """Make a linear layer, a ReLU and a dropout for each hidden size, and a last linear layer.

        Args:
            input_size: the number of features of an observation.
            hidden_sizes: the widths of the hidden layers, in order, at least one. The list is not
                changed.
            num_classes: the number of logits, which the last linear layer gives.
            dropout: the probability that dropout sets a number to zero during training.

        All weights are among `model.parameters()`.

        Example:
            SimplePhotometryMLP(6, [64, 32], 5) has linear layers from 6 to 64, from 64 to 32, and
            from 32 to 5.
        """
        super().__init__()
        ### BEGIN SOLUTION
        layers: list[nn.Module] = []
        width = input_size
        for hidden_size in hidden_sizes:
            layers += [nn.Linear(width, hidden_size), nn.ReLU(), nn.Dropout(dropout)]
            width = hidden_size
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Linear(width, num_classes)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of a batch of light curves.

        Args:
            x: the features, shape (batch, seq_len, input_size). Rows without a band are padding,
                whatever numbers their other columns hold (never NaN). Pass `rescale(x)` to the
                layers; x itself is not changed.

        Returns:
            Logits (no softmax), float32, shape (batch, num_classes), even for a batch of one. They
            come from a mean over the observations of each light curve. Padding makes no difference,
            wherever it is and however much of it there is, and the light curves of a batch do not
            influence each other. A light curve without observations has finite logits.

        Example:
            >>> SimplePhotometryMLP(6, [64, 32], 5)(torch.zeros(8, 100, 6)).shape
            torch.Size([8, 5])
        """
        ### BEGIN SOLUTION
        mask = observed(x).unsqueeze(-1)  # (batch, seq_len, 1)
        hidden = self.layers(rescale(x)) * mask  # (batch, seq_len, hidden_sizes[-1])
        mean = hidden.sum(dim=1) / mask.sum(dim=1).clamp(min=1)  # (batch, hidden_sizes[-1])
        return self.classifier(mean)
        ### END SOLUTION


# %% [markdown]
# An untrained network knows nothing, yet it should answer, and padding should change none of its
# answers:

# %%
if __name__ == "__main__":
    torch.manual_seed(6)
    mlp = SimplePhotometryMLP(dataset.n_features, [64, 64], len(dataset.classes)).eval()
    few = features[:3]
    twice_as_long = F.pad(few, (0, 0, 0, few.shape[1]))  # as many rows of zeros again
    with torch.no_grad():
        print(mlp(few))
        print("largest change by padding:", (mlp(twice_as_long) - mlp(few)).abs().max().item())

# %% [markdown]
# ### 6.2 One observation after another
#
# A *recurrent* network reads a light curve the way you read this sentence. It keeps a *hidden
# state*, and each observation changes it. In the **LSTM** (*long short-term memory*, Hochreiter and
# Schmidhuber 1997) small gates decide how much of the state is kept, how much is forgotten and what
# is let in. Charnock and Moss ([2017](https://arxiv.org/abs/1606.07442)) were among the first to
# classify supernovae with one. The state after the last observation goes to a linear layer.
#
# That means the *last observation*, not the last row, which is often padding. An LSTM that reads on
# through forty rows of zeros goes on changing its state. `pack_padded_sequence` takes a batch and
# its `lengths` and makes a *packed sequence* without padding, which `nn.LSTM` reads.
#
# ```
# packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
# output, (hidden, cell) = self.lstm(packed)
# ```
#
# There are four traps here:
#
# - `pack_padded_sequence` needs `batch_first=True`, and so does an `nn.LSTM` for a batch that is
#   not packed. Without it, the first axis is taken to be time, often without an error.
# - `enforce_sorted=False` lets the light curves come in any order, and returns the results in that
#   order.
# - `hidden` has the shape `(num_layers, batch, hidden_size)`, whatever `batch_first` says:
#   `hidden[-1]` is the last layer's state after the last observation of each light curve. (`output`
#   is packed; `pad_packed_sequence` unpacks it, and puts zeros after the last observation.)
# - The `lengths` must be on the CPU (`lengths.cpu()`), and none of them may be 0.


# %% part="6.2" points=2
class LightCurveLSTM(nn.Module):
    """Classifies light curves with an LSTM that reads the observations in order.

    References: Hochreiter and Schmidhuber 1997, Neural Computation 9, 1735; Charnock and Moss 2017,
    arXiv:1606.07442.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        num_classes: int,
        dropout: float = 0.2,
    ) -> None:
        """Create an `nn.LSTM` and a classifier.

        Args:
            input_size: the number of features of an observation.
            hidden_size: the size of the LSTM's hidden state.
            num_layers: the number of layers of the LSTM, at least 1.
            num_classes: the number of logits.
            dropout: the probability that dropout sets a number to zero during training: between the
                LSTM's layers, if there are several (PyTorch warns about dropout with a single
                layer), and always before the last linear layer.

        Example:
            LightCurveLSTM(6, 64, 2, 5) has two layers of 64 and a linear layer from 64 to 5.
        """
        super().__init__()
        ### BEGIN SOLUTION
        between = dropout if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=between)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden_size, num_classes))
        ### END SOLUTION

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits of a batch of light curves.

        Args:
            x: the features, shape (batch, seq_len, input_size). The observations come first, then
                the padding, which is rows of zeros. Pass `rescale(x)` to the LSTM; x itself is not
                changed.
            lengths: the number of observations of each light curve, shape (batch,), int64, in any
                order. It is not changed.

        Returns:
            Logits (no softmax), float32, shape (batch, num_classes), even for a batch of one. They
            come from the last layer's hidden state after the last observation, through the dropout
            and the linear layer. Padding makes no difference, however much of it there is, and the
            light curves of a batch do not influence each other. A light curve without observations
            (length 0) has finite logits; which ones is up to you.

        Example:
            >>> LightCurveLSTM(6, 64, 2, 5)(torch.zeros(2, 100, 6), torch.tensor([31, 74])).shape
            torch.Size([2, 5])
        """
        ### BEGIN SOLUTION
        at_least_one = lengths.clamp(min=1).cpu()  # without observations: one row of zeros
        packed = pack_padded_sequence(
            rescale(x), at_least_one, batch_first=True, enforce_sorted=False
        )
        _, (hidden, _) = self.lstm(packed)  # (num_layers, batch, hidden_size)
        return self.classifier(hidden[-1])
        ### END SOLUTION


# %%
if __name__ == "__main__":
    lstm = LightCurveLSTM(dataset.n_features, 32, 1, len(dataset.classes)).eval()
    _, lengths = unpack_batch(few)
    with torch.no_grad():
        print("lengths:", lengths.tolist())
        print(lstm(few, lengths))
        change = lstm(twice_as_long, lengths) - lstm(few, lengths)
        print("largest change by padding:", change.abs().max().item())

# %% [markdown]
# ### 6.3 A loss that looks at the hard cases
#
# A *loss* says how wrong an answer is. The usual one is the **cross-entropy**, $-\log p$, where $p$
# is the probability that the network gives to the true class: zero if the network is sure and
# right, and without bound if it is sure and wrong.
#
# In a survey most objects belong to a few common classes, and these are soon classified well. But
# each of ten thousand well classified AGN still adds a little to the loss, and together they drown
# out the three TDEs. The **focal loss** ([Lin et al. 2017](https://arxiv.org/abs/1708.02002), eq. 4
# and 5) turns down (*down-weights*) the easy cases,
#
# $$\mathrm{FL} = -\alpha\,(1 - p)^\gamma \log p,$$
#
# and the more so, the larger $\gamma$ is. With $\gamma = 0$ and $\alpha = 1$ it is the
# cross-entropy.
#
# Take the logarithm of a softmax with `F.log_softmax`, never in two steps: a probability as small
# as $e^{-200}$ is 0 in 32 bits, and its logarithm is infinite. The loss of a batch is the mean of
# the losses of its light curves: first the formula for each of them, then the mean.


# %% part="6.3" points=2
class FocalLoss(nn.Module):
    """The focal loss of Lin et al. 2017, arXiv:1708.02002.

    Attributes:
        alpha: a factor in front.
        gamma: how strongly easy cases are turned down, at least 0; with 0 they are not.
    """

    def __init__(self, alpha: float = 1.0, gamma: float = 2.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the focal loss of a batch.

        Args:
            inputs: logits, shape (batch, num_classes).
            targets: the indices of the true classes, shape (batch,), int64.

        Returns:
            A scalar tensor (no dimensions), through which gradients flow: the mean over the batch
            of -alpha (1 - p)**gamma log(p), where p is the probability that softmax gives to the
            true class. It and its gradient are finite, even where p is as small as exp(-200). (What
            the gradient is where p is 1 and gamma is between 0 and 1 is up to you.)

        Example:
            For two light curves with p = 0.5 and p = 0.9, and gamma = 2:

            0.5**2 * 0.6931 = 0.1733 and 0.1**2 * 0.1054 = 0.0011, with a mean of 0.0872.
        """
        ### BEGIN SOLUTION
        minus_log_p = F.cross_entropy(inputs, targets, reduction="none")  # (batch,)
        error = 1 - torch.exp(-minus_log_p)  # (batch,), 1 - p
        error = error.clamp(min=1e-7)  # a power below 1 has no derivative at 0
        return (self.alpha * error**self.gamma * minus_log_p).mean()
        ### END SOLUTION


# %% [markdown]
# The plot shows the loss of a single light curve against the probability of its true class. As
# $\gamma$ grows, the loss drops where the network is right (*p* above 0.5), and changes little
# where it is badly wrong.

# %%
if __name__ == "__main__":
    p = torch.linspace(0.01, 0.999, 200)
    logits = torch.stack([p.log(), (1 - p).log()], dim=-1)  # (200, 2): softmax gives p and 1 - p
    true_class = torch.zeros(1, dtype=torch.int64)

    fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for gamma, colour in zip((0, 0.5, 1, 2, 5), plt.get_cmap("viridis_r")(np.linspace(0.1, 1, 5)),
                             strict=True):  # fmt: skip
        loss_of = FocalLoss(gamma=gamma)
        losses = [loss_of(row.unsqueeze(0), true_class).item() for row in logits]
        ax.plot(p, losses, color=colour, label=f"$\\gamma$ = {gamma}")
    ax.axvspan(0.5, 1, color="0.93", zorder=0)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 4)
    ax.set_xlabel("probability of the true class")
    ax.set_ylabel("loss")
    ax.set_title("Focal loss; the uppermost curve is the cross-entropy")
    ax.legend()
    plt.show()

# %% [markdown]
# ### 6.4 The loop that learns
#
# One pass over the training set is an **epoch**. For each batch there are five steps, in this
# order:
#
# | | step | what it does |
# |---|---|---|
# | 1 | `logits = forward_batch(model, features)` | asks the network |
# | 2 | `loss = criterion(logits, labels)` | says how wrong that was |
# | 3 | `optimizer.zero_grad()` | clears the gradients of the previous batch |
# | 4 | `loss.backward()` | computes the derivative of the loss with respect to each weight |
# | 5 | `optimizer.step()` | changes each weight a little, against its derivative |
#
# Step 3 may come anywhere before step 4, but must not be left out: `backward` *adds* to the
# gradients that are there. And the network has to be told that it is being trained, with
# `model.train()`, or its dropout does nothing.
#
# The loop returns the mean loss per light curve. The loss of a batch is already a mean, so weight
# it by the number of light curves in the batch; the last batch is often smaller. Collect numbers
# (`loss.item()`), not tensors: a tensor holds on to everything it was computed from.


# %% part="6.4" points=2
def train_epoch(
    model: nn.Module,
    dataloader: DataLoader,
    optimizer: Optimizer,
    criterion: nn.Module,
    device: str = "auto",
) -> float:
    """Train a network for one epoch and return the mean loss.

    Args:
        model: any network that forward_batch knows how to call. It is put into training mode.
        dataloader: yields batches (features, labels), with the light curves along the first axis.
        optimizer: changes the weights of the model, once for each batch. Only the gradient of that
            batch counts: whatever gradients there were before are cleared.
        criterion: a loss module, called with logits and labels; returns the mean loss of a batch.
        device: "auto", "cpu", "cuda" and so on, for resolve_device. The model, the criterion and
            each batch are moved there.

    Returns:
        The mean loss per light curve, as a float: the mean of the losses of the batches, as they
        were before each step, weighted by the number of light curves in each batch.

    Raises:
        ValueError: If the dataloader yields no batch.

    Example:
        Batches of 4, 4 and 1 light curves with losses 1.0, 2.0 and 6.0 have the mean loss
        (4 * 1.0 + 4 * 2.0 + 1 * 6.0) / 9 = 2.0.
    """
    ### BEGIN SOLUTION
    place = resolve_device(device)
    model.to(place).train()
    criterion.to(place)
    total, count = 0.0, 0
    for features, labels in dataloader:
        features, labels = features.to(place), labels.to(place)
        loss = criterion(forward_batch(model, features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        count += len(labels)
    if count == 0:
        raise ValueError("the dataloader gives no batch: there is nothing to train on")
    return total / count
    ### END SOLUTION


# %% [markdown]
# ### 6.5 The loop that only looks
#
# To see how good a network is, ask it and change nothing. Two switches matter, and they do
# different things:
#
# - `model.eval()` puts the *network* into evaluation mode: dropout does nothing.
# - `with torch.no_grad():` tells *PyTorch* that gradients will not be needed. That saves time and
#   memory.
#
# Neither does the job of the other. The caller may be in the middle of a training run, so leave the
# network in the mode that you found it in: `model.training` says which, and `model.train(True)` or
# `model.train(False)` sets it.
#
# The accuracy is the fraction of *light curves* whose largest logit is that of the true class.


# %% part="6.5" points=2
def evaluate_model(
    model: nn.Module, dataloader: DataLoader, criterion: nn.Module, device: str = "auto"
) -> tuple[float, float]:
    """Return the mean loss and the accuracy of a network.

    Args:
        model: any network that forward_batch knows how to call. It is in evaluation mode while it
            is asked; afterwards `model.training` is what it was before, even after a ValueError.
            Its weights and their gradients stay as they are, and no gradients are computed.
        dataloader: yields batches (features, labels), with the light curves along the first axis.
        criterion: a loss module, called with logits and labels; returns the mean loss of a batch.
        device: "auto", "cpu", "cuda" and so on, for resolve_device. The model, the criterion and
            each batch are moved there.

    Returns:
        (loss, accuracy), both floats: the mean of the losses of the batches, weighted by the number
        of light curves in each batch, and the fraction of all light curves, from 0 to 1, whose
        largest logit is that of the true class.

    Raises:
        ValueError: If the dataloader yields no batch.

    Example:
        Batches of 4, 4 and 1 light curves, of which 3, 1 and 1 are classified correctly, have an
        accuracy of 5 / 9.
    """
    ### BEGIN SOLUTION
    place = resolve_device(device)
    was_training = model.training
    model.to(place).eval()
    criterion.to(place)
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for features, labels in dataloader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)  # (batch, num_classes)
            total += criterion(logits, labels).item() * len(labels)
            correct += int((logits.argmax(dim=-1) == labels).sum())
            count += len(labels)
    model.train(was_training)
    if count == 0:
        raise ValueError("the dataloader gives no batch: there is nothing to evaluate")
    return total / count, correct / count
    ### END SOLUTION


# %% [markdown]
# ## Does it learn at all?
#
# Before you train on everything, train on almost nothing. A network that works can memorise sixteen
# light curves, and its loss goes to zero. If it does not, something is broken: one softmax too
# many, a gradient that gets lost, labels that belong to other light curves. This test takes
# seconds, and a run that trains all night on a broken network takes all night.
#
# An untrained network should start near $\ln 5 = 1.61$, the cross-entropy when each of five classes
# gets the probability 1/5.


# %%
if __name__ == "__main__":
    torch.manual_seed(6)
    one_batch = DataLoader(TensorDataset(features[order[:16]], labels[order[:16]]), batch_size=16)
    candidates = {
        "MLP": SimplePhotometryMLP(dataset.n_features, [64, 64], len(dataset.classes), dropout=0.0),
        "LSTM": LightCurveLSTM(dataset.n_features, 32, 1, len(dataset.classes), dropout=0.0),
    }
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for (name, model), colour in zip(candidates.items(), ("#0072b2", "#d55e00"), strict=True):
        optimizer = Adam(model.parameters(), lr=0.005)
        steps = tqdm(range(150), desc=f"{name}, one batch")
        losses = [train_epoch(model, one_batch, optimizer, nn.CrossEntropyLoss()) for _ in steps]
        ax.semilogy(losses, color=colour, label=name)
        accuracy = evaluate_model(model, one_batch, nn.CrossEntropyLoss())[1]
        print(f"{name}: loss {losses[-1]:.4f}, {16 * accuracy:.0f} of 16 right")
    ax.axhline(math.log(5), color="0.6", linewidth=1, label="ln 5")
    ax.set_xlabel("step")
    ax.set_ylabel("cross-entropy")
    ax.set_title("Sixteen light curves, memorised")
    ax.legend()
    plt.show()

# %% [markdown]
# ## Training both networks
#
# Now for the whole training set, with one addition. The gradient of an LSTM runs back through fifty
# steps, and now and then it *explodes*: a single batch throws away what was learned in ten epochs.
# So large gradients are cut off (**gradient clipping**), here by a *hook*, a function that PyTorch
# calls with each gradient as it is computed.

# %%
if __name__ == "__main__":
    torch.manual_seed(6)
    models = {
        "MLP": SimplePhotometryMLP(dataset.n_features, [64, 64], len(dataset.classes)),
        "LSTM": LightCurveLSTM(dataset.n_features, 32, 1, len(dataset.classes)),
    }
    criterion = nn.CrossEntropyLoss()
    curves: dict[str, list[tuple[float, float]]] = {}
    for name, model in models.items():
        for weight in model.parameters():
            weight.register_hook(lambda gradient: gradient.clamp(-0.1, 0.1))
        optimizer = Adam(model.parameters(), lr=0.01)
        curves[name] = []
        progress = tqdm(range(20), desc=name)
        for _epoch in progress:
            train_loss = train_epoch(model, train_loader, optimizer, criterion)
            val_loss, accuracy = evaluate_model(model, val_loader, criterion)
            curves[name].append((train_loss, val_loss))
            progress.set_postfix(val_loss=f"{val_loss:.3f}", accuracy=f"{accuracy:.2f}")

# %%
if __name__ == "__main__":
    fig, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    for ax, (name, losses) in zip(axes, curves.items(), strict=True):
        train_losses, val_losses = zip(*losses, strict=True)
        epochs = range(1, len(losses) + 1)
        ax.plot(epochs, train_losses, color="#0072b2", label="training")
        ax.plot(epochs, val_losses, color="#d55e00", label="validation")
        ax.axhline(math.log(5), color="0.6", linewidth=1, label="ln 5")
        ax.set_title(name)
        ax.set_xticks(range(0, len(losses) + 1, 5))
        ax.set_xlabel("epoch")
    axes[0].set_ylabel("cross-entropy")
    axes[0].legend()
    plt.show()

# %% [markdown]
# Look at three things.
#
# - Both losses go down together. While they do, the network learns something that holds for other
#   light curves as well, and a few more epochs would do no harm. If the validation loss went up
#   while the training loss kept falling, the network would be memorising.
# - The validation loss is mostly the *lower* one. That is neither a mistake nor a miracle: dropout
#   makes things harder during training, and the training loss is a mean over an epoch, and the
#   network was worse at the beginning of it than at the end.
# - The curves are jagged, most of all the LSTM's. Do not read anything into a single epoch, and do
#   not believe that a network is better because of a single jag.
#
# The loss tells you little about which classes are confused. So here are the confusion matrices for
# the test set, which nobody has looked at until now. Next to the networks is the cheapest
# classifier of all, which always gives the same answer.

# %%
if __name__ == "__main__":

    def predictions(model: nn.Module, features: Tensor) -> Tensor:
        """Return the index of the class with the largest logit for each light curve."""
        place = next(model.parameters()).device
        with torch.no_grad():
            return forward_batch(model.eval(), features.to(place)).argmax(dim=-1).cpu()

    test_features, truth = test_set.tensors
    majority = torch.bincount(train_set.tensors[1]).argmax()
    answers = {"always the largest class": majority.expand(len(truth))}
    answers |= {name: predictions(model, test_features) for name, model in models.items()}
    counts = torch.bincount(truth, minlength=len(dataset.classes)).tolist()

    fig, axes = plt.subplots(1, 3, figsize=(14, 4.6), layout="constrained")
    for ax, (name, answer) in zip(axes, answers.items(), strict=True):
        ConfusionMatrixDisplay.from_predictions(
            truth,
            answer,
            labels=range(len(dataset.classes)),
            display_labels=dataset.classes,
            normalize="true",
            values_format=".2f",
            ax=ax,
            cmap="Blues",
            im_kw={"vmin": 0, "vmax": 1},
            colorbar=False,
        )
        fraction = (answer == truth).double().mean().item()
        balanced = balanced_accuracy_score(truth, answer)
        ax.set_title(f"{name}\naccuracy {fraction:.2f}, balanced {balanced:.2f}")
        named = [f"{label} ({n})" for label, n in zip(dataset.classes, counts, strict=True)]
        ax.set_yticks(range(len(named)), named)
    plt.show()

# %% [markdown]
# Each row adds up to 1; the number of light curves in each class is in brackets.
#
# The accuracy of the first matrix is more than one half, yet nothing has been learned: most objects
# that a survey sees are supernovae of type Ia. From there the networks gain twenty points or so.
# The *balanced* accuracy, in which every class counts the same, tells you more.
#
# What do they confuse? Type II with type Ia, mostly in that direction: where the network hesitates,
# the common class is the safer bet. And the row of the TDEs is a failure. Barely thirty of the 900
# training light curves are TDEs, and ignoring them costs next to nothing. For anyone looking for
# TDEs both networks are useless, whatever their accuracy. **Exercise 8** is about that.
#
# Whether MLP or LSTM comes out ahead depends on the seed; try another one before you believe in
# either. And what they have learned is a *simulated* sky. Tried on the 908 real objects of Exercise
# 4, both have a balanced accuracy of about 0.4, where your rules had 0.64. Real CVs and TDEs do not
# look quite like ours, and a network that has seen nothing else cannot know. A network is only as
# good as what it was trained on.

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks.
#
# ### 6.E1 A learning rate that changes
#
# The learning rate is how far each step goes. Large steps are fast but never settle down; small
# ones settle down but take forever. So one starts small, since the first gradients of an untrained
# network could point anywhere (the *warm-up*, [Goyal et al.
# 2017](https://arxiv.org/abs/1706.02677)), goes up quickly, and then comes down slowly along half a
# cosine ([Loshchilov and Hutter 2017](https://arxiv.org/abs/1608.03983)).
#
# PyTorch calls that a *scheduler*. `LambdaLR(optimizer, factor)` is one: it *multiplies* the
# learning rate that the optimizer was created with by `factor(epoch)`, where epochs are counted
# from 0.


# %% part="6.E1" points=1
def warmup_cosine(optimizer: Optimizer, num_epochs: int, warmup_epochs: int = 2) -> LRScheduler:
    """Return a scheduler with a linear warm-up, then half a cosine down to zero.

    Bonus.

    Args:
        optimizer: its learning rates are those that are reached at the end of the warm-up. It does
            not have a scheduler yet, and may have several parameter groups, each with its own rate.
        num_epochs: how many epochs there will be.
        warmup_epochs: how many of them are warm-up, possibly 0.

    Returns:
        A scheduler whose `step()` you call once after each epoch. In epoch e = 0, 1, ...,
        num_epochs - 1 each learning rate is what it was in the optimizer that was passed, times
            (e + 1) / (warmup_epochs + 1)                                in the warm-up,
            (1 + cos(pi (e - warmup_epochs) / (num_epochs - warmup_epochs))) / 2   from then on,
        so that epoch `warmup_epochs` is the first one with the full rate. What comes after epoch
        num_epochs - 1 is up to you.

    Raises:
        ValueError: Unless 0 <= warmup_epochs < num_epochs.

    Example:
        The factors for 5 epochs, of which 1 is warm-up:

        0.5, 1.0, 0.854, 0.5, 0.146
    """
    ### BEGIN SOLUTION
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError(f"{warmup_epochs} of {num_epochs} epochs cannot be warm-up")

    def factor(epoch: int) -> float:
        if epoch < warmup_epochs:
            return (epoch + 1) / (warmup_epochs + 1)
        done = (epoch - warmup_epochs) / (num_epochs - warmup_epochs)
        return (1 + math.cos(math.pi * min(done, 1.0))) / 2

    return LambdaLR(optimizer, factor)
    ### END SOLUTION


# %%
if __name__ == "__main__":

    def rates(num_epochs: int, warmup_epochs: int) -> Iterator[float]:
        """Yield the learning rate of each epoch."""
        optimizer = Adam([nn.Parameter(torch.zeros(1))], lr=0.003)
        scheduler = warmup_cosine(optimizer, num_epochs, warmup_epochs)
        for _ in range(num_epochs):
            yield optimizer.param_groups[0]["lr"]
            optimizer.step()
            scheduler.step()

    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for warmup_epochs, colour in ((0, "#009e73"), (3, "#0072b2"), (10, "#d55e00")):
        ax.plot(list(rates(30, warmup_epochs)), "o-", color=colour, markersize=4,
                label=f"{warmup_epochs} epochs of warm-up")  # fmt: skip
    ax.set_xlabel("epoch")
    ax.set_ylabel("learning rate")
    ax.set_ylim(bottom=0)
    ax.legend()
    plt.show()

# %% [markdown]
# ### 6.E2 Stop in time
#
# A network that trains for too long memorises the training set, noise and all, and gets worse at
# everything else: the training loss falls and falls, while the validation loss turns up again. With
# **early stopping** training ends when the validation loss has not improved for a while (the
# *patience*), and the weights of the best epoch are restored.
#
# Beware: `model.state_dict()` is not a copy. Its tensors are the weights of the model themselves,
# and go on changing; `copy.deepcopy` makes a copy.


# %% part="6.E2" points=1
def fit(
    model: nn.Module,
    train_loader: DataLoader,
    val_loader: DataLoader,
    optimizer: Optimizer,
    criterion: nn.Module,
    num_epochs: int,
    patience: int = 5,
    min_delta: float = 0.0,
    scheduler: LRScheduler | None = None,
    device: str = "auto",
) -> dict[str, list[float]]:
    """Train a network, stop in time, and keep its best weights.

    Bonus.

    Each epoch calls train_epoch with train_loader, then evaluate_model with val_loader, then, if
    there is a scheduler, scheduler.step() once, even in the last epoch. Both functions get the
    device.

    Args:
        model, train_loader, optimizer, criterion, device: as for train_epoch.
        val_loader: yields the batches on which the validation loss is measured.
        num_epochs: the largest number of epochs, at least 1.
        patience: training ends after this many epochs in a row that were not better, at least 1.
        min_delta: an epoch is better if its validation loss is below that of the best epoch so far
            by more than this. The first epoch always counts as better. (What a loss of NaN does is
            up to you.)
        scheduler: changes the learning rate.

    Returns:
        A dictionary of lists, with one entry for each epoch that took place:
        train_loss: what train_epoch returned.
        val_loss, val_accuracy: what evaluate_model returned.
        learning_rate: the rate that the epoch was trained with, of the optimizer's first parameter
            group (`optimizer.param_groups[0]["lr"]`).
        Afterwards the model has the weights of the best epoch.

    Example:
        With patience=2, validation losses of 1.0, 0.7, 0.8, 0.9 end the training after the fourth
        epoch, and the model has the weights of the second.
    """
    ### BEGIN SOLUTION
    names = ("train_loss", "val_loss", "val_accuracy", "learning_rate")
    history: dict[str, list[float]] = {name: [] for name in names}
    best_loss, best_weights, waited = math.inf, copy.deepcopy(model.state_dict()), 0
    with tqdm(total=num_epochs, desc="epochs", delay=2) as progress:
        for _ in range(num_epochs):
            rate = optimizer.param_groups[0]["lr"]
            train_loss = train_epoch(model, train_loader, optimizer, criterion, device)
            val_loss, val_accuracy = evaluate_model(model, val_loader, criterion, device)
            if scheduler is not None:
                scheduler.step()
            for name, value in zip(names, (train_loss, val_loss, val_accuracy, rate), strict=True):
                history[name].append(value)
            progress.set_postfix(val_loss=f"{val_loss:.3f}", refresh=False)
            progress.update()
            waited += 1
            if val_loss < best_loss - min_delta:
                best_loss, best_weights, waited = val_loss, copy.deepcopy(model.state_dict()), 0
            if waited == patience:
                break
    model.load_state_dict(best_weights)
    return history
    ### END SOLUTION


# %% [markdown]
# To see it at work, we give a large network only a hundred light curves, and no dropout.

# %%
if __name__ == "__main__":
    torch.manual_seed(6)
    small_set = TensorDataset(*(tensor[:100] for tensor in train_set.tensors))
    small_loader = DataLoader(small_set, batch_size=25, shuffle=True)
    greedy = SimplePhotometryMLP(dataset.n_features, [256, 256], len(dataset.classes), dropout=0.0)
    optimizer = Adam(greedy.parameters(), lr=0.01)
    history = fit(greedy, small_loader, val_loader, optimizer, criterion, 100, patience=20)

    best = int(np.argmin(history["val_loss"]))
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    ax.plot(history["train_loss"], color="#0072b2", label="training")
    ax.plot(history["val_loss"], color="#d55e00", label="validation")
    ax.plot(best, history["val_loss"][best], "o", color="#d55e00", label="weights kept")
    ax.set_xlabel("epoch")
    ax.set_ylabel("cross-entropy")
    ax.set_title("A large network and a hundred light curves")
    ax.legend()
    plt.show()

# %% [markdown]
# The training loss keeps falling, but the validation loss has nothing more to gain: after the dot
# the network learns these hundred light curves by heart and nothing else. Note that the validation
# set has now been *used*: the best of all epochs was chosen by it, so its loss is a little too
# good. That is what the test set is for.
#
# ## Where to go next
#
# You have two networks, a loss, and the loops that will train and evaluate any network from now on.
#
# - Train with `FocalLoss()` in place of `nn.CrossEntropyLoss()`. Which rows of the confusion matrix
#   gain? Different kinds of loss cannot be compared with each other, but accuracies can.
# - Give `fit` a scheduler from `warmup_cosine`, and let it run for sixty epochs.
# - Take the time away from the MLP (`features[..., TIME] = 0`). How much is lost? And without the
#   flux?
# - Read Andrej Karpathy's [recipe for training neural
#   networks](https://karpathy.github.io/2019/04/25/recipe/): most of what goes wrong in training
#   goes wrong without an error message.
# - In **Exercise 7** a transformer looks at all observations at once, and learns what a time is.
