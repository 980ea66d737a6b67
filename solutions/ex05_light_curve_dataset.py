# %% [markdown]
# # Exercise 5: A dataset of light curves
#
# **Time:** 90 to 120 minutes, and about 40 more for the extensions.
#
# **You will learn** to
#
# - turn light curves of any length into *tensors* of one shape, and keep padding apart from data;
# - encode bands and labels so that a code means the same everywhere;
# - write a PyTorch `Dataset` and read it in batches with a `DataLoader`;
# - make new training data from old data, through changes that nature could have made;
# - invent a sky from physics: explosions, outbursts, a random walk, and a survey that watches them.
#
# You need to know classes, NumPy arrays and a little pandas, as in Exercises 1 to 4. You do not
# need to have used PyTorch before.

# %% [markdown]
# ## A machine that has never seen a supernova
#
# In Exercise 4 a person wrote rules, and they were right two times out of three. A neural network
# finds its own rules, and better ones, if it gets two things.
#
# The first is **numbers in arrays of one shape**. Light curves are anything but that. One has nine
# observations and the next has three hundred. The nights are irregular, the bands take turns, some
# measurements are missing, and some are ten times as precise as others.
#
# The second is **thousands of examples with labels**. There are thousands of supernovae with a
# spectrum, but the first phase of ZTF, two and a half years of it, found just thirty stars that
# were torn apart by a black hole (Hammerstein et al. 2023). So we help out, with new views of the
# objects we have and with invented ones that obey the same physics.
#
# This notebook is about both. What you write here feeds every network in the exercises to come.

# %% [markdown]
# ## How this notebook works
#
# Functions and methods marked `TODO` are yours to write: delete the line `raise
# NotImplementedError(...)` and put your code in its place. The docstring is the full specification.
# `check("5.1")` says what works and what does not, and `hint("5.1")`, in a new cell, helps if you
# are stuck. In a terminal, `grader check 5` checks the whole notebook at once.
#
# After every change run the class cell again before you run its checks, and recreate your objects:
# those made earlier still have the old methods.

# %%
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from sklearn.preprocessing import LabelEncoder
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import LightCurve, TransientLightCurve

Observation = dict[str, Any]  # one measurement: mjd [days], flux, flux_err, band

CLASSES = ["SNIa", "SNII", "CV", "AGN", "TDE"]
BANDS = ["g", "r", "i"]
TIME, FLUX, FLUX_ERR, FIRST_BAND = 0, 1, 2, 3  # columns of a row; from FIRST_BAND on, the bands

# %% [markdown]
# ## A sky of our own
#
# The next three cells are complete. You can use them without reading them, but they hold a good
# part of the astronomy of this workbook, in a few lines for each class.
#
# A flux of 1 is magnitude 25. All fluxes are *differences* from an older image of the same place,
# as in ZTF's alerts. First, what several classes share: the distance at which an object lies, the
# dust in front of it, and the light curve of an explosion. Most supernovae rise, stay bright for a
# while (some for a few days, some for months), and fade. Villar et al. (2019) put this into one
# formula of three pieces, which astronomers use to fit thousands of light curves.

# %%
ZEROPOINT = 25.0  # magnitude of a flux of 1
EXTINCTION = {"g": 3.3, "r": 2.3, "i": 1.7}  # A / E(B-V), Schlafly and Finkbeiner (2011)

Rng = np.random.Generator
Curves = dict[str, np.ndarray]  # true flux at each time, by band


def to_flux(magnitude: float | np.ndarray) -> np.ndarray:
    """Return the flux of a magnitude."""
    return 10 ** (0.4 * (ZEROPOINT - np.asarray(magnitude)))


def between(rng: Rng, low: float, middle: float, high: float) -> float:
    """Draw from low to high, half of all below middle, evenly in the logarithm on each side."""
    return float(np.exp(np.interp(rng.random(), [0, 0.5, 1], np.log([low, middle, high]))))


def draw_redshift(rng: Rng, farthest: float) -> float:
    """Draw a redshift: nearby space is evenly filled, so the number within z goes with z cubed."""
    return float(max(farthest * rng.random() ** (1 / 3), 0.003))


def distance_modulus(z: float) -> float:
    """Return m - M [mag] at redshift z, by Hubble's law to second order in z.

    H0 = 70 km/s/Mpc, q0 = -0.55; good to 1% out to z = 0.2.
    """
    megaparsecs = 299792.458 / 70 * z * (1 + 0.775 * z)  # luminosity distance
    return 5 * float(np.log10(megaparsecs)) + 25


def draw_dust(rng: Rng, mean: float) -> dict[str, float]:
    """Return the extinction in each band [mag]; E(B-V) has an exponential distribution."""
    reddening = rng.exponential(mean)
    return {band: factor * reddening for band, factor in EXTINCTION.items()}


def villar(day: np.ndarray, slope: float, plateau: float, rise: float, fall: float) -> np.ndarray:
    """Return the flux of an explosion on day 0 (Villar et al. 2019, ApJ 884, 83).

    It rises within a few times rise [days], loses slope of its flux per day on a plateau that lasts
    plateau [days], and then falls by a factor e every fall [days].
    """
    rising = 1 / (1 + np.exp(-np.clip(day / rise, -50, 50)))
    level = np.clip(1 - slope * np.minimum(day, plateau), 0, None)
    return rising * level * np.exp(-np.clip(day - plateau, 0, None) / fall)


def explosion(day: np.ndarray, *shape: float) -> np.ndarray:
    """Return the light curve of villar with a peak of 1."""
    return villar(day, *shape) / villar(np.arange(-40.0, 120.0), *shape).max()


# %% [markdown]
# Now the five classes. Each function gets times `t` in days, counted from near the explosion or an
# outburst, and returns the true flux in each band of an object that is different on every call.
#
# | class | model | numbers |
# |---|---|---|
# | SNIa | Villar's curve, a bump in r and i, a faint tail | peak near -19.3 mag |
# | SNII | Villar's curve with a plateau that reddens | 60 to 110 days; peak near -17 mag |
# | TDE | Gaussian rise, exponential or power-law decline | up in 5 to 27, down in 30 to 130 days |
# | | hot all the time | g - r from -0.6 to 0 mag |
# | CV | outbursts, fast up and slowly down | 2 to 6 mag, up in 2 days, every 10 to 500 days |
# | AGN | damped random walk in magnitudes | about 0.3 mag in about 250 days |
#
# The numbers come from samples of real objects. Slow type Ia supernovae are brighter, and once that
# is corrected for, they measure distances. The tail is the light of radioactive cobalt. The TDEs
# are like those of van Velzen et al. (2021), with a decline by a factor e in the time given. Rare
# outbursts are large ones (the relation of Kukarkin and Parenago, in Warner 1995). The AGN follow
# MacLeod et al. (2010); their walk is yours to write, in part 5.6. And what happens far away seems
# to take longer by a factor $1 + z$, since the universe expands while the light is on its way.

# %%
SKY = {"SNIa": 0.58, "SNII": 0.18, "CV": 0.10, "AGN": 0.11, "TDE": 0.03}  # how often each is seen


