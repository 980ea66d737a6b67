"""Probes of Exercise 5: a dataset whose methods are tried one by one, and copies as workers get.

Each part is tried by itself: stand-ins take the place of the other parts, which may be unwritten or
wrong. They do no more than a trial needs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from grader.course.common_probes import kinds_of
from grader.course.ex05.replies import (
    Attributes,
    Changed,
    Epochs,
    Features,
    Mark,
    Member,
    Padded,
    Rows,
    Size,
    Sky,
    Transformed,
    Walks,
)
from grader.course.seeds import seed_torch
from grader.runner import Learner

Codes = dict[str, list[float]]
Curves = dict[str, tuple[list[dict[str, Any]], np.ndarray]]  # observations and rows by name


def empty_dataset(learner: Learner, longest: int = 100, **stand_ins: Any) -> Any:
    """A dataset without light curves; made by the learner's `__init__`, if that can be done."""
    cls = type("LightCurveDataset", (learner.LightCurveDataset,), stand_ins)
    try:
        return cls([], [], longest)
    except Exception:
        dataset: Any = object.__new__(cls)
        dataset.max_sequence_length, dataset.transform = longest, None
        return dataset


def encoded_bands(learner: Learner, bands: list[str]) -> Any:
    """The codes of some bands."""
    return empty_dataset(learner)._encode_bands(bands)


def padded(learner: Learner, sequence: np.ndarray, longest: int) -> Padded:
    """The padded sequence, and the sequence itself afterwards."""
    sequence = sequence.copy()  # one that owns its data, as any learner's own does
    result = empty_dataset(learner, longest)._pad_sequence(sequence)
    return Padded(result, sequence)


def coded(codes: Codes) -> Callable[..., np.ndarray]:
    """A stand-in for `_encode_bands` that looks the codes up."""

    def encode_bands(self: Any, bands: Any) -> np.ndarray:
        unknown = set(bands) - set(codes)
        if unknown:
            raise ValueError(f"unknown bands {sorted(unknown)}")
        rows = [codes[band] for band in bands]
        return np.array(rows, dtype=np.float32).reshape(len(rows), -1 if rows else len(codes))

    return encode_bands


def rows_of(learner: Learner, observations: list[dict[str, Any]], codes: Codes) -> Rows:
    """The rows of a light curve, and whether its table stayed as it was."""
    light_curve = learner.TransientLightCurve(observations, "ZTF24aaexmpl")
    table = light_curve.data.copy()
    width = property(lambda self: 3 + len(codes))
    dataset = empty_dataset(learner, _encode_bands=coded(codes), n_features=width)
    rows = dataset._rows_of(light_curve)
    return Rows(rows, bool(light_curve.data.equals(table)))


class Marking:
    """A transform that takes notes, changes its input in place and returns something else."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def __call__(self, rows: Any) -> Any:
        self.given.append(copy.deepcopy(rows))
        rows[:, 1] += len(self.given)
        return 2 * rows


class Trial:
    """A dataset of a learner's on real light curves, with stand-ins for the parts before it."""

    def __init__(
        self, learner: Learner, curves: Curves, labels: list[str], longest: int, **options: Any
    ):
        rows = {name: rows for name, (_, rows) in curves.items()}
        stand_ins = {
            "_rows_of": lambda self, lightcurve: rows[lightcurve.object_id].copy(),
            "_pad_sequence": lambda self, each: np.pad(each, ((0, longest - len(each)), (0, 0))),
        }
        cls = type("LightCurveDataset", (learner.LightCurveDataset,), stand_ins)
        self.made = [learner.TransientLightCurve(data, name) for name, (data, _) in curves.items()]
        self.tables = [each.data.copy() for each in self.made]
        self.transform = Marking() if options.pop("marking", False) else None
        if self.transform is not None:
            options["transform"] = self.transform
        self.dataset = cls(self.made, labels, longest, **options)


