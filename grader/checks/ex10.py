"""Checks of Exercise 10: a crowd of networks, calibration, comparison, losses and a live stream.

Probabilities of a crowd are judged exactly: its distribution over all masks of dropout is worked
out here by counting them. Calibration is done by loops over single answers. Models that are
compared are tables of logits, so that all that should come out of them is known.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from statistics import mean
from typing import Any

import numpy as np

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
    number,
    require,
)
from grader.wire import Table, Tensor

Rng = np.random.Generator
Array = np.ndarray

HINTS = {
    "10.1": [
        "`F.dropout(x, p, training=True)` drops whatever the mode. What would it drop in a "
        "tensor of "
        "ones of the shape `(batch, 1, width)`?",
        "The mask is `F.dropout(torch.ones_like(input[:, :1]), self.p, training=True)`; multiplied "
        "with the input it counts for all rows. An input `(batch, width)` gets a mask of its own "
        "shape.",
        "For `part in (*layers[len(layers) - self.mc_layers :], self.classifier)` go through "
        "`list(part.named_modules())`; `part.set_submodule(name, MonteCarloDropout(...))` replaces "
        "each that `isinstance(layer, nn.Dropout)`.",
    ],
    "10.2": [
        "First `summarise`: four lines, each a mean over `dim=0` or a sum over `dim=-1`. Then get "
        "the samples, by `repeat` or by `vmap`.",
        "`self.training` before, `self.eval()`, and at the end `self.train(was_training)`. In "
        "between, `with torch.no_grad():`.",
        "For one light curve: `ask = torch.func.vmap(lambda _: self(f, t, n), "
        'randomness="different")`, and `ask(torch.empty(n_samples)).softmax(dim=-1)` has the shape '
        "`(n_samples, 1, num_classes)`. `torch.cat(..., dim=1)` puts light curves side by side.",
    ],
    "10.3": [
        "Three arrays of length n: the confidence, whether it is right, and the number of the bin.",
        "`np.searchsorted(borders, confidence, side='left')` with the borders between the bins "
        "puts "
        "a confidence that equals a border to the left of it. `np.bincount(bins, weights=..., "
        "minlength=n_bins)` sums over bins.",
        "ECE: the absolute gap times the count, summed (pandas' `sum` skips NaN), divided by all "
        "answers.",
    ],
    "10.4": [
        "`plt.subplots(1, 3, ...)`, and draw with the methods of the axes, not with `plt`.",
        "`table[table['count'] > 0]` are the bins to be drawn. `ax.annotate(str(count), point)` "
        "writes a text.",
        "`np.array_split(np.argsort(uncertainty), n_bins)` gives the groups for the third panel.",
    ],
    "10.5": [
        "Work with logarithms: `np.log(y_prob.clip(1e-300)) / temperature`, then a softmax.",
        "Take the largest off before `np.exp`: the ratio stays, and nothing overflows.",
        "`minimize_scalar(f, bounds=(math.log(0.05), math.log(20)), method='bounded').x` is the "
        "logarithm of the temperature, if `f` is the cross-entropy at `math.exp` of its argument.",
    ],
    "10.6": [
        "Sort by uncertainty, and keep the front part.",
        "`np.argsort(uncertainty)[: n - int(rejected * n)]` are the positions that are kept.",
        "`sklearn.metrics.roc_auc_score(is_unknown, uncertainties)` counts the pairs; or compare "
        "`unknown[:, None]` with `known[None, :]`.",
    ],
    "10.7": [
        "One `with` block for the whole run. Inside: start, seed, model, training, two calls of "
        "`predict`, the numbers, the log.",
        "`model, _ = self.train(model, train_loader, val_loader)`: go on with the model that comes "
        "back. The temperature is from `predict(model, val_loader, self.n_samples)`, the rest from "
        "the test loader.",
        "`f1_score(test.y_true == RARE, guess == RARE, zero_division=0.0)` is the F1 score of the "
        "rare class, `sum(w.numel() for w in model.parameters())` the number of parameters.",
    ],
    "10.8": [
        "The weights: effective numbers first, then their inverse, then divide by the sum.",
        "For classes without objects use `torch.where(counts > 0, ..., 0.0)`.",
        "The loss: `log_p = F.log_softmax(inputs, dim=-1)`, the wanted probabilities from "
        "`F.one_hot`, and a sum over the classes of three factors. The mean over the batch is "
        "last.",
    ],
    "10.E1": [
        "The seed is set in the loop, before the member is made.",
        "`forward_batch(model.eval(), features).softmax(dim=-1)` for each member, stacked along a "
        "new first axis.",
        "Keep `model.training` before you call `eval()`, and hand it to `model.train(...)` after.",
    ],
    "10.E2": [
        "Keep one array of the numbers that are labelled. All others are waiting: `np.setdiff1d`.",
        "`waiting[np.argsort(uncertainty(model, waiting))[-n_query:]]` are the most uncertain "
        "ones.",
        "In each round: fit, note `(len(labelled), score(model))`, choose, and concatenate.",
    ],
    "10.E3": [
        "`self.observations.setdefault(object_id, [])` is the list of this object, new or not.",
        "A second copy has the same `mjd` and the same `band`. It is answered as well.",
        "`time.perf_counter()` before and after; `np.percentile` of `self.seconds`, times 1000.",
    ],
}

# 10.1 MonteCarloDropout.forward, BayesianTransformerEncoder._replace_dropout_layers


def masks_of(answer: Answer, x: Array) -> list[Array]:
    """The factors by which the input was multiplied, one array for each call."""
    masks = []
    for result in answer.value["results"]:
        expect(Answer(result), Tensor.of(np.zeros_like(x)), what="the result", atol=math.inf)
        masks.append(result.array / x)
    return masks


@part("10.1")
def test_dropout_is_active(learner: Subject, rng: Rng) -> None:
    """It drops in evaluation as in training"""
    x = rng.uniform(1, 2, (8, 4, 16)).astype(np.float32)
    for training in (True, False):
        answer = learner.dropped(0.5, Tensor.of(x), training)
        mode = "training" if training else "evaluation"
        (mask,) = masks_of(answer, x)
        require(
            bool((mask == 0).any()),
            f"In {mode} mode nothing is dropped. Hand `training=True` to `F.dropout`, whatever "
            "`self.training` says.",
            "off-in-evaluation" if not training else None,
        )


@part("10.1")
def test_mask_of_a_light_curve(learner: Subject, rng: Rng) -> None:
    """A feature is dropped in all rows of a light curve or in none, and the rest is scaled"""
    x = rng.uniform(1, 2, (40, 4, 30)).astype(np.float32)
    p = 0.2
    answer = learner.dropped(p, Tensor.of(x), False, 2)
    first, second = masks_of(answer, x)
    gone = first == 0  # (light curves, rows, features)
    require(bool(gone.any()), "In evaluation mode nothing is dropped.", "off-in-evaluation")
    require(
        not (gone.all(axis=2) | ~gone.any(axis=2)).all(),
        "Either all features of a row are dropped or none. Each of them should be dropped by its "
        "own chance: a mask with an entry for each feature.",
        "whole-rows-dropped",
    )
    require(
        bool((gone.all(axis=1) | ~gone.any(axis=1)).all()),
        "Rows of one light curve have lost different features. Draw one mask for each light "
        "curve, of shape `(batch, 1, width)`, and multiply: it counts for all rows.",
        "mask-for-each-row",
    )
    gone = gone[:, 0]  # (light curves, features)
    require(
        not (gone == gone[0]).all(),
        "All light curves of a batch have lost the same features. The mask needs the axis of the "
        "batch: `(batch, 1, width)`.",
        "same-for-whole-batch",
    )
    fraction = float(gone.mean())  # of 1200 chances: +- 0.012
    require(
        abs(fraction - (1 - p)) > 0.08,
        f"With p = {p} a fraction of {fraction:.2f} is dropped. p is the probability to be "
        "*dropped*; you keep with probability p.",
        "kept-with-p",
    )
    require(abs(fraction - p) < 0.08, f"With p = {p} a fraction of {fraction:.2f} is dropped.")
    kept = first[first != 0]
    require(
        not np.allclose(kept, 1, atol=1e-4),
        "What is kept stays as large as it was. Divide it by 1 - p, so that the mean is right.",
        "not-rescaled",
    )
    require(
        np.allclose(kept, 1 / (1 - p), atol=1e-3),
        f"What is kept is multiplied by {kept[0]:.3g}; with p = {p} it should be 1/(1 - p) = "
        f"{1 / (1 - p):.3g}.",
    )
    require(
        not np.array_equal(first, second),
        "Two calls drop the same features. Draw the mask in `forward`, and set no seed.",
        "same-every-time",
    )


@part("10.1")
def test_dropout_of_single_rows(learner: Subject, rng: Rng) -> None:
    """An input without rows, p = 0, and the input is not changed"""
    x = rng.uniform(1, 2, (30, 20)).astype(np.float32)
    answer = learner.dropped(0.5, Tensor.of(x), False)
    (mask,) = masks_of(answer, x)
    gone = mask == 0
    require(
        not (gone == gone[0]).all(),
        "For an input of shape (batch, width) all light curves lose the same features: the batch "
        "is taken for rows. Look at `input.ndim`.",
        "batch-taken-for-rows",
    )
    require(
        not (gone.all(axis=1) | ~gone.any(axis=1)).all(),
        "For an input of shape (batch, width) all features of a light curve are dropped or none. "
        "The mask needs both axes.",
        "whole-rows-dropped",
    )
    expect(Answer(answer.value["input"]), Tensor.of(x), what="the input afterwards")
    for shape in ((3, 4, 5), (3, 5)):
        x = rng.normal(size=shape).astype(np.float32)
        got = learner.dropped(0.0, Tensor.of(x), True).value["results"][0]
        expect(Answer(got), Tensor.of(x), what="the result with p = 0")


def layers_in(names: Any, where: str) -> list[str]:
    return [name for name in names if name.startswith(where)]


def expect_replaced(got: dict, last: list[str], rate: float, mc_layers: int) -> None:
    """Those in `last` and in the classifier are replaced, with the right p; the others are not."""
    ours = [name for name, (replaced, _) in got.items() if replaced]
    want = [name for name in got if name.startswith((*last, "classifier"))]
    require(
        bool(ours),
        "The model has no MonteCarloDropout. `layer = MonteCarloDropout(...)` changes a local "
        "variable: set the attribute of the module that holds the layer.",
        "nothing-replaced",
    )
    below = [name for name in ours if name not in want]
    zero = mc_layers == 0 and bool(below)
    require(
        not zero,
        "With mc_layers=0 the transformer's layers are replaced, too. `layers[-0:]` is the whole "
        "list, for -0 is 0: use `layers[len(layers) - self.mc_layers :]`.",
        "zero-means-all",
    )
    above = [name for name in want if name not in ours]
    first = bool(below) and any(name.startswith("transformer") for name in above)
    require(
        not first,
        f"With mc_layers={mc_layers} the first layers are replaced. It should be the last ones.",
        "first-layers-replaced",
    )
    require(
        not below,
        f"With mc_layers={mc_layers} `{(below or [''])[0]}` is replaced as well. The layers below "
        "keep the dropout that they have.",
        "all-layers-replaced",
    )
    forgotten = bool(above) and all(name.startswith("classifier") for name in above)
    require(
        not forgotten,
        f"`{(above or [''])[0]}` is still an ordinary `nn.Dropout`. The classifier has dropout "
        "as well, possibly in a module within a module.",
        "classifier-forgotten",
    )
    require(
        not above,
        f"With mc_layers={mc_layers} `{(above or [''])[0]}` is still an ordinary `nn.Dropout`.",
        "mc-layers-ignored",
    )
    rates = {got[name][1] for name in ours}
    require(
        rates == {rate},
        f"The new layers have p = {sorted(rates)[0]:g}; it should be mc_dropout_rate = {rate:g}.",
        "old-rate-kept",
    )


@part("10.1")
def test_replaced(learner: Subject) -> None:
    """The dropout of the last layers and of the classifier is replaced, and no other"""
    for mc_layers in (1, 2, 0, 3):
        settings = {"num_layers": 3, "mc_layers": mc_layers, "mc_dropout_rate": 0.3}
        got = learner.dropout_layers(settings | {"dropout": 0.1}).value
        last = [f"transformer.layers.{i}." for i in range(3 - mc_layers, 3)]
        expect_replaced(got, last, 0.3, mc_layers)


@part("10.1")
def test_replaced_at_depth(learner: Subject) -> None:
    """Dropout inside of modules of modules is found, also if it is done again"""
    settings = {"num_layers": 2, "mc_dropout_rate": 0.3, "dropout": 0.1}
    got = learner.nested_dropout(settings, 0.45).value
    deep = got.get("classifier.0.1.0", [True])[0]
    require(
        deep or not got.get("classifier.1", [True])[0],
        "A dropout that lies deeper, in a module of a module, is not replaced. "
        "`named_modules()` goes to all depths, `named_children()` to the first only.",
        "only-first-depth",
    )
    expect_replaced(got, ["transformer.layers.1."], 0.45, 1)


# 10.2 summarise, BayesianTransformerEncoder.forward_with_uncertainty

KEYS = ("predictions", "epistemic_uncertainty", "aleatoric_uncertainty", "prediction_samples")


def softmax(logits: Array) -> Array:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def summary(samples: Array) -> dict[str, Array]:
    """The four keys, in float64."""
    p = samples.astype(float)
    centre = p.mean(axis=0)
    return {
        "predictions": centre,
        "epistemic_uncertainty": ((p - centre) ** 2).mean(axis=0).sum(axis=-1),
        "aleatoric_uncertainty": (p * (1 - p)).sum(axis=-1).mean(axis=0),
        "prediction_samples": p,
    }


def expect_summary(got: Any, samples: Array) -> None:
    want = summary(samples)
    if not isinstance(got, dict) or any(key not in got for key in KEYS):
        expect(Answer(got), {key: Tensor.of(value) for key, value in want.items()})
    p, centre = want["prediction_samples"], want["predictions"]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_logits = softmax(np.log(p).mean(axis=0))
    parts: dict[str, list[Mistake]] = {
        "predictions": [
            Mistake(
                "logits-averaged",
                Tensor.of(of_logits),
                "This is the softmax of mean logits. Take the softmax of each sample first, and "
                "then the mean of the probabilities.",
            ),
            Mistake(
                "mean-over-batch",
                Tensor.of(p.mean(axis=1)),
                "This is the mean over the light curves. The mean over the samples is `dim=0`.",
            ),
        ],
        "epistemic_uncertainty": epistemic_mistakes(p),
        "aleatoric_uncertainty": [
            Mistake(
                "total-for-aleatoric",
                Tensor.of((centre * (1 - centre)).sum(axis=-1)),
                "This is the sum of p (1 - p) of the *mean* probabilities, which is the total "
                "uncertainty. The aleatoric part is the mean over the samples of that sum.",
            ),
            Mistake(
                "mean-over-classes",
                Tensor.of((p * (1 - p)).mean(axis=(0, 2))),
                "This is a mean over the classes. Sum over the classes, or the parts do not add "
                "up.",
            ),
        ],
        "prediction_samples": [],
    }
    for key, mistakes in parts.items():
        expect(Answer(got[key]), Tensor.of(want[key]), *mistakes, what=f"`{key}`")


def epistemic_mistakes(p: Array) -> list[Mistake]:
    centre, n = p.mean(axis=0), len(p)
    deviation = np.sqrt(((p - centre) ** 2).sum(axis=0) / max(n - 1, 1))
    variance = ((p - centre) ** 2).mean(axis=0)
    alone = n == 1
    return [
        Mistake(
            "divided-by-n-minus-1",
            Tensor.of(np.full(p.shape[1], math.nan) if alone else (deviation**2).sum(axis=-1)),
            "This is the variance with the divisor n - 1, of which `correction=0` makes n. With "
            "n - 1 the two parts do not add up to the total, and one sample gives NaN.",
        ),
        Mistake(
            "standard-deviation",
            Tensor.of(deviation.mean(axis=-1)),
            "This is the mean standard deviation. The epistemic uncertainty is the *variance* over "
            "the samples, *summed* over the classes; then the parts add up.",
        ),
        Mistake(
            "standard-deviation",
            Tensor.of(np.sqrt(variance).sum(axis=-1)),
            "This is a standard deviation. The epistemic uncertainty is the variance over samples.",
        ),
        Mistake(
            "mean-over-classes",
            Tensor.of(variance.mean(axis=-1)),
            "This is a mean over the classes. Sum over the classes, or the parts do not add up.",
        ),
        Mistake(
            "spread-of-mean",
            Tensor.of(centre.var(axis=-1)),
            "This is the variance of the mean probabilities over the *classes*. The epistemic "
            "uncertainty is the variance over the *samples*, `dim=0`.",
        ),
    ]


@part("10.2")
def test_summary(learner: Subject, rng: Rng) -> None:
    """Mean, epistemic and aleatoric part, which add up to the total"""
    for shape in ((6, 5, 3), (1, 2, 4)):
        samples = softmax(rng.normal(0, 2, shape)).astype(np.float32)
        answer = learner.summarised(Tensor.of(samples))
        found = answer.result.get(KEYS[1]) if isinstance(answer.result, dict) else None
        require(
            not isinstance(found, Tensor) or not bool(np.isnan(found.array).all()),
            epistemic_mistakes(samples)[0].says,
            "divided-by-n-minus-1",
        )
        expect_summary(answer.value, samples)


def light_curves(rng: Rng, lengths: list[int], rows: int = 7) -> Array:
    """Features of light curves with these numbers of observations, and padding after them."""
    x = np.zeros((len(lengths), rows, 6), dtype=np.float32)
    for one, length in zip(x, lengths, strict=True):
        one[:length, 0] = np.sort(rng.uniform(0, 60, length))
        one[:length, 1:3] = rng.normal(0, 1, (length, 2))
        one[np.arange(length), 3 + rng.integers(0, 3, length)] = 1
    return x


def samples_of(answer: Answer, shape: tuple[int, ...]) -> Array:
    """The samples, which are probabilities of that shape."""
    got = answer.value["answer"]
    if not isinstance(got, dict) or "prediction_samples" not in got:
        raise Failure(
            f"The result is {kind_of(got)}; it should be the dictionary that `summarise` returns."
        )
    found = got["prediction_samples"]
    expect(Answer(found), Tensor.of(np.zeros(shape)), what="`prediction_samples`", atol=math.inf)
    p = found.array.astype(float)
    n_samples, batch = shape[:2]
    ones: dict[int, bool] = {
        axis: bool(np.allclose(p.sum(axis=axis), 1, atol=1e-3)) for axis in (0, 1, 2)
    }
    require(
        ones[2] or not (ones[0] and n_samples > 1),
        "The probabilities add up to 1 over the *samples*. Softmax belongs to the classes: "
        "`dim=-1`.",
        "softmax-over-samples",
    )
    require(
        ones[2] or not (ones[1] and batch > 1),
        "The probabilities add up to 1 over the *light curves*. Softmax belongs to the classes: "
        "`dim=-1`.",
        "softmax-over-batch",
    )
    require(
        ones[2],
        "The samples do not add up to 1 over the classes: they are logits. Take the softmax of "
        "each sample.",
        "no-softmax",
    )
    return p


ALL_ON = {"num_layers": 2, "mc_layers": 2, "mc_dropout_rate": 0.5, "dropout": 0.0}


@part("10.2")
def test_samples(learner: Subject, rng: Rng) -> None:
    """Many different answers, their summary, in one batch and without gradients"""
    x = light_curves(rng, [7, 3, 5])
    answer = learner.asked(ALL_ON, Tensor.of(x), 12)
    p = samples_of(answer, (12, 3, 3))
    require(
        float(np.ptp(p, axis=0).max()) > 1e-5,
        "All samples are alike. Each of them needs a dropout of its own: see to it that dropout is "
        'on, and that the samples draw their own masks (with `vmap`, `randomness="different"`).',
        "samples-alike",
    )
    expect_summary(answer.value["answer"], p)
    require(
        not answer.value["gradients"],
        "The result keeps its gradients, and with them everything that it was computed from. Ask "
        "the model in `with torch.no_grad():`.",
        "gradients-kept",
    )
    calls = len(answer.value["calls"])
    require(
        calls < 12,
        f"For 3 light curves and 12 samples `forward` was called {calls} times: that is a loop "
        "over "
        "the samples. Repeat the light curves, or use `torch.func.vmap`.",
        "loop-over-samples",
    )


@part("10.2")
def test_modes(learner: Subject, rng: Rng) -> None:
    """Nothing but Monte Carlo dropout is on, and the mode is what it was before"""
    x = light_curves(rng, [4, 7])
    settings = {"num_layers": 2, "dropout": 0.6, "mc_dropout_rate": 0.0}
    for training in (True, False):
        answer = learner.asked(settings, Tensor.of(x), 6, training)
        p = samples_of(answer, (6, 2, 3))
        require(
            np.allclose(p, p[0], atol=1e-5),
            "With mc_dropout_rate=0 the samples should all be alike, but the *ordinary* dropout of "
            "the other layers is on. Use `self.eval()`: Monte Carlo dropout stays on all the same.",
            "everything-in-training-mode",
        )
        mode = "training" if training else "evaluation"
        require(
            answer.value["training"] is training,
            f"The model came in {mode} mode and was left in another one. Keep `self.training`, and "
            "at the end call `self.train(...)` with it.",
            "mode-not-restored",
        )


@part("10.2")
def test_order(learner: Subject, rng: Rng) -> None:
    """Light curves keep their order, and neither padding nor the others matter"""
    x = light_curves(rng, [2, 7, 0, 5, 3])
    settings = {"num_layers": 2, "dropout": 0.0, "mc_dropout_rate": 0.0}
    want = learner.asked_one_by_one(settings, Tensor.of(x)).value.array
    answer = learner.asked(settings, Tensor.of(x), 3)
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            f"With a light curve that has no observations your code raised {answer.raised}. Leave "
            "at least one row: `max(length, 1)`.",
        ),
    )
    p = samples_of(answer, (3, 5, 3))
    require(bool(np.isfinite(p).all()), "A light curve without observations gives NaN.")
    p = p[0]
    mixed = np.allclose(np.sort(p, axis=0), np.sort(want, axis=0), atol=1e-4)
    require(
        np.allclose(p, want, atol=1e-4) or not mixed,
        "The light curves come in another order than they were given. If you sort them by length, "
        "undo it at the end: `order.argsort()`.",
        "order-lost",
    )
    expect(
        Answer(Tensor.of(p)), Tensor.of(want), what="the probabilities without dropout", atol=1e-4
    )


@part("10.2")
def test_distribution(learner: Subject, rng: Rng) -> None:
    """Mean and variance over many samples are those of all possible masks"""
    n_samples, p, width = 2000, 0.4, 4
    weight, bias = rng.normal(0, 2, (3, width)), rng.normal(0, 0.5, 3)
    x = light_curves(rng, [5, 2])
    answer = learner.crowd(p, Tensor.of(weight), Tensor.of(bias), Tensor.of(x), n_samples)
    hidden = answer.value["hidden"].array.astype(float)  # (2, width)
    masks = np.array(list(itertools.product([0, 1], repeat=width)))  # (16, width), 1 is kept
    chance = np.prod(np.where(masks == 1, 1 - p, p), axis=1)  # (16,)
    outcomes = softmax((masks[:, None] * hidden / (1 - p)) @ weight.T + bias)  # (16, 2, 3)
    centre = np.einsum("m,mbc->bc", chance, outcomes)
    spread = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 2)
    got = samples_of(answer, (n_samples, 2, 3))
    error = np.sqrt(spread / n_samples)
    require(
        bool((np.abs(got.mean(axis=0) - centre) < 6 * error + 1e-4).all()),
        f"Over {n_samples} samples the mean probabilities are {got.mean(axis=0)[0].round(3)}; over "
        f"all possible masks they are {centre[0].round(3)}, to within {6 * error[0].max():.3f}. "
        "Does each sample draw a mask of its own?",
        "few-masks",
    )
    fourth = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 4)
    error = np.sqrt((fourth - spread**2).clip(0) / n_samples)
    require(
        bool((np.abs(got.var(axis=0) - spread) < 6 * error + 1e-4).all()),
        f"Over {n_samples} samples the variance is {got.var(axis=0)[0].round(4)}; over all "
        "possible "
        f"masks it is {spread[0].round(4)}. Does each sample draw a mask of its own?",
        "few-masks",
    )


# 10.3 calibration_table, expected_calibration_error


def call_tool(learner: Subject, name: str, *args: Any, **kwargs: Any) -> Answer:
    """The answer of a tool, which must not have changed its arguments."""
    answer = learner.tool(name, *args, **kwargs)
    if answer.raised:
        return answer
    require(
        not answer.result["changed"],
        "The arguments are changed. Work with new arrays: `x * y`, not `x *= y`.",
        "arguments-changed",
    )
    return Answer(answer.result["value"])


def answers(rng: Rng, n: int, num_classes: int, sharpness: float = 2.0) -> tuple[Array, Array]:
    """True classes and probabilities, neither right nor wrong all of the time."""
    y_prob = softmax(rng.normal(0, sharpness, (n, num_classes)))
    drawn = (y_prob.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    noise = rng.random(n) < 0.3
    return np.where(noise, rng.integers(0, num_classes, n), drawn), y_prob


def bin_of(confidence: float, n_bins: int) -> int:
    """The bin b with b/n < confidence <= (b + 1)/n."""
    return next(b for b in range(n_bins) if confidence <= (b + 1) / n_bins)


def binned(
    y_true: Array, y_prob: Array, n_bins: int, bin_number: Callable[[float, int], int] = bin_of
) -> list[list[tuple[float, bool]]]:
    """In each bin confidence and truth of its answers, by a loop."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for true, row in zip(y_true.tolist(), y_prob.tolist(), strict=True):
        confidence = max(row)
        place = bin_number(confidence, n_bins)
        if 0 <= place < n_bins:
            bins[place].append((confidence, row.index(confidence) == true))
    return bins


