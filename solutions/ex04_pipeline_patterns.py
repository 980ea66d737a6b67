# %% [markdown]
# # Exercise 4: Design patterns for an astronomy pipeline
#
# **Time:** 100 to 150 minutes, and 30 to 45 more for the extensions.
#
# **You will learn** to
#
# - combine parts that know nothing about each other, with a *protocol* between them;
# - keep a record of what a program does with Python's `logging`;
# - write a *context manager* that cleans up no matter what happens;
# - make an object that can be called like a function and that carries on when a record is bad;
# - measure features of light curves and classify transients by rules you can explain.
#
# You need to know classes, decorators and exceptions, and a little pandas, as in Exercises 1 to 3.

# %% [markdown]
# ## Before the next clear night
#
# A survey finds thousands of new objects in a night, and there is telescope time for spectra of
# perhaps twenty. Which ones? A type Ia supernova lets us measure a distance. A star torn apart by a
# black hole, a *tidal disruption event*, is so rare that each one counts. Most of the rest can
# wait. The choice has to be made by the afternoon, from nothing but light curves, while nobody is
# watching the screen.
#
# So it is made by a **pipeline**: raw records in, labels out. Our five classes are
#
# | label | what it is | its light curve |
# |---|---|---|
# | `SNIa` | a white dwarf explodes | up in two weeks, down within two months |
# | `SNII` | a massive star collapses | quickly up, then often a plateau of three months |
# | `CV` | a white dwarf whose disc of gas flares up | up in a day, down in a week, then again |
# | `AGN` | a giant black hole, always feeding | flickers for years without end |
# | `TDE` | a star torn apart by a black hole | up in a month, slowly down, blue all the time |
#
# A pipeline that runs unattended needs more than a good classifier. It must survive a broken
# record, keep a log of what it did, and never be left half open. There is a well-known pattern for
# each of these, and you will write all of them.

# %% [markdown]
# ## How this notebook works
#
# Methods marked `TODO` are yours to write: delete the line `raise NotImplementedError(...)` and put
# your code in its place. The docstring of a method is its full specification. `check("4.1")` says
# what works and what does not, and `hint("4.1")`, in a new cell, helps if you are stuck. In a
# terminal, `grader check 4` checks the whole notebook at once.
#
# After every change run the class cell again before you run its checks, **and also the cell of a
# class that inherits from it**: a subclass keeps the base class that existed when its cell was run.
# Then recreate your objects: those created earlier still have the old methods.

# %%
import asyncio
import io
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from solutions.ex01_advanced_functions import timing_decorator
from solutions.ex02_light_curve_classes import LightCurve, TransientLightCurve
from solutions.ex03_survey_classes import SurveyProcessor, ZTFProcessor

Record = dict[str, Any]  # what a broker gives for one object
Observer = Callable[[str, dict[str, Any]], None]  # called with an event and its data

CLASSES = ["SNIa", "SNII", "CV", "AGN", "TDE"]

# %% [markdown]
# ### A sky full of transients
#
# The next cell is complete. It makes up objects of the five classes and writes them down the way a
# broker of ZTF alerts would. You do not need to read it; the plot below shows the result.

# %%
ZEROPOINTS = {"g": 26.325, "r": 26.275, "i": 25.660}  # of ZTF's fluxes [mag]
NOISE = {"g": 35.0, "r": 45.0}  # of the sky, in the unit of these fluxes
FILTER_IDS = {"g": 1, "r": 2}


def explosion(t: np.ndarray, rise: float, fall: float) -> np.ndarray:
    """Rise and fall of Bazin et al. (2009), with a peak near 1 shortly after t = 0 [days]."""
    grid = np.linspace(-60, 120, 1801)
    peak = np.max(np.exp(-grid / fall) / (1 + np.exp(-grid / rise)))
    return np.exp(-t / fall) / (1 + np.exp(-t / rise)) / peak


