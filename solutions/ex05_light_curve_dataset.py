# %% [markdown]
# # Exercise 5: A dataset of light curves

# %%
from collections.abc import Callable, Iterator, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from sklearn.preprocessing import LabelEncoder
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import LightCurve, Observation, TransientLightCurve

CLASSES = ["SNIa", "SNII", "CV", "AGN", "TDE"]
BANDS = ["g", "r", "i"]
TIME, FLUX, FLUX_ERR, FIRST_BAND = 0, 1, 2, 3  # columns of a row; the bands are the last ones

# %%
ZEROPOINT = 25.0  # a flux of 1 is magnitude 25
DEPTH = {"g": 20.6, "r": 20.4, "i": 20.1}  # typical 5-sigma depth of a night [mag]
EXTINCTION = {"g": 3.3, "r": 2.3, "i": 1.7}  # A / E(B-V), Schlafly and Finkbeiner (2011)
SKY = {"SNIa": 0.58, "SNII": 0.18, "CV": 0.10, "AGN": 0.11, "TDE": 0.03}

Rng = np.random.Generator
Curves = dict[str, np.ndarray]  # flux in each band


def to_flux(magnitude: float | np.ndarray) -> np.ndarray:
    """Return the flux of a magnitude."""
    return 10 ** (0.4 * (ZEROPOINT - np.asarray(magnitude)))


def between(rng: Rng, low: float, middle: float, high: float) -> float:
    """Draw from low to high: half of all below the middle, each half even in the logarithm."""
    return float(np.exp(np.interp(rng.random(), [0, 0.5, 1], np.log([low, middle, high]))))


def draw_redshift(rng: Rng, farthest: float) -> float:
    """Draw the redshift of an object in space that is filled evenly out to the farthest."""
    return float(max(farthest * rng.random() ** (1 / 3), 0.003))


def distance_modulus(z: float) -> float:
    """Return m - M [mag] at a redshift, by Hubble's law to second order (H0 = 70, q0 = -0.55)."""
    megaparsecs = 299792.458 / 70 * z * (1 + 0.775 * z)
    return 5 * float(np.log10(megaparsecs)) + 25


def draw_dust(rng: Rng, mean: float) -> dict[str, float]:
    """Draw E(B-V), of exponential distribution, and return the extinction in each band [mag]."""
    reddening = rng.exponential(mean)
    return {band: factor * reddening for band, factor in EXTINCTION.items()}


def villar(day: np.ndarray, slope: float, plateau: float, rise: float, fall: float) -> np.ndarray:
    """Return a rise, a plateau and a decline (Villar et al. 2019, eq. 1), with t0 at day 0."""
    sigmoid = 1 / (1 + np.exp(-np.clip(day / rise, -50, 50)))
    fading = np.clip(1 - slope * np.minimum(day, plateau), 0, None)
    return sigmoid * fading * np.exp(-np.clip(day - plateau, 0, None) / fall)


# %%
def type_ia(t: np.ndarray, rng: Rng) -> Curves:
    """Type Ia supernova."""
    z, stretch = draw_redshift(rng, 0.12), rng.normal(1.0, 0.1)
    day = t / (1 + z) / stretch
    magnitude = rng.normal(-19.3, 0.15) - 1.5 * (stretch - 1) + distance_modulus(z)
    second = 0.22 * np.exp(-((day - 24) ** 2) / 150)
    shapes = {
        "g": villar(day + 14, 0.008, 12, 3.0, 14) / 0.86,
        "r": villar(day + 14, 0.010, 16, 3.2, 23) / 0.86,
        "i": 0.75 * villar(day + 15, 0.014, 12, 3.2, 26) / 0.86 + second,
    }
    dust = draw_dust(rng, 0.1)
    return {band: to_flux(magnitude + dust[band]) * shape for band, shape in shapes.items()}


def type_ii(t: np.ndarray, rng: Rng) -> Curves:
    """Type II supernova."""
    z = draw_redshift(rng, 0.06)
    day = t / (1 + z)
    magnitude = rng.normal(-17.0, 0.9) + distance_modulus(z)
    plateau = rng.uniform(60, 110)
    rise, fall = rng.uniform(1.5, 4), rng.uniform(8, 25)
    slope = rng.uniform(0.0, 0.006)
    steeper = min(slope + rng.uniform(0.004, 0.007), 0.95 / plateau)
    shapes = {
        "g": villar(day, steeper, 0.9 * plateau, 0.8 * rise, 0.8 * fall),
        "r": 0.95 * villar(day, slope, plateau, rise, fall),
        "i": 0.85 * villar(day, 0.8 * slope, plateau, rise, fall),
    }
    dust = draw_dust(rng, 0.15)
    return {band: to_flux(magnitude + dust[band]) * shape for band, shape in shapes.items()}