def type_ia(t: np.ndarray, rng: Rng) -> Curves:
    """Supernova of type Ia: day 0 is close to its peak."""
    z, stretch = draw_redshift(rng, 0.10), rng.normal(1.0, 0.1)
    magnitude = rng.normal(-19.3, 0.15) - 1.5 * (stretch - 1) + distance_modulus(z)
    day = t / (1 + z) / stretch
    rise = 3.0 * rng.lognormal(0, 0.1)
    tail = villar(day, 0, 0, rise, 70)
    bump = np.exp(-(((day - 25) / 9) ** 2))
    shapes = {
        "g": 0.92 * explosion(day + 9.5, 0.02, 11, rise, 12) + 0.09 * tail,
        "r": 0.92 * explosion(day + 9, 0.02, 11, rise, 17) + 0.06 * tail + 0.15 * bump,
        "i": 0.65 * explosion(day + 12, 0.02, 12, rise, 20) + 0.06 * tail + 0.18 * bump,
    }
    dust = draw_dust(rng, 0.1)
    return {band: to_flux(magnitude + dust[band]) * shapes[band] for band in BANDS}


def type_ii(t: np.ndarray, rng: Rng) -> Curves:
    """Supernova of type II: it explodes on day 0."""
    z = draw_redshift(rng, 0.04)
    magnitude = rng.normal(-17.0, 0.9) + distance_modulus(z)
    day = t / (1 + z)
    rise, plateau, fall = rng.uniform(1.5, 4), rng.uniform(60, 110), rng.uniform(8, 25)
    red_end = rng.uniform(0.3, 1.0)  # flux at the end of the plateau, relative to its start
    blue_end = red_end * rng.uniform(0.2, 0.5)
    tail = rng.uniform(0.1, 0.25) * villar(day, 0, 0, rise, 111)
    shapes = {
        "g": explosion(day, (1 - blue_end) / plateau, 0.9 * plateau, 0.8 * rise, fall) + 0.5 * tail,
        "r": 0.85 * explosion(day, (1 - red_end) / plateau, plateau, rise, fall) + tail,
        "i": 0.75 * explosion(day, 0.8 * (1 - red_end) / plateau, plateau, rise, fall) + tail,
    }
    dust = draw_dust(rng, 0.15)
    return {band: to_flux(magnitude + dust[band]) * shapes[band] for band in BANDS}


def tidal_disruption(t: np.ndarray, rng: Rng) -> Curves:
    """Tidal disruption event, with its peak on day 0."""
    z = draw_redshift(rng, 0.12)
    magnitude = rng.normal(-19.2, 0.9) + distance_modulus(z)
    day = t / (1 + z)
    rise, decay = between(rng, 5, 9.4, 27), between(rng, 30, 62, 130)
    after = np.clip(day, 0, None) / decay
    power_law = (1 + np.expm1(0.6) * after) ** (-5 / 3)  # it too has lost a factor e at after = 1
    decline = np.exp(-after) if rng.random() < 0.5 else power_law
    shape = np.where(day < 0, np.exp(-((day / rise) ** 2) / 2), decline)
    colour = np.interp(rng.random(), [0, 0.5, 1], [-0.6, -0.25, 0.0])  # g - r
    offset = {"g": colour, "r": 0.0, "i": -0.7 * colour}
    dust = draw_dust(rng, 0.03)
    return {band: to_flux(magnitude + offset[band] + dust[band]) * shape for band in BANDS}


def outbursts(t: np.ndarray, rng: Rng) -> np.ndarray:
    """Return by how much a cataclysmic variable is brighter than usual [mag]."""
    recurrence = 10 ** rng.uniform(1.1, 2.6)  # [days]
    rise, fading = rng.uniform(0.3, 2.0), rng.uniform(0.33, 0.5)  # [days], [mag/day]
    brightening = np.zeros_like(t)
    start = -recurrence * np.ceil(1 - t[0] / recurrence)
    while start < t[-1]:
        amplitude = np.clip(rng.normal(0.7 + 1.9 * np.log10(recurrence), 0.4), 2, 6)
        length = rng.uniform(8, 18) if rng.random() < 0.2 else rng.uniform(0.5, 5)
        after = np.clip(t - start - rise, 0, None)
        level = amplitude * np.clip((t - start) / rise, 0, 1) - 0.05 * after
        level -= fading * np.clip(after - min(length, 0.3 * recurrence), 0, None)
        brightening = np.maximum(brightening, level)
        start += recurrence * rng.uniform(0.8, 1.2)
    return brightening


def cataclysmic_variable(t: np.ndarray, rng: Rng) -> Curves:
    """Cataclysmic variable: the flux that outbursts add to that of a faint star."""
    excess = 10 ** (0.4 * outbursts(t, rng)) - 1
    faint, dust = rng.uniform(19, 23), draw_dust(rng, 0.05)
    offset = {"g": rng.normal(0, 0.12), "r": 0.0, "i": rng.normal(0, 0.1)}
    return {band: to_flux(faint + offset[band] + dust[band]) * excess for band in BANDS}


def active_nucleus(t: np.ndarray, rng: Rng) -> Curves:
    """Active galactic nucleus, compared with an image taken 900 days before."""
    tau, sf = between(rng, 100, 250, 600), between(rng, 0.15, 0.31, 0.6)
    walk = damped_random_walk(np.concatenate([[t[0] - 900], t]), tau, sf, rng)
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

# %% [markdown]
# Finally, the survey. ZTF does not look at the same place every night: the median gap between two
# visits is 2 nights, and one gap in twenty is 11 or longer. For about five months of the year the
# Sun is too near. The sky glows, so that an object fainter than about magnitude 20.6 in g and 20.4
# in r does not stand out by five times the noise: this is the *5-sigma depth*, and a fifth of its
# flux is the noise of the sky. Brighter objects have larger errors; the formula was read off real
# ones.
#
# And a survey knows nothing of what it never detected. `simulate_transient` invents objects until
# one of them is detected five times. That may be a nearby object, or a distant one that was caught
# at its best.

# %%
DEPTH = {"g": 20.6, "r": 20.4, "i": 20.1}  # 5-sigma depth of a middling night [mag]


def observing_nights(first: float, last: float, rng: Rng) -> np.ndarray:
    """Return times of observation between two times [days], at most one a night."""
    gaps = np.maximum(1, np.round(rng.lognormal(np.log(1.75), 1.13, int(last - first) + 2)))
    nights = first + np.cumsum(gaps)
    dark = (nights + rng.uniform(0, 365)) % 365 < 220
    nights = nights[dark & (nights < last - 1)]
    return nights + rng.uniform(0.1, 0.4, len(nights))


def observe(curves: Curves, t: np.ndarray, rng: Rng) -> list[Observation]:
    """Return what a survey measures of the true flux at times t, not in all bands each time."""
    red, also = rng.random(len(t)) < 0.85, rng.random((2, len(t)))
    visits = {"g": (also[0] < 0.7) | ~red, "r": red, "i": also[1] < 0.12}
    data: list[Observation] = []
    for band, seen in visits.items():
        true = curves[band][seen]
        sky = to_flux(rng.normal(DEPTH[band], 0.55, len(true))) / 5
        flux_err = np.sqrt(sky**2 + 2 * np.abs(true) + (0.02 * true) ** 2)
        rows = np.column_stack([t[seen], rng.normal(true, flux_err), flux_err]).tolist()
        data += [{"mjd": x, "flux": y, "flux_err": e, "band": band} for x, y, e in rows]
    return data