def relative_flux(label: str, t: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Flux in g and r of a made-up object, in units of its typical brightness."""
    stretch = rng.uniform(0.85, 1.15)
    if label == "SNIa":
        t = (t - 30) / stretch
        return {"g": explosion(t, 3, 14), "r": explosion(t, 3.5, 21)}
    if label == "SNII":
        plateau = 1 / (1 + np.exp((t - 30 - 90 * stretch) / 4))
        start = 1 / (1 + np.exp(-(t - 28) / 1.5))
        fading = np.clip(t - 30, 0, None)
        return {
            band: start * plateau * 10 ** (-0.4 * rate * fading)
            for band, rate in (("g", 0.025), ("r", 0.008))
        }
    if label == "CV":
        flux = np.zeros_like(t)
        for start in np.cumsum(rng.uniform(30, 110, 6)) - 20:
            day = t - start
            decline = rng.uniform(0.12, 0.3)  # mag per day
            flux += np.where(day > 0, 10 ** (-0.4 * decline * day), np.exp(day / 0.4))
        return {"g": 1.05 * flux, "r": flux}
    if label == "AGN":  # a damped random walk in magnitudes: 0.2 mag, 200 days
        memory = np.exp(-np.diff(t, prepend=t[0]) / 200)
        walk, x = [], rng.normal(0, 0.2)
        for kept in memory:
            x = kept * x + rng.normal(0, 0.2 * np.sqrt(1 - kept**2))
            walk.append(x)
        flux = 0.3 * (10 ** (-0.4 * np.array(walk)) - 0.5)  # half of it is in the reference image
        return {"g": 0.9 * flux, "r": flux}
    rise, fall = rng.uniform(6, 9), rng.uniform(55, 80)
    flux = explosion(t - 40, rise, fall) + 0.03 * (t > 40)
    return {"g": 1.25 * flux, "r": flux}


def invent_record(label: str, number: int) -> Record:
    """Make up a broker's record of one object, newest entry first."""
    rng = np.random.default_rng([CLASSES.index(label), number])
    days = np.arange(900.0 if label in ("AGN", "TDE") else 170.0)
    days = days[days % 365 < 230] + rng.uniform(0.1, 0.4)  # the Sun is too close at times
    brightness = 10 ** (0.4 * (26.3 - rng.uniform(17.0, 18.4)))
    entries: list[Record] = []
    for band, shape in relative_flux(label, days, rng).items():
        for i in np.flatnonzero(rng.random(len(days)) < 0.35):
            flux_err = float(np.hypot(NOISE[band], 0.02 * brightness * shape[i]))
            flux = float(rng.normal(brightness * shape[i], flux_err))
            entry = {"mjd": 60000 + days[i], "fid": FILTER_IDS[band]}
            if abs(flux) > 5 * flux_err:
                entry["candid"] = 2600000000000000000 + len(entries)
                entry["magpsf"] = ZEROPOINTS[band] - 2.5 * math.log10(abs(flux))
                entry["sigmapsf"] = 1.0857 * flux_err / abs(flux)
                entry["isdiffpos"] = "t" if flux > 0 else "f"
            else:
                entry["diffmaglim"] = ZEROPOINTS[band] - 2.5 * math.log10(5 * NOISE[band])
            entries.append(entry)
    entries.sort(key=lambda entry: entry["mjd"], reverse=True)
    return {"objectId": f"ZTF24{label}{number:03d}", "candidates": entries}


# %% [markdown]
# The next cell is complete as well: it plots a light curve in magnitudes.

# %%
BAND_STYLES = {"g": ("#1b9e77", "o"), "r": ("#d1352b", "s"), "i": ("#7a4a12", "^")}


def plot_light_curve(ax: Axes, lightcurve: LightCurve) -> None:
    """Plot the clear detections in magnitudes against days, brightest at the top."""
    table = lightcurve.data
    first = table["mjd"].min()
    for band, (colour, marker) in BAND_STYLES.items():
        points = table[(table["band"] == band) & (table["flux"] > 3 * table["flux_err"])]
        if points.empty:
            continue
        ax.errorbar(
            points["mjd"] - first,
            ZEROPOINTS[band] - 2.5 * np.log10(points["flux"]),
            yerr=1.0857 * points["flux_err"] / points["flux"],
            fmt=marker,
            color=colour,
            markersize=4,
            elinewidth=1,
            label=band,
        )
    ax.set_xlabel("time [days]")
    if not ax.yaxis_inverted():
        ax.invert_yaxis()


# %%
if __name__ == "__main__":
    fig, axes = plt.subplots(1, 5, figsize=(15, 3.6), sharey=True, layout="constrained")
    for ax, label in zip(axes, CLASSES, strict=True):
        plot_light_curve(ax, ZTFProcessor().process_lightcurve(invent_record(label, 1)))
        ax.set_title(label)
    axes[0].set_ylabel("magnitude [mag]")
    axes[-1].legend(title="band")
    plt.show()

# %% [markdown]
# The time axes differ: the AGN and the TDE are shown over two and a half years, with gaps when the
# Sun was too close. Faint points are missing, since ZTF does not see anything fainter than about
# magnitude 20.5.
#
# ## A protocol: what a part must be able to do
#
# Our pipeline needs something that classifies. Today it will be a few rules, in Exercise 7 a neural
# network, and in a test something that always gives the same answer. They do not need a common base
# class. All the pipeline requires is a method `predict`, and a **protocol** puts that in writing:
# any object with this method is a `Classifier`, whether or not its author has heard of the
# protocol. A type checker such as `mypy` warns if something else is passed.
#
# Compare this with the abstract base class of Exercise 3: there, a class *declares* that it is a
# `SurveyProcessor`, and inherits code in return. A protocol only looks at what an object can do.


# %%
class Classifier(Protocol):
    """Anything that can assign a label to a light curve."""

    def predict(self, lightcurve: LightCurve) -> str:
        """Return a label, such as "SNIa"."""
        ...


# %%
if __name__ == "__main__":

    class EverythingIsAnIa:
        """Most bright supernovae turn out to be of type Ia, so this is right surprisingly often."""

        def predict(self, lightcurve: LightCurve) -> str:
            return "SNIa"

    baseline: Classifier = EverythingIsAnIa()  # a Classifier, though it never says so
    print(baseline.predict(TransientLightCurve([], "a new object")))

# %% [markdown]
# ## Logging, and blocks that end well
#
# `print` is for the person at the screen. A program that runs at night writes a **log**: each line
# has a time and a level (`DEBUG`, `INFO`, `WARNING`, `ERROR`), and the person who runs it decides
# what to keep and where. A *logger* takes the messages and passes on those at its level and above,
# a *handler* writes them somewhere, and a *formatter* decides what a line looks like. Loggers go by
# name: `logging.getLogger("dome")` returns the *same* object each time, with everything that was
# set on it before.
#
# A **context manager** is what `with` uses. In Exercise 3 it was a class with `__enter__` and
# `__exit__`. `@contextmanager` makes one from a single function: what comes before the `yield` runs
# at the start of the block, and what comes after it at the end. If the block raises an exception,
# it appears *at the `yield`*, as if that line had raised it. This is why the `yield` belongs in a
# `try`.

# %%
if __name__ == "__main__":
    dome_logger = logging.getLogger("dome")
    dome_logger.setLevel(logging.DEBUG)
    if not dome_logger.handlers:  # this cell may be run twice
        dome_handler = logging.StreamHandler()
        dome_handler.setFormatter(logging.Formatter("[%(name)s] %(levelname)s: %(message)s"))
        dome_logger.addHandler(dome_handler)

    @contextmanager
    def open_dome() -> Iterator[None]:
        """Keep the dome open as long as the block lasts, and not a second longer."""
        dome_logger.info("opens")
        try:
            yield
        finally:
            dome_logger.info("closes")

    try:
        with open_dome():
            dome_logger.debug("the block is running")
            raise OSError("it begins to rain")
    except OSError as error:
        print("outside:", error)

# %% [markdown]
# Now it is your turn. The pipeline is written as two classes, each in a cell of its own. `BatchJob`
# keeps a log, opens and closes sessions, and tells others what is happening, whatever it is that is
# processed. `AstronomyPipeline`, further down, inherits all of that and knows what to do with a
# record.
#
# The first class has two parts. A short helper is given: `_announce` tells others what is
# happening. As long as nobody is listening it does nothing; listeners come with the extensions.
#
# ### 4.1 A logger of its own
#
# Every pipeline calls `_setup_logging` when it is created. If you add a handler each time, every
# line is written twice from the second pipeline on, three times from the third: probably the most
# common mistake with `logging`. Check in `logger.handlers` whether there is one already.
# (`logger.hasHandlers()` would also look at the parent loggers.)
#
# Leave the *root logger* alone. It belongs to the program as a whole, and `logging.basicConfig`
# changes it for every package that is loaded.
#
# The format of a line may use `%(asctime)s`, `%(levelname)s` and `%(message)s`.
#
# ### 4.2 A session
#
# A batch of records is processed in a *session*. Whatever happens in it, it must be closed at the
# end, and the log must say so. An exception is logged and then passed on: a bare `raise` in an
# `except` block re-raises it.
#
# Sessions do not nest. Think about where the check for that belongs: a session that was refused has
# not begun, so it must not end anything.
#
# The cell ends with a bonus part, 4.E2, which is explained under *Extensions* below. All checks try
# out an `AstronomyPipeline`, so they stand below its cell: run both cells before them.


# %% part=["4.1", "4.2", "4.E2"] points=[1.5, 2, 1] of="AstronomyPipeline"
class BatchJob:
    """A job that works through batches: it keeps a log, opens sessions and tells its observers.

    It knows nothing of records; `AstronomyPipeline`, which inherits from it, adds what is done with
    them.

    Attributes:
        logger: the logger "astronomy_pipeline".
        in_session: whether a session is open.
        observers: functions that are called when something happens (part of an extension).
    """

    def __init__(self) -> None:
        self.logger = self._setup_logging()
        self.in_session = False
        self.observers: list[Observer] = []

    def _announce(self, event: str, **data: Any) -> None:
        """Tell the observers about an event, if there are any."""
        if self.observers:
            self._notify(event, data)

    @staticmethod
    def _setup_logging() -> logging.Logger:
        """Set up the logger of the pipeline and return it.

        Returns:
            The logger that logging.getLogger("astronomy_pipeline") returns. Its level is INFO. It
            has exactly one handler, a logging.StreamHandler, whose format shows the time, the level
            name and the message of each line. Calling this method again does not add a second
            handler; it returns the logger, and need not do anything else. (A handler that is
            already there counts, no matter who added it. Whether the logger propagates is up to
            you.)

        The root logger and its handlers are not changed, and make no difference: the logger gets
        its own handler, whatever the root logger has.

        Example:
            After `logger = BatchJob._setup_logging()`, the call `logger.info("ready")` writes a
            line such as `2026-03-01 21:04:11,512 INFO ready`.
        """
        ### BEGIN SOLUTION 4.1
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger
        ### END SOLUTION

    @contextmanager
    def batch_processing_session(self) -> Iterator[None]:
        """Open a session for the duration of a `with` block.

        Use it as `with pipeline.batch_processing_session(): ...`, without an `as` (it yields None).

        At the start: sets self.in_session to True; then logs a line with the word "started" to
        self.logger at level INFO and calls self._announce("session_started").
        At the end, whatever happens: sets self.in_session to False; then logs a line with the word
        "finished" at level INFO and calls self._announce("session_finished"). (Announcing raises no
        Exception.)

        An Exception raised in the block is logged at level ERROR, in a line that contains its
        message (or has it in its traceback), and is passed on to the caller. KeyboardInterrupt,
        which is not an Exception, is passed on too, but is not logged as an error: somebody wanted
        it. The session ends all the same.

        Raises:
            RuntimeError: If this pipeline is already in a session. Then nothing else happens: that
                session stays open.

        Example:
            >>> with pipeline.batch_processing_session():
            ...     print(pipeline.in_session)
            True
        """
        ### BEGIN SOLUTION 4.2
        if self.in_session:
            raise RuntimeError("a session is going on already")
        self.in_session = True
        self.logger.info("session started")
        self._announce("session_started")
        try:
            yield
        except Exception as error:
            self.logger.error("session broken off: %s", error)
            raise
        finally:
            self.in_session = False
            self.logger.info("session finished")
            self._announce("session_finished")
        ### END SOLUTION

    def add_observer(self, callback: Observer) -> Observer:
        """Append a function to self.observers, unless it is one of them already.

        Bonus. Functions are compared with ==, as `in` does: a method such as tally.count is the
        same observer each time, though each tally.count is a new object.

        Args:
            callback: a function of an event (a string) and its data (a dictionary), or any object
                that can be called like one.

        Returns:
            The function itself in either case, so that @pipeline.add_observer can be written above
            a function.
        """
        ### BEGIN SOLUTION 4.E2
        if callback not in self.observers:
            self.observers.append(callback)
        return callback
        ### END SOLUTION

    def remove_observer(self, callback: Observer) -> None:
        """Remove a function from self.observers.

        Bonus.

        Raises:
            ValueError: If it is not one of them.
        """
        ### BEGIN SOLUTION 4.E2
        if callback not in self.observers:
            raise ValueError(f"{callback} is not an observer of this pipeline")
        self.observers.remove(callback)
        ### END SOLUTION

    def _notify(self, event: str, data: dict[str, Any]) -> None:
        """Call each observer with the event and its data, in the order they were added.

        Bonus. _announce calls this method, which is the only one that calls observers.

        Args:
            event: "session_started", "classified", "failed" or "session_finished".
            data: {"object_id": ..., "label": ...} for "classified", {"object_id": ..., "error":
                ...} for "failed", and {} for the other two.

        If an observer raises an Exception, that is logged to self.logger at level ERROR, in a line
        that contains its message, and the next observer is called; the one that failed remains an
        observer. An observer may remove itself while it is called; all the others are still called.

        Raises:
            KeyboardInterrupt: If an observer raises it. It is not an Exception, and is passed on.
                This method does not raise anything else.

        Example:
            After `pipeline.add_observer(show)`, every record that is classified leads to a call
            such as `show("classified", {"object_id": "ZTF24aaexmpl", "label": "SNIa"})`.
        """
        ### BEGIN SOLUTION 4.E2
        for observer in list(self.observers):
            try:
                observer(event, data)
            except Exception as error:
                self.logger.error("an observer failed at %s: %s", event, error)
        ### END SOLUTION


# %% [markdown]
# The second class has two parts as well. Its helper `_name_of` gives the name of a record for
# messages.
#
# ### 4.3 The pipeline as a function
#
# An object with a method `__call__` can be called: `pipeline(records)`. One broken record among ten
# thousand must not cost us the other 9999. So `classify_safely` handles one record, whatever
# happens, and `__call__` handles all of them within a session.
#
# Catch `Exception`, not everything: when somebody presses Ctrl-C, Python raises
# `KeyboardInterrupt`, which is not an `Exception`, and that person wants the program to stop.
#
# ### 4.4 One record from end to end
#
# The shortest part, and the heart of it: the processor makes a light curve and the classifier
# labels it. Your timer from Exercise 1 decorates it and shows how long each record takes.
#
# The cell ends with the other bonus part, 4.E1.


# %% part=["4.3", "4.4", "4.E1"] points=[2, 1.5, 1]
class AstronomyPipeline(BatchJob):
    """From raw records to labels.

    Attributes:
        processor: turns records into light curves, as in Exercise 3.
        classifier: assigns labels to light curves.
    """

    def __init__(self, processor: SurveyProcessor, classifier: Classifier) -> None:
        super().__init__()
        self.processor = processor
        self.classifier = classifier

    def _name_of(self, raw_data: Record, position: int) -> str:
        """Return the object id of a record, or "record 3" if it has none."""
        for key in ("objectId", "diaObjectId"):
            if isinstance(raw_data, dict) and key in raw_data:
                return str(raw_data[key])
        return f"record {position}"

    def classify_safely(self, raw_data: Record, position: int) -> str:
        """Return the label of one record, or "failed" if it cannot be processed.

        Args:
            raw_data: a record for the processor.
            position: the number of the record in its list, counted from 0.

        Returns:
            What self.process_and_classify(raw_data) returns. Just before returning it, this method
            calls self._announce("classified", object_id=name, label=label), with the name that
            self._name_of(raw_data, position) returns.
            If processing raises an Exception, the label is "failed": a line with the name of the
            record is logged at level ERROR, and self._announce("failed", object_id=name,
            error=text) is called, where text is the exception's message, a string.

        Raises:
            KeyboardInterrupt: If it is raised during processing. It is not an Exception, and is
                passed on to the caller. This method does not raise anything else.

        Example:
            With a record that lacks its candidates:

            >>> pipeline.classify_safely({"objectId": "ZTF24aaexmpl"}, 0)
            'failed'
        """
        ### BEGIN SOLUTION 4.3
        name = self._name_of(raw_data, position)
        try:
            label = self.process_and_classify(raw_data)
        except Exception as error:
            self.logger.error("%s failed: %s", name, error)
            self._announce("failed", object_id=name, error=str(error))
            return "failed"
        self._announce("classified", object_id=name, label=label)
        return label
        ### END SOLUTION

    def __call__(self, raw_observations: list[Record]) -> list[str]:
        """Return the labels of all records, each by classify_safely, within one session.

        Args:
            raw_observations: records for the processor; the list may be empty.

        Returns:
            A list with one label for each record, in their order, even if several of them are of
            the same object. A record that cannot be processed gets the label "failed", and does not
            affect the others. All of them are processed within one batch_processing_session.
            KeyboardInterrupt is passed on to the caller.

        Example:
            >>> pipeline([good_record, broken_record])
            ['SNIa', 'failed']
        """
        ### BEGIN SOLUTION 4.3
        with self.batch_processing_session():
            return [self.classify_safely(raw, i) for i, raw in enumerate(raw_observations)]
        ### END SOLUTION

    @timing_decorator
    def process_and_classify(self, raw_data: Record) -> str:
        """Return the label of one record: make its light curve, then classify it.

        Leave the line with @timing_decorator where it is: it prints how long each call takes, even
        one that fails. Leave sessions and announcements to the methods above.

        Args:
            raw_data: a record for self.processor.

        Returns:
            What self.classifier.predict returns for the very light curve that
            self.processor.process_lightcurve makes from the record, whatever the two contain. Each
            method is called once.

        Raises:
            Exception: Whatever the processor or the classifier raises; it is passed on to the
                caller.

        Example:
            >>> pipeline.process_and_classify(good_record)
            process_and_classify took 0.004321 s
            'SNIa'
        """
        ### BEGIN SOLUTION 4.4
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))
        ### END SOLUTION

    async def process_async(self, records: list[Record], max_concurrent: int = 4) -> list[str]:
        """Return the labels of all records, several of which are processed at a time.

        Bonus.

        Args:
            records: records for the processor; the list may be empty.
            max_concurrent: how many of them are processed at a time, at most, 1 or more. As long as
                enough are left, it is exactly this many: when one is done, the next begins straight
                away. (asyncio.to_thread has a limit of its own, which depends on the machine and
                is never below 5 threads. You need not work around it.)

        Returns:
            The same list as pipeline(records), in the same order. Each record is processed in a
            thread (asyncio.to_thread), so that the event loop stays free for others; one that fails
            gets the label "failed" and does not affect the other records. All of them are processed
            within one batch_processing_session.

        Example:
            >>> await pipeline.process_async([good_record, broken_record], max_concurrent=2)
            ['SNIa', 'failed']
        """
        ### BEGIN SOLUTION 4.E1
        gate = asyncio.Semaphore(max_concurrent)

        async def label_of(raw_data: Record, position: int) -> str:
            async with gate:
                return await asyncio.to_thread(self.classify_safely, raw_data, position)

        with self.batch_processing_session():
            return await asyncio.gather(*(label_of(raw, i) for i, raw in enumerate(records)))
        ### END SOLUTION


