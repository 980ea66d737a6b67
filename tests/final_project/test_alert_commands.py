"""The commands of alerts and monitoring, and the demonstration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from final_project.real_files import DATA
from typer.testing import CliRunner

from grader.exercise import ROOT
from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project.__main__ import app
from solutions.final_project.alerts import TransientAlertSystem
from solutions.final_project.alerts.local_mail import address, mail_server, read_mail
from solutions.final_project.alerts.outbox import Outbox
from solutions.final_project.alerts.settings import read_settings
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.demo import EXAMPLE

runner = CliRunner()


@pytest.mark.slow
def test_alert_then_deliver_then_back_up(tmp_path: Path) -> None:
    settings, outbox = tmp_path / "alerts.yaml", tmp_path / "outbox.sqlite"
    points = str(DATA / "points.parquet")
    with mail_server(tmp_path / "mail") as port:
        channel = json.dumps(address(port))
        settings.write_text(
            f"rules: [{{class: TDE, min_probability: 0.8}}]\nchannels: {{mail: {channel}}}\n"
        )
        options = ["--settings", str(settings), "--outbox", str(outbox)]
        result = runner.invoke(app, ["alert", points, *options, "--now", "60000"])
        assert result.exit_code == 0, result.output
        assert "10 objects, 2 new alerts, 0 messages wait" in result.output
        again = runner.invoke(app, ["deliver", *options])
        assert "0 messages sent, 0 wait" in again.output
    assert {mail["X-Alert-Key"] for mail in read_mail(tmp_path / "mail")} == {
        "ZTF26zzeezzz-1",
        "ZTF26zzegzzz-1",
    }
    copy = runner.invoke(app, ["back-up", str(outbox), str(tmp_path / "copy.sqlite")])
    assert copy.exit_code == 0
    assert (tmp_path / "copy.sqlite").stat().st_size > 0


def test_what_is_wrong_is_told_without_a_traceback(tmp_path: Path) -> None:
    settings = tmp_path / "alerts.yaml"
    settings.write_text("rules:\n  - class: TDE\n    min_probability: high\n")
    for command in (["alert", str(DATA), "--settings"], ["deliver", "--settings"]):
        result = runner.invoke(app, [*command, str(settings)])
        assert result.exit_code == 2
        assert "line 3: rules.0.min_probability: Expected `float`" in result.output
    nothing = runner.invoke(app, ["dashboard", "--out", str(tmp_path)])
    assert nothing.exit_code == 2
    assert "no run of a monitor" in nothing.output


def test_the_example_is_good() -> None:
    assert [rule.kind for rule in read_settings(EXAMPLE).rules] == ["TDE", "CV"]


@pytest.mark.slow
def test_the_demonstration_needs_no_network(tmp_path: Path) -> None:
    """`unshare` gives it a machine with nothing but a loopback interface, where that is allowed."""
    command = [sys.executable, "-m", "solutions.final_project", "demo", "--out", str(tmp_path)]
    apart = ["unshare", "--net", "--map-root-user", "sh", "-c"]
    allowed = subprocess.run([*apart, "ip link set lo up"], capture_output=True).returncode == 0
    if allowed:
        command = [*apart, 'ip link set lo up && exec "$@"', "sh", *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    drifted = [line[4:9] for line in lines if "the input has drifted" in line]
    assert drifted == ["61077", "61084", "61091"], "the fault of the eighth night, and nothing else"
    mails = read_mail(tmp_path / "mail")
    assert len({mail["X-Alert-Key"] for mail in mails}) == len(mails) > 0
    assert any(mail["Subject"].startswith("TDE candidate") for mail in mails)
    assert (tmp_path / "first-alert.png").read_bytes().startswith(b"\x89PNG")
    assert "data:image/svg+xml" in (tmp_path / "dashboard.html").read_text("utf-8")


def test_a_stream_hands_over_light_curves_of_the_workbook(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    transients = [simulate_transient("TDE", rng, f"stream{i}") for i in range(3)]
    stored = Outbox(tmp_path / "outbox.sqlite")
    classifier = ProductionTransientClassifier()
    system = TransientAlertSystem({"TDE": 0.0}, outbox=stored.path, classifier=classifier)
    assert system.handle(transients) is None
    assert stored.counts()["answers"] == 3, "another reader of the file sees them at once"
    assert stored.announced() == ["stream0", "stream1", "stream2"]
    with pytest.raises(ValueError, match="handle needs a classifier"):
        TransientAlertSystem({"TDE": 0.8}, outbox=stored.path).handle(transients)
