"""What is said about a model: facts that its answers show, each with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from grader.capstone.exam import CLASSES, Exam
from grader.capstone.scale import LEAST_PRECISION, Verdict
from grader.capstone.sitting import NOT_ASKED, Answers

MOST_REASONS = 5


def feedback(exam: Exam, answers: Answers, verdict: Verdict) -> list[str]:
    """Return what is known of a model, most important first."""
    if not answers.answered.any():
        return [_no_answer(answers)]
    return [
        *_majority(exam, verdict),
        *_unanswered(answers),
        *_confidence(verdict),
        *_precision(verdict),
        *_recalls(verdict),
        *_worst(verdict),
    ]


def _majority(exam: Exam, verdict: Verdict) -> Iterator[str]:
    if verdict.beats_majority:
        return
    name, share = CLASSES[exam.majority], (exam.truth == exam.majority).mean()
    accuracy = verdict.measures["accuracy"].value
    yield (
        f"No points: its accuracy is {accuracy:.2f}, and that of always answering {name} is "
        f"{share:.2f}. A model has to do clearly better. See the recall of each class below."
    )


def _unanswered(answers: Answers) -> Iterator[str]:
    """Each reason with its number of light curves, the commonest first."""
    reasons = Counter(reason for reason in answers.reasons if reason)
    if not reasons:
        return
    yield (
        f"{reasons.total()} of {len(answers.reasons)} light curves have no answer, and count as "
        "wrong. Answer all of them: an odd one with the shares of the classes."
    )
    for reason, count in reasons.most_common(MOST_REASONS):
        yield f"  {count} without an answer: {reason}"
    if len(reasons) > MOST_REASONS:
        yield f"  and {len(reasons) - MOST_REASONS} more reasons"


def _no_answer(answers: Answers) -> str:
    """The commonest reason why there is no answer at all, of those that were asked for if any."""
    asked = [reason for reason in answers.reasons if not reason.startswith(NOT_ASKED)]
    ((reason, _),) = Counter(asked or answers.reasons).most_common(1)
    return f"No points, as no light curve has an answer: {reason}"


def _confidence(verdict: Verdict) -> Iterator[str]:
    """Whether it is sure too often or too seldom, if the interval leaves no doubt."""
    bias = verdict.measures["overconfidence"]
    interval = f"({bias.low:+.2f} to {bias.high:+.2f})"
    advice = "Calibrate it on objects that it was not trained on, such as by a temperature."
    if bias.low > 0:
        yield (
            f"It is overconfident: its mean confidence is {bias.value:.2f} {interval} above its "
            f"accuracy. {advice}"
        )
    elif bias.high < 0:
        yield (
            f"It is underconfident: its mean confidence is {-bias.value:.2f} {interval} below its "
            f"accuracy. {advice}"
        )


def _precision(verdict: Verdict) -> Iterator[str]:
    precision = verdict.measures["tde_precision"]
    if not precision.value + precision.error >= LEAST_PRECISION and np.isfinite(precision.value):
        yield (
            f"Of what it calls a TDE, {precision.value:.2f} are TDEs; their recall counts from "
            f"{LEAST_PRECISION:.2f} on. Set a higher `TDE_THRESHOLD`, chosen on validation data."
        )


def _recalls(verdict: Verdict) -> Iterator[str]:
    found = [
        f"{name} {row[place] / row.sum():.2f} (of {row.sum()})"
        for place, (name, row) in enumerate(zip(CLASSES, verdict.confusion, strict=True))
    ]
    yield f"Recall by class, which an accuracy on an imbalanced set hides: {', '.join(found)}."


def _worst(verdict: Verdict) -> Iterator[str]:
    """The two classes that are taken for each other most, as a share of the true ones."""
    counts = verdict.confusion[:, :-1].astype(float) / verdict.confusion.sum(axis=1)[:, None]
    np.fill_diagonal(counts, 0)
    true, answer = np.unravel_index(counts.argmax(), counts.shape)
    number = verdict.confusion[true, answer]
    if number:
        yield (
            f"Most often confused: {number} of {verdict.confusion[true].sum()} {CLASSES[true]} "
            f"were called {CLASSES[answer]}. Plot some of both side by side."
        )
