"""Alerts in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from solutions.final_project.alerts.candidate import Candidate, Facts
from solutions.final_project.alerts.rules import Rule

NAMES = {
    "SNIa": "a type Ia supernova (SNIa)",
    "SNII": "a type II supernova (SNII)",
    "CV": "a cataclysmic variable (CV)",
    "AGN": "an active galactic nucleus (AGN)",
    "TDE": "a tidal disruption event (TDE)",
}
BRIGHTER = 0.5  # [mag] that are worth a sentence, and an update
DOMAIN = "alerts.invalid"  # of the identifiers in the headers; no such host exists (RFC 2606)


class Alert(msgspec.Struct, frozen=True):
    """What is said of an object: number 1 announces it, later numbers are updates.

    Attributes:
        object_id, number: which object, and the how-manieth message about it.
        kind: the class of the rule that it was announced by.
        rule: the rule in words; empty if none holds any more.
        candidate: what is known.
        changes: what is new in an update, in sentences.
        first_kind: the class that it was announced as at first, which stays in the subject.
    """

    object_id: str
    number: int
    kind: str
    rule: str
    candidate: Candidate
    changes: list[str]
    first_kind: str

    @property
    def key(self) -> str:
        """Name of the alert, the same however often it is sent."""
        return f"{self.object_id}-{self.number}"

    @property
    def probability(self) -> float:
        """Probability of the class."""
        return self.candidate.probabilities.get(self.kind, 0.0)


@dataclass(frozen=True)
class Message:
    """What goes out.

    Attributes:
        key: the same if it is sent again.
        thread: name of the object, whose messages belong together; empty for a digest.
        subject, body: plain text.
        picture: a PNG, or None.
    """

    key: str
    thread: str
    subject: str
    body: str
    picture: bytes | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Headers by which readers drop repetitions and mail programs make threads.

        All messages of an object refer to the same identifier, which no message has. RFC 5322
        allows that, and mail programs show them as one thread.
        """
        headers = {"X-Alert-Key": self.key}
        if self.thread:
            root = f"<{quote(self.thread, safe='')}@{DOMAIN}>"
            headers |= {"In-Reply-To": root, "References": root}
        return headers


def first_alert(rule: Rule, candidate: Candidate) -> Alert:
    """Return the alert that announces an object."""
    return Alert(candidate.object_id, 1, rule.kind, str(rule), candidate, [], rule.kind)


def update(
    before: Alert, rule: Rule | None, candidate: Candidate, min_change: float
) -> Alert | None:
    """Return the next message about an object, None if nothing is new or this is older.

    Args:
        before: the last message.
        rule: the one that holds now, if any does.
        candidate: what is known now.
        min_change: by how much the probability has to change.
    """
    kind = rule.kind if rule else before.kind
    news = changes(before, kind, rule is not None, candidate, min_change)
    if not news or not (rule or before.rule) or _is_older(candidate, before.candidate):
        return None
    return Alert(
        candidate.object_id, before.number + 1, kind, str(rule or ""), candidate, news,
        before.first_kind,
    )  # fmt: skip


def _is_older(candidate: Candidate, known: Candidate) -> bool:
    """Tell whether a batch comes again, of which later ones have been processed."""
    if candidate.facts and known.facts:
        return candidate.facts.last_detection < known.facts.last_detection
    return candidate.now < known.now


def changes(
    before: Alert, kind: str, holds: bool, candidate: Candidate, min_change: float
) -> list[str]:
    """Return what is new since the last message about an object, in sentences; empty if nothing is.

    Args:
        before: the last message.
        kind: the class it is now announced as.
        holds: whether any rule holds.
        candidate: what is known now.
        min_change: by how much the probability has to change.
    """
    told = []
    if not holds and before.rule:
        told.append("It no longer meets any rule.")
    elif holds and not before.rule:
        told.append("It meets a rule again.")
    if kind != before.kind:
        told.append(f"It was announced as {NAMES[before.kind]} before.")
    old, new = (each.probabilities.get(kind, 0.0) for each in (before.candidate, candidate))
    if abs(new - old) >= min_change:
        verb = "rose" if new > old else "fell"
        told.append(f"The probability of {kind} {verb} from {old:.2f} to {new:.2f}.")
    return told + _brightness(before.candidate.facts, candidate.facts)


def _brightness(before: Facts | None, now: Facts | None) -> list[str]:
    if before is None or now is None or before.peak_magnitude - now.peak_magnitude < BRIGHTER:
        return []
    return [f"Its peak rose from {before.peak_magnitude:.1f} to {now.peak_magnitude:.1f} mag."]


