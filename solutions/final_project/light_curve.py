"""The one light curve of the final project, whatever broker or survey it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from solutions.final_project.quality import QualityReport, Sieve

ZERO_POINT = 23.9  # AB magnitude of 1 microjansky
BANDS = ("u", "g", "r", "i", "z", "y")
KINDS = ("diff_alert", "diff_forced", "total_psf")
DETECTION_SNR = 5.0  # |flux| / flux_err of a detection, where the source does not say
SAME_VISIT = 1e-4  # [days] rows of one band closer than this are one exposure
FIRST_MJD, LAST_MJD = 30000.0, 90000.0  # 1941 to 2105: a JD or a year in place of an MJD is outside


@dataclass(frozen=True, eq=False)
class LightCurve:
    """One object's photometry in order of time.

    Attributes:
        object_id: name of the object at its source.
        mjd: times, float64 (n,), Modified Julian Date [days].
        band: '<U1' (n,): u, g, r, i, z or y.
        flux: float64 (n,), signed difference flux [microjansky, AB zero point 23.9]; NaN for upper
            limits. Where `row_kind` is total_psf the constant source is still in it.
        flux_err: float64 (n,), 1-sigma error [microjansky]; for upper limits a fifth of the
            5-sigma limit.
        is_detection: bool (n,).
        kind: how most of the flux was measured: diff_alert, diff_forced or total_psf.
        sign_known: False if the source lost the sign of a detection, so that flux is |flux|.
        redshift, ra, dec: of the object or its host, NaN if unknown; ra and dec [deg, J2000].
        metadata: whatever else is known of the object, by name.
        quality: what was left out, and why.
        row_kind: '<U11' (n,), how each row was measured.
    """

    object_id: str
    mjd: np.ndarray
    band: np.ndarray
    flux: np.ndarray
    flux_err: np.ndarray
    is_detection: np.ndarray
    kind: str = "diff_alert"
    sign_known: bool = True
    redshift: float = float("nan")
    ra: float = float("nan")
    dec: float = float("nan")
    metadata: Mapping[str, Any] = field(default_factory=dict)
    quality: QualityReport = field(default_factory=QualityReport)
    row_kind: np.ndarray = field(default_factory=lambda: np.array([], dtype="<U11"))

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.object_id}: kind is {self.kind!r}, not one of {KINDS}")
        if len(self.row_kind) == 0:
            object.__setattr__(self, "row_kind", np.full(len(self.mjd), self.kind, dtype="<U11"))
        for name in ("band", "flux", "flux_err", "is_detection", "row_kind"):
            if np.shape(getattr(self, name)) != np.shape(self.mjd):
                raise ValueError(
                    f"{self.object_id}: {name} has shape {np.shape(getattr(self, name))}, "
                    f"but mjd has {np.shape(self.mjd)}"
                )

    @classmethod
    def from_arrays(
        cls,
        object_id: str,
        mjd: ArrayLike,
        band: ArrayLike,
        flux: ArrayLike,
        flux_err: ArrayLike,
        is_detection: ArrayLike | None = None,
        *,
        row_kind: ArrayLike | None = None,
        kind: str = "diff_alert",
        quality: QualityReport | None = None,
        **about: Any,
    ) -> Self:
        """Check the rows, leave out and count the faulty ones, and sort by time.

        A row that is no detection and has no finite flux is an upper limit. Without `is_detection`,
        a detection is a finite flux of at least 5 times its error, of either sign.

        Args:
            object_id: name of the object.
            mjd, band, flux, flux_err, is_detection, row_kind: one entry per row, in any order.
            kind: how the flux was measured, if `row_kind` does not say.
            quality: what the reader has left out already; by default these rows are all there were.
            **about: further attributes: sign_known, redshift, ra, dec, metadata.

        Raises:
            ValueError: the arrays differ in length.
        """
        columns = _columns(object_id, mjd, band, flux, flux_err, is_detection, row_kind, kind)
        keep, cuts = _usable(**columns)
        order = keep[np.argsort(columns["mjd"][keep], kind="stable")]
        columns = {name: values[order] for name, values in columns.items()}
        if quality is None:
            quality = QualityReport(len(keep) + sum(cuts.values()))
        about["kind"] = _commonest(columns["row_kind"], kind)
        about["quality"] = quality + QualityReport(0, cuts)
        return cls(str(object_id), **(columns | about))

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """Return one light curve of several of one object; an exposure in two parts counts once.

        What the first part knows of the object wins over what later ones say.

        Raises:
            ValueError: there are no parts, or they are of different objects.
        """
        if len({part.object_id for part in parts}) != 1:
            raise ValueError("merged needs light curves of one object")
        names = ("mjd", "band", "flux", "flux_err", "is_detection", "row_kind")
        about: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in names
        }
        for name in ("redshift", "ra", "dec"):
            known = [value for part in parts if np.isfinite(value := getattr(part, name))]
            about[name] = known[0] if known else float("nan")
        metadata: dict[str, Any] = {}
        for part in reversed(parts):
            metadata |= part.metadata
        return cls.from_arrays(
            parts[0].object_id,
            kind=parts[0].kind,
            quality=sum((part.quality for part in parts[1:]), parts[0].quality),
            sign_known=all(part.sign_known for part in parts),
            metadata=metadata,
            **about,
        )

    def __len__(self) -> int:
        return len(self.mjd)

    def __repr__(self) -> str:
        n_detections = int(self.is_detection.sum())
        return (
            f"LightCurve({self.object_id!r}, {len(self)} rows, {n_detections} detections, "
            f"bands {''.join(self.bands)}, {self.kind})"
        )

    @property
    def bands(self) -> list[str]:
        """The bands that occur, from blue to red."""
        present = set(self.band.tolist())
        return [band for band in BANDS if band in present]

    def select(self, rows: np.ndarray) -> Self:
        """Return the light curve of some rows, given by a mask or by indices in order of time."""
        names = ("mjd", "band", "flux", "flux_err", "is_detection", "row_kind")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def detections(self) -> Self:
        """Return the detections alone."""
        return self.select(self.is_detection)

    def until(self, mjd: float) -> Self:
        """Return what was known at a time [MJD], that time included."""
        return self.select(self.mjd <= mjd)

    def known_after(self, days: float) -> Self:
        """Return what was known so many days after the first detection; nothing without one."""
        detected = self.mjd[self.is_detection]
        return self.until(float(detected[0]) + days if len(detected) else -np.inf)


def _columns(
    object_id: str,
    mjd: ArrayLike,
    band: ArrayLike,
    flux: ArrayLike,
    flux_err: ArrayLike,
    is_detection: ArrayLike | None,
    row_kind: ArrayLike | None,
    kind: str,
) -> dict[str, np.ndarray]:
    """Return the columns as arrays of one length and of the types that LightCurve promises."""
    columns = {
        "mjd": np.asarray(mjd, dtype=np.float64),
        "band": _band_letters(band),
        "flux": np.asarray(flux, dtype=np.float64),
        "flux_err": np.asarray(flux_err, dtype=np.float64),
    }
    n = len(columns["mjd"])
    if is_detection is None:
        with np.errstate(invalid="ignore"):
            is_detection = np.abs(columns["flux"]) >= DETECTION_SNR * columns["flux_err"]
    columns["is_detection"] = np.asarray(is_detection, dtype=bool)
    columns["row_kind"] = np.asarray(np.full(n, kind) if row_kind is None else row_kind, "<U11")
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{object_id}: the columns differ in length: {lengths}")
    return columns


def _band_letters(band: ArrayLike) -> np.ndarray:
    """Return the bands as '<U1'; what is not exactly one of BANDS becomes ''."""
    names = np.asarray(band).astype(str)
    return np.where(np.isin(names, BANDS), names, "").astype("<U1")


def _usable(
    mjd: np.ndarray,
    band: np.ndarray,
    flux: np.ndarray,
    flux_err: np.ndarray,
    is_detection: np.ndarray,
    row_kind: np.ndarray,
) -> tuple[np.ndarray, dict[str, int]]:
    """Return the indices of the good rows, and how many others each cut leaves out."""
    with np.errstate(invalid="ignore"):
        good_error = np.isfinite(flux_err) & (flux_err > 0)
        good = {
            "bad_time": (mjd > FIRST_MJD) & (mjd < LAST_MJD),
            "unknown_band": band != "",
            "bad_flux": np.isfinite(flux) | ~is_detection & ~np.isinf(flux),
            "bad_error": good_error | np.isnan(flux) & ~is_detection,
            "bad_limit": good_error,
        }
    sieve = Sieve(len(mjd))
    for name, is_good in good.items():
        sieve.drop(name, ~is_good)
    rows = np.flatnonzero(sieve.kept)
    first = rows[_first_of_each_visit(mjd[rows], band[rows], is_detection[rows], flux[rows])]
    return first, sieve.cuts | {"duplicate": len(rows) - len(first)}


def _first_of_each_visit(
    mjd: np.ndarray, band: np.ndarray, is_detection: np.ndarray, flux: np.ndarray
) -> np.ndarray:
    """Return one index for each exposure: a detection rather than a flux rather than a limit."""
    if len(mjd) == 0:
        return np.array([], dtype=int)
    rank = np.where(is_detection, 0, np.where(np.isfinite(flux), 1, 2))
    order = np.lexsort((mjd, band))
    new = np.ones(len(mjd), dtype=bool)
    new[1:] = (np.diff(mjd[order]) > SAME_VISIT) | (band[order][1:] != band[order][:-1])
    visit = np.empty(len(mjd), dtype=int)
    visit[order] = np.cumsum(new)
    best = np.lexsort((rank, visit))  # stable: the earliest row of the best rank comes first
    return np.sort(best[np.unique(visit[best], return_index=True)[1]])


def _commonest(names: np.ndarray, default: str) -> str:
    if len(names) == 0:
        return default
    values, counts = np.unique(names, return_counts=True)
    return str(values[counts.argmax()])


def from_table(table: pd.DataFrame) -> list[LightCurve]:
    """Return the light curves of a table with one row for each point, in order of object_id.

    Args:
        table: columns object_id, mjd, band, flux, flux_err [microjansky]; and, if they are there,
            is_detection, mag_lim, diff_sign, flux_kind, redshift, ra, dec. Columns that say
            something of the object (label, label_strict, raw_label) go to the metadata. Points of
            forced photometry count as detections from 5 sigma on, of either sign, as alerts do,
            whatever threshold the table took.

    Raises:
        ValueError: a column that is needed is missing.
    """
    missing = [name for name in TABLE_COLUMNS if name not in table]
    if missing:
        raise ValueError(f"the table has no column {', '.join(missing)}")
    names = table["object_id"].astype(str).to_numpy(dtype=object)
    codes, object_ids = pd.factorize(names, sort=True)
    order = np.argsort(codes, kind="stable")
    columns = {name: values[order] for name, values in _photometry(table).items()}
    about = {name: table[name].to_numpy()[order] for name in ABOUT_OBJECT if name in table}
    edges = np.searchsorted(codes[order], np.arange(len(object_ids) + 1))
    return [
        _object(str(object_id), columns, about, slice(start, stop))
        for object_id, start, stop in zip(object_ids, edges[:-1], edges[1:], strict=True)
    ]


TABLE_COLUMNS = ("object_id", "mjd", "band", "flux", "flux_err")
ABOUT_OBJECT = ("redshift", "ra", "dec", "label", "label_strict", "raw_label")


def _photometry(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the columns of the rows, with those that may be missing filled in."""
    n = len(table)
    flux = table["flux"].to_numpy(dtype=np.float64, na_value=np.nan)
    flux_err = table["flux_err"].to_numpy(dtype=np.float64, na_value=np.nan)
    if "mag_lim" in table:
        limit = table["mag_lim"].to_numpy(dtype=np.float64, na_value=np.nan)
        from_limit = 10 ** (0.4 * (ZERO_POINT - limit)) / 5
        flux_err = np.where(np.isnan(flux_err) & np.isnan(flux), from_limit, flux_err)
    kinds = table["flux_kind"].astype(str).to_numpy() if "flux_kind" in table else "diff_alert"
    row_kind = np.full(n, kinds, dtype="<U11") if isinstance(kinds, str) else kinds.astype("<U11")
    with np.errstate(invalid="ignore"):
        is_detection = np.abs(flux) >= DETECTION_SNR * flux_err
    if "is_detection" in table:
        given = table["is_detection"].to_numpy(dtype=bool, na_value=False)
        is_detection = np.where(row_kind == "diff_forced", is_detection, given)
    sign = np.full(n, np.nan)
    if "diff_sign" in table:
        sign = table["diff_sign"].to_numpy(dtype=np.float64, na_value=np.nan)
    return {
        "mjd": table["mjd"].to_numpy(dtype=np.float64, na_value=np.nan),
        "band": table["band"].astype(str).to_numpy().astype("<U8"),
        "flux": flux,
        "flux_err": flux_err,
        "is_detection": is_detection,
        "row_kind": row_kind,
        "sign_lost": (row_kind == "diff_alert") & is_detection & np.isnan(sign) & (flux >= 0),
    }


def _object(
    object_id: str, columns: dict[str, np.ndarray], about: dict[str, np.ndarray], rows: slice
) -> LightCurve:
    """Return the light curve of one object, whose rows follow each other in the columns."""
    here = {name: values[rows] for name, values in columns.items()}
    sign_lost = here.pop("sign_lost")
    facts = {name: values[rows] for name, values in about.items()}
    first = {name: values[0] for name, values in facts.items()}
    position = {name: float(first.pop(name)) for name in ABOUT_OBJECT[:3] if name in first}
    labels = set(facts["label"].tolist()) if "label" in facts else set()
    notes = {
        "sign_unknown": int(sign_lost.sum()),
        "conflicting_label": len(sign_lost) if len(labels) > 1 else 0,
    }
    more: dict[str, Any] = {
        "quality": QualityReport(len(sign_lost), notes=notes),
        "sign_known": not bool(sign_lost.any()),
        "metadata": first,
    }
    return LightCurve.from_arrays(object_id, **(here | position | more))
