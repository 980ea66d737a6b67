"""From spectroscopic type names to the five classes: one table with each decision and its reason.

The names are those of the Transient Name Server (TNS), the Bright Transient Survey's explorer and
ALeRCE. Class None means that nothing is known, so that the object is no example of anything; OTHER
means that it is known to be outside the five classes. `strict` is False where the class is a
convention or the type is uncertain: such objects train, but figures are also given without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLASSES = ("SNIa", "SNII", "CV", "AGN", "TDE")
OTHER = "other"


@dataclass(frozen=True)
class Decision:
    """The class of a type.

    Attributes:
        label: one of CLASSES, OTHER, or None.
        strict: whether practice agrees on it.
        reason: why.
    """

    label: str | None
    strict: bool
    reason: str


def _all(names: str, label: str | None, strict: bool, reason: str) -> dict[str, Decision]:
    return {name.strip(): Decision(label, strict, reason) for name in names.split(",")}


# Keys are normalised: lower case, one space, without "sn " in front and "-like" behind.
TYPES = {
    # Type Ia supernovae: a white dwarf explodes.
    **_all("ia", "SNIa", True, "the class itself"),
    **_all("ia-91t, ia-norm, ia-99aa, ia-91t/99aa", "SNIa", True, "luminous end of normal Ia"),
    **_all("ia-91bg, ia-86g", "SNIa", True, "faint, fast end of normal Ia; same physics"),
    **_all("ia-pec, ia-02es, ia-03fg", "SNIa", False, "thermonuclear, but odd light curves"),
    **_all("ia-sc", "SNIa", False, "super-Chandrasekhar candidates: slow and bright Ia"),
    **_all("iax[02cx-like], iax, ia-02cx, iax[02cx]", "SNIa", False, "faint and red relatives"),
    **_all("ia-ca-rich", "SNIa", False, "named a Ia by who typed it; the class is debated"),
    **_all("ia-csm", "SNIa", False, "a Ia inside a shell of hydrogen: like IIn by light curve"),
    # Type II supernovae: a massive star collapses, and its hydrogen shows.
    **_all("ii, iip, iil, ii-p, ii-l", "SNII", True, "the class itself, with or without a plateau"),
    **_all("ii-pec", "SNII", False, "hydrogen-rich, but odd, such as SN 1987A"),
    **_all(
        "iin", "SNII", False, "hydrogen from a shell; kept since TNS and brokers count it as II"
    ),
    **_all("iin-pec", "SNII", False, "as IIn, and odd"),
    # IIb has hydrogen for a few days only. Its light curve is that of a stripped-envelope
    # supernova (Ib, Ic), without a plateau, so a class of light curves does not want it in SNII.
    **_all("iib", OTHER, True, "light curve of a stripped-envelope supernova, not of a II"),
    # Other supernovae.
    **_all("ib, ic, ib/c, ibc, ic-bl, ib-pec, ic-pec", OTHER, True, "stripped-envelope supernova"),
    **_all("ibn, icn, ibn/icn, ien, ien-pec", OTHER, True, "interacting, without hydrogen"),
    **_all("ib-ca-rich, ib/c-ca-rich, ic-ca-rich, ca-rich", OTHER, True, "a gap transient"),
    **_all("slsn-i, slsn-ii, slsn-r, slsn, slsn-ib, slsn-ic", OTHER, True, "superluminous"),
    **_all("i-faint, i-rapid", OTHER, True, "fast or faint transient without a class here"),
    **_all("i", OTHER, False, "Ia or Ib/c: no hydrogen is all that is known"),
    **_all("sn, supernova", OTHER, False, "some supernova: no class"),
    **_all("pisn", OTHER, True, "pair-instability supernova"),
    # Cataclysmic variables.
    **_all("cv, dwarf nova", "CV", True, "the class itself"),
    **_all("am cvn, amcvn", "CV", True, "outbursts of a disc, of helium"),
    # A classical nova burns hydrogen on the white dwarf: another physics, and brighter and slower
    # than a dwarf nova. But TNS gives novae of the Milky Way's cataclysmic systems both names.
    **_all("nova", "CV", False, "an eruption of a cataclysmic system, though not of its disc"),
    **_all("cv/nova", "CV", False, "ALeRCE's class of both"),
    # Active nuclei.
    **_all("agn, qso, quasar", "AGN", True, "the class itself"),
    **_all("nls1, seyfert, sy1, sy2, seyfert 1, seyfert 2", "AGN", True, "an active nucleus"),
    **_all("clagn, cl-agn", "AGN", True, "an active nucleus that changes its state"),
    **_all("blazar, bl lac, bllac, fsrq", "AGN", True, "an active nucleus with a jet towards us"),
    **_all("anf, ant", OTHER, True, "ambiguous nuclear flare: AGN or TDE is the open question"),
    # Tidal disruption events; further names that begin with "tde" are decided below.
    **_all("tde", "TDE", True, "the class itself"),
    # Outside.
    **_all("lbv, impostor-sn, impostor", OTHER, True, "eruption of a massive star"),
    **_all("lrn, ilrt, gap, gap i, gap ii", OTHER, True, "gap transient"),
    **_all("wr, wr-wn, wr-wc, wr-wo", OTHER, True, "a Wolf-Rayet star"),
    **_all("computed-ia, computed-iip, computed-iib", OTHER, False, "a computed spectrum"),
    **_all("computed-pisn", OTHER, False, "a computed spectrum"),
    **_all("varstar, m dwarf, flare star, rr lyrae, mira, yso", OTHER, True, "a variable star"),
    **_all("e, lpv, dsct, rrl, ceph, periodic-other", OTHER, True, "a variable star (ALeRCE)"),
    **_all("galaxy", OTHER, False, "the spectrum shows the host only: the transient is unknown"),
    **_all("other, std-spec, light-echo, afterglow, grb", OTHER, False, "named as outside"),
    **_all("kilonova, frb, fbot, microlensing, ulens", OTHER, True, "another kind of transient"),
}

NOTHING = {"", "-", "none", "null", "nan", "unknown", "unclassified", "---", "n/a"}


def normalised(raw: str) -> str:
    """Return a type's name as the keys of TYPES have it."""
    name = re.sub(r"[\s_]+", " ", str(raw).strip().lower())
    name = re.sub(r"^sn\s*(?=i|ca-rich)", "", name)
    if name.startswith("iax"):
        return "iax"
    return re.sub(r"-like$", "", name)


def decide(raw: str) -> Decision:
    """Return the class of a type by its name, with the reason.

    Every name that ends in "?" is outside the five classes: who wrote it was not sure. A name that
    the table does not have has no class; the reason says so, since it may be new.
    """
    name = normalised(raw)
    if name in NOTHING:
        return Decision(None, False, "no type is given")
    if name.endswith("?"):
        return Decision(OTHER, False, "a question mark: not sure enough to stand for a class")
    if name in TYPES:
        return TYPES[name]
    if name.startswith("tde"):
        return Decision("TDE", True, "a kind of TDE: TDE-H, TDE-He, TDE-H-He, featureless")
    return Decision(None, False, f"unknown type {raw!r}: not in the table of types")
