"""Checks of 11.3, All files in a folder."""

from __future__ import annotations

import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex11 import probes
from grader.course.ex11.checks.folders import (
    LOOKBACK,
    NOW,
    Contents,
    Files,
    detected,
    expect_names,
    expect_paths,
    expect_problem,
    faint,
    fetch,
    limit,
    names_in,
)
from grader.course.ex11.checks.light_curves import expect_rows
from grader.course.ex11.replies import Fetched
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)


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
    unseen = {recent: [detected(NOW - 20)], own: [faint(NOW), limit(NOW - 3)]}
    of_detected = Mistake("now-by-detected-objects", [recent])
    expect_names(fetch(learner, unseen, 12).value, [], of_detected)
    expect_names(fetch(learner, {}, 3).value, [])
    later = {older: [detected(NOW + 20), limit(NOW + 30)], recent: []}
    expect_names(fetch(learner, later, 12).value, [older])


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
            expect_problem(answer.value.problems, f"{bad}.json", message)


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
        expect_problem(got.problems, f"{second}.json", "half a line")


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
    files |= {f"2018.{suffix}/": ("IsADirectoryError", "a folder"), f"old/{deep}.{suffix}": good}
    got = learner.ask(probes.fetched, source, [files], LOOKBACK, NOW).value
    wanted = sorted(f"{name}.{suffix}" for name in mine)
    with showing("{}\npaths"):
        expect_paths(got.paths, wanted, suffix)
    expect_names(got, sorted(mine))


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


def test_two_pipelines(learner: Subject) -> None:
    """Each pipeline has a source, a folder and problems of its own"""
    made = ("lasair", "one"), ("ztf", "another")
    answer = learner.ask(probes.two_pipelines, *made, "ZTF18abc.json")
    first, second = as_many(answer.value, 2)
    for name in ("data_source", "folder"):
        pair = [getattr(first, name), getattr(second, name)]
        want = [one[name == "folder"] for one in made]
        shared = Mistake("shared-by-pipelines", [want[1], want[1]], name=name)
        with showing(f"[str(first.{name}), str(second.{name})]"):
            expect(Answer(pair), want, shared, what=f"`{name}` of two pipelines")
    with showing("second.problems"):
        shared = Mistake("shared-by-pipelines", first.problems, name="problems")
        expect(Answer(second.problems), {}, shared, what="`problems` of another pipeline")


@pytest.mark.parametrize("source", ["antares", "json"])
def test_unknown_source(learner: Subject, source: str) -> None:
    """An unknown source is a ValueError that names the known ones"""
    answer = learner.ask(probes.new_pipeline, source)
    with showing("{}.data_source"):
        accepted = Mistake("unknown-accepted", answer.raised is None)
        key_error = Mistake("key-error-for-source", Raises("KeyError"))
        for known in ("lasair", "ztf"):
            expect_error(answer, "ValueError", repr(source), accepted, key_error, naming=known)
