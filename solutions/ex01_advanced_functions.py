# %% [markdown]
# # Exercise 1: Advanced functions for light curve processing
#
# **Time:** 40 to 60 minutes, and 20 to 30 more for the extensions.
#
# **You will learn** to
#
# - write functions that take any number of arguments, with `*args` and `**kwargs`;
# - write a *decorator*, a function that wraps another one and gives it a new ability;
# - pass functions to functions (*higher-order functions*);
# - convert fluxes to magnitudes without tripping over measurements that have no magnitude.
#
# You need to know Python's lists, dictionaries and loops, and a little NumPy.

# %% [markdown]
# ## One sky, three colours
#
# Every clear night the Zwicky Transient Facility (ZTF) on Palomar Mountain photographs a large part
# of the northern sky. An exposure takes 30 seconds and covers an area of more than 200 full moons.
# In front of the camera sits one of three filters: **g** lets through blue-green light, **r** red
# light and **i** light at the edge of the infrared. Each filter defines a *passband*, or *band* for
# short, and the same object has a different brightness in each.
#
# That difference tells objects apart. A star torn to pieces by a black hole stays hot and blue for
# months. A type Ia supernova is about as bright in g as in r when it peaks, but a month later it
# has cooled and is about a magnitude fainter in g. In a single band both simply fade.
#
# So a measurement is never just a number. It comes with
#
# | field | meaning | unit |
# |---|---|---|
# | `mjd` | *Modified Julian Date*: when the light was measured | days |
# | `flux` | how much light arrived | here: 1 unit of flux is magnitude 25.0 |
# | `flux_err` | the uncertainty of the flux, one standard deviation | as `flux` |
# | `band` | the passband it was measured in | |
#
# We keep each measurement in a dictionary, a *record*, and a **light curve** is a list of records.

# %% [markdown]
# ## How this notebook works
#
# Functions marked `TODO` are yours to write: delete the line `raise NotImplementedError(...)` and
# put your code in its place. The docstring of a function says everything it has to do. Run the
# notebook from top to bottom; a demonstration whose function you have not written yet stops with
# `NotImplementedError`, and that is fine.
#
# Below each part is a cell such as `check("1.2")`. Run it as often as you like: it tells you what
# works, what does not, and why. If you are stuck, put `hint("1.2")` in a new cell. In a
# terminal, `grader check 1` checks the whole notebook at once.

# %%
import time
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

Record = dict[str, Any]  # one measurement: mjd [days], flux, flux_err, band

BAND_STYLES = {"g": ("#1b9e77", "o"), "r": ("#d1352b", "s"), "i": ("#7a4a12", "^")}

# %% [markdown]
# ### The sample data
#
# The next cell is complete. It makes up a star whose brightness rises and falls every 63 days, and
# measures it in three bands. To keep the numbers short, `mjd` counts from 0 to 100 here; a real MJD
# these days is near 60 000. The random generator has a fixed seed, so everyone gets the same data.


# %%
def generate_sample_lightcurve(
    n_points: int = 50, bands: Sequence[str] = ("g", "r", "i")
) -> list[Record]:
    """Make a synthetic light curve: n_points records per band, with mjd from 0 to 100 days.

    The flux is 20 + 2 sin(0.1 mjd) with Gaussian noise of 0.5; flux_err lies between 0.10 and 0.15.
    """
    rng = np.random.RandomState(42)
    times = np.sort(rng.uniform(0, 100, n_points))
    data = []
    for band in bands:
        flux = 20 + 2 * np.sin(0.1 * times) + rng.normal(0, 0.5, n_points)
        flux_err = 0.1 + 0.05 * rng.random(n_points)
        for t, f, fe in zip(times.tolist(), flux.tolist(), flux_err.tolist(), strict=True):
            data.append({"mjd": t, "flux": f, "flux_err": fe, "band": band})
    return data


def plot_bands(
    ax: Axes, data: list[Record], value: str = "flux", error: str | None = "flux_err"
) -> None:
    """Plot a field of the records against time, each band in its own colour and marker."""
    for band, (colour, marker) in BAND_STYLES.items():
        points = [record for record in data if record["band"] == band]
        if not points:
            continue
        ax.errorbar(
            [record["mjd"] for record in points],
            [record[value] for record in points],
            yerr=[record[error] for record in points] if error else None,
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1.2,
            label=band,
        )
    ax.set_xlabel("MJD [days]")
    ax.legend(title="band")


