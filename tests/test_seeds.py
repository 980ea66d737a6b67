"""Seeding torch for a probe gives the very numbers of `torch.manual_seed`, and leaves nothing."""

from __future__ import annotations

import pytest
import torch

from grader.course.seeds import seed_torch


def test_the_numbers_are_those_of_manual_seed() -> None:
    torch.manual_seed(12)
    want = torch.rand(3), torch.randperm(9), torch.initial_seed()
    seed_torch(12)
    got = torch.rand(3), torch.randperm(9), torch.initial_seed()
    assert all(map(torch.equal, got[:2], want[:2]))
    assert got[2] == want[2] == 12


@pytest.mark.parametrize("has_one", [True, False])
def test_an_accelerator_is_seeded_where_there_is_one(
    has_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded: list[int] = []
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: has_one)
    monkeypatch.setattr(torch, "manual_seed", seeded.append)
    seed_torch(3)
    assert seeded == [3] * has_one