def simulate_transient(label: str, rng: Rng, object_id: str = "invented") -> TransientLightCurve:
    """Return the light curve of an invented object of a class, with at least five detections.

    Its peak_mjd is the time of its greatest true brightness in r while it was watched.
    """
    detections = 0
    while detections < 5:
        first, last = -rng.uniform(5, 80), 10 ** rng.uniform(1.3, 2.7)
        nights = observing_nights(first, last, rng)
        t = np.union1d(nights, np.arange(first, last, 0.5))
        curves = MODELS[label](t, rng)
        seen = np.isin(t, nights)
        data = observe({band: curves[band][seen] for band in BANDS}, nights, rng)
        detections = sum(abs(each["flux"]) > 5 * each["flux_err"] for each in data)
    day_zero = 58200 + rng.uniform(0, 2000)
    for each in data:
        each["mjd"] += day_zero
    peak_mjd = float(day_zero + t[curves["r"].argmax()])
    return TransientLightCurve(data, object_id, transient_type=label, peak_mjd=peak_mjd)


# %% [markdown]
# The next cell is complete as well: it plots light curves.

# %%
BAND_STYLES = {"g": ("#1b9e77", "o"), "r": ("#d1352b", "s"), "i": ("#7a4a12", "^")}


def plot_points(
    ax: Axes, x: np.ndarray, y: np.ndarray, y_err: np.ndarray, bands: np.ndarray, alpha: float = 1
) -> None:
    """Plot points with their errors, each band in its own colour."""
    for band, (colour, marker) in BAND_STYLES.items():
        here = bands == band
        ax.errorbar(
            x[here],
            y[here],
            yerr=y_err[here],
            fmt=marker,
            color=colour,
            alpha=alpha,
            markersize=3.5,
            elinewidth=1,
            label=band,
        )


def days_from_peak(lightcurve: TransientLightCurve) -> np.ndarray:
    """Return the times of the observations, counted from the peak [days]."""
    return lightcurve.data["mjd"].to_numpy() - (lightcurve.peak_mjd or 0)


def plot_flux(ax: Axes, lightcurve: TransientLightCurve) -> None:
    """Plot all fluxes of a light curve."""
    flux, flux_err, bands = lightcurve.data[["flux", "flux_err", "band"]].to_numpy().T
    plot_points(ax, days_from_peak(lightcurve), flux, flux_err, bands)
    ax.axhline(0, color="0.6", linewidth=1)
    ax.set_xlabel("time from peak [days]")


def plot_magnitudes(ax: Axes, lightcurve: TransientLightCurve) -> None:
    """Plot the detections of a light curve in magnitudes, brightest at the top."""
    seen = (lightcurve.data["flux"] > 5 * lightcurve.data["flux_err"]).to_numpy()
    flux, flux_err = lightcurve.data.loc[seen, ["flux", "flux_err"]].to_numpy().T
    magnitude = ZEROPOINT - 2.5 * np.log10(flux)
    bands = lightcurve.data.loc[seen, "band"].to_numpy()
    plot_points(ax, days_from_peak(lightcurve)[seen], magnitude, 1.0857 * flux_err / flux, bands)
    ax.invert_yaxis()
    ax.set_xlabel("time from peak [days]")


def plot_rows(ax: Axes, rows: np.ndarray, alpha: float = 1) -> None:
    """Plot the rows of a LightCurveDataset that are not padding."""
    rows = rows[rows[:, FIRST_BAND:].any(axis=1)]
    bands = np.array(BANDS)[rows[:, FIRST_BAND:].argmax(axis=1)]
    plot_points(ax, rows[:, TIME], rows[:, FLUX], rows[:, FLUX_ERR], bands, alpha)
    ax.set_xlabel("time [days]")


# %% [markdown]
# Four classes work already. The fifth needs the random walk that you will write.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(5)
    first_labels = ["SNIa", "SNII", "CV", "TDE"] * 6
    first_lightcurves = [
        simulate_transient(label, rng, f"{label} {number}")
        for number, label in enumerate(first_labels)
    ]

    fig, axes = plt.subplots(2, 4, figsize=(14, 6), sharex="col", layout="constrained")
    for column, lightcurve in zip(axes.T, first_lightcurves[4:8], strict=True):
        plot_flux(column[0], lightcurve)
        plot_magnitudes(column[1], lightcurve)
        column[0].set_title(lightcurve.transient_type)
        column[0].set_xlabel("")
    axes[0, 0].set_ylabel("flux [zero point 25.0]")
    axes[1, 0].set_ylabel("magnitude of detections [mag]")
    axes[0, 3].legend(title="band")
    plt.show()

# %% [markdown]
# Above is the flux, with everything that was measured; below are the detections in magnitudes. A
# network should see the flux. A faint measurement is not "no measurement": that nothing was visible
# before the explosion tells us a lot.
#
# ## From a light curve to a tensor
#
# A **tensor** is PyTorch's array. It works much like NumPy's, can be used on a graphics card, and
# keeps track of derivatives, which is how networks learn. The usual type of its numbers is
# `float32`, with seven digits or so, and for labels `int64`.
#
# A **`Dataset`** is any object that knows its length and gives an example by its number. A
# **`DataLoader`** takes examples from it, in random order if asked to, and stacks them into a
# batch:

# %%
if __name__ == "__main__":

    class Parabolas(Dataset):
        """Points on parabolas, labelled by whether they open upwards."""

        def __len__(self) -> int:
            return 7

        def __getitem__(self, idx: int) -> tuple[Tensor, Tensor]:
            x = torch.linspace(-1, 1, 5)
            return torch.stack([x, (idx - 3) * x**2], dim=1), torch.tensor(idx > 3)

    for batch, batch_labels in DataLoader(Parabolas(), batch_size=3):
        print(batch.shape, batch_labels)

# %% [markdown]
# Seven parabolas make batches of 3, 3 and 1. Only arrays of the same shape can be stacked, and so
# every light curve becomes an array of `max_sequence_length` rows, one for each observation:
#
# | column | what it is | unit |
# |---|---|---|
# | `TIME` (0) | days since the first observation | days |
# | `FLUX` (1) | flux, divided by the largest absolute flux of the light curve | |
# | `FLUX_ERR` (2) | its error, divided by the same number | |
# | `FIRST_BAND` (3) and on | one column for each of `BANDS`: 1 in the band observed, else 0 | |
#
# The class has four parts, from the smallest to the whole.
#
# ### 5.1 A column for each band
#
# A network computes with whatever it gets. If g, r and i were 0, 1 and 2, it would take i to be
# twice r, and r for the mean of g and i. With *one-hot* codes no band is more than another. A band
# must have the same column in every light curve, even in one that was observed in r alone.
#
# ### 5.2 Padding, or a window
#
# A light curve that is too short gets rows of zeros *at the end*. They are not observations, and
# every network in this workbook has to know which rows are padding. It can: a real row has a band,
# and padding has none. Nothing else needs to be stored.
#
# Of a light curve that is too long we keep a window. The first rows would be the worst choice: for
# an object that was watched for months before it exploded, they show nothing at all.
#
# ### 5.3 From a table to rows
#
# Four things can easily go wrong here.
#
# - *Time.* Between 32768 and 65536 a `float32` moves in steps of 1/256, so an MJD would be rounded
#   to six minutes, and no network likes inputs near 60000. Subtract first, in `float64`, as in the
#   table, and convert the difference. It also removes the date, which carries no information.
# - *Flux.* An object twice as far away is four times fainter. Divided by its largest absolute
#   value, every light curve fills the same range. An AGN may be fainter than its reference image
#   all the time, and then its largest *flux* would be next to zero, or negative.
# - *Errors.* They are divided by the same number, or else they would no longer say how many sigma a
#   flux is worth.
# - *NaN.* One NaN in a row makes the whole network's output NaN. Leave out what was not measured.
#
# ### 5.4 The dataset
#
# Networks output one number for each class, so labels become numbers: 0 for the first class in the
# order of `sorted`, and so on. (Capitals come first there: SNII comes before SNIa.) scikit-learn's
# `LabelEncoder` does just that. Do not number the classes as they come: then AGN might be 0 in the
# training data and 3 in the test data.
#
# For the same reason there is the argument `classes`. If the test data happen to lack a TDE, the
# other classes must not move up.
#
# A `transform` is a function that changes the rows each time they are asked for. If it is random,
# the network never sees the same light curve twice.
#
# `__init__` and `__getitem__` are yours to write. `__len__`, which counts `self.labels`, and
# `n_features` are complete.