def changed_by_another(
    learner: Learner, curves: Curves, labels: list[str], longest: int, other_labels: list[str]
) -> list[str]:
    """What has changed about a dataset once there is another of the same light curves, reversed."""
    trial = Trial(learner, curves, labels, longest)
    dataset = trial.dataset

    def seen() -> dict[str, Any]:
        names = ("classes", "labels", "max_sequence_length", "transform")
        attributes = {name: copy.deepcopy(getattr(dataset, name)) for name in names}
        return attributes | {"len(dataset)": len(dataset), "dataset[0]": dataset[0][0].clone()}

    before = seen()
    type(dataset)(trial.made[::-1][1:], other_labels, longest + 1, transform=np.negative)
    now = seen()
    return [name for name, value in before.items() if not _alike(value, now[name])]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    return type(one) is type(other) and bool(one == other)


def _is_as_made(lightcurve: Any, table: Any) -> bool:
    return bool(lightcurve.data.equals(table))


def made_dataset(
    learner: Learner, curves: Curves, labels: list[str], longest: int, **options: Any
) -> Attributes:
    """The attributes of a dataset, and which of them it lacks."""
    given = copy.deepcopy(options.get("classes"))
    given_labels = list(labels)
    trial = Trial(learner, curves, given_labels, longest, **options)
    dataset = trial.dataset
    names = ("classes", "labels", "max_sequence_length", "transform")
    return Attributes(
        missing=[name for name in names if not hasattr(dataset, name)],
        classes=getattr(dataset, "classes", None),
        labels=getattr(dataset, "labels", None),
        max_sequence_length=getattr(dataset, "max_sequence_length", None),
        has_transform=getattr(dataset, "transform", None) is not None,
        classes_changed=options.get("classes") != given,
        labels_changed=given_labels != labels,
        light_curves_changed=not all(map(_is_as_made, trial.made, trial.tables)),
    )


def size(learner: Learner, curves: Curves, labels: list[str], longest: int) -> Size:
    """The length of a dataset and the number of its columns."""
    dataset = Trial(learner, curves, labels, longest).dataset
    return Size(len(dataset), dataset.n_features)


def items(
    learner: Learner, curves: Curves, labels: list[str], longest: int, wanted: list[int]
) -> list[Any]:
    """The items of a dataset with these numbers."""
    dataset = Trial(learner, curves, labels, longest).dataset
    return [dataset[number] for number in wanted]


def item_beyond(learner: Learner, curves: Curves, labels: list[str], longest: int) -> list[str]:
    """The classes of what the item after the last raises, from the most special on."""
    dataset = Trial(learner, curves, labels, longest).dataset
    try:
        dataset[len(labels)]
    except NotImplementedError:
        raise
    except Exception as error:
        return kinds_of(error)
    return []


def changed_items(learner: Learner, curves: Curves, labels: list[str], longest: int) -> Features:
    """An item before and after its features have been changed from outside."""
    dataset = Trial(learner, curves, labels, longest).dataset
    features, _ = dataset[0]
    before = copy.deepcopy(features)
    features += 1
    return Features(before, dataset[0][0])


def transformed(learner: Learner, curves: Curves, labels: list[str], longest: int) -> Transformed:
    """The first item asked for twice, through a transform that changes its input in place."""
    trial = Trial(learner, curves, labels, longest, marking=True)
    assert trial.transform is not None
    calls = len(trial.transform.given)
    first, second = trial.dataset[0][0], trial.dataset[0][0]
    return Transformed(calls, first, second, trial.transform.given)


def augmented(
    learner: Learner, rows: np.ndarray, seeds: Sequence[int | None], **options: float
) -> Changed:
    """One light curve augmented after each seed (None: without seeding), and itself afterwards."""
    augment = learner.LightCurveAugmentation(**options)
    results = []
    for seed in seeds:
        if seed is not None:
            seed_torch(seed)
        results.append(augment(rows))
    return Changed(results, rows)


def augmented_by_workers(
    learner: Learner, rows: np.ndarray, seeds: list[int], **options: float
) -> list[Any]:
    """The same light curve augmented by copies, each after another seed, as in worker processes."""
    augment = learner.LightCurveAugmentation(**options)
    results = []
    for seed in seeds:
        worker = copy.deepcopy(augment)
        seed_torch(seed)
        results.append(worker(rows))
    return results


