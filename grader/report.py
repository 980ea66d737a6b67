"""The class report: static pages that an instructor reads after ``grader grade``.

Names of learners and messages come from learners and are not trusted: Jinja2 escapes all of them,
file names are made of a-z, 0-9 and hyphens only, and the pages allow no script but their own.
"""

import base64
import hashlib
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.exercise import label, place, round_points
from grader.results import write_whole

TEMPLATES = Path(__file__).parent / "templates"
STATUSES = {  # status -> what a table cell shows, and the same in words
    "passed": ("✓", "passed"),
    "failed": ("✗", "wrong"),
    "error": ("!", "crashed"),
    "timeout": ("T", "took too long"),
    "missing": ("○", "not written"),
}


@dataclass(frozen=True)
class Column:
    """One exercise of the class table: ids of its core and bonus parts, points without bonus."""

    slug: str
    core: list[str]
    bonus: list[str]
    maximum: float


@dataclass(frozen=True)
class Learner:
    """A learner's graded exercises by slug, and the rows of what was not graded."""

    name: str
    page: str
    exercises: dict[str, dict[str, Any]]
    rows: list[Mapping[str, Any]]

    @property
    def lacking(self) -> list[Mapping[str, Any]]:
        """The rows because of which the learner may be missing marks."""
        return [row for row in self.rows if row["marks_missing"]]

    @property
    def troubles(self) -> dict[str, str]:
        """Why exercises have no marks that should have some, by slug."""
        reasons = {row["exercise"]: row["reason"] for row in self.lacking if row["exercise"]}
        return {slug: why for slug, why in reasons.items() if slug not in self.exercises}

    @property
    def points(self) -> float:
        return round_points(sum(exercise["points"] for exercise in self.exercises.values()))

    @property
    def bonus(self) -> float:
        return round_points(sum(exercise["bonus"] for exercise in self.exercises.values()))

    @property
    def parts(self) -> list[dict[str, Any]]:
        return [part for exercise in self.exercises.values() for part in exercise["parts"]]

    @property
    def did_nothing(self) -> bool:
        return not self.lacking and all(part["status"] == "missing" for part in self.parts)

    @property
    def unjudged(self) -> bool:
        """Nothing of this learner's could be graded, so that there is no score, not even zero."""
        return bool(self.lacking) and not self.exercises

    def is_ungraded(self, slug: str) -> bool:
        """Whether an exercise has no marks, but perhaps should have some."""
        return slug in self.troubles or self.unjudged

    def possible(self, table: Iterable[Column]) -> float:
        """Points within reach: of all exercises but those the grader failed to grade."""
        return sum(column.maximum for column in table if column.slug not in self.troubles)

    def summary(self, table: Iterable[Column]) -> str:
        """What is amiss in words: ``2 wrong, 1 not written, Exercise 2 not handed in``."""
        if self.did_nothing:
            return "no notebook handed in" if self.rows and not self.exercises else "did nothing"
        if self.unjudged and not self.troubles:
            return "not graded"
        unread = [slug for slug, exercise in self.exercises.items() if unreadable(exercise)]
        read = [one for slug, one in self.exercises.items() if slug not in unread]
        parts = [part for exercise in read for part in exercise["parts"]]
        counts = Counter(part["status"] for part in parts if not part["bonus"])
        del counts["passed"]
        amiss = [f"{counts[s]} {words}" for s, (_, words) in STATUSES.items() if counts[s]]
        absent = [column.slug for column in table if column.slug not in self.exercises]
        ungraded = [slug for slug in absent if slug in self.troubles]
        unseen = [slug for slug in absent if slug not in self.troubles]
        amiss += [f"{exercise_names(unread)} not read"] if unread else []
        amiss += [f"{exercise_names(ungraded)} not graded"] if ungraded else []
        amiss += [f"{exercise_names(unseen)} not handed in"] if unseen else []
        return ", ".join(amiss)


def number(value: float) -> str:
    """At most two decimals, without trailing zeros: 7.5, 10, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def prose(text: str) -> Markup:
    """A message as HTML: everything escaped, `code` between backticks set as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))