def table_of(bins: list[list[tuple[float, bool]]]) -> dict[str, list[float]]:
    """Columns of the table."""
    return {
        "count": [float(len(b)) for b in bins],
        "confidence": [mean(c for c, _ in b) if b else math.nan for b in bins],
        "accuracy": [mean(float(right) for _, right in b) if b else math.nan for b in bins],
    }


def gaps(bins: list[list[tuple[float, bool]]]) -> list[tuple[int, float]]:
    """Count and signed gap of each bin that is not empty."""
    return [
        (len(b), mean(float(right) for _, right in b) - mean(c for c, _ in b)) for b in bins if b
    ]


def ece_of(y_true: Array, y_prob: Array, n_bins: int) -> float:
    found = gaps(binned(y_true, y_prob, n_bins))
    return sum(n * abs(gap) for n, gap in found) / len(y_true)


def left_closed(confidence: float, n_bins: int) -> int:
    return math.floor(confidence * n_bins)


CASES: dict[str, tuple[list[int], list[list[float]], int]] = {
    "one answer": ([1], [[0.25, 0.75]], 10),
    "one class": ([0, 0, 0], [[1.0], [1.0], [1.0]], 10),
    "probabilities of exactly 0 and 1": ([0, 1, 2, 2], np.eye(3)[[0, 1, 2, 0]].tolist(), 10),
    "confidences on the borders of bins": (
        [0, 0, 1, 1, 0],
        [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0], [0.5, 0.5]],
        4,
    ),
    "a single bin": ([0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], 1),
}