def tidal_disruption(t: np.ndarray, rng: Rng) -> Curves:
    """Tidal disruption event."""
    z = draw_redshift(rng, 0.15)
    day = t / (1 + z)
    magnitude = rng.normal(-19.2, 0.9) + distance_modulus(z)
    rise, decay = between(rng, 5, 9.4, 27), between(rng, 30, 62, 130)
    after = np.clip(day, 0, None)
    if rng.random() < 0.5:
        decline = np.exp(-after / decay)
    else:
        decline = (1 + after * np.expm1(0.6) / decay) ** (-5 / 3)
    shape = np.where(day < 0, np.exp(-(day**2) / (2 * rise**2)), decline)
    colour = float(np.interp(rng.random(), [0, 0.5, 1], [-0.6, -0.25, 0.0]))
    offset = {"g": colour, "r": 0.0, "i": -0.7 * colour}
    dust = draw_dust(rng, 0.03)
    return {band: to_flux(magnitude + offset[band] + dust[band]) * shape for band in BANDS}


def cataclysmic_variable(t: np.ndarray, rng: Rng) -> Curves:
    """Outbursts of a cataclysmic variable."""
    recurrence = 10 ** rng.uniform(1.1, 2.6)
    amplitude = float(np.clip(0.7 + 1.9 * np.log10(recurrence) + rng.normal(0, 0.4), 2, 6))
    rise, rate = rng.uniform(0.3, 2.0), rng.uniform(0.33, 0.5)
    brightening = np.zeros_like(t)
    start = -recurrence * np.ceil(1 - t[0] / recurrence)
    while start < t[-1]:
        plateau = min(
            rng.uniform(8, 18) if rng.random() < 0.2 else rng.uniform(0.5, 5), 0.3 * recurrence
        )
        day = t - start
        up = amplitude * np.clip(day / rise, 0, 1)
        down = rate * np.clip(day - rise - plateau, 0, None)
        brightening = np.maximum(brightening, up - down)
        start += recurrence * rng.uniform(0.8, 1.2)
    quiescent = {"g": rng.normal(0.0, 0.12), "r": 0.0, "i": rng.normal(0.0, 0.1)}
    faint, dust = rng.uniform(17.5, 21.5), draw_dust(rng, 0.05)
    excess = 10 ** (0.4 * brightening) - 1
    return {band: to_flux(faint + quiescent[band] + dust[band]) * excess for band in BANDS}


def active_nucleus(t: np.ndarray, rng: Rng) -> Curves:
    """Active galactic nucleus."""
    tau, sf = between(rng, 100, 250, 600), between(rng, 0.15, 0.31, 0.6)
    walk = damped_random_walk(np.concatenate([[t[0] - 900.0], t]), tau, sf, rng)
    magnitude, colour = rng.uniform(16.0, 19.3), rng.normal(0.25, 0.2)
    curves = {}
    for band, weight, offset in (("g", 1.07, colour), ("r", 0.94, 0.0), ("i", 0.85, -0.1)):
        total = to_flux(magnitude + offset + weight * walk)
        curves[band] = total[1:] - total[0]
    return curves


MODELS = {
    "SNIa": type_ia,
    "SNII": type_ii,
    "CV": cataclysmic_variable,
    "AGN": active_nucleus,
    "TDE": tidal_disruption,
}


# %%
def observing_nights(first: float, last: float, rng: Rng) -> np.ndarray:
    """Return times of observation between first and last [days]."""
    gaps = np.maximum(1, np.round(rng.lognormal(np.log(1.75), 1.13, int(last - first) + 2)))
    nights = first + np.cumsum(gaps)
    season = (nights + rng.uniform(0, 365)) % 365 < 220
    nights = nights[season & (nights < last - 1)]
    return nights + rng.uniform(0.1, 0.4, len(nights))


