"""The data pipeline: from a broker's files to light curves that are ready for a model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from astropy.time import Time

from solutions.final_project import readers
from solutions.final_project.encoding import encode
from solutions.final_project.light_curve import ZERO_POINT, LightCurve
from solutions.final_project.live.brokers import CLASSES as LIVE
from solutions.final_project.live.recent import LiveSource
from solutions.final_project.quality import CUTS, NOTES

if TYPE_CHECKING:
    import torch

    from solutions.ex02_light_curve_classes import TransientLightCurve

WORKBOOK_ZERO_POINT = 25.0  # of the fluxes of Exercises 2 to 10

# Which formats a broker gives out; its files may be alerts as ZTF sends them, too.
SOURCES: dict[str, tuple[ModuleType, ...]] = {
    "lasair": (readers.lasair, readers.rubin, readers.ztf_alert),
    "antares": (readers.antares,),
    "alerce": (readers.alerce, readers.supernova_dat),
    "fink": (readers.fink, readers.ztf_alert),
    "fritz": (readers.fritz,),
    "ztf": (readers.ztf_alert, readers.ztf_forced_photometry),
    "rubin": (readers.rubin,),
    "any": readers.READERS,
}


class NoSourceError(RuntimeError):
    """The pipeline has nothing to fetch from."""


class ZTFDataPipeline:
    """Fetches ZTF photometry of a broker, cleans it, and prepares it for a model.

    Attributes:
        data_source: name of the broker, a key of SOURCES.
        folder: where its files lie; None if the broker itself is asked.
        problems: what the last fetch could not have or read, and why.
    """

    def __init__(
        self,
        data_source: str = "lasair",
        folder: str | Path | None = None,
        choices: readers.Choices = readers.NO_CHOICES,
        live: LiveSource | None = None,
    ) -> None:
        """Set the source.

        Args:
            data_source: lasair, antares, alerce, fink, fritz, ztf, rubin, or any.
            folder: a folder with the broker's files, in folders of their own if you like. Without
                it, lasair, antares and alerce are asked themselves.
            choices: what the files do not say of themselves, such as a zero point.
            live: how to ask the broker, if not at its own address with the user's cache.

        Raises:
            ValueError: there is no such source.
        """
        if data_source not in SOURCES:
            raise ValueError(f"data_source is {data_source!r}; known are {', '.join(SOURCES)}")
        self.data_source = data_source
        self.folder = Path(folder) if folder is not None else None
        self.choices = choices
        self.live = live
        self.problems: list[readers.Problem] = []

    def fetch(self) -> list[LightCurve]:
        """Return all light curves of the folder.

        Raises:
            NoSourceError: no folder is given.
            NotADirectoryError: there is no such folder.
        """
        if self.folder is None:
            raise NoSourceError(
                f"no source is configured for {self.data_source!r}: give the folder of its files, "
                f"ZTFDataPipeline(data_source={self.data_source!r}, folder=...)"
            )
        formats = SOURCES[self.data_source]
        contents = readers.read_folder(self.folder, formats=formats, choices=self.choices)
        self.problems = contents.problems
        return contents.light_curves

    def fetch_recent_transients(
        self, lookback_days: float = 7, now: float | None = None
    ) -> list[LightCurve]:
        """Return the light curves with a detection of late, each with its whole history.

        A broker is asked for what an earlier call could not have, too, however old it is by now.

        Args:
            lookback_days: how far back [days].
            now: until when [MJD]; what came later is left out. By default, for a broker the present
                and for a folder the time of its last observation, since files may be old.

        Raises:
            NoSourceError, NotADirectoryError: see fetch.
            NotConfiguredError: the broker's client is not installed, or its token is not set.
            ValueError: lookback_days is negative.
        """
        if lookback_days < 0:
            raise ValueError(f"lookback_days is {lookback_days}, but must not be negative")
        if self.folder is None and (self.live or self.data_source in LIVE):
            return self._ask_for_recent(lookback_days, now)
        curves = self.fetch()
        if now is None:
            now = max((float(curve.mjd[-1]) for curve in curves if len(curve)), default=np.inf)
        known = [curve.until(now) for curve in curves]
        return [curve for curve in known if _is_recent(curve, now - lookback_days)]

    def _ask_for_recent(self, lookback_days: float, now: float | None) -> list[LightCurve]:
        self.live = self.live or LiveSource.of(self.data_source)
        now = float(Time.now().mjd) if now is None else now
        since = now - lookback_days
        contents = self.live.recent(since)
        self.problems = contents.problems
        return [
            curve.until(now)
            for curve in contents.light_curves
            # what is recent only by what came after `now` was not so then
            if _is_recent(curve.until(now), since) or not _is_recent(curve, since)
        ]

    def preprocess_for_inference(
        self, light_curve: LightCurve | TransientLightCurve
    ) -> torch.Tensor:
        """Return the rows that a model reads, shape (observations, columns); see `encoding`.

        Args:
            light_curve: of this project, or of Exercise 2 with fluxes of zero point 25.
        """
        import torch

        if not isinstance(light_curve, LightCurve):
            light_curve = from_workbook(light_curve)
        return torch.from_numpy(np.ascontiguousarray(encode(light_curve)))


def _is_recent(curve: LightCurve, since: float) -> bool:
    return bool((curve.is_detection & (curve.mjd >= since)).any())


def from_workbook(light_curve: TransientLightCurve) -> LightCurve:
    """Return a light curve of Exercise 2, whose fluxes have the zero point 25, in microjansky."""
    data = light_curve.data
    unit = 10 ** (0.4 * (ZERO_POINT - WORKBOOK_ZERO_POINT))
    return LightCurve.from_arrays(
        light_curve.object_id,
        mjd=data["mjd"].to_numpy(dtype=np.float64),
        band=data["band"].to_numpy(dtype=str),
        flux=data["flux"].to_numpy(dtype=np.float64) * unit,
        flux_err=data["flux_err"].to_numpy(dtype=np.float64) * unit,
        kind="diff_forced",
        metadata={"label": light_curve.transient_type},
    )


def quality_table(light_curves: Iterable[LightCurve]) -> pd.DataFrame:
    """Return how many rows of each object were read, kept, left out by each cut, and marked.

    Returns:
        A row for each object: object_id, source, rows_read, detections, forced (fluxes that are no
        detection), limits, and the cuts and notes that occur.
    """
    rows = []
    for curve in light_curves:
        row: dict[str, object] = {
            "object_id": curve.object_id,
            "source": curve.metadata.get("source", ""),
            "rows_read": curve.quality.n_read,
            "detections": int(curve.is_detection.sum()),
            "forced": int((~curve.is_detection & np.isfinite(curve.flux)).sum()),
            "limits": int(np.isnan(curve.flux).sum()),
        }
        rows.append(row | dict(curve.quality.cuts) | dict(curve.quality.notes))
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows)
    counts = [name for name in (*CUTS, *NOTES) if name in table]
    fixed = [name for name in table if name not in counts]
    return table[fixed + counts].fillna(dict.fromkeys(counts, 0)).astype(dict.fromkeys(counts, int))
