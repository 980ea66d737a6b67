"""ParSNIP (Boone 2021, AJ 162, 275), a published classifier that installs from PyPI: astro-parsnip.

Its network, with its authors' weights (trained on the simulated LSST light curves of PLAsTiCC),
describes a light curve by a few numbers. Its classifier, gradient boosting on these numbers, is
trained here on the same objects as everything else.

Two things differ from its home, and both cost it something. It wants redshifts, which most alerts
do not have: all objects get the same one. And its bands are those of LSST: g, r and i of ZTF take
the places of lsstg, lsstr and lssti, with ZTF's own wavelengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from solutions.final_project.control import as_difference
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES

REDSHIFT = 0.05  # of all objects: the typical one of a supernova in the Bright Transient Survey
TO_ZERO_POINT_25 = 10 ** (0.4 * (25 - 23.9))
LEAST_WEIGHT = 10.0  # of a leaf; the default, 1000, is meant for a million objects
AUGMENTATIONS = 1  # disturbed copies of each training object, beside itself
EDGES = {  # half-power wavelengths [Angstrom], rounded; u, z and y are those of LSST
    "lsstu": (3300, 4000),
    "lsstg": (4100, 5500),
    "lsstr": (5600, 7300),
    "lssti": (7000, 8900),
    "lsstz": (8200, 9200),
    "lssty": (9300, 10500),
}


def is_installed() -> bool:
    """Tell whether astro-parsnip is there."""
    try:
        import lcdata  # noqa: F401
        import parsnip  # noqa: F401
    except ImportError:
        return False
    return True


def load_network() -> Any:
    """Return ParSNIP's network with its authors' weights."""
    import parsnip
    import sncosmo

    for name, (low, high) in EDGES.items():
        wave = np.array([low - 50.0, low, high, high + 50.0])
        sncosmo.register(sncosmo.Bandpass(wave, [0, 1, 1, 0], name=name), force=True)
    return parsnip.load_model("plasticc", threads=1)


def dataset(lightcurves: Sequence[LightCurve], labels: Sequence[str]) -> Any:
    """Return light curves in ParSNIP's form; those in which nothing was measured are left out.

    An upper limit becomes a flux of 0 with its error, since ParSNIP learns from what is not seen.
    Total flux becomes a difference.
    """
    import lcdata
    from astropy.table import Table

    tables = []
    for lc, label in zip(lightcurves, labels, strict=True):
        known = as_difference(lc) if lc.kind == "total_psf" else lc
        use = np.isin(known.band, ("g", "r", "i"))
        flux = np.nan_to_num(known.flux[use]) * TO_ZERO_POINT_25
        if not flux.any():
            continue
        error = known.flux_err[use] * TO_ZERO_POINT_25
        columns = [known.mjd[use], flux, error, np.char.add("lsst", known.band[use])]
        table = Table(columns, names=["time", "flux", "fluxerr", "band"])
        about = {"object_id": lc.object_id, "redshift": REDSHIFT, "type": label}
        table.meta.update(about | {"mwebv": 0.0, "ra": 0.0, "dec": 0.0})
        tables.append(table)
    return lcdata.from_light_curves(tables)


def probabilities(
    train: Sequence[LightCurve], labels: Sequence[str], test: Sequence[LightCurve], seed: int = 0
) -> np.ndarray:
    """Train ParSNIP's classifier, and return the probabilities of the test objects, (n, 5).

    A row of NaN says that ParSNIP could not describe the object.
    """
    import lightgbm
    import parsnip

    np.random.seed(seed)  # ParSNIP's augmentation draws from the global generator
    network = load_network()
    keys = parsnip.Classifier().keys
    data = network.preprocess(dataset(train, labels), verbose=False)
    described = network.predict_dataset_augmented(data, augments=AUGMENTATIONS)
    kinds = np.array(described["type"], dtype=str)
    found, place, count = np.unique(kinds, return_inverse=True, return_counts=True)
    boosting = lightgbm.LGBMClassifier(
        min_child_weight=LEAST_WEIGHT, random_state=seed, n_jobs=1, verbose=-1
    )
    numbers = np.array([described[key] for key in keys], dtype=float).T
    boosting.fit(numbers, kinds, sample_weight=(count.mean() / count)[place])  # as ParSNIP does
    data = network.preprocess(dataset(test, [""] * len(test)), verbose=False)
    table = network.predict_dataset(data)
    numbers = np.array([table[key] for key in keys], dtype=float).T
    given = dict(zip(table["object_id"], boosting.predict_proba(numbers), strict=True))
    order = [found.tolist().index(name) for name in CLASSES]
    nothing = np.full(len(found), np.nan)
    return np.array([given.get(lc.object_id, nothing) for lc in test])[:, order]
