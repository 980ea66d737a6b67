"""Seed torch, in probes that do it for every question."""

from __future__ import annotations

import torch


def seed_torch(seed: int) -> None:
    """Do what `torch.manual_seed` does, and where there is only a processor, in no time.

    For accelerators that nobody has used yet, `torch.manual_seed` notes down three stack traces,
    and keeps them: a millisecond or two each time, and memory that is never given back.
    """
    if torch.accelerator.is_available():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)
