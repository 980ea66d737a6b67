"""Probes of Exercise 7: embeddings of time and a transformer, built small and tried out.

Each part is tried by itself where that is possible: stand-ins take the place of the other parts,
which may be unwritten or wrong. They are not solutions, only something simple of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grader.course.ex07.encoders import encoder_with, own_encoder, simple_encoder, with_layers
from grader.course.ex07.looking import layers_of, mask_given, rates_of, sizes_of, steps_of
from grader.course.ex07.parameters import changes, copies, count, scatter, step, without_gradient
from grader.course.ex07.replies import (
    Attached,
    BandedEmbedding,
    BandVectors,
    Depths,
    Embeddings,
    Gradients,
    Layers,
    Lost,
    Mask,
    OwnLayers,
    Positional,
    SimpleLogits,
    Steps,
)
from grader.course.ex07.stand_ins import is_made_there, multiples, stand_in_for_time2vec
from grader.course.seeds import seed_torch
from grader.runner import Learner

Padded = tuple[Tensor, Tensor]  # anything, lengths
Batch = tuple[Tensor, Tensor, Tensor]  # features, times, lengths
Sizes = dict[str, Any]  # what a module is made with
ENCODER = "Time2VecTransformerEncoder"


def made(learner: Learner, name: str, seed: int, sizes: Sizes, own: bool = False) -> Any:
    """An object of the learner's class `name`, the same one for the same seed.

    It finds a stand-in where it looks for Time2Vec, or the learner's `own`, as in their notebook.
    """
    seed_torch(seed)
    with stand_in_for_time2vec(learner, own):
        return getattr(learner, name)(**sizes)


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
    before = copies(times)
    made = [module(each) for each in times]
    changed = changes(["time"] * len(times), before, times)
    return Embeddings(made, count(module), count(module, False), changed)


def time2vec_layers(learner: Learner, seed: int, sizes: Sizes, times: Tensor) -> OwnLayers:
    """An embedding beside what `linear` and `periodic` give, where they have these names."""
    seed_torch(seed)
    module = learner.Time2Vec(**sizes)
    scatter(module, seed)
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
    return Attached(True, without_gradient(module))


# 7.2 PositionalTime2Vec


def positional(
    learner: Learner, seed: int, sizes: Sizes, times: Sequence[Tensor], own: bool = False
) -> Positional:
    """Embeddings with positions of several tensors of times, after scattering the parameters.

    The last of them is embedded once more after a step of training.
    """
    module = made(learner, "PositionalTime2Vec", seed, sizes, own)
    n_own, parameters = (count(module, on) - count(module.time2vec, on) for on in (True, False))
    scatter(module, seed)
    module.time2vec = multiples(sizes["time_embed_dim"])
    before = copies(times)
    embeddings = [module(each) for each in times]
    if getattr(embeddings[-1], "requires_grad", False):
        embeddings[-1].square().sum().backward()
        step(module)
    cut_off = len(without_gradient(module.time2vec)) > 0
    trained = module(times[-1])
    changed = changes(["time"] * len(times), before, times)
    return Positional(embeddings, trained, n_own, parameters, changed, cut_off)


# 7.3 the encoder's layers


def constructed(learner: Learner, name: str, sizes: Sizes, own: bool = False) -> str:
    """Make an object of the class `name`: what counts is whether that is refused."""
    return type(made(learner, name, 0, sizes, own)).__name__


def layers(learner: Learner, sizes: Sizes, own: bool = False) -> Layers:
    """What the encoder's attributes are, and the number of parameters of the transformer.

    Another encoder is made in between, which must not change the first one.
    """
    model = made(learner, ENCODER, 0, sizes, own)
    made(learner, ENCODER, 0, sizes | {"max_seq_len": 3}, own)
    return layers_of(model)


def depths(learner: Learner, sizes: Sizes, numbers: list[int], own: bool = False) -> Depths:
    """How large the transformers of encoders with these numbers of layers are."""
    each = [layers(learner, sizes | {"num_layers": n}, own) for n in numbers]
    return Depths([one.n_learned for one in each], [one.n_layers for one in each])


def heads(learner: Learner, sizes: Sizes) -> int:
    """The number of heads in the encoder's first layer, with the learner's own Time2Vec."""
    model = made(learner, ENCODER, 0, sizes, own=True)
    return int(model.transformer.layers[0].self_attn.num_heads)


def time_embedding(learner: Learner, sizes: Sizes) -> str:
    """The class of the encoder's embedding of times, with the learner's own Time2Vec."""
    return type(made(learner, ENCODER, 0, sizes, own=True).time_embedding).__name__


def dropout_rates(learner: Learner, sizes: Sizes, name: str, own: bool = False) -> list[float]:
    """The rates of the dropout layers in one of the encoder's attributes, each once."""
    return rates_of(getattr(made(learner, ENCODER, 0, sizes, own), name))


