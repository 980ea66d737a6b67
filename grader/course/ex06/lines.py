"""What a learner would type to see what the probes of Exercise 6 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.lines import called, source
from grader.wire import Tensor

INPUTS = "light curves are too many numbers to type"
LAYERS = "what goes on between two layers is seen by hooks"
STAND_INS = "a network, a criterion and a scheduler of the check's own that keep a record of calls"

WITHOUT = {
    "logits": INPUTS,
    "logits_by_lengths": INPUTS,
    "inputs_afterwards": INPUTS,
    "gradients": INPUTS,
    "derivatives": INPUTS,
    "dropped_out": INPUTS,
    "overfitted": INPUTS,
    "dropped_in": LAYERS,
    "between": LAYERS,
    "entered": LAYERS,
    "states": LAYERS,
    "trained": STAND_INS,
    "evaluated": STAND_INS,
    "after_error": STAND_INS,
    "devices": "tensors on the device `meta` hold no numbers that could be shown",
    "fitted": STAND_INS,
}
"""Probes without lines, and why."""


def dropout_rates(network: str, sizes: list[Any], dropout: float) -> str:
    several = "isinstance(m, nn.LSTM) and m.num_layers > 1"
    return (
        f"modules = list({called(network, *sizes, dropout)}.modules())\n"
        "rates = {m.p for m in modules if isinstance(m, nn.Dropout)}\n"
        f"rates |= {{m.dropout for m in modules if {several}}}\nsorted(rates)"
    )


def recurrent_layers(sizes: list[Any]) -> str:
    return (
        "kinds = (nn.RNNBase, nn.RNNCellBase)\n"
        f"modules = {called('LightCurveLSTM', *sizes)}.modules()\n"
        "[type(m).__name__ for m in modules if isinstance(m, kinds)]"
    )


def focal_loss(settings: dict[str, float], inputs: Tensor, targets: Tensor) -> str:
    return (
        f"logits = {source(inputs)}.requires_grad_()\ntargets = {source(targets)}\n\n"
        f"loss = {called('FocalLoss', **settings)}(logits, targets)\nloss"
    )


def learning_rates(rates: list[float], num_epochs: int, *warmup: int) -> str:
    return (
        "groups = [{'params': [nn.Parameter(torch.zeros(1))], 'lr': rate} "
        f"for rate in {source(rates)}]\noptimizer = torch.optim.SGD(groups, lr=1.0)\n"
        f"scheduler = warmup_cosine(optimizer, {', '.join(map(str, (num_epochs, *warmup)))})\n"
        f"seen = []\nfor _ in range({num_epochs}):\n"
        "    seen.append([group['lr'] for group in optimizer.param_groups])\n"
        "    optimizer.step()\n    scheduler.step()\n\nseen"
    )
