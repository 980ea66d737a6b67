"""An object stays on its side."""

from __future__ import annotations

import numpy as np

from solutions.final_project.splits import FOLDS, TEST_SHARE, fold_of, folds, split

NAMES = [f"ZTF{i:08d}" for i in range(5000)]


def test_the_side_depends_on_the_name_alone():
    alone = [fold_of(name) for name in NAMES[:50]]
    assert alone == folds(NAMES)[:50].tolist()
    assert alone == folds(NAMES[49::-1])[::-1].tolist()
    assert (fold_of("ZTF18aactknu"), fold_of("AT2019qiz")) == (3, 1)  # fixed once and for all


def test_parts_have_their_shares():
    found = folds(NAMES)
    assert abs((found == -1).mean() - TEST_SHARE) < 0.02
    for fold in range(FOLDS):
        assert abs((found == fold).mean() - (1 - TEST_SHARE) / FOLDS) < 0.02


def test_validation_is_the_first_fold():
    found, names = folds(NAMES), split(NAMES)
    np.testing.assert_array_equal(names == "test", found == -1)
    np.testing.assert_array_equal(names == "validation", found == 0)
    np.testing.assert_array_equal(names == "train", found > 0)
