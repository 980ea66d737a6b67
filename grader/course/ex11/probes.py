"""Probes of the final project: files are read, light curves prepared, answers sent."""

from __future__ import annotations

import builtins
import copy
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch.nn.utils import parameters_to_vector

from grader.course.ex11.replies import (
    Aged,
    Alerted,
    Averaged,
    Classified,
    Evaluated,
    Explained,
    Fetched,
    Kept,
    Loaded,
    Processed,
    Read,
    Rows,
    Source,
    System,
    Systems,
    View,
)
from grader.course.ex11.saved import ONE, made_classifier, written
from grader.course.ex11.stand_ins import Aging, Oracle, Pooled, Sender
from grader.runner import Learner
from grader.wire import Tensor

Observations = list[dict[str, Any]]
Results = list[dict[str, Any]]
Files = dict[str, Observations | tuple[str, str]]
"""What is in each file, by its path in the folder; `("ValueError", "cut off")` if it fails. A path
that ends with a slash is that of a folder."""

# 11.1, 11.2 readers


def seen(learner: Learner, value: Any) -> View:
    """Class, table and other attributes of a light curve; anything else as it is."""
    if not isinstance(value, learner.TransientLightCurve):
        return View("", value=value)
    metadata = {name: held for name, held in vars(value).items() if name != "data"}
    return View(type(value).__name__, value.data, metadata)


def record_read(learner: Learner, record: dict[str, Any]) -> Read:
    """`read_lasair(record)`, and the record afterwards."""
    return Read(seen(learner, learner.read_lasair(record)), record)


def text_read(learner: Learner, lines: list[str], object_id: str) -> View:
    """`read_forced_photometry` of lines."""
    return seen(learner, learner.read_forced_photometry("\n".join(lines), object_id))


# 11.3 a folder


def new_pipeline(learner: Learner, *args: Any) -> Source:
    """A new pipeline, whose folder need not exist."""
    return _looked_at(learner.ZTFDataPipeline(*args))


def two_pipelines(
    learner: Learner, first: tuple[str, str], second: tuple[str, str], problem: str
) -> list[Source]:
    """Two new pipelines, after the first one has met a problem."""
    pipelines = [learner.ZTFDataPipeline(*args) for args in (first, second)]
    pipelines[0].problems[problem] = "cut off"
    return [_looked_at(one) for one in pipelines]


def _looked_at(pipeline: Any) -> Source:
    folder = pipeline.folder
    is_path = isinstance(folder, Path)
    held = folder.as_posix() if is_path else folder
    return Source(pipeline.data_source, held, is_path, pipeline.problems)


def fetched(learner: Learner, data_source: str, nights: list[Files], *args: Any) -> Fetched:
    """What a pipeline fetches from a folder, night after night: what came of the last one.

    The files are empty; `read` is replaced by a function that knows what is in them.
    """
    with TemporaryDirectory() as folder:
        pipeline = learner.ZTFDataPipeline(data_source, folder)
        for files in nights:
            _write(Path(folder), files)
            pipeline.read = reader = _Reader(learner, Path(folder), files)
            result = pipeline.fetch_recent_transients(*args)
    found, other = (result, None) if isinstance(result, list) else ([], result)
    views = [seen(learner, one) for one in found]
    return Fetched(views, pipeline.problems, reader.paths, other)


def _write(folder: Path, files: Files) -> None:
    for name in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.touch()


class _Reader:
    """Stands in for `read`: it knows what is in the files, and remembers which were read."""

    def __init__(self, learner: Learner, folder: Path, files: Files) -> None:
        self._make, self._folder, self._files = learner.TransientLightCurve, folder, files
        self.paths: list[str] = []

    def __call__(self, path: Path) -> Any:
        name = Path(path).relative_to(self._folder).as_posix()
        self.paths.append(name)
        content = self._files.get(name) or self._files.get(f"{name}/", [])
        if isinstance(content, tuple):
            kind, message = content
            raise getattr(builtins, kind)(message)
        return self._make(content, Path(path).stem)


