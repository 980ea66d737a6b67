"""What a pass over a loader should do and tell, for 8.5."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import N_CLASSES
from grader.course.ex08.checks.weights import losses_of
from grader.course.ex08.replies import Epoch
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, shown
from grader.wire import Tensor


class Pass:
    """A pass over three batches, followed by hand: a shift is trained by plain descent."""

    def __init__(self, rng: Rng) -> None:
        self.logits = rng.normal(0, 1.5, (11, N_CLASSES)).astype(np.float32).astype(float)
        self.labels = rng.integers(0, N_CLASSES, 11)
        order = rng.permutation(11).tolist()
        self.batches = [order[:4], order[4:8], order[8:]]
        self.answer = {"accuracy": float(rng.uniform()), "loss": 1.0}

    def asked(self, learner: Subject, rate: float) -> Epoch:
        features, labels = Tensor.of(self.logits), Tensor.of(self.labels)
        answer = learner.ask(probes.one_epoch, features, labels, self.batches, rate, self.answer)
        require(bool(answer.value.asked), "model-never-asked")
        require(answer.value.gradients_on, "gradients-left-off")
        return answer.value

    def followed(
        self,
        rate: float,
        leftover: float | None = None,
        softened: bool = False,
        late: bool = False,
        summed: bool = False,
    ) -> tuple[list[np.ndarray], list[float], np.ndarray]:
        """The logits and the loss of each batch, and the shift at the end.

        With `leftover` gradients are never cleared, and each begins with that number, or only the
        first one, if they are cleared `late`; `softened` logits go through a softmax before the
        loss; `summed` gradients are those of the sum over a batch.
        """
        shift, gradient = np.zeros(N_CLASSES), np.zeros(N_CLASSES)
        gradient += leftover or 0.0
        all_logits, losses = [], []
        for batch in self.batches:
            logits, labels = self.logits[batch] + shift, self.labels[batch]
            seen = softmax(logits) if softened else logits
            slope = (softmax(seen) - np.eye(N_CLASSES)[labels]) / len(batch)
            if softened:
                slope = seen * (slope - (seen * slope).sum(axis=1, keepdims=True))
            fresh = slope.sum(axis=0) * (len(batch) if summed else 1)
            gradient = fresh if leftover is None else gradient + fresh
            all_logits.append(seen if softened else logits)
            losses.append(float(losses_of(seen, labels).mean()))
            shift = shift - rate * gradient
            gradient = gradient * (not late)
        return all_logits, losses, shift

    def twice(self, rate: float) -> np.ndarray:
        """The shift at the end with two steps for each batch, each with a gradient of its own."""
        batches = self.batches
        self.batches = [batch for batch in batches for _ in range(2)]
        shift = self.followed(rate)[2]
        self.batches = batches
        return shift

    def step_at_end(self, rate: float) -> np.ndarray:
        """The shift after a single step with the sum of the gradients of all batches."""
        alone = [self.logits[batch] for batch in self.batches]
        pairs = zip(alone, self.batches, strict=True)
        slopes = [softmax(x) - np.eye(N_CLASSES)[self.labels[batch]] for x, batch in pairs]
        return -rate * np.sum([slope.mean(axis=0) for slope in slopes], axis=0)

    def after_steps(self, rate: float) -> list[np.ndarray]:
        """The logits of each batch as the model gives them once it has taken its step."""
        batches, found = self.batches, []
        for count in range(1, len(batches) + 1):
            self.batches = batches[:count]
            found.append(self.logits[batches[count - 1]] + self.followed(rate)[2])
        self.batches = batches
        return found


def check_steps(got: Epoch, trial: Pass, rate: float) -> None:
    """Each batch must have taken one step with its own gradient."""
    want = Tensor.of(trial.followed(rate)[2])
    if approx_equal(got.shift, want):
        return

    uncleared = trial.followed(rate, leftover=3.0)[2]
    from_none = trial.followed(rate, leftover=0.0)[2]
    late = trial.followed(rate, leftover=3.0, late=True)[2]
    fail_if_recognised(
        Answer(got.shift),
        Mistake("gradients-not-cleared", Tensor.of(uncleared)),
        Mistake("gradients-not-cleared~pass", Tensor.of(from_none)),
        Mistake("gradients-cleared-late", Tensor.of(late)),
        Mistake("no-step", Tensor.of(np.zeros(N_CLASSES))),
        Mistake("softmax-before-loss", Tensor.of(trial.followed(rate, softened=True)[2])),
        Mistake("gradients-summed", Tensor.of(trial.followed(rate, summed=True)[2])),
        Mistake("two-steps", Tensor.of(trial.followed(2 * rate)[2])),
        Mistake("two-steps~anew", Tensor.of(trial.twice(rate))),
        Mistake("one-step-a-pass", Tensor.of(trial.step_at_end(rate))),
    )
    require(False, "other-steps", got=shown(got.shift), want=shown(want))


def check_updates(
    got: Epoch,
    trial: Pass,
    logits: list[np.ndarray],
    losses: list[float],
    later: Sequence[np.ndarray] = (),
) -> None:
    """Compare what the tracker was told with logits, labels and losses.

    `later` are the logits after the step that each batch takes.
    """
    updates = [event for event in got.told if event.kind == "update"]
    require(len(updates) == len(logits), "wrong-number-of-updates", got=len(updates))
    for i, (update, want, mean) in enumerate(zip(updates, logits, losses, strict=True)):
        batch, stepped = trial.batches[i], [Tensor.of(each) for each in later[i : i + 1]]
        expect(
            Answer(update.preds),
            Tensor.of(want),
            Mistake("softmax-before-loss~tracker", Tensor.of(softmax(want))),
            *(Mistake("logits-after-step", each) for each in stepped),
            what="the logits for `tracker.update`",
        )
        labels = Tensor.of(trial.labels[batch])
        expect(Answer(update.targets), labels, what="the labels for `tracker.update`")
        require("Tensor" not in update.loss_type, "loss-as-tensor")
        expect(
            Answer(update.loss),
            mean,
            Mistake("loss-summed", mean * len(batch)),
            what="the loss for `tracker.update`",
            rtol=1e-4,
        )