# %%
if __name__ == "__main__":
    sample = generate_sample_lightcurve()
    print(len(sample), "records; the first is", sample[0])

    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    plot_bands(ax, sample)
    ax.set_ylabel("flux [zero point 25.0]")
    ax.set_title("The sample light curve")
    plt.show()

# %% [markdown]
# ## Decorators
#
# A function is a value like any other: it can be stored, passed on and returned. A **decorator**
# takes a function and returns another that does something more. The line `@decorator` above a `def`
# is short for `function = decorator(function)`.
#
# Inside a decorator, the new function must be able to stand in for *any* function. `*args` collects
# all positional arguments into a tuple and `**kwargs` all keyword arguments into a dictionary; with
# the same stars in a call they are spread out again. `functools.wraps` copies the name and the
# docstring, so that the wrapped function still looks like itself.
#
# This decorator announces each call:

# %%
if __name__ == "__main__":

    def announce(func: Callable[..., Any]) -> Callable[..., Any]:
        """Make func print its arguments before it runs."""

        @wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            print(f"{func.__name__} was called with {args} and {kwargs}")
            return func(*args, **kwargs)

        return wrapper

    @announce
    def point_telescope(ra: float, dec: float, tracking: bool = True) -> str:
        """Turn the telescope to a position [degrees]."""
        return f"pointing at ra = {ra}, dec = {dec}"

    print(point_telescope(210.9, 54.3, tracking=False))
    print("its name is still", point_telescope.__name__)

# %% [markdown]
# ### 1.1 A decorator that measures time
#
# A survey has to process tonight's images before the next night begins, so you always want to know
# which step is slow. Write a decorator that says how long each call takes.
#
# `time.perf_counter()` returns a time in seconds; the difference of two of them is the time that
# passed in between. If the function fails, its time is still of interest. Whatever is under
# `finally` runs in any case, and then the exception continues to the caller:
#
# ```python
# open_dome()
# try:
#     return take_image()
# finally:
#     close_dome()  # also when take_image returns, and when it raises
# ```


