# %% [markdown]
# # Final project: from a broker's file to an alert
#
# **Time:** 6 to 10 hours, including the open-ended part. The twelve parts take about half of it.
#
# **You will build**
#
# - readers for two real formats of ZTF photometry, with their traps;
# - a pipeline that a bad file does not stop;
# - an honest evaluation: split by object, calibrated on one set, measured on another;
# - a classifier that is loaded from disk, says how sure it is, and explains itself;
# - an alert system that neither loses an alert nor sends it twice;
# - and, in the open-ended part, a model of your own, which is marked on light curves it has never
#   seen.
#
# You need `TransientLightCurve` from Exercise 2, the Bayesian transformer and the calibration of
# Exercise 10, and some of the helpers in between.
#
# **Further reading**
#
# - E. Bellm et al., *The Zwicky Transient Facility*,
#   [arXiv:1902.01932](https://arxiv.org/abs/1902.01932), and F. Masci et al. on its forced
#   photometry, [arXiv:2305.16279](https://arxiv.org/abs/2305.16279).
# - R. Smith et al., *Lasair: the transient alert broker for LSST:UK*, RNAAS 3, 26 (2019).
# - S. van Velzen et al. on tidal disruption events in ZTF,
#   [arXiv:2001.01409](https://arxiv.org/abs/2001.01409).

# %% [markdown]
# ## A night at the other end of the wire
#
# Every clear night, a camera on Palomar Mountain photographs the northern sky, and an older image
# is subtracted from each new one. Whatever is left over may be new. Half an hour later the
# *brokers* have it: computers that collect these leftovers and give them to anyone who asks. A few
# thousand of them are real, a dozen matter, and one may be a star that has just been torn apart.
# Somebody has to say which, in time for a spectrum.
#
# In the ten exercises you have built the pieces. Now they are put together: files, light curves, a
# network, probabilities that mean something, and a message in the right inbox. The pieces here are
# small. A full-size version of the same four components is in `solutions/final_project`, which you
# may read afterwards.
#
# ## How this notebook works
#
# As in the exercises: delete the line `raise NotImplementedError(...)` and put your code in its
# place. The docstring says everything that is required. `check("11.1")` says what works and what
# does not, and `hint("11.1")` helps. In a terminal, `grader check final` checks the whole notebook.

# %%
import contextlib
import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import TransientLightCurve
from solutions.ex05_light_curve_dataset import create_synthetic_transient_dataset
from solutions.ex10_bayesian_uncertainty import (
    BayesianTransformerEncoder,
    UncertaintyCalibration,
    summarise,
)

# %%
CLASS_NAMES = ["AGN", "CV", "SNII", "SNIa", "TDE"]  # class number i is called CLASS_NAMES[i]
TDE = CLASS_NAMES.index("TDE")
BANDS = {1: "g", 2: "r", 3: "i"}  # ZTF's number of a filter, `fid`, and our name
ZERO_POINT = 23.9  # the AB magnitude of a flux of 1 microjansky
MIN_SNR = 5.0  # a flux is a detection if it is at least this many errors from zero


def detections(lightcurve: TransientLightCurve) -> np.ndarray:
    """Return which rows of a light curve are detections, bool (n,); a flux of NaN is not one.

    The source was seen where the difference is far from zero, on either side: an active nucleus
    that fades below the reference image has a negative flux, and is seen all the same.
    """
    data = lightcurve.data
    return (data["flux"].abs() >= MIN_SNR * data["flux_err"]).to_numpy()


# %% [markdown]
# ## Component 1: the data pipeline
#
# ### 11.1 What a broker says
#
# Lasair describes an object as JSON: `objectId`, and a list of `candidates`. Some of these are
# detections, others only say how faint a source could have been seen, an **upper limit**. Five
# traps are known:
#
# - **Time** comes as a Julian date, `jd`. The modified Julian date that we use is smaller by
#   2400000.5, and the half is not a detail: it is what moves midnight to noon.
# - **Filters** are numbers, `fid`.
# - **Sign.** A magnitude has no sign. `isdiffpos` tells whether the source got brighter or fainter
#   than the reference; it is `"t"`, `"1"`, 1 or true for brighter, and `"f"`, `"0"`, 0 or false for
#   fainter, depending on how old the alert is.
# - **Upper limits** have no `candid`, the number of a detection. Some versions of the broker fill
#   their `magpsf` with the limit, so that they look like detections. Only `candid` tells them
#   apart.
# - **Order.** The newest come first.
#
# In microjansky, a magnitude $m$ is the flux $F = 10^{0.4\,(23.9 - m)}$. An error $\sigma_m$ in the
# magnitude becomes, through the derivative, a flux error of $\sigma_F = F\,\sigma_m \ln(10) / 2.5$.
# We store an upper limit as "measured, but not known", a flux of NaN. Its error is a fifth of the
# flux that the limit stands for, since it is a limit of five standard deviations.


# %% part="11.1" points=1
def read_lasair(record: Mapping[str, Any]) -> TransientLightCurve:
    """Return the light curve of an object from Lasair, in microjansky.

    Args:
        record: with "objectId", a string, and "candidates", a list of dictionaries, in any order,
            possibly empty. It is not changed. All of them have "jd" [days] and "fid", an int. A
            detection has a "candid", a positive number, and "magpsf", "sigmapsf" [mag] and
            "isdiffpos". Every other one, whether its "candid" is None or missing altogether, is an
            upper limit with "diffmaglim" [mag]. Either may have any other key as well.

    Returns:
        A TransientLightCurve named after the object, with one observation for each candidate in the
        filters g, r and i (those in other filters are left out): mjd, which is jd - 2400000.5, and
        band, according to BANDS. A detection has the flux 10**(0.4 * (23.9 - magpsf)), negative
        unless isdiffpos is "t", "1", 1 or True, and as flux_err, always positive, the absolute
        value of the flux times sigmapsf * ln(10) / 2.5. An upper limit has the flux NaN, and as
        flux_err a fifth of 10**(0.4 * (23.9 - diffmaglim)).

    Raises:
        ValueError: if record has no key "candidates", as in the answer of a broker in trouble. If
            it has a string under "error" instead, the message contains all of it.

    Example:
        >>> lc = read_lasair({"objectId": "ZTF18abc", "candidates": [
        ...     {"candid": 7, "jd": 2459000.5, "fid": 1, "magpsf": 18.9, "sigmapsf": 0.1,
        ...      "isdiffpos": "t"},
        ...     {"jd": 2458999.5, "fid": 2, "diffmaglim": 20.4}]})
        >>> lc[1]
        {'mjd': 59000.0, 'flux': 100.0, 'flux_err': 9.21..., 'band': 'g'}
    """
    ### BEGIN SOLUTION
    if "candidates" not in record:
        raise ValueError(f"the record has no candidates: {record.get('error', 'no reason given')}")

    def observation(candidate: Mapping[str, Any]) -> dict[str, Any]:
        is_detection = candidate.get("candid") is not None
        magnitude = candidate["magpsf" if is_detection else "diffmaglim"]
        flux = 10 ** (0.4 * (ZERO_POINT - magnitude))
        row = {"mjd": candidate["jd"] - 2400000.5, "band": BANDS[candidate["fid"]]}
        if not is_detection:
            return row | {"flux": math.nan, "flux_err": flux / 5}
        sign = 1 if candidate["isdiffpos"] in ("t", "1", 1) else -1
        error = flux * candidate["sigmapsf"] * math.log(10) / 2.5
        return row | {"flux": sign * flux, "flux_err": error}

    known = [each for each in record["candidates"] if each["fid"] in BANDS]
    return TransientLightCurve([observation(each) for each in known], record["objectId"])
    ### END SOLUTION