# %% [markdown]
# Try it with the simplest possible classifier, and a record that was cut off in transmission. The
# lines with a date are the log. (The log goes to `stderr`, not to the same stream as `print`, so it
# may appear above or below what is printed.)

# %%
if __name__ == "__main__":
    pipeline = AstronomyPipeline(ZTFProcessor(), EverythingIsAnIa())
    broken_record = {"objectId": "ZTF24broken"}
    print(pipeline([invent_record("SNIa", 1), broken_record, invent_record("TDE", 1)]))
    print("in a session:", pipeline.in_session)

# %% [markdown]
# ## Rules for five classes
#
# Now a classifier that looks at the data. It works in two steps: `features` turns a light curve of
# any length into five numbers, and `predict` makes its decision from them.
#
# ### 4.5 Five features
#
# | feature | what it is | unit |
# |---|---|---|
# | `rise_time` | from the first detection to the peak | days |
# | `decline_rate` | slope of the fading in the 30 days after the peak | mag per day |
# | `amplitude` | from the brightest detection to the faintest | mag |
# | `colour` | magnitude in g minus magnitude in r, near the peak; negative is blue | mag |
# | `episodes` | how many times it was seen, with breaks of more than 60 days in between | |
#
# All but the colour are measured in the *main band*, the one with the most detections. Since
# magnitudes run backwards, fading has a *positive* slope. Some features cannot be measured: no g,
# no colour; nothing after the peak, no decline. Such a feature is NaN.
#
# Useful: `column.to_numpy()` turns a column into an array, `magnitude.argmin()` is the position of
# the smallest entry, `np.diff(mjd)` gives the steps from each entry to the next, and
# `np.polyfit(x, y, 1)` the slope and intercept of a straight line.
#
# ### 4.6 Nine rules
#
# The rules form a **decision list**: go through them from top to bottom, and the first one that
# holds decides.
#
# | | rule | label | why |
# |---|---|---|---|
# | 1 | fewer than 3 clear detections | `unknown` | anything else would be a guess |
# | 2 | `decline_rate` > 0.1 | `CV` | nothing that explodes fades by 1 mag in ten days |
# | 3 | `episodes` ≥ 3 and `amplitude` < 1.5 | `AGN` | flickers for years |
# | 4 | `episodes` ≥ 3 | `TDE` | rose high and glows for years |
# | 5 | `decline_rate` > 0.03 and (`episodes` = 2 or `rise_time` < 3) | `CV` | came back, or fast |
# | 6 | `decline_rate` > 0.03 | `SNIa` | 1 to 3 mag in a month |
# | 7 | `colour` < -0.1 | `TDE` | slow and hot |
# | 8 | `rise_time` > 90 | `AGN` | no supernova takes that long |
# | 9 | otherwise | `SNII` | slow, and not so hot |
#
# Every comparison with NaN is false, so a feature that could not be measured decides nothing. Write
# the comparisons exactly as in the table, and NaN takes care of itself.


