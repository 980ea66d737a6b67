"""A tensor of torch's that still has its gradient: as good as an array."""

import torch
from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    return torch.tensor(good(model, lightcurves), requires_grad=True)
