"""What stands in for other parts of Exercise 7: simple things of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn

from grader.runner import Learner


class Multiples(nn.Module):
    """Takes the place of Time2Vec: small multiples of the time."""

    def __init__(self, input_dim: int = 1, embed_dim: int = 64) -> None:
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1)
        with torch.no_grad():
            self.linear.weight.fill_(0.01)
            factors = 0.01 * torch.arange(2.0, embed_dim + 1).unsqueeze(1)
            self.periodic.weight.copy_(factors.expand(-1, input_dim))
            for layer in (self.linear, self.periodic):
                layer.bias.zero_()

    def forward(self, time: Tensor) -> Tensor:
        return torch.cat([self.linear(time), self.periodic(time)], dim=-1)


class CompanyLayer(nn.TransformerEncoderLayer):
    """Takes the place of a layer: adds to each row half the mean of those not ignored."""

    def __init__(self, d_model: int) -> None:
        super().__init__(d_model, nhead=1, batch_first=True)
        self.mask: Tensor | None = None

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        if src.ndim == 2:  # a single light curve
            return self(src.unsqueeze(0)).squeeze(0)
        self.mask = src_key_padding_mask
        batch, seq_len, _ = src.shape
        ignored = torch.zeros(batch, seq_len, seq_len, dtype=torch.bool)
        if self.mask is not None:
            ignored = ignored | _as_bool(self.mask).unsqueeze(1)
        if src_mask is not None:  # (seq_len, seq_len), or one for each light curve
            ignored = ignored | _as_bool(src_mask)
        weights = (~ignored).to(src.dtype)
        return src + 0.5 * weights @ src / weights.sum(dim=2, keepdim=True)


def _as_bool(mask: Tensor) -> Tensor:
    return mask if mask.dtype == torch.bool else mask < 0


class Company(nn.TransformerEncoder):
    """Takes the place of a transformer of one layer."""

    def __init__(self, d_model: int) -> None:
        super().__init__(CompanyLayer(d_model), num_layers=1, enable_nested_tensor=False)

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        hidden: Tensor = self.layers[0](src, mask, src_key_padding_mask)
        return hidden


class Outline:
    """Stands for a tensor, and notes whether it is asked for more than its shape."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = tensor
        self.asked_for_more = False
        self.shape, self.ndim, self.size, self.dim = (
            getattr(tensor, name) for name in ("shape", "ndim", "size", "dim")
        )

    def __len__(self) -> int:
        return len(self._tensor)

    def __getitem__(self, place: Any) -> Tensor:
        self.asked_for_more = True
        return self._tensor[place]

    def __getattr__(self, name: str) -> Any:
        self.asked_for_more = True
        return getattr(self._tensor, name)


def is_made_there(make: Callable[[Any, Any], Any], x: Tensor, lengths: Tensor) -> bool:
    """Whether `make(x, lengths)` gives a tensor on their device, as far as one can tell here.

    The device `meta` tells, but it has no numbers. What needs those must look for a device: in x,
    at more than the shape, or in the lengths.
    """
    with suppress(Exception):
        if make(x.to("meta"), lengths.to("meta")).device.type == "meta":
            return True
    outline, asked = Outline(x), []

    class Placed(Tensor):
        """A tensor that notes whether it, or what is made of it, is asked for its device."""

        @property
        def device(self) -> torch.device:  # type: ignore[override]
            asked.append(True)
            return super().device

    try:
        make(outline, lengths.as_subclass(Placed))
    except Exception:  # what is no tensor cannot be used like this one
        return True
    return outline.asked_for_more or bool(asked)


@torch.no_grad()
def multiples(embed_dim: int) -> nn.Linear:
    """A layer that gives small multiples of the time."""
    layer = nn.Linear(1, embed_dim, bias=False)
    layer.weight.copy_(0.01 * torch.arange(1.0, embed_dim + 1).unsqueeze(1))
    return layer


@contextmanager
def stand_in_for_time2vec(learner: Learner, own: bool = False) -> Iterator[None]:
    """Let the learner's other classes find `Multiples` where they look for Time2Vec.

    With `own` they find the learner's.
    """
    if own:
        yield
        return
    namespace = learner._namespace
    theirs = namespace.get("Time2Vec")
    namespace["Time2Vec"] = Multiples
    try:
        yield
    finally:
        del namespace["Time2Vec"]
        if theirs is not None:
            namespace["Time2Vec"] = theirs
