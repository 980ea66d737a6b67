"""Checks of Exercise 7: Time2Vec, positions, and a transformer that cannot see padding.

No check compares with stored numbers. What an embedding must be is found out from its own values
(the sine's addition theorem, straight lines); the encoder is worked out with NumPy around simple
stand-ins for its layers; and whole encoders must keep invariants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Tensor

Rng = np.random.Generator
Batch = tuple[Tensor, Tensor, Tensor]

HINTS = {
    "7.1": [
        "`nn.Linear(a, b)` turns the last axis from a numbers into b. You need one layer with a "
        "single output and one with all the rest.",
        "In `__init__`: `self.linear = nn.Linear(input_dim, 1)`, and `self.periodic` with "
        "`embed_dim - 1` outputs. In `forward`: a sine of one of them only.",
        "`torch.cat([self.linear(time), torch.sin(self.periodic(time))], dim=-1)`.",
    ],
    "7.2": [
        "`nn.Embedding(max_seq_len, pos_embed_dim)` is the table. The numbers to look up are those "
        "of the rows: `torch.arange(seq_len, device=time.device)`.",
        "The table gives `(seq_len, pos_embed_dim)`. `.expand(batch, -1, -1)` repeats it for each "
        "light curve.",
        "Compare `seq_len` with `max_seq_len` first and raise the ValueError; then "
        "`torch.cat([self.time2vec(time), position], dim=-1)`.",
    ],
    "7.3": [
        "Two `if`s with a `raise ValueError(f'...')` come first. Then one line for each attribute.",
        "`layer = nn.TransformerEncoderLayer(d_model, nhead, dropout=dropout, batch_first=True)`; "
        "`nn.TransformerEncoder(layer, num_layers)` makes the copies.",
        "`self.input_projection = nn.Linear(input_dim, d_model - time_embed_dim)`, "
        "`self.time_embedding = Time2Vec(embed_dim=time_embed_dim)`, and `self.classifier = "
        "nn.Sequential(nn.Linear(d_model, d_model // 2), nn.ReLU(), nn.Dropout(dropout), "
        "nn.Linear(d_model // 2, num_classes))`.",
    ],
    "7.4": [
        "A row is padding if its number is at least the length. Row numbers begin with 0.",
        "`torch.arange(x.shape[1], device=x.device)` has the shape (seq_len,) and "
        "`lengths.unsqueeze(1)` the shape (batch, 1): compared, they give (batch, seq_len).",
        "`return torch.arange(x.shape[1], device=x.device) >= lengths.unsqueeze(1)`.",
    ],
    "7.5": [
        "`embed` is one `torch.cat`. In `forward`: check the length, make the mask, embed, "
        "transform with `src_key_padding_mask=...`, take the masked mean, classify.",
        "`kept = (~padding).unsqueeze(-1)` has the shape (batch, seq_len, 1), so `(hidden * "
        "kept).sum(dim=1)` is the sum over observations. Divide by `lengths`, and not by 0.",
        "For light curves without observations ignore nothing, so that the softmax is finite: "
        "`padding & (lengths > 0).unsqueeze(1)`. The mean still uses `padding` itself.",
    ],
    "7.E1": [
        "A one-hot row times a table is a row of the table; a row of zeros times it is zero.",
        "`nn.Linear(num_bands, embed_dim, bias=False)` is such a table. Or `nn.Embedding(num_bands "
        "+ 1, embed_dim, padding_idx=0)` with the numbers `bands.argmax(dim=-1) + 1`, and 0 where "
        "there is no band.",
        "The encoder: `super().__init__(FIRST_BAND + band_embed_dim, **sizes)`, then "
        "`self.band_embedding`. In `embed`, join `features[..., :FIRST_BAND]` and the vectors, and "
        "hand them to `super().embed(...)`.",
    ],
    "7.E2": [
        "Row i of the mask says what row i may not look at: True for every j > i, which is above "
        "the diagonal.",
        "`torch.ones(n, n, dtype=torch.bool).triu(diagonal=1)`, and "
        "`self.transformer(self.embed(features, times), mask=later)`. Then classify every row.",
        "In `forward`: `steps[torch.arange(len(steps)), (lengths - 1).clamp(min=0)]`.",
    ],
}

ENCODER = "Time2VecTransformerEncoder"
BANDED = "BandTime2VecTransformerEncoder"
CAUSAL = "CausalTime2VecTransformerEncoder"
TINY = {
    "input_dim": 6,
    "d_model": 8,
    "nhead": 2,
    "num_layers": 1,
    "time_embed_dim": 4,
    "num_classes": 3,
    "max_seq_len": 12,
    "dropout": 0.0,
}
NEAR = 1e-4  # agreement of float32 numbers of order one


def seed_of(rng: Rng) -> int:
    return int(rng.integers(1, 2**31))


def days(rng: Rng, *shape: int) -> np.ndarray:
    """Irregular times of a few weeks, in order along the second axis."""
    return np.sort(rng.uniform(0, 20, shape), axis=1)


def array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value as an array of float64, once it is a tensor of this shape that holds numbers."""
    require(value is not None, f"{what} is None. Did you forget a `return`?")
    require(isinstance(value, Tensor), f"{what} is {kind_of(value)}; it should be a torch tensor.")
    require(value.shape == shape, f"{what} has shape {value.shape}; it should be {shape}.")
    numbers = value.array.astype(float)
    odd = int((~np.isfinite(numbers)).sum())
    require(odd == 0, f"{what} is NaN or infinite in {odd} of {numbers.size} places.")
    return numbers


def broke(answer: Answer) -> bool:
    """Whether PyTorch itself complained, of sizes or of numbers that are out of range."""
    raised = answer.raised
    if raised is None or raised.is_a("NotImplementedError"):
        return False
    return raised.is_a("RuntimeError") or raised.is_a("IndexError")


def names_both(answer: Answer, numbers: tuple[int, int], when: str, *mistakes: Mistake) -> None:
    """The answer must be a ValueError whose message names both numbers."""
    expect_error(answer, "ValueError", when, *mistakes)
    message = answer.raised.message if answer.raised else ""
    require(
        all(str(number) in message for number in numbers),
        f"The ValueError says {message!r}. Name both numbers, {numbers[0]} and {numbers[1]}, so "
        "that whoever reads it knows what does not fit.",
        "numbers-not-named",
    )


# 7.1 Time2Vec


def embeddings(
    learner: Subject, seed: int, sizes: dict, times: list[np.ndarray], start: str
) -> tuple[list[np.ndarray], int]:
    """The embeddings of several arrays of times, and the number of learned parameters."""
    answer = learner.time2vec(seed, sizes, [Tensor.of(each) for each in times], start)
    fail_if_recognised(
        answer,
        Mistake(
            "nothing-made",
            Raises("AttributeError", "has no attribute 'linear'"),
            "`set_time_scales` finds no `self.linear`. Make it in `__init__`, with `self.`.",
        ),
    )
    got, dim = answer.value, sizes["embed_dim"]
    for value, each in zip(got["embeddings"], times, strict=True):
        wide = isinstance(value, Tensor) and value.shape == (*each.shape[:2], dim + 1)
        require(
            not wide,
            f"With embed_dim = {dim} the embedding has {dim + 1} components. The linear one is one "
            "of them, so there are embed_dim - 1 sines.",
            "one-too-many",
        )
    shapes = [(*each.shape[:2], dim) for each in times]
    pairs = zip(got["embeddings"], shapes, strict=True)
    return [array(value, shape, "The embedding") for value, shape in pairs], got["learned"]