def fetched_from(learner: Learner, kind: str, name: str) -> Any:
    """What a pipeline fetches whose folder is missing, or is a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if kind == "file":
            path.touch()
        return learner.ZTFDataPipeline("lasair", path).fetch_recent_transients()


def interrupted(learner: Learner, kind: str) -> str:
    """What comes out of a fetch during which somebody ends the program, by its class."""
    with TemporaryDirectory() as folder:
        files: Files = {"ZTF18abc.json": (kind, "the program is to end")}
        _write(Path(folder), files)
        pipeline = learner.ZTFDataPipeline("lasair", folder)
        pipeline.read = _Reader(learner, Path(folder), files)
        try:
            pipeline.fetch_recent_transients(7, 60000.0)
        except (KeyboardInterrupt, SystemExit) as error:
            return type(error).__name__
    return ""


# 11.4, 11.5 rows


def averaged(
    learner: Learner, data: Observations, kind: str = "TransientLightCurve", **metadata: Any
) -> Averaged:
    """`ZTFDataPipeline.nightly`, and the light curve itself afterwards."""
    light_curve = _class_of(learner, kind)(data, **metadata)
    result = learner.ZTFDataPipeline.nightly(light_curve)
    return Averaged(seen(learner, result), seen(learner, light_curve))


def _class_of(learner: Learner, kind: str) -> Any:
    """A class of light curves, or `SurveyLightCurve`: a subclass with an attribute of its own."""
    if kind != "SurveyLightCurve":
        return getattr(learner, kind)

    class SurveyLightCurve(learner.TransientLightCurve):  # type: ignore[name-defined]
        def __init__(self, data: Observations, object_id: str, survey: str) -> None:
            super().__init__(data, object_id)
            self.survey = survey

    return SurveyLightCurve


def rows_of(learner: Learner, data: Observations, object_id: str) -> Rows:
    """`preprocess_for_inference`, and the light curve itself afterwards."""
    light_curve = learner.TransientLightCurve(data, object_id)
    result = learner.ZTFDataPipeline().preprocess_for_inference(light_curve)
    return Rows(result, seen(learner, light_curve))


# 11.6 to 11.10 evaluation and classifier


def python_hashes(learner: Learner, names: list[str]) -> list[int]:
    """Python's own hash of some names, which is another one in each process."""
    return [hash(name) for name in names]


def evaluated(
    learner: Learner,
    val: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *min_precision: float,
) -> Evaluated:
    """An evaluation on two sets, each of probabilities and labels."""
    sets = [learner.Answers(*arrays) for arrays in (val, test)]
    value = learner.evaluate(*sets, *min_precision)
    return Evaluated(value, [*val, *test])


def loaded(learner: Learner, classes: list[str], temperature: float, *n_samples: int) -> Loaded:
    """What a classifier has after it was loaded."""
    with TemporaryDirectory() as folder:
        model, weights, config = written(learner, folder, classes, temperature)
        got = learner.ProductionTransientClassifier(str(weights), str(config), *n_samples)
    return _seen(got, model)