# %%
def main_band(table: pd.DataFrame) -> str:
    """Return the band with the most rows (in a tie, the first in alphabetical order)."""
    return str(table["band"].mode().iloc[0])


# %% part=["4.5", "4.6"] points=[2, 1]
class SimpleTransientClassifier:
    """Classifies transients by a short list of rules. It is a Classifier.

    Attributes:
        zeropoints: the zero point [mag] of the fluxes in each band; 25.0 for any other band.
    """

    def __init__(self, zeropoints: dict[str, float] | None = None) -> None:
        self.zeropoints = zeropoints or {}

    def clear_detections(self, lightcurve: LightCurve) -> pd.DataFrame:
        """Return the rows with flux > 3 flux_err, in time order, with a column magnitude [mag]."""
        table = lightcurve.data[lightcurve.data["flux"] > 3 * lightcurve.data["flux_err"]]
        zeropoints = np.array([self.zeropoints.get(band, 25.0) for band in table["band"]])
        return table.assign(magnitude=zeropoints - 2.5 * np.log10(table["flux"]))

    def features(self, lightcurve: LightCurve) -> dict[str, float]:
        """Return five features of a light curve.

        Begin with `table = self.clear_detections(lightcurve)`; nothing else in the light curve
        counts. The main band is main_band(table), and the peak is the detection with the smallest
        magnitude in the main band (the first one, if there are several).

        Args:
            lightcurve: a light curve with at least 3 clear detections. It is not changed.

        Returns:
            A dictionary of numbers with the keys
            rise_time: days from the first detection in the main band to the peak.
            decline_rate: the slope [mag/day] of the straight line (least squares, np.polyfit)
                through the detections in the main band from the peak to 30 days after it, both
                included; positive if the object fades. NaN unless at least one of them is a day or
                more after the peak.
            amplitude: largest minus smallest magnitude in the main band [mag].
            colour: the median magnitude in g minus the median magnitude in r [mag], of the
                detections that are at most 10 days before or after the peak. NaN if there are none
                in g or none in r.
            episodes: 1 plus the number of breaks of more than 60 days between one detection in the
                main band and the next.

        Example, with four detections in r, of magnitude 19 on MJD 60000, 18 on MJD 60010, 18.5 on
        MJD 60020, 19 on MJD 60100, and one in g, of magnitude 18.25 on MJD 60012:
            {'rise_time': 10.0, 'decline_rate': 0.05, 'amplitude': 1.0, 'colour': -0.25,
             'episodes': 2}
        """
        ### BEGIN SOLUTION 4.5
        table = self.clear_detections(lightcurve)
        main = table[table["band"] == main_band(table)]
        mjd, magnitude = main["mjd"].to_numpy(), main["magnitude"].to_numpy()
        peak_mjd = mjd[magnitude.argmin()]
        day = mjd - peak_mjd
        fading = (day >= 0) & (day <= 30)
        decline_rate = math.nan
        if day[fading].max() >= 1:
            decline_rate = float(np.polyfit(day[fading], magnitude[fading], 1)[0])
        near = table[(table["mjd"] - peak_mjd).abs() <= 10]
        medians = near.groupby("band")["magnitude"].median()
        return {
            "rise_time": float(-day.min()),
            "decline_rate": decline_rate,
            "amplitude": float(magnitude.max() - magnitude.min()),
            "colour": float(medians.get("g", math.nan) - medians.get("r", math.nan)),
            "episodes": 1 + int((np.diff(day) > 60).sum()),
        }
        ### END SOLUTION

    def predict(self, lightcurve: LightCurve) -> str:
        """Return the label of a light curve by the first rule that holds.

        Args:
            lightcurve: a light curve, which may be empty. It is not changed.

        Returns:
            The label of the first of these rules that holds, given what self.features(lightcurve)
            returns:
            1. "unknown" if there are fewer than 3 clear detections, in all bands together;
            2. "CV" if decline_rate > 0.1;
            3. "AGN" if episodes >= 3 and amplitude < 1.5;
            4. "TDE" if episodes >= 3;
            5. "CV" if decline_rate > 0.03 and (episodes == 2 or rise_time < 3);
            6. "SNIa" if decline_rate > 0.03;
            7. "TDE" if colour < -0.1;
            8. "AGN" if rise_time > 90;
            9. "SNII" otherwise.
            A comparison with a feature that is NaN is false. There is a label for every light
            curve: this method does not raise anything.

        Example:
            >>> SimpleTransientClassifier().predict(TransientLightCurve([], "nothing seen"))
            'unknown'
        """
        ### BEGIN SOLUTION 4.6
        if len(self.clear_detections(lightcurve)) < 3:
            return "unknown"
        feature = self.features(lightcurve)
        if feature["decline_rate"] > 0.1:
            return "CV"
        if feature["episodes"] >= 3:
            return "AGN" if feature["amplitude"] < 1.5 else "TDE"
        if feature["decline_rate"] > 0.03:
            came_back = feature["episodes"] == 2 or feature["rise_time"] < 3
            return "CV" if came_back else "SNIa"
        if feature["colour"] < -0.1:
            return "TDE"
        return "AGN" if feature["rise_time"] > 90 else "SNII"
        ### END SOLUTION