def readable(slug: str) -> str:
    """``averaged-over-padding`` -> ``Averaged over padding``."""
    words = re.sub(r"[-_\s]+", " ", slug).strip()
    return words[:1].upper() + words[1:]


def exercise_title(slug: str) -> str:
    """``ex02_light_curve_classes`` -> ``Exercise 2: Light curve classes``."""
    match = re.fullmatch(r"ex\d\d_(.+)", slug, re.ASCII)
    if match is None:
        return readable(slug)
    name, words = label(slug), readable(match[1])
    return name if name == words else f"{name}: {words}"


def when(moment: str) -> str:
    """``2026-03-05T10:00:00+00:00`` -> ``2026-03-05 10:00 UTC``."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def exercise_names(slugs: Sequence[str]) -> str:
    """``Exercise 2`` for one exercise, ``3 exercises`` for several."""
    return exercise_title(slugs[0]).split(":")[0] if len(slugs) == 1 else f"{len(slugs)} exercises"


def page_names(students: Iterable[str]) -> dict[str, str]:
    """Student -> file name that is safe on any file system and given to nobody else."""
    pages: dict[str, str] = {}
    for student in students:
        plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "learner"
        name, count = f"{stem}.html", 2
        while name in pages.values():
            name, count = f"{stem}-{count}.html", count + 1
        pages[student] = name
    return pages


def gather(results: dict[str, Any]) -> list[Learner]:
    """All learners by name, also those of whose work nothing could be graded."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in results.get("not_graded", ()):
        if row["student"] is not None:
            rows[row["student"]].append(row)
    handed_in = {entry["student"]: entry["exercises"] for entry in results["submissions"]}
    learners = []
    for name, page in page_names(sorted(handed_in.keys() | rows, key=str.casefold)).items():
        by_slug = {exercise["exercise"]: exercise for exercise in handed_in.get(name, ())}
        learners.append(Learner(name, page, dict(sorted(by_slug.items())), rows[name]))
    return learners


def columns(learners: Sequence[Learner]) -> list[Column]:
    """The exercises of the class, each with every part that any learner's result has."""
    table = []
    for slug in sorted({s for one in learners for s in (*one.exercises, *one.troubles)}):
        graded = [one.exercises[slug] for one in learners if slug in one.exercises]
        bonus = {part["id"]: part["bonus"] for exercise in graded for part in exercise["parts"]}
        core, extra = ([part for part in bonus if bonus[part] is kind] for kind in (False, True))
        maximum = max((exercise["max_points"] for exercise in graded), default=0.0)
        table.append(Column(slug, core, extra, maximum))
    return table


def unreadable(exercise: dict[str, Any]) -> str | None:
    """The one error that all parts share, as when the notebook could not be read at all."""
    found = {(part["status"], part["message"]) for part in exercise["parts"]}
    status, message = found.pop() if len(found) == 1 else ("", "")
    return message if status == "error" and len(exercise["parts"]) > 1 else None


def misconceptions(learners: Iterable[Learner]) -> list[dict[str, Any]]:
    """Each recognised misconception: slug, part, its learners, one message; commonest first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    answers = [(one, part) for one in learners for part in one.parts]
    answers.sort(key=lambda pair: bool(pair[1].get("followed")))  # whose message is about our code
    for learner, part in answers:
        if slug := part["misconception"]:
            new = {"slug": slug, "part": part["id"], "message": part["message"], "learners": []}
            found.setdefault((part["id"], slug), new)["learners"].append(learner)
    return sorted(found.values(), key=lambda one: -len(one["learners"]))


def hardest(learners: Iterable[Learner]) -> list[dict[str, Any]]:
    """Core parts that somebody did not pass: id, counts by status, pass rate; lowest rate first.

    Notebooks that could not be read say nothing about a part and are left out.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    exercises = (exercise for learner in learners for exercise in learner.exercises.values())
    for exercise in exercises:
        for part in exercise["parts"] if unreadable(exercise) is None else ():
            if not part["bonus"]:
                counts[part["id"]][part["status"]] += 1
    rates = [(count["passed"] / count.total(), id) for id, count in counts.items()]
    rates.sort(key=lambda pair: (pair[0], place(pair[1])))
    return [{"part": id, "rate": rate, "statuses": counts[id]} for rate, id in rates if rate < 1]