def walks(learner: Learner, times: np.ndarray, tau: float, sf: float, seeds: list[int]) -> Walks:
    """A walk for each seed, each with a generator of its own, and the times afterwards."""
    make, given = learner.damped_random_walk, times.copy()
    made = [make(given, tau, sf, np.random.default_rng(seed)) for seed in seeds]
    return Walks(made, given)


@contextmanager
def replaced(learner: Learner, name: str, stand_in: Any) -> Iterator[None]:
    """Put a stand-in in the place of one of the learner's definitions for a while."""
    before = getattr(learner, name)
    learner._namespace[name] = stand_in
    try:
        yield
    finally:
        learner._namespace[name] = before


def created(learner: Learner, *args: Any, seed: int, global_seed: int = 0) -> Sky:
    """A dataset of quickly made light curves, each marked by a random number."""
    given: list[Any] = []  # the generators, kept so that no other object takes their place
    template = learner.TransientLightCurve([], "template")  # copies are cheaper than new ones

    def quick(label: Any, rng: Any, object_id: Any = "invented") -> Any:
        given.append(rng)
        made = copy.copy(template)
        made.transient_type, made.object_id, made.peak_mjd = label, object_id, float(rng.random())
        return made

    sky = dict(learner.SKY)
    np.random.seed(global_seed)
    with replaced(learner, "simulate_transient", quick):
        lightcurves, labels = learner.create_synthetic_transient_dataset(*args, seed=seed)
    sky_changed = dict(learner.SKY) != sky
    learner.SKY.clear()
    learner.SKY.update(sky)
    return Sky(
        kinds=(type(lightcurves).__name__, type(labels).__name__),
        labels=list(labels),
        marks=[mark_of(each) for each in lightcurves],
        n_calls=len(given),
        n_generators=len({id(rng) for rng in given}),
        proportions=args[1] if len(args) > 1 else None,
        global_numbers=bool(np.random.random() != np.random.RandomState(global_seed).random()),
        sky_changed=sky_changed,
    )


def mark_of(lightcurve: Any) -> Mark:
    """What was noted on a light curve when it was made; None where that is lost."""
    names = ("transient_type", "object_id", "peak_mjd")
    return Mark(*(getattr(lightcurve, name, None) for name in names))


def created_for_real(learner: Learner, *args: Any, **kwargs: Any) -> list[Member]:
    """The light curves of a dataset that is made by the simulation itself."""
    lightcurves, labels = learner.create_synthetic_transient_dataset(*args, **kwargs)
    pairs = zip(lightcurves, labels, strict=True)
    return [Member(each.transient_type, len(each.data), label) for each, label in pairs]


def moved(
    learner: Learner, rows: np.ndarray, redshifts: list[float], new_redshift: float, *seeds: int
) -> Changed:
    """A light curve moved to another redshift, and itself afterwards.

    It is moved once after a single seed, and twice by the same object after each of several.
    """
    results = []
    for seed in seeds:
        seed_torch(seed)
        augment = learner.PhotometricRedshiftAugmentation(*redshifts)
        results += [augment.move(rows, new_redshift) for _ in range(min(len(seeds), 2))]
    return Changed(results, rows)


class Numbers(torch.utils.data.Dataset[Any]):
    """Objects that are nothing but their own numbers."""

    def __init__(self, labels: torch.Tensor) -> None:
        self.labels = labels
        self.classes = [f"class {number}" for number in labels.unique().tolist()]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, idx: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.tensor(int(idx)), self.labels[idx]


def epochs(
    learner: Learner, labels: torch.Tensor, batch_size: int, seeds: list[int | None]
) -> Epochs:
    """The numbers in each batch of some epochs, each after a seed (None: without seeding)."""
    loader = learner.stratified_loader(Numbers(labels), batch_size)
    is_loader = isinstance(loader, torch.utils.data.DataLoader)
    made = []
    for seed in seeds if is_loader else []:
        if seed is not None:
            seed_torch(seed)
        made.append([numbers.tolist() for numbers, _ in loader])
    return Epochs(type(loader).__name__, is_loader, made)