# %% [markdown]
# The project's own files in these formats are in the folder `data`. All the objects are invented.

# %%
if __name__ == "__main__":
    from grader import data_folder

    DATA = data_folder()
    supernova = read_lasair(json.loads((DATA / "lasair_object.json").read_text()))
    print(supernova, f"with {detections(supernova).sum()} detections")
    print(supernova.data.head())

# %% [markdown]
# ### 11.2 What the survey measures
#
# An alert is sent when something is seen. **Forced photometry** measures at the same place in every
# image, whether anything is seen or not, and gives a flux with an error each time: even before the
# explosion, and even below zero. ZTF's service sends it as text:
#
# ```
# # ... comments ...
#  index, field, ccdid, ..., filter, ..., zpdiff, ..., jd, ..., forcediffimflux, ..., procstatus
#  0 600 4 1 ZTF_g ...
# ```
#
# The names are separated by commas, the values below them by spaces. How many comments there are,
# and which columns in which order, has changed with the versions of the service. So look for the
# line with the names, and use the names.
#
# Not every measurement is good. The service's own guide says which to leave out, and each condition
# has its reason: bad pixels or clouds (`infobitssci`), a noisy background (`scisigpix`), poor
# seeing (`sciinpseeing`), a failed measurement (`procstatus`, or a flux of `null` or of -99999).
#
# The flux is in the units of the camera, and `zpdiff` is the magnitude of one such unit, *in this
# image*: it changes from one to the next with the weather.


# %% part="11.2" points=1
def read_forced_photometry(text: str, object_id: str) -> TransientLightCurve:
    """Return the light curve in a table from ZTF's forced-photometry service, in microjansky.

    Args:
        text: a line of names, separated by commas with or without spaces, among which are "jd" and
            "forcediffimflux"; below it the rows, if there are any, with a value for each name, in
            the order of the names, separated by one or more spaces. Any line may begin with spaces.
            Lines that begin with "#" (comments) or are empty may appear anywhere, in any number.
            The columns may come in any order, and there may be others besides those below. Those
            below hold numbers, except for filter and procstatus; the three that the last condition
            names may be "null" instead, and so may any other column.
        object_id: the name of the object.

    Returns:
        A TransientLightCurve with that name, empty if there are no good rows. A row is left out if

        - procstatus is not "0" (it is a string without spaces, such as "0", "60" or "56,57"),
        - infobitssci is not 0,
        - scisigpix is above 25, or sciinpseeing above 5, or
        - forcediffimflux, forcediffimfluxunc or zpdiff is "null" or -99999.

        For every other row there is an observation, however faint, even if the flux is negative:
        mjd is jd - 2400000.5, band the last letter of filter (ZTF_g, ZTF_r, ZTF_i), and flux and
        flux_err are forcediffimflux and forcediffimfluxunc, each times 10**(0.4 * (23.9 - zpdiff)),
        with the zpdiff of the same row.

    Raises:
        ValueError: if there is no line of names (the text may be a web page instead).

    Example:
        A row with forcediffimflux 250, forcediffimfluxunc 10 and zpdiff 26.4 has a flux of
        25.0 microjansky with an error of 1.0.
    """
    ### BEGIN SOLUTION
    lines = [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]
    names = [name.strip() for name in lines[0].split(",")] if lines else []
    if not {"jd", "forcediffimflux"} <= set(names):
        raise ValueError("no line names the columns jd and forcediffimflux")
    table = pd.DataFrame([line.split() for line in lines[1:]], columns=names)

    numbers = table.apply(pd.to_numeric, errors="coerce")
    measured = numbers[["forcediffimflux", "forcediffimfluxunc", "zpdiff"]].replace(-99999, np.nan)
    good = (
        (table["procstatus"] == "0")
        & (numbers["infobitssci"] == 0)
        & (numbers["scisigpix"] <= 25)
        & (numbers["sciinpseeing"] <= 5)
        & measured.notna().all(axis=1)
    )
    unit = 10 ** (0.4 * (ZERO_POINT - measured["zpdiff"]))  # one unit of the camera, in microjansky
    observations = pd.DataFrame(
        {
            "mjd": numbers["jd"] - 2400000.5,
            "flux": measured["forcediffimflux"] * unit,
            "flux_err": measured["forcediffimfluxunc"] * unit,
            "band": table["filter"].str[-1],
        }
    )
    return TransientLightCurve(observations[good].to_dict("records"), object_id)
    ### END SOLUTION


# %% [markdown]
# ### 11.3 All files in a folder
#
# A pipeline reads what is there, night after night. One day a file will be cut off in the middle,
# or hold a broker's apology instead of data. That must not cost the other objects anything, and it
# must not go unnoticed either. So a failure is recorded, and the pipeline carries on.
#
# "Recent" means: *detected* lately. Forced photometry from last night at the place of an old
# supernova is not news.
#
# ### 11.4 One point a night
#
# ZTF may look at a field four times in a night. A supernova does not change in an hour, so the
# points of one night and band say the same thing, and together they say it better. Average
# **fluxes, not magnitudes**: a magnitude is a logarithm, whose mean is biased when the noise is
# large, and which does not exist where a flux is negative. And weight them: with weights $w =
# 1/\sigma^2$ the mean $\sum w F / \sum w$ has the smallest error that a mean can have,
# $1/\sqrt{\sum w}$.
#
# At Palomar it is afternoon when the MJD becomes a new whole number. So a night is simply the
# integer part of the MJD.
#
# ### 11.5 Rows for a network
#
# What is left is to make rows of numbers. The network should see the shape of a light curve, not on
# which day it was found, nor how far away it was: times count from the first detection, and fluxes
# are in units of the largest one.