def layer(
    learner: Learner,
    sizes: Sizes,
    name: str,
    inputs: Sequence[Tensor],
    train: bool = False,
    strength: float = 1.0,
    own: bool = False,
    **options: Any,
) -> list[Any]:
    """What one of the encoder's attributes, a module, returns for each of the inputs.

    Its parameters are multiplied by `strength` before.
    """
    model = made(learner, ENCODER, 3, sizes, own).train(train)
    module = getattr(model, name)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(strength)
    with torch.set_grad_enabled(train):
        return [module(each, **options) for each in inputs]


# 7.4 create_padding_mask


def padding_masks(learner: Learner, batches: Sequence[Padded], own: bool = False) -> list[Mask]:
    """The padding masks of one encoder for several batches, one after the other."""
    encoder = own_encoder(learner, 10) if own else encoder_with(learner, {}, 10)
    masks = []
    for batch in batches:
        before = copies(batch)
        mask = encoder.create_padding_mask(*batch)
        masks.append(Mask(mask, changes(("x", "lengths"), before, batch)))
    return masks


def on_their_device(learner: Learner, x: Tensor, lengths: Tensor) -> bool:
    """Whether the mask is made on the device of x and the lengths."""
    return is_made_there(encoder_with(learner, {}, 10).create_padding_mask, x, lengths)


def elsewhere(learner: Learner, rows: int, lengths: list[int]) -> str:
    """Where the mask is if x and the lengths are on the device `meta`."""
    x = torch.ones(len(lengths), rows, 2, device="meta")
    numbers = torch.tensor(lengths, device="meta")
    return str(own_encoder(learner, 10).create_padding_mask(x, numbers).device.type)


# 7.5 embed and forward


def embed(
    learner: Learner,
    weights: Mapping[str, Tensor],
    masks: Tensor,
    features: Tensor,
    times: Tensor,
    own: bool = False,
) -> Any:
    """`embed` of the encoder with simple layers."""
    if own:
        return with_layers(own_encoder(learner, 100), weights).embed(features, times)
    with stand_in_for_time2vec(learner):
        return simple_encoder(learner, weights, masks, 100).embed(features, times)


def simple_logits(
    learner: Learner, weights: Mapping[str, Tensor], masks: Tensor, batch: Batch, longest: int = 100
) -> SimpleLogits:
    """Logits of the encoder with simple layers, and the mask that its transformer was given.

    In place of its `embed` it has one that adds a hundredth of the time, and a tenth, to a fifth of
    each feature.
    """

    def embed(self: Any, features: Tensor, times: Tensor) -> Tensor:
        return 0.2 * features + 0.01 * times + 0.1

    with stand_in_for_time2vec(learner):
        encoder = simple_encoder(learner, weights, masks, longest, embed=embed)
        logits = encoder(*batch)
        mask = encoder.transformer.layers[0].mask
        return SimpleLogits(logits, mask, encoder(*batch))


@torch.no_grad()
def pooled(learner: Learner, seed: int, batch: Batch) -> list[Any]:
    """Logits of an encoder whose `embed` only scales, and those of the mean of each light curve."""
    seed_torch(seed)
    model = own_encoder(learner, 100).eval()
    model.embed = lambda features, times: 0.2 * features
    logits, each = model(*batch), zip(batch[0], batch[2].tolist(), strict=True)
    means = [model.transformer(0.2 * one[None, :n]).mean(1) for one, n in each]
    return [logits, model.classifier(torch.cat(means))]


# 7.5, 7.E1 and 7.E2: whole encoders


def logits(
    learner: Learner,
    name: str,
    sizes: Sizes,
    batches: Sequence[Batch],
    train: bool | None = False,
    method: str = "forward",
    plain: bool = False,
    own: bool = False,
) -> list[Any]:
    """What an encoder returns for several batches; `plain`: with a linear layer to classify.

    The ReLUs of a small classifier may all be at 0, and hide what changes before them. If `train`
    is None, it returns that in evaluation, and after it that in training.
    """
    model = made(learner, name, 3, sizes, own)
    if plain:
        model.classifier = nn.Linear(sizes["d_model"], sizes["num_classes"])
    run = model if method == "forward" else getattr(model, method)
    returned = []
    for mode in (False, True) if train is None else (train,):
        model.train(mode)
        with torch.set_grad_enabled(mode):
            returned += [run(*batch) for batch in batches]
    return returned


