"""The sign counts where it is known, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solutions.final_project.encoding import EncodingConfig
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.model import CLASSES
from solutions.final_project.signs import is_negative, sign_evidence
from solutions.final_project.sources import as_alerts, as_total

CONFIG = EncodingConfig()


def curve(flux, **about):
    n = len(flux)
    return LightCurve.from_arrays("x", 59000 + np.arange(n), ["g"] * n, flux, [5.0] * n, **about)


@pytest.mark.parametrize(
    ("flux", "known", "expected"),
    [
        ([60, 70, 80.0], True, False),
        ([-60, -70, 80.0], True, True),
        ([60, 70, 80.0], False, None),
        ([-60, 70, 80.0], False, True),  # a minus is a minus, whatever was lost elsewhere
        ([3, -4, 2.0], True, None),  # nothing stands out
    ],
)
def test_what_is_known_of_the_sign(flux, known, expected):
    assert is_negative(curve(flux, sign_known=known), CONFIG) is expected


def test_the_sign_of_total_flux_is_not_known():
    total = as_total(curve([-60, -70, -80.0]), 500, np.random.default_rng(0))
    assert is_negative(total, CONFIG) is None
    np.testing.assert_array_equal(sign_evidence(total, CONFIG, CLASSES), np.zeros(5))


def test_a_negative_object_is_no_supernova():
    evidence = dict(zip(CLASSES, sign_evidence(curve([-60, -70.0]), CONFIG, CLASSES), strict=True))
    assert min(evidence["AGN"], evidence["CV"]) - evidence["SNIa"] > np.log(10)
    positive = sign_evidence(curve([60, 70.0]), CONFIG, CLASSES)
    np.testing.assert_allclose(
        np.exp(positive) + np.exp(list(evidence.values())), np.ones(5), rtol=1e-12
    )


def test_alerts_without_sign_give_no_evidence():
    signed = curve([-60, -70, -80.0])
    lost = as_alerts(replace(signed, kind="diff_alert"))
    np.testing.assert_array_equal(sign_evidence(lost, CONFIG, CLASSES), np.zeros(5))
