"""The shipped classifier: bad light curves, batches, engines, samples, explanations."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from final_project.invented import invented

from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project import bundle
from solutions.final_project.bundle import DEFAULT_BUNDLE, BundleError
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.encoding import UnusableLightCurveError
from solutions.final_project.explanation import deletion_test
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.serving import TOLERANCE, OnnxEnsemble, largest_difference

NUMBERS = ("confidence", "aleatoric", "epistemic", "total", "unknown")


@pytest.fixture(scope="module")
def classifier():
    return ProductionTransientClassifier()


@pytest.fixture(scope="module")
def curves():
    labels = ["SNIa", "SNII", "CV", "AGN", "TDE"] * 3
    return [invented(label, seed, f"{label}{seed}") for seed, label in enumerate(labels, 20)]


def probabilities(answers):
    return np.array([list(each["probabilities"].values()) for each in answers])


def test_an_answer_is_complete(classifier, curves):
    for curve, answer in zip(curves, classifier.classify_with_uncertainty(curves), strict=True):
        assert answer["object_id"] == curve.object_id
        assert list(answer["probabilities"]) == ["SNIa", "SNII", "CV", "AGN", "TDE"]
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
        assert answer["probabilities"][answer["predicted"]] == answer["confidence"]
        assert answer["aleatoric"] + answer["epistemic"] == pytest.approx(answer["total"])
        assert 0 <= answer["unknown"] <= 1
        assert answer["seconds"] > 0
        assert answer["refused"] == ""


def test_most_objects_of_the_synthetic_sky_are_recognised(classifier, curves):
    answers = classifier.classify_with_uncertainty(curves)
    right = [each["predicted"] == c.object_id.rstrip("0123456789")
             for c, each in zip(curves, answers, strict=True)]  # fmt: skip
    assert np.mean(right) >= 0.6


def test_an_answer_depends_neither_on_the_batch_nor_on_the_order(classifier, curves):
    together = classifier.classify_with_uncertainty(curves)
    backwards = classifier.classify_with_uncertainty(curves[::-1])[::-1]
    alone = [classifier.classify_with_uncertainty([each])[0] for each in curves]
    for other in (backwards, alone):
        np.testing.assert_allclose(probabilities(other), probabilities(together), atol=1e-5)
        for name in NUMBERS:
            one, two = ([each[name] for each in answers] for answers in (other, together))
            np.testing.assert_allclose(one, two, atol=1e-5)


@pytest.mark.slow
def test_pytorch_and_onnx_runtime_agree(classifier, curves):
    eager = ProductionTransientClassifier(engine="torch")
    ours = classifier.classify_with_uncertainty(curves, mc_samples=20)
    theirs = eager.classify_with_uncertainty(curves, mc_samples=20)
    np.testing.assert_allclose(probabilities(ours), probabilities(theirs), atol=1e-4)
    ensemble = bundle.load_ensemble(DEFAULT_BUNDLE, classifier.settings)
    assert largest_difference(ensemble, OnnxEnsemble(DEFAULT_BUNDLE / bundle.GRAPH)) <= TOLERANCE


@pytest.mark.slow
def test_samples_repeat_with_their_seed_and_add_uncertainty(classifier, curves):
    first, again, other = (
        classifier.classify_with_uncertainty(curves, mc_samples=100, seed=s) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(probabilities(first), probabilities(again))
    assert np.abs(probabilities(first) - probabilities(other)).max() > 1e-4
    np.testing.assert_allclose(probabilities(first), probabilities(other), atol=0.1)
    without = classifier.classify_with_uncertainty(curves)
    with_samples = np.mean([each["epistemic"] for each in first])
    assert with_samples > np.mean([each["epistemic"] for each in without])


def test_samples_are_what_one_at_a_time_would_give(classifier, curves):
    prepared = [classifier.prepare(each) for each in curves[:2]]
    samples = classifier.samples(prepared, 10, seed=0)
    assert samples.shape == (10, 2, 5)
    members = classifier.samples(prepared, 0, seed=0)
    assert members.shape == (5, 2, 5)


BAD = {
    "empty": LightCurve.from_arrays("empty", [], [], [], []),
    "all NaN": LightCurve.from_arrays(
        "nan", [59000, 59001], ["g", "r"], [np.nan] * 2, [5.0] * 2, [False] * 2
    ),
    "unknown band": LightCurve.from_arrays("odd", [59000.0], ["q"], [50.0], [5.0]),
    "i alone": LightCurve.from_arrays("i", [59000.0, 59001], ["i"] * 2, [50.0] * 2, [5.0] * 2),
    "no light curve": "ZTF18aactknu",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_light_curve_is_refused_and_spoils_nothing(classifier, curves, name):
    answers = classifier.classify_with_uncertainty([curves[0], BAD[name], curves[1]])
    assert answers[1]["refused"]
    assert "probabilities" not in answers[1]
    good = classifier.classify_with_uncertainty(curves[:2])
    np.testing.assert_allclose(
        probabilities([answers[0], answers[2]]), probabilities(good), atol=1e-5
    )


def test_unusual_light_curves_get_an_answer(classifier):
    rng = np.random.default_rng(0)
    mjd = rng.permutation(59000 + np.arange(10_000) / 20)
    flux = 80 + 5 * rng.normal(size=10_000)
    long = LightCurve.from_arrays("long", mjd, rng.choice(["g", "r"], 10_000), flux, flux / 20)
    one = LightCurve.from_arrays("one", [59000.0], ["g"], [100.0], [5.0])
    faint = LightCurve.from_arrays("faint", [59000.0, 59003], ["g", "r"], [2.0, -1], [5.0, 5])
    answers = classifier.classify_with_uncertainty([long, one, faint])
    assert [each["refused"] for each in answers] == ["", "", ""]
    assert [each["points"] for each in answers] == [100, 1, 2]
    assert np.isfinite(probabilities(answers)).all()


def test_of_one_point_the_answer_is_close_to_the_prior(classifier, curves):
    prior = classifier.settings.prior
    one = [
        LightCurve.from_arrays("one", [59000.0], [band], [flux], [5.0])
        for band in ("g", "r")
        for flux in (40.0, 100.0, 900.0)
    ]
    given = probabilities(classifier.classify_with_uncertainty(one))
    np.testing.assert_allclose(given, np.tile(prior, (6, 1)), atol=0.15)
    whole = probabilities(classifier.classify_with_uncertainty(curves))
    assert np.abs(whole - prior).max(axis=1).mean() > 0.5


def test_a_rare_class_may_be_answered_that_is_not_the_most_probable(classifier, curves):
    answers = classifier.classify_with_uncertainty(curves)
    worth = probabilities(answers) / classifier.settings.prior**classifier.settings.balance
    assert [each["predicted"] for each in answers] == [
        classifier.classes[i] for i in worth.argmax(axis=1)
    ]


def test_no_light_curves_give_no_answers(classifier):
    assert classifier.classify_with_uncertainty([]) == []


def test_light_curves_of_the_course_are_welcome(classifier):
    transient = simulate_transient("SNIa", np.random.default_rng(7), "course")
    ours = classifier.classify_with_uncertainty([invented("SNIa", 7, "course")])
    theirs = classifier.classify_with_uncertainty([transient])
    np.testing.assert_allclose(probabilities(ours), probabilities(theirs), atol=1e-6)


@pytest.mark.slow
def test_an_explanation_is_complete_and_faithful(classifier, curves):
    gains = []
    for curve in curves[:5]:
        answer = classifier.classify_with_uncertainty([curve])[0]
        explanation = classifier.explain_prediction(curve, answer)
        assert explanation.explained == answer["predicted"]
        assert len(explanation.day) == answer["points"] == len(explanation.effect)
        assert explanation.attention.sum() == pytest.approx(1, abs=1e-4)
        gains.append(deletion_test(classifier, curve, explanation).faithfulness)
    assert np.mean(gains) > 0.1
    assert np.median(gains) > 0


def test_an_explanation_can_be_drawn(classifier, curves):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    answer = classifier.classify_with_uncertainty(curves[:1])[0]
    classifier.explain_prediction(curves[0], answer).plot(ax)
    assert answer["predicted"] in ax.get_title()
    plt.close(fig)


def test_what_was_refused_cannot_be_explained(classifier):
    with pytest.raises(UnusableLightCurveError, match="no observation"):
        classifier.explain_prediction(BAD["empty"], {})


def copy_of_bundle(tmp_path):
    return shutil.copytree(DEFAULT_BUNDLE, tmp_path / "weights")


@pytest.mark.parametrize("name", [bundle.GRAPH, bundle.WEIGHTS, bundle.CONFIG, "trees-3.txt"])
def test_a_changed_file_is_refused(tmp_path, name):
    folder = copy_of_bundle(tmp_path)
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError, match=rf"{name} is not the file .* SHA-256 .* copy"):
        ProductionTransientClassifier(folder)


def test_a_missing_file_and_another_configuration_are_refused(tmp_path):
    folder = copy_of_bundle(tmp_path)
    other = tmp_path / "config.json"
    other.write_text((folder / bundle.CONFIG).read_text().replace("0", "1", 1))
    with pytest.raises(BundleError, match=r"config\.json is not the file"):
        ProductionTransientClassifier(folder, other)
    ProductionTransientClassifier(folder, folder / bundle.CONFIG)
    (folder / bundle.GRAPH).unlink()
    with pytest.raises(BundleError, match="missing"):
        ProductionTransientClassifier(folder)
    with pytest.raises(BundleError, match=r"holds no manifest\.json"):
        ProductionTransientClassifier(tmp_path)


def test_another_format_is_refused(tmp_path):
    folder = copy_of_bundle(tmp_path)
    manifest = json.loads((folder / bundle.MANIFEST).read_text())
    (folder / bundle.MANIFEST).write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(BundleError, match="format 99"):
        ProductionTransientClassifier(folder)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="engine is 'tpu'"):
        ProductionTransientClassifier(engine="tpu")


def test_the_bundle_is_small_and_holds_no_pickle():
    files = list(DEFAULT_BUNDLE.iterdir())
    assert sum(path.stat().st_size for path in files) < 14e6
    assert all(path.stat().st_size < 5e6 for path in files)
    assert {path.suffix for path in files} == {".json", ".safetensors", ".onnx", ".txt"}
    assert all(path.read_bytes()[:1] != b"\x80" for path in files)