# %% [markdown]
# ### What the rules see
#
# Thirty simulated objects of each class, plotted by two of the five features. The grey lines are
# the thresholds of rules 2, 5 and 6. No two features separate everything, which is why there are
# five.

# %%
if __name__ == "__main__":
    classifier = SimpleTransientClassifier(ZEROPOINTS)
    truth = [label for label in CLASSES for _ in range(30)]
    records = [invent_record(label, 1 + i % 30) for i, label in enumerate(truth)]
    curves = [ZTFProcessor().process_lightcurve(record) for record in records]
    measured = pd.DataFrame(
        [classifier.features(lc) for lc in curves if len(classifier.clear_detections(lc)) >= 3]
    )
    measured["truth"] = [
        label
        for label, lc in zip(truth, curves, strict=True)
        if len(classifier.clear_detections(lc)) >= 3
    ]
    print(measured.groupby("truth").median().loc[CLASSES].round(2))

    fig, ax = plt.subplots(figsize=(8, 5), layout="constrained")
    styles = zip(CLASSES, ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#333333"], "osD^v",
                 strict=True)  # fmt: skip
    for label, colour, marker in styles:
        points = measured[measured["truth"] == label]
        ax.plot(
            points["decline_rate"].clip(-0.1, 0.4),
            points["rise_time"],
            marker,
            color=colour,
            alpha=0.7,
            label=label,
        )
    for border in (0.03, 0.1):
        ax.axvline(border, color="0.6", linewidth=1)
    ax.set_yscale("symlog", linthresh=3)
    ax.set_ylim(-0.5, 1500)
    ax.set_xlabel("decline rate [mag/day]")
    ax.set_ylabel("rise time [days]")
    ax.legend(loc="upper right")
    plt.show()

