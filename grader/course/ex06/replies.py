"""What the probes of Exercise 6 bring back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

CLASS_WEIGHTS = [0.5, 2.0, 1.0, 3.0, 1.5]
"""How much each class counts in the criterion with which the loops are tried out."""

LEFT_OUT = 3
"""How many light curves of the data set no batch holds, since the sampler leaves them out."""


LEFT_OVER = 0.5
"""The gradient that each weight has before an epoch."""


class Given(Struct):
    """What a network was made of and asked with, as it was afterwards."""

    sizes: list[Any]
    x: Any
    lengths: Any


class Gradients(Struct):
    """The number of weights, and for each tensor of them whether a gradient arrives.

    `others` are the numbers of weights with other sizes.
    """

    weights: int
    arrives: dict[str, bool]
    others: list[int]


class Dropout(Struct):
    """The logits of one batch, asked twice in each mode, training first, with a dropout of 0.5.

    Those with a dropout of 0 follow: twice in training mode, once in evaluation mode.
    `rates` are the probabilities of the dropout layers if it should be 0.3, `usual` if nothing is
    said. `linear` tells whether chance changes what the first linear layer is given in training
    mode, and of each further one whether anything is dropped between it and the one before.
    `states` tells whether chance changes the state that each LSTM gives.
    """

    logits: Any
    rates: list[float]
    usual: list[float]
    linear: list[bool]
    states: list[bool]


class Layer(Struct):
    """What a linear layer or an LSTM was given and gave, by rows, and the states of an LSTM."""

    kind: str
    given: Any
    out: Any
    hidden: Any
    cell: Any


class Inside(Struct):
    """What went on inside a network, call by call, and its logits."""

    logits: Any
    layers: list[Layer]


class Overfitted(Struct):
    """The cross-entropy of one batch before and after training on it."""

    before: float
    after: float


class Loss(Struct):
    """A loss, whether a gradient flows through it, and its gradient by the logits."""

    loss: Any
    flows: bool
    gradient: Any


class Mode(Struct):
    """How a network was asked: in training mode, its layers too, and with gradients?"""

    training: bool
    layers: bool
    gradients: bool


class Seen(Struct):
    """What was seen of a loop: `sums` are those of each row that the criterion was given.

    `thawed` tells whether a weight that came frozen can be trained afterwards.
    """

    returned: Any
    weight: Any
    modes: list[Mode]
    sums: list[float]
    thawed: bool


class Trained(Seen):
    """An epoch of training: `events` are what happened, in order, `steps` how many were made."""

    events: list[str]
    steps: int
    frozen: bool
    """Whether nothing can be trained any more."""


class Evaluated(Seen):
    """An evaluation, and what it left behind."""

    gradient: Any
    training: bool
    layers_training: bool
    gradients_on: bool
    """Whether PyTorch computes gradients afterwards."""
    frozen: bool
    """Whether the weight can no longer be trained."""


class Fitted(Struct):
    """A history, the weight at the end, and the devices of the loops.

    `calls` are those of the loops and of the scheduler, in order.
    """

    history: Any
    weight: float
    scheduler_steps: int
    devices: list[str]
    calls: list[str]
    scheduler_given: bool
    """Whether the scheduler's step was given anything."""
    loaded: bool
    """Whether `load_state_dict` of the network was called."""
