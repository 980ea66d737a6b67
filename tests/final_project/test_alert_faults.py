"""Alerts arrive whatever happens: SIGKILL at random points, a dead server, a flood."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import apprise
import numpy as np
import pytest
from children import run_in_child
from final_project.alert_answers import NOW, answer

from solutions.final_project.alerts import TransientAlertSystem, sender
from solutions.final_project.alerts.local_mail import address, free_port, mail_server, read_mail
from solutions.final_project.alerts.outbox import Outbox

KILLS = 100 if os.environ.get("WORKBOOK_LONG") else 10
OBJECTS = 4
POINTS = 90  # statements and commands of a run without a kill
AFTER_MAIL = -1
MAIL_EVENTS = ("smtplib.connect", "smtplib.send")


def batches() -> list[list[dict]]:
    """Three nights: objects are announced, then one changes, then nothing is new."""
    names = [f"ZTF26zz{i}" for i in range(OBJECTS)]
    first = [answer(name, p=0.85) for name in names]
    return [first[:2], first, [answer(names[0], p=0.96), *first[1:]]]


EXPECTED = {f"ZTF26zz{i}-1" for i in range(OBJECTS)} | {"ZTF26zz0-2"}


def watch(folder: Path, port: int, point: int) -> None:
    """Process all nights from the beginning, as a stream does that has not heard "done".

    At the so-manieth statement of SQLite or command to the mail server the process is killed; at
    AFTER_MAIL, when the server has taken a message and the outbox does not know it.
    """
    system = TransientAlertSystem(
        {"TDE": 0.8},
        channels={"mail": address(port)},
        outbox=folder / "outbox.sqlite",
        messages_per_hour=1000,
        clock=clock_of(folder),
    )
    passed = 0

    def step(statement: str) -> None:
        nonlocal passed
        passed += 1
        if passed == point or (point == AFTER_MAIL and "SET sent" in statement):
            os.kill(os.getpid(), signal.SIGKILL)

    system.outbox.connection.set_trace_callback(step)
    sys.addaudithook(lambda event, _: step(event) if event in MAIL_EVENTS else None)
    for night, results in enumerate(batches()):
        system.process_classifications(results, now=NOW + night)


def clock_of(folder: Path) -> Callable[[], float]:
    """Return a clock that is two hours later in each process, so that no pause is left."""
    starts = folder / "starts"
    starts.write_text("*" + (starts.read_text() if starts.exists() else ""))
    return lambda: 7200.0 * len(starts.read_text())


@pytest.mark.slow
def test_each_alert_is_shown_once_whenever_the_process_is_killed(tmp_path: Path) -> None:
    """The mailbox may hold a message twice, under one key; no alert is missing or has two keys."""
    assert apprise.Apprise.instantiate(address(1))  # loads the plugins, for all children
    rng, kills, repeats = np.random.default_rng(1), 0, 0

    def run(folder: Path, port: int, point: int) -> int:
        return run_in_child(lambda: watch(folder, port, point))

    while kills < KILLS:
        folder, killed = tmp_path / f"{kills}", 0
        folder.mkdir()
        with mail_server(folder / "mail") as port:
            for point in (AFTER_MAIL, *rng.integers(1, POINTS, 4).tolist()):
                code = run(folder, port, point)
                assert code in (0, -signal.SIGKILL)
                killed += code != 0
            assert run(folder, port, 0) == 0
        assert Outbox(folder / "outbox.sqlite").counts()["waiting"] == 0
        shown = Counter(mail["X-Alert-Key"] for mail in read_mail(folder / "mail"))
        assert set(shown) == EXPECTED
        repeated = sum(shown.values()) - len(shown)
        assert 1 <= repeated <= killed, "what was under way comes again, and nothing else"
        kills, repeats = kills + killed, repeats + repeated
    print(f"{kills} kills, {repeats} messages came again")


def test_a_server_that_is_down_delays_and_loses_nothing(tmp_path: Path) -> None:
    port, now = free_port(), [0.0]
    system = TransientAlertSystem(
        {"TDE": 0.8},
        channels={"mail": address(port)},
        outbox=tmp_path / "outbox.sqlite",
        clock=lambda: now[0],
    )
    assert len(system.process_classifications(batches()[1], now=NOW)) == 4
    assert system.outbox.counts()["waiting"] == 4
    with mail_server(tmp_path / "mail", port):
        assert system.sender.deliver() == 3  # the first one was tried, and pauses for a minute
        now[0] = 61.0
        assert system.sender.deliver() == 1
    assert len(read_mail(tmp_path / "mail")) == 4


def test_a_flood_becomes_a_digest(tmp_path: Path) -> None:
    now = [0.0]
    with mail_server(tmp_path / "mail") as port:
        system = TransientAlertSystem(
            {"TDE": 0.8},
            channels={"mail": address(port)},
            outbox=tmp_path / "outbox.sqlite",
            messages_per_hour=3,
            clock=lambda: now[0],
        )
        flood = [answer(f"ZTF26zz{i:02d}", p=0.8 + i / 100) for i in range(12)]
        system.process_classifications(flood[:8], now=NOW)
        system.process_classifications(flood, now=NOW + 1)  # four more within the hour
        assert system.outbox.counts()["waiting"] == 4
        now[0] = sender.HOUR + 1
        system.sender.deliver()
    mails = read_mail(tmp_path / "mail")
    digests = [mail["Subject"] for mail in mails if "alerts in one message" in mail["Subject"]]
    assert sorted(digests) == ["2 alerts in one message", "6 alerts in one message"]
    assert len(mails) == 6, "two alone and a digest in each hour"
    told = " ".join(mail.get_body().get_content() for mail in mails)
    for i in range(12):
        assert told.count(f"ZTF26zz{i:02d} looks like") == 1
