# %% [markdown]
# # Exercise 2: Light curve classes and magic methods
#
# **Time:** 60 to 90 minutes, and 15 to 20 more for the extensions.
#
# **You will learn** to
#
# - write a class that keeps data and the functions for them together;
# - make your objects work with `len(...)`, `[...]`, `print(...)`, `+` and `for` through *magic
#   methods*;
# - compute an attribute when it is asked for, with `@property`;
# - build a specialised class on a general one by *inheritance* and `super().__init__()`;
# - fold a light curve by its period.
#
# You need to know functions and dictionaries, a little NumPy, and what a pandas `DataFrame` is: a
# table with named columns.

# %% [markdown]
# ## Two kinds of light curve
#
# Around 1900, Williamina Fleming compared photographic plates at Harvard and found that a star in
# the constellation Lyra changes its brightness. It is now called RR Lyrae. It swells and shrinks,
# and every 13.6 hours it goes through the same curve from magnitude 7.1 to 8.1 and back. It did so
# for Fleming and it still does. More than a quarter of a million such stars are known, all of
# nearly the same luminosity, and so they tell us how far away the outskirts of the Milky Way are.
#
# On 24 August 2011 a telescope on Palomar Mountain, the one that now carries the ZTF camera, took a
# picture of the galaxy M101. Overnight its software reported a new point of light of magnitude
# 17.3. It was a white dwarf that had exploded some eleven hours earlier: the supernova SN 2011fe.
# In less than three weeks it reached magnitude 10, about 900 times brighter. Then it faded, and it
# will never come back.
#
# The first is a *periodic variable*, the second a *transient*. Both are light curves: they have
# observations, bands and a duration. But of a variable you want the period, and of a transient the
# peak. In code this is one class for what they share, and a second class built on it.

# %% [markdown]
# ## How this notebook works
#
# Methods marked `TODO` are yours to write: delete the line `raise NotImplementedError(...)` and put
# your code in its place. The docstring of a method says everything it has to do. `check("2.1")`
# tells you what works and what does not, and `hint("2.1")`, in a new cell, helps if you are stuck.
# In a terminal, `grader check 2` checks the whole notebook at once.
#
# Each class is one cell with several parts, and each part has its own check. After every change,
# run the class cell again before you run the check, **and also the cell of a class that is built on
# it**: such a class keeps the one that existed when its own cell was run.

# %%
import copy
import math
from collections.abc import Iterator
from numbers import Real
from typing import Any, Self

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

Observation = dict[str, Any]  # one measurement: mjd [days], flux, flux_err, band

COLUMNS = ["mjd", "flux", "flux_err", "band"]

# The examples in the docstrings use these observations. They are not in time order.
SAMPLE: list[Observation] = [
    {"mjd": 60003.25, "flux": 100.0, "flux_err": 5.0, "band": "r"},
    {"mjd": 60001.25, "flux": 40.0, "flux_err": 5.0, "band": "r"},
    {"mjd": 60001.5, "flux": 60.0, "flux_err": 4.0, "band": "g"},
]

# %% [markdown]
# ### Two made-up objects
#
# The next cell is complete. It makes an RR Lyrae star and a supernova much as ZTF would see them:
# once a night at best and at no fixed hour, with gaps for clouds and moonlight, and with noise from
# the sky that limits how faint one can see. Times are Modified Julian Dates (MJD, in days), and the
# fluxes have a zero point of 25.0, which means that a flux of 1 is magnitude 25.

# %%
SKY_NOISE = {
    "g": 10.5,
    "r": 13.8,
    "i": 18.2,
}  # a fifth of ZTF's 5-sigma depth (20.7, 20.4, 20.1 mag)


def observe(
    rng: np.random.Generator, mjd: np.ndarray, flux: np.ndarray, band: str
) -> list[Observation]:
    """Turn true fluxes into noisy observations: sky noise, and 2% of the flux for calibration."""
    flux_err = np.hypot(SKY_NOISE[band], 0.02 * flux)
    noisy = rng.normal(flux, flux_err)
    return [
        {"mjd": t, "flux": f, "flux_err": e, "band": band}
        for t, f, e in zip(mjd.tolist(), noisy.tolist(), flux_err.tolist(), strict=True)
    ]