# %% part=["11.3", "11.4", "11.5"] points=[1, 1, 0.5]
class ZTFDataPipeline:
    """Reads the files of a source, and prepares light curves for a network.

    Attributes:
        data_source: "lasair" or "ztf".
        folder: where the files are.
        problems: for each file that could not be read in the last fetch, its name and the reason.
    """

    SUFFIXES: ClassVar = {"lasair": ".json", "ztf": ".txt"}
    WINDOW = (-30.0, 200.0)  # days from the first detection: what a network gets to see

    def __init__(self, data_source: str = "lasair", folder: str | Path = "data") -> None:
        """Set self.data_source, self.folder as a Path, and self.problems, an empty dictionary.

        Nothing is read yet. The folder need not exist.

        Raises:
            ValueError: if data_source is not a key of SUFFIXES. The message names the keys.
        """
        ### BEGIN SOLUTION 11.3
        if data_source not in self.SUFFIXES:
            known = ", ".join(self.SUFFIXES)
            raise ValueError(f"data_source is {data_source!r}; known are {known}")
        self.data_source = data_source
        self.folder = Path(folder)
        self.problems: dict[str, str] = {}
        ### END SOLUTION

    def read(self, path: Path) -> TransientLightCurve:
        """Return the light curve of one file of the source."""
        text = path.read_text(encoding="utf-8")
        if self.data_source == "lasair":
            return read_lasair(json.loads(text))
        return read_forced_photometry(text, path.stem)

    def fetch_recent_transients(
        self, lookback_days: float = 7, now: float | None = None
    ) -> list[TransientLightCurve]:
        """Return the light curves that were detected lately, each with its whole past.

        Every file of self.folder whose name ends with the source's suffix is read once, with
        self.read(path); other files, and folders within the folder, are not. If self.read raises an
        Exception of whatever kind, the file is left out: self.problems then has its name, such as
        "ZTF18abc.json", as a key, and as its value a string that contains the exception's message.
        Only the files of the last call are in it. (KeyboardInterrupt and SystemExit are not
        Exceptions: they say that the program is to end, and are not caught.)

        Args:
            lookback_days: how far back a detection counts [days], not negative.
            now: the present [MJD]. None stands for the time of the latest observation in all files
                that could be read, detection or not.

        Returns:
            A list: in order of the file names, the light curves with at least one detection (see
            `detections`) at a time from now - lookback_days to now, both included. What was
            observed after now is not in them; all the rest is. The list is empty if there are none.

        Raises:
            NotADirectoryError: if self.folder is not a folder. The message contains its name. (An
                empty list would look like a quiet night.)

        Example:
            A folder holds two objects that were last detected at MJD 60000 and 60009.5, and last
            observed at 60010. With lookback_days=7, only the second is recent.
        """
        ### BEGIN SOLUTION 11.3
        if not self.folder.is_dir():
            raise NotADirectoryError(f"{self.folder} is not a folder")
        self.problems = {}
        found: list[TransientLightCurve] = []
        for path in sorted(self.folder.glob(f"*{self.SUFFIXES[self.data_source]}")):
            if not path.is_file():
                continue
            try:
                found.append(self.read(path))
            except Exception as error:
                self.problems[path.name] = str(error)
        if now is None:
            now = max((lc.data["mjd"].max() for lc in found if len(lc)), default=0.0)
        known = [lc._with_data(lc.data[lc.data["mjd"] <= now]) for lc in found]
        since = now - lookback_days
        return [lc for lc in known if (lc.data["mjd"][detections(lc)] >= since).any()]
        ### END SOLUTION

    @staticmethod
    def nightly(lightcurve: TransientLightCurve) -> TransientLightCurve:
        """Return a light curve with one observation for each night and band.

        A night is the integer part of mjd. Of the observations of one night in one band:

        - if any has a flux, those with a flux become one: with the weights w = 1 / flux_err**2,
          flux is the weighted mean of the fluxes, mjd the weighted mean of the times, and flux_err
          is 1 / sqrt(sum of w). Upper limits (a flux of NaN) of that night and band are dropped.
        - if all are upper limits, the one with the smallest flux_err stays as it is; if several are
          equal, the earliest.

        Args:
            lightcurve: it is not changed. Every flux_err is a positive number.

        Returns:
            A light curve of the same class and metadata (_with_data helps), sorted by mjd, with the
            columns mjd, flux, flux_err and band. An empty one gives an empty one.

        Example:
            The fluxes 10 and 20 with the errors 1 and 2, in r, at MJD 60000.2 and 60000.3 become
            the flux 12 with the error 0.894, at MJD 60000.22.
        """
        ### BEGIN SOLUTION 11.4
        data = lightcurve.data.assign(night=np.floor(lightcurve.data["mjd"]))
        measured = data[data["flux"].notna()]
        weight = measured["flux_err"] ** -2
        weighted = measured.assign(
            weight=weight, mjd=weight * measured["mjd"], flux=weight * measured["flux"]
        )
        sums = weighted.groupby(["night", "band"], as_index=False)[["weight", "mjd", "flux"]].sum()
        means = sums.assign(
            mjd=sums["mjd"] / sums["weight"],
            flux=sums["flux"] / sums["weight"],
            flux_err=sums["weight"] ** -0.5,
        )
        limits = data[data["flux"].isna()].sort_values("flux_err", kind="stable")
        best = pd.concat([means, limits]).drop_duplicates(["night", "band"])  # a mean, if any
        table = best[["mjd", "flux", "flux_err", "band"]].sort_values("mjd")
        return lightcurve._with_data(table)
        ### END SOLUTION

    def preprocess_for_inference(self, lightcurve: TransientLightCurve) -> Tensor:
        """Return the rows that the network reads.

        A row is made for each observation of self.nightly(lightcurve) from 30 days before its first
        detection to 200 days after it, both included (WINDOW). "Detection" always means one in the
        nightly light curve (see `detections`).

        Args:
            lightcurve: in the bands g, r and i. It is not changed.

        Returns:
            A float32 tensor (n, 6), in order of time. The columns are

            0: days since the first detection (negative before it);
            1: flux / scale, where scale is the largest absolute flux among the detections in the
               rows; 0 for an upper limit;
            2: flux_err / scale;
            3, 4, 5: 1 in the column of the band (g, r, i in this order), otherwise 0.

        Raises:
            ValueError: if there is no detection at all, as in an empty light curve. The message
                contains the object's name.

        Example:
            A detection of 50 with an error of 5 in r at MJD 60000, and a limit with an error of 4
            in g, two days earlier, give the rows [-2, 0, 0.08, 1, 0, 0] and [0, 1, 0.1, 0, 1, 0].
        """
        ### BEGIN SOLUTION 11.5
        nightly = self.nightly(lightcurve)
        seen = detections(nightly)
        if not seen.any():
            raise ValueError(f"{lightcurve.object_id} has no detection")
        days = nightly.data["mjd"] - nightly.data["mjd"][seen].min()
        kept = days.between(*self.WINDOW)
        data = nightly.data[kept]
        scale = data["flux"][seen[kept]].abs().max()
        columns = [days[kept], data["flux"].fillna(0) / scale, data["flux_err"] / scale]
        columns += [data["band"] == band for band in BANDS.values()]
        return torch.tensor(np.column_stack(columns), dtype=torch.float32)
        ### END SOLUTION


