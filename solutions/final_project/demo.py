"""A season of a small survey on one machine, without network: alerts in a mailbox, a dashboard.

Ten weekly nights of the files in `data/` and of invented objects beside them. All dates are moved
into one season, so that the nights are full. On the eighth night something breaks: the zero point
of r is wrong from then on, and the monitor has to notice.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from solutions.ex05_light_curve_dataset import create_synthetic_transient_dataset
from solutions.final_project import readers
from solutions.final_project.alerts import TransientAlertSystem
from solutions.final_project.alerts.local_mail import address, mail_server
from solutions.final_project.alerts.message import Alert
from solutions.final_project.alerts.settings import read_settings
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.monitoring.dashboard import write_dashboard
from solutions.final_project.monitoring.features import features_of
from solutions.final_project.monitoring.monitor import Monitor, Row
from solutions.final_project.monitoring.reference import Reference
from solutions.final_project.samples import write_samples
from solutions.final_project.training_set import from_transient

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
EXAMPLE = HERE / "alerts" / "example.yaml"
MIXTURE = {"SNIa": 0.5, "SNII": 0.2, "CV": 0.1, "AGN": 0.1, "TDE": 0.1}
FIRST = 61000.0  # MJD of the first day of the season
NIGHTS = FIRST + 7.0 * np.arange(4, 14)
BROKEN_SINCE, TOO_BRIGHT = NIGHTS[7] - 6.0, 2.0  # 0.75 mag in r
INVENTED, REFERENCE = 110, 300  # objects


@dataclass(frozen=True)
class Night:
    """What came of a night: its row in the monitor, and its alerts."""

    row: Row
    alerts: list[Alert]


def run(out: Path) -> Iterator[Night]:
    """Run the season and yield each night; the dashboard is drawn at the end.

    Args:
        out: gets `mail` (a maildir), `outbox.sqlite`, `wandb` and `dashboard.html`; what an
            earlier demonstration has left there is removed.
    """
    _tidy(out)
    classifier = ProductionTransientClassifier()
    sky = [*_from_files(out), *_invented(INVENTED, seed=1)]
    settings, now = read_settings(EXAMPLE), [0.0]
    with (
        mail_server(out / "mail") as port,
        Monitor(out, classifier, _reference(classifier)) as monitor,
    ):
        system = TransientAlertSystem.from_settings(
            msgspec.structs.replace(settings, channels={"mail": address(port)}),
            outbox=out / "outbox.sqlite",
            classifier=classifier,
            monitor=monitor,
            clock=lambda: now[0],
        )
        for mjd in NIGHTS.tolist():
            now[0] = mjd * 86400
            seen = _seen(sky, mjd)
            answers = classifier.classify_with_uncertainty(seen)
            alerts = system.process_classifications(answers, light_curves=seen, now=mjd)
            yield Night(monitor.last, alerts)
    write_dashboard(out, out / "dashboard.html")


def _tidy(out: Path) -> None:
    for name in ("mail", "wandb"):
        shutil.rmtree(out / name, ignore_errors=True)
    for path in out.glob("outbox.sqlite*"):
        path.unlink()


def _from_files(out: Path) -> list[LightCurve]:
    """Return the objects of data/, or of the same files made anew where there is no checkout."""
    folder = DATA
    if not folder.is_dir():
        folder = out / "data"
        write_samples(folder)
    curves = readers.read_folder(folder).light_curves
    return _in_season([each for each in curves if each.is_detection.any()], seed=0)


def _invented(count: int, seed: int) -> list[LightCurve]:
    transients, labels = create_synthetic_transient_dataset(count, MIXTURE, seed)
    curves = [
        replace(from_transient(each), object_id=f"demo{seed}-{i:03d}", metadata={"label": label})
        for i, (each, label) in enumerate(zip(transients, labels, strict=True))
    ]
    return _in_season(curves, seed)


def _in_season(curves: list[LightCurve], seed: int) -> list[LightCurve]:
    """Move first detections to random days of the season; give positions where there are none."""
    rng = np.random.default_rng(seed)
    moved = []
    for lc in curves:
        first = lc.mjd[lc.is_detection][0]
        shift = np.round(FIRST + rng.uniform(0, NIGHTS[-1] - FIRST - 7) - first)
        ra, dec = rng.uniform(0, 360), rng.uniform(-25, 80)
        if np.isfinite(lc.ra):
            ra, dec = lc.ra, lc.dec
        moved.append(replace(lc, mjd=lc.mjd + shift, ra=ra, dec=dec))
    return moved


def _seen(sky: list[LightCurve], mjd: float) -> list[LightCurve]:
    """Return what is known on a night of the objects that were detected in the week before it."""
    known = [broken(each.until(mjd)) for each in sky]
    return [each for each in known if _is_seen(each, mjd)]


def _is_seen(lc: LightCurve, mjd: float) -> bool:
    return bool((lc.is_detection & (lc.mjd > mjd - 7)).any())


def broken(lc: LightCurve) -> LightCurve:
    """Return a light curve whose points in r are too bright since the fault."""
    bad = (lc.band == "r") & (lc.mjd > BROKEN_SINCE)
    return replace(lc, flux=np.where(bad, TOO_BRIGHT * lc.flux, lc.flux))


def _reference(classifier: ProductionTransientClassifier) -> Reference:
    """Return what a season without a fault looks like, from other objects, each on one night."""
    rng = np.random.default_rng(7)
    nights = NIGHTS[rng.permutation(REFERENCE) % len(NIGHTS)]
    curves = [lc.until(mjd) for lc, mjd in zip(_invented(REFERENCE, seed=2), nights, strict=True)]
    seen = [lc for lc, mjd in zip(curves, nights, strict=True) if _is_seen(lc, mjd)]
    names = classifier.settings.feature_names
    return Reference.fit(names, features_of(classifier, seen), "another season")