# %% [markdown]
# ### How good is it?
#
# Next the whole pipeline runs on all of them (the timer's output is hidden). A **confusion matrix**
# has a row for each true class and a column for each label that was given: what lies on the
# diagonal is right, and everything else shows which class is mistaken for which. The **balanced
# accuracy** is the mean of the fractions on the diagonal, so that each class counts the same,
# however many objects it has. Guessing at random gives 0.2.


# %%
def plot_confusion(ax: Axes, counts: np.ndarray, title: str) -> None:
    """Draw counts[true class, label given]; the colour is the fraction of the true class."""
    fractions = counts / counts.sum(axis=1, keepdims=True)
    ax.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if fractions[row, column] > 0.5 else "black"
            ax.text(column, row, count, ha="center", va="center", color=colour)
    ax.set_xticks(range(len(CLASSES) + 1), [*CLASSES, "unknown"])
    ax.set_yticks(range(len(CLASSES)), CLASSES)
    ax.set_xlabel("label given")
    ax.set_ylabel("true class")
    ax.set_title(f"{title}: balanced accuracy {np.diag(fractions).mean():.2f}")


# %%
if __name__ == "__main__":
    pipeline = AstronomyPipeline(ZTFProcessor(), SimpleTransientClassifier(ZEROPOINTS))
    with redirect_stdout(io.StringIO()):
        labels = pipeline(records)

    columns = [*CLASSES, "unknown"]
    counts = np.zeros((len(CLASSES), len(columns)), dtype=int)
    for true_class, label in zip(truth, labels, strict=True):
        counts[CLASSES.index(true_class), columns.index(label)] += 1

    fig, ax = plt.subplots(figsize=(6, 4.6), layout="constrained")
    plot_confusion(ax, counts, "Simulated objects")
    plt.show()