def cases(rng: Rng) -> dict[str, tuple[Array, Array, int]]:
    ordinary = {
        "many answers": (*answers(rng, 60, 4), 10),
        "few answers in many bins": (*answers(rng, 7, 3), 15),
    }
    special = {
        name: (np.array(true), np.array(prob, dtype=float), n)
        for name, (true, prob, n) in CASES.items()
    }
    return ordinary | special


@part("10.3")
def test_table(learner: Subject, rng: Rng) -> None:
    """Counts, confidences and accuracies of the bins"""
    for name, (y_true, y_prob, n_bins) in cases(rng).items():
        answer = call_tool(learner, "calibration_table", y_true, y_prob, n_bins)
        got = columns_of(answer, n_bins, name, y_true, y_prob)
        want = table_of(binned(y_true, y_prob, n_bins))
        wrong_side = table_of(binned(y_true, y_prob, n_bins, left_closed))
        of_truth = y_prob[np.arange(len(y_true)), y_true]
        counted = np.bincount([bin_of(c, n_bins) for c in of_truth], minlength=n_bins)
        pairs = [bin_of(c, n_bins) for c in y_prob.ravel().tolist()]
        every = np.bincount(pairs, minlength=n_bins).astype(float).tolist()
        expect(
            Answer(got["count"]),
            want["count"],
            Mistake(
                "wrong-side-open",
                wrong_side["count"],
                f"In the case of {name} the bins contain their left border and not their right "
                "one, "
                "and a confidence of exactly 1 is in none. Bin b holds b/n_bins < c <= (b + 1)/"
                "n_bins.",
            ),
            Mistake(
                "wrong-side-open",
                with_last(wrong_side["count"], y_prob, n_bins),
                f"In the case of {name} the bins contain their left border and not their right "
                "one. "
                "Bin b holds b/n_bins < c <= (b + 1)/n_bins.",
            ),
            Mistake(
                "all-classes-counted",
                every,
                "The probabilities of all classes are sorted into bins. The confidence is the "
                "largest one of each light curve alone: `y_prob.max(axis=1)`.",
            ),
            Mistake(
                "probability-of-truth",
                counted.astype(float).tolist(),
                "The probability of the *true* class is taken for the confidence. It is the "
                "largest one, of the class that is chosen.",
            ),
            what=f"the list of counts for {name}",
        )
        check_means(got, want, name)


def with_last(counts: list[float], y_prob: Array, n_bins: int) -> list[float]:
    """Counts of left-closed bins of which the last one is closed, as in np.histogram."""
    return [*counts[:-1], counts[-1] + float((y_prob.max(axis=1) == 1).sum())]


def columns_of(
    answer: Answer, n_bins: int, name: str, y_true: Array, y_prob: Array
) -> dict[str, list[float]]:
    """The three columns as lists, once it is a table with a row for each bin."""
    got = answer.value
    if not isinstance(got, Table):
        raise Failure(f"The result is {kind_of(got)}; it should be a pandas DataFrame.")
    for column in ("count", "confidence", "accuracy"):
        require(column in got.columns, f"The table has no column `{column}`.")
    filled = sum(1 for b in binned(y_true, y_prob, n_bins) if b)
    require(
        len(got) == n_bins or len(got) != filled,
        f"In the case of {name} the table has {len(got)} rows; with {n_bins} bins it should have "
        f"{n_bins}. Empty bins belong to it, with a count of 0 and NaN.",
        "empty-bins-missing",
    )
    require(len(got) == n_bins, f"The table has {len(got)} rows; it should have {n_bins}.")
    try:
        return {
            column: [float(value) for value in got.columns[column]]
            for column in ("count", "confidence", "accuracy")
        }
    except (TypeError, ValueError):
        raise Failure("The table holds something else than numbers.") from None


