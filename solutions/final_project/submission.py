"""The shipped classifier as a submission for the capstone, with all that it needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from solutions.final_project import bundle

MODEL = '''"""The reference classifier of the final project, as the capstone asks for it."""

from pathlib import Path

import numpy as np

from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve

CLASSES = ["AGN", "CV", "SNII", "SNIa", "TDE"]
TDE_THRESHOLD = 0.2  # a missed TDE costs four times as much as a false one


def load(folder):
    return ProductionTransientClassifier(Path(folder) / "weights")


def predict(model, lightcurves):
    curves = [light_curve(number, each) for number, each in enumerate(lightcurves)]
    answers = model.classify_with_uncertainty(curves)
    return np.array([probabilities(model, answer) for answer in answers])


def light_curve(number, frame):
    """A light curve whose signs may have been lost: they count only if some are negative."""
    columns = {name: frame[name].to_numpy() for name in frame}
    return LightCurve.from_arrays(
        str(number), **columns, sign_known=bool((columns["flux"] < 0).any())
    )


def probabilities(model, answer):
    """Where nothing can be said, the shares of the classes in training are the answer."""
    prior = dict(zip(model.classes, model.settings.prior, strict=True))
    found = prior if answer["refused"] else answer["probabilities"]
    return [found[name] for name in CLASSES]
'''


def write_submission(folder: Path, weights: Path = bundle.DEFAULT_BUNDLE) -> list[Path]:
    """Write a folder with `model.py`, a bundle of weights, and the modules that read them.

    Args:
        folder: where to write; it must not exist.
        weights: the bundle.

    Returns:
        The files written.

    Raises:
        FileExistsError: there is something at that path.
    """
    package = Path(__file__).parent
    folder.mkdir(parents=True)
    (folder / "model.py").write_text(MODEL, "utf-8")
    shutil.copytree(weights, folder / "weights")
    for source in (package.parent, package):
        target = folder / source.relative_to(package.parents[1])
        target.mkdir()
        for path in source.glob("*.py"):
            shutil.copyfile(path, target / path.name)
    return sorted(path for path in folder.rglob("*") if path.is_file())