# %% [markdown]
# Do not trust this number. The objects were made up by the same people who wrote the rules, and
# made-up objects are tidy: they look like the ones in the textbook, and the survey saw their whole
# lives.
#
# So the same rules were tried on 908 real ZTF objects, whose classes are known from spectra or
# catalogues. The counts are below.

# %%
if __name__ == "__main__":
    real_counts = np.array([
        [211, 34, 31, 7, 17, 0],
        [65, 182, 21, 13, 19, 0],
        [4, 6, 44, 5, 6, 4],
        [1, 15, 10, 58, 15, 73],
        [1, 4, 1, 1, 60, 0],
    ])  # fmt: skip

    fig, ax = plt.subplots(figsize=(6, 4.6), layout="constrained")
    plot_confusion(ax, real_counts, "Real objects")
    plt.show()

# %% [markdown]
# That is three times as good as guessing, for a list that fits on a postcard, and yet one answer in
# three is wrong. Supernovae that were caught late, or seen only a few times, can look like
# anything. Many of the AGN flicker too little to be detected three times.
#
# And even this flatters the rules. Nearly all of the TDEs were measured differently from the
# supernovae: over years, at every visit, while a supernova has nothing but the alerts that ZTF sent
# at the time. So the rules may have seen in part *how* an object was measured rather than what it
# is. For the 717 objects that have only alerts, which leaves four classes, the balanced accuracy is
# 0.55, where guessing gives 0.25. Also, the thresholds were chosen with many of these same objects
# in view. When you read "accuracy" in a paper, ask about all of these things.