def gradients(
    learner: Learner,
    name: str,
    sizes: Sizes,
    batch: Batch,
    method: str = "forward",
    own: bool = False,
) -> Gradients:
    """What gradients and arguments are like after a call in training, and whether it drops out."""
    model = made(learner, name, 3, sizes, own).train()
    before = copies(batch)
    getattr(model, method)(*batch).square().sum().backward()
    grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    broken = [name for name, grad in grads.items() if not torch.isfinite(grad).all()]
    changed = changes(("features", "times", "lengths"), before, batch)
    without = without_gradient(model)
    model.classifier = nn.Identity()  # whose ReLUs might hide it
    with torch.no_grad():
        one, two = (getattr(model, method)(*copies(before)) for _ in range(2))
    return Gradients(without, broken, changed, not torch.equal(one, two))


@torch.no_grad()
def finite_rows(learner: Learner, name: str, sizes: Sizes, batch: Batch, train: bool) -> bool:
    """Whether what the transformer returns for a batch is finite; True if it is not called."""
    model = made(learner, name, 3, sizes).train(train)
    returned: list[Tensor] = []
    if isinstance(getattr(model, "transformer", None), nn.Module):
        model.transformer.register_forward_hook(lambda *given: returned.append(given[2]))
    model(*batch)
    return all(bool(torch.isfinite(rows).all()) for rows in returned)


# 7.E1 BandEmbedding and BandTime2VecTransformerEncoder


def band_vectors(learner: Learner, sizes: Sizes, bands: Tensor, wanted: float) -> BandVectors:
    """Vectors of bands before and after a step of training towards what is wanted."""
    module = made(learner, "BandEmbedding", 3, sizes)
    given = bands.clone()
    before = module(bands)
    learned = count(module)
    attached = bool(getattr(before, "requires_grad", False))
    if attached:
        (before - wanted).square().sum().backward()
        step(module)
    after = module(given.clone())
    return BandVectors(before, after, learned, attached, changes(["bands"], [given], [bands]))


def logits_without_bands(
    learner: Learner, sizes: Sizes, batches: Sequence[Batch], own: bool = False
) -> list[Any]:
    """Logits when all vectors of bands are zero."""
    model = made(learner, "BandTime2VecTransformerEncoder", 3, sizes, own).eval()
    for parameter in model.band_embedding.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():
        return [model(*batch) for batch in batches]


def banded_embedding(
    learner: Learner, sizes: Sizes, features: Tensor, times: Tensor, own: bool = False
) -> BandedEmbedding:
    """What `embed` returns, and what it is to be made of: vectors of bands, and the projection."""
    model = made(learner, "BandTime2VecTransformerEncoder", 3, sizes, own).eval()
    projection = getattr(model, "input_projection", None)
    linear = projection if isinstance(projection, nn.Linear) else None
    base_sizes = {name: size for name, size in sizes.items() if name != "band_embed_dim"}
    base = made(learner, ENCODER, 3, base_sizes, own)
    pairs = zip(sizes_of(model), sizes_of(base), strict=True)
    lost = [Lost(name, one) for (name, one), (_, other) in pairs if one != other]
    with torch.no_grad(), stand_in_for_time2vec(learner, own):
        return BandedEmbedding(
            model.embed(features, times),
            model.band_embedding(features[..., 3:]),
            model.time_embedding(times) if own else None,
            getattr(linear, "weight", None),
            getattr(linear, "bias", None),
            any(model.band_embedding is each for each in model.modules()),
            lost,
        )


# 7.E2 CausalTime2VecTransformerEncoder


@torch.no_grad()
def steps(learner: Learner, sizes: Sizes, batch: Batch, own: bool = False) -> Steps | None:
    """What `forward_steps` returns, beside what may be made of the transformer's rows.

    None if the transformer is not called just once.
    """
    model = made(learner, "CausalTime2VecTransformerEncoder", 3, sizes, own).eval()
    model.classifier = nn.Linear(sizes["d_model"], sizes["num_classes"])
    return steps_of(model, batch)


def both_methods(learner: Learner, sizes: Sizes, batch: Batch, train: bool) -> list[Any]:
    """What `forward_steps` returns and what `forward` does, with the learner's own Time2Vec."""
    model = made(learner, "CausalTime2VecTransformerEncoder", 3, sizes, own=True).train(train)
    with torch.set_grad_enabled(train):
        return [model.forward_steps(*batch), model(*batch)]


def attention_mask(learner: Learner, sizes: Sizes, batch: Batch, own: bool = False) -> Any:
    """The mask that the transformer is given; None if there is none."""
    model = made(learner, "CausalTime2VecTransformerEncoder", 3, sizes, own)
    return mask_given(model, batch)