def two_loaded(learner: Learner) -> Loaded:
    """What a classifier has after another one was loaded, which is different in everything."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        model, *paths = written(learner, folder, ["A", "B"], 1.5)
        first = learner.ProductionTransientClassifier(*paths, 7)
        _, *paths = written(learner, other, ["C", "D", "E"], 2.5)
        learner.ProductionTransientClassifier(*paths, 9)
    return _seen(first, model)


def _seen(got: Any, model: Any) -> Loaded:
    return Loaded(
        got.classes,
        got.temperature,
        got.n_samples,
        type(got.model).__name__,
        type(got.pipeline).__name__,
        got.model.training,
        _flat(got.model),
        _flat(model),
    )


def _flat(model: Any) -> Tensor:
    return Tensor.of(parameters_to_vector(model.parameters()).detach().numpy())


def loaded_from_faulty(learner: Learner, fault: str) -> Any:
    """What comes of files with a fault: see `FAULTS` in lines.py."""
    with TemporaryDirectory() as folder:
        _, weights, config = written(learner, folder, ["A", "B"], 1.5)
        content = weights.read_bytes()
        if fault == "flipped":
            weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        elif fault == "cut":
            weights.write_bytes(content[: len(content) // 2])
        elif fault == "abbreviated":
            checksum = json.loads(config.read_text())["sha256"]
            config.write_text(config.read_text().replace(checksum, checksum[:12]))
        else:
            (weights if fault == "weights" else config).unlink()
        return learner.ProductionTransientClassifier(weights, config)


def classified(
    learner: Learner,
    classes: list[str],
    temperature: float,
    rows: dict[str, torch.Tensor | str],
    samples: torch.Tensor,
    lost: Sequence[str] = (),
) -> Classified:
    """The answers about light curves with these rows, of which the network says these samples.

    For further ones that are `lost`, the pipeline raises a KeyError. What follows a "#" in a key is
    not in the object's name.
    """
    classifier = made_classifier(learner, classes, temperature, rows, len(samples))
    classifier.model = oracle = Oracle(samples)
    made = learner.TransientLightCurve
    lightcurves = [made(list(ONE), key.partition("#")[0], key) for key in [*rows, *lost]]
    results = classifier.classify_with_uncertainty(lightcurves)
    return Classified(results, oracle.asked)


def explained(
    learner: Learner,
    classes: list[str],
    temperature: float,
    rows: torch.Tensor,
    weights: tuple[torch.Tensor, torch.Tensor],
    predicted: str,
    p: float = 0.5,
) -> Explained:
    """The explanation of an answer by a small network, whose dropout has the probability p."""
    classifier = made_classifier(learner, classes, temperature, {"SN": rows})
    classifier.model = network = Pooled(*weights, p).eval()
    prediction = {"object_id": "SN", "refused": "", "predicted": predicted}
    torch.manual_seed(10)
    table = classifier.explain_prediction(learner.TransientLightCurve(list(ONE), "SN"), prediction)
    return Explained(table, network.calls, network.n_crowds, network.p, network.training)


# 11.11, 11.12 alerts


def alerted(learner: Learner, thresholds: dict[str, float], *calls: Results) -> Alerted:
    """The alerts of the last call of several, and what the system knows afterwards."""
    sender = Sender()
    system = learner.TransientAlertSystem(thresholds, sender)
    alerts: Any = None
    for results in calls:
        alerts = system.make_alerts(results)
    kept = system.announced
    held = list(kept.values()) if isinstance(kept, dict) else []
    returned = alerts if isinstance(alerts, list) else []
    same = all(any(alert is other for other in held) for alert in returned)
    return Alerted(alerts, kept, same, system.waiting, len(sender.tried), list(calls))


def two_systems(
    learner: Learner, thresholds: tuple[dict[str, float], dict[str, float]], results: Results
) -> Systems:
    """Two alert systems, after the first one has met some answers.

    The dictionaries with the thresholds are changed afterwards, and the first one cannot send.
    """
    senders, logs = (Sender(["OSError"]), Sender()), (list[Any]().append, print)
    first = learner.TransientAlertSystem(thresholds[0], senders[0], logs[0])
    second = learner.TransientAlertSystem(thresholds[1], senders[1], logs[1])
    first.process_classifications(results)
    for given in thresholds:
        given["CV"] = 0.001
    views = [
        System(
            system.alert_thresholds,
            system.announced,
            system.waiting,
            system.send is sender,
            system.log is log,
        )
        for system, sender, log in zip((first, second), senders, logs, strict=True)
    ]
    return Systems(*views)


def processed(
    learner: Learner,
    thresholds: dict[str, float],
    outcomes: list[str | None],
    *calls: Results,
) -> Processed:
    """What several calls send and log, if sending ends in these ways, one after the other."""
    sender, logs = Sender(outcomes), list[Any]()
    system = learner.TransientAlertSystem(thresholds, sender, logs.append)
    returned: Any = None
    for results in calls:
        returned = system.process_classifications(results)
    return Processed(returned, sender.sent, sender.tried, system.waiting, logs)


def processed_with_mistake(
    learner: Learner, thresholds: dict[str, float], outcomes: list[str | None], results: Results
) -> Any:
    """What comes of a sender that may raise any exception; there is no log."""
    system = learner.TransientAlertSystem(thresholds, Sender(outcomes))
    return system.process_classifications(results)


def left_by_mistake(
    learner: Learner, thresholds: dict[str, float], error: str, results: Results
) -> Any:
    """What is waiting after the second sending has raised an exception that nobody catches."""
    system = learner.TransientAlertSystem(thresholds, Sender([None, error]))
    try:
        system.process_classifications(results)
    except Exception as raised:
        if type(raised).__name__ != error:
            raise
    return system.waiting


# 11.E1, 11.E2 extensions


def kept(learner: Learner, name: str, *args: Any) -> Kept:
    """Call a function, and look at its arguments afterwards."""
    given = copy.deepcopy(list(args))
    return Kept(getattr(learner, name)(*given), given)


def by_age(
    learner: Learner,
    observations: dict[str, Observations],
    answers: dict[str, list[str | None]],
    labels: list[str],
    ages: Sequence[float],
) -> Aged:
    """The accuracies at some ages of a classifier that says what it is told to say."""
    oracle = Aging(answers)
    lightcurves = [learner.TransientLightCurve(data, name) for name, data in observations.items()]
    table = learner.accuracy_by_age(oracle, lightcurves, labels, ages)
    return Aged(table, oracle.asked, [lc.data["mjd"].tolist() for lc in lightcurves])