def check_means(got: dict, want: dict, name: str) -> None:
    zeroed = {key: [0.0 if math.isnan(v) else v for v in want[key]] for key in want}
    for key, other in (("confidence", "accuracy"), ("accuracy", "confidence")):
        expect(
            Answer(got[key]),
            want[key],
            Mistake(
                "empty-bins-zero",
                zeroed[key],
                f"In the case of {name} an empty bin has {key} 0, as if somebody had been wrong. "
                "Nothing is known of it: NaN.",
            ),
            Mistake(
                "accuracy-and-confidence-swapped",
                want[other],
                "Accuracy and confidence have changed places. The confidence is what the network "
                "claims, the accuracy what is right.",
            ),
            what=f"the list of values of `{key}` for {name}",
        )


@part("10.3")
def test_ece(learner: Subject, rng: Rng) -> None:
    """The expected calibration error, also where bins are empty, or with a single answer"""
    for name, (y_true, y_prob, n_bins) in cases(rng).items():
        answer = call_tool(learner, "expected_calibration_error", y_true, y_prob, n_bins)
        found, n = gaps(binned(y_true, y_prob, n_bins)), len(y_true)
        lost = gaps(binned(y_true, y_prob, n_bins, left_closed))
        one_hot = np.eye(y_prob.shape[1])[y_true].ravel()
        flat = y_prob.ravel()
        by_class: dict[int, list[tuple[float, float]]] = {}
        for p, hit in zip(flat.tolist(), one_hot.tolist(), strict=True):
            by_class.setdefault(bin_of(p, n_bins), []).append((p, hit))
        every = sum(abs(sum(h - p for p, h in group)) for group in by_class.values()) / len(flat)
        want = sum(k * abs(gap) for k, gap in found) / n
        value = number(answer, f"the calibration error for {name}")
        require(
            not math.isnan(value),
            f"In the case of {name} the result is NaN: that of an empty bin was added. Empty bins "
            "do not count.",
            "empty-bin-nan",
        )
        expect(
            Answer(value),
            want,
            Mistake(
                "not-weighted",
                sum(abs(gap) for _, gap in found) / len(found),
                "All bins count the same. A bin with a hundred answers should count a hundred "
                "times as much as one with a single answer.",
            ),
            Mistake(
                "not-weighted",
                sum(abs(gap) for _, gap in found) / n_bins,
                "All bins count the same, empty ones too. Weight each by its number of answers.",
            ),
            Mistake(
                "signed-gaps",
                sum(k * gap for k, gap in found) / n,
                "The gaps are added with their signs, and those above and below the diagonal "
                "cancel. "
                "Take the absolute value in each bin.",
            ),
            Mistake(
                "signed-gaps",
                abs(sum(k * gap for k, gap in found)) / n,
                "The absolute value is taken at the end, after gaps of both signs have cancelled. "
                "Take it in each bin.",
            ),
            Mistake(
                "signed-gaps",
                -sum(k * gap for k, gap in found) / n,
                "The gaps are added with their signs, and those above and below the diagonal "
                "cancel. "
                "Take the absolute value in each bin.",
            ),
            Mistake(
                "squared-gaps",
                sum(k * gap**2 for k, gap in found) / n,
                "The gaps are squared. This error is the mean *absolute* gap.",
            ),
            Mistake(
                "all-classes-counted",
                every,
                "The probabilities of all classes are counted. The confidence is the largest one "
                "of each light curve alone.",
            ),
            Mistake(
                "wrong-side-open",
                sum(k * abs(gap) for k, gap in lost) / n,
                f"In the case of {name} answers with a confidence of exactly 1 are lost, or lie on "
                "the wrong side of a border: bins contain their right border.",
            ),
            Mistake("per-cent", 100 * want, "This is in per cent. It should be a fraction."),
            what=f"the calibration error for {name}",
        )


@part("10.3")
def test_no_answers(learner: Subject) -> None:
    """Without any answer there is nothing to say: ValueError"""
    for name in ("calibration_table", "expected_calibration_error"):
        nothing = (np.zeros(0, dtype=int), np.zeros((0, 3)))
        expect_error(
            call_tool(learner, name, *nothing),
            "ValueError",
            f"`{name}` without any answer",
            Mistake(
                "empty-crashes",
                Raises("ZeroDivisionError"),
                "Without any answer your code divides by zero. Raise a ValueError that says so.",
            ),
        )


# 10.4 reliability_diagram


def lines_in(panel: dict) -> list[Array]:
    """What is drawn as a line or as single points, without NaN."""
    drawn = [*panel["lines"], *panel["points"]]
    return [line[~np.isnan(line).any(axis=1)] for line in drawn]


def has_line(panel: dict, want: Array) -> bool:
    return any(len(line) == len(want) and np.allclose(line, want) for line in lines_in(panel))


def panels_of(answer: Answer) -> list[dict]:
    got = answer.value
    require(
        got["is"] is not None,
        "The result is None. Return the figure; it will be shown by whoever wants to see it.",
        "figure-not-returned",
    )
    require(got["is"] == "figure", f"The result is of type {got['is']}; it should be a Figure.")
    require(
        not got["touched"],
        "Something was drawn into a figure that was there before. Make a new one with "
        "`plt.subplots(1, 3, ...)`, and draw with the methods of its axes, not with `plt`.",
        "drawn-into-other-figure",
    )
    panels = got["axes"]
    require(len(panels) >= 3, f"The figure has {len(panels)} pairs of axes; it should have three.")
    return panels


def diagram_data(rng: Rng, n: int = 60) -> tuple[Array, Array, Array, int]:
    y_true, y_prob = answers(rng, n, 3)
    return y_true, y_prob, rng.permutation(np.linspace(0.05, 0.9, n)), 8


@part("10.4")
def test_diagram(learner: Subject, rng: Rng) -> None:
    """Accuracy against confidence, the diagonal, and the counts"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    panels = panels_of(learner.diagram(y_true, y_prob, uncertainty, n_bins))
    bins = binned(y_true, y_prob, n_bins)
    columns = table_of(bins)
    every = np.column_stack([columns["confidence"], columns["accuracy"]])
    want = every[~np.isnan(every).any(axis=1)]
    first = panels[0]
    require(
        not has_line(first, want[:, ::-1]),
        "The first panel has accuracy on the horizontal axis and confidence on the vertical one. "
        "It should be the other way round: accuracy *against* confidence.",
        "axes-swapped",
    )
    require(
        not has_line(first, np.nan_to_num(every)) or len(want) == n_bins,
        "Empty bins are drawn as points at (0, 0). Leave them out: nothing is known of them.",
        "empty-bins-drawn",
    )
    centres = np.column_stack([(np.arange(n_bins) + 0.5) / n_bins, every[:, 1]])
    require(
        not has_line(first, centres[~np.isnan(centres).any(axis=1)]),
        "The points stand in the middle of the bins. They should stand at the *mean confidence* of "
        "the answers in the bin.",
        "middle-of-bins",
    )
    require(
        has_line(first, want),
        "The first panel has no line through the points (confidence, accuracy) of the bins that "
        "are not empty.",
    )
    ends = np.array([[0.0, 0.0], [1.0, 1.0]])
    require(
        any(len(line) >= 2 and np.allclose(line[[0, -1]], ends) for line in lines_in(first)),
        "The first panel has no diagonal from (0, 0) to (1, 1), on which a calibrated model lies.",
        "no-diagonal",
    )
    texts = " ".join(first["texts"]).replace("=", " ").split()
    counts = [str(len(b)) for b in bins if b]
    require(
        all(texts.count(each) >= counts.count(each) for each in counts),
        f"The counts of the bins, {', '.join(counts)}, are not all written in the first panel. "
        "Without them nobody knows how much a point is worth: `ax.annotate(str(count), point)`.",
        "no-counts",
    )
    require(
        all(label.strip() for panel in panels[:3] for label in panel["labels"]),
        "Some axis has no label. Whoever sees the figure has not read your code.",
        "no-labels",
    )


@part("10.4")
def test_histogram(learner: Subject, rng: Rng) -> None:
    """A histogram of the confidences"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    second = panels_of(learner.diagram(y_true, y_prob, uncertainty, n_bins))[1]
    counts = [float(len(b)) for b in binned(y_true, y_prob, n_bins)]
    bars = [height for _, height in sorted(second["bars"])]
    pairs = [bin_of(c, n_bins) for c in y_prob.ravel().tolist()]
    every = np.bincount(pairs, minlength=n_bins).tolist()
    require(
        [b for b in bars if b] != [c for c in every if c] or bars == counts,
        "The histogram counts the probabilities of all classes. It should count the confidences, "
        "the largest probability of each light curve.",
        "all-classes-counted",
    )
    total = sum(counts)
    scaled = [c / total for c in counts]
    require(
        not approx_equal([b for b in bars if b], [c for c in scaled if c]),
        "The bars show fractions. Show how many answers there are: their number is what tells how "
        "much to believe.",
        "fractions-for-counts",
    )
    require(
        [b for b in bars if b] == [c for c in counts if c],
        f"The bars of the second panel have the heights {bars}; the counts of the bins are "
        f"{counts}.",
    )


@part("10.4")
def test_errors_by_uncertainty(learner: Subject, rng: Rng) -> None:
    """The fraction of errors against the uncertainty"""
    for n in (60, 5):
        y_true, y_prob, uncertainty, n_bins = diagram_data(rng, n)
        third = panels_of(learner.diagram(y_true, y_prob, uncertainty, n_bins))[2]
        wrong = (y_prob.argmax(axis=1) != y_true).astype(float)
        order = np.argsort(uncertainty)
        groups = np.array_split(order, min(n_bins, n))
        want = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in groups])
        unsorted = np.array_split(np.arange(n), min(n_bins, n))
        mixed = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in unsorted])
        upside_down = np.column_stack([want[:, 0], 1 - want[:, 1]])
        require(
            not has_line(third, upside_down) or np.allclose(upside_down, want),
            "The third panel shows the accuracy. It should show the fraction of *wrong* answers.",
            "accuracy-for-errors",
        )
        require(
            not has_line(third, mixed) or np.allclose(mixed, want),
            "The groups of the third panel are not sorted by uncertainty: split "
            "`np.argsort(uncertainty)`.",
            "not-sorted",
        )
        require(
            has_line(third, want),
            f"For {n} answers and {n_bins} bins the third panel has no line through the points "
            "(mean uncertainty, fraction of wrong answers) of groups of equal size, sorted by "
            "uncertainty.",
        )


