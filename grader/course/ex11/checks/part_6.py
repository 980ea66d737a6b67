"""Checks of 11.6, Who is in the test set?."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from grader.answer import Subject
from grader.course import common_probes
from grader.course.ex11 import probes
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def digest_of(name: str, kind: str = "sha256") -> bytes:
    return hashlib.new(kind, name.encode("utf-8")).digest()


def place(digest: bytes) -> float:
    """The number from 0 to 1 that the first bytes of a digest stand for."""
    number = 0
    for byte in digest[:8]:
        number = 256 * number + byte
    return number / 2**64


def set_at(place: float, first: float = 0.6, second: float = 0.8) -> str:
    return "train" if place < first else "val" if place < second else "test"


def by_place(place_of: Callable[[str], float], names: list[str]) -> list[str]:
    return [set_at(place_of(name)) for name in names]


def of_objects(rng: Rng, n: int) -> list[str]:
    """Names as ZTF gives them."""
    return [f"ZTF{year}{''.join(rng.choice(list(LETTERS), 7))}" for year in rng.integers(18, 26, n)]


def expect_sets(learner: Subject, names: list[str], other: list[Mistake]) -> None:
    """Each name must be in its set; the mistakes are those that these names show."""
    answers = [learner.ask(common_probes.call, "split_of", name) for name in names]
    want = by_place(lambda name: place(digest_of(name)), names)
    for name, answer, right in zip(names, answers, want, strict=True):
        if answer.raised or not approx_equal(answer.result, right):
            got = [each.result for each in answers]
            again = [learner.ask(common_probes.call, "split_of", each).result for each in names]
            hashes = learner.ask(probes.python_hashes, names).value
            known = [*of_python(hashes, got), *of_digests(names, got), *other]
            complete = all(each.raised is None for each in answers)
            drawn = Mistake("drawn-at-random", complete and not approx_equal(again, got))
            expect(answer, right, *known, drawn, what=f"the set of {name!r}")


def of_python(hashes: list[int], got: list[str]) -> list[Mistake]:
    """What Python's own hash would give, brought to a number from 0 to 1 in some way."""
    unsigned = [value % 2**64 for value in hashes]
    ways = [[value / 2**64 for value in unsigned], [abs(value) / 2**63 for value in hashes]]
    for number in (10, 100, 1000, 10_000, 2**32):
        ways += [[value % number / number for value in hashes]]
        ways += [[abs(value) % number / number for value in hashes]]
    return [
        Mistake("python-hash", approx_equal(got, [set_at(each) for each in places]))
        for places in ways
    ]


def of_digests(names: list[str], got: list[str]) -> list[Mistake]:
    """What other ways of using a digest would give."""

    def produces(place_of: Callable[[str], float]) -> bool:
        return approx_equal(got, by_place(place_of, names))

    def shares(first: float, second: float) -> bool:
        return approx_equal(got, [set_at(place(digest_of(name)), first, second) for name in names])

    other = {"train": "train", "val": "test", "test": "val"}
    right = by_place(lambda name: place(digest_of(name)), names)
    return [
        Mistake("least-byte-first", produces(lambda name: place(digest_of(name)[7::-1]))),
        Mistake("end-of-the-hash", produces(lambda name: place(digest_of(name)[-8:]))),
        Mistake("other-hash", produces(lambda name: place(digest_of(name, "md5"))), kind="MD5"),
        Mistake("other-hash", produces(lambda name: place(digest_of(name, "sha1"))), kind="SHA-1"),
        Mistake("other-shares", shares(0.8, 0.9)),
        Mistake("other-shares", shares(0.7, 0.85)),
        Mistake("val-and-test-swapped", approx_equal(got, [other[each] for each in right])),
        Mistake("divisor-too-large", produces(lambda name: place(digest_of(name)) / 2**32)),
    ]


@gate
@twice
def test_names(learner: Subject, rng: Rng) -> None:
    """The set follows from the SHA-256 of the name"""
    expect_sets(learner, of_objects(rng, 60), [])


def near(rng: Rng, border: float) -> list[str]:
    """Names whose numbers lie closely below and above a border, two of each."""
    found: dict[bool, list[str]] = {False: [], True: []}
    while min(map(len, found.values())) < 2:
        (name,) = of_objects(rng, 1)
        at = place(digest_of(name))
        if abs(at - border) < 0.004:
            found[at >= border].append(name)
    return [*found[False][:2], *found[True][:2]]


def test_borders(learner: Subject, rng: Rng) -> None:
    """The borders are at 0.6 and 0.8"""
    expect_sets(learner, [*near(rng, 0.6), *near(rng, 0.8)], [])


SPECIAL = [
    "at2018cow",
    "AT2018cow",
    " AT2018cow",
    "AT2018cow ",
    "SN 2011fe",
    "ztf18abc",
    "ZTF18abc",
]


def tidied(names: list[str], tidy: Callable[[str], str]) -> list[str]:
    return [set_at(place(digest_of(tidy(name)))) for name in names]


def test_name_as_it_is(learner: Subject, rng: Rng) -> None:
    """The name is taken as it is: case and blanks count, and it may be empty"""
    names = [*SPECIAL, *(name.lower() for name in of_objects(rng, 10)), ""]
    names += [f" {name} " for name in of_objects(rng, 10)]
    got = [learner.ask(common_probes.call, "split_of", name).result for name in names]
    ways: list[Callable[[str], str]] = [str.upper, str.lower, str.strip]
    ways += [lambda name: name.strip().upper(), lambda name: name.strip().lower()]
    mistakes = [Mistake("name-tidied", approx_equal(got, tidied(names, way))) for way in ways]
    expect_sets(learner, names, mistakes)


def test_other_letters(learner: Subject, rng: Rng) -> None:
    """Names with other letters are encoded as UTF-8"""
    letters = ["é", "Δ", "ü", "λ", "星", "Ω", "ß"]
    names = ["".join(rng.choice(letters, 4)) + name for name in of_objects(rng, 20)]
    got = [learner.ask(common_probes.call, "split_of", name).result for name in names]

    def encoded(kind: str) -> list[str]:
        bytes_of = (name.encode(kind, "ignore") for name in names)
        return [set_at(place(hashlib.sha256(each).digest())) for each in bytes_of]

    mistakes = [
        Mistake("other-encoding", approx_equal(got, encoded(kind)), kind=kind)
        for kind in ("ascii", "latin-1", "utf-16")
    ]
    refused = [Mistake("letters-refused", Raises("UnicodeEncodeError"))]
    expect_sets(learner, names, mistakes + refused)