# %%
if __name__ == "__main__":
    pipeline = ZTFDataPipeline("lasair", DATA)
    recent = pipeline.fetch_recent_transients(lookback_days=3000)
    print([str(lc) for lc in recent])
    print("could not be read:", pipeline.problems)
    print(pipeline.preprocess_for_inference(recent[0])[:5])

# %% [markdown]
# ## Component 4, first half: an honest evaluation
#
# The curriculum puts the evaluation at the end. Build it *before* the model, and you will not be
# tempted to build the one that makes your model look good.
#
# ### 11.6 Who is in the test set?
#
# Photometry comes as a table with one row for each observation. If it is the *rows* that are split,
# the same supernova is in training and in test, and the test measures memory. Even splitting
# objects by a random number has a flaw: next month there are more objects, the draw comes out
# differently, and what was meant for testing has been learnt from.
#
# A good split follows from the object's name alone. A **hash** turns a name into a number that
# looks random and is the same on every day and computer. (Python's own `hash` is not: for strings
# it changes every time Python starts.)


# %% part="11.6" points=0.5
def split_of(object_id: str) -> str:
    """Return which set an object belongs to, from its name alone.

    The first 8 bytes of the SHA-256 of the name, encoded as UTF-8, are read as an unsigned integer,
    the most significant byte first, and divided by 2**64. That is a number from 0 to 1.

    Returns:
        "train" if the number is below 0.6, "val" if it is at least 0.6 and below 0.8, and otherwise
        "test".

    Example:
        >>> split_of("ZTF18abc"), split_of("ZTF19abc")
        ('train', 'test')
    """
    ### BEGIN SOLUTION
    digest = hashlib.sha256(object_id.encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < 0.6:
        return "train"
    return "val" if place < 0.8 else "test"
    ### END SOLUTION


# %% [markdown]
# ### 11.7 Three sets, three tasks
#
# The network learns from the *training set*. Everything that is chosen afterwards is chosen on the
# *validation set*: the temperature that makes probabilities mean what they say (10.5), and the
# threshold above which we call something a TDE. The *test set* chooses nothing. If it did, its
# figures would be the best of several tries, and the next night would disappoint you.
#
# Which threshold? A spectrum costs an hour, so our observers accept only so many false alarms: of
# the objects we call TDEs, a certain share must be TDEs (**precision**). Among all thresholds that
# keep this promise, on the validation set, the lowest finds the most (**recall**).
#
# And do not let a figure fool you. When six of ten objects are of type Ia, an accuracy of 0.6 is
# what a constant answer gets. The **balanced** accuracy is the mean of the recalls of the classes,
# in which each counts the same.


# %%
@dataclass(frozen=True)
class Answers:
    """What a network says of some objects, before any calibration.

    Attributes:
        probabilities: (n, 5), columns in the order of CLASS_NAMES.
        labels: (n,) the number of each object's true class.
    """

    probabilities: np.ndarray
    labels: np.ndarray


# %% part="11.7" points=1.5
def choose_threshold(score: np.ndarray, is_tde: np.ndarray, min_precision: float) -> float:
    """Return the lowest threshold with the required precision.

    Args:
        score: (n,) the probability of a TDE.
        is_tde: (n,) bool, the truth. n may be 0.
        min_precision: the smallest precision that will do, from 0 to 1.

    Returns:
        The smallest of the scores t, as a float, for which the share of TDEs among the objects with
        score >= t is at least min_precision. math.inf if there is none.

    Example:
        The scores 0.9, 0.8, 0.7, 0.6 and 0.2 belong to a TDE, something else, a TDE, a TDE and
        something else. With min_precision=0.75 the threshold is 0.6 (3 of 4), though at 0.8 it is
        only 1 of 2.
    """
    ### BEGIN SOLUTION 11.7
    enough = [t for t in score if is_tde[score >= t].mean() >= min_precision]
    return float(min(enough, default=math.inf))
    ### END SOLUTION


def evaluate(val: Answers, test: Answers, min_precision: float = 0.6) -> dict[str, float]:
    """Calibrate and choose on one set, and measure on another.

    On val alone, the temperature is found (UncertaintyCalibration.fit_temperature), and then, with
    the probabilities at that temperature, the threshold (choose_threshold). Everything else is
    measured on test, whose probabilities have been brought to the same temperature. Neither set is
    changed, and neither is empty. `UncertaintyCalibration` is the one from Exercise 10: it has
    fit_temperature(labels, probabilities), apply_temperature(probabilities, temperature) and
    expected_calibration_error(labels, probabilities).

    Returns:
        A dictionary of floats, with these keys and no others:

        temperature, threshold: as found on val.
        accuracy: the share of objects whose most probable class is the true one.
        balanced_accuracy: the mean, over the classes that occur in test.labels, of the share of
            their objects whose most probable class is the true one.
        ece: UncertaintyCalibration.expected_calibration_error.
        tde_recall: the share of the TDEs whose probability of a TDE is at least the threshold. NaN
            if there is no TDE in test.
        tde_precision: the share of TDEs among the objects whose probability of a TDE is at least
            the threshold. NaN if there is no such object.

    Example:
        With 60 SNIa, all called SNIa, and 40 SNII, half of which are called SNIa, the accuracy is
        0.8 and the balanced accuracy (1 + 0.5) / 2 = 0.75.
    """
    ### BEGIN SOLUTION 11.7
    temperature = UncertaintyCalibration.fit_temperature(val.labels, val.probabilities)
    val_prob, test_prob = (
        UncertaintyCalibration.apply_temperature(answers.probabilities, temperature)
        for answers in (val, test)
    )
    threshold = choose_threshold(val_prob[:, TDE], val.labels == TDE, min_precision)
    found, is_tde = test_prob[:, TDE] >= threshold, test.labels == TDE
    right = test_prob.argmax(axis=1) == test.labels
    recalls = [right[test.labels == number].mean() for number in np.unique(test.labels)]
    both = (found & is_tde).sum()
    return {
        "temperature": float(temperature),
        "threshold": threshold,
        "accuracy": float(right.mean()),
        "balanced_accuracy": float(np.mean(recalls)),
        "ece": UncertaintyCalibration.expected_calibration_error(test.labels, test_prob),
        "tde_recall": float(both / is_tde.sum()) if is_tde.any() else math.nan,
        "tde_precision": float(both / found.sum()) if found.any() else math.nan,
    }
    ### END SOLUTION


# %% [markdown]
# ## Component 2: a classifier in production
#
# A network alone is not a classifier. To use it, you have to know its sizes, the order of the
# classes, the temperature, and how light curves were prepared for it. If one of these is lost or
# comes from another version, it still answers, only wrongly. So they travel together, and a
# **checksum** ties them to each other.
#
# The next cell is complete. It writes a model in two files: the weights as *safetensors*, which
# hold numbers and nothing else (a pickle can run code when it is opened), and the rest as JSON.


# %%
def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def save_model(
    folder: str | Path,
    model: BayesianTransformerEncoder,
    sizes: Mapping[str, Any],
    temperature: float,
    classes: Sequence[str] = CLASS_NAMES,
) -> tuple[Path, Path]:
    """Write weights and configuration to a folder and return the paths of the two files.

    Args:
        sizes: the keyword arguments with which BayesianTransformerEncoder makes such a network.
        temperature: as fitted on a validation set.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights, config = folder / "model.safetensors", folder / "config.json"
    save_file(model.state_dict(), weights)
    settings = {
        "classes": list(classes),
        "sizes": dict(sizes),
        "temperature": temperature,
        "sha256": sha256_of(weights),
    }
    config.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    return weights, config


def padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the rows of several light curves as one batch, and how many each of them has.

    Returns:
        features (batch, longest, 6), with zeros at the end of the shorter ones, and lengths
        (batch,), int64.
    """
    lengths = torch.tensor([len(each) for each in rows])
    return pad_sequence(list(rows), batch_first=True), lengths


@contextlib.contextmanager
def without_dropout(model: nn.Module) -> Iterator[None]:
    """Switch off all dropout for a while, Monte Carlo dropout as well."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Dropout)]
    rates = [layer.p for layer in layers]
    try:
        for layer in layers:
            layer.p = 0.0
        yield
    finally:
        for layer, rate in zip(layers, rates, strict=True):
            layer.p = rate


# %% [markdown]
# ### 11.8 Loading what was saved
#
# Check first, then build: a file that was cut off on its way should be rejected by name, not with a
# strange error a hundred lines later.
#
# ### 11.9 Answers with error bars
#
# In a batch of a thousand light curves there is always one with nothing in it. The other 999 want
# their answers, in their order, and that one gets a reason.
#
# Calibration belongs to each sample. `forward_with_uncertainty` gives the probabilities of many
# networks; bring each of them to the temperature, and then summarise: the uncertainties are those
# of the probabilities that you report, and still add up. And the most probable class of a softmax
# is not its own certificate: what is reported as the confidence is the calibrated probability.
#
# ### 11.10 Why?
#
# "Because of the second point in r" is an answer that an astronomer can check. The simplest
# explanation needs no access to the inside of the network: leave one observation out, ask again,
# and see what it did to the probability. Attention weights (7.E2) say where the network *looked*,
# which is not the same.


# %% part=["11.8", "11.9", "11.10"] points=[0.5, 1, 0.5]
class ProductionTransientClassifier:
    """Classifies light curves with a saved network.

    Attributes:
        classes: names of the classes, in the order of the network's outputs.
        temperature: for the probabilities.
        model: the network, in evaluation mode.
        pipeline: prepares the light curves.
        n_samples: how many networks are asked.
    """

    def __init__(
        self, model_path: str | Path, config_path: str | Path, n_samples: int = 50
    ) -> None:
        """Load a model that `save_model` has written.

        Sets self.classes and self.temperature as they are in the configuration, self.model, a
        BayesianTransformerEncoder with the sizes of the configuration and the weights of the file,
        in evaluation mode, self.n_samples, and self.pipeline, a ZTFDataPipeline.

        Raises:
            FileNotFoundError: if one of the two files is missing. The message contains its name.
            ValueError: if the SHA-256 of the file with the weights (`sha256_of`) is not the one in
                the configuration, whatever else may be wrong with that file. The message contains
                the word "sha256".
        """
        ### BEGIN SOLUTION 11.8
        settings = json.loads(Path(config_path).read_text(encoding="utf-8"))
        if sha256_of(Path(model_path)) != settings["sha256"]:
            raise ValueError(f"the sha256 of {model_path} is not the one in {config_path}")
        self.classes: list[str] = settings["classes"]
        self.temperature: float = settings["temperature"]
        self.model = BayesianTransformerEncoder(**settings["sizes"])
        self.model.load_state_dict(load_file(model_path))
        self.model.eval()
        self.pipeline = ZTFDataPipeline()
        self.n_samples = n_samples
        ### END SOLUTION

    def classify_with_uncertainty(
        self, lightcurves: Sequence[TransientLightCurve]
    ) -> list[dict[str, Any]]:
        """Classify light curves, and say how sure each answer is.

        The rows of a light curve are self.pipeline.preprocess_for_inference(lightcurve). All that
        have rows are asked about in a single call of self.model.forward_with_uncertainty, with
        self.n_samples: features (batch, longest, 6), padded with zeros at the end; times, their
        column 0 as (batch, longest, 1); and lengths (batch,), int64. If there is none, the model is
        not called. Its answer has "prediction_samples", the probabilities (n_samples, batch,
        number of classes). Those of each sample become p**(1 / self.temperature), divided by their
        sum over the classes, and `summarise` (10.2) makes the rest from these.

        Returns:
            A dictionary for each light curve, in their order, with

            object_id: its name.
            refused: "" for an answer. If preprocess_for_inference raised ValueError: its message,
                which is never empty. Then the dictionary holds nothing but these two.
                (Any other exception is a bug in a program, and is not caught.)
            probabilities: for the name of each class its mean probability, a float.
            predicted: the name of the most probable class.
            confidence: its probability.
            epistemic, aleatoric: the two uncertainties of `summarise`, floats.

        Example:
            Two networks, asked at temperature 1, say (0.8, 0.2) and (0.6, 0.4) about two classes A
            and B: {"object_id": ..., "refused": "", "probabilities": {"A": 0.7, "B": 0.3},
            "predicted": "A", "confidence": 0.7, "epistemic": 0.02, "aleatoric": 0.4}.
        """
        ### BEGIN SOLUTION 11.9
        results: list[dict[str, Any]] = [
            {"object_id": lightcurve.object_id, "refused": ""} for lightcurve in lightcurves
        ]
        rows: list[Tensor] = []
        for lightcurve, result in zip(lightcurves, results, strict=True):
            try:
                rows.append(self.pipeline.preprocess_for_inference(lightcurve))
            except ValueError as error:
                result["refused"] = str(error)
        if not rows:
            return results
        features, lengths = padded(rows)
        asked = self.model.forward_with_uncertainty(
            features, features[..., :1], lengths, n_samples=self.n_samples
        )
        samples = asked["prediction_samples"] ** (1 / self.temperature)
        summary = summarise(samples / samples.sum(dim=-1, keepdim=True))
        answered = [result for result in results if not result["refused"]]
        for i, result in enumerate(answered):
            mean = dict(zip(self.classes, summary["predictions"][i].tolist(), strict=True))
            predicted = max(mean, key=mean.__getitem__)
            result |= {"probabilities": mean, "predicted": predicted, "confidence": mean[predicted]}
            result["epistemic"] = float(summary["epistemic_uncertainty"][i])
            result["aleatoric"] = float(summary["aleatoric_uncertainty"][i])
        return results
        ### END SOLUTION

    def explain_prediction(
        self, lightcurve: TransientLightCurve, prediction: Mapping[str, Any]
    ) -> pd.DataFrame:
        """Return how much each night's observation supports the predicted class.

        P(rows) is the probability of the class prediction["predicted"] that self.model gives to
        rows without any dropout (inside `without_dropout`, and without gradients), at
        self.temperature: softmax(logits / self.temperature), where the logits come from calling
        self.model with features, times and lengths as in classify_with_uncertainty. The rows are
        those of self.pipeline.preprocess_for_inference(lightcurve); a row that is left out is
        removed, and the others stay as they are, with their times.

        Args:
            lightcurve: it has a detection, and at least two rows.
            prediction: an answer of classify_with_uncertainty, not a refused one. Its class need
                not be the one that is most probable without dropout.

        Returns:
            A DataFrame with a row for each row of the light curve, in order of time, and the
            columns day (days since the first detection), band ("g", "r" or "i"), and effect:
            P(all rows) - P(all rows but this one). A positive effect supports the class.

        Example:
            With all of three rows, P is 0.9. It is 0.5 without the first, 0.9 without the second,
            and 0.95 without the third: their effects are 0.4, 0 and -0.05.
        """
        ### BEGIN SOLUTION 11.10
        rows = self.pipeline.preprocess_for_inference(lightcurve)
        others = [torch.cat([rows[:i], rows[i + 1 :]]) for i in range(len(rows))]
        features, lengths = padded([rows, *others])
        with torch.no_grad(), without_dropout(self.model):
            logits = self.model(features, features[..., :1], lengths)
        number = self.classes.index(prediction["predicted"])
        probability = (logits / self.temperature).softmax(dim=-1)[:, number].double().numpy()
        bands = [list(BANDS.values())[i] for i in rows[:, 3:].argmax(dim=1)]
        effect = probability[0] - probability[1:]
        return pd.DataFrame({"day": rows[:, 0].numpy(), "band": bands, "effect": effect})
        ### END SOLUTION


# %% [markdown]
# ## Component 3: alerts
#
# ### 11.11 One object, one alert
#
# The classifier is asked again after every night, so the same supernova is classified thirty times.
# Thirty messages about one object, and nobody reads the thirty-first, which would have been a tidal
# disruption. An alert is about an *object*. What comes later about the same object is an update,
# which is kept and not sent.
#
# ### 11.12 Nothing is lost
#
# The mail server will be down on the one night that matters. An alert that could not be sent is
# not gone: it waits, in order, and is tried again at the next opportunity. And each night leaves a
# line in the log, so that somebody notices when the classes, or the confidence, begin to drift.


# %% part=["11.11", "11.12"] points=[1, 0.5]
class TransientAlertSystem:
    """Announces rare objects, each of them once.

    Attributes:
        alert_thresholds: for the names of some classes, the probability at which they are
            announced.
        send: is called with each alert, a dictionary.
        log: is called with what is to be logged for each call, a dictionary.
        announced: for each object that has been announced, its alert.
        waiting: alerts that are still to be sent, the oldest first.
    """

    def __init__(
        self,
        alert_thresholds: Mapping[str, float],
        send: Callable[[dict[str, Any]], Any] = print,
        log: Callable[[dict[str, float]], Any] | None = None,
    ) -> None:
        """Set the attributes. Nothing is announced yet, and nothing is waiting.

        self.alert_thresholds is a separate dictionary, which does not change with the argument.

        Raises:
            ValueError: if a threshold is not above 0 and at most 1 (NaN is neither). The message
                contains the name of its class.
        """
        ### BEGIN SOLUTION 11.11
        for name, threshold in alert_thresholds.items():
            if not 0 < threshold <= 1:
                raise ValueError(f"the threshold of {name} is {threshold}, not above 0 and up to 1")
        self.alert_thresholds = dict(alert_thresholds)
        self.send = send
        self.log = log
        self.announced: dict[str, dict[str, Any]] = {}
        self.waiting: list[dict[str, Any]] = []
        ### END SOLUTION

    def make_alerts(self, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the alerts that some answers call for, and remember them.

        Nothing is sent here, and self.waiting stays as it is.

        Args:
            results: answers as returned by classify_with_uncertainty, in the order in which they
                came. One object may appear several times. They are not changed. Refused ones call
                for nothing.

        Returns:
            New alerts, in the order of the answers. An answer calls for an alert if the probability
            of a class in self.alert_thresholds is at least its threshold, whichever class is
            predicted; if that holds for several, the most probable of them counts. The alert is

            {"object_id": ..., "class": name of that class, "probability": its probability,
            "updates": 0}

            An object is announced once, in whatever class. Its alert is then in self.announced
            under its object_id, the same dictionary that is returned. Each later answer that calls
            for an alert for it, in this call or a later one, raises the alert's "updates" by 1, and
            sets its "probability" (higher or lower) and "class" to those that it calls for.

        Example:
            With {"TDE": 0.8}, three answers for one object with TDE probabilities of 0.7, 0.8 and
            0.9 make one alert, with the probability 0.9 and one update.
        """
        ### BEGIN SOLUTION 11.11
        new = []
        for result in results:
            candidates = {
                name: probability
                for name, probability in result.get("probabilities", {}).items()
                if probability >= self.alert_thresholds.get(name, math.inf)
            }
            if not candidates:
                continue
            name = max(candidates, key=candidates.__getitem__)
            object_id = result["object_id"]
            if alert := self.announced.get(object_id):
                alert["updates"] += 1
            else:
                alert = self.announced[object_id] = {"object_id": object_id, "updates": 0}
                new.append(alert)
            alert |= {"class": name, "probability": candidates[name]}
        return new
        ### END SOLUTION

    def process_classifications(self, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Send what is to be announced, and log what came.

        The alerts of self.make_alerts(results) are put at the end of self.waiting. Then they are
        sent from its front, one by one, with self.send(alert). An alert leaves self.waiting when
        self.send has returned. If self.send raises an OSError (a ConnectionError is one), that
        alert and all behind it stay in self.waiting, in their order, and nothing more is sent in
        this call; the error goes no further. (Any other exception is a bug in a program, and is not
        caught; what has not been sent by then stays in self.waiting as well.)

        Afterwards, even if there was nothing to send or sending failed, self.log, if it is not
        None, is called once with a dictionary of

        n_results: how many answers there were.
        n_refused: how many of them were refused.
        n_sent: how many alerts were sent in this call.
        n_waiting: how many are waiting after it.
        mean_confidence: the mean "confidence" of the answers that were not refused; NaN if there
            are none.
        share_NAME: for each class NAME that is predicted at least once, its share of the answers
            that were not refused.

        Returns:
            The alerts that were sent in this call, in order.
        """
        ### BEGIN SOLUTION 11.12
        self.waiting += self.make_alerts(results)
        sent: list[dict[str, Any]] = []
        with contextlib.suppress(OSError):
            while self.waiting:
                self.send(self.waiting[0])
                sent.append(self.waiting.pop(0))
        if self.log is not None:
            answered = [each for each in results if not each["refused"]]
            counts = Counter(each["predicted"] for each in answered)
            confidence = [each["confidence"] for each in answered]
            self.log(
                {
                    "n_results": len(results),
                    "n_refused": len(results) - len(answered),
                    "n_sent": len(sent),
                    "n_waiting": len(self.waiting),
                    "mean_confidence": float(np.mean(confidence or [math.nan])),
                    **{f"share_{name}": n / len(answered) for name, n in counts.items()},
                }
            )
        return sent
        ### END SOLUTION


# %% [markdown]
# ## A small network, and the whole chain
#
# Everything is there except a network. The next cells train a small one, on the synthetic sky of
# Exercise 5, in about two minutes. They are complete; so that you can change whatever you like,
# they are short.


# %%
def to_microjansky(lightcurve: TransientLightCurve) -> TransientLightCurve:
    """Return a light curve of Exercise 5, whose fluxes have the zero point 25, in microjansky."""
    unit = 10 ** (0.4 * (ZERO_POINT - 25.0))
    data = lightcurve.data
    return lightcurve._with_data(data.assign(flux=data.flux * unit, flux_err=data.flux_err * unit))


def batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return positions of light curves in batches of similar length, in random order."""
    order = np.argsort(np.asarray(lengths) + rng.uniform(0, 5, len(lengths)))
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    return [parts[i] for i in rng.permutation(len(parts))]


def train(
    rows: Sequence[Tensor], labels: Tensor, sizes: Mapping[str, Any], epochs: int = 20
) -> BayesianTransformerEncoder:
    """Train a network on light curves that have been preprocessed, and return it."""
    torch.manual_seed(11)
    rng = np.random.default_rng(11)
    model = BayesianTransformerEncoder(**sizes)
    lengths = [len(each) for each in rows]
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
    steps = epochs * math.ceil(len(rows) / 64)
    schedule = OneCycleLR(optimizer, max_lr=2e-3, total_steps=steps, pct_start=0.2)
    for _ in tqdm(range(epochs), desc="epochs"):
        model.train()
        for chosen in batches(lengths, 64, rng):
            features, counts = padded([rows[i] for i in chosen])
            logits = model(features, features[..., :1], counts)
            loss = nn.functional.cross_entropy(logits, labels[chosen], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return model.eval()


# %%
SIZES = {"input_dim": 6, "d_model": 64, "nhead": 4, "num_layers": 2, "time_embed_dim": 16}
SIZES |= {"num_classes": len(CLASS_NAMES), "max_seq_len": 700}  # 231 nights in 3 bands, at most

# %%
if __name__ == "__main__":
    MIXTURE = {"SNIa": 0.4, "SNII": 0.2, "CV": 0.15, "AGN": 0.15, "TDE": 0.1}
    sky, names = create_synthetic_transient_dataset(1500, MIXTURE, 11)
    sky = [to_microjansky(lc) for lc in sky]
    numbers = torch.tensor([CLASS_NAMES.index(name) for name in names])
    in_set = np.array([split_of(lc.object_id) for lc in sky])
    print(pd.crosstab(in_set, np.array(names)))

# %%
if __name__ == "__main__":
    usable = np.array([detections(pipeline.nightly(lc)).any() for lc in sky])
    training = np.flatnonzero(usable & (in_set == "train"))
    prepared = [pipeline.preprocess_for_inference(sky[i]) for i in tqdm(training)]
    network = train(prepared, numbers[training], SIZES)

# %% [markdown]
# Now the three sets do their tasks. `answers_of` asks the network without a temperature; `evaluate`
# is yours.

# %%
if __name__ == "__main__":

    def answers_of(which: str) -> Answers:
        """Ask the network about all usable light curves of a set."""
        chosen = np.flatnonzero(usable & (in_set == which))
        features, lengths = padded([pipeline.preprocess_for_inference(sky[i]) for i in chosen])
        asked = network.forward_with_uncertainty(features, features[..., :1], lengths, n_samples=30)
        probabilities = asked["predictions"].double().numpy()
        return Answers(probabilities, numbers[chosen].numpy())

    report = evaluate(answers_of("val"), answers_of("test"))
    print(pd.Series(report).round(3))
    paths = save_model("final_model", network, SIZES, report["temperature"])

# %%
if __name__ == "__main__":
    classifier = ProductionTransientClassifier(*paths)
    tonight = [sky[i] for i in np.flatnonzero(in_set == "test")]
    results = classifier.classify_with_uncertainty([*recent, *tonight])
    system = TransientAlertSystem({"TDE": 0.5}, log=lambda line: print("log:", line))
    alerts = system.process_classifications(results)
    print(len(alerts), "alerts; the same results again:")
    system.process_classifications(results)

# %%
if __name__ == "__main__":
    first = next(i for i, result in enumerate(results) if result["object_id"] in system.announced)
    source = [*recent, *tonight][first]
    effects = classifier.explain_prediction(source, results[first])
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 6), sharex=True, layout="constrained")
    nightly = pipeline.nightly(source)
    zero = nightly.data["mjd"][detections(nightly)].min()
    for band, colour in zip(BANDS.values(), ("#1b9e77", "#d1352b", "#7a4a12"), strict=True):
        points = nightly.data[nightly.data["band"] == band]
        above.errorbar(
            points["mjd"] - zero, points["flux"], points["flux_err"], fmt="o", ms=4, color=colour
        )
        one = effects[effects["band"] == band]
        below.bar(one["day"], one["effect"], width=1.5, color=colour, label=band)
    truth, said = source.transient_type, results[first]["predicted"]
    above.set(ylabel="flux [microjansky]", title=f"{source.object_id}: {said} (truth: {truth})")
    below.set(xlabel="days since the first detection", ylabel="effect on the probability")
    below.legend(title="band")
    plt.show()

# %% [markdown]
# ## Extensions
#
# ### 11.E1 Has the sky changed, or the camera?
#
# A classifier in production degrades in silence. Nobody tells it that the limiting magnitude has
# dropped, or that a filter was exchanged. What can be seen, without any label, is that its
# *inputs* are distributed differently. The **population stability index** compares the shares $p_i$
# of a reference and $q_i$ of today in the same bins:
#
# $$ \mathrm{PSI} = \sum_i (q_i - p_i) \ln \frac{q_i}{p_i} $$
#
# Below 0.1 nothing has happened, above 0.25 something has. The bins are quantiles of the
# *reference*, so that each holds the same share of it. An empty bin would make the logarithm
# infinite.


# %% part="11.E1" points=1
def population_stability_index(
    reference: np.ndarray, current: np.ndarray, n_bins: int = 10
) -> float:
    """Return how far the distribution of some values is from that of a reference.

    The edges between the bins are the quantiles 1/n_bins, 2/n_bins ... (n_bins - 1)/n_bins of the
    reference (np.quantile); the first bin has no lower end, the last no upper one, and a value that
    equals an edge belongs to the bin above it, or if it equals several, above all of them. The
    shares p of the reference and q of the current values in each bin are taken to be at least
    0.0001 (without dividing by their sums afterwards).

    Args:
        reference, current: finite numbers or NaN (n,) and (m,), in any order. NaN are left out of
            everything, and do not count in the shares. Neither array is changed.
        n_bins: number of bins, at least 2.

    Returns:
        The sum over the bins of (q - p) * ln(q / p).

    Raises:
        ValueError: if one of the two holds no number besides NaN.

    Example:
        The reference holds the numbers from 0 to 99. If the current values are the same, it is 0;
        if they are all 1000, with n_bins=2, it is 0.5 * ln 2 - 0.4999 * ln 0.0002 = 4.60.
    """
    ### BEGIN SOLUTION
    reference, current = (values[~np.isnan(values)] for values in (reference, current))
    if not len(reference) or not len(current):
        raise ValueError("there is nothing to compare: all values are NaN, or there are none")
    edges = np.quantile(reference, np.arange(1, n_bins) / n_bins)
    p, q = (
        np.bincount(np.searchsorted(edges, values, side="right"), minlength=n_bins) / len(values)
        for values in (reference, current)
    )
    p, q = p.clip(1e-4), q.clip(1e-4)
    return float(((q - p) * np.log(q / p)).sum())
    ### END SOLUTION


# %% [markdown]
# ### 11.E2 How soon can we know?
#
# A spectrum in three months is of no use: the object is gone. So the figure that counts is not the
# accuracy with the whole light curve, but with what was known a week after the first detection. To
# find out, cut the light curves off at that age *before* anything is done with them, and remember
# that an object which cannot be classified yet has not been classified.


# %% part="11.E2" points=1
def accuracy_by_age(
    classifier: Any,
    lightcurves: Sequence[TransientLightCurve],
    labels: Sequence[str],
    ages: Sequence[float],
) -> pd.DataFrame:
    """Return how often the classifier is right when light curves are cut off at some ages.

    Args:
        classifier: has classify_with_uncertainty, which is called once for each age, with all light
            curves in order, cut off and otherwise as they are (object_id and all).
        lightcurves: at least one, of any length, maybe empty; they are not changed.
        labels: their true classes.
        ages: days since the first detection (see `detections`).

    Returns:
        A DataFrame with a row for each age, in their order, and the columns age; accuracy, the
        share of all light curves whose predicted class is the true one (a refused one is wrong);
        and refused, the share that was refused.

        At an age, a light curve has the observations whose mjd is at most that of its first
        detection plus the age, those before the first detection included. One without detections
        has none.

    Example:
        Of two light curves, one is refused at the age of 1 day, and the other one is predicted
        correctly: accuracy 0.5, refused 0.5.
    """
    ### BEGIN SOLUTION
    firsts = [lc.data["mjd"][detections(lc)].min() for lc in lightcurves]  # NaN if there is none
    table = []
    for age in ages:
        young = [
            lc._with_data(lc.data[lc.data["mjd"] <= first + age])
            for lc, first in zip(lightcurves, firsts, strict=True)
        ]
        results = classifier.classify_with_uncertainty(young)
        said = [None if each["refused"] else each["predicted"] for each in results]
        right = [answer == label for answer, label in zip(said, labels, strict=True)]
        refused = [answer is None for answer in said]
        table.append({"age": age, "accuracy": np.mean(right), "refused": np.mean(refused)})
    return pd.DataFrame(table, columns=["age", "accuracy", "refused"])
    ### END SOLUTION


# %%
if __name__ == "__main__":
    ages = [0, 3, 7, 14, 30, 100]
    types = [names[i] for i in np.flatnonzero(in_set == "test")]
    by_age = accuracy_by_age(classifier, tonight, types, ages)
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    ax.plot(by_age["age"], by_age["accuracy"], "o-", color="#0072b2", label="right")
    ax.plot(by_age["age"], by_age["refused"], "s--", color="#999999", label="refused")
    ax.set(xlabel="days since the first detection", ylabel="share of all objects", ylim=(0, 1))
    ax.legend()
    plt.show()

# %% [markdown]
# ## The open-ended part
#
# The small network has never seen the real sky. Now make a better one: real light curves (`data`
# tells you where to get them), a larger sky, more training, features beside the network, an
# ensemble, whatever you like. The curriculum's aims are an accuracy above 0.90 on the main classes,
# more than 0.70 of the TDEs with reasonable precision, a calibration error below 0.1, and less than
# a second for a light curve.
#
# Two commands tell you where you are:
#
# - `python -m solutions.final_project compare TABLE --out OUT` shows what forests, boosting, the
#   network of Exercise 8 and the reference reach on the same objects
#   (`pip install -e '.[final]'` first). What other surveys report is in
#   `solutions/final_project/PUBLISHED_SYSTEMS.md`.
# - `grader capstone MODEL` marks a model on light curves that it has never seen. `grader capstone
#   --help` says what a model looks like, and how points are given.
#
# Look at the mistakes of your model, one by one, with their light curves. It is the most
# instructive hour of the whole course.