# 10.5 apply_temperature, fit_temperature


def at_temperature(y_prob: Array, temperature: float) -> Array:
    with np.errstate(divide="ignore"):
        return softmax(np.log(y_prob) / temperature)


def cross_entropy(y_true: Array, y_prob: Array, temperature: float) -> float:
    p = at_temperature(y_prob, temperature)[np.arange(len(y_true)), y_true]
    return -float(np.log(p.clip(1e-12)).mean())


@part("10.5")
def test_apply(learner: Subject, rng: Rng) -> None:
    """Probabilities at another temperature, also where some are 0"""
    _, y_prob = answers(rng, 12, 4)
    with_zeros = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [1e-30, 1e-20, 1 - 1e-20]])
    for p, temperature in ((y_prob, 2.5), (y_prob, 0.4), (with_zeros, 2.0), (with_zeros, 0.05)):
        answer = call_tool(learner, "apply_temperature", p, temperature)
        powers = p ** (1 / temperature)
        expect(
            answer,
            at_temperature(p, temperature),
            Mistake(
                "multiplied",
                at_temperature(p, 1 / temperature),
                "The logarithms are multiplied by the temperature. Divide them: p**(1/T).",
            ),
            Mistake(
                "not-normalised",
                powers,
                "The powers do not add up to 1. Divide each row by its sum.",
            ),
            Mistake(
                "normalised-over-batch",
                powers / powers.sum(axis=0),
                "Each class adds up to 1 over the light curves. Divide each row by its own sum: "
                "`axis=1, keepdims=True`.",
            ),
            Mistake(
                "probabilities-for-logits",
                softmax(p / temperature),
                "The probabilities themselves went into a softmax. Their *logarithms* are logits.",
            ),
            *(
                Mistake(
                    "clipped",
                    at_temperature(p.clip(least, 1), temperature),
                    "A probability of 0 should stay 0 at any temperature. If you clip it before "
                    "the logarithm, a high temperature makes something of it: let log(0) be "
                    "-infinity.",
                )
                for least in (1e-12, 1e-10, 1e-8, 1e-7, 1e-15, 1e-300)
            ),
            what="the result",
            rtol=1e-5,
            atol=1e-8,
        )


def best_temperature(y_true: Array, y_prob: Array) -> float:
    """The temperature of the smallest cross-entropy, by thirds of the interval in its logarithm."""
    low, high = math.log(0.05), math.log(20)
    while high - low > 1e-4:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        worse = cross_entropy(y_true, y_prob, math.exp(left)) > cross_entropy(
            y_true, y_prob, math.exp(right)
        )
        low, high = (left, high) if worse else (low, right)
    return math.exp(low)


@part("10.5")
def test_fit(learner: Subject, rng: Rng) -> None:
    """The temperature of the smallest cross-entropy"""
    _, honest = answers(rng, 200, 3, 1.5)
    drawn = (honest.cumsum(axis=1) > rng.random((200, 1))).argmax(axis=1)
    sets = [(drawn, at_temperature(honest, 1 / temperature)) for temperature in (2.5, 0.4)]
    surprises = np.repeat([0, 2], [14, 6])  # well calibrated, and never the second choice
    sets.append((surprises, np.tile([0.7, 0.29, 0.01], (20, 1))))
    for drawn, boastful in sets:
        want = best_temperature(drawn, boastful)
        ends = [cross_entropy(drawn, boastful, t) for t in (0.05, 20.0)]
        answer = call_tool(learner, "fit_temperature", drawn, boastful)
        value = number(answer, "the temperature")
        require(
            not math.isclose(value, (0.05, 20.0)[int(np.argmax(ends))], rel_tol=0.02),
            f"The temperature {value:.3g} has the *largest* cross-entropy. The cross-entropy is "
            "the "
            "mean of -log p: mind the sign.",
            "worst-temperature",
        )
        expect(
            Answer(value),
            want,
            Mistake("inverted", 1 / want, "This is 1/T, by which logits would be multiplied."),
            Mistake(
                "logarithm-returned",
                math.log(want),
                "This is the logarithm of the temperature. Return `math.exp` of it.",
            ),
            Mistake(
                "fitted-to-ece",
                fits_ece_better(drawn, boastful, value, want),
                "This temperature has a smaller calibration error in ten bins, and a larger "
                "cross-entropy. The calibration error jumps with every answer that changes its "
                "bin: fit the cross-entropy.",
            ),
            what="the temperature",
            rtol=0.015,
        )


def fits_ece_better(y_true: Array, y_prob: Array, got: float, want: float) -> bool:
    if not 0.01 < got < 100:
        return False
    errors = [ece_of(y_true, at_temperature(y_prob, t), 10) for t in (got, want)]
    return errors[0] < errors[1]


# 10.6 accuracy_after_rejection, unknown_auroc


@part("10.6")
def test_rejection(learner: Subject, rng: Rng) -> None:
    """The accuracy without the most uncertain answers"""
    for n, rejected in ((40, 0.1), (25, 0.1), (13, 0.5), (20, 0.0)):
        y_true, y_prob = answers(rng, n, 3)
        right = (y_prob.argmax(axis=1) == y_true).tolist()
        doubt = rng.random(n) + [0.0 if r else 0.4 for r in right]  # errors are more uncertain
        ranked = [r for _, r in sorted(zip(doubt.tolist(), right, strict=True))]
        refused = int(rejected * n)
        kept = ranked[: n - refused]
        up = math.ceil(rejected * n)
        answer = call_tool(
            learner, "accuracy_after_rejection", y_true, y_prob, doubt, rejected=rejected
        )
        fail_if_recognised(
            answer,
            Mistake(
                "nothing-refused-crashes",
                answer.raised is not None
                and rejected == 0.0
                and not answer.raised.is_a("NotImplementedError"),
                f"With rejected=0 your code raised {answer.raised}. `[:-0]` is an empty list: use "
                "`[: n - refused]`.",
            ),
            Mistake(
                "nothing-refused-crashes",
                rejected == 0.0 and approx_equal(answer.result, math.nan),
                "With rejected=0 the result is NaN. `[:-0]` is an empty list: use `[: n - "
                "refused]`.",
            ),
        )
        mistakes = [
            Mistake(
                "most-certain-refused",
                mean(map(float, ranked[refused:])),
                "The answers that were refused are the most *certain* ones. Sort the other way.",
            ),
            Mistake(
                "divided-by-all",
                sum(kept) / n,
                "The right answers are divided by the number of all. Only those that are kept "
                "count.",
            ),
            Mistake(
                "rounded-up",
                mean(map(float, ranked[: n - up])),
                f"Of {n} answers a fraction of {rejected} is rounded up to {up}. Round down.",
            ),
            Mistake(
                "confidence-for-uncertainty",
                mean(map(float, by_confidence(right, y_prob)[: n - refused])),
                "The answers are sorted by their confidence. Sort by the uncertainty that is "
                "given.",
            ),
        ]
        if refused:
            of_refused = mean(map(float, ranked[n - refused :]))
            says = "This is the accuracy of the answers that were refused."
            mistakes.append(Mistake("accuracy-of-refused", of_refused, says))
        expect(
            Answer(number(answer, "the accuracy")),
            mean(map(float, kept)),
            *mistakes,
            what=f"the accuracy when {refused} of {n} answers are refused",
        )


def by_confidence(right: list[bool], y_prob: Array) -> list[bool]:
    order = np.argsort(-y_prob.max(axis=1), kind="stable")
    return [right[i] for i in order]


@part("10.6")
def test_auroc(learner: Subject, rng: Rng) -> None:
    """How often the unknown is more uncertain than the known"""
    for known, unknown in (
        (rng.normal(0, 1, 30), rng.normal(1, 1, 11)),
        (rng.integers(0, 4, 20) / 4, rng.integers(1, 5, 9) / 4),
        (np.array([0.2]), np.array([0.1])),
    ):
        pairs = [(a, b) for a in known.tolist() for b in unknown.tolist()]
        wins, ties = sum(b > a for a, b in pairs), sum(b == a for a, b in pairs)
        want = (wins + 0.5 * ties) / len(pairs)
        median = float((unknown > np.median(known)).mean())
        expect(
            Answer(number(call_tool(learner, "unknown_auroc", known, unknown), "the AUROC")),
            want,
            Mistake(
                "reversed",
                1 - want,
                "This counts the pairs in which the *known* object is more uncertain.",
            ),
            Mistake(
                "ties-lost",
                wins / len(pairs),
                "Pairs of equal uncertainties count nothing. Each of them counts one half.",
            ),
            Mistake(
                "ties-won",
                (wins + ties) / len(pairs),
                "Pairs of equal uncertainties count as won. Each of them counts one half.",
            ),
            Mistake(
                "single-threshold",
                median,
                "This is the fraction above one threshold. "
                "Compare each unknown object with each known one.",
            ),
            what="the AUROC",
        )


# 10.7 ModelComparison.train_and_evaluate_model

RARE = 4  # AGN, CV, SNII, SNIa, TDE


def tables(rng: Rng) -> tuple[Array, Array, Array, Array]:
    """Logits before and after the training, and the true classes of validation and test set."""
    n_val, n_test = 20, 30
    trained = rng.normal(0, 1.2, (n_val + n_test, 5))
    p = softmax(trained / 2.0)
    truth = (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)
    hot = softmax(trained * 1.3)[:n_val]
    truth[:n_val] = (hot.cumsum(axis=1) > rng.random((n_val, 1))).argmax(axis=1)
    truth[n_val : n_val + 8] = RARE
    trained[n_val : n_val + 4, RARE] += 4
    return rng.normal(0, 1, trained.shape), trained, truth[:n_val], truth[n_val:]


def f1_of(truth: Array, guess: Array, number: int) -> float:
    found = int(((guess == number) & (truth == number)).sum())
    wrong = int(((guess == number) ^ (truth == number)).sum())
    return 2 * found / (2 * found + wrong) if found else 0.0


def measures(truth: Array, p: Array) -> dict[str, float]:
    guess = p.argmax(axis=1)
    recalls = [float((guess[truth == c] == c).mean()) for c in np.unique(truth)]
    return {
        "test_accuracy": float((guess == truth).mean()),
        "balanced_accuracy": mean(recalls),
        "rare_event_f1": f1_of(truth, guess, RARE),
        "mean_uncertainty": float((p * (1 - p)).sum(axis=1).mean()),
        "calibration_error": ece_of(truth, p, 10),
    }


