"""Probes of Exercise 7: embeddings of time and a transformer, built small and tried out.

Each part is tried by itself where that is possible: stand-ins take the place of the other parts,
which may be unwritten or wrong. They are not solutions, only something simple of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grader.course.ex07.replies import (
    Attached,
    BandedEmbedding,
    BandVectors,
    Embeddings,
    Gradients,
    Layers,
    OwnLayers,
    Positional,
    SimpleLogits,
)
from grader.course.ex07.stand_ins import (
    Company,
    Multiples,
    Outline,
    stand_in_for_time2vec,
)
from grader.course.seeds import seed_torch
from grader.runner import Learner

Batch = tuple[Tensor, Tensor, Tensor]  # features, times, lengths
Sizes = dict[str, Any]  # what a module is made with
LAYERS = ("input_projection", "time_embedding", "transformer", "classifier")


def made(learner: Learner, name: str, seed: int, sizes: Sizes) -> Any:
    """An object of the learner's class `name`, the same one for the same seed."""
    seed_torch(seed)
    with stand_in_for_time2vec(learner):
        return getattr(learner, name)(**sizes)


@torch.no_grad()
def scatter(module: nn.Module, seed: int) -> None:
    """Give all parameters values between 0.3 and 1.5 in size, of either sign."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        shape = parameter.shape
        size = 0.3 + 1.2 * torch.rand(shape, generator=generator)
        sign = 2.0 * torch.randint(0, 2, shape, generator=generator) - 1
        parameter.copy_(size * sign)


@torch.no_grad()
def step(module: nn.Module) -> None:
    """Change the parameters along their gradients, a little."""
    for parameter in module.parameters():
        if parameter.grad is not None:
            parameter.sub_(parameter.grad, alpha=0.1)


def count(module: nn.Module, learned: bool = True) -> int:
    """How many numbers are learned, or how many parameters there are, frozen ones included."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not learned)


# 7.1 Time2Vec


def time2vec(
    learner: Learner, seed: int, sizes: Sizes, times: Sequence[Tensor], start: str = "own"
) -> Embeddings:
    """Embeddings of several tensors of times, with "own", "scattered" or "zero" parameters."""
    seed_torch(seed)
    module = learner.Time2Vec(**sizes)
    if start == "scattered":
        scatter(module, seed)
    if start == "zero":
        for parameter in module.parameters():
            nn.init.zeros_(parameter)
    return Embeddings([module(each) for each in times], count(module), count(module, False))


def time2vec_layers(learner: Learner, seed: int, sizes: Sizes, times: Tensor) -> OwnLayers:
    """An embedding beside what `linear` and `periodic` give, where they have these names."""
    seed_torch(seed)
    module = learner.Time2Vec(**sizes)
    linear, periodic = getattr(module, "linear", None), getattr(module, "periodic", None)
    if not (isinstance(linear, nn.Linear) and isinstance(periodic, nn.Linear)):
        return OwnLayers(module(times), None, None)
    return OwnLayers(module(times), linear(times), periodic(times))


def time2vec_gradients(learner: Learner, seed: int, sizes: Sizes, times: Tensor) -> Attached:
    """Which parameters get no gradient, and whether the embedding has one at all."""
    seed_torch(seed)
    module = learner.Time2Vec(**sizes)
    embeddings = module(times)
    if not getattr(embeddings, "requires_grad", False):
        return Attached(False, [])
    embeddings.square().sum().backward()
    return Attached(True, _without_gradient(module))


# 7.2 PositionalTime2Vec


def positional(learner: Learner, seed: int, sizes: Sizes, times: Sequence[Tensor]) -> Positional:
    """Embeddings with positions of several tensors of times, after scattering the parameters.

    The first of them is embedded once more after a step of training.
    """
    module = made(learner, "PositionalTime2Vec", seed, sizes)
    own, parameters = (count(module, on) - count(module.time2vec, on) for on in (True, False))
    scatter(module, seed)
    module.time2vec = Multiples(embed_dim=sizes["time_embed_dim"])
    embeddings = [module(each) for each in times]
    if getattr(embeddings[0], "requires_grad", False):
        embeddings[0].square().sum().backward()
        step(module)
    return Positional(embeddings, module(times[0]), own, parameters)


# 7.3 the encoder's layers


def constructed(learner: Learner, name: str, sizes: Sizes) -> str:
    """Make an object of the class `name`: what counts is whether that is refused."""
    return type(made(learner, name, 0, sizes)).__name__