# %% [markdown]
# ## Extensions
#
# Two more parts earn bonus points. You do not need them for full marks. The stub of 4.E1 is at the
# end of the class `AstronomyPipeline`, and those of 4.E2 are at the end of `BatchJob`. Go back,
# fill them in, run both cells again from the top, and create a new pipeline.
#
# ### 4.E1 Several records at a time
#
# Often a processor waits: for a broker to answer, for a file to come from an archive. While it
# waits for one record, it could work on others. A function that begins with `async def` is a
# *coroutine*: it can pause at an `await` and let others run.
#
# - `await asyncio.to_thread(function, *arguments)` runs an ordinary function in a thread of its own
#   and pauses until the value is there.
# - `await asyncio.gather(*coroutines)` runs many of them at once and returns the list of their
#   values, in the order of the coroutines, whichever finished first.
# - `asyncio.Semaphore(n)` is a gate: in `async with gate:` there are never more than `n` at a time.
#   That is also a matter of courtesy: no broker likes a thousand requests at once.
#
# In a notebook cell `await pipeline.process_async(records)` is all you need, and in a script
# `asyncio.run(pipeline.process_async(records))`. The helper in the next cell works in both.
#
# ### 4.E2 Observers
#
# One person wants an e-mail for every TDE, another a count of failures, a third a progress bar. If
# the pipeline had to know about all of them, it would never be finished. With the **observer
# pattern** it does not need to: anyone who is interested registers a function with `add_observer`,
# and the pipeline calls it whenever something happens. What an observer does is none of the
# pipeline's business, and neither is its failure.


# %%
def run_async(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, in a new thread: the notebook's own already has an event loop."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


# %% [markdown]
# A processor that has to wait a tenth of a second for each record, as if it came from far away:

# %%
if __name__ == "__main__":

    class DistantProcessor(ZTFProcessor):
        """ZTF's records, but each takes a while to arrive."""

        def process_lightcurve(self, raw_data: Record) -> TransientLightCurve:
            time.sleep(0.1)
            return super().process_lightcurve(raw_data)

    distant = AstronomyPipeline(DistantProcessor(), SimpleTransientClassifier(ZEROPOINTS))
    sizes, seconds = [1, 2, 4, 8], []
    for size in sizes:
        start = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            run_async(distant.process_async(records[::10], max_concurrent=size))
        seconds.append(time.perf_counter() - start)

    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    bars = ax.bar([str(size) for size in sizes], seconds, color="#0072b2")
    ax.bar_label(bars, fmt="%.2f s")
    ax.margins(y=0.12)
    ax.set_xlabel("records processed at a time, at most")
    ax.set_ylabel("time [s]")
    ax.set_title("15 records that take a while to arrive")
    plt.show()

# %% [markdown]
# Threads help because most of the time is spent waiting. Work that keeps the CPU busy gains nothing
# from them in ordinary Python. And beware of what the threads share: your survey processor counts
# its light curves, and when two threads count at the same moment, one of the counts may be lost.
#
# Now the observers: one that counts, one that looks for TDEs, and one that is broken.

# %%
if __name__ == "__main__":
    pipeline = AstronomyPipeline(ZTFProcessor(), SimpleTransientClassifier(ZEROPOINTS))
    tally: Counter[str] = Counter()
    wanted: list[str] = []

    @pipeline.add_observer
    def count_labels(event: str, data: dict[str, Any]) -> None:
        if event == "classified":
            tally[data["label"]] += 1

    @pipeline.add_observer
    def look_for_tdes(event: str, data: dict[str, Any]) -> None:
        if data.get("label") == "TDE":
            wanted.append(data["object_id"])

    @pipeline.add_observer
    def send_mail(event: str, data: dict[str, Any]) -> None:
        if event == "failed":
            raise ConnectionError("the mail server does not answer")

    with redirect_stdout(io.StringIO()):
        pipeline([*records[::5], {"objectId": "ZTF24broken"}])

    print(dict(tally))
    print("spectra, please:", ", ".join(wanted))

# %% [markdown]
# ## Where to go next
#
# This was the last exercise in plain Python. You have a pipeline that takes records from a survey,
# turns them into light curves, classifies them, logs what it does, and does not stop at a broken
# record. From now on the classifier gets better, and nothing else has to change.
#
# - Change a threshold of the rules. Which classes gain, which lose? It is easy to make one row of
#   the confusion matrix perfect.
# - Write a classifier that asks several others and lets the majority decide. It is a `Classifier`
#   as well.
# - Read Python's [how-to on logging](https://docs.python.org/3/howto/logging.html): a handler for
#   files, and a level that is set from outside, are two lines each.
# - In **Exercise 5** light curves of all lengths become tensors, so that a machine can find better
#   rules than we did.
