# %% [markdown]
# # Exercise 3: Advanced class design for astronomy surveys
#
# **Time:** 75 to 110 minutes, and 20 to 30 more for the extensions.
#
# **You will learn** to
#
# - write *static methods* and *class methods*, and choose between the two;
# - use an *abstract base class* to say what every subclass has to provide;
# - find the right class by its name with a *factory*;
# - turn what a survey sends, traps and all, into light curves that you can trust;
# - make an object work in a `with` statement.
#
# You need to know classes, `@property` and inheritance, as in Exercise 2.

# %% [markdown]
# ## Two surveys, one supernova
#
# Whenever the Zwicky Transient Facility (ZTF) sees something change, it sends an *alert*, often
# hundreds of thousands in a single night. The Vera C. Rubin Observatory stands on Cerro Pachón in
# Chile, with a mirror of 8.4 metres and the largest digital camera ever built. Its survey, LSST,
# sees objects fifty times fainter than ZTF does, and is expected to send up to ten million alerts
# in a night.
#
# Nobody reads these streams as they come. *Brokers* such as Lasair, ALeRCE, ANTARES and Fink take
# them in, sort them by object and offer records. If a supernova goes off in a part of the sky
# that both surveys watch, there will be a record of it from each:
#
# | | ZTF | LSST |
# |---|---|---|
# | name of the object | `objectId`, a string | `diaObjectId`, an integer of 18 digits or more |
# | time | `jd`, Julian Date, or `mjd` | `midpointMjdTai`, MJD |
# | filter | `fid`: 1, 2, 3 | `band`: u, g, r, i, z, y |
# | brightness | `magpsf`, a magnitude, and `isdiffpos`, its sign | `psfFlux` in nanojansky |
# | uncertainty | `sigmapsf`, in magnitudes | `psfFluxErr` in nanojansky |
#
# Hardly anything agrees, yet a classifier should not care where a light curve came from. So we
# need one *processor* for each survey, and all of them should be used in the same way. What they
# share is written once, in an abstract base class.

# %% [markdown]
# ## How this notebook works
#
# Methods marked `TODO` are yours to write: delete the line `raise NotImplementedError(...)` and put
# your code in its place. The docstring of a method is its full specification. `check("3.1")`
# says what works and what does not, and `hint("3.1")`, in a cell of your own, helps if you are
# stuck. In a terminal, `grader check 3` checks the whole notebook at once.
#
# The first class cell holds several parts. After a change, run it again, **and also the cells of
# the subclasses below it**: a subclass keeps the base class that existed when its cell was run.

# %%
import inspect
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Real
from types import TracebackType
from typing import Any, ClassVar, Self

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from solutions.ex02_light_curve_classes import LightCurve, TransientLightCurve

Record = dict[str, Any]  # what a broker gives for one object

JD_TO_MJD = 2400000.5  # [days]: MJD = JD - 2400000.5
FILTERS = {1: "g", 2: "r", 3: "i"}  # ZTF's numbers of its filters, `fid`
MAX_FLUX = 1e10  # beyond this a flux is absurd: magnitude 6.4 in nJy, far too bright for LSST


@dataclass
class SurveyConfig:
    """What one needs to know about a survey: its bands, zero points [mag] and cadence [days]."""

    name: str
    bands: list[str]
    zeropoints: dict[str, float]
    cadence_days: float


# The examples in the docstrings use these two records: invented numbers, real format. In
# ZTF_SAMPLE the first entry is a detection, the second is not, the third is fainter than the
# reference image, and the fourth is broken.
ZTF_SAMPLE: Record = {
    "objectId": "ZTF24aaexmpl",
    "candidates": [
        {"candid": 2647250401815015003, "jd": 2460402.75, "fid": 2, "magpsf": 18.775,
         "sigmapsf": 0.05, "isdiffpos": "t"},
        {"jd": 2460401.75, "fid": 1, "diffmaglim": 20.5, "magpsf": 20.5},
        {"candid": 2645250391215015007, "jd": 2460400.75, "fid": 1, "magpsf": 21.325,
         "sigmapsf": 0.1, "isdiffpos": "f"},
        {"candid": 2644250388815015012, "jd": 2460399.75, "fid": 2, "magpsf": 20.1,
         "sigmapsf": math.nan, "isdiffpos": "t"},
    ],
}  # fmt: skip
LSST_SAMPLE: Record = {
    "diaObjectId": 313853517434290184,
    "diaSources": [
        {"midpointMjdTai": 60402.25, "band": "r", "psfFlux": 3620.5, "psfFluxErr": 95.0},
        {"midpointMjdTai": 60399.25, "band": "z", "psfFlux": -410.0, "psfFluxErr": 380.0},
        {"midpointMjdTai": 60398.25, "band": "g", "psfFlux": None, "psfFluxErr": None},
    ],
}

