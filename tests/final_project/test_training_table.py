"""Building a training set: real clients of the brokers against a server that replays samples."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from real_files import DATA
from typer.testing import CliRunner

from solutions.final_project.__main__ import app
from solutions.final_project.light_curve import from_table
from solutions.final_project.live import brokers
from solutions.final_project.live.http import Patience
from solutions.final_project.readers import read_labels
from solutions.final_project.samples.sky import Sky
from solutions.final_project.samples.text import alerce_answer, lasair_object

LABELS = DATA / "tns_public_objects.csv"
WANTED = 18  # of 19 objects in the file one has no type


class Broker:
    """A server on this machine that answers as ALeRCE and Lasair do."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.refuse: set[str] = set()  # objects for which there is an error
        broker = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.split("/")[-2]  # /ztf/v1/objects/NAME/lightcurve
                answer = dict(alerce_answer(Sky().object("SNIa", 7).first(24)))
                for part in ("detections", "forced_photometry"):
                    answer[part] = [row | {"oid": name} for row in answer[part]]
                self.reply(name, answer | {"oid": name})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                name = re.findall(r"ZTF\d\d\w+", self.rfile.read(length).decode())[0]
                assert self.headers["Authorization"] == "Token secret"
                self.reply(name, json.loads(lasair_object(Sky())) | {"objectId": name})

            def reply(self, name: str, answer: Any) -> None:
                broker.asked[name] += 1
                body = json.dumps(answer).encode()
                self.send_response(500 if name in broker.refuse else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    broker = Broker()
    monkeypatch.setenv("LASAIR_TOKEN", "secret")
    monkeypatch.setattr(brokers, "Patience", partial(Patience, tries=3, first_wait=0.0))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield broker
    broker.server.shutdown()
    broker.server.server_close()


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["build-table", *map(str, arguments)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alerce", "lasair"])
def test_a_table_from_labels_and_a_broker(name: str, broker: Broker, tmp_path: Path) -> None:
    pytest.importorskip(name, reason=f"the client of {name} is not installed")
    out = tmp_path / "table.parquet"
    result = run(LABELS, "--broker", name, "--url", broker.url, "--out", out)
    assert result.exit_code == 0, result.output
    assert f"{WANTED} objects ({WANTED} fetched, 0 from the cache); 0 failed" in result.output
    table = pd.read_parquet(out)
    curves = from_table(table)
    assert len(curves) == WANTED
    labels = read_labels(LABELS).set_index("object_id")
    for curve in curves:
        assert curve.metadata["label"] == labels.loc[curve.object_id, "label"]
        assert curve.sign_known
        assert np.isnan(curve.flux).any()
        assert curve.is_detection.sum() >= 10
    assert set(table["flux_kind"]) <= {"diff_alert", "diff_forced"}
    assert table.loc[table["mag_lim"].notna(), "flux"].isna().all()


@pytest.mark.slow
def test_a_run_that_was_cut_off_goes_on(broker: Broker, tmp_path: Path) -> None:
    pytest.importorskip("alerce", reason="ALeRCE's client is not installed")
    out, cache = tmp_path / "table.parquet", tmp_path / "answers"
    arguments = (LABELS, "--url", broker.url, "--out", out, "--cache", cache)
    assert run(*arguments, "--limit", 5).exit_code == 0
    assert sum(broker.asked.values()) == 5
    (cache / "ZTF26zzzzzfz.part").write_text("half an answer")
    broker.refuse = {"ZTF26zzzzzgz"}
    result = run(*arguments)
    assert result.exit_code == 0
    assert "17 objects (12 fetched, 5 from the cache); 1 failed" in result.output
    assert "status 500, at the last of 3 tries" in result.output
    assert broker.asked["ZTF26zzzzzgz"] == 3
    broker.refuse = set()
    result = run(*arguments)
    assert "18 objects (1 fetched, 17 from the cache); 0 failed" in result.output
    assert max(Counter(broker.asked.elements()).values()) == 4


def test_what_cannot_work_is_said_before_anything_is_asked(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "table.parquet"
    result = run(LABELS, "--broker", "mars", "--out", out)
    assert result.exit_code == 2
    assert "known are lasair, antares, alerce" in result.output
    result = run(DATA / "lasair_object.json", "--out", out)
    assert result.exit_code == 2
    assert "no table of names and types" in result.output
    monkeypatch.delenv("LASAIR_TOKEN")
    pytest.importorskip("lasair", reason="Lasair's client is not installed")
    result = run(LABELS, "--broker", "lasair", "--out", out)
    assert result.exit_code == 2
    assert "LASAIR_TOKEN" in result.output
    assert not out.exists()
    assert not broker.asked
