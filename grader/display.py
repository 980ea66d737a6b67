"""What a learner sees of a verdict: HTML in Jupyter, text in a terminal."""

from __future__ import annotations

import html
import os
import re
from dataclasses import dataclass

from grader.checking import PartResult

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
        return sum(result.points for result in self.results if not result.part.bonus)

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
    """`✓ 1.2 Filter by keyword: passed, 3 of 3 points`."""
    symbol, word, _ = WORDS[result.status]
    part = result.part
    kind = " bonus" if part.bonus else ""
    score = f"{figure(result.points)} of {figure(part.points)}{kind} points"
    where = f" (judged {result.judged})" if result.judged else ""
    return f"{symbol} {part.id} {part.title}: {word}, {score}{where}"


def part_text(result: PartResult) -> str:
    lines = [headline(result)]
    if not result.passed:
        lines.append(f"  {result.message}")
        lines.extend(f"    {_tick(outcome)} {title}" for title, outcome in result.checks.items())
        lines.append(f'  For a nudge: hint("{result.part.id}")')
    return "\n".join(lines)


def part_html(result: PartResult) -> str:
    body = f"<b>{html.escape(headline(result))}</b>"
    if not result.passed:
        body += f"<br>{with_code(result.message)}"
        if result.checks:
            items = "<br>".join(
                f"{_tick(outcome)} {with_code(title)}" for title, outcome in result.checks.items()
            )
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
