"""Checks of 11.3, All files of a folder."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.light_curves import Observation, expect_rows, observed
from grader.course.ex11.replies import Fetched
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)
from grader.wire import OpaqueObject

Contents = dict[str, list[Observation]]
Files = dict[str, list[Observation] | tuple[str, str]]

NOW = 60010.0
LOOKBACK = 7
NAMES = "[lc.object_id for lc in {}]"


def detected(mjd: float, flux: float = 50.0) -> Observation:
    return observed(mjd, flux, abs(flux) / 10)


def faint(mjd: float) -> Observation:
    return observed(mjd, 3.5, 5.0, "g")


def limit(mjd: float) -> Observation:
    return observed(mjd, math.nan, 5.0, "g")


def names_in(rng: Rng, n: int) -> list[str]:
    """Different names of objects, in no order."""
    letters = rng.choice(list("abcdefghjkmnpq"), n, replace=False)
    names = [f"ZTF18{letter}{letter}" for letter in letters]
    return names[::-1] if names in (sorted(names), sorted(names)[::-1]) and n > 2 else names


def fetch(learner: Subject, contents: Contents, *args: Any) -> Answer[Fetched]:
    files: Files = {f"{name}.json": data for name, data in contents.items()}
    return learner.ask(probes.fetched, "lasair", [files], *args)


def expect_names(got: Fetched, want: list[str], *mistakes: Mistake) -> None:
    """The light curves that came back, by their names in order. A mistake holds sets of names."""
    is_list = got.other is None and all(view.kind for view in got.light_curves)
    what = kind_of(got.other) if got.other is not None else "a list of other things"
    require(is_list, "no-list-of-light-curves", kind=what)
    names = [view.metadata.get("object_id") for view in got.light_curves]
    with showing(NAMES):
        unordered = Answer(sorted(map(str, names)))
        if unordered.result == sorted(want):
            require(names == want, "not-in-order")
        else:
            fail_if_recognised(unordered, *mistakes)
            expect(Answer(names), want, what="what was fetched, by name,")


@gate
@twice
def test_recent(learner: Subject, rng: Rng) -> None:
    """Objects are recent if they were detected in the last days"""
    long_ago, lately = (round(float(rng.uniform(*ends)), 2) for ends in ((50, 90), (4, 9)))
    long_ago, lately = 59800 + long_ago, 60000 + lately
    kinds = {
        "rising": [limit(long_ago), faint(lately - 0.5), detected(lately)],
        "known": [detected(long_ago), detected(lately)],
        "fading": [detected(long_ago, -80.0), detected(lately, -30.0)],
        "over": [detected(long_ago), faint(lately), limit(lately + 0.5)],
        "gone": [detected(long_ago), faint(long_ago + 20)],
        "never": [faint(long_ago), faint(lately), limit(lately + 0.25)],
    }
    name_of = dict(zip(kinds, names_in(rng, len(kinds)), strict=True))
    contents = {name_of[kind]: data for kind, data in kinds.items()}

    def named(*chosen: str) -> list[str]:
        return sorted(name_of[kind] for kind in chosen)

    answer = fetch(learner, contents, LOOKBACK, NOW)
    expect_names(
        answer.value,
        want := named("rising", "known", "fading"),
        Mistake("all-are-recent", named(*kinds)),
        Mistake("recent-by-observation", named("rising", "known", "fading", "over", "never")),
        Mistake("recent-by-last-observation", named("rising", "known", "fading", "over")),
        Mistake("recent-by-first-detection", named("rising")),
        Mistake("negative-not-seen", named("rising", "known")),
    )
    _expect_whole(answer.value, {name: contents[name] for name in want})


def _expect_whole(got: Fetched, want: Contents) -> None:
    """Each light curve has its whole past."""
    for i, (name, data) in enumerate(want.items()):
        lately = [obs for obs in data if obs["mjd"] >= NOW - LOOKBACK]
        seen = [obs for obs in data if abs(obs["flux"]) >= 5 * obs["flux_err"]]
        with showing(f"{{}}[{i}]"):
            expect_rows(
                got.light_curves[i],
                data,
                Mistake("past-cut-off", len(lately) < len(data) and lately),
                Mistake("only-detections", len(seen) < len(data) and seen),
                what=f"the light curve of {name}",
            )


def test_edges(learner: Subject, rng: Rng) -> None:
    """The first and the last moment of the time belong to it"""
    first, last, before = names_in(rng, 3)
    contents = {
        first: [detected(NOW - LOOKBACK)],
        last: [detected(NOW)],
        before: [detected(NOW - LOOKBACK - 0.125)],
    }
    expect_names(
        fetch(learner, contents, LOOKBACK, NOW).value,
        sorted([first, last]),
        *(Mistake("edge-excluded", each) for each in ([], [first], [last])),
    )


def test_future(learner: Subject, rng: Rng) -> None:
    """What was observed after `now` is left out, and does not count"""
    both, only = names_in(rng, 2)
    past, later = [faint(NOW - 20), detected(NOW - 2)], [detected(NOW + 0.25), faint(NOW + 3)]
    contents = {both: past + later, only: [faint(NOW - 1), *later]}
    got = fetch(learner, contents, LOOKBACK, NOW).value
    expect_names(got, [both], Mistake("future-counts", sorted([both, only])))
    with showing("{}[0]"):
        future = Mistake("future-kept", past + later)
        expect_rows(got.light_curves[0], past, future, what=f"the light curve of {both}")


def test_now_by_default(learner: Subject, rng: Rng) -> None:
    """Without `now`, the latest observation of all counts, detection or not"""
    recent, older, own, empty = names_in(rng, 4)
    contents = {
        recent: [detected(NOW - 5)],
        older: [detected(NOW - 10), limit(NOW)],
        own: [detected(NOW - 60), faint(NOW - 59)],
        empty: [],
    }
    expect_names(
        fetch(learner, contents).value,
        [recent],
        Mistake("now-is-today", []),
        Mistake("now-by-detections", sorted([recent, older])),
        Mistake("now-of-each-object", sorted([recent, own])),
    )
    expect_names(fetch(learner, {}, 3).value, [])
    expect_names(fetch(learner, {older: contents[older], recent: []}, 12).value, [older])


KINDS = ["ValueError", "KeyError", "OSError", "ZeroDivisionError"]


def test_bad_files(learner: Subject, rng: Rng) -> None:
    """A file that cannot be read is left out and written down, whatever it fails with"""
    for kind in KINDS:
        message = f"cut off at byte {rng.integers(100, 1000)}"
        first, bad, last = sorted(names_in(rng, 3))
        good = [detected(NOW - 1)]
        files: Files = {f"{first}.json": good, f"{bad}.json": (kind, message), f"{last}.json": good}
        answer = learner.ask(probes.fetched, "lasair", [files], LOOKBACK, NOW)
        stopped = Mistake("stopped-by-a-file", Raises(kind, message), kind=kind)
        fail_if_recognised(answer, stopped)
        stopped = Mistake("rest-not-read", [first])
        expect_names(answer.value, [first, last], stopped)
        with showing("{}\npipeline.problems"):
            _expect_problem(answer.value.problems, f"{bad}.json", message)


def _expect_problem(problems: Any, name: str, message: str) -> None:
    require(isinstance(problems, dict), "no-dictionary", kind=kind_of(problems))
    require(bool(problems), "problem-not-written-down", name=name)
    keys = ", ".join(map(repr, problems))
    require([*problems] == [name], "other-name-in-problems", keys=keys, name=name)
    said = problems[name]
    is_text = isinstance(said, str)
    kept_error = isinstance(said, OpaqueObject) and said.type.endswith("Error")
    require(not kept_error, "error-for-its-message")
    require(is_text and message in said, "message-lost", got=shown(said), message=message)


def test_problems_anew(learner: Subject, rng: Rng) -> None:
    """After a fetch, `problems` is about that fetch alone"""
    first, second = sorted(names_in(rng, 2))
    failing, good = ("ValueError", "half a line"), [detected(NOW - 1)]
    nights: list[Files] = [
        {f"{first}.json": failing, f"{second}.json": good},
        {f"{first}.json": good, f"{second}.json": failing},
    ]
    got = learner.ask(probes.fetched, "lasair", nights, LOOKBACK, NOW).value
    with showing("{}\npipeline.problems"):
        kept = isinstance(got.problems, dict) and len(got.problems) == 2
        require(not kept, "old-problems-kept", name=f"{first}.json")
        _expect_problem(got.problems, f"{second}.json", "half a line")


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "SystemExit"])
def test_interrupted(learner: Subject, kind: str) -> None:
    """Whoever ends the program is not stopped by a pipeline"""
    answer = learner.ask(probes.interrupted, kind)
    fail_if_recognised(answer, Mistake("interrupt-swallowed", "", kind=kind))
    expect(answer, kind, what="what a fetch ends with")


@pytest.mark.parametrize(
    ("source", "suffix", "other"), [("lasair", "json", "txt"), ("ztf", "txt", "json")]
)
def test_files(learner: Subject, rng: Rng, source: str, suffix: str, other: str) -> None:
    """All files of the source's suffix are read once, in order of their names, and no others"""
    *mine, strange, deep = names_in(rng, 7)
    good = [detected(NOW - 1)]
    files: Files = {f"{name}.{suffix}": good for name in mine}
    files |= {f"{strange}.{other}": good, f"{strange}.{suffix}.gz": good}
    files |= {f"nights.{suffix}/": ("IsADirectoryError", "a folder"), f"old/{deep}.{suffix}": good}
    got = learner.ask(probes.fetched, source, [files], LOOKBACK, NOW).value
    wanted = sorted(f"{name}.{suffix}" for name in mine)
    with showing("{}\npaths"):
        _expect_paths(got.paths, wanted, suffix)
    expect_names(got, sorted(mine))