# %% part=["5.1", "5.2", "5.3", "5.4"] points=[1, 1.5, 1.5, 2]
class LightCurveDataset(Dataset[tuple[Tensor, Tensor]]):
    """Light curves as tensors of one shape, with their labels.

    Attributes:
        classes: the names of the classes, a sorted list. A label's number is its place here.
        labels: the number of each light curve's class, a tensor of int64.
        max_sequence_length: the number of rows that each light curve gets.
        transform: a function that changes the rows each time they are asked for, or None.
    """

    def _encode_bands(self, bands: Sequence[str]) -> np.ndarray:
        """Return a one-hot code for each band.

        Args:
            bands: names of bands, n of them, possibly none.

        Returns:
            An array of float32 and of shape (n, len(BANDS)). In each row there is a 1 in the column
            that the band has in BANDS, and 0 elsewhere.

        Raises:
            ValueError: If a band is not in BANDS, exactly as it is written there. The message names
                the band.

        Example:
            >>> dataset._encode_bands(["r", "g", "r"]).tolist()
            [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
        """
        ### BEGIN SOLUTION 5.1
        codes = np.zeros((len(bands), len(BANDS)), dtype=np.float32)
        for row, band in enumerate(bands):
            if band not in BANDS:
                raise ValueError(f"the band {band!r} is not one of {BANDS}")
            codes[row, BANDS.index(band)] = 1
        return codes
        ### END SOLUTION

    def _pad_sequence(self, sequence: np.ndarray) -> np.ndarray:
        """Return a sequence with exactly self.max_sequence_length rows.

        Args:
            sequence: an array of shape (n, number of columns), possibly with n = 0, and without
                NaN. It is not changed; the result may be a view of it or a copy.

        Returns:
            An array of shape (self.max_sequence_length, number of columns) and of the same type.
            A sequence that is too short is followed by rows of zeros.
            From one that is too long, as many consecutive rows are kept as there is room for.
            Before the brightest row (the largest entry in the column FLUX; the first, if there are
            several) there are self.max_sequence_length // 2 rows, unless the sequence begins or
            ends too soon for that: then the window begins or ends with the sequence.

        Example:
            With max_sequence_length = 4 and a sequence of 10 rows:

            If row 6 is the brightest, rows 4 to 7 are kept. If row 1 is, rows 0 to 3 are, and if
            row 9 is, rows 6 to 9.
        """
        ### BEGIN SOLUTION 5.2
        longest = self.max_sequence_length
        if len(sequence) <= longest:
            return np.pad(sequence, ((0, longest - len(sequence)), (0, 0)))
        start = int(sequence[:, FLUX].argmax()) - longest // 2
        start = min(max(start, 0), len(sequence) - longest)
        return sequence[start : start + longest].copy()
        ### END SOLUTION

    def _rows_of(self, lightcurve: LightCurve) -> np.ndarray:
        """Return the rows of a light curve, one for each observation.

        Observations whose flux or flux_err is not finite (NaN or infinite) are left out.

        Args:
            lightcurve: a light curve with n observations besides these, possibly none. The mjd is
                finite in all of them. It is not changed.

        Returns:
            An array of float32 and of shape (n, FIRST_BAND + len(BANDS)), in order of time, as
            lightcurve.data is already, with the columns
            TIME: days since the first of these observations, subtracted before the conversion to
                float32;
            FLUX and FLUX_ERR: flux and flux_err, both divided by the largest absolute flux of all
                these observations, whatever their band (or by 1, if all fluxes are 0);
            FIRST_BAND and on: the codes that self._encode_bands gives.

        Raises:
            ValueError: If a band is not in BANDS, as in self._encode_bands. Whether the band of an
                observation that is left out may be unknown is up to you.

        Example, with observations in g (flux 50 +- 5 on MJD 60000.25) and in r (flux -100 +- 10 on
        MJD 60002.25):
            [[0.0, 0.5, 0.05, 1.0, 0.0, 0.0], [2.0, -1.0, 0.1, 0.0, 1.0, 0.0]]
        """
        ### BEGIN SOLUTION 5.3
        table = lightcurve.data
        table = table[np.isfinite(table["flux"]) & np.isfinite(table["flux_err"])]
        mjd, flux, flux_err = table[["mjd", "flux", "flux_err"]].to_numpy().T
        largest = np.abs(flux).max(initial=0) or 1.0
        numbers = np.stack([mjd - mjd[:1], flux / largest, flux_err / largest], axis=1)
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
        ### END SOLUTION

    def __init__(
        self,
        lightcurves: Sequence[LightCurve],
        labels: Sequence[str],
        max_sequence_length: int = 100,
        transform: Callable[[np.ndarray], np.ndarray] | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        """Take light curves and the labels that belong to them.

        Sets self.classes, self.labels, self.max_sequence_length and self.transform, which are
        described at the top of the class, and whatever else you need.

        Args:
            lightcurves: light curves, at least one. (What happens with none is up to you.) They are
                not changed.
            labels: the name of the class of each.
            max_sequence_length: the number of rows that each light curve gets.
            transform: a function from an array of float32 and of shape (max_sequence_length,
                n_features) to another of that type and shape, or None.
            classes: the names of all classes, each once and in any order; labels may lack some of
                them. It is not changed. If None, the classes are those in labels.

        Raises:
            ValueError: If there are not as many labels as light curves, or if a label is not in
                classes; then the message names it. The errors of self._rows_of are raised here or
                in __getitem__, as you like.

        Example:
            >>> dataset = LightCurveDataset(lightcurves, ["TDE", "SNIa", "SNII", "TDE"])
            >>> dataset.classes, dataset.labels
            (['SNII', 'SNIa', 'TDE'], tensor([2, 1, 0, 2]))
        """
        ### BEGIN SOLUTION 5.4
        if len(lightcurves) != len(labels):
            raise ValueError(f"there are {len(lightcurves)} light curves, but {len(labels)} labels")
        encoder = LabelEncoder().fit(list(labels if classes is None else classes))
        self.classes: list[str] = encoder.classes_.tolist()
        if unknown := set(labels) - set(self.classes):
            raise ValueError(f"labels {sorted(unknown)} are not among the classes {self.classes}")
        self.labels = torch.as_tensor(encoder.transform(list(labels)), dtype=torch.int64)
        self.max_sequence_length = max_sequence_length
        self.transform = transform
        self.rows = [self._pad_sequence(self._rows_of(each)) for each in lightcurves]
        ### END SOLUTION

    def __len__(self) -> int:
        """Return the number of light curves."""
        ### GIVEN 5.4
        return len(self.labels)

    @property
    def n_features(self) -> int:
        """Return the number of columns of a row: time, flux, error, and one for each band."""
        ### GIVEN 5.4
        return FIRST_BAND + len(BANDS)

    def __getitem__(self, idx: int) -> tuple[Tensor, Tensor]:
        """Return features and label of the light curve number idx.

        Args:
            idx: a number from 0 to len(self) - 1. What a negative one does is up to you.

        Returns:
            features: a tensor of float32 and of shape (max_sequence_length, n_features): the rows
                of the light curve (self._rows_of), padded or cut (self._pad_sequence). If there is
                a transform, it is called anew each time: it gets the rows, an array of float32 that
                it may change as it likes, and what it returns are the features.
            label: the class number, a tensor of int64 without dimensions. It need not be a copy.
            Whatever is done to features afterwards, the dataset's own rows stay as they are.

        Raises:
            IndexError: If idx is len(self) or more.

        Example:
            For a dataset with max_sequence_length = 100:

            >>> features, label = dataset[0]
            >>> features.shape, label
            (torch.Size([100, 6]), tensor(2))
        """
        ### BEGIN SOLUTION 5.4
        rows = self.rows[idx].copy()
        if self.transform is not None:
            rows = self.transform(rows)
        return torch.as_tensor(rows, dtype=torch.float32), self.labels[idx]
        ### END SOLUTION


# %% [markdown]
# Below, each of the four light curves from above is shown as the network gets it: 60 rows from top
# to bottom. Where the columns of the bands are all white, there is padding.

# %%
if __name__ == "__main__":
    dataset = LightCurveDataset(first_lightcurves, first_labels, max_sequence_length=60)
    print(f"{len(dataset)} light curves of the classes {dataset.classes}")

    fig, axes = plt.subplots(1, 4, figsize=(11, 5), sharey=True, layout="constrained")
    for ax, number in zip(axes, range(4, 8), strict=True):
        features, class_number = dataset[number]
        image = features.numpy().copy()
        image[:, TIME] /= max(image[:, TIME].max(), 1)  # for the picture alone
        picture = ax.imshow(image, aspect="auto", cmap="RdBu", vmin=-1.2, vmax=1.2)
        ax.set_xticks(range(dataset.n_features), ["time", "flux", "error", *BANDS], rotation=90)
        ax.set_title(f"{dataset.classes[class_number]} = class {class_number}")
    axes[0].set_ylabel("row")
    fig.colorbar(picture, ax=axes, label="value (time: relative to the last)")
    plt.show()

# %% [markdown]
# Now a `DataLoader` can do its work. With `shuffle=True` the order differs in each *epoch*, as one
# pass through all the data is called.

# %%
if __name__ == "__main__":
    torch.manual_seed(1)
    for epoch in range(2):
        for features, batch_labels in DataLoader(dataset, batch_size=10, shuffle=True):
            print(f"epoch {epoch}: {tuple(features.shape)}, labels {batch_labels.tolist()}")

# %% [markdown]
# ## More light curves from the same object
#
# Would you recognise a supernova if it were a little farther away? If clouds had hidden it for two
# nights, if it had exploded three days later? A network that has seen a hundred TDEs may remember
# each by its noise. **Augmentation** prevents that: every time it sees the object, something is
# different, but only in ways that do not change what the object is.
#
# The changes should be ones that nature makes. Noise of the same size everywhere would swamp the
# faint points and do nothing to the bright ones; real noise scales with the error bar. And a
# measurement with more noise is less certain: independent errors add in quadrature, so its new
# error is $\sqrt{\sigma^2 + \sigma_\mathrm{added}^2}$.
#
# ### 5.5 Noise, clouds and another night
#
# Where do the random numbers come from? A `DataLoader` can have several *workers*: processes that
# each get a copy of the dataset and of its transform. If the transform kept its own generator,
# `np.random.default_rng(...)`, every worker would have a copy of it, and all of them would draw
# *the same numbers*. Nothing fails, so this mistake has gone unnoticed in many projects. PyTorch
# gives each worker a different seed for its global generator, the one behind `torch.rand` and
# `torch.randn`, and `torch.manual_seed` makes it repeat. So that is the one to use.
#
# Useful: `torch.rand(n).numpy()` gives `n` numbers from 0 to 1, and those of
# `torch.randn(n).numpy()` have a mean of 0 and a standard deviation of 1.
# `rows[:, FIRST_BAND:].any(axis=1)` is true for the rows that are not padding.


# %% part="5.5" points=1.5
class LightCurveAugmentation:
    """Random changes of a light curve, for use as the transform of a LightCurveDataset.

    Attributes:
        noise_level: standard deviation of the added noise, relative to the error of each point.
        time_shift_max: the largest shift in time, either way [days].
        drop_probability: the probability that an observation is left out, from 0 to 1.
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
        """Return a randomly changed copy of a light curve.

        Missing data: each observation is left out with the probability drop_probability, whatever
        happens to the others. Only if all of them would be left out, as is always the case with 1,
        is one kept; which one is up to you.
        Noise: to each flux that is kept, a normally distributed number is added whose standard
        deviation is noise_level times its flux_err. Its flux_err grows as errors do, to
        flux_err * sqrt(1 + noise_level**2).
        Time shift: one number, evenly distributed from -time_shift_max to time_shift_max, is added
        to the time of all observations.

        Args:
            lightcurve_data: an array of float32 and of shape (seq_len, n_features), as a
                LightCurveDataset makes it. Rows without a band are padding, and come last. It is
                not changed.

        Returns:
            A new array of the same shape and type: the observations that are kept, in their order,
            then padding, all zeros.

        All random numbers come from PyTorch's global generator (torch.rand, torch.randn, ...): they
        repeat after the same torch.manual_seed, and differ otherwise.

        Example:
            With a light curve of two observations and padding:

            >>> augment = LightCurveAugmentation(noise_level=0.0, drop_probability=0.0)
            >>> augment(rows)[:, TIME]  # before: 0, 2, 0, 0
            array([3.1, 5.1, 0. , 0. ], dtype=float32)
        """
        ### BEGIN SOLUTION
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)]
        kept = torch.rand(len(real)).numpy() >= self.drop_probability
        if len(real) and not kept.any():
            kept[torch.randint(len(real), ())] = True
        real = real[kept]  # a copy
        noise = self.noise_level * real[:, FLUX_ERR]
        real[:, FLUX] += noise * torch.randn(len(real)).numpy()
        real[:, FLUX_ERR] = np.hypot(real[:, FLUX_ERR], noise)
        real[:, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        augmented = np.zeros_like(lightcurve_data)
        augmented[: len(real)] = real
        return augmented
        ### END SOLUTION


# %% [markdown]
# On the left is a supernova as it was observed, on the right are six others made from it. The added
# noise is as large as the error bars here, which is a lot. The default, 0.01, is hardly visible.

# %%
if __name__ == "__main__":
    torch.manual_seed(2)
    augment = LightCurveAugmentation(noise_level=1.0, time_shift_max=5.0, drop_probability=0.2)
    rows = dataset[4][0].numpy()

    fig, axes = plt.subplots(
        1, 2, figsize=(12, 4.2), sharex=True, sharey=True, layout="constrained"
    )
    plot_rows(axes[0], rows)
    for _ in range(6):
        plot_rows(axes[1], augment(rows), alpha=0.5)
    axes[0].set_title("as observed")
    axes[1].set_title("six times augmented")
    axes[0].set_ylabel("flux / peak")
    axes[0].legend(title="band")
    plt.show()

# %% [markdown]
# ## The rest of the sky
#
# ### 5.6 A damped random walk
#
# A quasar's light wanders. What makes it brighter tonight is forgotten after some months, when it
# is back near its mean, only to wander off again. A **damped random walk** describes that well
# (Kelly et al. 2009), and two numbers are enough for it: the time $\tau$ in which it forgets, and
# SF, the typical change of magnitude between two times that lie far apart. From one time to the
# next, a step of $\Delta t$ days, the magnitude $m$ (relative to the mean over all time) becomes
#
# $$ m_{i+1} = m_i\, e^{-\Delta t/\tau} + \sigma \sqrt{1 - e^{-2\Delta t/\tau}}\;\xi_i,
#    \qquad \sigma = \frac{\mathrm{SF}}{\sqrt{2}}, $$
#
# where the $\xi_i$ are independent, *normally* distributed numbers with a standard deviation of 1.
# The first term forgets. The second one kicks, just strongly enough to make up for it, so that the
# spread is $\sigma$ at all times, also at the first: $m_0 = \sigma\,\xi_0$. Two magnitudes far
# apart are independent, and their difference has a spread of $\sqrt{2}\,\sigma = \mathrm{SF}$. For
# a short step both terms do next to nothing, and for $\Delta t = 0$ nothing at all.
#
# The formula is exact for steps of any length, as irregular nights demand. Physicists call it the
# Ornstein-Uhlenbeck process.


# %% part="5.6" points=1
def damped_random_walk(t: np.ndarray, tau: float, sf: float, rng: Rng) -> np.ndarray:
    """Return a damped random walk: magnitudes relative to the mean of the process [mag].

    Kelly et al. (2009), ApJ 698, 895; MacLeod et al. (2010), ApJ 721, 1014.

    Args:
        t: times [days], at least one, in ascending order and with steps of any length, 0 and
            thousands of times tau included. If they are whole numbers, the array may be one of
            int64.
        tau: the time in which the walk forgets [days].
        sf: the standard deviation of the difference of two magnitudes that lie far apart [mag].
        rng: the generator for all random numbers.

    Returns:
        An array of floats, with the shape of t. Each magnitude is normally distributed with mean
        0 and standard deviation sf / sqrt(2), and depends on the one before it by the formula
        above. The mean of a single walk is not 0.

    Example, where the first two times are the same and the third is far off (your numbers may
    differ, as they depend on the order in which you draw):
        >>> damped_random_walk(np.array([0.0, 0.0, 1e6]), 250.0, 0.3, np.random.default_rng(2))
        array([ 0.04010428,  0.04010428, -0.08762401])
    """
    ### BEGIN SOLUTION
    sigma = sf / np.sqrt(2)
    memory = np.exp(-np.diff(t) / tau)
    spread = sigma * np.sqrt(1 - memory**2)
    walk = [rng.normal(0, sigma)]
    for kept, kick in zip(memory, rng.normal(0, spread), strict=True):
        walk.append(kept * walk[-1] + kick)
    return np.array(walk)
    ### END SOLUTION


# %% [markdown]
# How large is the change after a given number of days? That is the **structure function**, measured
# below on 200 walks. It should follow the grey curve, $\mathrm{SF}\sqrt{1 - e^{-\Delta t/\tau}}$.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(6)
    days = np.arange(0.0, 2000.0, 5.0)
    walks = np.array([damped_random_walk(days, tau=250, sf=0.3, rng=rng) for _ in range(200)])
    lags = np.unique(np.geomspace(1, 300, 25).astype(int))
    changes = [np.std(walks[:, lag:] - walks[:, :-lag]) for lag in lags]

    fig, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    for walk, colour in zip(walks[:3], ["#0072b2", "#d55e00", "#009e73"], strict=True):
        axes[0].plot(days, walk, color=colour, linewidth=1)
    axes[0].invert_yaxis()
    axes[0].set_xlabel("time [days]")
    axes[0].set_ylabel("magnitude relative to the mean [mag]")
    axes[0].set_title("three quasars")
    axes[1].plot(5 * lags, 0.3 * np.sqrt(1 - np.exp(-5 * lags / 250)), color="0.6", linewidth=4)
    axes[1].plot(5 * lags, changes, "o", color="#0072b2")
    axes[1].set_xscale("log")
    axes[1].set_xlabel("days between two observations")
    axes[1].set_ylabel("typical change [mag]")
    axes[1].set_title("structure function")
    plt.show()

# %% [markdown]
# ### 5.7 A sky in any proportions
#
# Now all models are there, and a dataset is a matter of counting. How many of each class? By
# default about as many as a survey sees, `SKY`: twenty type Ia supernovae for each TDE. This
# imbalance is the subject of Exercise 8. To train on equal shares, say so:
# `class_proportions={"SNIa": 1, "TDE": 1}`.
#
# Shares are rarely whole numbers. If each is rounded separately, the sum may be 999. A good way is
# to round all of them down, and then to give one more to each of the classes that lost most, until
# the total is right. And do not *draw* the classes: with 3% TDEs among 100 objects you would get
# none at all one time in twenty.
#
# Light curves and labels belong together: shuffle the labels first, then make a light curve for
# each. Use one generator for everything. If each object got a new `default_rng(seed)`, all objects
# of a class would be the same.
#
# Useful: `np.repeat(["a", "b"], [2, 1])` is `["a", "a", "b"]`, `rng.permutation(...)` shuffles a
# copy, and `array.tolist()` makes a list of Python's own types. `tqdm(labels, delay=2)` goes
# through `labels` as a loop does, and shows how far it has come if that takes more than two
# seconds.


# %% part="5.7" points=1.5
def create_synthetic_transient_dataset(
    n_samples: int = 1000,
    class_proportions: Mapping[str, float] | None = None,
    seed: int = 42,
) -> tuple[list[TransientLightCurve], list[str]]:
    """Invent light curves of several classes, and return them with their labels.

    Each is made by simulate_transient(label, rng, object_id), where rng is one and the same
    np.random.default_rng(seed) for all, and each has a different object_id. What else you draw
    from that generator, and when, is up to you.

    Args:
        n_samples: how many light curves, possibly 0.
        class_proportions: how common each class is, as a dictionary of numbers, none negative and
            not all 0. Only the ratios count: the values need not add up to 1. If None, SKY. It is
            not changed.
        seed: the same seed gives the same dataset, and another seed a different one.

    Returns:
        The light curves, and the label of each: two lists of n_samples items. (A label may be of
        np.str_, which is a str as well.) A class has n_samples * proportion / sum of proportions
        objects, rounded up or down such that the total is n_samples; a whole number stays as it
        is, and which others are rounded up is up to you. The classes are mixed, in random order.

    Raises:
        ValueError: If a class is not in MODELS, even if its proportion is 0. The message names it.

    Example:
        >>> lightcurves, labels = create_synthetic_transient_dataset(5, {"CV": 3, "TDE": 2})
        >>> sorted(labels)
        ['CV', 'CV', 'CV', 'TDE', 'TDE']
    """
    ### BEGIN SOLUTION
    proportions = SKY if class_proportions is None else class_proportions
    if unknown := set(proportions) - set(MODELS):
        raise ValueError(f"no model for {sorted(unknown)}; there are models for {list(MODELS)}")
    shares = n_samples * np.array(list(proportions.values())) / sum(proportions.values())
    counts = np.floor(shares).astype(int)
    lost_most = np.argsort(counts - shares)
    counts[lost_most[: n_samples - counts.sum()]] += 1
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(list(proportions), counts)).tolist()
    lightcurves = [
        simulate_transient(label, rng, f"invented{number:05d}")
        for number, label in enumerate(tqdm(labels, desc="light curves", delay=2))
    ]
    return lightcurves, labels
    ### END SOLUTION


# %% [markdown]
# A thousand objects, in a few seconds.

# %%
if __name__ == "__main__":
    lightcurves, labels = create_synthetic_transient_dataset(1000, seed=42)
    print(Counter(labels))

    fig, axes = plt.subplots(3, 5, figsize=(15, 8), layout="constrained")
    for column, label in zip(axes.T, CLASSES, strict=True):
        members = [each for each in lightcurves if each.transient_type == label]
        for ax, lightcurve in zip(column, members[:3], strict=True):
            plot_flux(ax, lightcurve)
            ax.set_xlabel("")
        column[0].set_title(label)
        column[-1].set_xlabel("time from peak [days]")
    for ax in axes[:, 0]:
        ax.set_ylabel("flux [zero point 25.0]")
    axes[0, -1].legend(title="band")
    plt.show()

# %% [markdown]
# Some are splendid, and some you would rather not have to classify. Does it look like the real sky?
# The next figure shows all the observations together. On the left are the errors of the detections.
# Real ones from ZTF have a median of 0.05 mag at magnitude 17, 0.12 mag at 19 and 0.20 mag at 20.
# In the middle are the gaps between nights, with the months behind the Sun at the far end. On the
# right are the peaks of each class.

# %%
if __name__ == "__main__":
    table = pd.concat(
        lc.data.assign(name=lc.object_id, label=lc.transient_type) for lc in lightcurves
    )
    detected = table[table["flux"] > 5 * table["flux_err"]]
    detected = detected.assign(
        magnitude=ZEROPOINT - 2.5 * np.log10(detected["flux"]),
        magnitude_err=1.0857 * detected["flux_err"] / detected["flux"],
    )
    nights = table.assign(night=np.floor(table["mjd"]))[["name", "night"]].drop_duplicates()
    gaps = nights.groupby("name")["night"].diff().dropna()
    peaks = detected[detected["band"] == "r"].groupby(["label", "name"])["magnitude"].min()

    fig, axes = plt.subplots(1, 3, figsize=(15, 4.2), layout="constrained")
    sample = detected.sample(5000, random_state=1)
    axes[0].plot("magnitude", "magnitude_err", ".", data=sample, markersize=2, label="invented")
    axes[0].plot([17, 19, 20], [0.05, 0.12, 0.20], "k*", markersize=12, label="real, median")
    axes[0].set_yscale("log")
    axes[0].set_yticks([0.03, 0.05, 0.1, 0.2], ["0.03", "0.05", "0.1", "0.2"])
    axes[0].minorticks_off()
    axes[0].set_xlabel("magnitude [mag]")
    axes[0].set_ylabel("error [mag]")
    axes[0].legend()
    axes[1].hist(gaps, bins=np.geomspace(0.9, 300, 30), color="#0072b2")
    axes[1].set_xscale("log")
    axes[1].set_yscale("log")
    axes[1].set_xlabel("nights from one visit to the next")
    axes[1].set_ylabel("number")
    axes[2].boxplot([peaks[label] for label in CLASSES], tick_labels=CLASSES, whis=(5, 95))
    axes[2].invert_yaxis()
    axes[2].set_ylabel("brightest detection in r [mag]")
    plt.show()

# %% [markdown]
# And here is what every later exercise begins with: training and test data, the former augmented,
# in batches. The classes are given, so that both have the same codes.

# %%
if __name__ == "__main__":
    torch.manual_seed(3)
    augment = LightCurveAugmentation(noise_level=0.5, time_shift_max=5.0, drop_probability=0.1)
    train = LightCurveDataset(lightcurves[:800], labels[:800], transform=augment, classes=CLASSES)
    test = LightCurveDataset(lightcurves[800:], labels[800:], classes=CLASSES)
    features, batch_labels = next(iter(DataLoader(train, batch_size=32, shuffle=True)))
    print("a batch:", features.shape, features.dtype, batch_labels.shape, batch_labels.dtype)
    lengths = (features[:, :, FIRST_BAND:] != 0).any(dim=2).sum(dim=1)
    print("observations of each:", lengths.tolist())

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks.
#
# ### 5.E1 The same object, farther away
#
# A survey's training data are nearby and bright, since someone had to take a spectrum of each. What
# has to be classified is mostly farther off. So let us move objects away, as Boone (2019, AJ 158,
# 257) did to win a contest of light-curve classifiers.
#
# Take an object from redshift $z$ to $z'$. Three things happen.
#
# - Everything takes longer, by the factor $(1 + z') / (1 + z)$.
# - The flux gets fainter by a factor $f = 10^{-0.4\,[\mu(z') - \mu(z)]}$, where $\mu$ is the
#   distance modulus (`distance_modulus`): the square of the ratio of the two distances.
# - The sky stays as bright as it is. The flux that was measured has an error $\sigma$, which
#   becomes $f \sigma$ once the flux is made fainter. But a fainter object is measured just as badly
#   as a bright one, with an error of $\sigma$. So noise has to be added: independent errors add in
#   quadrature, and $\sqrt{1 - f^2}\,\sigma$ is what is missing.
#
# In the end the rows are divided by their new largest absolute flux, as all rows are. The flux
# looks the same, but noisier, and its errors have grown.
#
# What we leave out: the light that arrives in g was emitted at a shorter wavelength if it comes
# from farther away (the *K correction*), and the errors of very bright points shrink a little.
# Neither matters much for steps of 0.1 in redshift. Also, the rows no longer know how far away an
# object was. So one redshift stands for all, as one might estimate it from the colours of a galaxy
# (a *photometric redshift*). What counts is the ratio of the distances, and an object that really
# was half as far away is now moved by the same factor.


# %% part="5.E1" points=1
class PhotometricRedshiftAugmentation:
    """Moves light curves farther away, for use as the transform of a LightCurveDataset.

    Boone (2019), AJ 158, 257, here without K corrections.

    Attributes:
        redshift: the redshift at which the objects are.
        max_redshift: the highest redshift to which they are moved.
    """

    def __init__(self, redshift: float = 0.05, max_redshift: float = 0.1) -> None:
        if not 0 < redshift <= max_redshift:
            raise ValueError(f"0 < redshift <= max_redshift, unlike {redshift}, {max_redshift}")
        self.redshift = redshift
        self.max_redshift = max_redshift

    def __call__(self, lightcurve_data: np.ndarray) -> np.ndarray:
        """Move a light curve to a random redshift, evenly between redshift and max_redshift."""
        fraction = torch.rand(()).item()
        step = self.max_redshift - self.redshift
        return self.move(lightcurve_data, self.redshift + fraction * step)

    def move(self, lightcurve_data: np.ndarray, new_redshift: float) -> np.ndarray:
        """Return a light curve as it would be observed from a new redshift.

        Bonus.

        Args:
            lightcurve_data: an array of float32 and of shape (seq_len, n_features), as a
                LightCurveDataset makes it. Rows without a band are padding: all zeros, and last.
                It is not changed.
            new_redshift: the new redshift, not below self.redshift.

        Returns:
            A new array of the same shape and type. Padding and the columns of the bands are the
            same. With f = 10**(-0.4 * (distance_modulus(new_redshift)
            - distance_modulus(self.redshift))), the observations have
            TIME: multiplied by (1 + new_redshift) / (1 + self.redshift);
            FLUX: multiplied by f, plus a normally distributed number, drawn separately for each,
                whose mean is 0 and whose standard deviation is sqrt(1 - f**2) * flux_err;
            FLUX_ERR: as before.
            Finally FLUX and FLUX_ERR of all observations are divided by the largest absolute value
            of the new FLUX (or by 1, if there are no observations or all are 0).

        All random numbers come from PyTorch's global generator.

        Example:
            With an object at redshift 0.05:

            >>> farther = PhotometricRedshiftAugmentation(redshift=0.05).move(rows, 0.1)
            >>> farther[:3, TIME] / rows[:3, TIME]  # the first is 0 / 0
            array([   nan, 1.0476..., 1.0476...], dtype=float32)
        """
        ### BEGIN SOLUTION
        moved = lightcurve_data.copy()
        real = moved[:, FIRST_BAND:].any(axis=1)
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        noise = np.sqrt(max(1 - f**2, 0)) * moved[:, FLUX_ERR] * torch.randn(len(moved)).numpy()
        moved[:, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        moved[:, FLUX] = np.where(real, f * moved[:, FLUX] + noise, 0)
        moved[:, [FLUX, FLUX_ERR]] /= np.abs(moved[:, FLUX]).max(initial=0) or 1.0
        return moved
        ### END SOLUTION


# %% [markdown]
# One supernova at four distances. In a survey the last one might just have been found.

# %%
if __name__ == "__main__":
    torch.manual_seed(4)
    farther = PhotometricRedshiftAugmentation(redshift=0.05, max_redshift=0.2)
    brightest = max(
        (each for each in lightcurves if each.transient_type == "SNIa" and len(each) > 50),
        key=lambda each: (each.data["flux"] / each.data["flux_err"]).max(),
    )
    rows = LightCurveDataset([brightest], ["SNIa"])[0][0].numpy()

    fig, axes = plt.subplots(1, 4, figsize=(15, 3.6), sharey=True, layout="constrained")
    for ax, redshift in zip(axes, [0.05, 0.08, 0.12, 0.18], strict=True):
        plot_rows(ax, farther.move(rows, redshift))
        ax.set_title(f"z = {redshift}")
    axes[0].set_ylabel("flux / peak")
    axes[-1].legend(title="band")
    plt.show()

# %% [markdown]
# ### 5.E2 Every batch a small sky
#
# A network learns batch by batch. If 32 objects are drawn at random, one batch in three has no TDE
# at all, the next has three or four, and the network is pulled back and forth. A **stratified**
# batch is a small copy of the whole.
#
# A `DataLoader` takes a `batch_sampler`: an object that it loops over once in each epoch, and that
# yields, for each batch, the numbers of its objects as a list. The class below is one; its
# `__iter__` is yours to write, and so is the function that uses it.
#
# Think of a pack of cards, shuffled, then sorted by suit, and dealt to the players one by one. All
# players get the same number of each suit, or one more. `torch.randperm(n)` shuffles the numbers
# from 0 to n - 1, `torch.argsort(labels[order], stable=True)` sorts by class, and `order[i::k]` is
# every k-th of them, beginning with number i.


# %% part="5.E2" points=1
class StratifiedBatches(Sampler[list[int]]):
    """Batches of numbers in which each class has its share, for use as a batch_sampler.

    Attributes:
        labels: the class number of each object, a tensor of int64.
        n_batches: the number of batches in an epoch.
    """

    def __init__(self, labels: Tensor, batch_size: int) -> None:
        self.labels = labels
        self.n_batches = -(-len(labels) // batch_size)  # rounded up

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of one epoch, each a list of numbers.

        Bonus. What is required of the batches is described below, in stratified_loader.
        """
        ### BEGIN SOLUTION
        order = torch.randperm(len(self.labels))
        order = order[torch.argsort(self.labels[order], stable=True)]
        for i in torch.randperm(self.n_batches).tolist():
            yield order[i :: self.n_batches].tolist()
        ### END SOLUTION


def stratified_loader(dataset: LightCurveDataset, batch_size: int = 32) -> DataLoader:
    """Return a DataLoader whose batches have the proportions of the whole dataset.

    Bonus.

    Args:
        dataset: a dataset with labels (dataset.labels), not empty.
        batch_size: the largest size of a batch.

    Returns:
        A DataLoader. In each epoch every object appears exactly once, in ceil(n / batch_size)
        batches of at most batch_size objects. In a batch of b objects the number of each class
        differs by less than 2 from b times the proportion of that class in the dataset. Which
        objects form a batch is drawn anew in each epoch, and repeats after the same
        torch.manual_seed. The order of the batches, and the order within a batch, is up to you.

    Example:
        >>> for features, labels in stratified_loader(dataset, batch_size=32):
        ...     print(labels.bincount())
    """
    ### BEGIN SOLUTION
    return DataLoader(dataset, batch_sampler=StratifiedBatches(dataset.labels, batch_size))
    ### END SOLUTION


# %% [markdown]
# The composition of the 25 batches of an epoch, drawn at random and stratified:

# %%
if __name__ == "__main__":
    torch.manual_seed(5)
    loaders = {
        "drawn at random": DataLoader(train, batch_size=32, shuffle=True),
        "stratified": stratified_loader(train, batch_size=32),
    }
    colours = ["#333333", "#009e73", "#d55e00", "#0072b2", "#cc79a7"]

    fig, axes = plt.subplots(1, 2, figsize=(12, 4), sharey=True, layout="constrained")
    for ax, (title, loader) in zip(axes, loaders.items(), strict=True):
        counts = np.array([numbers.bincount(minlength=5).numpy() for _, numbers in loader])
        below = np.zeros(len(counts))
        for number, colour in enumerate(colours):
            ax.bar(
                range(len(counts)),
                counts[:, number],
                bottom=below,
                color=colour,
                label=train.classes[number],
            )
            below += counts[:, number]
        ax.set_title(title)
        ax.set_xlabel("batch")
    axes[0].set_ylabel("objects")
    axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.show()

# %% [markdown]
# ## Where to go next
#
# You have a sky of your own, as large as you want it, and a way to feed it to a network.
#
# - Which of the classes would you confuse? Look at a dozen light curves without their labels.
# - Give the sky a sixth class, say a type Ib/c supernova: one function and an entry in `MODELS`.
# - Write your own augmentation: a survey with a larger telescope, or one that observes in g alone.
# - Compare with what professionals use: [SNANA](https://github.com/RickKessler/SNANA) and
#   [sncosmo](https://sncosmo.readthedocs.io) for simulation, and the training set of the
#   [PLAsTiCC](https://arxiv.org/abs/1810.00001) contest.
# - In **Exercise 6** a network sees these tensors for the first time.
