"""What stands in for networks and trackers in the probes of Exercise 8.

`Spy` records how it is asked, and `Recorder` what a tracker is told. `Scripted` gives, after each
epoch, the validation loss that a script wants, and counts in its own `state_dict` how often it was
trained, so that one sees which epoch's weights come back. `OneDrop` and `SmallTransformer` have
dropout.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from grader.course.ex08.replies import Event, Mode

N_FEATURES = 8  # of the light curves made here, which have a single row
Script: TypeAlias = list[float | None]  # the validation loss of each epoch; at None the power fails


class Spy(nn.Module):
    """Its logits are the first features plus a shift that is trained.

    It notes how it is asked, and where the features were.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(num_classes))
        self.asked: list[Mode] = []
        self.place: torch.device | None = None

    def forward(self, x: Tensor) -> Tensor:
        self.asked.append(Mode(self.training, torch.is_grad_enabled()))
        self.place = x.device
        return x[:, 0, : len(self.shift)] + self.shift  # (batch, num_classes)


class PlacedLoss(nn.CrossEntropyLoss):
    """A loss with weights that notes where the labels were."""

    weight: Tensor

    def __init__(self) -> None:
        super().__init__(weight=torch.ones(2))
        self.place: torch.device | None = None

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        self.place = target.device
        return super().forward(input, target)


class Recorder:
    """A tracker that writes down what it is told."""

    def __init__(self, answer: dict[str, float]) -> None:
        self.answer = answer
        self.told: list[Event] = []

    def reset(self) -> None:
        self.told.append(Event("reset"))

    def update(self, preds: Any, targets: Any, loss: Any) -> None:
        preds, targets = (
            each.detach().clone() if isinstance(each, Tensor) else each for each in (preds, targets)
        )
        self.told.append(Event("update", preds, targets, float(loss), type(loss).__name__))

    def compute_metrics(self) -> dict[str, float]:
        self.told.append(Event("compute"))
        return self.answer


class _Counted(torch.autograd.Function):
    """Passes logits on; its backward pass counts, and gives the walker a gradient of one."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, walker: Tensor, model: Any) -> Tensor:
        ctx.model = model
        return logits.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        ctx.model.steps += 1
        if not ctx.model.training:
            ctx.model.confused.append("training")
        return gradients[0], torch.ones(()), None


class Scripted(nn.Module):
    """A network whose validation loss follows a script.

    The first feature says whether a light curve is for training (0) or for validation (1), the
    second is its label then, and the third which of the objects is told apart. In training the
    logits are the features after these. In each step `walker` moves down by the learning rate.
    Objects of class 0 have the loss of the script times `easy`.
    """

    def __init__(
        self, num_classes: int, script: Script, right: list[list[bool]], easy: float = 1.0
    ) -> None:
        super().__init__()
        self.easy = easy
        self.num_classes, self.script, self.right = num_classes, script, right
        self.walker = nn.Parameter(torch.zeros(()))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.steps: Tensor
        self.confused: list[str] = []  # what it did in the wrong mode
        self.loaded = 0

    def load_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        self.loaded += 1
        return super().load_state_dict(*args, **kwargs)

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, 0]  # (batch, features)
        validation = bool((x[:, 0] == 1).all())
        if validation and self.training:
            self.confused.append("validation")
        if validation:
            return self._by_script(x[:, 1].long(), x[:, 2].long()) + 0 * self.walker
        return _Counted.apply(x[:, 3 : 3 + self.num_classes], self.walker, self)

    def _by_script(self, labels: Tensor, numbers: Tensor) -> Tensor:
        """Logits with the loss of this epoch for each object, and the right ones as it wants."""
        epoch = min(max(int(self.steps) - 1, 0), len(self.script) - 1)
        loss = self.script[epoch]
        if loss is None:
            raise PowerCut("the power failed")
        p = torch.exp(-loss * torch.where(labels == 0, self.easy, 1.0))  # (batch,)
        rest = (1 - p).unsqueeze(1)  # (batch, 1)
        spread = (rest / (self.num_classes - 1)).repeat(1, self.num_classes)
        lumped = torch.full_like(spread, 1e-9)
        lumped[torch.arange(len(labels)), (labels + 1) % self.num_classes] = 1 - p
        right = torch.tensor(self.right[epoch])[numbers].unsqueeze(1)  # (batch, 1)
        chances = torch.where(right, spread, lumped)
        chances[torch.arange(len(labels)), labels] = p
        return chances.log()


class PowerCut(RuntimeError):
    """Raised on purpose, in the middle of a training."""


class Shift(nn.Module):
    """Adds 1/4 in training mode, and nothing in evaluation mode."""

    def forward(self, x: Tensor) -> Tensor:
        return x + 0.25 * self.training


class OneDrop(nn.Module):
    """Two answers are possible for each object: its one feature is dropped, or doubled.

    One more of its weights is not to be trained.
    """

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.norm = nn.BatchNorm1d(1, eps=1e-9)
        self.shift = Shift()
        self.fixed = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.frozen = nn.Sequential(nn.Identity(), nn.Dropout(0.0))
        self.register_buffer("table", table)
        self.table: Tensor
        self.train()
        self.frozen.eval()  # as if for a reason of its own

    def forward(self, x: Tensor) -> Tensor:
        feature = self.frozen(self.shift(self.norm(self.dropout(x[:, 0, :1]))))  # (batch, 1)
        return feature * self.table  # (batch, num_classes)


DROPOUT: dict[Any, tuple[int, ...]] = {
    nn.Dropout: (4,),
    nn.Dropout1d: (4, 2),
    nn.Dropout2d: (4, 2, 2),
    nn.Dropout3d: (4, 2, 2, 2),
    nn.AlphaDropout: (4,),
    nn.FeatureAlphaDropout: (4, 2),
}
"""Layers of dropout, and the shape of an object that each of them takes."""


class OneLayer(nn.Module):
    """Its first logit is the mean of ones that have gone through a layer of dropout."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        ones = x.new_ones(len(x), *DROPOUT[type(self.layer)])
        first = self.layer(ones).flatten(1).mean(dim=1)  # (batch,)
        return torch.stack([first, torch.zeros_like(first)], dim=1)  # (batch, 2)


class SmallTransformer(nn.Module):
    """Dropout is in the layers of the encoder alone."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(N_FEATURES, 2, 8, dropout=0.4, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        return 3 * self.encoder(x).mean(dim=1)[:, :3]  # (batch, 3)
