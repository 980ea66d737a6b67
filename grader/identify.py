"""Which exercise a file is, by what it holds or, where that does not tell, by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from grader import exercise

# A part's id as it stands in a released notebook: in a check cell, a stub, a heading or a TODO.
# In JSON a quotation mark in a text is escaped.
ID = re.compile(
    rb"(?:\bcheck\(\s*\\?[\"']|NotImplementedError\(\s*\\?[\"']|TODO |\"#{1,6} )"
    rb"(\d{1,2}\.E?\d{1,2})\b"
)
STUB = re.compile(rb"raise NotImplementedError\(\s*\\?[\"'](\d{1,2}\.E?\d{1,2}) ")
DEFINED = re.compile(rb"(?:^|[\"\n]|\\n)(?:async )?(?:def|class) (\w+)")
NUMBER = re.compile(r"(?:^|[^a-z])ex(?:ercise)?[ _-]*0*(\d{1,2})(?!\d)", re.IGNORECASE)
WORDS = re.compile(r"[\W_]+")
ENOUGH = 0.4  # the share of an exercise's names that tells it, if no id is left


def which(content: bytes, names: Sequence[str]) -> str | None:
    """The slug of the exercise that a notebook is, by its text and the names on the way to it.

    What the text holds counts, except where it says nothing against the name. The text is searched,
    not parsed, so that it may be damaged.
    """
    if b"\0" in content[:100]:
        content = content.replace(b"\0", b"")  # UTF-16: of no use to Jupyter, but it tells
    ids = Counter(_owners().get(id, "") for id in set(ID.findall(content)))
    ids.pop("", None)
    named = by_name(names)
    if named and (not ids or ids[named]):
        return named
    defined = set(DEFINED.findall(content))
    shares = {slug: len(own & defined) / len(own) for slug, own in _names().items()}
    if named and shares[named] >= ENOUGH:
        return named
    if ids:
        return max(ids, key=lambda slug: ids[slug])
    best = max(shares, key=lambda slug: shares[slug])
    return best if shares[best] >= ENOUGH else None


def is_untouched(content: bytes, slug: str) -> bool:
    """Whether every stub of the exercise is still there, as in the released notebook."""
    return set(STUB.findall(content)) >= _stubs(slug)


def by_name(names: Sequence[str]) -> str | None:
    """The slug that the last of some names tells, such as `ex01 (1).ipynb` or `Exercise 1`."""
    for name in reversed(names):
        words = WORDS.sub("_", name.lower())
        for slug in exercise.slugs():
            if slug.partition("_")[2] in words:
                return slug
        if number := NUMBER.search(name):
            for slug in exercise.slugs():
                if exercise.number_of(slug) == int(number[1]):
                    return slug
    return None


@cache
def _owners() -> dict[bytes, str]:
    """The slug of the exercise to which a part belongs."""
    return {
        part.id.encode(): slug for slug in exercise.slugs() for part in exercise.load(slug).parts
    }


@cache
def _names() -> dict[str, set[bytes]]:
    return {
        slug: {name.encode() for name in exercise.load(slug).names} for slug in exercise.slugs()
    }


@cache
def _stubs(slug: str) -> frozenset[bytes]:
    content = exercise.released(slug).read_bytes()
    return frozenset(STUB.findall(content))