def run_comparison(learner: Subject, rng: Rng) -> tuple[Answer, dict, dict[str, dict]]:
    untrained, trained, val, test = tables(rng)
    answer = learner.compared(
        Tensor.of(untrained), Tensor.of(trained), Tensor.of(val), Tensor.of(test)
    )
    p_val, p_test = softmax(trained[: len(val)]), softmax(trained[len(val) :])
    want: dict[str, float] = measures(test, p_test)
    want["temperature"] = best_temperature(val, p_val)
    scaled = at_temperature(p_test, want["temperature"])
    want["scaled_calibration_error"] = ece_of(test, scaled, 10)
    others = {
        "of the validation set": measures(val, p_val),
        "of the untrained model": measures(test, softmax(untrained[len(val) :])),
        "by test": {"temperature": best_temperature(test, p_test)},
    }
    return answer, want, others


@part("10.7")
def test_comparison(learner: Subject, rng: Rng) -> None:
    """The numbers of the test set, with the temperature of the validation set"""
    answer, want, others = run_comparison(learner, rng)
    got = answer.value
    result = got["result"]
    if not isinstance(result, dict):
        raise Failure(f"The result is {kind_of(result)}; it should be a dictionary.")
    used = got["seen"].get("loaders")
    require(
        bool(used) and "test" not in used,
        "The training got the test set. It may learn from the training set and look at the "
        "validation set; the test set is for the end.",
        "test-set-in-training",
    )
    require(
        used == ["training", "validation"],
        f"`self.train` was called with {used}; after the model come the training loader and the "
        "validation loader.",
    )
    missing = [
        key
        for key in (*want, "parameters", "training_seconds", "inference_ms")
        if key not in result
    ]
    require(not missing, f"The result has no {', '.join(missing)}.")
    for key, value in want.items():
        found = result[key]
        require(
            isinstance(found, int | float) and not isinstance(found, bool),
            f"`{key}` is {kind_of(found)}; it should be a plain number: `float(...)`.",
        )
        near = 0.015 if key == "temperature" else 0.02 if key.startswith("scaled") else 1e-4
        validation = others["of the validation set"].get(key)
        untrained = others["of the untrained model"].get(key)
        by_test = others["by test"].get(key)
        mistakes = [
            Mistake(
                "untrained-model-asked",
                untrained,
                f"`{key}` is that of the model before its training. Go on with the model that "
                "`self.train` returns.",
            ),
            Mistake(
                "validation-set-measured",
                validation,
                f"`{key}` is that of the validation set. It should be that of the test set.",
            ),
            Mistake(
                "temperature-from-test",
                by_test,
                "The temperature was fitted to the test set. Then the test is no test any more: "
                "fit "
                "it to the validation set.",
            ),
        ]
        mistakes = [m for m in mistakes if m.produces is not None]
        mistakes += confused(key, want)
        expect(Answer(float(found)), value, *mistakes, what=f"`{key}`", rtol=near, atol=2e-3)


def confused(key: str, want: dict) -> list[Mistake]:
    """Another number under the name of this one."""
    if key == "mean_uncertainty":  # the samples of the table are all alike
        told = "`mean_uncertainty` is that of the epistemic part only. Add the aleatoric one."
        return [Mistake("one-part-only", 0.0, told)]
    pairs = {
        "balanced_accuracy": ("test_accuracy", "plain-accuracy", "the plain accuracy"),
        "rare_event_f1": ("balanced_accuracy", "other-measure", "the balanced accuracy"),
        "scaled_calibration_error": (
            "calibration_error",
            "temperature-not-applied",
            "the calibration error before the temperature is applied",
        ),
    }
    if key not in pairs:
        return []
    other, slug, name = pairs[key]
    return [Mistake(slug, want[other], f"`{key}` is {name}.")]


@part("10.7")
def test_costs(learner: Subject, rng: Rng) -> None:
    """Parameters and times"""
    got = run_comparison(learner, rng)[0].value
    result, seen = got["result"], got["seen"]
    if not isinstance(result, dict):
        raise Failure(f"The result is {kind_of(result)}; it should be a dictionary.")
    expect(
        Answer(result.get("parameters")),
        251,
        Mistake(
            "tensors-counted",
            2,
            "This is the number of tensors. Count the numbers in them: `weights.numel()`.",
        ),
        Mistake(
            "trainable-only",
            250,
            "Parameters that are not trained are left out. Count all of `model.parameters()`.",
        ),
        what="`parameters`",
    )
    spent, asking = seen["training"], 0.08  # the stand-in sleeps twice while it is asked
    found = number(Answer(result["training_seconds"]), "`training_seconds`")
    require(
        found < spent + asking / 2,
        f"`training_seconds` is {found:.3f}, but the training took {spent:.3f} s. Stop the clock "
        "before you ask the model.",
        "asking-in-training-time",
    )
    require(
        found >= 0.9 * spent,
        f"`training_seconds` is {found:.4f}, but the training took {spent:.3f} s.",
    )
    expect(
        Answer(number(Answer(result["inference_ms"]), "`inference_ms`")),
        1000 * float(got["seconds"] or 0.0) / 30,
        Mistake(
            "time-of-all",
            1000 * float(got["seconds"] or 0.0),
            "This is the time for all light curves. Divide it by their number.",
        ),
        Mistake(
            "seconds-for-milliseconds",
            float(got["seconds"] or 0.0) / 30,
            "This is in seconds. It should be in milliseconds.",
        ),
        what="`inference_ms`",
        unit="ms",
    )


@part("10.7")
def test_kept_and_logged(learner: Subject, rng: Rng) -> None:
    """The result is kept and logged, and the run is finished, also after an exception"""
    got = run_comparison(learner, rng)[0].value
    events, result = got["events"], got["result"]
    kinds = [event[0] for event in events]
    starts = [event for event in events if event[0] == "start"]
    require(
        bool(starts),
        "No run was started. Use `with self.make_tracker(self.project_name) as tracker:` and "
        "`tracker.start_experiment(model_config, model_name)`.",
        "no-run",
    )
    _, project, config, name = starts[0]
    require(project == "a project", f"The project is {project!r}; it should be self.project_name.")
    require(
        name == "a table" and "logits" in config,
        "The run should be started with the settings and the name: "
        "`tracker.start_experiment(model_config, model_name)`.",
    )
    logs = [event for event in events if event[0] == "log"]
    require(bool(logs), "Nothing was logged. Call `tracker.log_metrics(result)`.", "not-logged")
    _, logged, was_open = logs[-1]
    require(
        was_open,
        "The result was logged after the run was finished. Do it inside of the `with` block.",
        "logged-too-late",
    )
    lacking = sorted(set(result) - set(logged))
    require(not lacking, f"The log lacks {', '.join(lacking)}. Log the whole result in one call.")
    require("finish" in kinds, "The run is still open at the end.", "run-left-open")
    require(
        "a table" in got["kept"] and approx_equal(got["kept"]["a table"], result),
        "The result is not in `self.results` under the name of the model.",
        "result-not-kept",
    )
    require(
        "earlier" in got["kept"],
        "The result of an earlier model has disappeared from `self.results`. Set "
        "`self.results[model_name]`, not `self.results`.",
        "earlier-result-lost",
    )
    require(
        isinstance(got["asked"], np.ndarray) and len(got["asked"]) == 30,
        "`self.predictions` does not hold the Predictions of the test set under the model's name.",
        "predictions-not-kept",
    )
    require(
        got["model"],
        "`self.models` does not hold the trained model under its name.",
        "untrained-model-asked" if got["model"] is False else None,
    )
    require(
        got["seen"]["seed"] == 77,
        "The model was made without `torch.manual_seed(self.seed)` before it. So each model begins "
        "with other chances, and none can be made again.",
        "no-seed",
    )
    untrained, trained, val, test = tables(rng)
    failed = learner.compared(
        Tensor.of(untrained), Tensor.of(trained), Tensor.of(val), Tensor.of(test), fails=True
    ).value
    require(
        failed["raised"],
        "The training raised an exception, and it disappeared. Whoever called must learn of it.",
        "exception-swallowed",
    )
    require(
        ["finish"] in failed["events"] or not failed["events"],
        "The training raised an exception, and the run was left open. Use the tracker in a `with` "
        "statement.",
        "run-left-open",
    )


# 10.8 class_balanced_weights, SmoothFocalLoss.forward


@part("10.8")
def test_weights(learner: Subject, rng: Rng) -> None:
    """Weights by the effective number of objects"""
    for counts, beta in (
        (rng.integers(1, 500, 5), 0.99),
        (np.array([900, 30, 0, 4]), 0.999),
        (np.array([5, 1, 2]), 0.0),
    ):
        filled = counts > 0
        effective = (1 - beta ** counts.astype(float)) / (1 - beta)
        weights = np.where(filled, 1 / np.where(filled, effective, 1), 0)
        inverse = np.where(filled, 1 / counts.clip(1), 0.0)
        k = len(counts)
        with_one = (1 - beta) / (1 - beta ** counts.clip(1).astype(float))
        answer = learner.balanced_weights(Tensor.of(counts), beta)
        require(
            not isinstance(answer.result, Tensor) or bool(np.isfinite(answer.result.array).all()),
            "A class without objects gets an infinite weight, or all become NaN: its effective "
            "number is 0. Give it the weight 0.",
            "infinite-for-none",
        )
        expect(
            answer,
            Tensor.of(k * weights / weights.sum()),
            Mistake(
                "sum-is-one",
                Tensor.of(weights / weights.sum()),
                "The weights add up to 1. They should add up to the number of classes.",
            ),
            Mistake(
                "not-normalised",
                Tensor.of(weights),
                "The weights do not add up to the number of classes. Divide by their sum.",
            ),
            Mistake(
                "inverse-of-counts",
                Tensor.of(k * inverse / inverse.sum()),
                "These are weights by the counts themselves, as in Exercise 8. Use the "
                "effective "
                "number, (1 - beta**n)/(1 - beta).",
            ),
            Mistake(
                "proportional",
                Tensor.of(k * effective / effective.sum()),
                "The weights grow with the effective number, so that frequent classes count "
                "more. Take its inverse.",
            ),
            Mistake(
                "empty-class-counts-as-one",
                Tensor.of(k * with_one / with_one.sum()),
                "A class without objects gets a weight as if it had one. It should be 0.",
            ),
            Mistake(
                "mean-of-filled",
                Tensor.of(filled.sum() * weights / weights.sum()),
                "The weights add up to the number of classes that have objects. They should "
                "add "
                "up to the number of all classes.",
            ),
            what="the tensor of weights",
        )


