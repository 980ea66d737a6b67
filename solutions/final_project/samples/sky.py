"""Invented objects, as ZTF's alerts and its forced photometry would have measured them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solutions.ex05_light_curve_dataset import ZEROPOINT, simulate_transient

MICROJANSKY = 10 ** (0.4 * (23.9 - ZEROPOINT))  # of a flux of 1 in Exercise 5
SEEDS = {"SNIa": 101, "SNII": 102, "CV": 103, "AGN": 104, "TDE": 105}
JD_OF_MJD_ZERO = 2400000.5
FID = {"g": 1, "r": 2, "i": 3}


@dataclass(frozen=True)
class Epochs:
    """What was measured of one object, in order of time.

    Attributes:
        name: name of the object.
        label: its class.
        ra, dec: position [deg].
        mjd: times [days].
        band: letters of the bands.
        flux, flux_err: difference flux [microjansky].
    """

    name: str
    label: str
    ra: float
    dec: float
    mjd: np.ndarray
    band: np.ndarray
    flux: np.ndarray
    flux_err: np.ndarray

    def __len__(self) -> int:
        return len(self.mjd)

    @property
    def detected(self) -> np.ndarray:
        """Whether the flux is at least 5 times its error."""
        return np.abs(self.flux) >= 5 * self.flux_err

    @property
    def jd(self) -> np.ndarray:
        """Times as JD, to the 0.01 s of ZTF's packets."""
        return np.round(self.mjd + JD_OF_MJD_ZERO, 7)

    @property
    def magnitude(self) -> np.ndarray:
        """AB magnitude of the absolute difference flux."""
        return np.round(23.9 - 2.5 * np.log10(np.abs(self.flux)), 4)

    @property
    def magnitude_error(self) -> np.ndarray:
        """Error of the magnitude."""
        return np.round(2.5 / np.log(10) * self.flux_err / np.abs(self.flux), 4)

    @property
    def limit(self) -> np.ndarray:
        """Limiting magnitude at 5 sigma."""
        return np.round(23.9 - 2.5 * np.log10(5 * self.flux_err), 4)

    def first(self, n: int, of_detections: int = 0) -> Epochs:
        """Return the first n epochs, or more if as many detections are asked for and there."""
        wanted = np.flatnonzero(self.detected)[:of_detections]
        n = max(n, int(wanted[-1]) + 1) if len(wanted) else n
        parts = {name: getattr(self, name)[:n] for name in ("mjd", "band", "flux", "flux_err")}
        return Epochs(self.name, self.label, self.ra, self.dec, **parts)


class Sky:
    """Invented objects by class and number; the same each time."""

    def object(self, label: str, number: int = 0) -> Epochs:
        """Return an object. Its name has ZTF's form, with "zz" where no real name has it yet."""
        rng = np.random.default_rng([SEEDS[label], number])
        data = simulate_transient(label, rng).data.sort_values("mjd")
        flux = data["flux"].to_numpy(dtype=float) * MICROJANSKY
        flux_err = data["flux_err"].to_numpy(dtype=float) * MICROJANSKY
        letter = "abcde"[list(SEEDS).index(label)]
        return Epochs(
            f"ZTF26zz{letter}{'abcdefghij'[number]}zzz"[:12],
            label,
            round(float(rng.uniform(0, 360)), 7),
            round(float(rng.uniform(-20, 80)), 7),
            np.round(data["mjd"].to_numpy(dtype=float), 7),
            data["band"].to_numpy(dtype="<U1"),
            np.round(flux, 4),
            np.round(flux_err, 4),
        )