# %% part="1.1" points=3
def timing_decorator(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a version of func that prints how long each call takes.

    Args:
        func: any function that does not call itself.

    Returns:
        A function that passes all its positional and keyword arguments to func, calls it exactly
        once, returns its value, and prints one line with the name of func and the elapsed time of
        this call in seconds (waiting included), with decimals; the format is up to you. It keeps
        the name and the docstring of func (use functools.wraps). Decorating alone does not call
        func.

    Raises:
        Exception: Whatever func raises. The same line, with the time, is printed, and the exception
            is passed on to the caller. (What is printed on Ctrl-C is up to you.)

    Example:
        After `@timing_decorator` above `def expose(seconds)`, the call `expose(30)` returns what it
        returned before, and prints a line such as `expose took 0.000012 s`.
    """
    ### BEGIN SOLUTION

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")

    return wrapper
    ### END SOLUTION


# %% [markdown]
# Two ways to average the same fluxes. Which one is faster, and by how much?

# %%
if __name__ == "__main__":

    @timing_decorator
    def mean_by_loop(fluxes: np.ndarray) -> float:
        """Add up the fluxes one by one."""
        total = 0.0
        for flux in fluxes:
            total += flux
        return total / len(fluxes)

    @timing_decorator
    def mean_by_numpy(fluxes: np.ndarray) -> float:
        """Let NumPy do the loop."""
        return float(np.mean(fluxes))

    million = np.linspace(18.0, 22.0, 1_000_000)
    print(f"{mean_by_loop(million):.3f}")
    print(f"{mean_by_numpy(million):.3f}")

# %% [markdown]
# ## Keyword arguments of any name
#
# With `**settings` in its signature a function accepts keyword arguments that nobody thought of
# when it was written. They arrive in a dictionary, and the function decides what each name means.
# Here, a name that ends in `_deg` is an angle to be converted:

# %%
if __name__ == "__main__":

    def describe_pointing(target: str, **settings: Any) -> None:
        """Print the settings of an observation, with angles in radians."""
        print(target)
        for name, value in settings.items():
            if name.endswith("_deg"):
                print(f"  {name.removesuffix('_deg')}: {np.radians(value):.4f} rad")
            else:
                print(f"  {name}: {value}")

    describe_pointing("M101", ra_deg=210.80, dec_deg=54.35, airmass=1.1)

# %% [markdown]
# ### 1.2 Filter a light curve
#
# "The g band after day 10, but only where it was bright": in code, a request like this should read
# almost the same: `filter_lightcurve(data, band="g", mjd_min=10, flux_min=19)`. The *names* of the
# keyword arguments carry the meaning: `flux_min` is a lower bound on the field `flux`, while `band`
# asks for equality.
#
# A name that matches no field is probably a typo. Returning nothing would hide it, so be kind to
# the caller of your function: raise an error that says which fields exist.


# %% part="1.2" points=3
def filter_lightcurve(data: list[Record], **filters: Any) -> list[Record]:
    """Return the records that meet all filters, in their order.

    Args:
        data: records, dictionaries with the keys mjd [days], flux, flux_err and band, and possibly
            others, in any order. All records have the same keys, and none of the keys ends in _min
            or _max. Neither the list nor the records are changed.
        **filters: for a field X of the records,
            X_min=value keeps records with X >= value (inclusive; a flux of NaN meets no bound);
            X_max=value keeps records with X <= value (inclusive);
            X=value keeps records whose X is one of the values, if value is a list, tuple or set;
            X=value keeps records whose X equals value (==), if it is anything else.
            No value is special: 0, None and an empty list are filters like any other.

    Returns:
        A new list of the records that meet all the filters, in the order of data and as often as
        they occur there: every record if there are no filters, and an empty list if data is empty,
        whatever the filters are.

    Raises:
        KeyError: if a filter refers to a field that no record has, even if the other filters leave
            no record. The message names that field and the fields that exist.

    Example:
        >>> data = [
        ...     {"mjd": 10.0, "flux": 19.5, "flux_err": 0.1, "band": "g"},
        ...     {"mjd": 20.0, "flux": 21.0, "flux_err": 0.1, "band": "r"},
        ...     {"mjd": 30.0, "flux": 18.0, "flux_err": 0.1, "band": "g"},
        ... ]
        >>> [record["mjd"] for record in filter_lightcurve(data, band="g", mjd_min=10, flux_min=19)]
        [10.0]
        >>> [record["mjd"] for record in filter_lightcurve(data, band=["g", "r"], mjd_max=20)]
        [10.0, 20.0]
    """
    ### BEGIN SOLUTION
    fields = {field for record in data for field in record}
    kept = list(data)
    for name, wanted in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in fields:
            raise KeyError(f"no record has a field {field!r}; the fields are {sorted(fields)}")
        if name.endswith("_min"):
            kept = [record for record in kept if record[field] >= wanted]
        elif name.endswith("_max"):
            kept = [record for record in kept if record[field] <= wanted]
        elif isinstance(wanted, list | tuple | set):
            kept = [record for record in kept if record[field] in wanted]
        else:
            kept = [record for record in kept if record[field] == wanted]
    return kept
    ### END SOLUTION


# %%
if __name__ == "__main__":
    selected = filter_lightcurve(sample, band=["g", "r"], mjd_min=20, mjd_max=60, flux_min=19)
    print(f"{len(selected)} of {len(sample)} records are left")

    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    ax.plot(
        [record["mjd"] for record in sample],
        [record["flux"] for record in sample],
        ".",
        color="0.8",
        label="all",
    )
    plot_bands(ax, selected)
    ax.axvspan(20, 60, color="0.95", zorder=0)
    ax.axhline(19, color="0.6", linewidth=1, linestyle="--")
    ax.set_ylabel("flux [zero point 25.0]")
    ax.set_title("g and r from day 20 to day 60 with a flux of at least 19")
    plt.show()

# %% [markdown]
# ## Numbers that are not there
#
# Gaia measures the *parallax* of a star, and its distance in kiloparsecs is 1 divided by the
# parallax in milliarcseconds. Noise can make a small parallax negative, and then the formula has no
# meaning. Such a value is best marked as NaN, *not a number*: it stays in its place in the array,
# and functions such as `np.nanmean` skip it.
#
# `np.where(condition, a, b)` takes values from `a` where the condition holds and from `b`
# elsewhere. Replace the impossible values *before* the calculation, and NumPy has nothing to warn
# about. `np.asarray` lets the same lines work for a single number and for a whole array:

# %%
if __name__ == "__main__":

    def parallax_to_distance(parallax: float | np.ndarray) -> float | np.ndarray:
        """Convert a parallax [mas] to a distance [kpc]; NaN where the parallax is not positive."""
        parallax = np.asarray(parallax, dtype=float)
        usable = np.where(parallax > 0, parallax, np.nan)
        distance = 1 / usable
        return float(distance) if distance.ndim == 0 else distance

    print(parallax_to_distance(0.5))
    print(parallax_to_distance(np.array([2.0, 0.1, -0.05])))

# %% [markdown]
# ### 1.3 From flux to magnitude
#
# Astronomers express brightness in **magnitudes**. The scale is logarithmic and runs backwards: a
# *smaller* magnitude is *brighter*, and five magnitudes are a factor of exactly 100 in flux. Norman
# Pogson wrote it down in 1856:
#
# $$ m = -2.5 \log_{10}(\mathrm{flux}) + \mathrm{zeropoint} $$
#
# The **zero point** is the magnitude of an object whose flux is 1. It belongs to the unit of the
# flux: 25.0 is a common choice, 23.9 is the one for microjanskys in the AB system. A flux of 20
# with a zero point of 25.0 is a magnitude of 21.75: too faint for one exposure of ZTF, easy for the
# Rubin Observatory.
#
# Where there is no source, a survey measures noise around zero, and half of these fluxes are
# negative. They are good measurements, but they have no magnitude.


# %% part="1.3" points=2
def flux_to_magnitude(flux: float | np.ndarray, zeropoint: float = 25.0) -> float | np.ndarray:
    """Convert flux to magnitude by Pogson's formula.

    Args:
        flux: one flux or an array of them, of any shape, in the unit that the zero point belongs
            to. An array is not changed.
        zeropoint: the magnitude of a flux of 1 [mag]; 0.0 is a valid one.

    Returns:
        m = -2.5 log10(flux) + zeropoint [mag]: a float for one flux, an array of the same shape for
        an array. A flux that is zero, negative or NaN has the magnitude NaN. That is a normal case:
        no exception is raised, no warning is shown, and the settings for warnings (np.seterr,
        warnings.simplefilter) are the same afterwards as before.

    Example:
        >>> flux_to_magnitude(100.0)
        20.0
        >>> flux_to_magnitude(np.array([1.0, 100.0, -3.0]), zeropoint=23.9)
        array([23.9, 18.9,  nan])
    """
    ### BEGIN SOLUTION
    flux = np.asarray(flux, dtype=float)
    positive = np.where(flux > 0, flux, np.nan)
    magnitude = -2.5 * np.log10(positive) + zeropoint
    return float(magnitude) if magnitude.ndim == 0 else magnitude
    ### END SOLUTION


# %%
if __name__ == "__main__":
    for value in [2000.0, 200.0, 20.0, 0.0, -0.7]:
        print(f"flux {value:7.1f}  ->  magnitude {flux_to_magnitude(value):6.2f}")

# %% [markdown]
# A factor of ten in flux is always 2.5 magnitudes, wherever you start.
#
# ## Functions as arguments
#
# A function that takes or returns functions is called a **higher-order function**; your decorator
# is one. `convert_all` below knows nothing about air or angles. It gets the rule as an argument,
# and whatever else the rule needs in `*args` and `**kwargs`:

# %%
if __name__ == "__main__":

    def convert_all(
        values: list[float], rule: Callable[..., float], *args: Any, **kwargs: Any
    ) -> list[float]:
        """Apply a rule to every value."""
        return [rule(value, *args, **kwargs) for value in values]

    def airmass(altitude: float) -> float:
        """Return the air in the line of sight, relative to the zenith (altitude in degrees)."""
        return float(1 / np.sin(np.radians(altitude)))

    airmasses = convert_all([90.0, 45.0, 30.0], airmass)
    print(airmasses)
    print(convert_all(airmasses, round, 2))  # the 2 goes on to round

# %% [markdown]
# ### 1.4 Apply a conversion to every record
#
# Now convert a whole light curve, with whatever function the caller likes. Return **copies** of the
# records: the owner of the data may still want it as it was.
# `{**record, "colour": "red"}` makes a copy of a dictionary with one more key.


# %% part="1.4" points=2
def apply_magnitude_conversion(
    data: list[Record], conversion_func: Callable[..., float], *args: Any, **kwargs: Any
) -> list[Record]:
    """Return copies of the records with a magnitude added.

    Args:
        data: records, dictionaries with the key flux and any others. Neither the list nor the
            records are changed.
        conversion_func: any function whose first argument is a flux. It is called with one flux at
            a time, whatever the flux is.
        *args, **kwargs: further arguments, which are passed on to each call of conversion_func.

    Returns:
        A new list with a copy of each record, in the same order. The copy has everything that the
        record had, flux included, plus the key magnitude with conversion_func(flux, *args,
        **kwargs), even if that is NaN or 0. A magnitude that the record had before is replaced.

    Raises:
        Exception: Whatever conversion_func raises; it is passed on to the caller.

    Example:
        >>> data = [{"mjd": 10.0, "flux": 100.0, "flux_err": 0.1, "band": "g"}]
        >>> apply_magnitude_conversion(data, flux_to_magnitude, zeropoint=23.9)
        [{'mjd': 10.0, 'flux': 100.0, 'flux_err': 0.1, 'band': 'g', 'magnitude': 18.9}]
        >>> "magnitude" in data[0]
        False
    """
    ### BEGIN SOLUTION
    return [
        {**record, "magnitude": conversion_func(record["flux"], *args, **kwargs)} for record in data
    ]
    ### END SOLUTION


# %% [markdown]
# Now all the parts work together. For small errors the uncertainty of a magnitude is
# $\sigma_m = 1.086\, \sigma_\mathrm{flux} / \mathrm{flux}$, where 1.086 is $2.5 / \ln 10$. Note the
# axis: it is turned upside down, so that brighter is still up.

# %%
if __name__ == "__main__":
    timed_conversion = timing_decorator(apply_magnitude_conversion)
    with_magnitudes = timed_conversion(sample, flux_to_magnitude, zeropoint=25.0)
    for record in with_magnitudes:
        record["magnitude_err"] = 1.086 * record["flux_err"] / record["flux"]

    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    plot_bands(ax, with_magnitudes, "magnitude", "magnitude_err")
    ax.invert_yaxis()
    ax.set_ylabel("magnitude [mag]")
    ax.set_title("The sample light curve in magnitudes")
    plt.show()

# %% [markdown]
# ### Do the error bars tell the truth?
#
# In the plot the points scatter by more than their error bars allow. We can test this: we know the
# true flux of our made-up star, so divide each deviation from it by the quoted error.
# If the errors were right, these ratios would follow the bell curve with a width of 1.

# %%
if __name__ == "__main__":
    true_flux = [20 + 2 * np.sin(0.1 * record["mjd"]) for record in sample]
    deviation = [
        (record["flux"] - truth) / record["flux_err"]
        for record, truth in zip(sample, true_flux, strict=True)
    ]

    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    ax.hist(deviation, bins=20, density=True, color="0.75", label="the sample data")
    x = np.linspace(-15, 15, 301)
    ax.plot(
        x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), color="black", label="errors that are right"
    )
    ax.set_xlabel("(flux - true flux) / flux_err")
    ax.set_ylabel("density")
    ax.set_title(f"Deviations have a width of {np.std(deviation):.1f} instead of 1")
    ax.legend()
    plt.show()

# %% [markdown]
# The quoted errors are four times too small. Real catalogues have this problem too, though rarely
# this badly: anyone who works with ZTF's forced photometry measures the scatter at times when
# nothing happened, and scales the errors up to match. Never trust an error bar before you have
# tested it.

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks.
#
# ### 1.E1 Remember expensive results
#
# To find the period of a variable star you try a hundred thousand periods on its light curve.
# Nobody wants to do that twice for the same star. A *cache* remembers the result of each call, and
# the next call with the same arguments gets it straight away.
#
# A dictionary makes a good memory, with the arguments as the key. A key has to be *hashable*:
# numbers, strings and tuples of them are, but lists, dictionaries, sets and arrays are not, and
# `hash([1, 2])` raises a `TypeError`. For such arguments simply call the function.
#
# (For everyday use Python has `functools.lru_cache`. It refuses arguments that cannot be hashed.)


# %% part="1.E1" points=1
def cache_results(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a version of func that remembers its results.

    Bonus.

    Args:
        func: any function whose value depends on its arguments alone.

    Returns:
        A function with the name and docstring of func. A call with the same positional and keyword
        arguments as an earlier call returns the remembered value without running func; all results
        are remembered, however many, and None and 0 like any other. Other arguments run func, even
        if they look alike when printed or have the same hash. (Equal arguments such as 1, 1.0 and
        True may count as the same, and keyword arguments in another order as different.) Each
        decorated function has its own memory. If an argument cannot be hashed (a list, a
        dictionary, a set, an array, a tuple with one of them inside), func is called each time.

    Raises:
        Exception: Whatever func raises, a TypeError included; it is passed on to the caller and not
            remembered: the next call runs func again. func runs only once in each call.

    Example:
        After `@cache_results` above `def best_period(name, n_trials)`, the first call
        `best_period("RR Lyrae", n_trials=1000)` runs the function, and the second one returns the
        same value without running it.
    """
    ### BEGIN SOLUTION
    memory: dict[Any, Any] = {}

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        key = (args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError:  # a list, dictionary or array: nothing to look up by
            return func(*args, **kwargs)
        if key not in memory:
            memory[key] = func(*args, **kwargs)
        return memory[key]

    return wrapper
    ### END SOLUTION


# %% [markdown]
# Decorators can be stacked. The one nearest to the function is applied first, so here the timer
# measures the cached function:

# %%
if __name__ == "__main__":

    @timing_decorator
    @cache_results
    def best_period(n_trials: int) -> float:
        """Return the trial period [days] whose sine wave fits the sample's g band best."""
        records = filter_lightcurve(sample, band="g")
        t = np.array([record["mjd"] for record in records])
        y = np.array([record["flux"] for record in records])
        periods = np.linspace(20, 200, n_trials)
        powers = [abs(np.sum((y - y.mean()) * np.exp(-2j * np.pi * t / p))) for p in periods]
        return float(periods[np.argmax(powers)])

    print(f"period {best_period(50_000):.1f} days")
    print(f"period {best_period(50_000):.1f} days, this time from memory")

# %% [markdown]
# ### 1.E2 A different function for each band
#
# Dust between the stars dims blue light more than red. Where it takes 0.33 mag from the g band, it
# takes 0.23 mag from r and 0.17 mag from i, so a correction has to treat each band differently. The
# same goes for calibration, reference levels and detection limits.
#
# Write a function that takes a dictionary of functions, one for each band, and returns *one
# function* that processes a whole light curve.


# %% part="1.E2" points=1
def band_processor(
    functions: Mapping[str, Callable[[Record], Record]],
) -> Callable[[list[Record]], list[Record]]:
    """Return a function that processes each record with the function of its band.

    Bonus.

    Args:
        functions: maps the name of a band to a function from a record to a new record.

    Returns:
        A function that takes a list of records and returns a new list, in the same order, in which
        each record has gone through the function of its band: the one with exactly this name. (No
        function changes the band.)
        Records of a band without a function come back unchanged, as they are or as copies. The
        functions are given copies (`dict(record)` will do), so that the input records stay as they
        were even if a function changes its argument. It can be called any number of times.

    Raises:
        Exception: Whatever a band's function raises; it is passed on to the caller.

    Example:
        >>> def double(record):
        ...     record["flux"] *= 2
        ...     return record
        >>> process = band_processor({"g": double})
        >>> data = [{"flux": 20.0, "band": "g"}, {"flux": 30.0, "band": "r"}]
        >>> process(data)
        [{'flux': 40.0, 'band': 'g'}, {'flux': 30.0, 'band': 'r'}]
        >>> data[0]["flux"]
        20.0
    """
    ### BEGIN SOLUTION

    def process(data: list[Record]) -> list[Record]:
        processed = []
        for record in data:
            copy = dict(record)
            function = functions.get(record["band"])
            processed.append(function(copy) if function else copy)
        return processed

    return process
    ### END SOLUTION


# %%
if __name__ == "__main__":

    def undo_extinction(magnitudes: float) -> Callable[[Record], Record]:
        """Return a function that makes a record brighter by so many magnitudes."""
        factor = 10 ** (0.4 * magnitudes)
        return lambda record: {
            **record,
            "flux": record["flux"] * factor,
            "flux_err": record["flux_err"] * factor,
        }

    correct_for_dust = band_processor(
        {"g": undo_extinction(0.33), "r": undo_extinction(0.23), "i": undo_extinction(0.17)}
    )
    corrected = correct_for_dust(sample)

    fig, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    plot_bands(axes[0], sample)
    plot_bands(axes[1], corrected)
    axes[0].set_ylabel("flux [zero point 25.0]")
    axes[0].set_title("as measured")
    axes[1].set_title("corrected for dust")
    plt.show()

# %% [markdown]
# ## Where to go next
#
# You have written functions that take any arguments, wrap other functions and pass them around.
# You will meet these patterns everywhere: PyTorch switches off gradients with a decorator, and its
# data loader takes a function of yours that puts a batch together.
#
# - Decorate `filter_lightcurve` with your timer, and let `generate_sample_lightcurve` make a
#   million points. Which takes longer, the filter or making the data?
# - Read about the [`functools`](https://docs.python.org/3/library/functools.html) module: `partial`
#   fixes some arguments of a function and gives you a new one.
# - In **Exercise 2** a list of dictionaries grows into a class that knows its bands,
#   its duration and how to fold itself by a period.