# %% [markdown]
# ### One supernova in two formats
#
# The next cell is complete. It invents a type Ia supernova, lets ZTF and LSST observe it, and
# writes the two records as a broker would send them. You need not read it, but look at what the
# cell after it prints.

# %%
DEPTHS = {  # the magnitude of a source of five times the noise, in one visit
    "ZTF": {"g": 20.7, "r": 20.4, "i": 20.1},
    "LSST": {"u": 23.9, "g": 25.0, "r": 24.7, "i": 24.0, "z": 23.3, "y": 22.1},
}
SHAPES = {  # peak magnitude, time scales of rise and decline [days] in each band
    "u": (19.3, 2.5, 10), "g": (18.1, 3.0, 14), "r": (18.0, 3.5, 21),
    "i": (18.5, 3.5, 28), "z": (18.6, 4.0, 30), "y": (18.8, 4.0, 32),
}  # fmt: skip


def supernova_flux(mjd: np.ndarray, band: str) -> np.ndarray:
    """Flux [nJy] of the invented supernova, with the rise and fall of Bazin et al. (2009)."""
    peak, rise, fall = SHAPES[band]

    def shape(t: np.ndarray) -> np.ndarray:
        return np.exp(-t / fall) / (1 + np.exp(-t / rise))

    return 10 ** (0.4 * (31.4 - peak)) * shape(mjd - 60340) / shape(np.linspace(-20, 60, 801)).max()


def visits(survey: str, fraction: float) -> list[tuple[float, str, float, float]]:
    """Observe in a fraction of the nights: mjd, band, flux and flux_err [nJy], newest first."""
    rng = np.random.default_rng(9)
    seen: list[tuple[float, str, float, float]] = []
    for band, depth in DEPTHS[survey].items():
        nights = 60300.3 + np.flatnonzero(rng.random(150) < fraction)
        mjd = nights + rng.uniform(-0.1, 0.1, len(nights))
        flux = supernova_flux(mjd, band)
        flux_err = np.hypot(0.2 * 10 ** (0.4 * (31.4 - depth)), 0.015 * flux)
        noisy = rng.normal(flux, flux_err)
        seen += zip(mjd.tolist(), [band] * len(mjd), noisy.tolist(), flux_err.tolist(), strict=True)
    return sorted(seen, reverse=True)


def ztf_record() -> Record:
    """The supernova as a broker of ZTF's alerts has it: newest first, with non-detections."""
    numbers = {band: fid for fid, band in FILTERS.items()}
    candidates: list[Record] = []
    for mjd, band, flux, flux_err in visits("ZTF", fraction=0.4):
        entry: Record = {"jd": mjd + JD_TO_MJD, "fid": numbers[band]}
        if flux > 5 * flux_err:
            entry["candid"] = 2547000000015015000 + len(candidates)
            entry["magpsf"] = 31.4 - 2.5 * math.log10(flux)
            entry["sigmapsf"] = 2.5 / math.log(10) * flux_err / flux
            entry["isdiffpos"] = "t"
        else:
            entry["diffmaglim"] = entry["magpsf"] = DEPTHS["ZTF"][band]
        candidates.append(entry)
    return {"objectId": "ZTF24aasnvae", "candidates": candidates}


def lsst_record() -> Record:
    """The supernova as a broker of LSST's alerts has it: fluxes of the difference images."""
    sources = [
        {"midpointMjdTai": mjd, "band": band, "psfFlux": flux, "psfFluxErr": flux_err}
        for mjd, band, flux, flux_err in visits("LSST", fraction=0.12)
        if flux > 5 * flux_err
    ]
    return {"diaObjectId": 313888622041137152, "diaSources": sources}