def layers(learner: Learner, sizes: Sizes) -> Layers:
    """What the encoder's attributes are, and the number of parameters of the transformer.

    Another encoder is made in between, which must not change the first one.
    """
    model = made(learner, "Time2VecTransformerEncoder", 0, sizes)
    made(learner, "Time2VecTransformerEncoder", 0, sizes | {"max_seq_len": 3})
    kinds = {}
    for name in LAYERS:
        value = getattr(model, name, None)
        kinds[name] = type(value).__name__
        if isinstance(value, nn.Module):
            kinds[name] = "module" if any(value is m for m in model.modules()) else "unregistered"
    transformer = getattr(model, "transformer", None)
    learned = count(transformer) if isinstance(transformer, nn.Module) else 0
    return Layers(kinds, getattr(model, "max_seq_len", None), learned)


def dropout_rates(learner: Learner, sizes: Sizes, name: str) -> list[float]:
    """The rates of the dropout layers in one of the encoder's attributes, each once."""
    part = getattr(made(learner, "Time2VecTransformerEncoder", 0, sizes), name)
    rates = {m.p for m in part.modules() if isinstance(m, nn.Dropout)}
    rates |= {m.dropout for m in part.modules() if isinstance(m, nn.MultiheadAttention)}
    return sorted(float(rate) for rate in rates)


def layer(
    learner: Learner,
    sizes: Sizes,
    name: str,
    inputs: Sequence[Tensor],
    train: bool = False,
    **options: Any,
) -> list[Any]:
    """What one of the encoder's attributes, a module, returns for each of the inputs."""
    model = made(learner, "Time2VecTransformerEncoder", 3, sizes).train(train)
    with torch.set_grad_enabled(train):
        return [getattr(model, name)(each, **options) for each in inputs]


# 7.4 create_padding_mask


def padding_mask(learner: Learner, x: Tensor, lengths: Tensor) -> Any:
    """The padding mask of an encoder."""
    return encoder_with(learner, {}, 10).create_padding_mask(x, lengths)


def device_looked_at(learner: Learner, x: Tensor, lengths: Tensor) -> bool:
    """Whether the mask is made with more of x than its shape: only then can it be where x is."""
    outline = Outline(x)
    try:
        encoder_with(learner, {}, 10).create_padding_mask(outline, lengths)
    except Exception:  # what is no tensor cannot be used like this one
        return True
    return outline.asked_for_more


def encoder_with(learner: Learner, methods: dict[str, Any], longest: int) -> Any:
    """The learner's encoder with some methods in place of its own.

    It is made by its own `__init__`, or, where that cannot be called yet, as a bare module.
    """
    base = learner.Time2VecTransformerEncoder
    try:
        with stand_in_for_time2vec(learner):
            return type("Encoder", (base,), methods)(
                6, d_model=6, nhead=1, num_layers=1, time_embed_dim=3, max_seq_len=longest
            )
    except Exception:
        encoder = type("Encoder", (base,), methods | {"__init__": _bare})()
        encoder.max_seq_len = longest
        return encoder


def _bare(self: Any) -> None:
    nn.Module.__init__(self)


# 7.5 embed and forward


def simple_encoder(
    learner: Learner, weights: Mapping[str, Tensor], masks: Tensor, longest: int
) -> Any:
    """The learner's encoder with simple layers; row n of `masks` is the mask of length n."""

    def create_padding_mask(self: Any, x: Tensor, lengths: Tensor) -> Tensor:
        return masks[lengths.long(), : x.shape[1]]

    encoder = encoder_with(learner, {"create_padding_mask": create_padding_mask}, longest)
    encoder.max_seq_len = longest
    encoder.input_projection = _linear(weights["projection"])
    encoder.time_embedding = Multiples(embed_dim=weights["projection"].shape[0])
    encoder.transformer = Company(2 * weights["projection"].shape[0])
    encoder.classifier = nn.Sequential(nn.Tanh(), _linear(weights["classifier"]))
    return encoder.eval()


