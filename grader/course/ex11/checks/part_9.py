"""Checks of 11.9, Answers with error bars.

The network is a table of answers. Which one it gives for a light curve stands in the flux of its
first row, so that light curves that change places are noticed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex11 import probes
from grader.course.ex11.replies import Classified
from grader.course.gates import gate, twice
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, Raises, expect, kind_of, require, showing
from grader.wire import Tensor

Array = np.ndarray
CLASSES = ["TDE", "SNIa", "AGN"]  # not in the order of the notebook
ASKED = "{}\nclassifier.model.asked"


class Night(NamedTuple):
    """What a network says of some light curves, and the rows of each."""

    samples: Array  # (n_samples, n, 3)
    temperature: float
    rows: dict[str, Any]


def rows_of(rng: Rng, number: int, n: int) -> Array:
    """Rows (n, 6) of a light curve, whose first flux is its number."""
    rows = np.zeros((n, 6))
    rows[:, 0] = np.cumsum(rng.uniform(1, 4, n)).round(2)
    rows[:, 1:3] = rng.uniform(0.1, 0.9, (n, 2)).round(2)
    rows[np.arange(n), 3 + rng.integers(0, 3, n)] = 1
    rows[0, 1] = number
    return rows


def night(rng: Rng, lengths: tuple[int, ...] = (2, 1, 3)) -> Night:
    """A night on which the temperature changes the most probable class of the first object."""
    temperature = float(rng.choice([0.4, 2.5]))
    rows = {f"ZTF{i}": Tensor.of(rows_of(rng, i, n)) for i, n in enumerate(lengths)}
    while True:
        samples = softmax(rng.normal(0, 2, (3, len(lengths), 3))).clip(0.01, 0.98).round(2)
        samples[..., 0] = (1 - samples[..., 1:].sum(axis=-1)).round(2)
        if not (samples > 0).all():
            continue
        mean, mean_at = (p.mean(axis=0) for p in (samples, at(samples, temperature)))
        changed = mean.argmax(axis=1) != mean_at.argmax(axis=1)
        if changed[0] and not changed[1:].all():
            return Night(samples, temperature, rows)


def at(p: Array, temperature: float) -> Array:
    """Probabilities at another temperature."""
    return softmax(np.log(p) / temperature)


def answer_of(learner: Subject, tonight: Night, *n_samples: int) -> Answer[Classified]:
    """What a classifier says of a night, or the exception that it raises."""
    samples, t = Tensor.of(tonight.samples), tonight.temperature
    return learner.ask(probes.classified, CLASSES, t, tonight.rows, samples, *n_samples)


def asked(learner: Subject, tonight: Night, *n_samples: int) -> Classified:
    """The answers of a night, which must be a list of dictionaries."""
    got = answer_of(learner, tonight, *n_samples).value
    if not isinstance(got.results, list):
        raise Finding("not-a-list", got=kind_of(got.results))
    for each in got.results:
        if not isinstance(each, dict):
            raise Finding("not-dictionaries", got=kind_of(each))
    return got


def named(p: Array) -> list[dict[str, float]]:
    """The probabilities of each light curve, by the names of the classes."""
    return [dict(zip(CLASSES, row, strict=True)) for row in p.tolist()]


def of_each(results: list[Any], key: str) -> list[Any]:
    """What each answer has under a key."""
    lacking = [i for i, each in enumerate(results) if key not in each]
    require(not lacking, "key-missing", key=key, number=lacking[0] if lacking else 0)
    return [each[key] for each in results]


def by_key(key: str) -> str:
    """The form of a line that shows what each answer has under a key."""
    return f"[result['{key}'] for result in {{}}]"


def other_probabilities(p: Array, temperature: float) -> list[Mistake]:
    """What other ways to the probabilities of samples (n_samples, n, 3) would give."""
    powers = p ** (1 / temperature)
    return [
        Mistake("temperature-forgotten", named(p.mean(axis=0))),
        Mistake("temperature-of-the-mean", named(at(p.mean(axis=0), temperature))),
        Mistake("temperature-inverted", named(at(p, 1 / temperature).mean(axis=0))),
        Mistake("not-normalised", named(powers.mean(axis=0))),
        Mistake("wrong-axis", named((powers / powers.sum(axis=1, keepdims=True)).mean(axis=0))),
        Mistake("wrong-axis", named((powers / powers.sum(axis=0, keepdims=True)).mean(axis=0))),
        Mistake("softmax-again", named(softmax(p / temperature).mean(axis=0))),
        Mistake("one-network", named(at(p, temperature)[0])),
    ]


@gate
@twice
def test_probabilities(learner: Subject, rng: Rng) -> None:
    """The mean of all samples at the temperature, by the names of the classes"""
    tonight = night(rng)
    got = asked(learner, tonight)
    want = named(at(tonight.samples, tonight.temperature).mean(axis=0))
    require(len(got.results) == 3, "number-of-answers", got=len(got.results), want=3)
    with showing(by_key("probabilities")):
        found = of_each(got.results, "probabilities")
        usual = ["AGN", "CV", "SNII", "SNIa", "TDE"]
        keys = [list(each) if isinstance(each, dict) else each for each in found]
        other = Mistake("classes-of-the-notebook", keys in ([usual] * 3, [usual[:3]] * 3))
        mistakes = other_probabilities(tonight.samples, tonight.temperature)
        what = "the list of probabilities"
        expect(Answer(found), want, other, *mistakes, what=what, rtol=1e-4, atol=1e-5)


def test_predicted(learner: Subject, rng: Rng) -> None:
    """The most probable class by its name, and its calibrated probability"""
    tonight = night(rng)
    results = asked(learner, tonight).results
    p = at(tonight.samples, tonight.temperature).mean(axis=0)
    raw = tonight.samples.mean(axis=0)
    numbers, raw_numbers = p.argmax(axis=1).tolist(), raw.argmax(axis=1).tolist()
    with showing(by_key("predicted")):
        expect(
            Answer(of_each(results, "predicted")),
            [CLASSES[i] for i in numbers],
            Mistake("number-for-name", numbers),
            Mistake("uncalibrated", [CLASSES[i] for i in raw_numbers], key="predicted"),
            what="the list of predicted classes",
        )
    with showing(by_key("confidence")):
        expect(
            Answer(of_each(results, "confidence")),
            p.max(axis=1).tolist(),
            Mistake("uncalibrated", raw.max(axis=1).tolist(), key="confidence"),
            what="the list of confidences",
            rtol=1e-4,
            atol=1e-5,
        )


def spreads(p: Array) -> dict[str, list[float]]:
    """The two uncertainties of samples (n_samples, n, classes), and others."""
    centre = p.mean(axis=0)
    total = (centre * (1 - centre)).sum(axis=-1)
    aleatoric = (p * (1 - p)).mean(axis=0).sum(axis=-1)
    parts = {"epistemic": total - aleatoric, "aleatoric": aleatoric, "total": total}
    return {name: value.tolist() for name, value in parts.items()}


def test_uncertainties(learner: Subject, rng: Rng) -> None:
    """The two uncertainties are those of the calibrated samples"""
    tonight = night(rng)
    results = asked(learner, tonight).results
    want, raw = spreads(at(tonight.samples, tonight.temperature)), spreads(tonight.samples)
    for key, other in (("epistemic", "aleatoric"), ("aleatoric", "epistemic")):
        with showing(by_key(key)):
            expect(
                Answer(of_each(results, key)),
                want[key],
                Mistake("uncalibrated", raw[key], key=key),
                Mistake("uncertainties-swapped", want[other]),
                Mistake("total-for-a-part", want["total"], key=key),
                what=f"the list of values of `{key}`",
                rtol=1e-3,
                atol=1e-5,
            )


def test_refused(learner: Subject, rng: Rng) -> None:
    """A light curve without rows gets a reason, and all others their own answers, in order"""
    tonight = night(rng, (1, 2, 1))
    first, second, third = tonight.rows.items()
    reasons = {"empty": "no detection", "faint": "too few rows"}
    empty, faint = reasons.items()
    rows = dict([empty, first, second, faint, third])
    answer = answer_of(learner, tonight._replace(rows=rows))
    spoilt = Mistake("one-spoils-all", Raises("ValueError", reasons["empty"]))
    shifted = Mistake("answers-shifted", Raises("IndexError"))
    if answer.raised:
        expect(answer, None, spoilt, shifted)
    results = asked(learner, tonight._replace(rows=rows)).results
    ids = [each.get("object_id") for each in results]
    answered = [name for name in rows if name not in reasons]
    with showing(by_key("object_id")):
        expect(
            Answer(ids),
            list(rows),
            Mistake("refused-dropped", answered),
            Mistake("refused-at-an-end", [*answered, *reasons]),
            Mistake("refused-at-an-end", [*reasons, *answered]),
            what="the list of object_ids",
        )
    with showing(by_key("refused")):
        found = [each.get("refused") for each in results]
        want = [reasons.get(name, "") for name in rows]
        truth = Mistake("reason-lost", [name in reasons for name in rows])
        expect(Answer(found), want, truth, what="the list of reasons")
    bare = [list(each) for each in results if each.get("object_id") in reasons]
    extra = sorted({str(key) for keys in bare for key in keys} - {"object_id", "refused"})
    require(not extra, "refused-with-more", keys=", ".join(extra))
    want_p = named(at(tonight.samples, tonight.temperature).mean(axis=0))
    for name, p in zip(answered, want_p, strict=True):
        i = list(rows).index(name)
        with showing(f"{{}}[{i}].get('probabilities')"):
            own = Answer(results[i].get("probabilities"))
            others = [Mistake("answers-shifted", other) for other in want_p if other != p]
            what = f"the dictionary of probabilities of {name}"
            expect(own, p, *others, what=what, rtol=1e-4, atol=1e-5)


def test_question(learner: Subject, rng: Rng) -> None:
    """The network is asked once: a padded batch, times, lengths, and how many samples"""
    tonight = night(rng)
    questions = asked(learner, tonight, 5).questions
    with showing(ASKED):
        require(bool(questions), "network-not-asked")
        require(len(questions) == 1, "several-calls", n=len(questions))
    (question,) = questions
    lengths = [len(rows.array) for rows in tonight.rows.values()]
    features = np.zeros((3, max(lengths), 6))
    for one, rows in zip(features, tonight.rows.values(), strict=True):
        one[: len(rows.array)] = rows.array
    with showing(ASKED):
        want = Tensor.of(features)
        expect(Answer(question.features), want, what="the batch of features")
        flat = Mistake("times-without-axis", Tensor.of(features[..., 0]))
        what = "the batch of times"
        expect(Answer(question.times), Tensor.of(features[..., :1]), flat, what=what)
        full = Mistake("padding-counted", Tensor.of([max(lengths)] * 3))
        expect(Answer(question.lengths), Tensor.of(lengths), full, what="the batch of lengths")
        usual = Mistake("n-samples-not-passed", question.n_samples in (50, 100))
        expect(Answer(question.n_samples), 5, usual, what="`n_samples`")


CASES: dict[str, dict[str, str]] = {
    "no light curve": {},
    "refused ones only": {"A": "none", "B": "few"},
}


def test_nothing_to_ask(learner: Subject, rng: Rng) -> None:
    """Where nothing can be asked, the network is not called"""
    tonight = night(rng)
    for case, rows in CASES.items():
        answer = answer_of(learner, tonight._replace(rows=rows))
        if answer.raised:
            crash = Mistake("nothing-crashes", True, case=case, error=answer.raised)
            expect(answer, None, *([] if answer.raised.is_a("NotImplementedError") else [crash]))
        got = answer.value
        with showing(ASKED):
            require(not got.questions, "asked-for-nothing", case=case)
        want = [{"object_id": name, "refused": reason} for name, reason in rows.items()]
        expect(Answer(got.results), want, what=f"the list of answers for {case}")
