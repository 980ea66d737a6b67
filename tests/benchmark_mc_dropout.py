"""Monte Carlo dropout side by side: a loop of passes, and all samples as one batch.

100 samples for a batch of 64 light curves, on one core, in one run; contestants take turns, and the
medians count. There are two loops, both as published: forward passes of the whole batch, padding
included, and a softmax for each.

- *published*: `model.train()`, so that all dropout of the network is on, that of the attention
  weights included. It answers another question than ours: more layers are random.
- *same*: the same network as ours, with the same dropout on. Its answers must agree with ours
  within the sampling error, and are compared: `rms z` is the root mean square of the differences
  in units of their standard error, which should be near 1.

`python tests/benchmark_mc_dropout.py [--large]`; with `--large` also the sizes of the curriculum,
for which loops are timed by a few passes. It reports and never fails.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

from solutions.ex05_light_curve_dataset import (
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import unpack_batch
from solutions.ex07_time2vec_transformer import Time2VecTransformerEncoder
from solutions.ex10_bayesian_uncertainty import BayesianTransformerEncoder

BATCH, SAMPLES, ROUNDS = 64, 100, 3
SIZES = {
    "notebook": {"d_model": 64, "nhead": 4, "num_layers": 2, "time_embed_dim": 16},
    "curriculum": {"d_model": 256, "nhead": 8, "num_layers": 6, "time_embed_dim": 64},
}


def main(large: bool) -> None:
    torch.set_num_threads(1)
    dataset = LightCurveDataset(*create_synthetic_transient_dataset(BATCH, seed=3))
    features = torch.stack([dataset[i][0] for i in range(BATCH)])
    batch = (features, *unpack_batch(features))
    print(
        f"{BATCH} light curves, {batch[2].float().mean():.0f} of {features.shape[1]} rows observed"
    )
    print(f"{'network':12} {'layers':>6} {'published':>10} {'same':>8} {'ours':>8} {'ratios':>15}")
    for name in SIZES if large else ["notebook"]:
        for mc_layers in (1, SIZES[name]["num_layers"]):
            compare(name, mc_layers, batch, passes=2 if name == "curriculum" else SAMPLES // 4)


def compare(name: str, mc_layers: int, batch: tuple[Tensor, Tensor, Tensor], passes: int) -> None:
    """Time the three contestants in turn; print milliseconds per sample, ratios and agreement."""
    torch.manual_seed(1)
    plain = Time2VecTransformerEncoder(batch[0].shape[-1], **SIZES[name]).train()
    bayesian = BayesianTransformerEncoder(batch[0].shape[-1], **SIZES[name], mc_layers=mc_layers)
    contestants: dict[str, Callable[[], Tensor]] = {
        "published": lambda: loop(plain, batch, passes),
        "same": lambda: loop(bayesian.eval(), batch, passes),
        "ours": lambda: bayesian.forward_with_uncertainty(*batch, n_samples=SAMPLES)[
            "prediction_samples"
        ],
    }
    times: dict[str, list[float]] = {who: [] for who in contestants}
    samples: dict[str, list[Tensor]] = {who: [] for who in contestants}
    for _ in range(ROUNDS):
        for who, ask in contestants.items():
            start = time.perf_counter()
            samples[who].append(ask())
            times[who].append(1000 * (time.perf_counter() - start) / len(samples[who][-1]))
    ms = {who: statistics.median(each) for who, each in times.items()}
    ratios = " ".join(f"{ms[who] / ms['ours']:6.1f}x" for who in ("published", "same"))
    agreement = rms_z(torch.cat(samples["same"]), torch.cat(samples["ours"]))
    shown = " ".join(f"{each:8.1f}ms" for each in ms.values())
    print(f"{name:12} {mc_layers:6} {shown} {ratios}   rms z {agreement:.2f}", flush=True)


def loop(model: torch.nn.Module, batch: tuple[Tensor, Tensor, Tensor], passes: int) -> Tensor:
    """The published loop."""
    predictions = []
    for _ in range(passes):
        with torch.no_grad():
            predictions.append(torch.softmax(model(*batch), dim=-1))
    return torch.stack(predictions)


def rms_z(one: Tensor, other: Tensor) -> float:
    """How far two sets of samples differ in their means, in units of the standard error."""
    error = torch.sqrt(one.var(dim=0) / len(one) + other.var(dim=0) / len(other))
    z = (one.mean(dim=0) - other.mean(dim=0)) / error
    return float(z.square().mean().sqrt())


if __name__ == "__main__":
    main("--large" in sys.argv)