def need_help(learners: Iterable[Learner], table: Sequence[Column]) -> list[Learner]:
    """Learners with less than half of the points within their reach, the lowest share first."""
    judged = (one for one in learners if one.possible(table) and not one.unjudged)
    shares = [(one.points / one.possible(table), one) for one in judged]
    return [one for share, one in sorted(shares, key=lambda pair: pair[0]) if share < 0.5]


def histogram(points: Iterable[float], maximum: float, bins: int = 10) -> list[int]:
    """How many values fall into each of equal bins from 0 to maximum; full marks in the last."""
    counts = [0] * bins
    for value in points:
        share = value / maximum if maximum else 0.0
        counts[min(int(share * bins + 1e-9), bins - 1)] += 1
    return counts


def headline(learners: Iterable[Learner], maximum: float) -> dict[str, Any]:
    """The class in numbers; points are compared between learners graded in everything."""
    complete = [one.points for one in learners if not one.lacking]
    timeouts = [sum(part["status"] == "timeout" for part in one.parts) for one in learners]
    return {
        "maximum": maximum,
        "complete": len(complete),
        "median": statistics.median(complete) if complete else None,
        "full": sum(maximum > 0 and points >= maximum - 1e-9 for points in complete),
        "nothing": sum(one.did_nothing for one in learners),
        "timeouts": sum(timeouts),
        "timed_out": sum(count > 0 for count in timeouts),
        "bins": histogram(complete, maximum),
    }


def sandbox_is_off(sandbox: str | None) -> bool:
    """Whether ``results["sandbox"]`` says that learners' code ran without isolation."""
    return not sandbox or bool(re.match(r"(off|none|disabled|no.sandbox)\b", sandbox, re.I))


def environment() -> Environment:
    """Jinja2 with escaping everywhere and the filters of the templates."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    env.filters.update(number=number, prose=prose, readable=readable, when=when)
    env.filters.update(exercise=exercise_title)
    env.globals.update(script=Markup(script), script_hash=f"sha256-{digest}", statuses=STATUSES)
    return env


def ran_without_walls(results: dict[str, Any]) -> bool:
    """Whether any of the results were obtained with the sandbox off."""
    exercises = [one for entry in results["submissions"] for one in entry["exercises"]]
    return any(sandbox_is_off(one.get("sandbox", results["sandbox"])) for one in exercises) or (
        not exercises and sandbox_is_off(results["sandbox"])
    )


def write_report(results: dict[str, Any], parts: Mapping[str, str], out: Path) -> Path:
    """Write ``out/index.html`` and a page per learner into ``out/learners``.

    results: the dict of ``results.json``; parts: part id -> title. Returns the index.
    """
    learners = gather(results)
    table = columns(learners)
    rows = results.get("not_graded", [])
    pages = {one.name: one for one in learners}
    exercises = [(one, slug, ex) for one in learners for slug, ex in one.exercises.items()]
    unread = [(one, slug, why) for one, slug, ex in exercises if (why := unreadable(ex))]
    ungraded = [(pages.get(row["student"]), row) for row in rows if row["marks_missing"]]
    env = environment()
    env.globals.update(titles=parts, table=table, no_walls=ran_without_walls(results))
    page = env.get_template("class.html").render(
        results=results,
        learners=learners,
        numbers=headline(learners, sum(column.maximum for column in table)),
        low=need_help(learners, table),
        misconceptions=misconceptions(learners),
        hardest=hardest(learners),
        unread=unread,
        ungraded=ungraded,
        amiss=len({one.name for one, *_ in unread} | {row["student"] for _, row in ungraded}),
        passed_over=[(pages.get(row["student"]), row) for row in rows if not row["marks_missing"]],
    )
    (out / "learners").mkdir(parents=True, exist_ok=True)
    for one in learners:
        own = env.get_template("learner.html").render(learner=one)
        write_whole(out / "learners" / one.page, own, "replace")
    write_whole(out / "index.html", page, "replace")  # the last, so that its links lead somewhere
    return out / "index.html"
