"""The brokers' own clients against a server that replays files, and fails in every way it can."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.time import Time
from broker_objects import files_of, objects_of
from broker_server import BrokerServer, Fault, serving
from killing import Killer
from live_workers import fetch
from typer.testing import CliRunner

pytest.importorskip("antares_client", reason="pip install -e '.[final]'")

from solutions.final_project import readers
from solutions.final_project.__main__ import app
from solutions.final_project.light_curve import LightCurve, from_table
from solutions.final_project.live.errors import BrokerError, NotConfiguredError
from solutions.final_project.live.http import Patience
from solutions.final_project.live.recent import LiveSource
from solutions.final_project.live.shelf import Backlog
from solutions.final_project.pipeline import ZTFDataPipeline
from solutions.final_project.readers import FolderContents

pytestmark = pytest.mark.slow

KINDS = ("lasair", "alerce", "antares")
TRIES = 4
FEW = 5  # objects of each broker in most tests

PASSING = {
    "too many": Fault(429, (("Retry-After", "7"),), "slow down"),
    "too many, without a time": Fault(429, (), "slow down"),
    "down for a moment": Fault(503, (("Retry-After", "0"),), "<html>back soon</html>"),
    "internal error": Fault(500, (), "oops"),
    "hung up": Fault(hang_up=True),
    "body cut off": Fault(cut=20),
    "half of the JSON": Fault(body='{"objectId": "ZTF'),
    "a page for people": Fault(body="<html>Maintenance</html>"),
}


class Waits(list[float]):
    """Takes the place of time.sleep."""

    __call__ = list.append


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture(params=KINDS)
def broker(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BrokerServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("LASAIR_TOKEN", "secret")
    objects = objects_of(request.param)
    with serving(request.param, dict(list(objects.items())[:FEW])) as server:
        yield server


@pytest.fixture
def patience(waits: Waits) -> Patience:
    return Patience(tries=TRIES, first_wait=0.01, timeout=30, sleep=waits)


@pytest.fixture
def source(broker: BrokerServer, patience: Patience, tmp_path: Path) -> LiveSource:
    source = LiveSource.of(broker.kind, broker.url, tmp_path / "shelf", patience)
    source.broker.page_size = 2  # type: ignore[attr-defined]
    return source


def names(contents: FolderContents) -> set[str]:
    return {curve.object_id for curve in contents.light_curves}


def expected(broker: BrokerServer) -> set[str]:
    if broker.kind == "antares":
        return {broker.ztf_name(locus) for locus in broker.objects}
    return set(broker.objects)


def first(broker: BrokerServer) -> str:
    """The object that is asked for first."""
    return broker.recent(0)[0][0]


def test_what_a_broker_says_is_what_its_files_say(broker: BrokerServer, source: LiveSource) -> None:
    """The same light curves as from the files, all of them, over several pages."""
    broker.objects = objects_of(broker.kind)
    contents = source.recent(since=0)
    assert contents.problems == []
    assert names(contents) == expected(broker)
    assert source.shelf.backlog == Backlog()
    curves = {curve.object_id: curve for curve in contents.light_curves}
    compared = 0
    for known in readers.read_paths(files_of(broker.kind)).light_curves:
        if known.object_id in curves and known.is_detection.any():
            compare(curves[known.object_id], known)
            compared += 1
    assert compared >= 1
    assert broker.asked["page 2"] == 1 or len(broker.objects) <= 2
    assert max(broker.asked.values()) == 1


def compare(curve: LightCurve, known: LightCurve) -> None:
    assert len(curve) == len(known)
    assert np.array_equal(curve.band, known.band)
    assert np.array_equal(curve.is_detection, known.is_detection)
    for name in ("mjd", "flux", "flux_err"):
        assert np.allclose(getattr(curve, name), getattr(known, name), rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", PASSING)
def test_a_failure_that_passes_is_waited_out(
    name: str, broker: BrokerServer, source: LiveSource, waits: Waits
) -> None:
    broker.fail(first(broker), PASSING[name], TRIES - 1)
    broker.fail("page 1", PASSING[name])
    contents = source.recent(since=0)
    assert contents.problems == []
    assert names(contents) == expected(broker)
    assert broker.asked[first(broker)] == TRIES
    asked = dict(PASSING[name].headers).get("Retry-After")
    doubling = [0.01, 0.01, 0.02, 0.04]  # one wait for the page, three for the object
    assert waits == pytest.approx([float(asked)] * TRIES if asked else doubling)


def test_silence_is_not_waited_out(
    broker: BrokerServer, patience: Patience, tmp_path: Path
) -> None:
    broker.fail(first(broker), Fault(silent=True))
    source = LiveSource.of(broker.kind, broker.url, tmp_path, replace(patience, timeout=0.3))
    contents = source.recent(since=0)
    assert contents.problems == []
    assert names(contents) == expected(broker)


@pytest.mark.parametrize("name", PASSING)
def test_an_object_that_fails_is_named_and_asked_for_next_time(
    name: str, broker: BrokerServer, source: LiveSource
) -> None:
    lost = first(broker)
    broker.fail(lost, PASSING[name], TRIES)
    contents = source.recent(since=0)
    (problem, *others) = contents.problems
    assert problem.reason.startswith(f"{lost}: ")
    assert f"at the last of {TRIES} tries" in problem.reason
    if PASSING[name].status == 429:  # who is asked too often should not be asked on
        assert "come first in the next run" in others[0].reason
    else:
        assert others == []
        assert len(names(contents)) == len(broker.objects) - 1
    assert lost in source.shelf.backlog.objects
    broker.asked.clear()
    later = source.recent(since=99999)  # nothing was seen since then
    assert later.problems == []
    assert names(contents) | names(later) == expected(broker)
    assert not names(contents) & names(later)
    assert source.shelf.backlog == Backlog()
    assert broker.asked[lost] == 1


def test_a_broker_that_is_down_is_not_asked_for_every_object(
    broker: BrokerServer, source: LiveSource
) -> None:
    for name in broker.objects:
        broker.fail(name, Fault(500), TRIES)
    contents = source.recent(since=0)
    assert contents.light_curves == []
    assert set(source.shelf.backlog.objects) == set(broker.objects)
    asked = [name for name in broker.objects if broker.asked[name]]
    assert len(asked) == min(3, len(broker.objects))
    if len(broker.objects) > 3:
        assert (
            f"{len(broker.objects) - 3} objects were not asked for" in contents.problems[-1].reason
        )
        assert "does not answer" in contents.problems[-1].reason


def test_a_limit_is_told_and_nothing_more_is_asked(
    broker: BrokerServer, source: LiveSource, waits: Waits
) -> None:
    broker.fail(first(broker), Fault(429, (("Retry-After", "3600"),), "100 calls an hour"))
    contents = source.recent(since=0)
    assert "asks to come back in 3600 s" in contents.problems[0].reason
    assert waits == []
    assert sum(broker.asked[name] for name in broker.objects) == 1
    assert set(source.shelf.backlog.objects) == set(broker.objects)
    assert names(source.recent(since=0)) == expected(broker)


def test_a_page_that_breaks_loses_nothing(broker: BrokerServer, source: LiveSource) -> None:
    source.broker.page_size = 1  # type: ignore[attr-defined]
    broker.fail("page 2", Fault(500), TRIES)
    contents = source.recent(since=50000.0)
    assert len(contents.light_curves) == 1
    (problem,) = contents.problems
    assert "breaks off after 1: " in problem.reason
    assert source.shelf.backlog == Backlog(50000.0, {})
    later = source.recent(since=99999)  # as if weeks had gone by
    assert names(later) == expected(broker)
    assert source.shelf.backlog == Backlog()
    assert broker.asked[first(broker)] == 1


def test_answers_are_kept_until_the_object_is_seen_again(
    broker: BrokerServer, source: LiveSource
) -> None:
    source.recent(since=0)
    broker.asked.clear()
    again = source.recent(since=0)
    assert names(again) == expected(broker)
    assert not any(broker.asked[name] for name in broker.objects)
    seen = first(broker)
    answer, mjd = broker.objects[seen]
    broker.objects[seen] = (answer, mjd + 1)
    source.recent(since=0)
    assert [name for name in broker.objects if broker.asked[name]] == [seen]
    assert len(list(source.shelf.folder.glob("*.json"))) == len(broker.objects) + 1  # the backlog


def test_a_changed_format_is_told_and_the_answer_kept_for_a_look(
    broker: BrokerServer, source: LiveSource
) -> None:
    changed = first(broker)
    answer = json.dumps(broker.answer_about(changed)).replace("candid", "kandid")
    answer = answer.replace("lightcurve", "curve").replace("detections", "sightings")
    broker.fail(changed, Fault(body=answer))
    contents = source.recent(since=0)
    (problem,) = contents.problems
    assert problem.reason.startswith(f"{changed}: ")
    assert "format" in problem.reason or "not as it was" in problem.reason
    assert broker.asked[changed] == 1  # the same question would have the same answer
    assert len(names(contents)) == len(broker.objects) - 1
    assert names(source.recent(since=99999)) == expected(broker) - names(contents)


def test_an_answer_about_another_object_is_not_taken(
    broker: BrokerServer, source: LiveSource
) -> None:
    asked, other = (name for name, _ in broker.recent(0)[:2])
    broker.fail(asked, Fault(body=json.dumps(broker.answer_about(other))))
    contents = source.recent(since=0)
    (problem,) = contents.problems
    assert problem.reason.startswith(f"{asked}: ")
    assert "it is about" in problem.reason
    assert len(names(contents)) == len(broker.objects) - 1
    assert names(source.recent(since=0)) == expected(broker)


def test_a_changed_list_is_told(broker: BrokerServer, source: LiveSource) -> None:
    broker.fail("page 1", Fault(body='{"data": [{"name": 1}], "items": [{"name": 1}]}'))
    contents = source.recent(since=0)
    assert len(contents.problems) == 1
    assert "breaks off after 0: " in contents.problems[0].reason
    assert names(source.recent(since=99999)) == expected(broker)


@pytest.mark.parametrize(("status", "why"), [(401, "is the token right"), (404, "status 404")])
def test_what_will_not_change_is_asked_once(
    status: int, why: str, broker: BrokerServer, source: LiveSource, waits: Waits
) -> None:
    broker.fail(first(broker), Fault(status, (), "{}"))
    contents = source.recent(since=0)
    assert why in contents.problems[0].reason or "does not know" in contents.problems[0].reason
    assert broker.asked[first(broker)] == 1
    assert waits == []
    others = 0 if status == 401 else len(broker.objects) - 1
    assert len(contents.light_curves) == others


def test_the_newest_only(broker: BrokerServer, source: LiveSource) -> None:
    contents = source.recent(since=0, limit=1)
    assert len(contents.light_curves) == 1
    assert broker.asked[first(broker)] == 1
    since = broker.recent(0)[0][1] - 0.001
    assert len(source.recent(since).light_curves) >= 1
    assert source.shelf.backlog == Backlog()


def test_the_pipeline_asks_the_broker(broker: BrokerServer, source: LiveSource) -> None:
    pipeline = ZTFDataPipeline(broker.kind, live=source)
    now = max(mjd for _, mjd in broker.objects.values()) + 1
    curves = pipeline.fetch_recent_transients(lookback_days=1e5, now=now)
    assert {curve.object_id for curve in curves} == expected(broker)
    middle = sorted(mjd for _, mjd in broker.objects.values())[0]
    (curve,) = [
        each
        for each in pipeline.fetch_recent_transients(lookback_days=0.5, now=middle)
        if each.is_detection[-1] and abs(each.mjd[-1] - middle) < 0.5
    ][:1]
    assert curve.mjd.max() <= middle
    assert pipeline.problems == []


def test_the_command_writes_a_table(broker: BrokerServer, tmp_path: Path) -> None:
    now = float(Time.now().mjd)
    late, early = list(broker.objects)[:2]
    for name, days_ago in ((late, 1), (early, 30)):
        broker.objects[name] = (broker.objects[name][0], now - days_ago)
    out = tmp_path / "recent.parquet"
    options = ["--url", broker.url, "--cache", str(tmp_path), "--tries", "1", "--out", str(out)]
    result = CliRunner().invoke(app, ["fetch", broker.kind, *options])
    assert result.exit_code == 0, result.output
    assert f"wrote {out}: 1 objects" in result.output
    (curve,) = from_table(pd.read_parquet(out))
    assert curve.object_id == (broker.ztf_name(late) if broker.kind == "antares" else late)
    broker.fail(early, Fault(500))
    result = CliRunner().invoke(app, ["fetch", broker.kind, "--days", "40", *options])
    assert f"not had: {early}: " in result.output
    assert f"wrote {out}: 1 objects" in result.output
    result = CliRunner().invoke(app, ["fetch", "mars", *options])
    assert result.exit_code == 2
    assert "known are lasair, antares, alerce" in result.output


def test_a_run_killed_anywhere_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects are seen again in every round; whatever was seen since must be given in the end."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    wanted = 100 if os.environ.get("WORKBOOK_LONG") else 5
    rng, killer = np.random.default_rng(5), Killer()
    answers = {name: answer for name, (answer, _) in objects_of("alerce").items()}
    with serving("alerce", {name: (answer, 58000.0) for name, answer in answers.items()}) as server:
        rounds = 0
        while killer.kills < wanted:
            rounds += 1
            for name in rng.choice(sorted(answers), 3):
                server.objects[str(name)] = (answers[str(name)], 59000.0 + rounds)
            line = int(rng.integers(1, 400))
            killer.run("final_project/live/", line, fetch, "alerce", server.url, tmp_path)
        (tmp_path / "given.txt").unlink(missing_ok=True)
        killer.finish(fetch, "alerce", server.url, tmp_path)
        seen = {name for name, mjd in server.recent(59000.0)}
        asked = sum(server.asked[name] for name in answers)
    given = (tmp_path / "given.txt").read_text().split()
    assert sorted(given) == sorted(seen)
    assert not list((tmp_path / "shelf").glob("*.unread"))
    assert asked <= 3 * rounds + killer.kills  # an answer on the shelf is not asked for again
    print(f"{killer.kills} kills, {len(seen)} objects, asked for {asked} times")


def test_lasair_says_error_with_status_200(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LASAIR_TOKEN", "secret")
    with serving("lasair", objects_of("lasair")) as server:
        source = LiveSource.of("lasair", server.url, tmp_path)
        server.fail(first(server), Fault(body='{"error": "no such thing"}'))
        assert "no such thing" in source.recent(since=0).problems[0].reason


def test_antares_is_asked_by_ztf_names_too(tmp_path: Path) -> None:
    with serving("antares", objects_of("antares")) as server:
        source = LiveSource.of("antares", server.url, tmp_path, Patience(tries=1))
        name = server.ztf_name("ANT1")
        assert source.broker.answer(name)["locus_id"] == "ANT1"
        with pytest.raises(BrokerError, match="does not know ZTF99aaaaaaa"):
            source.broker.answer("ZTF99aaaaaaa")


def test_what_is_not_configured_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASAIR_TOKEN", raising=False)
    with pytest.raises(NotConfiguredError, match="set LASAIR_TOKEN"):
        ZTFDataPipeline().fetch_recent_transients()
    with pytest.raises(NotConfiguredError, match="known are lasair, antares, alerce"):
        LiveSource.of("mars")
