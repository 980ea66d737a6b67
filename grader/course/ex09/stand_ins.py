"""What a learner runs in the notebook to see what the checks see, with stand-ins for W&B.

The lines that go with a failure import it. Nothing is recorded or sent by it, and afterwards all
names of the notebook and of `wandb` are what they were before.
"""

from __future__ import annotations

import contextlib
import inspect
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.course.common_probes import Trouble
from grader.course.ex09 import recorder
from grader.course.ex09.artifacts import artifact_of
from grader.course.ex09.checkpoints import add_buffers, network, write_checkpoint
from grader.course.ex09.figures import turns_counted
from grader.course.ex09.on_trial import opened, tracker_with_run
from grader.course.ex09.recorder import RecordedRun
from grader.course.ex09.registrar import Registrar, draws, metric_of
from grader.course.ex09.rehearsal import Labels, Logits, Script, rehearsed
from grader.course.ex09.replies import Draws, Logged, Opened, Step, Training
from grader.course.ex09.trial import KEYLESS, Trial, environment, recorded, replacing, scratch
from grader.runner import Learner

__all__ = [
    "TriedRegistry",
    "Trouble",
    "Watch",
    "add_buffers",
    "logged",
    "metric_of",
    "network",
    "rehearse",
    "resampled",
    "tracked",
    "write_checkpoint",
]


@contextlib.contextmanager
def tracked(names: dict[str, Any], config: Any = None) -> Iterator[tuple[Any, RecordedRun]]:
    """Let a tracker and its open run stand for real ones in a `with` block.

    The run only takes notes: `run.history` has its rows, `run.calls` what it was told to log, and
    `run.finished` the exit codes with which it was finished; afterwards `run.versions` has the
    artifacts that were logged. In the block `wandb.init` opens another such run.

    Args:
        names: those of the notebook, `globals()`.
        config: the configuration of the run.

    Yields:
        The tracker, of the notebook's own class, and the run.
    """
    learner = Learner(names)
    checkpoints = {"save_checkpoint": write_checkpoint}  # so that this one is not judged by it
    with recorded(learner) as trial, replacing(names, **checkpoints), turns_counted():
        tracker, run = tracker_with_run(learner, trial, config)
        yield tracker, run
        run.versions = [artifact_of(**each) for each in run.artifacts]


def logged(run: RecordedRun, key: str) -> Logged:
    """What was logged under a key after the first call of `run.log`."""
    return recorder.logged_under(run, key, run.calls[1:])


class Watch:
    """Takes notes of how runs are opened, in place of W&B. `names` are `globals()`."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.trial = Trial(Learner(names))
        self.returned: Any = None

    def opened(self, start: Callable[..., Any], *args: Any, **variables: str) -> Opened | None:
        """Call `start(*args)`, and say how W&B was asked for a run; None if it was not.

        There is no API key, unless the environment `variables` name one.
        """
        with scratch(), environment(**(KEYLESS | variables)), self.trial.going_on():
            before = len(self.trial.asked)
            self.returned = start(*args)
        if len(self.trial.asked) == before:
            return None
        found = opened(self.trial.asked[-1])
        found.config = found.config or dict(self.run.config)  # told to the run later on
        return found

    @property
    def run(self) -> Any:
        """The last run that was opened."""
        return self.trial.runs[-1] if self.trial.runs else None

    @property
    def logins(self) -> int:
        """How often W&B was asked to log in."""
        return self.trial.logins


def rehearse(
    train: Callable[..., Any],
    logits: Logits,
    labels: Labels,
    config: dict[str, Any] | None = None,
    **script: Any,
) -> Training:
    """Run a `train_with_wandb` with stand-ins for the network, the data, the tracker and W&B.

    Nothing is recorded or sent. Afterwards all names of the notebook are what they were before.

    Args:
        train: the function.
        logits: what the network gives for every object, whatever it is taught: one row before the
            first epoch, and one after each.
        labels: the classes of the objects in the sets "train", "val" and "test".
        config: the settings that `train` is called with.
        **script: what else happens: `chosen` are settings that a sweep's server chooses; with
            `given_data=False` the data are made by `make_data`; `stop_after` is the epoch after
            which `should_stop` returns True, `fails_at` one in which it raises an exception; with
            `fails_late=True` the tracker raises one when it is given the confusion matrix.

    Returns:
        All that was seen of it.

    Raises:
        Exception: whatever `train` raises. If the script makes it raise one, that is the `error`
            of what was seen instead.
    """
    learner, wanted = Learner(inspect.unwrap(train).__globals__), Script(**script)
    seen, error = rehearsed(learner, train, logits, labels, config, wanted)
    if error is not None and not wanted.provokes:
        raise error
    return seen


class TriedRegistry:
    """A registry in a folder of its own, to which candidates are offered.

    Each method says what it has returned or raised, and what is deployed afterwards: a version is
    known by the only weight in its checkpoint.
    """

    def __init__(self, registry: type) -> None:
        place = Path(tempfile.mkdtemp(prefix="registry-"))
        weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        self._registrar = Registrar(Learner({"ModelRegistry": registry}), place)

    def consider(
        self,
        weight: float,
        labels: list[int],
        predictions: list[int],
        better: bool | None = None,
    ) -> Step:
        """Offer a candidate, and delete its folder; `better` is what `is_better` then says."""
        return self._step("consider", weight, better, labels, predictions)

    def rollback(self) -> Step:
        """Deploy the version before."""
        return self._step("rollback")

    def reopen(self) -> Step:
        """Go on with another `ModelRegistry` of the same folder."""
        return self._step("reopen")

    def kept(self) -> Step:
        """Return whether each version still has the weight that it came with."""
        return self._step("kept")

    def _step(self, *step: Any) -> Step:
        (done,) = self._registrar.walked([list(step)])
        return done


def resampled(registry: type, n: int, seed: int) -> Draws:
    """The numbers of the objects in each of five resamples of `is_better`, of n objects."""
    with scratch() as place:
        return draws(Learner({"ModelRegistry": registry}), place / "registry", n, seed)