def choose_times(rng: np.random.Generator, days: int, fraction: float) -> np.ndarray:
    """Pick a fraction of the nights from MJD 60000 on, and a random hour of darkness in each."""
    nights = np.flatnonzero(rng.random(days) < fraction)
    return 60000 + nights + rng.uniform(0.15, 0.5, len(nights))


def simulate_rr_lyrae(period: float = 0.5537, peak_mjd: float = 60000.3) -> list[Observation]:
    """Invent an RR Lyrae star with a period [days] and a time of maximum light."""
    rng = np.random.default_rng(1)
    knots = [0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.88, 0.93, 0.97, 1.0]  # phase
    brightness = [1.0, 0.81, 0.61, 0.38, 0.22, 0.12, 0.05, 0.0, 0.38, 0.86, 1.0]
    data = []
    for band, faintest, amplitude in [("g", 18.6, 1.0), ("r", 18.25, 0.7), ("i", 18.15, 0.55)]:
        mjd = choose_times(rng, days=180, fraction=0.4)
        phase = (mjd - peak_mjd) / period % 1
        magnitude = faintest - amplitude * np.interp(phase, knots, brightness)
        data += observe(rng, mjd, 10 ** (0.4 * (25.0 - magnitude)), band)
    return data


def simulate_supernova(start_mjd: float = 60040.0) -> list[Observation]:
    """Invent a type Ia supernova with the rise and fall of Bazin et al. (2009)."""
    rng = np.random.default_rng(2)
    data = []
    for band, peak, rise, fall in [("g", 700, 3.0, 15), ("r", 680, 3.5, 22), ("i", 500, 3.5, 30)]:
        mjd = choose_times(rng, days=130, fraction=0.35)
        grid = np.linspace(-20, 60, 801)
        shape, grid_shape = (
            np.exp(-t / fall) / (1 + np.exp(-t / rise)) for t in (mjd - start_mjd, grid)
        )
        data += observe(rng, mjd, peak * shape / grid_shape.max(), band)
    return data


# %% [markdown]
# The next cell is complete as well: helpers for plots, which work on tables.

# %%
BAND_STYLES = {"g": ("#1b9e77", "o"), "r": ("#d1352b", "s"), "i": ("#7a4a12", "^")}


