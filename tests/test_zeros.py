"""What the proof matrix puts in place of an answer has its type and shape, and holds nothing."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from answer_files import changed, namespace
from torch import nn
from zeros import zeroing, zeros

Pair = namedtuple("Pair", "flux name")
SOURCE = """
from __future__ import annotations
import dataclasses, torch
from torch import nn

@dataclasses.dataclass(frozen=True)
class Epoch:
    loss: float
    best: bool = True

class Stars(torch.utils.data.Dataset):
    def __init__(self, fluxes):
        self.fluxes, self.names, self.limit, self.lock = fluxes, ["Algol"], 3, object()

class Net(nn.Module):
    def __init__(self, size=2):
        super().__init__()
        self.size, self.rate = size, 0.5
        self.head = nn.Linear(size, size)
        self.register_buffer("scale", torch.ones(size))

    def forward(self, x):
        return self.head(x) * self.scale

class Tools:
    @staticmethod
    def twice(x): return 2 * x
    @classmethod
    def name(cls): return cls.__name__
    @property
    def size(self): return 7
    def method(self): return 8
"""


@pytest.mark.parametrize(
    ("value", "want"),
    [
        *((None, None), (NotImplemented, NotImplemented), (3, 0), (2.5, 0.0), (True, False)),
        *(("g", ""), (np.float32(2), np.float32(0)), ([1, "g"], [0, ""]), ((1.5, [2]), (0.0, [0]))),
        *(({"a": 1}, {"a": 0}), (Pair(1.5, "Algol"), Pair(0.0, ""))),
    ],
    ids=repr,
)
def test_zeros_of_plain_values(value: Any, want: Any) -> None:
    assert type(zeros(value)) is type(want)
    assert zeros(value) == want


def test_zeros_of_arrays_tables_and_tensors() -> None:
    assert np.array_equal(zeros(np.ones((2, 3), "f4")), np.zeros((2, 3)))
    table = zeros(pd.DataFrame({"mjd": [1.0, 2.0], "band": ["g", "r"]}, index=[4, 5]))
    assert table.to_dict() == {"mjd": {4: 0.0, 5: 0.0}, "band": {4: "", 5: ""}}
    assert torch.equal(zeros(torch.tensor([True, False])), torch.tensor([False, False]))
    assert torch.equal(zeros(torch.tensor([[3]])), torch.tensor([[0]]))


def test_zeros_of_a_loss_can_be_differentiated() -> None:
    weight = torch.tensor([1.0, torch.nan, torch.inf], requires_grad=True)
    zero = zeros(weight.sum())
    zero.backward()
    assert zero.item() == 0
    assert weight.grad is not None


def test_zeros_of_what_comes_one_by_one_or_later() -> None:
    assert list(zeros(n for n in [1, 2])) == [0, 0]
    assert zeros(partial(max, 3))(4) == 0
    assert zeros(lambda: [5])() == [0]

    async def later() -> int:
        return 5

    assert asyncio.run(zeros(later())) == 0


def test_zeros_of_the_learners_own_objects() -> None:
    code = namespace(SOURCE)
    epoch = code["Epoch"](0.3)
    assert zeros(epoch) == code["Epoch"](0.0, False)
    assert epoch.loss == 0.3
    with pytest.raises(TypeError, match="no zeros for object"):
        zeros(object())


def test_zeros_of_networks_and_optimisers() -> None:
    net = namespace(SOURCE)["Net"]()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    assert zeros(optimizer) is optimizer
    assert optimizer.param_groups[0]["lr"] == 0
    assert zeros(net) is net
    assert not any(tensor.any() for tensor in net.state_dict().values())
    assert not net(torch.ones(4, 2)).any()
    (made,) = zeros([nn.Linear(3, 2)])
    assert made.weight.shape == (2, 3)
    assert not made.weight.any()


def test_zeroing_a_constructor() -> None:
    code = namespace(SOURCE)
    for name in ("Net", "Stars"):
        code[name].__init__ = zeroing(code[name].__init__)
    net, stars = code["Net"](), code["Stars"](torch.ones(3))
    assert (net.size, net.rate, net.training) == (0, 0.0, True)
    assert not net(torch.ones(4, 2)).any()
    assert stars.fluxes.shape == (3,)
    assert not stars.fluxes.any()
    assert (stars.names, stars.limit) == ([""], 0)
    assert type(stars.lock) is object


def test_members_of_all_kinds_are_changed() -> None:
    tools = namespace(SOURCE)["Tools"]
    for name in ("twice", "name", "size", "method"):
        setattr(tools, name, changed(vars(tools)[name], zeroing))
    assert (tools.twice(4), tools.name(), tools().size, tools().method()) == (0, "", 0, 0)