def log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def smooth_focal(logits: Array, targets: Array, alpha: float, gamma: float, wanted: Array) -> float:
    log_p = log_softmax(logits)
    return float(-alpha * (wanted * (1 - np.exp(log_p)) ** gamma * log_p).sum(axis=1).mean())


def focal_of_cross_entropy(log_p: Array, wanted: Array, alpha: float, gamma: float) -> float:
    entropy = -(wanted * log_p).sum(axis=1)
    return float(alpha * ((1 - np.exp(-entropy)) ** gamma * entropy).mean())


def wanted_of(targets: Array, k: int, epsilon: float) -> Array:
    return np.eye(k)[targets] * (1 - epsilon) + epsilon / k


@part("10.8")
def test_smooth_loss(learner: Subject, rng: Rng) -> None:
    """The focal loss with smooth labels"""
    for alpha, gamma, epsilon in ((1.0, 0.0, 0.2), (0.5, 2.0, 0.0), (0.7, 1.5, 0.1)):
        logits, targets = rng.normal(0, 1.5, (6, 4)), rng.integers(0, 4, 6)
        rows = np.arange(6)
        wanted = wanted_of(targets, 4, epsilon)
        want = smooth_focal(logits, targets, alpha, gamma, wanted)
        log_p = log_softmax(logits)
        of_true = (1 - np.exp(log_p[rows, targets])) ** gamma
        others = np.where(np.eye(4)[targets] == 1, 1 - epsilon, epsilon / 3)
        only_true = np.eye(4)[targets] * (1 - epsilon)
        settings = {"alpha": alpha, "gamma": gamma, "label_smoothing": epsilon}
        answer = learner.smooth_loss(settings, Tensor.of(logits), Tensor.of(targets))
        got = answer.value
        hard = smooth_focal(logits, targets, alpha, gamma, np.eye(4)[targets])
        mistakes = [
            Mistake("not-smoothed", hard, "The label smoothing is left out."),
            Mistake(
                "smoothed-over-others",
                smooth_focal(logits, targets, alpha, gamma, others),
                "The true class gets 1 - epsilon, and the *others* share epsilon. Here all classes "
                "share it, so that the true one gets 1 - epsilon + epsilon/num_classes.",
            ),
            Mistake(
                "others-forgotten",
                smooth_focal(logits, targets, alpha, gamma, only_true),
                "The true class gets less, but the others get nothing: the wanted probabilities do "
                "not add up to 1.",
            ),
            Mistake(
                "factor-of-true-class",
                float(-alpha * (of_true * (wanted * log_p).sum(axis=1)).mean()),
                "The factor (1 - p)**gamma is that of the true class for all classes. Each class "
                "has its own.",
            ),
            Mistake("summed", 6 * want, "This is the sum over the batch. It should be the mean."),
            Mistake(
                "mean-over-classes",
                want / 4,
                "This is a mean over the classes as well. Sum over the classes, then take the mean "
                "over the batch.",
            ),
            Mistake(
                "focal-of-cross-entropy",
                focal_of_cross_entropy(log_p, wanted, alpha, gamma),
                "The smoothed cross-entropy went into the focal formula as if exp(-it) were the "
                "true class's probability. With smoothing it is not: every class has a term with a "
                "factor (1 - p_c)**gamma of its own.",
            ),
            Mistake("alpha-ignored", want / alpha, "The factor alpha is left out."),
            Mistake("sign-lost", -want, "The loss is negative. Mind the minus sign."),
        ]
        mistakes = [m for m in mistakes if not approx_equal(m.produces, want, 1e-4, 1e-5)]
        expect(
            Answer(number(Answer(got["loss"]), "the loss")),
            want,
            *mistakes,
            what=f"the loss with alpha={alpha}, gamma={gamma} and label_smoothing={epsilon}",
            rtol=1e-4,
            atol=1e-5,
        )


@part("10.8")
def test_smooth_gradient(learner: Subject, rng: Rng) -> None:
    """Gradients flow, and hopeless cases are finite"""
    logits, targets = rng.normal(0, 1, (3, 4)), np.array([0, 3, 1])
    settings = {"alpha": 1.0, "gamma": 2.0, "label_smoothing": 0.1}
    got = learner.smooth_loss(settings, Tensor.of(logits), Tensor.of(targets)).value
    require(
        got["flows"] and isinstance(got["gradient"], Tensor),
        "No gradient flows through the loss: it is a plain number, or was taken out of the graph. "
        "Leave out `.item()` and `.detach()`.",
        "gradient-lost",
    )
    wanted, step = wanted_of(targets, 4, 0.1), 1e-5
    slopes = np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[place] = step
        up, down = (
            smooth_focal(logits + sign * shift, targets, 1.0, 2.0, wanted) for sign in (1, -1)
        )
        slopes[place] = (up - down) / (2 * step)
    expect(Answer(got["gradient"]), Tensor.of(slopes), what="the gradient by the logits", atol=1e-4)
    for gamma in (0.5, 2.0):
        hopeless = np.array([[-200.0, 0.0, 5.0], [150.0, -150.0, 0.0]])
        settings = {"alpha": 1.0, "gamma": gamma, "label_smoothing": 0.1}
        got = learner.smooth_loss(settings, Tensor.of(hopeless), Tensor.of([0, 0])).value
        value = number(Answer(got["loss"]), "the loss")
        require(
            math.isfinite(value),
            f"The loss is {value} where a probability is as small as exp(-200). Use "
            "`F.log_softmax`, not the logarithm of a softmax.",
            "logarithm-of-zero",
        )
        want = smooth_focal(
            hopeless, np.array([0, 0]), 1.0, gamma, wanted_of(np.array([0, 0]), 3, 0.1)
        )
        expect(Answer(value), want, what="the loss of hopeless cases", rtol=1e-3)


# 10.E1 train_ensemble, ensemble_predict


@part("10.E1")
def test_members(learner: Subject) -> None:
    """Each member begins with a seed of its own"""
    got = learner.ensemble(3, 11).value
    made, trained, members = got["made"], got["trained"], got["members"]
    require(len(made) == 3, f"{len(made)} models were made for an ensemble of 3.")
    require(
        len(set(made)) == 3,
        "Members begin with the same weights, so that they will agree about everything. Set "
        "`torch.manual_seed(seed + i)` in the loop, before each member is made.",
        "same-seed",
    )
    require(
        not approx_equal(members, made, 1e-6),
        "The members are the models before their training. Keep what `train` returns.",
        "untrained-kept",
    )
    expect(
        Answer(members),
        [value + 100 for value in made],
        what="the list of members' weights",
        rtol=1e-5,
    )
    again, other = learner.ensemble(3, 11).value, learner.ensemble(3, 12).value
    require(
        again["made"] == made or again["trained"] != trained,
        "The seed is set after the member has been made, when its first weights are drawn already.",
        "seed-too-late",
    )
    require(
        again["made"] == made and again["trained"] == trained,
        "The same seed gives another ensemble the second time. Member i begins with "
        "`torch.manual_seed(seed + i)`.",
        "not-reproducible",
    )
    require(
        other["made"][:2] == made[1:],
        "Member 0 with seed 12 should begin like member 1 with seed 11: use "
        "`torch.manual_seed(seed + i)`.",
        "seed-ignored" if other["made"] == made else None,
    )


@part("10.E1")
def test_ensemble_answer(learner: Subject, rng: Rng) -> None:
    """Mean probabilities and the variance over the members"""
    logits = rng.normal(0, 2, (3, 4, 5))
    x = light_curves(rng, [3, 7, 1, 5])
    modes = [True, False, True]
    answer = learner.ensemble_answer([Tensor.of(each) for each in logits], Tensor.of(x), modes)
    got = answer.value
    p = softmax(logits)
    in_training = softmax(logits + np.array(modes)[:, None, None] * 5.0 * np.arange(5))
    found = got["answer"]
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Failure(
            f"The result is {kind_of(found)}; it should be two tensors: mean and uncertainty."
        )
    expect(
        Answer(found[0]),
        Tensor.of(p.mean(axis=0)),
        Mistake(
            "logits-averaged",
            Tensor.of(softmax(logits.mean(axis=0))),
            "This is the softmax of the mean logits, in which a boastful member outvotes the "
            "others. Take the softmax of each member first, then the mean.",
        ),
        Mistake(
            "no-softmax",
            Tensor.of(logits.mean(axis=0)),
            "These are mean logits. Take the softmax of each member, then the mean.",
        ),
        Mistake(
            "asked-in-training-mode",
            Tensor.of(in_training.mean(axis=0)),
            "The members were asked in training mode. Call `model.eval()` before.",
        ),
        what="the mean of the probabilities",
    )
    expect(
        Answer(found[1]),
        Tensor.of(p.var(axis=0).sum(axis=-1)),
        *epistemic_mistakes(p),
        what="the epistemic uncertainty",
    )
    require(
        got["modes"] == modes,
        "A member was left in another mode than it came in. Keep `model.training`, and restore it.",
        "mode-not-restored",
    )
    require(
        not got["gradients"],
        "The result keeps its gradients. Ask the members in `with torch.no_grad():`.",
        "gradients-kept",
    )


# 10.E2 active_learning


@part("10.E2")
def test_active_learning(learner: Subject, rng: Rng) -> None:
    """The most uncertain ones of those not yet labelled are next"""
    doubts = rng.permutation(40) / 40
    settings = {"n_start": 6, "n_query": 4, "n_rounds": 5, "seed": 3}
    got = learner.labelled(doubts, settings).value
    fitted = got["fitted"]
    steps = zip(got["candidates"], itertools.pairwise(fitted), strict=False)
    for waiting, (before, after) in steps:
        places = np.argsort(doubts[waiting])[-4:].tolist()
        chosen = set(Counter(after) - Counter(before))
        require(
            chosen != set(places) or chosen == {waiting[place] for place in places},
            "The objects chosen next are the *places* of the most uncertain ones in the array that "
            "`uncertainty` was given. Their numbers are `waiting[places]`.",
            "positions-for-numbers",
        )
    check_curve(got["curve"], fitted, [6, 10, 14, 18, 22])
    for before, after in itertools.pairwise(fitted):
        lost = set(before) - set(after)
        require(
            not lost,
            "Objects that were labelled are missing in the next round. Add the new "
            "ones to the old ones.",
            "labels-lost",
        )
        new = [i for i in after if i not in before]
        waiting = [i for i in range(40) if i not in before]
        want = sorted(waiting, key=lambda i: doubts[i])[-4:]
        least = sorted(waiting, key=lambda i: doubts[i])[:4]
        require(
            set(new) != set(least),
            "The objects chosen next are the *least* uncertain ones.",
            "most-certain-chosen",
        )
        top = sorted(range(40), key=lambda i: doubts[i])[-4:]
        require(
            len(new) == 4 or not set(top) & set(before),
            "Objects were chosen that are labelled already. Ask about those that are still "
            "waiting: "
            "`np.setdiff1d(np.arange(n_pool), labelled)`.",
            "labelled-chosen-again",
        )
        require(
            set(new) == set(want),
            f"The objects chosen next are {sorted(new)}; the most uncertain of those that wait are "
            f"{sorted(want)}.",
        )