def line_through(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the straight line by least squares; level if x does not vary."""
    away = x - x.mean()
    slope = float((away * y).sum() / max((away**2).sum(), 1e-12))
    return slope, float(y.mean() - slope * x.mean())


def is_straight(values: np.ndarray, times: np.ndarray) -> bool:
    """Whether values (n,) are a straight line over times (n,)."""
    slope, intercept = line_through(times, values)
    rest = values - slope * times - intercept
    return bool(np.abs(rest).max() < NEAR * max(1.0, np.abs(values).max()))


@part("7.1")
def test_each_time_for_itself(learner: Subject, rng: Rng) -> None:
    """The embedding of a time is the same alone, and after other times"""
    times = days(rng, 2, 9, 1)
    seed, sizes = seed_of(rng), {"embed_dim": 6}
    (got, one), _ = embeddings(learner, seed, sizes, [times, times[:1, 3:4]], "own")
    require(
        np.allclose(one[0, 0], got[0, 3], atol=NEAR),
        "The vector of a time changes with the other times of the light curve or of the batch. It "
        "should depend on that time alone: do not shift or scale the times here.",
        "depends-on-others",
    )


@part("7.1")
def test_linear_component(learner: Subject, rng: Rng) -> None:
    """The first component is a straight line over time, and only that one"""
    times = days(rng, 2, 15, 1)
    (got,), _ = embeddings(learner, seed_of(rng), {"embed_dim": 5}, [times], "scattered")
    flat, t = got.reshape(-1, 5), times.reshape(-1)
    straight = [is_straight(flat[:, k], t) for k in range(5)]
    bounded = np.abs(flat).max(axis=0) < 1 + NEAR
    require(
        not (straight[4] and not straight[0]),
        "The straight line is the last component. It should be the first: t2v(t)[0] = w0 t + b0.",
        "linear-last",
    )
    require(
        not all(straight),
        "All components are straight lines over time. All but the first need a sine: `torch.sin`.",
        "no-sine",
    )
    require(
        straight[0] or not bounded[0],
        "The first component stays between -1 and 1, as a sine does. It should be w0 t + b0, "
        "without a sine: a trend has no period.",
        "sine-on-linear",
    )
    require(
        straight[0],
        "The first component is no straight line over time. It should be w0 t + b0, and depend on "
        "nothing else.",
    )
    others = [k for k in range(1, 5) if straight[k]]
    require(not others, f"Components {others} are straight lines; they should be sines.")


@part("7.1")
def test_periodic_components(learner: Subject, rng: Rng) -> None:
    """The others are sines, each with a frequency and a phase of its own: they come back"""
    times, shift = days(rng, 2, 15, 1), 1.7
    moments = [times, times + shift, times - shift, np.zeros((1, 1, 1))]
    got, _ = embeddings(learner, seed_of(rng), {"embed_dim": 5}, moments, "scattered")
    now, later, earlier = (each.reshape(-1, 5)[:, 1:] for each in got[:3])
    # sin(a + d) + sin(a - d) = 2 cos(d) sin(a), here with d = w * shift
    lines = [line_through(x, y) for x, y in zip(now.T, (later + earlier).T, strict=True)]
    slopes, constants = np.transpose(lines)
    rest = later + earlier - slopes * now - constants
    require(
        bool(np.abs(rest).max() < NEAR * max(1.0, np.abs(now).max())),
        "A component other than the first is not sin(w t + b): shifting all times by the same "
        "amount does not act on it as on a sine.",
    )
    require(
        bool(np.abs(constants).max() < 10 * NEAR),
        "A constant is added to the sine. The phase belongs inside: sin(w t + b).",
        "phase-outside",
    )
    square = 1 - (slopes / 2) ** 2  # of sin(d)
    clear = square > 0.003  # the shift is not near half a period
    strength = now**2 + (later - earlier) ** 2 / (4 * np.where(clear, square, 1))
    require(
        bool(np.abs(strength - 1)[:, clear].max(initial=0.0) < 30 * NEAR),
        "The sines do not go from -1 to 1. Leave them as `torch.sin` gives them.",
        "amplitude",
    )
    require(
        np.ptp(slopes) > NEAR,
        "All sines have the same frequency. Each needs one of its own: a linear layer with "
        "embed_dim - 1 outputs has as many frequencies.",
        "one-frequency",
    )
    require(
        bool(np.abs(got[3][0, 0, 1:]).max() > NEAR),
        "At time 0 all sines are 0, whatever the parameters are: they have no phase. Add a b to "
        "each w t, as a linear layer does unless it says `bias=False`.",
        "no-phase",
    )


@part("7.1")
def test_sine_not_cosine(learner: Subject, rng: Rng) -> None:
    """With all parameters zero, all components are zero at time 0"""
    (got,), _ = embeddings(learner, seed_of(rng), {"embed_dim": 4}, [np.zeros((1, 2, 1))], "zero")
    require(
        not np.allclose(got[..., 1:], 1, atol=NEAR),
        "With w = 0 and b = 0 the periodic components are 1, so they are cosines. The formula has "
        "sines: with another phase they can do the same.",
        "cosine",
    )
    require(
        bool(np.abs(got).max() < NEAR),
        "With w = 0 and b = 0 the embedding of time 0 should be zero, as w t + b and its sine are.",
    )


@part("7.1")
def test_start(learner: Subject, rng: Rng) -> None:
    """At the start components and times differ"""
    times = days(rng, 2, 9, 1)
    (got,), _ = embeddings(learner, seed_of(rng), {"embed_dim": 6}, [times], "own")
    require(
        bool(np.ptp(got, axis=(0, 1)).max() > 1e-3),
        "A new Time2Vec gives the same vector for every time. Its first frequencies must not be "
        "zero.",
        "starts-at-zero",
    )
    flat = got.reshape(-1, 6).T
    alike = any(np.allclose(flat[i], flat[j], atol=NEAR) for i in range(6) for j in range(i))
    require(
        not alike,
        "Two components of a new Time2Vec are the same, and they would stay so: equal parameters "
        "get equal gradients. Begin with different frequencies or phases.",
        "one-frequency",
    )


@part("7.1")
@pytest.mark.parametrize("dim", [1, 2])
def test_learned(learner: Subject, rng: Rng, dim: int) -> None:
    """All frequencies and phases are learned, also if a time is several numbers"""
    sizes, times = {"input_dim": dim, "embed_dim": 4}, days(rng, 2, 5, dim)
    _, learned = embeddings(learner, seed_of(rng), sizes, [times], "own")
    wanted = 4 * (dim + 1)
    require(
        learned > 0,
        "PyTorch finds no parameters in your Time2Vec, so nothing would be learned. Layers and "
        "`nn.Parameter`s must be attributes themselves; in a plain list they are invisible, and a "
        "plain tensor is no parameter.",
        "not-registered",
    )
    require(
        learned >= wanted,
        f"With input_dim = {dim} and embed_dim = 4 there are {learned} learned numbers; the "
        f"formula has {wanted}: for each component {dim} w and one b.",
        "not-all-learned",
    )
    got = learner.time2vec_gradients(seed_of(rng), sizes, Tensor.of(times)).value
    require(
        got["attached"] and not got["without"],
        "No gradient arrives at some of the parameters"
        + (f": {', '.join(got['without'])}. " if got["attached"] else ". ")
        + "Do not use `detach`, `.data`, `torch.tensor(...)` or `no_grad` in `forward`.",
        "no-gradient",
    )


@part("7.1")
def test_impossible_size(learner: Subject) -> None:
    """embed_dim below 1 is a ValueError that names it; 1 is the linear component alone"""
    for size in (0, -2):
        answer = learner.time2vec(1, {"embed_dim": size}, [])
        expect_error(
            answer,
            "ValueError",
            f"`Time2Vec(embed_dim={size})`",
            Mistake(
                "size-not-checked",
                answer.raised is None or broke(answer),
                f"`Time2Vec(embed_dim={size})` is not refused in plain words. Begin with an `if` "
                "and `raise ValueError(...)`.",
            ),
            naming=str(size),
        )
    ones = np.ones((1, 2, 1))
    fail_if_recognised(
        learner.time2vec(1, {"embed_dim": 1}, [Tensor.of(ones)]),
        Mistake(
            "too-strict",
            Raises("ValueError"),
            "`Time2Vec(embed_dim=1)` is refused, but it is possible: the linear component alone, "
            "and `self.periodic` has no outputs. Refuse what is less than 1.",
        ),
    )
    embeddings(learner, 1, {"embed_dim": 1}, [ones], "own")


# 7.2 PositionalTime2Vec

POSITIONAL = {"time_embed_dim": 3, "pos_embed_dim": 2, "max_seq_len": 6}


@part("7.2")
def test_side_by_side(learner: Subject, rng: Rng) -> None:
    """First the embedding of the time, then the vector of the position"""
    times = days(rng, 2, 4, 1)
    sizes = POSITIONAL | {"pos_embed_dim": 3}
    answer = learner.positional(seed_of(rng), sizes, [Tensor.of(times)])
    fail_if_recognised(answer, *axes_mixed_up(answer))
    value = answer.value["embeddings"][0]
    require(
        not (isinstance(value, Tensor) and value.shape == (2, 4, 3)),
        "The embedding has 3 components, as many as the time alone: time and position were added. "
        "Put them side by side: `torch.cat([...], dim=-1)`.",
        "added",
    )
    got = array(value, (2, 4, 6), "The embedding of times (2, 4, 1)")
    want = 0.01 * times * np.arange(1, 4)  # what the stand-in for Time2Vec gives
    require(
        not np.allclose(got[..., 3:], want, atol=NEAR),
        "The vector of the position comes first. It should come after the embedding of the time.",
        "position-first",
    )
    require(
        np.allclose(got[..., :3], want, atol=NEAR),
        "The first components are not what `self.time2vec` gives for the times.",
    )


def axes_mixed_up(answer: Answer) -> list[Mistake]:
    return [
        Mistake(
            "batch-axis",
            Raises("RuntimeError", "size"),
            f"The shapes do not fit: {answer.raised}. Positions are numbers of rows, which lie "
            "along axis 1: `time.shape[1]`. Axis 0 is the batch.",
        )
    ]


@part("7.2")
def test_positions(learner: Subject, rng: Rng) -> None:
    """Each position has a vector of its own, whatever the time and however long the sequence"""
    times, short = days(rng, 3, 5, 1), days(rng, 2, 3, 1)
    times[0, 3:] = 0.0  # padding, which is out of order
    answer = learner.positional(seed_of(rng), POSITIONAL, [Tensor.of(times), Tensor.of(short)])
    fail_if_recognised(answer, *axes_mixed_up(answer))
    got = answer.value
    require(
        got["learned"] > 0,
        "PyTorch finds no parameters besides those of `self.time2vec`, so the vectors of the "
        "positions are not learned. `nn.Embedding` or an `nn.Parameter` of your own will do.",
        "not-learned",
    )
    long, few = got["embeddings"]
    table = array(long, (3, 5, 5), "The embedding of times (3, 5, 1)")[..., 3:]
    other = array(few, (2, 3, 5), "The embedding of times (2, 3, 1)")[..., 3:]
    require(
        np.allclose(table, table[:1], atol=NEAR),
        "The same position has different vectors in different light curves. A vector depends on "
        "the number of the row alone, and not on the times.",
        "not-by-row",
    )
    require(
        bool(np.abs(np.diff(table[0], axis=0)).max() > NEAR),
        "All positions have the same vector. Each needs one of its own: a table of max_seq_len "
        "vectors.",
        "one-for-all",
    )
    require(
        not np.allclose(other[0], table[0, 2:], atol=NEAR),
        "Positions are counted from the end: with more rows the same row has another vector. "
        "Position 0 is the first row.",
        "from-the-end",
    )
    require(
        np.allclose(other[0], table[0, :3], atol=NEAR),
        "The first rows of a longer sequence have other vectors than those of a shorter one. They "
        "should be the same.",
    )
    require(
        got["learned"] >= 12,
        f"6 positions with 2 components have {got['learned']} learned numbers; there should be 12, "
        "a free vector for each position.",
        "not-learned",
    )
    trained = array(got["trained"], (3, 5, 5), "The embedding after training")[0, :, 3:]
    fixed = np.flatnonzero(np.abs(trained - table[0]).max(axis=1) < NEAR).tolist()
    require(
        not fixed,
        f"A step of training does not change the vectors of the positions {fixed}. All are to be "
        "learned, that of position 0 too: leave out `padding_idx`, which keeps a vector fixed.",
        "padding-idx" if len(fixed) == 1 else "not-learned",
    )


@part("7.2")
def test_too_long(learner: Subject, rng: Rng) -> None:
    """A sequence longer than max_seq_len is a ValueError that names both; one as long is not"""
    fits = learner.positional(1, POSITIONAL, [Tensor.of(days(rng, 1, 6, 1))])
    fail_if_recognised(
        fits,
        Mistake(
            "too-strict",
            Raises("ValueError"),
            "6 rows are refused with max_seq_len = 6, though there is a vector for each of them. "
            "Refuse only what is greater: `>`.",
        ),
    )
    array(fits.value["embeddings"][0], (1, 6, 5), "The embedding of times (1, 6, 1)")
    answer = learner.positional(1, POSITIONAL, [Tensor.of(days(rng, 1, 9, 1))])
    unnamed = answer.raised is None or not answer.raised.is_a("ValueError")
    names_both(
        answer,
        (9, 6),
        "A sequence of 9 rows with max_seq_len = 6",
        Mistake(
            "length-not-checked",
            unnamed,
            "A sequence of 9 rows with max_seq_len = 6 is not refused in plain words"
            + (f": {answer.raised}. " if answer.raised else ". ")
            + "Compare the two numbers first, and raise a ValueError.",
        ),
    )


# 7.3 the encoder's layers


def layer(learner: Subject, name: str, *inputs: np.ndarray, **changes: Any) -> list:
    """What one of the encoder's layers returns for each of the inputs."""
    options = {key: changes.pop(key) for key in ("train", "src_key_padding_mask") if key in changes}
    tensors = [Tensor.of(each) for each in inputs]
    used = TINY | changes
    answer = learner.layer(used, name, tensors, **options)
    fail_if_recognised(
        answer,
        Mistake(
            "too-strict",
            Raises("ValueError"),
            f"d_model = {used['d_model']}, time_embed_dim = {used['time_embed_dim']} and nhead = "
            f"{used['nhead']} fit, but are refused: {answer.raised}. d_model as a whole is shared "
            "out among the heads; its two parts need not be divisible.",
        ),
        Mistake(
            "heads-fixed",
            Raises("AssertionError", "divisible by num_heads"),
            f"nhead is {used['nhead']}, but the layers are made with another number of "
            "heads. Hand `nhead` on to them.",
        ),
        Mistake(
            "batch-first-forgotten",
            "src_key_padding_mask" in options
            and bool(answer.raised and "mask" in answer.raised.message),
            f"The transformer does not accept a mask of shape (batch, seq_len): {answer.raised}. "
            "Say `batch_first=True`.",
        ),
    )
    return answer.value


ASSERTED = Mistake(
    "assert-for-value-error",
    Raises("AssertionError"),
    "These sizes are refused by an AssertionError. `assert` is for what can never happen, and can "
    "be switched off. Use `raise ValueError(...)`.",
)


@part("7.3")
@pytest.mark.parametrize(("d_model", "time_embed_dim"), [(12, 12), (12, 20)])
def test_no_room(learner: Subject, d_model: int, time_embed_dim: int) -> None:
    """d_model not greater than time_embed_dim is a ValueError that names both"""
    sizes = TINY | {"d_model": d_model, "time_embed_dim": time_embed_dim}
    answer = learner.constructed(ENCODER, sizes)
    names_both(
        answer,
        (d_model, time_embed_dim),
        f"d_model = {d_model} with time_embed_dim = {time_embed_dim}",
        ASSERTED,
        Mistake(
            "room-not-checked",
            answer.raised is None or broke(answer),
            f"d_model = {d_model} leaves no room beside time_embed_dim = {time_embed_dim}, and is "
            "not refused in plain words. `if d_model <= time_embed_dim: raise ValueError(...)`.",
        ),
    )


@part("7.3")
def test_heads_do_not_fit(learner: Subject) -> None:
    """d_model not divisible by nhead is a ValueError that names both"""
    answer = learner.constructed(ENCODER, TINY | {"d_model": 14, "nhead": 4})
    own = bool(answer.raised and "num_heads" in answer.raised.message)
    names_both(
        answer,
        (14, 4),
        "d_model = 14 with nhead = 4",
        Mistake(
            "heads-not-checked",
            answer.raised is None or own,
            "d_model = 14 cannot be shared out among 4 heads, and your code does not say so. Check "
            "`d_model % nhead` before you make any layer, and raise a ValueError.",
        ),
        ASSERTED,
    )


@part("7.3")
def test_attributes(learner: Subject) -> None:
    """The attributes are there, and PyTorch knows of them"""
    got = learner.layers(TINY).value
    for name, kind in got["kinds"].items():
        require(
            kind != "NoneType",
            f"The encoder has no attribute `{name}`. Set it in `__init__`, with `self.`.",
        )
        require(
            kind == "module",
            f"`self.{name}` is {kind_of_name(kind)}; it should be a module. PyTorch finds no "
            "parameters in a plain list.",
            "plain-list" if kind == "list" else None,
        )
    require(
        got["max_seq_len"] == 12,
        f"With max_seq_len=12, `self.max_seq_len` is {shown(got['max_seq_len'])}; it should be 12.",
    )


def kind_of_name(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


@part("7.3")
def test_widths(learner: Subject, rng: Rng) -> None:
    """Projection, time embedding and classifier have the widths asked for"""
    sizes = {"d_model": 12, "nhead": 3, "time_embed_dim": 5, "num_classes": 4}
    rows = rng.normal(size=(2, 3, 6))
    (projected,) = layer(learner, "input_projection", rows, **sizes)
    full = isinstance(projected, Tensor) and projected.shape == (2, 3, 12)
    require(
        not full,
        "`input_projection` fills all of d_model, 12 components, and leaves no room for the time. "
        "It should have d_model - time_embed_dim outputs, here 7.",
        "projection-too-wide",
    )
    array(projected, (2, 3, 7), "With d_model 12 and time_embed_dim 5, the projection")
    (embedded,) = layer(learner, "time_embedding", days(rng, 2, 3, 1), **sizes)
    array(embedded, (2, 3, 5), "With time_embed_dim 5, the embedding of times")
    (classified,) = layer(learner, "classifier", rng.normal(size=(2, 12)), **sizes)
    array(classified, (2, 4), "With 4 classes, the classifier's output")


@part("7.3")
def test_dropout(learner: Subject, rng: Rng) -> None:
    """The dropout is that of the argument, in the transformer and in the classifier"""

    def gap(name: str, shape: tuple[int, ...], width: int, dropout: float) -> float:
        """The largest difference between two calls with the same input, in training."""
        values = rng.normal(size=shape)
        got = layer(learner, name, values, values, train=True, dropout=dropout)
        what = f"What `self.{name}` returns"
        one, two = (array(each, (*shape[:-1], width), what) for each in got)
        return float(np.abs(one - two).max())

    for name, shape, width in (("transformer", (2, 5, 8), 8), ("classifier", (20, 8), 3)):
        require(
            gap(name, shape, width, dropout=0.0) < NEAR,
            f"With dropout=0.0, `self.{name}` gives something else each time in training: it has "
            "a dropout of its own, PyTorch's usual 0.1 perhaps. Hand `dropout` on.",
            "dropout-fixed",
        )
    require(
        gap("transformer", (2, 5, 8), 8, dropout=0.6) > NEAR,
        "With dropout=0.6, `self.transformer` gives the same each time in training: there is no "
        "dropout in it. Hand `dropout` on to its layers.",
        "dropout-fixed",
    )


@part("7.3")
@pytest.mark.parametrize("train", [False, True])
def test_classifier_takes_each_vector_by_itself(learner: Subject, rng: Rng, train: bool) -> None:
    """The classifier takes any number of axes, and no vector changes the logits of another"""
    rows = rng.normal(size=(2, 5, 8))
    other = rows.copy()
    other[1] += rng.normal(size=(5, 8))
    answer = learner.layer(TINY, "classifier", [Tensor.of(rows), Tensor.of(other)], train=train)
    mixes = "`BatchNorm1d` does that: it normalises over the batch. `nn.LayerNorm` does not."
    fail_if_recognised(
        answer,
        Mistake(
            "classifier-mixes",
            broke(answer),
            f"The classifier does not accept (batch, seq_len, d_model): {answer.raised}. It should "
            f"take each vector of d_model numbers by itself. Does a layer mix them? {mixes}",
        ),
    )
    what = "The classifier's output for an input of shape (2, 5, 8)"
    one, two = (array(each, (2, 5, 3), what) for each in answer.value)
    require(
        bool(np.abs(one - two)[0].max() < NEAR),
        f"The classifier's logits of a vector change with the other vectors of the batch. {mixes}",
        "classifier-mixes",
    )


@part("7.3")
@pytest.mark.parametrize("train", [False, True])
def test_axes(learner: Subject, rng: Rng, train: bool) -> None:
    """Observations attend to those of their own light curve, and not to those that are masked"""
    hidden = rng.normal(size=(3, 5, 8))
    other_curve, other_row = hidden.copy(), hidden.copy()
    other_curve[1] += rng.normal(size=(5, 8))
    other_row[:, 4] += rng.normal(size=(3, 8))
    same, curve, row = (
        array(each, (3, 5, 8), "The transformer's output for an input of shape (3, 5, 8)")
        for each in layer(learner, "transformer", hidden, other_curve, other_row, train=train)
    )
    mixed = np.abs(curve - same)[[0, 2]].max() > NEAR
    require(
        not mixed,
        "A light curve's output changes with *another* light curve of the batch: the first axis "
        "is taken for the sequence. Say `batch_first=True`.",
        "batch-first-forgotten",
    )
    require(
        bool(np.abs(row - same)[:, :4].max() > NEAR),
        "Observations do not see the other observations of their light curve.",
    )
    mask = Tensor.of(np.broadcast_to(np.arange(5) == 4, (3, 5)))
    pair = (hidden, other_row)
    masked = layer(learner, "transformer", *pair, train=train, src_key_padding_mask=mask)
    one, two = (array(each, (3, 5, 8), "The transformer's output with a mask") for each in masked)
    require(
        bool(np.abs(one - two)[:, :4].max() < NEAR),
        "A row that `src_key_padding_mask` says to ignore is not ignored by `self.transformer`.",
    )


@part("7.3")
def test_numbers_of_layers_and_heads(learner: Subject, rng: Rng) -> None:
    """There are num_layers layers, each with parameters of its own, and nhead heads"""
    learned = [learner.layers(TINY | {"num_layers": n}).value["learned"] for n in (1, 2, 4)]
    require(
        learned[1] > learned[0] and learned[2] - learned[1] == 2 * (learned[1] - learned[0]),
        f"With 1, 2 and 4 layers the transformer has {learned[0]}, {learned[1]} and {learned[2]} "
        "parameters. Each further layer should add as many: hand `num_layers` on.",
        "layers-fixed",
    )
    hidden = rng.normal(size=(2, 5, 8))
    (one,) = layer(learner, "transformer", hidden, nhead=1)
    (two,) = layer(learner, "transformer", hidden, nhead=4)
    first, second = (array(each, (2, 5, 8), "The transformer's output") for each in (one, two))
    require(
        bool(np.abs(first - second).max() > NEAR),
        "The transformer does the same with 1 head and with 4. Hand `nhead` on to its layers.",
        "heads-fixed",
    )


# 7.4 create_padding_mask


@part("7.4")
def test_padding_mask(learner: Subject, rng: Rng) -> None:
    """True from the row after the last observation on, for every length from none to all"""
    lengths = rng.permutation([0, 1, 3, 6, 7])
    want = np.array([[row >= n for row in range(7)] for n in lengths])
    x = rng.normal(size=(5, 7, 4))
    x[:, 0] = 0.0  # an observation may well consist of zeros
    answer = learner.padding_mask(Tensor.of(x), Tensor.of(lengths))
    value = answer.result
    off_by_one = np.array([[row > n for row in range(7)] for n in lengths])
    by_value = (x == 0).all(axis=2)
    got = value.array if isinstance(value, Tensor) else np.empty(0)
    fail_if_recognised(
        answer,
        Mistake(
            "longest-only",
            got.shape == (5, 10),
            "The mask has `max_seq_len` columns. It should have as many as x has rows, "
            "`x.shape[1]`.",
        ),
        Mistake(
            "transposed",
            got.shape == (7, 5),
            "The mask has the shape (seq_len, batch). It should be (batch, seq_len).",
        ),
        Mistake(
            "inverted",
            np.array_equal(got, ~want),
            "The mask is True for observations and False for padding. It should be the other way "
            "round: True means ignore.",
        ),
        Mistake(
            "off-by-one",
            np.array_equal(got, off_by_one),
            "The first row of padding is not masked. Rows count from 0, so that with length 3 row "
            "3 is padding: `>=`.",
        ),
        Mistake(
            "lengths-ignored",
            np.array_equal(got, by_value),
            "The mask is True where a row of x is zero. What counts are the lengths.",
        ),
        Mistake(
            "not-bool",
            got.dtype != bool and np.array_equal(got, want.astype(float)),
            f"The mask holds {getattr(value, 'dtype', '')} numbers. It should be of dtype bool: "
            "PyTorch *adds* masks of numbers to the scores instead of ignoring rows.",
        ),
    )
    expect(answer, Tensor.of(want), what="the mask")


@part("7.4")
def test_padding_mask_for_any_batch(learner: Subject, rng: Rng) -> None:
    """A batch of one, and a sequence shorter than max_seq_len, are no exceptions"""
    for seq_len, lengths in ((4, [2]), (1, [1, 0])):
        want = np.array([[row >= n for row in range(seq_len)] for n in lengths])
        x = rng.normal(size=(len(lengths), seq_len, 2))
        answer = learner.padding_mask(Tensor.of(x), Tensor.of(lengths))
        expect(answer, Tensor.of(want), what=f"the mask of lengths {lengths}")


# 7.5 embed and forward


def light_curves(
    rng: Rng, lengths: list[int], rows: int, bands: int = 3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, times and lengths as Exercise 5 gives them, with zeros as padding."""
    features = np.zeros((len(lengths), rows, 3 + bands))
    for one, n in zip(features, lengths, strict=True):
        one[:n, 0] = np.cumsum(rng.uniform(0.5, 9, n))
        one[1:n, 0] -= one[0, 0]
        one[:1, 0] = 0.0
        one[:n, 1] = rng.uniform(-0.2, 1, n)
        one[:n, 2] = rng.uniform(0.02, 0.2, n)
        one[np.arange(n), 3 + rng.integers(0, bands, n)] = 1
    return features, features[..., :1].copy(), np.array(lengths)


def sent(features: np.ndarray, times: np.ndarray, lengths: np.ndarray) -> Batch:
    return Tensor.of(features), Tensor.of(times), Tensor.of(lengths)


def simple_weights(rng: Rng) -> dict[str, np.ndarray]:
    """Weights of a projection from 6 to 3 components and of a classifier from 6 to 4 classes."""
    return {"projection": rng.normal(size=(3, 6)), "classifier": rng.normal(size=(4, 6))}


def masks_of(rows: int) -> Tensor:
    """Row n is the padding mask of a light curve of n observations."""
    return Tensor.of(np.arange(rows) >= np.arange(rows + 1)[:, None])


def embedded(weights: dict[str, np.ndarray], features: np.ndarray, times: np.ndarray) -> np.ndarray:
    """What `embed` makes of rows with the simple layers; time in units of 100 days."""
    scaled = features * np.where(np.arange(features.shape[2]) == 0, 0.01, 1.0)
    projected = scaled @ weights["projection"].T + 0.1
    return np.concatenate([projected, 0.01 * times * np.arange(1, 4)], axis=2)


@part("7.5")
def test_embed(learner: Subject, rng: Rng) -> None:
    """`embed` puts the projection of the rescaled features beside the embedding of the time"""
    weights = simple_weights(rng)
    features, times, _ = light_curves(rng, [5, 4], 5)
    tensors = {name: Tensor.of(value) for name, value in weights.items()}
    answer = learner.embed(tensors, masks_of(5), Tensor.of(features), Tensor.of(times))
    want = embedded(weights, features, times)
    projected, timed = want[..., :3], want[..., 3:]
    raw = features @ weights["projection"].T + 0.1
    expect(
        answer,
        Tensor.of(want),
        Mistake(
            "added",
            Tensor.of(projected + timed),
            "Projection and embedding of the time are added. Put them side by side: "
            "`torch.cat([...], dim=-1)`.",
        ),
        Mistake(
            "time-first",
            Tensor.of(np.concatenate([timed, projected], axis=2)),
            "The embedding of the time comes first. The projection of the features should.",
        ),
        Mistake(
            "not-rescaled",
            Tensor.of(np.concatenate([raw, timed], axis=2)),
            "The projection gets the features as they are. Give it `rescale(features)`: a time of "
            "200 days would drown everything else.",
        ),
        Mistake(
            "times-rescaled",
            Tensor.of(np.concatenate([projected, timed / 100], axis=2)),
            "The times are rescaled before they are embedded. Time2Vec wants days: it has scales "
            "of its own.",
        ),
        what="what `embed` returns",
    )


def classified(weights: dict[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """What the stand-in for the classifier, which is not linear, makes of vectors."""
    return np.tanh(vectors) @ weights["classifier"].T + 0.1


POOLS = {
    "masked mean": lambda hidden, n: hidden[:n].mean(axis=0),
    "mean of all rows": lambda hidden, n: hidden.mean(axis=0),
    "sum of all rows": lambda hidden, n: hidden.sum(axis=0) / n,
    "divided by rows": lambda hidden, n: hidden[:n].sum(axis=0) / len(hidden),
    "sum": lambda hidden, n: hidden[:n].sum(axis=0),
    "last row": lambda hidden, n: hidden[-1],
    "last observation": lambda hidden, n: hidden[n - 1],
    "first row": lambda hidden, n: hidden[0],
}


def worked_out(weights: dict, batch: tuple, masked: bool, pool: str) -> np.ndarray:
    """Logits of the encoder with simple layers, light curve by light curve."""
    features, times, lengths = batch
    logits = []
    for rows, n in zip(embedded(weights, features, times), lengths, strict=True):
        attended = rows[:n] if masked else rows
        vector = POOLS[pool](rows + 0.5 * attended.mean(axis=0), n)
        logits.append(classified(weights, vector))
    return np.array(logits)


def mean_of_logits(weights: dict, batch: tuple) -> np.ndarray:
    """The mean over the observations of what the classifier makes of each."""
    features, times, lengths = batch
    every = [rows[:n] for rows, n in zip(embedded(weights, features, times), lengths, strict=True)]
    hidden = [rows + 0.5 * rows.mean(axis=0) for rows in every]
    return np.array([classified(weights, rows).mean(axis=0) for rows in hidden])


@part("7.5")
def test_logits(learner: Subject, rng: Rng) -> None:
    """The mean over the observations of what the transformer makes of them is classified"""
    weights, batch = simple_weights(rng), light_curves(rng, [2, 6, 4], 6)
    tensors = {name: Tensor.of(value) for name, value in weights.items()}
    got = learner.simple_logits(tensors, masks_of(6), sent(*batch)).value
    mask, observed = got["mask"], np.arange(6) < batch[2][:, None]
    inverted = isinstance(mask, Tensor) and np.array_equal(mask.array, observed)

    def outcome(pool: str, masked: bool = True) -> Tensor:
        return Tensor.of(worked_out(weights, batch, masked, pool))

    logits, want = Answer(got["logits"]), outcome("masked mean")
    leaks = any(approx_equal(logits.result, outcome(pool, masked=False)) for pool in POOLS)
    diluted = "The mean is taken over all rows, so that padding dilutes the observations. "
    one = "Only one row of what the transformer returns is classified. "
    mean = "Take the mean over the observations: add them up and divide by `lengths`."
    expect(
        logits,
        want,
        Mistake(
            "mask-inverted",
            inverted,
            "The transformer is told to ignore the observations and to look at the padding: its "
            "mask is inverted. True means ignore, as in what `create_padding_mask` returns.",
        ),
        Mistake(
            "mask-not-passed",
            leaks,
            "The transformer is not told which rows are padding, so that observations attend to "
            "it. Call it with `src_key_padding_mask=...`.",
        ),
        Mistake("mean-over-padding", outcome("mean of all rows"), diluted + mean),
        Mistake(
            "mean-over-padding",
            outcome("sum of all rows"),
            "All rows are added up, padding too: after the transformer it is no longer zero. "
            "Multiply by the mask of the observations before you add up.",
        ),
        Mistake(
            "divided-by-seq-len",
            outcome("divided by rows"),
            "The sum over the observations is divided by the number of all rows, so that short "
            "light curves get small vectors. Divide by `lengths`.",
        ),
        Mistake("sum-not-mean", outcome("sum"), f"The observations are only added up. {mean}"),
        Mistake(
            "last-row",
            outcome("last row"),
            f"{one}It is the last one, which is padding in most light curves. {mean}",
        ),
        Mistake(
            "mean-of-logits",
            Tensor.of(mean_of_logits(weights, batch)),
            "Each observation is classified, and the mean is taken of the logits. It should be the "
            "other way round: the classifier, which is not linear, sees the mean.",
        ),
        Mistake("one-row-only", outcome("last observation"), one + mean),
        Mistake("one-row-only", outcome("first row"), one + mean),
        Mistake(
            "softmax",
            Tensor.of(softmax(want.array)),
            "The result are probabilities. Return the logits: the loss does the softmax itself.",
        ),
        what="the logits",
    )


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@part("7.5")
def test_too_many_rows(learner: Subject, rng: Rng) -> None:
    """More rows than max_seq_len are a ValueError that names both numbers; as many are not"""
    weights = {name: Tensor.of(value) for name, value in simple_weights(rng).items()}
    fits = light_curves(rng, [3, 7], 7)
    got = learner.simple_logits(weights, masks_of(7), sent(*fits), longest=7).value
    array(got["logits"], (2, 4), "With 7 rows and max_seq_len = 7, the result")
    batch = light_curves(rng, [3, 7], 9)
    answer = learner.simple_logits(weights, masks_of(9), sent(*batch), longest=8)
    names_both(
        answer,
        (9, 8),
        "A batch of 9 rows with max_seq_len = 8",
        Mistake(
            "length-not-checked",
            answer.raised is None,
            "A batch of 9 rows with max_seq_len = 8 is accepted. Compare `features.shape[1]` with "
            "`self.max_seq_len` first, and raise a ValueError.",
        ),
    )


def whole(
    learner: Subject, name: str, *batches: tuple, method: str = "forward", **changes: Any
) -> list[Any]:
    """What a whole small encoder returns for several batches."""
    train = changes.pop("train", False)
    sizes = TINY | changes
    tensors = [sent(*batch) for batch in batches]
    return learner.logits(name, sizes, tensors, train=train, method=method).value


MODES = pytest.mark.parametrize("train", [False, True], ids=["evaluation", "training"])


@part("7.5")
@MODES
def test_padding_is_invisible(learner: Subject, rng: Rng, train: bool) -> None:
    """Neither the number of padded rows, nor what stands in them, nor the company matters"""
    invisible_padding(learner, rng, ENCODER, train)


def invisible_padding(
    learner: Subject, rng: Rng, name: str, train: bool, method: str = "forward"
) -> None:
    """Logits of observations must be the same with padding, with rubbish, and in company."""
    features, times, lengths = light_curves(rng, [3, 7, 5], 10)
    rubbish, odd = features.copy(), times.copy()
    for k, n in enumerate(lengths):
        rubbish[k, n:, :3] = rng.normal(0, 3, (10 - n, 3))
        odd[k, n:] = rng.uniform(50, 90, (10 - n, 1))
    alone = [
        (features[k : k + 1, :n], times[k : k + 1, :n], lengths[k : k + 1])
        for k, n in enumerate(lengths)
    ]
    batches = [(features, times, lengths), (rubbish, odd, lengths), *alone]
    got = whole(learner, name, *batches, method=method, train=train)
    steps = method != "forward"
    shape = (3, 10, 3) if steps else (3, 3)
    padded, filled = (array(each, shape, "The result for a batch of 3") for each in got[:2])
    mode = "training" if train else "evaluation"
    for k, n in enumerate(lengths):
        one = array(got[2 + k], (1, n, 3) if steps else (1, 3), "The result for a batch of 1")[0]
        with_padding, with_rubbish = (
            each[k, :n] if steps else each[k] for each in (padded, filled)
        )
        change = np.abs(with_padding - one).max()
        require(
            bool(change < NEAR),
            f"A light curve of {n} observations has other logits alone than with {10 - n} rows of "
            f"padding in a batch (in {mode}); they differ by up to {change:.2g}. Padding must be "
            "ignored by the attention and by the mean.",
            "padding-visible",
        )
        change = np.abs(with_rubbish - one).max()
        require(
            bool(change < NEAR),
            f"Other numbers in the rows of padding change the logits (in {mode}), by up to "
            f"{change:.2g}. Find out where padded rows come in.",
            "padding-visible",
        )


@part("7.5")
@MODES
def test_few_observations(learner: Subject, rng: Rng, train: bool) -> None:
    """A light curve of one observation or none has finite logits, and disturbs nobody"""
    few_observations(learner, rng, ENCODER, train)


@part("7.5")
def test_arguments_are_left_alone(learner: Subject, rng: Rng) -> None:
    """Features, times and lengths are the same after a call as before"""
    features, times, lengths = light_curves(rng, [1, 4, 0], 6)
    features[0, 1:] = times[0, 1:] = 0.5  # padding need not be zero
    changed = learner.changed_arguments(ENCODER, TINY, sent(features, times, lengths)).value
    require(
        not changed,
        f"A call changes its argument `{'` and `'.join(changed)}`, with which whoever calls may "
        "want to go on. Methods such as `clamp_` and assignments such as `x[mask] = 0` work in "
        "place; `clamp`, `masked_fill` and `torch.where` make a new tensor.",
        "arguments-changed",
    )


def few_observations(learner: Subject, rng: Rng, name: str, train: bool) -> None:
    features, times, lengths = light_curves(rng, [1, 4, 0], 6)
    batches = [
        (features, times, lengths),
        (features[:2], times[:2], lengths[:2]),
        (features[2:], times[2:], lengths[2:]),
    ]
    got = whole(learner, name, *batches, train=train)
    mode = "training" if train else "evaluation"
    for value, n in zip(got, (3, 2, 1), strict=True):
        lost = isinstance(value, Tensor) and not np.isfinite(value.array[-1:]).all() and n != 2
        require(
            not lost,
            f"A light curve without observations has logits that are NaN (in {mode}). Where all "
            "rows are ignored, attention is a softmax over nothing; and the mean divides by 0. "
            "Treat both.",
            "nan-for-empty",
        )
        array(value, (n, 3), f"The result for a batch of {n}")
    require(
        np.allclose(got[0].array[:2], got[1].array, atol=NEAR),
        "A light curve without observations changes the logits of the others in its batch.",
    )
    want = learner.gradients(name, TINY, sent(*batches[0])).value["broken"]
    require(
        not want,
        "With a light curve without observations in the batch, gradients are NaN, and one step of "
        "training would spoil the network.",
        "nan-for-empty",
    )


@part("7.5")
def test_gradients(learner: Subject, rng: Rng) -> None:
    """Gradients reach every parameter"""
    reach_everything(learner, rng, ENCODER)


def reach_everything(learner: Subject, rng: Rng, name: str, method: str = "forward") -> None:
    batch = light_curves(rng, [3, 6], 7)
    answer = learner.gradients(name, TINY | {"num_layers": 2}, sent(*batch), method=method)
    fail_if_recognised(
        answer,
        Mistake(
            "no-gradient",
            Raises("RuntimeError", "does not require grad"),
            "The logits have no gradient at all. Do not use `no_grad` or `detach` in the network.",
        ),
    )
    without = answer.value["without"]
    require(
        not without,
        f"No gradient arrives at {', '.join(without[:3])}: it is not used, or something on the way "
        "is detached (`detach`, `.data`, `no_grad`).",
        "no-gradient",
    )


# 7.E1 BandEmbedding and BandTime2VecTransformerEncoder


@part("7.E1")
@pytest.mark.parametrize("num_bands", [3, 6])
def test_band_vectors(learner: Subject, rng: Rng, num_bands: int) -> None:
    """Each band has a learned vector, and padding has zeros, also after training"""
    numbers = np.concatenate([[-1], rng.permutation(num_bands), rng.permutation(num_bands), [-1]])
    bands = (numbers[:, None] == np.arange(num_bands)).astype(float).reshape(2, -1, num_bands)
    rows = bands.shape[1]
    wanted = rng.normal(size=(2, rows, 4))
    sizes = {"num_bands": num_bands, "embed_dim": 4}
    got = learner.band_vectors(sizes, Tensor.of(bands), Tensor.of(wanted)).value
    shape = (2, rows, 4)
    before = array(got["before"], shape, "The embedding of bands").reshape(-1, 4)
    table = np.array([before[numbers == band][0] for band in range(num_bands)])
    require(
        got["attached"] or not got["learned"],
        "The vectors are cut off from their parameters, so that no gradient arrives there. Do not "
        "use `detach`, `.data` or `no_grad` in `forward`.",
        "frozen",
    )
    require(
        got["learned"] >= 4 * num_bands,
        f"{num_bands} bands with 4 components have {got['learned']} learned numbers; there should "
        f"be {4 * num_bands}. (`nn.Embedding.from_pretrained` freezes its table unless told "
        "otherwise.)",
        "frozen",
    )
    gaps = np.abs(table[:, None] - table[None]).max(axis=2) + np.eye(num_bands)
    require(
        bool(gaps.min() > NEAR),
        "Two bands have the same vector at the start. Each needs one of its own: begin with random "
        "numbers, `torch.randn`.",
        "one-for-all",
    )
    padding = before[numbers == -1]
    like_a_band = any(np.allclose(padding, vector, atol=NEAR) for vector in table)
    require(
        not like_a_band,
        "Padding gets the vector of a band. A row of zeros has no band: `argmax` says 0 for it all "
        "the same.",
        "padding-has-band",
    )
    require(
        bool(np.abs(padding).max() < NEAR),
        "Padding gets a vector that is not zero. A layer without a bias (`bias=False`) maps zeros "
        "to zeros; `padding_idx` keeps a row of `nn.Embedding` at zero.",
        "padding-not-zero",
    )
    again = np.array([before[numbers == band][1] for band in range(num_bands)])
    require(np.allclose(table, again, atol=NEAR), "The same band has two different vectors.")
    after = array(got["after"], shape, "The embedding of bands").reshape(-1, 4)
    require(
        bool(np.abs(after[numbers == -1]).max() < NEAR),
        "After a step of training padding has a vector that is not zero: it is learned as well. "
        "`padding_idx` keeps a row of `nn.Embedding` at zero.",
        "padding-learned",
    )
    moved = [np.abs(after - before)[numbers == band].max() > NEAR for band in range(num_bands)]
    require(all(moved), "After a step of training a band has the same vector as before.", "frozen")


@part("7.E1")
@pytest.mark.parametrize("bands", [3, 6])
def test_bands_enter_by_their_vectors(learner: Subject, rng: Rng, bands: int) -> None:
    """The network knows the bands by their vectors, and only by them"""
    features, times, lengths = light_curves(rng, [4, 5], 6, bands)
    changed = features.copy()
    changed[:, :2, 3:] = np.roll(changed[:, :2, 3:], 1, axis=2)  # other bands in the first two rows
    batches = [sent(features, times, lengths), sent(changed, times, lengths)]
    sizes = TINY | {"input_dim": 3 + bands, "band_embed_dim": 4}
    answer = learner.logits(BANDED, sizes, batches)
    fail_if_recognised(
        answer,
        Mistake(
            "three-bands-only",
            bands != 3 and broke(answer),
            f"With {bands} bands (input_dim = {3 + bands}) it does not work: {answer.raised}. The "
            "number of bands is `input_dim - FIRST_BAND`.",
        ),
    )
    one, two = (array(each, (2, 3), "The result for a batch of 2") for each in answer.value)
    require(
        bool(np.abs(one - two).max() > NEAR),
        "Other bands make no difference to the logits. Put the vectors of the bands beside the "
        "other features.",
        "bands-unused",
    )
    answer = learner.logits_without_bands(sizes, batches)
    fail_if_recognised(
        answer,
        Mistake(
            "no-band-embedding",
            Raises("AttributeError", "band_embedding"),
            "The encoder has no attribute `band_embedding`. Set it in `__init__`.",
        ),
    )
    one, two = (array(each, (2, 3), "The result for a batch of 2") for each in answer.value)
    require(
        np.allclose(one, two, atol=NEAR),
        "With all vectors of bands at zero, the bands still make a difference: the one-hot columns "
        "are there as well. The vectors take their place.",
        "one-hot-kept",
    )


@part("7.E1")
def test_banded_encoder(learner: Subject, rng: Rng) -> None:
    """Padding is invisible to it, and gradients reach every parameter"""
    invisible_padding(learner, rng, BANDED, train=False)
    reach_everything(learner, rng, BANDED)


# 7.E2 CausalTime2VecTransformerEncoder


@part("7.E2")
@MODES
def test_no_look_ahead(learner: Subject, rng: Rng, train: bool) -> None:
    """A later observation changes no earlier logits, and all later ones"""
    features, times, lengths = light_curves(rng, [7, 5], 8)
    changed, late = features.copy(), times.copy()
    changed[:, 3, :2] += rng.uniform(1, 2, (2, 2))
    late[:, 3] += 0.3
    batches = [(features, times, lengths), (changed, late, lengths), (features, times, lengths - 2)]
    got = whole(learner, CAUSAL, *batches, method="forward_steps", train=train)
    what = "The result of `forward_steps` for a batch of 2 with 8 rows"
    one, two, fewer = (array(each, (2, 8, 3), what) for each in got)
    change = np.abs(one - two).max(axis=2)
    if change[:, :3].max() > NEAR:
        raise looks_ahead(learner, batches[0])
    require(
        bool(np.abs(one - fewer)[:, :3].max() < NEAR),
        "Earlier logits change with the number of observations, so that they know how many are "
        "still to come. Row i must not use `lengths`: the mean of rows 0, ..., i is their sum "
        "divided by i + 1.",
        "length-known",
    )
    unseen = (change[0, 4:7].min() < 1e-6) or (change[1, 4] < 1e-6)
    require(
        bool(change[:, 3].min() > 1e-6),
        "An observation makes no difference to the logits in its own row. Row i may look at row i: "
        "the diagonal of the mask is False.",
        "own-row-hidden",
    )
    require(
        not unseen,
        "An observation makes no difference to later logits. Row i looks at all rows up to i.",
        "past-hidden",
    )


def looks_ahead(learner: Subject, batch: tuple) -> Failure:
    """What to say about logits that depend on later observations."""
    mask = learner.attention_mask(TINY, sent(*batch)).value
    if not isinstance(mask, Tensor):
        return Failure(
            "Logits depend on later observations: the transformer gets no mask, and every row "
            "looks at every other. Call it with `mask=...`.",
            misconception="no-causal-mask",
        )
    grid = mask.array.reshape(-1, *mask.shape[-2:])[0]
    below = np.tril(np.ones(grid.shape, dtype=bool), -1)
    if grid[below].any() and not grid[below.T].any():
        return Failure(
            "Logits depend on later observations: the mask hides the past and shows the future. "
            "True means *may not look*, and the future is above the diagonal: `triu(diagonal=1)`.",
            misconception="mask-transposed",
        )
    if grid[below.T].all():
        return Failure(
            "Logits depend on later observations, though the attention does not: whatever comes "
            "after it looks ahead, such as a mean over all rows. Use row i alone, or the mean of "
            "rows 0 to i.",
            misconception="pooling-looks-ahead",
        )
    return Failure("Logits depend on later observations: the mask lets row i look at rows after i.")


@part("7.E2")
def test_last_observation(learner: Subject, rng: Rng) -> None:
    """`forward` gives the logits after the last observation, not after the last row"""
    batch = light_curves(rng, [3, 8, 1], 8)
    (steps,) = whole(learner, CAUSAL, batch, method="forward_steps")
    (value,) = whole(learner, CAUSAL, batch)
    table = array(steps, (3, 8, 3), "The result of `forward_steps` for a batch of 3 with 8 rows")
    got = array(value, (3, 3), "The result for a batch of 3")
    want = np.array([table[k, n - 1] for k, n in enumerate(batch[2])])
    wrong = {
        "last-row": (table[:, -1], "Those of the last row, which may be padding, are returned. "),
        "off-by-one": (
            np.array([table[k, min(n, 7)] for k, n in enumerate(batch[2])]),
            "Those of the row after the last observation are returned. ",
        ),
        "mean-of-steps": (
            np.array([table[k, :n].mean(axis=0) for k, n in enumerate(batch[2])]),
            "The mean of the logits after each observation is returned. ",
        ),
    }
    remedy = "The logits after the last observation are in row `lengths - 1` of each light curve."
    expect(
        Answer(got),
        want,
        *(Mistake(slug, other, says + remedy) for slug, (other, says) in wrong.items()),
        what="the logits",
        rtol=NEAR,
        atol=NEAR,
    )


@part("7.E2")
def test_causal_padding(learner: Subject, rng: Rng) -> None:
    """Padding is invisible, and light curves of one observation or none have finite logits"""
    invisible_padding(learner, rng, CAUSAL, train=False)
    invisible_padding(learner, rng, CAUSAL, train=True, method="forward_steps")
    for train in (False, True):
        few_observations(learner, rng, CAUSAL, train)


@part("7.E2")
def test_causal_too_long(learner: Subject, rng: Rng) -> None:
    """More rows than max_seq_len are a ValueError; gradients reach every parameter"""
    batch = light_curves(rng, [3, 7], 13)
    for method in ("forward_steps", "forward"):
        answer = learner.logits(CAUSAL, TINY, [sent(*batch)], method=method)
        expect_error(
            answer,
            "ValueError",
            f"`{method}` with 13 rows and max_seq_len = 12",
            Mistake(
                "length-not-checked",
                answer.raised is None,
                f"`{method}` accepts 13 rows with max_seq_len = 12. Raise a ValueError.",
            ),
        )
    reach_everything(learner, rng, CAUSAL)