# %%
if __name__ == "__main__":
    ztf_raw, lsst_raw = ztf_record(), lsst_record()
    print(ztf_raw["objectId"], "has", len(ztf_raw["candidates"]), "entries. Newest and oldest:")
    print(ztf_raw["candidates"][0])
    print(ztf_raw["candidates"][-1])
    print()
    print(lsst_raw["diaObjectId"], "has", len(lsst_raw["diaSources"]), "sources. The newest:")
    print(lsst_raw["diaSources"][0])

# %% [markdown]
# ## Three kinds of method, and a class that is a promise
#
# An ordinary method gets the object, `self`. A **static method** gets neither object nor class: it
# is a plain function that lives in the class because it belongs there. A **class method** gets the
# class on which it was called, by convention named `cls`, and often makes an object from it. That
# is how a class can offer a second way to build its objects.
#
# An **abstract base class** (`ABC`) says what its subclasses must be able to do, without saying
# how. As long as one method marked `@abstractmethod` is missing, Python refuses to make an object.
#
# Astronomers count days from many starting points, which makes a good example.

# %%
if __name__ == "__main__":

    class DayCount(ABC):
        """A time as a number of days since ZERO, which is a Julian Date."""

        ZERO: ClassVar[float] = 0.0

        def __init__(self, days: float) -> None:
            self.days = days

        @staticmethod
        def is_julian_date(number: float) -> bool:
            """A Julian Date of our times is about two and a half million."""
            return 2_400_000 < number < 2_500_000

        @classmethod
        def from_jd(cls, jd: float) -> Self:
            return cls(jd - cls.ZERO)

        @abstractmethod
        def describe(self) -> str: ...

    class ModifiedJulianDate(DayCount):
        ZERO = JD_TO_MJD

        def describe(self) -> str:
            return f"MJD {self.days}"

    class TessDate(DayCount):
        ZERO = 2457000.0

        def describe(self) -> str:
            return f"BTJD {self.days}, as the satellite TESS counts"

    print(DayCount.is_julian_date(2460402.75))  # static: no object needed
    print(ModifiedJulianDate.from_jd(2460402.75).describe())  # cls is ModifiedJulianDate
    print(TessDate.from_jd(2460402.75).describe())  # cls is TessDate
    print(DayCount.__subclasses__())

# %% [markdown]
# Now the base class of the surveys. It counts what goes through it: `_count(accepted, rejected)` is
# given, and every processor should call it once for each light curve.
#
# ### 3.1 Is this measurement any good?
#
# Every pipeline has its bad nights, and what it writes then is not always NaN. It may be `None`,
# an error of 0, or a flux of $10^{30}$. Such a value goes through every formula without complaint
# and spoils the result, so it is stopped at the door.
#
# Negative fluxes are *not* wrong. Surveys subtract an older reference image, and an object that is
# fainter now than it was then, or nothing but noise, leaves a negative flux.
#
# Comparisons with NaN are all false. So `if flux_err <= 0: return False` does not
# stop a NaN. `math.isfinite` does, but it needs a number: check `isinstance(value, Real)` first. It
# is true for the numbers of Python and NumPy, and false for text and `None`.
#
# ### 3.2 A factory
#
# `SurveyProcessor.from_survey_name("ztf")` should give a `ZTFProcessor`. A chain of `if`s would do,
# until someone adds a third survey and forgets to extend it. Better to let the class look around:
# the list `SurveyProcessor.__subclasses__()` holds the classes built directly on it, and each of
# those has such a list too. Some may be abstract themselves, as a common base for several surveys;
# `inspect.isabstract(cls)` says so. The name of a class as a string is `cls.__name__`, and
# `"abc_x".removesuffix("_x")` is `"abc"`.
#
# (Run a class cell twice, and there are two classes with the same name for a while. You need not do
# anything about that, but if you collect them in a dictionary by name, the newer one replaces the
# older.)
#
# The cell also holds two bonus parts at its end, which are explained under *Extensions* below.


