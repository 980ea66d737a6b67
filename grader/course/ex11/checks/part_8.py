"""Checks of 11.8, Loading what was saved."""

from __future__ import annotations

import pytest

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)

CLASSES = ["TDE", "SNIa", "AGN"]  # not as in the notebook, nor in order
FLAT = "torch.nn.utils.parameters_to_vector({}.model.parameters())"


@gate
@twice
def test_network(learner: Subject, rng: Rng) -> None:
    """The model is the saved network with its sizes, weights and temperature"""
    classes, temperature = CLASSES[: int(rng.integers(2, 4))], round(float(rng.uniform(2, 3)), 3)
    answer = learner.ask(probes.loaded, classes, temperature)
    do_not_fit = "loading state_dict for BayesianTransformerEncoder"
    fail_if_recognised(answer, Mistake("sizes-ignored", Raises("RuntimeError", do_not_fit)))
    got = answer.value
    with showing("type({}.model)"):
        expect(Answer(got.network), "BayesianTransformerEncoder", what="the class of `model`")
    with showing(FLAT):
        require(got.weights.shape == got.saved.shape, "other-sizes", got=got.weights.shape[0])
        require(approx_equal(got.weights, got.saved), "weights-not-loaded")
    with showing("{}.temperature"):
        ignored = Mistake("temperature-ignored", 1.0)
        expect(Answer(got.temperature), temperature, ignored, what="`temperature`")


def test_evaluation_mode(learner: Subject) -> None:
    """The model is in evaluation mode"""
    got = learner.ask(probes.loaded, CLASSES, 1.5).value
    with showing("{}.model.training"):
        require(got.training is not True, "training-mode")
        expect(Answer(got.training), False, what="`model.training`")


def test_classes(learner: Subject) -> None:
    """The classes are those of the configuration, in their order"""
    got = learner.ask(probes.loaded, CLASSES, 1.5).value
    usual = ["AGN", "CV", "SNII", "SNIa", "TDE"]
    with showing("{}.classes"):
        expect(
            Answer(got.classes),
            CLASSES,
            Mistake("classes-of-the-notebook", usual),
            Mistake("classes-of-the-notebook", usual[: len(CLASSES)]),
            Mistake("classes-sorted", sorted(CLASSES)),
            what="`classes`",
        )


def test_further_attributes(learner: Subject) -> None:
    """`n_samples` is the argument, or 50; the pipeline is a ZTFDataPipeline"""
    for given in ((), (7,)):
        got = learner.ask(probes.loaded, CLASSES, 1.5, *given).value
        want = given[0] if given else 50
        with showing("{}.n_samples"):
            fixed = Mistake("n-samples-ignored", 50)
            expect(Answer(got.n_samples), want, fixed, what="`n_samples`")
        with showing("type({}.pipeline)"):
            expect(Answer(got.pipeline), "ZTFDataPipeline", what="the class of `pipeline`")


def test_own_state(learner: Subject) -> None:
    """A classifier does not change when another one is loaded"""
    got = learner.ask(probes.two_loaded).value
    for name, value, want, other in (
        ("classes", got.classes, ["A", "B"], ["C", "D", "E"]),
        ("temperature", got.temperature, 1.5, 2.5),
        ("n_samples", got.n_samples, 7, 9),
    ):
        with showing(f"{{}}.{name}"):
            shared = Mistake("shared-by-classifiers", other, name=name)
            expect(Answer(value), want, shared, what=f"`{name}`")
    with showing(FLAT):
        require(approx_equal(got.weights, got.saved), "other-weights")


CORRUPT = {
    "flipped": "a bit of the weights that was flipped",
    "cut": "weights that were cut off",
    "abbreviated": "a checksum of twelve digits",
}


@pytest.mark.parametrize("fault", CORRUPT)
def test_checksum(learner: Subject, fault: str) -> None:
    """Weights that are not those of the configuration are refused by a ValueError"""
    answer = learner.ask(probes.loaded_from_faulty, fault)
    message = answer.message
    wrong = answer.raised is not None and answer.raised.is_a("ValueError")
    expect_error(
        answer,
        "ValueError",
        CORRUPT[fault],
        Mistake("checksum-not-compared", answer.raised is None, what=CORRUPT[fault]),
        Mistake("checked-too-late", Raises("SafetensorError"), error=answer.raised),
        Mistake("asserts", Raises("AssertionError")),
        Mistake("sha256-not-named", wrong and "sha256" not in message, message=message),
    )


FILES = {"weights": "model.safetensors", "config": "config.json"}


@pytest.mark.parametrize("fault", FILES)
def test_missing_file(learner: Subject, fault: str) -> None:
    """A file that is missing is a FileNotFoundError that names it"""
    answer = learner.ask(probes.loaded_from_faulty, fault)
    name, message = FILES[fault], answer.message
    right = answer.raised is not None and answer.raised.is_a("FileNotFoundError")
    expect_error(
        answer,
        "FileNotFoundError",
        f"a missing {name}",
        Mistake("value-error-for-missing", Raises("ValueError"), name=name),
        Mistake("file-not-named", right and name not in message, name=name, message=message),
    )
