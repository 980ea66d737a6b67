"""What a learner would type to see what the probes of Exercise 8 have seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from grader.course.lines import called, source
from grader.wire import Tensor

Measured: TypeAlias = tuple[Tensor, Tensor, float]  # predictions, targets, loss

WITHOUT = {
    "dealt": "statistics of all batches of several passes",
    "measured_twice": "what a tracker keeps, before and after it is asked",
    "confusion_figures": "pictures are read",
    "one_epoch": "a stand-in for a network",
    "left_behind": "a stand-in for a network, on a device without values",
    "passes_alone": "a stand-in for a network",
    "trained": "a stand-in for a network, whose losses follow a script",
    "history_figures": "pictures are read",
    "mixed": "statistics of many mixed batches",
    "mixed_pairs": "statistics of many mixed batches",
    "sampled": "a stand-in for a network",
    "silent_layers": "stand-ins for networks",
    "sampled_transformer": "a network of our own",
}


def told(settings: dict[str, float], losses: list[float]) -> str:
    made = called("EarlyStopping", **settings)
    return f"stopping = {made}\n[stopping(loss) for loss in {source(losses)}]"


def _updates(batches: Sequence[Measured], gradients: bool = True) -> str:
    """The calls of `tracker.update`."""

    def logits(predictions: Tensor) -> str:
        further = ".requires_grad_()" if gradients and predictions.array.ndim == 2 else ""
        return source(predictions) + further

    return "".join(
        f"tracker.update({logits(each)}, {source(targets)}, {source(loss)})\n"
        for each, targets, loss in batches
    )


def metrics(
    names: list[str],
    rare: list[str],
    batches: Sequence[Measured],
    before: Sequence[Measured] = (),
) -> str:
    reset = "tracker.compute_metrics()\ntracker.reset()\n" if before else ""
    earlier = _updates(before, gradients=False) + reset
    made = f"tracker = {called('MetricsTracker', names, rare)}\n"
    return f"{made}{earlier}{_updates(batches)}tracker.compute_metrics()"


def kept(names: list[str], batch: Measured) -> str:
    made = f"tracker = {called('MetricsTracker', names)}\n"
    return f"{made}{_updates([batch], gradients=False)}list(tracker.predictions)"


def weights(labels: Tensor, batches: list[list[int]], num_classes: int) -> str:
    return (
        "from torch.utils.data import DataLoader, TensorDataset\n"
        f"labels = {source(labels)}\n"
        "dataset = TensorDataset(torch.ones(len(labels), 1, 3), labels)\n"
        f"loader = DataLoader(dataset, batch_sampler={source(batches)})\n"
        f"class_weights(loader, {num_classes})"
    )