def check_curve(curve: Any, fitted: list[list[int]], sizes: list[int]) -> None:
    twice = [len(each) != len(set(each)) for each in fitted]
    require(
        not any(twice),
        "A model was fitted to an object twice. Choose from those that are still waiting.",
        "labelled-chosen-again",
    )
    require(
        [len(each) for each in fitted] != [sizes[-1]] * len(fitted) and len(fitted) == len(sizes),
        f"In {len(sizes)} rounds a model was fitted {len(fitted)} times; it should be fitted "
        "anew in "
        "each round, to all that are labelled.",
        "fitted-once" if len(fitted) == 1 else None,
    )
    first = set(fitted[0])
    only_new = len(fitted) > 1 and not first & set(fitted[1])
    require(
        not only_new,
        "The second model was fitted to the new objects alone. Fit it to *all* that are labelled.",
        "only-new-fitted",
    )
    want = [(size, (i + 1) / 10) for i, size in enumerate(sizes)]
    given = [tuple(pair) for pair in curve] if isinstance(curve, list) else curve
    shifted = [(size + sizes[1] - sizes[0], value) for size, value in want]
    expect(
        Answer(given),
        want,
        Mistake(
            "counted-too-late",
            shifted,
            "The numbers of labels are those after the choice. The score belongs to the labels "
            "that "
            "the model was fitted to.",
        ),
        what="the list of (labels, score)",
    )


@part("10.E2")
def test_random_choice(learner: Subject, rng: Rng) -> None:
    """A random choice from the same beginning, reproducible by its seed"""
    doubts = rng.permutation(40) / 40
    settings: dict[str, Any] = {"n_start": 6, "n_query": 4, "n_rounds": 4}
    runs = {
        (strategy, seed, again): learner.labelled(
            doubts, settings | {"strategy": strategy, "seed": seed}
        ).value
        for strategy, seed, again in (
            ("random", 1, 0),
            ("random", 1, 1),
            ("random", 2, 0),
            ("uncertain", 1, 0),
        )
    }
    one = runs["random", 1, 0]["fitted"]
    check_curve(runs["random", 1, 0]["curve"], one, [6, 10, 14, 18])
    require(
        runs["random", 1, 1]["fitted"] == one,
        "The same seed gives other objects the second time. Use one generator, "
        "`np.random.default_rng(seed)`, for all that is random.",
        "not-reproducible",
    )
    require(
        runs["random", 2, 0]["fitted"][0] != one[0],
        "Another seed begins with the same objects. Use `np.random.default_rng(seed)`.",
        "seed-ignored",
    )
    beginning = runs["uncertain", 1, 0]["fitted"][0]
    require(
        sorted(beginning) != list(range(6)),
        "It begins with the objects 0 to 5. Draw the first ones at random.",
        "first-not-random",
    )
    require(
        beginning == one[0],
        "With the same seed the two strategies begin with different objects, so that nobody knows "
        "what made the difference. Draw the first objects before anything else.",
        "other-beginning",
    )
    same_steps = [set(a) for a in one] == [set(a) for a in runs["uncertain", 1, 0]["fitted"]]
    require(
        not same_steps,
        'strategy="random" chooses the most uncertain objects, too.',
        "strategy-ignored",
    )
    expect_error(
        learner.labelled(doubts, settings | {"strategy": "best"}),
        "ValueError",
        'strategy="best"',
        naming="best",
    )


# 10.E3 LiveClassifier.answer, latency_percentiles

NAMES = ["AGN", "CV", "SNII", "SNIa", "TDE"]


def stream_of(rng: Rng) -> list[list[Any]]:
    """Alerts of two objects, mixed; one comes late, one twice, and two in one night."""

    def alert(name: str, day: float, band: str, flux: float) -> list[Any]:
        return [name, {"mjd": 60000.0 + day, "flux": flux, "flux_err": 1.5, "band": band}]

    fluxes = rng.uniform(20, 90, 6).round(3).tolist()
    first = alert("A", 1.5, "g", fluxes[0])
    return [
        first,
        alert("B", 2.25, "r", fluxes[1]),
        alert("A", 6.5, "r", fluxes[2]),
        alert("A", 3.5, "r", fluxes[3]),  # late
        [first[0], dict(first[1])],  # once more
        alert("A", 6.5, "g", fluxes[4]),  # the same moment in another band is another observation
        alert("B", 9.25, "r", fluxes[5]),
    ]


@part("10.E3")
def test_alerts(learner: Subject, rng: Rng) -> None:
    """Each alert is answered by what is known of its own object"""
    stream = stream_of(rng)
    p = softmax(rng.normal(0, 1.5, (len(stream), 5)))
    answer = learner.alerts(stream, p.tolist(), NAMES)
    got = answer.value
    counts = [1, 1, 2, 3, 3, 4, 2]
    seen = [
        each.get("n_observations") if isinstance(each, dict) else None for each in got["answers"]
    ]
    fail_if_recognised(
        Answer(seen),
        Mistake(
            "objects-mixed",
            [1, 2, 3, 4, 4, 5, 6],
            "The observations of both objects went into one light curve. Keep a list for each "
            "object: `self.observations.setdefault(object_id, [])`.",
        ),
        Mistake(
            "copies-counted",
            [1, 1, 2, 3, 4, 5, 2],
            "An alert that came a second time was counted as another observation. Compare `mjd` "
            "and "
            "`band` with those that are there.",
        ),
        Mistake(
            "band-ignored",
            [1, 1, 2, 3, 3, 3, 2],
            "Two observations at the same time in *different* bands are two observations. Compare "
            "the band as well.",
        ),
        Mistake(
            "history-lost",
            [1] * 7,
            "Only the newest observation is kept. Append it to those of the object so far.",
        ),
        Mistake(
            "late-dropped",
            [1, 1, 2, 2, 2, 3, 2],
            "An observation that came late, older than the newest one in its band, was dropped. It "
            "is a copy only if the *same* MJD is there in the same band.",
        ),
    )
    for i, (each, row) in enumerate(zip(got["answers"], p, strict=True)):
        want = {
            "object_id": stream[i][0],
            "n_observations": counts[i],
            "label": NAMES[int(row.argmax())],
            "probability": float(row.max()),
            "uncertainty": 0.75,
        }
        if not isinstance(each, dict):
            raise Failure(f"The answer is {kind_of(each)}; it should be a dictionary.")
        expect(
            Answer(each.get("uncertainty")),
            0.75,
            Mistake(
                "one-part-only",
                0.25,
                "This is the epistemic part alone. The uncertainty is the sum of both parts.",
            ),
            Mistake(
                "one-part-only",
                0.5,
                "This is the aleatoric part alone. The uncertainty is the sum of both parts.",
            ),
            what="`uncertainty`",
        )
        expect(Answer(each), want, what=f"the answer to alert {i}", rtol=1e-5)
    check_questions(got, stream, counts)


def check_questions(got: dict, stream: list[list[Any]], counts: list[int]) -> None:
    """What the model was asked, and how long it took."""
    require(not got["changed"], "An observation that was handed over has been changed.")
    require(len(got["asked"]) == len(stream), "The model should be asked once for each alert.")
    lengths = [int(asked[2].array.sum()) for asked in got["asked"]]
    expect(Answer(lengths), counts, what="the list of lengths that the model was given")
    require(
        all(asked[3] == 7 for asked in got["asked"]),
        "The model was not asked for self.n_samples samples.",
        "other-number-of-samples",
    )
    days = got["asked"][3][1].array[0, :3, 0].tolist()
    expect(
        Answer(days),
        [0.0, 2.0, 5.0],
        what="the list of times after a late observation",
        unit="days",
        rtol=1e-4,
    )
    require(
        len(got["seconds"]) == len(stream),
        f"`self.seconds` has {len(got['seconds'])} times after {len(stream)} answers.",
        "not-timed",
    )
    require(
        all(each >= 0.0019 for each in got["seconds"]) and sum(got["seconds"]) <= got["took"],
        "`self.seconds` does not hold the time of each answer, in seconds: take the difference of "
        "two calls of `time.perf_counter()`, the second one after the model has answered.",
        "not-timed",
    )


@part("10.E3")
def test_latency(learner: Subject, rng: Rng) -> None:
    """Percentiles of the time to answer, in milliseconds"""
    seconds = rng.exponential(0.01, 41).round(6).tolist()
    for asked in ((), ((25, 95),)):
        percentiles = asked[0] if asked else (50, 90, 99)
        ordered = sorted(seconds)
        want = {q: 1000 * interpolated(ordered, q / 100) for q in percentiles}
        got = learner.latency(seconds, *asked)
        average = 1000 * mean(seconds)
        expect(
            got,
            want,
            Mistake(
                "seconds-for-milliseconds",
                {q: v / 1000 for q, v in want.items()},
                "These are seconds. They should be milliseconds.",
            ),
            Mistake(
                "list-for-dictionary",
                list(want.values()),
                "This is a list. Return a dictionary from each percentile to its value.",
            ),
            Mistake(
                "quantiles-for-percentiles",
                {q: 1000 * interpolated(ordered, q / 10000) for q in percentiles},
                "`np.quantile` counts from 0 to 1, `np.percentile` from 0 to 100.",
            ),
            Mistake(
                "mean-for-percentiles",
                dict.fromkeys(percentiles, average),
                "This is the mean for each percentile. Sort, and see what a fraction of all "
                "answers stays below.",
            ),
            what="the dictionary of percentiles",
        )
    expect_error(learner.latency([]), "ValueError", "Asking for percentiles of no answers")


def interpolated(ordered: list[float], fraction: float) -> float:
    """The value at a fraction of the way from the first to the last, by linear interpolation."""
    place = fraction * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
