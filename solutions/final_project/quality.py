"""Named quality cuts: what was left out of a light curve, why, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

# Rows with one of these faults are left out, and counted under the name of the cut.
CUTS = {
    "malformed_row": "the row cannot be read: too many or too few fields, or no record at all",
    "bad_time": "the time is missing, not finite, or no date of this survey era",
    "unknown_band": "the band is missing or is not one of u, g, r, i, z, y",
    "bad_flux": "a detection or forced flux that is missing, not finite or a sentinel",
    "bad_error": "the error is missing, not finite, zero or negative, or a sentinel",
    "bad_limit": "an upper limit without a usable limiting magnitude",
    "duplicate": "the same exposure again (a detection wins over a forced flux, this over a limit)",
    "other_survey": "the row comes from a survey or instrument that the reader does not convert",
    "bad_quality": "the broker marks the row as being of bad quality",
    "withdrawn": "the survey has withdrawn the measurement",
    "procstatus": "the forced-photometry service could not measure this epoch (procstatus)",
    "infobitssci": "the science image is flagged (infobitssci > 0, other than clouds)",
    "clouds": "clouds: infobitssci has bit 2^25, or the photometric zero point is off or uneven",
    "scisigpix": "the noise per pixel of the science image is too high (scisigpix > 25)",
    "seeing": "the stars of the science image are wider than 5 pixels (sciinpseeing > 5)",
    "no_zero_point": "no zero point, so that the flux has no unit",
    "no_baseline": "too few epochs without the transient to correct its baseline (if asked for)",
}

# Rows with one of these marks stay; the count says how many.
NOTES = {
    "sign_unknown": "detections whose sign is not recorded: their flux is the absolute value",
    "sign_negative": "detections fainter than the reference image",
    "low_real_bogus": "detections that may be artefacts (drb < 0.5, or rb < 0.55 without a drb)",
    "suspect_epoch": "procstatus 56 or 59: bad pixels nearby, or a doubtful error",
    "flagged": "the survey flags the PSF fit of the row",
    "too_precise": "errors below 20 nJy, which no single visit of Rubin reaches: is it nanojansky?",
    "short_baseline": "rows with a baseline of only 10 to 24 epochs",
    "baseline_after_peak": "rows with a baseline from the epochs long after the peak",
    "no_baseline_correction": "rows taken as they are, since fewer than 10 epochs are a baseline",
    "error_scaled": "rows whose error was enlarged by the scatter of the baseline",
    "conflicting_label": "rows of an object that carries more than one label",
    "time_from_jd": "times that were given as JD and turned into MJD",
}


@dataclass(frozen=True)
class QualityReport:
    """How many rows a source gave, how many were left out by each cut, and what was noted.

    Attributes:
        n_read: rows before any cut.
        cuts: rows left out, by the name of the cut (the names of `CUTS`); zeros are not kept.
        notes: rows that stay and are marked, by the name of the mark (the names of `NOTES`).
        messages: what was wrong with single rows, each with its place in the file.
    """

    n_read: int = 0
    cuts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    messages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for counts, known in ((self.cuts, CUTS), (self.notes, NOTES)):
            unknown = sorted(set(counts) - set(known))
            if unknown:
                raise ValueError(f"no such quality cut or note: {', '.join(unknown)}")
        for name in ("cuts", "notes"):
            counts = {key: int(n) for key, n in getattr(self, name).items() if n}
            object.__setattr__(self, name, counts)

    @property
    def n_cut(self) -> int:
        """How many rows were left out."""
        return sum(self.cuts.values())

    def __add__(self, other: Self) -> Self:
        """Add up the counts of two sets of rows, or of two steps on the same rows."""
        return type(self)(
            self.n_read + other.n_read,
            _summed(self.cuts, other.cuts),
            _summed(self.notes, other.notes),
            tuple(dict.fromkeys(self.messages + other.messages)),
        )

    def __str__(self) -> str:
        cuts = ", ".join(f"{name} {n}" for name, n in self.cuts.items()) or "none"
        notes = "".join(f"; {name} {n}" for name, n in self.notes.items())
        return f"{self.n_read} rows read, {self.n_cut} left out ({cuts}){notes}"


def _summed(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    names = dict.fromkeys([*one, *other])
    return {name: one.get(name, 0) + other.get(name, 0) for name in names}


class Sieve:
    """Marks rows as left out, one named cut after the other; each row counts for its first cut."""

    def __init__(self, n_rows: int) -> None:
        self.kept = np.ones(n_rows, dtype=bool)
        self.cuts: dict[str, int] = {}

    def drop(self, cut: str, bad: np.ndarray) -> None:
        """Leave out the rows where bad is true."""
        self.cuts[cut] = self.cuts.get(cut, 0) + int((self.kept & bad).sum())
        self.kept &= ~bad

    def report(
        self, notes: Mapping[str, int] | None = None, messages: tuple[str, ...] = ()
    ) -> QualityReport:
        """Return the counts so far."""
        return QualityReport(len(self.kept), self.cuts, notes or {}, messages)