def _expect_paths(paths: list[str], wanted: list[str], suffix: str) -> None:
    extra = sorted(set(paths) - set(wanted))
    strange = [path for path in extra if "/" not in path and not path.endswith(f".{suffix}")]
    missing = sorted(set(wanted) - set(paths))
    require(not missing, "file-not-read", name=min(missing, default=""))
    require(not strange, "other-files-read", name=min(strange, default=""))
    folder = f"nights.{suffix}" in extra
    require(not folder, "folder-read", name=f"nights.{suffix}")
    require(not extra, "folders-searched", name=min(extra, default=""))
    require(len(paths) == len(wanted), "read-twice", times=len(paths), files=len(wanted))


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_no_folder(learner: Subject, kind: str) -> None:
    """A folder that is none is a NotADirectoryError with its name"""
    answer = learner.ask(probes.fetched_from, kind, "tonight")
    what = "a folder that does not exist" if kind == "missing" else "a file in place of a folder"
    expect_error(
        answer,
        "NotADirectoryError",
        what,
        Mistake("looks-like-a-quiet-night", [], what=what),
        Mistake("file-not-found", Raises("FileNotFoundError")),
        naming="tonight",
    )


@pytest.mark.parametrize("source", ["lasair", "ztf"])
def test_new_pipeline(learner: Subject, source: str) -> None:
    """A new pipeline knows its source and folder, and has no problems yet"""
    got = learner.ask(probes.new_pipeline, source, "a/folder/of/tomorrow").value
    with showing("{}.data_source"):
        expect(Answer(got.data_source), source, what="`data_source`")
    with showing("{}.folder"):
        text = Mistake("folder-not-a-path", not got.is_path and isinstance(got.folder, str))
        fail_if_recognised(Answer(got.folder), text)
        expect(Answer(got.folder), "a/folder/of/tomorrow", what="`folder`, as a text,")
    with showing("{}.problems"):
        expect(Answer(got.problems), {}, what="`problems`")


@pytest.mark.parametrize("source", ["antares", "json"])
def test_unknown_source(learner: Subject, source: str) -> None:
    """An unknown source is a ValueError that names the known ones"""
    answer = learner.ask(probes.new_pipeline, source)
    with showing("{}.data_source"):
        accepted = Mistake("unknown-accepted", answer.raised is None)
        key_error = Mistake("key-error-for-source", Raises("KeyError"))
        for known in ("lasair", "ztf"):
            expect_error(answer, "ValueError", repr(source), accepted, key_error, naming=known)