def add_magnitudes(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the clear detections (flux > 3 flux_err) and add magnitude and magnitude_err [mag]."""
    detected = table[table["flux"] > 3 * table["flux_err"]]
    return detected.assign(
        magnitude=25.0 - 2.5 * np.log10(detected["flux"]),
        magnitude_err=1.086 * detected["flux_err"] / detected["flux"],
    )


def plot_bands(ax: Axes, table: pd.DataFrame, x: str = "mjd", y: str = "magnitude") -> None:
    """Plot column y with its error bars against column x, each band in its own colour."""
    for band, (colour, marker) in BAND_STYLES.items():
        points = table[table["band"] == band]
        if points.empty:
            continue
        ax.errorbar(
            points[x],
            points[y],
            yerr=points[f"{y}_err"],
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1.2,
            label=band,
        )
    if y == "magnitude" and not ax.yaxis_inverted():
        ax.invert_yaxis()
    ax.set_ylabel("magnitude [mag]" if y == "magnitude" else "flux [zero point 25.0]")


def show_legend(ax: Axes) -> None:
    """Put the names of the bands to the right of the plot, where they hide no data."""
    ax.legend(title="band", loc="upper left", bbox_to_anchor=(1, 1))


# %%
if __name__ == "__main__":
    star_data = simulate_rr_lyrae()
    supernova_data = simulate_supernova()

    fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for ax, data, title in [
        (axes[0], star_data, "An RR Lyrae star"),
        (axes[1], supernova_data, "A supernova"),
    ]:
        plot_bands(ax, add_magnitudes(pd.DataFrame(data)))
        ax.set_xlabel("MJD [days]")
        ax.set_title(title)
    show_legend(axes[1])
    plt.show()

# %% [markdown]
# On the right you can see straight away what happened. On the left there seems to be nothing but
# scatter, far more than the error bars explain. By the end of this notebook you will have found the
# order in it.

# %% [markdown]
# ## Classes and magic methods
#
# A **class** describes a kind of object: what it stores (its *attributes*) and what it can do (its
# *methods*). The first argument of every method is the object itself, by custom called `self`.
#
# Methods with two underscores on each side are **magic**: Python calls them for you.
# `Catalogue(...)` calls `__init__`, `len(catalogue)` calls `__len__`, `catalogue[key]` calls
# `__getitem__` with whatever is in the brackets, `print(catalogue)` calls `__str__`, and the
# last line of a notebook cell is shown by `__repr__`. A method below `@property` is used like an
# attribute, without parentheses, and computed each time it is used, so that it can never be out of
# date.

# %%
if __name__ == "__main__":

    class Catalogue:
        """Stars and their magnitudes, brightest first."""

        def __init__(self, magnitudes: dict[str, float], name: str = "unnamed") -> None:
            for star, magnitude in magnitudes.items():
                if not math.isfinite(magnitude):
                    raise ValueError(f"the magnitude of {star} is {magnitude}")
            self.magnitudes = dict(sorted(magnitudes.items(), key=lambda item: item[1]))
            self.name = name

        def __len__(self) -> int:
            return len(self.magnitudes)

        def __getitem__(self, key: int | str) -> Any:
            """Give catalogue[0], the name of the brightest star, or catalogue["Vega"], a number."""
            if isinstance(key, str):
                return self.magnitudes[key]
            return list(self.magnitudes)[key]

        def __str__(self) -> str:
            return f"{self.name} with {len(self)} stars"

        def __repr__(self) -> str:
            return f"{type(self).__name__}(name={self.name!r}, n_stars={len(self)})"

        @property
        def brightest(self) -> float:
            """The smallest magnitude [mag]."""
            return min(self.magnitudes.values())

    summer = Catalogue({"Altair": 0.76, "Vega": 0.03, "Deneb": 1.25}, name="Summer triangle")
    print(summer)
    print(repr(summer))
    print(len(summer), summer[0], summer["Deneb"], summer.brightest)

# %% [markdown]
# Now it is your turn. You will write a light curve as two classes, each in a cell of its own. The
# first, `ObservationTable`, stores the observations of an object and gives you one of them, a
# range, or all of a band. The second, `LightCurve`, adds what describes them.
#
# ### 2.1 Store the observations
#
# `__init__` gets a list of dictionaries, one per observation, as a broker or a file would give
# them: in any order, and possibly with mistakes. Put them into a `DataFrame` sorted by time, so
# that every other method can rely on it.
#
# This is also the place to reject what makes no sense. An error here names the culprit; the same
# mistake found three steps later is a puzzle. `isinstance(value, Real)` is true for Python's and
# NumPy's numbers alike, and false for text and `None`. A flux may be NaN, since measurements do go
# missing. A time may not: without a time it is not an observation.
#
# Useful: `pd.DataFrame(data, columns=COLUMNS)` keeps these columns in this order, even for an empty
# list, and `sort_values(..., kind="stable", ignore_index=True)` sorts, keeps rows with equal times
# in their order and renumbers the rows.
#
# ### 2.2 Length and square brackets
#
# `lc[0]`, `lc[2:5]` and `lc["g"]` all arrive in `__getitem__`, as an integer, a `slice` and a
# string. `table.iloc[...]` understands the first two.
#
# One band of a light curve is a light curve again, of the same object, and one band of a
# *transient* should still be a transient with all that is known about it. The method `_with_data`
# is given to you for this purpose: it copies the object, whatever its class and attributes, and
# puts another table into the copy. (A name that begins with an underscore is meant for use within
# the class.)
#
# The cell also holds two bonus methods at its end, which are explained under *Extensions* below.
# All checks try out a `LightCurve`, so they stand below its cell: run both cells before them. You
# can of course try out an `ObservationTable` of `SAMPLE` in a cell of your own.


# %% part=["2.1", "2.2", "2.E1", "2.E2"] points=[2, 2, 1, 1] of="LightCurve"
class ObservationTable:
    """The observations of one object in order of time.

    Attributes:
        object_id: the name of the object.
        data: a DataFrame with one row per observation, sorted by mjd, and the columns mjd [days],
            flux, flux_err (in the unit that the zero point belongs to) and band.
    """

    def __init__(self, data: list[Observation], object_id: str = "unknown") -> None:
        """Store the observations in a table sorted by time.

        Sets self.object_id, and self.data: a DataFrame with the columns mjd [days], flux, flux_err
        and band, in that order. The rows are sorted by mjd (observations with the same time keep
        their order) and their index is 0, 1, 2 and so on.

        Args:
            data: observations, dictionaries with the keys mjd, flux, flux_err and band, a string.
                They may come in any order, and an empty list is allowed; then the table has the
                four columns and no rows. Every observation becomes a row, even if it appears twice.
                The list is not changed. A flux may be NaN (a missing measurement) or infinite, and
                flux_err may be NaN.
            object_id: the name of the object.

        Raises:
            ValueError: if an observation lacks one of the four keys; the message names that key. If
                mjd, flux or flux_err is not a number (text or None, for instance), or if mjd is NaN
                or infinite; the message names that field.

        Example:
            >>> lc = ObservationTable(SAMPLE, object_id="my transient")
            >>> lc.data["mjd"].tolist()
            [60001.25, 60001.5, 60003.25]
        """
        ### BEGIN SOLUTION 2.1
        for observation in data:
            for column in COLUMNS:
                if column not in observation:
                    raise ValueError(f"{column!r} is missing from the observation {observation}")
                if column != "band" and not isinstance(observation[column], Real):
                    raise ValueError(f"{column!r} is not a number in the observation {observation}")
            if not math.isfinite(observation["mjd"]):
                raise ValueError(f"'mjd' must be finite, unlike in the observation {observation}")
        table = pd.DataFrame(data, columns=COLUMNS)
        table = table.astype({"mjd": float, "flux": float, "flux_err": float, "band": str})
        self.data = table.sort_values("mjd", kind="stable", ignore_index=True)
        self.object_id = object_id
        ### END SOLUTION

    def _with_data(self, data: pd.DataFrame) -> Self:
        """Return a copy of this object, with the same class and metadata but another table."""
        other = copy.copy(self)
        other.data = data.reset_index(drop=True)
        return other

    def __len__(self) -> int:
        """Return the number of observations, those with a flux of NaN included.

        Example:
            >>> len(ObservationTable(SAMPLE))
            3
        """
        ### BEGIN SOLUTION 2.2
        return len(self.data)
        ### END SOLUTION

    def __getitem__(self, key: int | slice | str) -> Any:
        """Return one observation, a range of them, or one band.

        Args:
            key: an integer, a slice, or the name of a band.

        Returns:
            lc[0]: the observation as a dictionary with the keys mjd, flux, flux_err and band.
                Observations are counted in order of time; negative integers count from the end, so
                that lc[-len(lc)] is the first.
            lc[2:5]: an object with the same class and metadata that holds these observations.
            lc["g"]: an object with the same class and metadata that holds the observations of the
                band of exactly this name.
            The metadata are object_id and whatever attributes a subclass adds. Observations with a
            flux of NaN are included like any other. The object itself (self) is not changed.

        Raises:
            IndexError: if there is no observation with that number.
            KeyError: if there is no such band; the message names the bands that were observed.

        Example:
            >>> lc = ObservationTable(SAMPLE)
            >>> lc[-1]
            {'mjd': 60003.25, 'flux': 100.0, 'flux_err': 5.0, 'band': 'r'}
            >>> len(lc[1:]), len(lc["g"])
            (2, 1)
        """
        ### BEGIN SOLUTION 2.2
        if isinstance(key, str):
            in_band = self.data["band"] == key
            if not in_band.any():
                observed = ", ".join(self.data["band"].unique())
                raise KeyError(f"no observations in band {key!r}; the bands are: {observed}")
            return self._with_data(self.data[in_band])
        if isinstance(key, slice):
            return self._with_data(self.data.iloc[key])
        return self.data.iloc[key].to_dict()
        ### END SOLUTION

    def __add__(self, other: "ObservationTable") -> Self:
        """Join the observations of two objects, such as two light curves, into a new one.

        Bonus.

        Args:
            other: another ObservationTable, which every light curve is.

        Returns:
            A new object with the class and metadata of the left one (self) and the observations of
            both, sorted by mjd. Observations that occur in both are kept twice. Either may be of a
            subclass, or empty. Neither self nor other is changed.

        Raises:
            TypeError: raised by Python itself. For anything that is not an ObservationTable, return
                the constant NotImplemented (and raise nothing): Python then asks the other object,
                and raises the TypeError if that one cannot add either.

        Example:
            >>> lc = ObservationTable(SAMPLE)
            >>> len(lc["g"] + lc["r"])
            3
        """
        ### BEGIN SOLUTION 2.E1
        if not isinstance(other, ObservationTable):
            return NotImplemented
        both = pd.concat([self.data, other.data])
        return self._with_data(both.sort_values("mjd", kind="stable"))
        ### END SOLUTION

    def __iter__(self) -> Iterator[Observation]:
        """Yield the observations one by one, in order of time.

        Bonus.

        Each is a dictionary with the keys mjd, flux, flux_err and band. Each loop starts afresh at
        the first observation, and two loops at the same time do not disturb each other.

        Example:
            >>> [observation["flux"] for observation in ObservationTable(SAMPLE)]
            [40.0, 60.0, 100.0]
        """
        ### BEGIN SOLUTION 2.E2
        for number in range(len(self)):
            yield self[number]
        ### END SOLUTION


# %% [markdown]
# The second class is `LightCurve(ObservationTable)`. The name in parentheses is the class that it
# is built on: everything that an `ObservationTable` can do, a `LightCurve` can do as well, without
# a line of code. Methods of the two may use each other, in whatever order they stand. How this
# works is the subject of the second half of this notebook.
#
# ### 2.3 Two ways to show itself
#
# `__str__` is for people who want to know what they have. `__repr__` is for the programmer: it
# should name the class, even if that is a subclass, and `type(self).__name__` gives its name.
#
# ### 2.4 Bands and duration as properties
#
# Both follow from the table. Computed on demand, they are right for every part of a light curve as
# well.


# %% part=["2.3", "2.4"] points=[1, 1.5]
class LightCurve(ObservationTable):
    """The brightness of one object over time: an ObservationTable that can describe itself."""

    def __str__(self) -> str:
        """Return one readable line with the object id, the number of observations and the bands.

        The bands are those that were observed; an empty light curve has none to name.

        Example:
            The wording is yours.

            >>> print(LightCurve(SAMPLE, object_id="my transient"))
            my transient: 3 observations in r, g
        """
        ### BEGIN SOLUTION 2.3
        bands = ", ".join(self.bands) or "no band"
        return f"{self.object_id}: {len(self)} observations in {bands}"
        ### END SOLUTION

    def __repr__(self) -> str:
        """Return the name of the class, then the object id and the number of observations.

        It begins with the name of the object's own class, so that a subclass shows its own.

        Example:
            The wording after the name of the class is yours.

            >>> LightCurve(SAMPLE, object_id="my transient")
            LightCurve(object_id='my transient', n_observations=3)
        """
        ### BEGIN SOLUTION 2.3
        return f"{type(self).__name__}(object_id={self.object_id!r}, n_observations={len(self)})"
        ### END SOLUTION

    @property
    def bands(self) -> list[str]:
        """Return the names of the bands, each once.

        A list of strings, in any order; empty if there are no observations. A band counts even if
        all its fluxes are NaN.

        Example:
            >>> LightCurve(SAMPLE).bands
            ['r', 'g']
        """
        ### BEGIN SOLUTION 2.4
        return self.data["band"].unique().tolist()
        ### END SOLUTION

    @property
    def duration(self) -> float:
        """Return the time from the first observation to the last, in days.

        A float; 0.0 if there are fewer than two observations. An observation with a flux of NaN
        counts.

        Example:
            >>> LightCurve(SAMPLE).duration
            2.0
        """
        ### BEGIN SOLUTION 2.4
        if len(self) < 2:
            return 0.0
        return float(self.data["mjd"].max() - self.data["mjd"].min())
        ### END SOLUTION


# %%
if __name__ == "__main__":
    star = LightCurve(star_data, object_id="an RR Lyrae star")
    print(star)
    print(repr(star))
    print("first observation:", star[0])
    print("last observation: ", star[-1])
    print("ten of them:", star[:10])
    print("one band:", star["g"])
    print(f"bands {star.bands}, {star.duration:.1f} days")

    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    for band in star.bands:
        gaps = np.diff(star[band].data["mjd"])
        ax.hist(
            gaps,
            bins=24,
            range=(0, 12),
            histtype="step",
            linewidth=2,
            color=BAND_STYLES[band][0],
            label=f"{band}: {len(star[band])} observations",
        )
    ax.set_xlabel("time between observations in a band [days]")
    ax.set_ylabel("number")
    ax.set_title("How regularly was the star observed?")
    ax.legend()
    plt.show()

# %% [markdown]
# Most gaps last one to three nights, and the period of the star is about half a day. Between two
# observations it runs through its curve several times: this is why there was nothing to see.
#
# ## Inheritance
#
# You have already used it: `LightCurve` has no `__len__` of its own, and `len(star)` works. A class
# written as `class Special(General)` has everything that `General` has, and adds to it. Python
# looks for a method in `Special` first, and then in `General`. If `Special` has its own `__init__`,
# that one runs *instead*, so the first thing it does is call `super().__init__(...)`: the general
# part looks after itself, and only what is new follows.

# %%
if __name__ == "__main__":

    class NearbyCatalogue(Catalogue):
        """A catalogue of stars in our neighbourhood."""

        def __init__(self, magnitudes: dict[str, float], name: str, radius: float) -> None:
            super().__init__(magnitudes, name)
            self.radius = radius  # [light years]

    nearby = NearbyCatalogue({"Vega": 0.03, "Altair": 0.76}, "Neighbours", radius=30)
    print(repr(nearby), nearby["Vega"], nearby.radius)

# %% [markdown]
# The class below has three parts.
#
# ### 2.5 A light curve that knows what it is
#
# A transient has a type, such as `"SN Ia"`, and a time of maximum. Either may be unknown, and then
# it is `None`.
#
# ### 2.6 Fold by a period
#
# Take a period $P$ and a reference time $t_0$, and work out for each observation how far into its
# cycle it falls:
#
# $$ \mathrm{phase} = \frac{t - t_0}{P} \bmod 1 $$
#
# A phase of 0 is the reference, 0.5 is half a cycle later, and 1 is 0 again. If the period is
# right, observations that lie months apart fall onto one curve. You may wonder why you would fold a
# *transient*. Cataclysmic variables are a good example: they burst without warning, and in between
# their two stars eclipse each other every few hours.
#
# In Python, `%` with a positive number on the right never gives a negative result: `-0.25 % 1` is
# 0.75. Only one trap remains. The remainder of a tiny negative number, such as `-1e-20 % 1`, is
# rounded to 1.0, which is out of range; `% 1` a second time makes it 0.0.
#
# Note that `if self.peak_mjd:` is also false for a peak at 0.0; what you want to know is whether it
# `is None`.
#
# A folded light curve is for plots and statistics of the phase. Its rows are in order of phase, so
# do not expect `lc[0]`, `duration`, loops, sums or folding it again to go by time any more. Whether
# its observations include `phase` is up to you.
#
# ### 2.7 How bright did it get?
#
# The peak is the brightest observation, the one with the *smallest* magnitude and the *largest*
# flux. A transient's light curve has negative fluxes, from the nights before it appeared, and
# perhaps NaN. They have no magnitude, and must not affect those that do. The magnitude of a flux is
# $m = -2.5 \log_{10}(\mathrm{flux}) + \mathrm{zeropoint}$.


# %% part=["2.5", "2.6", "2.7"] points=[1, 1.5, 1]
class TransientLightCurve(LightCurve):
    """The light curve of a transient: a LightCurve with a type and a time of maximum.

    Attributes:
        transient_type: the type, such as "SN Ia", or None if it is unknown.
        peak_mjd: the time of maximum light [MJD, days], or None if it is unknown.
    """

    def __init__(
        self,
        data: list[Observation],
        object_id: str,
        transient_type: str | None = None,
        peak_mjd: float | None = None,
    ) -> None:
        """Store the observations as LightCurve does, and the type and time of peak.

        Calls super().__init__ for the observations and the object id, and sets self.transient_type
        and self.peak_mjd to what is given, 0.0 included. Everything that a LightCurve can do works
        here as well.

        Args:
            data, object_id: as for LightCurve.
            transient_type: the type, or None.
            peak_mjd: the time of maximum light [MJD, days], or None.

        Raises:
            ValueError: as LightCurve does.

        Example:
            >>> supernova = TransientLightCurve(SAMPLE, "my transient", "SN Ia", peak_mjd=60003.25)
            >>> len(supernova), supernova.transient_type, supernova["r"].peak_mjd
            (3, 'SN Ia', 60003.25)
        """
        ### BEGIN SOLUTION 2.5
        super().__init__(data, object_id)
        self.transient_type = transient_type
        self.peak_mjd = peak_mjd
        ### END SOLUTION

    def phase_fold(self, period: float) -> Self:
        """Return a new light curve with the phase of each observation.

        The phase is ((mjd - reference) / period) mod 1, at least 0 and less than 1, even where the
        remainder is rounded. The reference is peak_mjd (0.0 is a valid one), or, if peak_mjd is
        None, the earliest observation's mjd.

        Args:
            period: the period [days].

        Returns:
            A new TransientLightCurve with the same object_id, transient_type and peak_mjd, whose
            data has all rows and an additional column phase, and is sorted by it. An empty light
            curve gives an empty one with a column phase. The light curve itself is not changed.

        Raises:
            ValueError: if period is zero, negative, NaN or infinite, whatever the observations.

        Example:
            >>> lc = TransientLightCurve(SAMPLE, "a variable star", peak_mjd=60001.0)
            >>> folded = lc.phase_fold(2.0)
            >>> folded.data["phase"].tolist(), folded.data["mjd"].tolist()
            ([0.125, 0.125, 0.25], [60001.25, 60003.25, 60001.5])
        """
        ### BEGIN SOLUTION 2.6
        if not (math.isfinite(period) and period > 0):
            raise ValueError(f"the period must be a positive number of days, not {period}")
        mjd = self.data["mjd"]
        reference = mjd.min() if self.peak_mjd is None else self.peak_mjd
        phase = ((mjd - reference) / period) % 1 % 1  # the second, as rounding can give 1.0
        return self._with_data(self.data.assign(phase=phase).sort_values("phase", kind="stable"))
        ### END SOLUTION

    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        """Return the magnitude of the brightest valid observation in a band.

        An observation is valid if its flux is finite and positive, however faint, and whatever its
        error. The brightest need not be the one at peak_mjd. The light curve is not changed.

        Args:
            band: the exact name of the band.
            zeropoint: the magnitude of a flux of 1 [mag]; 0.0 is a valid one.

        Returns:
            m = -2.5 log10(flux) + zeropoint [mag], a float.

        Raises:
            ValueError: if the band has no valid observation, including when it was never observed.

        Example:
            >>> TransientLightCurve(SAMPLE, "my transient").get_peak_magnitude("r")
            20.0
        """
        ### BEGIN SOLUTION 2.7
        flux = self.data.loc[self.data["band"] == band, "flux"]
        valid = flux[np.isfinite(flux) & (flux > 0)]
        if valid.empty:
            raise ValueError(f"{self.object_id} has no valid observation in band {band!r}")
        return float(-2.5 * np.log10(valid.max()) + zeropoint)
        ### END SOLUTION


# %% [markdown]
# ### Order in the scatter
#
# Fold the star, first by a period that is 0.3% too short and then by the right one. It is customary
# to draw two cycles, so that nothing is cut in half. The fast rise and slow decline are the mark of
# an RR Lyrae star. The bands differ, too: the star is hottest, and so bluest, when it is brightest,
# and therefore its amplitude is largest in g.

# %%
if __name__ == "__main__":
    star = TransientLightCurve(star_data, "an RR Lyrae star", "RR Lyrae", peak_mjd=60000.3)

    fig, axes = plt.subplots(1, 2, figsize=(11, 4.5), sharey=True, layout="constrained")
    for ax, period in zip(axes, [0.552, 0.5537], strict=True):
        cycle = add_magnitudes(star.phase_fold(period).data)
        two_cycles = pd.concat([cycle, cycle.assign(phase=cycle["phase"] + 1)])
        plot_bands(ax, two_cycles, x="phase")
        ax.set_xlabel("phase")
        ax.set_title(f"folded by {period} days")
    axes[1].set_ylabel("")
    show_legend(axes[1])
    plt.show()

# %% [markdown]
# ### The peak of a supernova
#
# On the left is the flux with all its observations: before the explosion it scatters around zero
# and is often negative. On the right are the clear detections in magnitudes. Fading 1 mag means
# losing 60% of the flux, which is why the decline looks so much gentler there.

# %%
if __name__ == "__main__":
    supernova = TransientLightCurve(supernova_data, "a supernova", "SN Ia", peak_mjd=60046.0)
    print(supernova)
    for band in supernova.bands:
        print(f"peak in {band}: {supernova.get_peak_magnitude(band):.2f} mag")

    fig, axes = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    plot_bands(axes[0], supernova.data, y="flux")
    axes[0].axhline(0, color="0.6", linewidth=1)
    axes[0].set_title("all observations")
    plot_bands(axes[1], add_magnitudes(supernova.data))
    axes[1].plot(
        supernova.peak_mjd,
        supernova.get_peak_magnitude("r"),
        "*",
        color="gold",
        markeredgecolor="black",
        markersize=16,
        zorder=3,
        label="peak in r",
    )
    axes[1].set_title("clear detections")
    show_legend(axes[1])
    for ax in axes:
        ax.axvline(supernova.peak_mjd, color="0.6", linestyle="--", linewidth=1)
        ax.set_xlabel("MJD [days]")
    plt.show()

# %% [markdown]
# ## Extensions
#
# Two more magic methods earn bonus points. You do not need them for full marks. Their stubs are at
# the end of the class `ObservationTable`: go back to that cell, fill them in, and run it again.
# Then run the cells of `LightCurve` and `TransientLightCurve` again, which are built on it. Objects
# that you made earlier still have the old methods, so make them again, as the demonstration below
# does.
#
# ### 2.E1 Add light curves
#
# Two surveys observed the same object, or two bands were loaded from two files. What could be more
# natural than `lc1 + lc2`? Python calls `lc1.__add__(lc2)`. If the other holds no observations,
# return `NotImplemented`. It is not an error but an answer, "I cannot do this"; Python then asks
# the other object, and raises a `TypeError` only if that one cannot either. (It has nothing to do
# with `NotImplementedError`.)
#
# ### 2.E2 Loop over a light curve
#
# `for observation in lc` calls `__iter__`. The easiest way to write it is a *generator*, a function
# with `yield` in place of `return`: at each `yield` it gives a value and waits until the next one
# is needed. Each loop gets its own generator.

# %%
if __name__ == "__main__":
    supernova = TransientLightCurve(supernova_data, "a supernova", "SN Ia", peak_mjd=60046.0)
    blue_and_red = supernova["g"] + supernova["r"]
    print(blue_and_red)
    brightest = max(blue_and_red, key=lambda observation: observation["flux"])
    print(f"brightest in {brightest['band']} on MJD {brightest['mjd']:.2f}")
    for observation in blue_and_red[:3]:
        print(observation)

# %% [markdown]
# ## Where to go next
#
# Your objects now behave like Python's own. People who use them need not know that there is a
# `DataFrame` inside, and you could replace it without anyone noticing.
#
# - Fold the star by many periods and keep the one whose curve scatters least: a period search in a
#   dozen lines. (Professionals use the Lomb-Scargle periodogram, which `astropy` has.)
# - What does the star look like when you fold it by twice its period, or by half of it?
# - Read about the [data model](https://docs.python.org/3/reference/datamodel.html#special-method-names)
#   of Python, which lists all magic methods.
# - In **Exercise 3** your light curves come from real surveys, each with its own format.
