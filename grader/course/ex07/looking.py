"""Looking into a learner's encoder: its attributes, sizes, and what its transformer is given."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from grader.course.ex07.parameters import count
from grader.course.ex07.replies import Layers, Steps

LAYERS = ("input_projection", "time_embedding", "transformer", "classifier")


def layers_of(model: Any) -> Layers:
    """What the encoder's attributes are, and the number of parameters of the transformer."""
    kinds, frozen = {}, []
    for name in LAYERS:
        value = getattr(model, name, None)
        kinds[name] = type(value).__name__
        if isinstance(value, nn.Module):
            kinds[name] = "module" if any(value is m for m in model.modules()) else "unregistered"
            frozen += [name] if count(value) < count(value, False) else []
    transformer = getattr(model, "transformer", None)
    learned = count(transformer) if isinstance(transformer, nn.Module) else 0
    listed = getattr(transformer, "layers", None)
    n_layers = len(listed) if isinstance(listed, nn.ModuleList) else 0
    return Layers(kinds, frozen, getattr(model, "max_seq_len", None), learned, n_layers)


def rates_of(part: nn.Module) -> list[float]:
    """The rates of the dropout layers in a module, each once."""
    rates = {m.p for m in part.modules() if isinstance(m, nn.Dropout)}
    rates |= {m.dropout for m in part.modules() if isinstance(m, nn.MultiheadAttention)}
    return sorted(float(rate) for rate in rates)


def sizes_of(model: Any) -> list[tuple[str, Any]]:
    """What can be seen of the sizes that an encoder was made with."""
    return [
        ("max_seq_len", model.max_seq_len),
        ("num_layers", count(model.transformer)),
        ("dropout", sorted({m.p for m in model.modules() if isinstance(m, nn.Dropout)})),
        ("nhead", model.transformer.layers[0].self_attn.num_heads),
        ("num_classes", count(model.classifier)),
    ]


def steps_of(model: Any, batch: tuple[Tensor, Tensor, Tensor]) -> Steps | None:
    """What `forward_steps` returns, and logits of the rows that the transformer does."""
    hidden: list[Tensor] = []
    model.transformer.register_forward_hook(lambda *given: hidden.append(given[2]))
    logits = model.forward_steps(*batch)
    if len(hidden) != 1 or hidden[0].shape[:2] != batch[0].shape[:2]:
        return None
    counts = torch.arange(1, hidden[0].shape[1] + 1).unsqueeze(1)
    means = hidden[0].cumsum(dim=1) / counts
    return Steps(logits, model.classifier(hidden[0]), model.classifier(means))


def mask_given(model: Any, batch: tuple[Tensor, Tensor, Tensor]) -> Any:
    """The mask that `forward_steps` gives to the transformer; None if there is none."""
    seen: dict[str, Any] = {}

    def note(module: nn.Module, inputs: tuple[Any, ...], options: dict[str, Any]) -> None:
        seen["mask"] = options.get("mask", inputs[1] if len(inputs) > 1 else None)

    model.transformer.register_forward_pre_hook(note, with_kwargs=True)
    model.forward_steps(*batch)
    return seen.get("mask")
