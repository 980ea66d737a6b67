"""Rules, settings, messages and updates; a real mail server and a webhook take them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from final_project.alert_answers import NOW, answer, curve, refusal

from solutions.final_project.alerts import TransientAlertSystem
from solutions.final_project.alerts.candidate import Facts, make_candidate
from solutions.final_project.alerts.local_mail import address, mail_server, read_mail
from solutions.final_project.alerts.message import first_alert, position, update
from solutions.final_project.alerts.outbox import Outbox
from solutions.final_project.alerts.rules import Rule
from solutions.final_project.alerts.settings import SettingsError, read_settings

GOOD = """\
# what we want to hear of
rules:
  - class: TDE
    min_probability: 0.8
    max_unknown: 0.5
  - class: CV
    min_probability: 0.95
    max_days_since_first_detection: 3
channels:
  mail: mailto://alerts:${SKY_PASSWORD}@mail.example.org?to=team@example.org
messages_per_hour: 5
"""


def system(folder: Path, **more: Any) -> TransientAlertSystem:
    return TransientAlertSystem({"TDE": 0.8}, outbox=folder / "outbox.sqlite", **more)


# Rules


@pytest.mark.parametrize(
    ("bound", "value", "holds"),
    [
        ("max_uncertainty", 0.11, True),
        ("max_uncertainty", 0.1, False),
        ("max_epistemic", 0.005, False),
        ("max_unknown", 0.2, True),
        ("max_unknown", 0.1, False),
        ("max_magnitude", 19.0, True),
        ("max_magnitude", 18.9, False),
        ("min_detections", 20, True),
        ("min_detections", 21, False),
        ("min_days_since_first_detection", 41, True),
        ("min_days_since_first_detection", 42, False),
        ("max_days_since_first_detection", 40, False),
        ("max_days_since_last_detection", 1, True),
        ("max_days_since_last_detection", 0.5, False),
    ],
)
def test_each_bound_of_a_rule(bound: str, value: float, holds: bool) -> None:
    candidate = make_candidate(answer(), curve(), NOW)
    assert Rule(kind="TDE", min_probability=0.9, **{bound: value}).permits(candidate) is holds


def test_the_short_form_is_a_rule_of_one_bound(tmp_path: Path) -> None:
    results = [answer("a", p=0.8), answer("b", p=0.79), answer("c", kind="CV"), refusal("d")]
    new = system(tmp_path).process_classifications(results, now=NOW)
    assert [alert.key for alert in new] == ["a-1"]


def test_what_is_wrong_with_thresholds_and_results_is_said(tmp_path: Path) -> None:
    for thresholds, words in (({}, "no rule"), ({"TDE": 80}, "TDE is 80"), ({"SN": 0.5}, "'SN'")):
        with pytest.raises(ValueError, match=words):
            TransientAlertSystem(thresholds, outbox=tmp_path / "outbox.sqlite")
    rule = Rule(kind="TDE", min_probability=0.5, max_magnitude=19.0)
    for results, words in (([answer()], "needs the light curves"), ([{"object_id": "a"}], "no 'p")):
        with pytest.raises(ValueError, match=words):
            system(tmp_path, rules=[rule]).process_classifications(results)


def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD)
    monkeypatch.setenv("SKY_PASSWORD", "secret")
    settings = read_settings(path)
    assert [rule.kind for rule in settings.rules] == ["TDE", "CV"]
    assert settings.channels["mail"].startswith("mailto://alerts:secret@")
    assert "Lasair" in settings.links
    built = TransientAlertSystem.from_settings(settings, outbox=tmp_path / "outbox.sqlite")
    assert built.rules == settings.rules
    assert built.sender.per_hour == 5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("max_unknown: 0.5", "max_unknow: 0.5", "line 5: rules.0.max_unknow: Object contains unk"),
        ("0.8", "80%", "line 4: rules.0.min_probability: Expected `float`, got `str`"),
        ("0.95", "95", "line 7: rules.1.min_probability: Expected `float` <= 1.0"),
        ("class: CV", "class: SN", "line 6: rules.1: class is 'SN'; known are SNIa, SNII"),
        ("    min_probability: 0.8\n", "", "line 3: rules.0: Object missing required field"),
        ("max_unknown", "min_probability", 'line 5: found duplicate key "min_probability"'),
        ("messages_per_hour: 5", "messages_per_hour: 0", "line 11: messages_per_hour: Expected"),
        ("rules:", "rules: {", "line "),
        ("SKY_PASSWORD", "SKY_NOTHING", "line 10: the environment has no variable SKY_NOTHING"),
    ],
)
def test_errors_name_the_line(
    old: str, new: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKY_PASSWORD", "secret")
    path = tmp_path / "alerts.yaml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    assert str(error.value).startswith(f"{path}, {told}")


def test_a_channel_that_apprise_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="channel pager: Apprise cannot read the address"):
        system(tmp_path, channels={"pager": "pigeon://coop"})


# Alerts and updates


def test_an_object_is_announced_once_and_then_updated() -> None:
    rule = Rule(kind="TDE", min_probability=0.8)
    last = first_alert(rule, make_candidate(answer(p=0.85), curve(), NOW))
    nights = [
        (answer(p=0.87), curve(last=NOW)),  # nothing new
        (answer(p=0.97), curve(last=NOW + 1)),
        (answer(p=0.97), curve(peak=17.0, last=NOW + 2)),
        (answer(kind="SNII", p=0.7), curve(peak=17.0, last=NOW + 3)),
        (answer(kind="SNII", p=0.8), curve(peak=17.0, last=NOW + 4)),  # withdrawn already
        (answer(p=0.9), curve(peak=17.0, last=NOW + 5)),
        (answer(p=0.2), curve(last=NOW - 5)),  # an old batch that comes again
    ]
    told = []
    for night, (result, light_curve) in enumerate(nights):
        candidate = make_candidate(result, light_curve, NOW + night)
        new = update(last, rule if rule.permits(candidate) else None, candidate, 0.1)
        told.append(new.changes if new else None)
        last = new or last
    assert told == [
        None,
        ["The probability of TDE rose from 0.85 to 0.97."],
        ["Its peak rose from 18.0 to 17.0 mag."],
        ["It no longer meets any rule.", "The probability of TDE fell from 0.97 to 0.08."],
        None,
        ["It meets a rule again.", "The probability of TDE rose from 0.08 to 0.90."],
        None,
    ]
    assert last.key == "ZTF26zzaa-5"


def test_an_object_that_only_grows_old_is_not_withdrawn(tmp_path: Path) -> None:
    rule = Rule(kind="TDE", min_probability=0.8, max_days_since_last_detection=2)
    watching = TransientAlertSystem({}, rules=[rule], outbox=tmp_path / "outbox.sqlite")
    for night, expected in ((0, 1), (30, 0)):
        new = watching.process_classifications([answer()], light_curves=[curve()], now=NOW + night)
        assert len(new) == expected


def test_two_processes_announce_an_object_once(tmp_path: Path) -> None:
    one, other = system(tmp_path), system(tmp_path)
    alert = one._alert(answer(), None, NOW)
    assert alert is not None
    assert len(other.process_classifications([answer(p=0.95)], now=NOW)) == 1
    assert one.outbox.add([], [alert], ["mail"], NOW, 0.0) == []


def test_answers_are_stored_and_backed_up(tmp_path: Path) -> None:
    watching = system(tmp_path)
    results = [answer(seconds=np.float32(0.5)), refusal("b")]
    watching.process_classifications(results, now=NOW)
    watching.process_classifications(results, now=NOW)
    watching.outbox.back_up(tmp_path / "copy.sqlite")
    assert Outbox(tmp_path / "copy.sqlite").counts() == {"answers": 2, "alerts": 1, "waiting": 0}


# Messages


def test_a_mail_says_all_and_updates_join_its_thread(tmp_path: Path) -> None:
    with mail_server(tmp_path / "mail") as port:
        watching = system(tmp_path, channels={"mail": address(port)})
        for night, p in enumerate((0.85, 0.97)):
            watching.process_classifications([answer(p=p)], light_curves=[curve()], now=NOW + night)
    first, second = read_mail(tmp_path / "mail")
    assert (first["Subject"], second["Subject"]) == (
        "TDE candidate ZTF26zzaa",
        "Re: TDE candidate ZTF26zzaa",
    )
    assert (first["X-Alert-Key"], second["X-Alert-Key"]) == ("ZTF26zzaa-1", "ZTF26zzaa-2")
    assert first["References"] == second["References"] == "<ZTF26zzaa@alerts.invalid>"
    text = first.get_body().get_content()
    for words in (
        "ZTF26zzaa looks like a tidal disruption event (TDE), probability 0.85.",
        "Uncertainty (variance of the class): 0.11 of at most 0.80",
        "19.00 mag in r at last (difference image), peak 18.00 mag",
        "20, the first 41.0 and the last 1.0 days ago (MJD 60999.000)",
        "10:01:00.0 -02:30:00 (150.25000 -2.50000, J2000)",
        "TNS: https://www.wis-tns.org/search?ra=150.250000&decl=-2.500000",
        "Rule: class TDE, min probability 0.8",
    ):
        assert words in text
    body = second.get_body().get_content()
    assert body.startswith("Update 1. ZTF26zzaa looks like a tidal disruption event (TDE)")
    (picture,) = first.iter_attachments()
    assert picture.get_filename() == "ZTF26zzaa-1.png"
    assert picture.get_content().startswith(b"\x89PNG")


def test_positions() -> None:
    def at(ra: float | None, dec: float | None) -> str:
        return position(Facts(18.0, "g", 18.0, 1, NOW, NOW, ra, dec))

    assert at(359.99999, -0.00014).startswith("00:00:00.0 -00:00:01 (359.99999")
    assert at(None, 1.0) == "not in the data"


@contextmanager
def webhook(status: list[int]) -> Iterator[tuple[int, list[tuple[dict, dict]]]]:
    """Serve HTTP on this machine; yields the port, and headers and JSON of what is posted."""
    posted: list[tuple[dict, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.append((dict(self.headers), content))
            self.send_response(status.pop(0) if status else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, posted
    finally:
        server.shutdown()
        server.server_close()


def test_a_webhook_gets_key_words_and_picture_and_a_refusal_is_tried_again(tmp_path: Path) -> None:
    now = [0.0]
    with webhook([503]) as (port, posted), mail_server(tmp_path / "mail") as mail:
        channels = {"hook": f"json://127.0.0.1:{port}/alerts", "mail": address(mail)}
        watching = system(tmp_path, channels=channels, clock=lambda: now[0])
        watching.process_classifications([answer()], light_curves=[curve()], now=NOW)
        now[0] = 61.0
        assert watching.sender.deliver() == 1
    assert len(read_mail(tmp_path / "mail")) == 1, "the other channel is not told again"
    assert [headers["X-Alert-Key"] for headers, _ in posted] == ["ZTF26zzaa-1"] * 2
    content = posted[1][1]
    assert content["title"] == "TDE candidate ZTF26zzaa"
    assert base64.b64decode(content["attachments"][0]["base64"]).startswith(b"\x89PNG")
