"""The stream of alerts against librdkafka's own mock cluster, which this process hosts."""

from __future__ import annotations

import functools
import io
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
import pytest
from killing import Killer
from live_workers import TOPIC, answer, consume, stream_of
from real_files import DATA, FORMATS, needs_formats
from typer.testing import CliRunner

pytest.importorskip("confluent_kafka", reason="pip install -e '.[final]'")

from confluent_kafka import Producer

from solutions.final_project import readers
from solutions.final_project.__main__ import app
from solutions.final_project.alerts.outbox import Outbox
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.live.packets import PoisonError, decode
from solutions.final_project.live.store import AlertStore
from solutions.final_project.live.stream import AlertStream, Handler, StreamError, storing

POISON = {
    "empty": (b"", "empty"),
    "no value": (None, "empty"),
    "text": (b"hello", "begins with b'hello'"),
    "JSON of something else": (b'{"objectId": "ZTF26aaaaaaa"}', "not a ZTF alert packet"),
    "half of an alert": (b"half", "breaks off"),
    "half of its schema": (b"header", "Avro"),
}


class Cluster:
    """Kafka, as far as librdkafka plays it: the brokers live as long as this producer."""

    def __init__(self) -> None:
        self.producer = Producer(
            {"test.mock.num.brokers": 1, "bootstrap.servers": "", "log_level": 0}
        )
        (server,) = self.producer.list_topics(timeout=10).brokers.values()
        self.servers = f"{server.host}:{server.port}"

    def send(self, *values: bytes | None) -> None:
        """Put messages into the topic, into each of its four partitions in turn."""
        for number, value in enumerate(values):
            self.producer.produce(TOPIC, value, partition=number % 4)
        assert self.producer.flush(10) == 0


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@functools.cache
def packet() -> tuple[Any, dict[str, Any]]:
    """Return the schema and the record of an alert."""
    reader = fastavro.reader(io.BytesIO((DATA / "ztf_alert.avro").read_bytes()))
    return fastavro.parse_schema(reader.writer_schema), dict(next(reader))


def alert(number: int, object_id: str = "") -> bytes:
    """Return an alert of its own."""
    schema, record = packet()
    record = record | {"objectId": object_id or f"ZTF26{number % 7:07d}", "candid": number}
    record["fp_hists"] = None  # to read them, astropy loads tables for seconds in each process
    stream = io.BytesIO()
    fastavro.writer(stream, schema, [record])
    return stream.getvalue()


def poison(name: str) -> bytes | None:
    value = POISON[name][0]
    whole = alert(1)
    return {b"half": whole[: len(whole) - 200], b"header": whole[:300]}.get(value or b"", value)


def stream(cluster: Cluster, store: AlertStore, handle: Handler | None = None) -> AlertStream:
    return stream_of(cluster.servers, store, handle or storing(store, answer), batch=10)


def test_alerts_are_handled_and_poison_is_kept(cluster: Cluster, tmp_path: Path) -> None:
    sent = [alert(number) for number in range(1, 31)]
    bad = [poison(name) for name in POISON]
    cluster.send(*sent[:15], *bad, *sent[15:], *sent[:4])  # four of them twice
    with AlertStore(tmp_path / "new" / "alerts.sqlite") as store:
        counts = stream(cluster, store).run(until_end=True)
        assert {candid for _, candid in store.results()} == set(range(1, 31))
        assert counts.handled == 30
        assert counts.dead == len(bad)
        letters = store.dead_letters()
        assert Counter(each.value for each in letters) == Counter(bad)
        again = stream(cluster, store).run(until_end=True)
        assert (again.handled, again.repeated, again.dead) == (0, 0, 0)  # the offsets are committed


@pytest.mark.parametrize("name", POISON)
def test_poison_says_why(name: str) -> None:
    with pytest.raises(PoisonError, match=r"^ztf\[3\]@7: ") as caught:
        decode(poison(name), "ztf[3]@7")
    assert POISON[name][1] in str(caught.value)


def test_an_alert_without_a_number_is_poison() -> None:
    schema, record = packet()
    schema = {**schema, "fields": [f for f in schema["fields"] if f["name"] != "candid"]}
    out = io.BytesIO()
    fastavro.writer(out, schema, [{k: v for k, v in record.items() if k != "candid"}])
    with pytest.raises(PoisonError, match="no number of its own"):
        decode(out.getvalue(), "ztf[0]@0")


@needs_formats
def test_real_packets_are_what_the_readers_say(cluster: Cluster, tmp_path: Path) -> None:
    paths = sorted(FORMATS.glob("ztf_alert_avro/*.avro"))
    cluster.send(*(path.read_bytes() for path in paths))
    seen: list[LightCurve] = []
    with AlertStore(tmp_path / "alerts.sqlite") as store:
        stream(cluster, store, seen.extend).run(until_end=True)
        assert store.dead_letters() == []
    known = {curve.metadata["candid"]: curve for path in paths for curve in readers.read(path)}
    assert {curve.metadata["candid"] for curve in seen} == set(known)
    for curve in seen:
        assert np.array_equal(curve.flux, known[curve.metadata["candid"]].flux, equal_nan=True)
        assert curve.object_id == known[curve.metadata["candid"]].object_id