def _linear(weight: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.fill_(0.1)
    return layer


def embed(
    learner: Learner, weights: Mapping[str, Tensor], masks: Tensor, features: Tensor, times: Tensor
) -> Any:
    """`embed` of the encoder with simple layers."""
    with stand_in_for_time2vec(learner):
        return simple_encoder(learner, weights, masks, 100).embed(features, times)


def simple_logits(
    learner: Learner, weights: Mapping[str, Tensor], masks: Tensor, batch: Batch, longest: int = 100
) -> SimpleLogits:
    """Logits of the encoder with simple layers, and the mask that its transformer was given."""
    with stand_in_for_time2vec(learner):
        encoder = simple_encoder(learner, weights, masks, longest)
        logits = encoder(*batch)
    return SimpleLogits(logits, encoder.transformer.layers[0].mask)


def changed_arguments(learner: Learner, name: str, sizes: Sizes, batch: Batch) -> list[str]:
    """Names of the arguments that are not the same after a call as before."""
    before = [each.clone() for each in batch]
    made(learner, name, 3, sizes)(*batch)
    names = ("features", "times", "lengths")
    pairs = zip(names, before, batch, strict=True)
    return [name for name, one, other in pairs if not torch.equal(one, other)]


# 7.5, 7.E1 and 7.E2: whole encoders


def logits(
    learner: Learner,
    name: str,
    sizes: Sizes,
    batches: Sequence[Batch],
    train: bool = False,
    method: str = "forward",
    plain: bool = False,
) -> list[Any]:
    """What an encoder returns for several batches; `plain`: with a linear layer to classify.

    The ReLUs of a small classifier may all be at 0, and hide what changes before them.
    """
    model = made(learner, name, 3, sizes).train(train)
    if plain:
        model.classifier = nn.Linear(sizes["d_model"], sizes["num_classes"])
    run = model if method == "forward" else getattr(model, method)
    with torch.set_grad_enabled(train):
        return [run(*batch) for batch in batches]


def gradients(
    learner: Learner, name: str, sizes: Sizes, batch: Batch, method: str = "forward"
) -> Gradients:
    """Names of the parameters that get no gradient, and of those that get NaN or infinity."""
    model = made(learner, name, 3, sizes).train()
    getattr(model, method)(*batch).square().sum().backward()
    grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    broken = [name for name, grad in grads.items() if not torch.isfinite(grad).all()]
    return Gradients(_without_gradient(model), broken)


def _without_gradient(module: nn.Module) -> list[str]:
    return [name for name, p in module.named_parameters() if p.grad is None]


# 7.E1 BandEmbedding and BandTime2VecTransformerEncoder


def band_vectors(learner: Learner, sizes: Sizes, bands: Tensor, wanted: Tensor) -> BandVectors:
    """Vectors of bands before and after a step of training towards what is wanted."""
    module = made(learner, "BandEmbedding", 3, sizes)
    before = module(bands)
    learned = count(module)
    attached = bool(getattr(before, "requires_grad", False))
    if attached:
        (before - wanted).square().sum().backward()
        step(module)
    return BandVectors(before, module(bands), learned, attached)


def logits_without_bands(learner: Learner, sizes: Sizes, batches: Sequence[Batch]) -> list[Any]:
    """Logits when all vectors of bands are zero."""
    model = made(learner, "BandTime2VecTransformerEncoder", 3, sizes).eval()
    for parameter in model.band_embedding.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():
        return [model(*batch) for batch in batches]


def banded_embedding(
    learner: Learner, sizes: Sizes, features: Tensor, times: Tensor
) -> BandedEmbedding:
    """What `embed` returns, and what it is to be made of: vectors of bands, and the projection."""
    model = made(learner, "BandTime2VecTransformerEncoder", 3, sizes).eval()
    projection = getattr(model, "input_projection", None)
    linear = projection if isinstance(projection, nn.Linear) else None
    with torch.no_grad(), stand_in_for_time2vec(learner):
        return BandedEmbedding(
            model.embed(features, times),
            model.band_embedding(features[..., 3:]),
            getattr(linear, "weight", None),
            getattr(linear, "bias", None),
            any(model.band_embedding is each for each in model.modules()),
        )


# 7.E2 CausalTime2VecTransformerEncoder


def attention_mask(learner: Learner, sizes: Sizes, batch: Batch) -> Any:
    """The mask that the transformer is given, as numbers; None if there is none."""
    model = made(learner, "CausalTime2VecTransformerEncoder", 3, sizes)
    seen: dict[str, Any] = {}

    def note(module: nn.Module, inputs: tuple[Any, ...], options: dict[str, Any]) -> None:
        seen["mask"] = options.get("mask", inputs[1] if len(inputs) > 1 else None)

    model.transformer.register_forward_pre_hook(note, with_kwargs=True)
    model.forward_steps(*batch)
    mask = seen.get("mask")
    return mask if mask is None or mask.dtype == torch.bool else mask < 0