def message_of(alert: Alert, links: Mapping[str, str], picture: bytes | None) -> Message:
    """Return the message about one alert."""
    again = "Re: " if alert.number > 1 else ""
    subject = f"{again}{alert.first_kind} candidate {alert.object_id}"
    parts = [_headline(alert), _numbers(alert), _facts(alert.candidate)]
    parts += [_links(alert, links), f"Rule: {alert.rule or 'none any more'}\nKey: {alert.key}"]
    body = "\n\n".join(part for part in parts if part)
    return Message(alert.key, alert.object_id, subject, body, picture)


def _headline(alert: Alert) -> str:
    if not alert.rule:
        text = f"{alert.object_id}: the alert is withdrawn."
    else:
        kind, p = NAMES[alert.kind], alert.probability
        text = f"{alert.object_id} looks like {kind}, probability {p:.2f}."
    if alert.number > 1:
        text = f"Update {alert.number - 1}. {text}"
    return " ".join([text, *alert.changes])


def _numbers(alert: Alert) -> str:
    candidate = alert.candidate
    ordered = sorted(candidate.probabilities.items(), key=lambda each: -each[1])
    lines = ["Probabilities: " + ", ".join(f"{name} {p:.2f}" for name, p in ordered)]
    if candidate.predicted != alert.kind:
        lines.append(
            f"The answer of the classifier is {candidate.predicted}: it weighs a missed rare "
            "object more."
        )
    lines.append(
        f"Uncertainty (variance of the class): {candidate.uncertainty:.2f} of at most 0.80, of "
        f"which {candidate.epistemic:.3f} is disagreement within the ensemble"
    )
    lines.append(f"Unlike anything known: {candidate.unknown:.2f} (0 not at all, 1 very)")
    return "\n".join(lines)


def _facts(candidate: Candidate) -> str:
    facts = candidate.facts
    if facts is None:
        return ""
    first, last = (candidate.now - t for t in (facts.first_detection, facts.last_detection))
    lines = [
        f"Brightness: {facts.magnitude:.2f} mag in {facts.band} at last (difference image), peak "
        f"{facts.peak_magnitude:.2f} mag",
        f"Detections: {facts.detections}, the first {first:.1f} and the last {last:.1f} days ago "
        f"(MJD {facts.last_detection:.3f})",
    ]
    return "\n".join([*lines, f"Position: {position(facts)}"])


def position(facts: Facts) -> str:
    """Return right ascension and declination, sexagesimal and in degrees."""
    if facts.ra is None or facts.dec is None:
        return "not in the data"
    seconds = round(facts.ra / 15 * 36000) % 864000  # in tenths
    arc = round(abs(facts.dec) * 3600)
    ra = f"{seconds // 36000:02d}:{seconds // 600 % 60:02d}:{seconds % 600 / 10:04.1f}"
    dec = f"{'-' if facts.dec < 0 else '+'}{arc // 3600:02d}:{arc // 60 % 60:02d}:{arc % 60:02d}"
    return f"{ra} {dec} ({facts.ra:.5f} {facts.dec:+.5f}, J2000)"


def _links(alert: Alert, links: Mapping[str, str]) -> str:
    facts = alert.candidate.facts
    known = {"object_id": quote(alert.object_id)}
    if re.fullmatch(r"ZTF\d\d[a-z]{7}", alert.object_id):
        known["ztf"] = alert.object_id
    if facts is not None and facts.ra is not None:
        known |= {"ra": f"{facts.ra:.6f}", "dec": f"{facts.dec:.6f}"}
    lines = []
    for name, link in links.items():
        try:
            lines.append(f"{name}: {link.format_map(known)}")
        except KeyError:  # the position or the name at ZTF is not known
            continue
    return "\n".join(lines)


def digest_of(key: str, alerts: Sequence[Alert], links: Mapping[str, str]) -> Message:
    """Return one message about many alerts, the most probable ones first."""
    ordered = sorted(alerts, key=lambda alert: -alert.probability)
    lines = [
        f"{len(alerts)} alerts came faster than messages may be sent. Each of them is here and "
        "nowhere else."
    ]
    lines += ["\n".join(filter(None, (_line(each), _links(each, links)))) for each in ordered]
    body = "\n\n".join([*lines, f"Key: {key}"])
    return Message(key, "", f"{len(alerts)} alerts in one message", body)


def _line(alert: Alert) -> str:
    facts = alert.candidate.facts
    where = f", {facts.magnitude:.1f} mag, {position(facts)}" if facts else ""
    return f"{_headline(alert)} ({alert.key}{where})"