def test_a_handler_that_fails_is_given_the_batch_again(cluster: Cluster, tmp_path: Path) -> None:
    cluster.send(*map(alert, range(1, 9)))
    given: list[int] = []

    def fails_once(light_curves: list[LightCurve]) -> None:
        given.extend(each.metadata["candid"] for each in light_curves)
        if len(given) < 9:
            raise OSError("the disk is full")

    with AlertStore(tmp_path / "alerts.sqlite") as store:
        with pytest.raises(OSError, match="disk"):
            stream(cluster, store, fails_once).run(until_end=True)
        stream(cluster, store, fails_once).run(until_end=True)
    assert set(given) == set(range(1, 9))
    assert len(given) > 8


def test_what_kafka_has_forgotten_the_store_knows(cluster: Cluster, tmp_path: Path) -> None:
    """Another group begins at the beginning: it finds everything handled."""
    cluster.send(*map(alert, range(1, 9)))
    with AlertStore(tmp_path / "alerts.sqlite") as store:
        stream(cluster, store).run(until_end=True)
        other = stream(cluster, store)
        other.config["group.id"] = "another"
        counts = other.run(until_end=True)
        assert (counts.handled, counts.repeated) == (0, 8)
        assert len(store.results()) == 8


def test_what_is_wrong_with_a_stream_is_told(cluster: Cluster, tmp_path: Path) -> None:
    with AlertStore(tmp_path / "alerts.sqlite") as store:
        lost = stream_of("127.0.0.1:1", store, print, batch=10)
        lost.config["socket.connection.setup.timeout.ms"] = 1000
        lost.answer_within = 0.2
        with pytest.raises(StreamError, match=r"no answer from Kafka at 127\.0\.0\.1:1"):
            lost.run()


@pytest.mark.slow
def test_a_process_killed_anywhere_loses_nothing_and_stores_nothing_twice(
    cluster: Cluster, tmp_path: Path
) -> None:
    wanted = 100 if os.environ.get("WORKBOOK_LONG") else 10
    rng, killer = np.random.default_rng(11), Killer()
    bad = [poison(name) for name in POISON]
    n_sent = n_bad = rounds = 0
    while killer.kills < wanted:
        new = [alert(number) for number in range(n_sent + 1, n_sent + 7)]
        cluster.send(*new, new[0], bad[n_bad % len(bad)])
        n_sent, n_bad, rounds = n_sent + len(new), n_bad + 1, rounds + 1
        # anywhere, anywhere in the store, or where results are stored and not yet marked
        places = [("live/", 500), ("store.py", 60), ("AlertStore.finish", 2)]
        where, lines = places[rounds % len(places)]
        killer.run(where, int(rng.integers(1, lines)), consume, cluster.servers, tmp_path)
    killer.finish(consume, cluster.servers, tmp_path)
    with closing(sqlite3.connect(tmp_path / "alerts.sqlite")) as database:
        stored = [candid for (candid,) in database.execute("SELECT candid FROM results")]
        letters = [value for (value,) in database.execute("SELECT value FROM dead_letters")]
    assert sorted(stored) == list(range(1, n_sent + 1))
    assert len(letters) == n_bad
    calls = (tmp_path / "calls.txt").read_text().split()
    print(
        f"{killer.kills} kills, {n_sent} alerts, handled {len(calls)} times, {n_bad} dead letters"
    )
    assert len(calls) > n_sent  # some came again after they were handled, and were known


def test_the_command(cluster: Cluster, tmp_path: Path) -> None:
    cluster.send(*map(alert, range(1, 4)), b"hello")
    config = tmp_path / "kafka.properties"
    config.write_text("# a comment\nlog_level = 0\n")
    arguments = ["--servers", cluster.servers, "--group", "me", "--config", str(config)]
    store = tmp_path / "alerts.sqlite"
    result = CliRunner().invoke(
        app, ["consume", TOPIC, "--store", str(store), "--until-end", *arguments]
    )
    assert result.exit_code == 0, result.output
    assert "3 alerts classified, 0 came again, 1 could not be read" in result.output
    assert "dead letter:" in result.output
    with AlertStore(store) as database:
        for (name, _), stored in database.results().items():
            assert stored["object_id"] == name
            assert sum(stored["probabilities"].values()) == pytest.approx(1)
    config.write_text("nonsense\n")
    result = CliRunner().invoke(app, ["consume", TOPIC, "--store", str(store), *arguments])
    assert result.exit_code == 2
    assert "line 1: not NAME=VALUE" in result.output


@pytest.mark.slow
def test_the_command_raises_alerts(cluster: Cluster, tmp_path: Path) -> None:
    """Each object of the stream is announced once, also if more alerts of it come."""
    cluster.send(*map(alert, range(1, 4)))
    settings, outbox = tmp_path / "alerts.yaml", tmp_path / "outbox.sqlite"
    rules = [f"{{class: {name}, min_probability: 0.01}}" for name in ("SNIa", "SNII", "TDE", "CV")]
    nobody = '"json://127.0.0.1:9/"'  # the alert waits in the outbox
    settings.write_text(f"rules: [{', '.join(rules)}]\nchannels: {{nobody: {nobody}}}\n")
    store = tmp_path / "alerts.sqlite"
    arguments = ["--servers", cluster.servers, "--group", "me", "--store", str(store)]
    arguments += ["--settings", str(settings), "--outbox", str(outbox), "--until-end"]
    for n_stored in (3, 5):
        result = CliRunner().invoke(app, ["consume", TOPIC, *arguments])
        assert result.exit_code == 0, result.output
        with AlertStore(store) as database:
            results = database.results()
        assert len(results) == n_stored
        with closing(Outbox(outbox)) as waiting:
            assert sorted(waiting.announced()) == sorted({name for name, _ in results})
        cluster.send(*map(alert, range(4, 6)))