# %% part=["3.1", "3.2", "3.E1", "3.E2"] points=[2, 2, 1, 1]
class SurveyProcessor(ABC):
    """Turns the records of one survey into light curves; each survey has a subclass.

    Attributes:
        config: the survey's SurveyConfig.
        in_batch: whether a `with` statement is running (part of an extension).
    """

    SUPPORTED_FORMATS: ClassVar[list[str]] = ["csv", "fits", "json"]

    def __init__(self, config: SurveyConfig) -> None:
        self.config = config
        self.in_batch = False
        self._processed_count = 0  # light curves
        self._accepted = 0  # measurements that went into a light curve
        self._rejected = 0  # measurements that were left out as invalid

    @abstractmethod
    def process_lightcurve(self, raw_data: Record) -> LightCurve:
        """Turn a record of the survey into a light curve."""

    def _count(self, accepted: int, rejected: int) -> None:
        """Note that one more light curve is done, and how many measurements passed or failed."""
        self._processed_count += 1
        self._accepted += accepted
        self._rejected += rejected

    @property
    def processed_count(self) -> int:
        """Number of light curves processed."""
        return self._processed_count

    @staticmethod
    def validate_photometry(flux: Any, flux_err: Any) -> bool:
        """Tell whether a flux and its error can be used.

        Args:
            flux, flux_err: a flux and its uncertainty, in the same unit; or whatever a broken
                pipeline wrote in their place, such as NaN, None, text, a list or an array.

        Returns:
            True if both are finite numbers (of Python or NumPy), flux_err is greater than zero, and
            neither is greater than 1e10 (MAX_FLUX) in absolute value. Otherwise False, even for
            what is not a number at all, without an exception. It is a plain bool in either case. A
            flux that is zero or negative is fine, and so is one that is smaller than its error.
            (True, False and integers too large for a float do not occur.)

        Example:
            >>> SurveyProcessor.validate_photometry(-12.5, 3.0)
            True
            >>> SurveyProcessor.validate_photometry(100.0, 0.0)
            False
        """
        ### BEGIN SOLUTION 3.1
        numbers = all(isinstance(value, Real) for value in (flux, flux_err))
        # A NaN makes these comparisons false, and `bool` turns NumPy's answers into Python's.
        return bool(numbers and abs(flux) <= MAX_FLUX and 0 < flux_err <= MAX_FLUX)
        ### END SOLUTION

    @classmethod
    def from_survey_name(cls, survey_name: str) -> "SurveyProcessor":
        """Make the processor of a survey, given the survey's name.

        - The surveys: each subclass of SurveyProcessor is the processor of one, and so is each
          subclass of a subclass, whenever it was defined. Abstract classes do not count.
        - Their names: the name of the class without Processor, in which it always ends.
          ZTFProcessor belongs to "ZTF", SkyMapperProcessor to "SkyMapper".
        - The caller: it makes no difference on which class the method is called.
          ZTFProcessor.from_survey_name("LSST") finds LSST as well.

        Args:
            survey_name: the whole name. Upper and lower case make no difference, nor do spaces
                around it.

        Returns:
            A new object on each call, made by calling the survey's class without arguments. No
            objects of other classes are made.

        Raises:
            ValueError: If there is no such survey: a part of a name is not enough, nor is a similar
                one or an empty one. The message lists the names of all the surveys that exist,
                such as ZTF and LSST.

        Example:
            >>> type(SurveyProcessor.from_survey_name(" ztf")).__name__
            'ZTFProcessor'
        """
        ### BEGIN SOLUTION 3.2
        known: dict[str, type] = {}
        waiting: list[type] = [SurveyProcessor]
        for found in waiting:  # the list grows while we go along it
            waiting += found.__subclasses__()
            if not inspect.isabstract(found):
                known[found.__name__.removesuffix("Processor")] = found
        for name, processor in known.items():
            if name.lower() == survey_name.strip().lower():
                return processor()
        raise ValueError(f"no survey is called {survey_name!r}; there are: {', '.join(known)}")
        ### END SOLUTION

    @property
    def observation_count(self) -> int:
        """Return how many measurements were looked at, accepted or rejected.

        Bonus. In all light curves that this processor has counted so far (see _count).

        Example:
            For a processor called ztf:

            >>> ztf._count(accepted=9, rejected=1)
            >>> ztf.observation_count
            10
        """
        ### BEGIN SOLUTION 3.E1
        return self._accepted + self._rejected
        ### END SOLUTION

    @property
    def rejected_count(self) -> int:
        """Return how many measurements were rejected as invalid.

        Bonus. In all light curves that this processor has counted so far.
        """
        ### BEGIN SOLUTION 3.E1
        return self._rejected
        ### END SOLUTION

    @property
    def acceptance_rate(self) -> float:
        """Return the fraction of accepted measurements among those looked at, from 0.0 to 1.0.

        Bonus. It is 0.0 as long as none was looked at.

        Example:
            For a processor called ztf:

            >>> ztf._count(accepted=9, rejected=1)
            >>> ztf.acceptance_rate
            0.9
        """
        ### BEGIN SOLUTION 3.E1
        looked_at = self._accepted + self._rejected
        return self._accepted / looked_at if looked_at else 0.0
        ### END SOLUTION

    def __enter__(self) -> Self:
        """Begin a batch: start counting afresh.

        Bonus. Sets _processed_count, _accepted and _rejected to zero and in_batch to True, and
        changes nothing else.

        Returns:
            The processor itself, so that `with ZTFProcessor() as ztf:` works.

        Raises:
            RuntimeError: If it is in a batch already; then nothing is changed.
        """
        ### BEGIN SOLUTION 3.E2
        if self.in_batch:
            raise RuntimeError(f"the {self.config.name} processor is in a batch already")
        self._processed_count = self._accepted = self._rejected = 0
        self.in_batch = True
        return self
        ### END SOLUTION

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the batch: say what was done.

        Bonus. Sets in_batch to False and prints one line with three numbers: those of light curves,
        of measurements accepted and of measurements rejected since the batch began. It does so even
        if the batch ended in an exception of any kind, including Ctrl-C (KeyboardInterrupt), which
        is passed on to the caller. The counts keep their values.

        Example:
            The line at the end; the wording is up to you, and it may hold the name of the survey.

            ZTF: 12 light curves, 480 measurements accepted, 7 rejected
        """
        ### BEGIN SOLUTION 3.E2
        self.in_batch = False
        print(
            f"{self.config.name}: {self._processed_count} light curves, "
            f"{self._accepted} measurements accepted, {self._rejected} rejected"
        )
        ### END SOLUTION


# %%
if __name__ == "__main__":
    measurements = [(100.0, 5.0), (-12.5, 3.0), (100.0, 0.0), (math.nan, 5.0), (1e30, 5.0)]
    for flux, flux_err in measurements:
        valid = SurveyProcessor.validate_photometry(flux, flux_err)
        print(f"{flux:8.3g} +- {flux_err:g}:", "valid" if valid else "not valid")

    abstract: type = SurveyProcessor
    try:
        abstract(SurveyConfig(name="any", bands=["r"], zeropoints={"r": 25.0}, cadence_days=1.0))
    except TypeError as error:
        print("TypeError:", error)

# %% [markdown]
# ### 3.3 From ZTF's records to a light curve
#
# `candidates` holds everything that happened at this place in the sky, usually newest first.
#
# - A **detection** has a `candid`, the number of its alert. `magpsf` is the magnitude of what was
#   found in the difference image, and `isdiffpos` says whether it was brighter or fainter than in
#   the reference image. How it says so has changed over the years and differs from broker to
#   broker: `"t"`, `"1"`, `1`, and others.
# - A **non-detection** says that nothing was found down to the limit `diffmaglim`. It has no
#   `candid`, or one that is `None`, and nothing else tells the two apart: detections may have a
#   limit too. It is not a flux of zero, and it is not an invalid measurement either: it simply
#   plays no part. Beware, a broker may write the limit into `magpsf` as well, for the convenience
#   of those who plot. Code that relies on `magpsf` then finds supernovae in empty sky.
#
# A magnitude $m$ with a zero point $z$ and an error $\sigma_m$ stands for
#
# $$ f = \pm 10^{-0.4\,(m - z)}, \qquad \sigma_f = \frac{\ln 10}{2.5}\, |f|\, \sigma_m $$
#
# where each band has its own zero point, in `self.config.zeropoints`.


# %% part="3.3" points=3
class ZTFProcessor(SurveyProcessor):
    """Processes records of the Zwicky Transient Facility."""

    def __init__(self) -> None:
        super().__init__(
            SurveyConfig(
                name="ZTF",
                bands=["g", "r", "i"],
                zeropoints={"g": 26.325, "r": 26.275, "i": 25.660},
                cadence_days=3.0,
            )
        )

    def process_lightcurve(self, raw_data: Record) -> TransientLightCurve:
        """Turn a record of ZTF into a light curve of its valid detections.

        Args:
            raw_data: a dictionary with objectId (text) and candidates, a list of dictionaries in
                any order, possibly empty. The record is not changed.
                A detection has: candid (a positive number, or text); jd (Julian Date, days) or mjd,
                or both, which then agree; fid, the filter (1 is g, 2 is r, 3 is i, see FILTERS; any
                other is invalid); magpsf and sigmapsf [mag], numbers, but possibly NaN or -99.0, a
                placeholder; and isdiffpos, which is "t", "1", "+1", 1 or True for a positive flux
                and "f", "0", "-1", 0, -1 or False for a negative one. It may have other keys.
                A non-detection has no candid, or candid is None. It may still have any of the other
                keys, such as magpsf.

        Returns:
            A TransientLightCurve with the object id, no transient_type, and, for each valid
            detection,
                mjd = jd - 2400000.5, or mjd as it is [days];
                flux = 10 ** (-0.4 * (magpsf - zero point)), or minus that, with the zero point of
                    the band in self.config.zeropoints;
                flux_err = abs(flux) * ln(10) / 2.5 * sigmapsf (so a placeholder of -99.0 gives a
                    negative error, which is not valid);
                band, the name of the filter.
            Non-detections are left out and not counted. A detection is invalid if its fid is
            unknown or validate_photometry rejects its flux and flux_err. Invalid ones are left out
            as well.
            Calls self._count once, with the numbers of valid and of invalid detections.

        Raises:
            ValueError: If objectId or candidates is missing; the message names the key. Such a
                record is not counted.

        Example:
            >>> lc = ZTFProcessor().process_lightcurve(ZTF_SAMPLE)
            >>> lc.data.round(2).to_dict("records")
            [{'mjd': 60400.25, 'flux': -100.0, 'flux_err': 9.21, 'band': 'g'},
             {'mjd': 60402.25, 'flux': 1000.0, 'flux_err': 46.05, 'band': 'r'}]
        """
        ### BEGIN SOLUTION
        for key in ("objectId", "candidates"):
            if key not in raw_data:
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        data, rejected = [], 0
        for candidate in raw_data["candidates"]:
            if candidate.get("candid") is None:
                continue
            band = FILTERS.get(candidate["fid"], "unknown")
            zeropoint = self.config.zeropoints.get(band, math.nan)
            flux = 10 ** (-0.4 * (candidate["magpsf"] - zeropoint))
            flux_err = flux * math.log(10) / 2.5 * candidate["sigmapsf"]
            if not self.validate_photometry(flux, flux_err):
                rejected += 1
                continue
            mjd = candidate["mjd"] if "mjd" in candidate else candidate["jd"] - JD_TO_MJD
            sign = 1 if str(candidate["isdiffpos"]) in ("t", "1", "+1", "True") else -1
            data.append({"mjd": mjd, "flux": sign * flux, "flux_err": flux_err, "band": band})
        self._count(len(data), rejected)
        return TransientLightCurve(data, raw_data["objectId"])
        ### END SOLUTION


# %% [markdown]
# The next cell is complete. It plots a light curve from any survey, since the processor knows the
# zero points.

# %%
BAND_STYLES = {
    "u": ("#6a3d9a", "v"), "g": ("#1b9e77", "o"), "r": ("#d1352b", "s"),
    "i": ("#b8860b", "^"), "z": ("#7a4a12", "D"), "y": ("#333333", "P"),
}  # fmt: skip


def plot_survey(ax: Axes, processor: SurveyProcessor, light_curve: LightCurve) -> None:
    """Plot the clear detections (flux > 3 flux_err) in magnitudes, brightest at the top."""
    for band, zeropoint in processor.config.zeropoints.items():
        table = light_curve.data[light_curve.data["band"] == band]
        table = table[table["flux"] > 3 * table["flux_err"]]
        colour, marker = BAND_STYLES[band]
        ax.errorbar(
            table["mjd"],
            zeropoint - 2.5 * np.log10(table["flux"]),
            yerr=1.086 * table["flux_err"] / table["flux"],
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1.2,
            label=band,
        )
    ax.set_xlabel("MJD [days]")
    ax.set_ylabel("magnitude [mag]")
    ax.set_title(f"{processor.config.name}: {light_curve.object_id}")
    if not ax.yaxis_inverted():
        ax.invert_yaxis()


# %% [markdown]
# Where nothing was detected, small arrows show the limit, straight from the record: the supernova
# was fainter than that. They tell you when it exploded, and that is why surveys report them.

# %%
if __name__ == "__main__":
    ztf = ZTFProcessor()
    ztf_supernova = ztf.process_lightcurve(ztf_raw)
    print(ztf_supernova)
    print(f"processed so far: {ztf.processed_count}")

    fig, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
    plot_survey(ax, ztf, ztf_supernova)
    for entry in ztf_raw["candidates"]:
        if "candid" not in entry:
            colour, _ = BAND_STYLES[FILTERS[entry["fid"]]]
            position = (entry["jd"] - JD_TO_MJD, entry["diffmaglim"])
            ax.plot(*position, marker="$\\downarrow$", color=colour, markersize=7, alpha=0.6)
    ax.legend(title="band")
    plt.show()

# %% [markdown]
# ### 3.4 From LSST's records to a light curve
#
# Rubin's records are friendlier. Fluxes come as fluxes, with their sign, in nanojansky (nJy), and
# there is no `candid` to watch for. One zero point serves all bands: a flux of 1 nJy is an AB
# magnitude of 31.4.
#
# What remains is to get the details right. `diaObjectId` is an integer so large that a `float`
# cannot hold all of its digits, and two objects would become one. Missing fluxes are `None`. And
# times are in TAI, atomic time, 37 seconds ahead of ZTF's UTC. For light curves that does not
# matter; for the eclipses of a white dwarf it would.
#
# This class also gets its configuration from you.


# %% part="3.4" points=3
class LSSTProcessor(SurveyProcessor):
    """Processes records of the Legacy Survey of Space and Time of the Rubin Observatory."""

    def __init__(self) -> None:
        """Set up the base class with the configuration of LSST.

        Calls super().__init__ with a SurveyConfig: name "LSST"; bands u, g, r, i, z, y, in this
        order; a zero point of 31.4 mag for each of them; cadence 3.0 days.

        Example:
            >>> LSSTProcessor().config.zeropoints["y"]
            31.4
        """
        ### BEGIN SOLUTION
        bands = list("ugrizy")
        super().__init__(SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 3.0))
        ### END SOLUTION

    def process_lightcurve(self, raw_data: Record) -> TransientLightCurve:
        """Turn a record of LSST into a light curve of its valid measurements.

        Args:
            raw_data: a dictionary with diaObjectId (an integer) and diaSources, a list of
                dictionaries in any order, possibly empty. Each has midpointMjdTai [MJD, days],
                band, and psfFlux and psfFluxErr [nJy], which may be None or NaN. Times are always
                valid. The record is not changed.

        Returns:
            A TransientLightCurve whose object id is diaObjectId as text, with all its digits, and
            with no transient_type. It holds each valid measurement, with time, flux and error as
            they are. Fluxes that are faint, negative or exactly zero are valid too.
            A measurement is invalid if validate_photometry rejects it, or if its band is not one of
            self.config.bands, whatever they are at the time; invalid ones are left out.
            Calls self._count once, with the numbers of valid and of invalid measurements.

        Raises:
            ValueError: If diaObjectId or diaSources is missing; the message names the key. Such a
                record is not counted.

        Example:
            >>> lc = LSSTProcessor().process_lightcurve(LSST_SAMPLE)
            >>> lc.object_id, lc.data["flux"].tolist()
            ('313853517434290184', [-410.0, 3620.5])
        """
        ### BEGIN SOLUTION
        for key in ("diaObjectId", "diaSources"):
            if key not in raw_data:
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        sources = raw_data["diaSources"]
        data = [
            {
                "mjd": source["midpointMjdTai"],
                "flux": source["psfFlux"],
                "flux_err": source["psfFluxErr"],
                "band": source["band"],
            }
            for source in sources
            if source["band"] in self.config.bands
            and self.validate_photometry(source["psfFlux"], source["psfFluxErr"])
        ]
        self._count(len(data), len(sources) - len(data))
        return TransientLightCurve(data, str(raw_data["diaObjectId"]))
        ### END SOLUTION


# %% [markdown]
# ### The same supernova, twice
#
# Both processors are used in the same way, and the factory of 3.2 finds them. On the left are the
# fluxes in r as they stand in the two tables. There is a factor of about a hundred between them: a
# flux without its zero point says nothing. In magnitudes, on the right, the surveys agree.

# %%
if __name__ == "__main__":
    processors = [SurveyProcessor.from_survey_name(name) for name in ("ztf", "lsst")]
    curves = [
        processor.process_lightcurve(raw)
        for processor, raw in zip(processors, [ztf_raw, lsst_raw], strict=True)
    ]

    fig, axes = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    for processor, curve, fill, size in zip(
        processors, curves, ["none", "full"], [7, 4], strict=True
    ):
        red = curve["r"].data
        magnitude = processor.config.zeropoints["r"] - 2.5 * np.log10(red["flux"])
        for ax, y in [(axes[0], red["flux"]), (axes[1], magnitude)]:
            ax.plot(
                red["mjd"],
                y,
                "s",
                color="#d1352b" if fill == "none" else "#333333",
                fillstyle=fill,
                markersize=size,
                label=processor.config.name,
            )
            ax.set_xlabel("MJD [days]")
    axes[0].set_title("flux, as it stands in the tables")
    axes[1].set_title("magnitude, by each survey's own zero point")
    axes[0].set_yscale("log")
    axes[0].set_ylabel("flux, each survey in its own unit")
    axes[1].set_ylabel("magnitude in r [mag]")
    axes[1].invert_yaxis()
    for ax in axes:
        ax.legend()
    plt.show()

# %% [markdown]
# Now all bands. LSST comes back to each of them less often, but it has six, and it follows the
# supernova down to where ZTF has long lost sight of it.

# %%
if __name__ == "__main__":
    fig, axes = plt.subplots(
        1, 2, figsize=(11, 4.5), sharex=True, sharey=True, layout="constrained"
    )
    for ax, processor, curve in zip(axes, processors, curves, strict=True):
        plot_survey(ax, processor, curve)
    axes[1].set_ylabel("")
    axes[1].legend(title="band", loc="upper left", bbox_to_anchor=(1, 1))
    plt.show()

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks. Their stubs are at the end
# of the class `SurveyProcessor`: go back to that cell, fill them in, and run it and the cells of
# the two subclasses again.
#
# ### 3.E1 Statistics as properties
#
# How many measurements has a processor looked at, how many did it reject, and what fraction was
# fine? The counts are there; the properties only have to combine them. An acceptance rate that
# drops from one night to the next is often the first sign that something is broken.
#
# ### 3.E2 Batches with `with`
#
# `with processor:` calls `__enter__` when the block begins and `__exit__` when it ends, *however*
# it ends, even with an exception. So it is the right place for what must be done in any case.
# `__exit__` gets the exception as its three arguments. If it returns something true, the
# exception is considered dealt with and disappears, which is rarely what you want; return nothing.

# %%
if __name__ == "__main__":
    with ZTFProcessor() as ztf:
        for raw in [ztf_raw, ZTF_SAMPLE]:
            ztf.process_lightcurve(raw)
    print(f"looked at {ztf.observation_count}, rejected {ztf.rejected_count}")
    print(f"acceptance rate: {ztf.acceptance_rate:.1%}")

    try:
        with ztf:
            ztf.process_lightcurve(lsst_raw)  # the wrong survey
    except ValueError as error:
        print("ValueError:", error)
    print("in a batch:", ztf.in_batch)

# %% [markdown]
# ## Where to go next
#
# Users of a light curve from your processors need not know which telescope it came from.
# A third survey is a third subclass; nothing else has to change, and the factory finds it straight
# away.
#
# - Write a processor for another survey or broker. ALeRCE's records for ZTF have `mjd`, and
#   `isdiffpos` as 1 or -1: does yours already accept them?
# - `__init_subclass__` is called whenever a subclass is defined. Use it to fill a registry for
#   `from_survey_name`. When is a class known to be abstract?
# - Read about [context managers](https://docs.python.org/3/reference/datamodel.html#context-managers)
#   and [abstract base classes](https://docs.python.org/3/library/abc.html) in Python's manual.
# - In **Exercise 4** a processor and a classifier become a pipeline.
