"""Checks of 11.9, Answers with error bars."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.opinions import CLASSES, Array, Night, at, named, night, spreads
from grader.course.ex11.replies import Classified
from grader.course.gates import gate, twice
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, Raises, expect, expect_error, kind_of, require, showing
from grader.wire import Tensor

ASKED = "{}\nclassifier.model.asked"


def answer_of(learner: Subject, tonight: Night) -> Answer[Classified]:
    """What a classifier says of a night, or the exception that it raises."""
    samples, t = Tensor.of(tonight.samples), tonight.temperature
    return learner.ask(probes.classified, CLASSES, t, tonight.rows, samples)


def asked(learner: Subject, tonight: Night) -> Classified:
    """The answers of a night, which must be a list of dictionaries."""
    got = answer_of(learner, tonight).value
    if not isinstance(got.results, list):
        raise Finding("not-a-list", got=kind_of(got.results))
    for each in got.results:
        if not isinstance(each, dict):
            raise Finding("not-dictionaries", got=kind_of(each))
    return got


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


def test_same_name(learner: Subject, rng: Rng) -> None:
    """Two light curves of one object each get their own answer"""
    tonight = night(rng, (2, 2))
    first, second = tonight.rows.values()
    got = asked(learner, tonight._replace(rows={"SN#1": first, "SN#2": second}))
    require(len(got.results) == 2, "number-of-answers", got=len(got.results), want=2)
    want = named(at(tonight.samples, tonight.temperature).mean(axis=0))
    with showing(by_key("probabilities")):
        expect(
            Answer(of_each(got.results, "probabilities")),
            want,
            Mistake("one-answer-per-name", want[1:] * 2),
            Mistake("one-answer-per-name", want[:1] * 2),
            what="the list of probabilities",
            rtol=1e-4,
            atol=1e-5,
        )


def test_other_exceptions(learner: Subject, rng: Rng) -> None:
    """Any exception but a ValueError goes on"""
    t = night(rng, (1, 2))
    samples = Tensor.of(t.samples)
    answer = learner.ask(probes.classified, CLASSES, t.temperature, t.rows, samples, lost=["lost"])
    swallowed = Mistake("exception-swallowed", answer.raised is None)
    expect_error(answer, "KeyError", "a KeyError of `preprocess_for_inference`", swallowed)


def test_question(learner: Subject, rng: Rng) -> None:
    """The network is asked once: a padded batch, times, lengths, and how many samples"""
    tonight = night(rng, n_samples=4)
    questions = asked(learner, tonight).questions
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
        expect(Answer(question.n_samples), 4, usual, what="`n_samples`")


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
