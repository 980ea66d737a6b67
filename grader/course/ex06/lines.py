"""What a learner would type to see what the probes of Exercise 6 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.ex06.replies import CLASS_WEIGHTS, LEFT_OUT, LEFT_OVER
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
    "dropout": INPUTS,
    "overfitted": INPUTS,
    "inside": LAYERS,
    "several": "many questions at once; the one that is judged is asked again by itself",
    "devices": "tensors on the device `meta` hold no numbers that could be shown",
    "fitted": STAND_INS,
}
"""Probes without lines, and why."""


def dropout_rates(network: str, sizes: list[Any], dropout: float | None) -> str:
    several = "isinstance(m, nn.LSTM) and m.num_layers > 1"
    given = [] if dropout is None else [dropout]
    return (
        f"modules = list({called(network, *sizes, *given)}.modules())\n"
        "rates = {m.p for m in modules if isinstance(m, nn.Dropout)}\n"
        f"rates |= {{m.dropout for m in modules if {several}}}\nsorted(rates)"
    )


def recurrent_layers(sizes: list[Any]) -> str:
    return (
        "kinds = (nn.RNNBase, nn.RNNCellBase)\n"
        f"modules = {called('LightCurveLSTM', *sizes)}.modules()\n"
        "layers = [m for m in modules if isinstance(m, kinds)]\n"
        "[\n    [type(m).__name__, m.input_size, m.hidden_size, getattr(m, 'num_layers', 1)]\n"
        "    for m in layers\n]"
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


def trained(
    weight: Tensor,
    batches: tuple[Tensor, Tensor, int, bool],
    lr: float = 0.1,
    device: str | None = "cpu",
) -> str:
    return (
        f"{_network(weight)}model.eval()\n{_left(weight)}{_loader(*batches)}"
        f"optimizer = torch.optim.SGD([model.weight], lr={lr})\nsteps = []\n"
        "optimizer.register_step_post_hook(lambda *_: steps.append(1))\n\n"
        f"train_epoch(model, loader, optimizer, criterion{_to(device)})"
    )


def evaluated(
    weight: Tensor,
    batches: tuple[Tensor, Tensor, int, bool],
    training: bool = True,
    device: str | None = "cpu",
) -> str:
    call = f"evaluate_model(model, loader, criterion{_to(device)})"
    within = (
        f"with torch.no_grad():\n    result = {call}\n"
        "    gradients = torch.is_grad_enabled()\n\nresult"
    )
    return (
        f"{_network(weight)}model.train({training})\n{_left(weight)}{_loader(*batches)}\n"
        f"{call if training else within}"
    )


def after_error(weight: Tensor, batches: tuple[Tensor, Tensor, int, bool]) -> str:
    return (
        f"{_loader(*batches)}left = []\nfor training in (True, False):\n"
        f"    model = nn.Linear({weight.shape[0]}, {weight.shape[1]}).train(training)\n"
        "    try:\n        evaluate_model(model, loader, criterion, 'cpu')\n"
        "        left.append([])\n    except ValueError:\n"
        "        left.append([model.training, torch.is_grad_enabled()])\nleft"
    )


def _network(weight: Tensor) -> str:
    return (
        "class Mean(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.weight = nn.Parameter({source(weight)})\n"
        "        self.frozen = nn.Parameter(torch.zeros(1), False)\n"
        "        self.inner, self.modes = nn.Sequential(nn.Identity()), []\n\n"
        "    def forward(self, x, lengths):\n        within = self.inner[0].training\n"
        "        self.modes.append([self.training, within, torch.is_grad_enabled()])\n"
        "        return x.sum(1) / lengths[:, None] @ self.weight\n\nmodel = Mean()\n"
    )


def _left(weight: Tensor) -> str:
    """The gradient that was there before."""
    return f"model.weight.grad = torch.full({tuple(weight.shape)}, {LEFT_OVER})\n"


def _loader(features: Tensor, labels: Tensor, batch_size: int, drop_last: bool) -> str:
    n, last = labels.shape[0], ", drop_last=True" if drop_last else ""
    more = ", ".join(str(i % n) for i in range(LEFT_OUT))
    return (
        f"x = {source(features)}\nlabels = {source(labels)}\nmore = [*range({n}), {more}]\n"
        f"data = TensorDataset(x[more], labels[more])\n"
        f"loader = DataLoader(data, {batch_size}, sampler=range({n}){last})\n"
        f"criterion = nn.CrossEntropyLoss(torch.tensor({CLASS_WEIGHTS}))\n"
    )


def _to(device: str | None) -> str:
    return "" if device is None else f", {source(device)}"
