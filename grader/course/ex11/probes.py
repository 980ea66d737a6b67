"""Probes of the final project: files are read, light curves prepared, answers sent."""

from __future__ import annotations

import builtins
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from grader.course.ex11.replies import Averaged, Fetched, Read, Rows, Source, View
from grader.runner import Learner

Observations = list[dict[str, Any]]
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
    pipeline = learner.ZTFDataPipeline(*args)
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
