"""What a learner sees of a verdict: HTML in Jupyter, text in a terminal."""

from __future__ import annotations

import html
import os
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from grader.checking import PartResult
from grader.exercise import round_points

WORDS = {
    "passed": ("✓", "passed", "#1a7f37"),
    "failed": ("✗", "not yet", "#b42318"),
    "error": ("!", "stopped with an error", "#b42318"),
    "timeout": ("⧖", "took too long", "#9a6700"),
    "missing": ("○", "not written yet", "#6e7781"),
}
STYLE = (
    "border-left:4px solid {colour};padding:.5em .9em;margin:.3em 0;"
    "max-width:46em;line-height:1.45;font-size:14px"
)

CODE_STYLE = (
    "margin:.2em 0 .4em;padding:.4em .6em;background:rgba(127,127,127,.12);font-size:13px;"
    "line-height:1.35;white-space:pre;overflow-x:auto;user-select:all"
)
TRY_IT = "To see it, run this in a new cell:"
SENTENCE = re.compile(r"(?:`[^`]*`|[^`])+?[.!?](?=\s|$)")
MAX_SAID = 110  # characters


def figure(points: float) -> str:
    """Points without needless zeros: `2`, `1.5`."""
    return f"{points:g}"


@dataclass
class Card:
    """The verdicts on one or more parts."""

    results: list[PartResult]

    @property
    def points(self) -> float:
        """Points that count towards full marks; a bonus does not."""
        points = (result.points for result in self.results if not result.part.bonus)
        return round_points(sum(points))

    def __repr__(self) -> str:
        if os.environ.get("NBGRADER_EXECUTION"):  # nbgrader reads the points from this text
            return figure(self.points)
        return "\n\n".join(part_text(result) for result in self.results)

    def _repr_html_(self) -> str:
        return "\n".join(part_html(result) for result in self.results)


@dataclass
class Note:
    """A titled sentence or two, such as a hint."""

    title: str
    text: str

    def __repr__(self) -> str:
        return f"{self.title}\n  {self.text}"

    def _repr_html_(self) -> str:
        return _box("#0969da", f"<b>{html.escape(self.title)}</b><br>{with_code(self.text)}")


def headline(result: PartResult) -> str:
    """`✗ 1.2 Filter by keyword: not yet, 1.5 of 3 points; 5 of 10 checks pass`."""
    symbol, word, _ = WORDS[result.status]
    part = result.part
    kind = " bonus" if part.bonus else ""
    score = f"{figure(result.points)} of {figure(part.points)}{kind} points"
    where = f" (judged {places})" if (places := judged(result.judged, result.followed)) else ""
    return f"{symbol} {part.id} {part.title}: {word}, {score}{_checks(result)}{where}"


def judged(place: str, followed: Sequence[str]) -> str:
    """`with our 2.1 in place of yours`, and where in the notebook, if that is worth a word."""
    ours = f"with our {listed(followed)} in place of yours" if followed else ""
    return ", ".join(filter(None, (ours, place)))


def listed(ids: Sequence[str]) -> str:
    """`2.1`, `2.1 and 2.2`, `2.1, 2.2 and 2.4`."""
    return " and ".join(filter(None, (", ".join(ids[:-1]), ids[-1])))


def _checks(result: PartResult) -> str:
    """How many checks pass, where that says more than the verdict."""
    if result.passed or not result.checks_passed:
        return ""
    return f"; {share(result.checks_passed, len(result.checks))}"


def share(passed: int, checks: int) -> str:
    """`1 of 4 checks passes`, `3 of 4 checks pass`."""
    return f"{passed} of {checks} checks {'passes' if passed == 1 else 'pass'}"


def check_lines(result: PartResult) -> list[str]:
    """`✗ One flux gives a number (needed for any points)`: each check and its outcome.

    The one that the message is about comes first, then those that fail as well, with the first
    sentence of what they say, then the others.
    """
    order = {"failed": 1, "skipped": 2, "passed": 3}
    titles = sorted(result.checks, key=lambda one: order.get(result.checks[one], 2))
    if result.told in titles:
        titles.remove(result.told)
        titles.insert(0, result.told)
    return [
        f"{_tick(result.checks[title])} {title}{_needed(result, title)}{_says(result, title)}"
        for title in titles
    ]


def _says(result: PartResult, title: str) -> str:
    """The first sentence on a check, if it is short and not told anyway."""
    sentence = SENTENCE.match(result.failures.get(title, ""))
    if sentence is None or sentence[0] in result.message or len(sentence[0]) > MAX_SAID:
        return ""
    return f": {sentence[0]}"


def _needed(result: PartResult, title: str) -> str:
    """Why checks that pass earn nothing: this one has to pass before them."""
    blocks = title in result.gates and result.checks[title] != "passed"
    return " (needed for any points)" if blocks and result.checks_passed else ""


def part_text(result: PartResult) -> str:
    lines = [headline(result)]
    if not result.passed:
        lines.append(reason(result))
        lines.extend(f"    {line}" for line in check_lines(result))
        lines.append(f'  For a nudge: hint("{result.part.id}")')
    return "\n".join(lines)


def reason(result: PartResult) -> str:
    """Why a part does not pass, and the lines that show it, indented."""
    shown = f"{TRY_IT}\n{textwrap.indent(result.code, '    ')}" if result.code else ""
    return textwrap.indent("\n".join(filter(None, (result.message, shown))), "  ")


def part_html(result: PartResult) -> str:
    body = f"<b>{html.escape(headline(result))}</b>"
    if not result.passed:
        body += f"<br>{with_code(result.message)}"
        if result.code:
            code = f'<pre style="{CODE_STYLE}">{html.escape(result.code)}</pre>'
            body += f'<div style="opacity:.8;margin-top:.4em">{TRY_IT}</div>{code}'
        if result.checks:
            items = "<br>".join(map(with_code, check_lines(result)))
            body += f'<div style="margin:.4em 0 .2em;opacity:.8;font-size:13px">{items}</div>'
        body += f'<div style="opacity:.8">For a nudge: <code>hint("{result.part.id}")</code></div>'
    return _box(WORDS[result.status][2], body)


def with_code(text: str) -> str:
    """Escape a message for HTML; what stands between backticks becomes code."""
    escaped = html.escape(text).replace("\n", "<br>")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def _tick(outcome: str) -> str:
    return {"passed": "✓", "failed": "✗"}.get(outcome, "·")


def _box(colour: str, body: str) -> str:
    return f'<div style="{STYLE.format(colour=colour)}">{body}</div>'
