"""The structured replies of the probes of Exercise 7."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Change(Struct):
    """An argument that a call has changed, as it was and as it is."""

    name: str
    before: Any
    after: Any


class Embeddings(Struct):
    """Embeddings of several tensors of times, and how many numbers are learned, and could be."""

    embeddings: list[Any]
    n_learned: int
    n_parameters: int
    changes: list[Change]


class OwnLayers(Struct):
    """An embedding, and what the layers `linear` and `periodic` give; None if there are none."""

    embedding: Any
    linear: Any
    periodic: Any


class Positional(Struct):
    """Embeddings with positions, that of the first times after training, and what is learned."""

    embeddings: list[Any]
    trained: Any
    n_learned: int
    n_parameters: int
    changes: list[Change]
    cut_off: bool
    """Whether no gradient reaches the embedding of the times."""


class Attached(Struct):
    """Whether an embedding has a gradient, and the names of the parameters that get none."""

    attached: bool
    without: list[str]


class Mask(Struct):
    """A padding mask, and the arguments that making it has changed."""

    mask: Any
    changes: list[Change]


class Gradients(Struct):
    """The names of the parameters that get no gradient, and of those that get NaN or infinity."""

    without: list[str]
    broken: list[str]
    changes: list[Change]
    drops: bool
    """Whether two calls give different vectors, as with dropout."""


class Layers(Struct):
    """The kinds of an encoder's attributes, and the size of its transformer."""

    kinds: dict[str, str]
    frozen: list[str]
    """The attributes with parameters that are not learned."""
    max_seq_len: Any
    n_learned: int
    n_layers: int
    """How many layers the transformer lists; 0 if it has no such list."""


class Depths(Struct):
    """How many numbers are learned, and how many layers there are, for several `num_layers`."""

    n_learned: list[int]
    n_layers: list[int]


class SimpleLogits(Struct):
    """Logits of an encoder with simple layers, and the mask that its transformer was given."""

    logits: Any
    mask: Any
    again: Any
    """The logits of a second call."""


class BandVectors(Struct):
    """Vectors of bands before and after a step of training, and whether it can reach them."""

    before: Any
    after: Any
    n_learned: int
    attached: bool
    changes: list[Change]


class Lost(Struct):
    """A size that does not arrive at the base class, and what can be seen of it."""

    name: str
    seen: Any


class BandedEmbedding(Struct):
    """What `embed` returns, the bands' vectors, the projection, and whether PyTorch finds them."""

    embedding: Any
    vectors: Any
    timed: Any
    """What the learner's own embedding of the times gives; None for the stand-in."""
    weight: Any
    bias: Any
    registered: bool
    lost: list[Lost]


class Steps(Struct):
    """Logits after each observation, and those of the transformer's rows and of their means."""

    logits: Any
    of_rows: Any
    of_means: Any