def observe(curves: Curves, t: np.ndarray, rng: Rng) -> list[Observation]:
    """Return what a survey measures."""
    red = rng.random(len(t)) < 0.85
    seen = {
        "g": (rng.random(len(t)) < 0.7) | ~red,
        "r": red,
        "i": rng.random(len(t)) < 0.12,
    }
    data: list[Observation] = []
    for band, chosen in seen.items():
        true = curves[band][chosen]
        sky = to_flux(rng.normal(DEPTH[band], 0.5, len(true))) / 5
        flux_err = np.hypot(sky, 0.02 * true)
        columns = zip(t[chosen], rng.normal(true, flux_err), flux_err, strict=True)
        data += [
            {"mjd": float(mjd), "flux": float(flux), "flux_err": float(err), "band": band}
            for mjd, flux, err in columns
        ]
    return data


def simulate_transient(label: str, rng: Rng, object_id: str = "simulated") -> TransientLightCurve:
    """Return the light curve of an invented object that was clearly seen at least five times."""
    while True:
        first, last = -rng.uniform(5, 80), 10 ** rng.uniform(1.3, 2.7)
        nights = observing_nights(first, last, rng)
        t = np.union1d(nights, np.arange(first, last, 0.5))
        curves = MODELS[label](t, rng)
        visible = np.isin(t, nights)
        data = observe({band: curve[visible] for band, curve in curves.items()}, nights, rng)
        if sum(abs(row["flux"]) > 5 * row["flux_err"] for row in data) >= 5:
            break
    start = 58200 + rng.uniform(0, 2000)
    for row in data:
        row["mjd"] += start
    peak_mjd = start + float(t[curves["r"].argmax()])
    return TransientLightCurve(data, object_id, transient_type=label, peak_mjd=peak_mjd)


# %% [markdown]
# ### 5.1 Bands
#
# ### 5.2 Padding
#
# ### 5.3 Rows
#
# ### 5.4 The dataset


# %% part=["5.1", "5.2", "5.3", "5.4"] points=[1, 1.5, 1.5, 2]
class LightCurveDataset(Dataset[tuple[Tensor, Tensor]]):
    """Light curves as tensors of one shape."""

    def __init__(
        self,
        lightcurves: Sequence[LightCurve],
        labels: Sequence[str],
        max_sequence_length: int = 100,
        transform: Callable[[np.ndarray], np.ndarray] | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        """Encode labels and light curves."""
        ### BEGIN SOLUTION 5.4
        if len(lightcurves) != len(labels):
            raise ValueError(f"{len(lightcurves)} light curves, but {len(labels)} labels")
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        encoder = LabelEncoder().fit(list(labels if classes is None else classes))
        self.classes: list[str] = encoder.classes_.tolist()
        if unknown := sorted(set(labels) - set(self.classes)):
            raise ValueError(f"unknown labels {unknown}; the classes are {self.classes}")
        self.labels = torch.as_tensor(encoder.transform(list(labels)), dtype=torch.int64)
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
        ### END SOLUTION

    def __len__(self) -> int:
        """Return the number of light curves."""
        ### BEGIN SOLUTION 5.4
        return len(self.rows)
        ### END SOLUTION

    @property
    def n_features(self) -> int:
        """Return the number of columns of a row."""
        ### BEGIN SOLUTION 5.4
        return FIRST_BAND + len(BANDS)
        ### END SOLUTION

    def __getitem__(self, idx: int) -> tuple[Tensor, Tensor]:
        """Return features and label of one light curve."""
        ### BEGIN SOLUTION 5.4
        rows = self.rows[idx].copy()
        if self.transform is not None:
            rows = self.transform(rows)
        return torch.as_tensor(rows, dtype=torch.float32), self.labels[idx]
        ### END SOLUTION

    def _rows_of(self, lightcurve: LightCurve) -> np.ndarray:
        """Return a light curve as an array."""
        ### BEGIN SOLUTION 5.3
        table = lightcurve.data
        table = table[np.isfinite(table["flux"]) & np.isfinite(table["flux_err"])]
        bands = self._encode_bands(table["band"].tolist())
        if table.empty:
            return np.zeros((0, FIRST_BAND + bands.shape[1]), dtype=np.float32)
        days = table["mjd"] - table["mjd"].iloc[0]  # in float64: an MJD does not fit into float32
        peak = np.abs(table["flux"]).max() or 1.0
        numbers = np.column_stack([days, table["flux"] / peak, table["flux_err"] / peak])
        return np.hstack([numbers, bands]).astype(np.float32)
        ### END SOLUTION

    def _pad_sequence(self, sequence: np.ndarray) -> np.ndarray:
        """Return max_sequence_length rows."""
        ### BEGIN SOLUTION 5.2
        longest = self.max_sequence_length
        if len(sequence) > longest:
            start = int(sequence[:, FLUX].argmax()) - longest // 2
            start = min(max(start, 0), len(sequence) - longest)
            return sequence[start : start + longest].copy()
        padded = np.zeros((longest, sequence.shape[1]), dtype=sequence.dtype)
        padded[: len(sequence)] = sequence
        return padded
        ### END SOLUTION

    def _encode_bands(self, bands: Sequence[str]) -> np.ndarray:
        """Return one row for each band, with a 1 in its column."""
        ### BEGIN SOLUTION 5.1
        encoded = np.zeros((len(bands), len(BANDS)), dtype=np.float32)
        for row, band in zip(encoded, bands, strict=True):
            if band not in BANDS:
                raise ValueError(f"unknown band {band!r}; the bands are {BANDS}")
            row[BANDS.index(band)] = 1
        return encoded
        ### END SOLUTION


# %% [markdown]
# ### 5.5 Augmentation


# %% part="5.5" points=1.5
class LightCurveAugmentation:
    """Random variations of a light curve.

    Random numbers come from torch's global generator: reproducible by torch.manual_seed, and
    different in every worker of a DataLoader.
    """

    def __init__(
        self,
        noise_level: float = 0.01,
        time_shift_max: float = 5.0,
        drop_probability: float = 0.1,
    ) -> None:
        self.noise_level = noise_level
        self.time_shift_max = time_shift_max
        self.drop_probability = drop_probability

    def __call__(self, lightcurve_data: np.ndarray) -> np.ndarray:
        """Return a random variation of a light curve."""
        ### BEGIN SOLUTION
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)]
        kept = torch.rand(len(real)).numpy() >= self.drop_probability
        if len(real) and not kept.any():
            kept[torch.randint(len(real), ())] = True
        real = real[kept]
        noise = self.noise_level * real[:, FLUX_ERR]
        real[:, FLUX] += noise * torch.randn(len(real)).numpy()
        real[:, FLUX_ERR] = np.hypot(real[:, FLUX_ERR], noise)
        real[:, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        padded = np.zeros_like(lightcurve_data)
        padded[: len(real)] = real
        return padded
        ### END SOLUTION


# %% [markdown]
# ### 5.6 Damped random walk


# %% part="5.6" points=1
def damped_random_walk(t: np.ndarray, tau: float, sf: float, rng: Rng) -> np.ndarray:
    """Return the magnitudes of an active nucleus, relative to their mean."""
    ### BEGIN SOLUTION
    sigma = sf / np.sqrt(2)
    kept = np.exp(-np.diff(t) / tau)
    kicks = rng.normal(0, sigma * np.sqrt(1 - kept**2))
    walk = [rng.normal(0, sigma)]
    for memory, kick in zip(kept, kicks, strict=True):
        walk.append(memory * walk[-1] + kick)
    return np.array(walk)
    ### END SOLUTION


# %% [markdown]
# ### 5.7 A dataset


# %% part="5.7" points=1.5
def create_synthetic_transient_dataset(
    n_samples: int = 1000,
    class_proportions: Mapping[str, float] | None = None,
    seed: int = 42,
) -> tuple[list[TransientLightCurve], list[str]]:
    """Return invented light curves and their labels."""
    ### BEGIN SOLUTION
    proportions = class_proportions or SKY
    if unknown := sorted(set(proportions) - set(MODELS)):
        raise ValueError(f"unknown classes {unknown}; there are {sorted(MODELS)}")
    shares = n_samples * np.array(list(proportions.values())) / sum(proportions.values())
    counts = np.floor(shares).astype(int)
    short = np.argsort(counts - shares)[: n_samples - counts.sum()]
    counts[short] += 1
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(list(proportions), counts)).tolist()
    lightcurves = [
        simulate_transient(label, rng, f"synthetic{i:05d}")
        for i, label in enumerate(tqdm(labels, desc="light curves", delay=2))
    ]
    return lightcurves, labels
    ### END SOLUTION
