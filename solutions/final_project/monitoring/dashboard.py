"""The dashboard: performance over time as one HTML page, drawn from the files of offline runs.

With an account, `wandb sync` sends the same runs to W&B, whose charts show the same numbers.
Without one, W&B's own program reads the files (`wandb leet inspect --json`, as in Exercise 9).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from solutions.ex09_experiment_tracking import read_run
from solutions.final_project.figures import COLOURS, STYLE
from solutions.final_project.metrics import CLASSES
from solutions.final_project.monitoring.drift import LARGE

WORST = 12  # features of the drift panel
RECENT = 5  # warnings that are shown


class NothingToDrawError(ValueError):
    """There is no row of any run."""


def read_rows(folder: Path) -> pd.DataFrame:
    """Return the rows of all runs in `folder/wandb`, in order of time; the latest of a time counts.

    Raises:
        NothingToDrawError: there are no runs, or no rows in them.
    """
    runs = sorted(folder.glob("wandb/*run-*/run-*.wandb"))
    records = [record for run in runs for record in read_run(run.parent)]
    rows = [each["history"]["item"] for each in records if each["type"] == "history"]
    rows = [row for row in rows if "mjd" in row]
    if not rows:
        raise NothingToDrawError(f"{folder}/wandb has no run of a monitor with anything in it")
    table = pd.DataFrame(rows).drop_duplicates("mjd", keep="last")
    return table.sort_values("mjd", ignore_index=True)


def write_dashboard(folder: Path, page: Path) -> pd.DataFrame:
    """Draw the runs in a folder as one HTML page that needs nothing else; return their rows."""
    rows = read_rows(folder)
    loader = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=loader, autoescape=True).get_template("dashboard.html")
    panels = [(title, words, _picture(rows, draw)) for title, words, draw in PANELS]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        template.render(rows=rows, last=rows.iloc[-1], panels=panels, warnings=warnings_of(rows)),
        "utf-8",
    )
    return rows


def warnings_of(rows: pd.DataFrame) -> list[str]:
    """Return what a person should look at, in sentences, of the last nights that had any."""
    if "drift/features" not in rows:
        return []
    drifted = rows[rows["drift/features"] > 0].tail(RECENT)
    columns = (drifted["mjd"], drifted["drift/features"], drifted["drift/names"])
    return [
        f"Night {mjd:.0f}: the input has drifted in {count:.0f} features, most of all in "
        f"{', '.join(str(names).split(', ')[:3])}."
        for mjd, count, names in zip(*columns, strict=True)
    ]


@rc_context(STYLE)
def _picture(rows: pd.DataFrame, draw: Callable[[Axes, pd.DataFrame], None]) -> str:
    """Return a panel as an address that holds the picture itself."""
    figure = Figure(figsize=(6.4, 3.3), layout="constrained")
    ax = figure.subplots()
    draw(ax, rows)
    stream = io.BytesIO()
    figure.savefig(stream, format="svg")
    return "data:image/svg+xml;base64," + base64.b64encode(stream.getvalue()).decode()


def _lines(ax: Axes, rows: pd.DataFrame, lines: dict[str, tuple[str, str]]) -> None:
    """Draw columns as lines, given their words and colours; columns that are not there are not."""
    for name, (words, colour) in lines.items():
        if name in rows:
            known = rows[rows[name].notna()]
            ax.plot(known["mjd"], known[name], "o-", color=colour, label=words, markersize=4)
    ax.set_xlabel("MJD")
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.ticklabel_format(axis="x", useOffset=False)
    ax.grid(axis="y", color="0.93")
    ax.set_axisbelow(True)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    else:
        ax.text(0.5, 0.5, "not known", transform=ax.transAxes, ha="center", color="0.5")


def _performance(ax: Axes, rows: pd.DataFrame) -> None:
    lines = {"accuracy": ("accuracy", "#000000")}
    lines |= {f"recall/{name}": (f"recall {name}", COLOURS[name]) for name in CLASSES}
    lines["recall/TDE"] = ("recall TDE", "#e69f00")
    _lines(ax, rows, lines)
    ax.set_ylim(0, 1.04)
    ax.yaxis.set_major_formatter(PercentFormatter(1))


def _calibration(ax: Axes, rows: pd.DataFrame) -> None:
    _lines(ax, rows, {"ece": ("calibration error (ECE)", "#d55e00"),
                      "mean/confidence": ("mean confidence", "#0072b2"),
                      "mean/unknown": ("mean unknown score", "#999999")})  # fmt: skip
    ax.set_ylim(0, 1.04)


def _mix(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows[rows["share/SNIa"].notna()] if "share/SNIa" in rows else rows.head(0)
    bottom = np.zeros(len(known))
    width = 0.8 * float(np.diff(known["mjd"]).min()) if len(known) > 1 else 0.8
    for name in CLASSES:
        share = known.get(f"share/{name}", pd.Series(0.0, known.index)).to_numpy()
        ax.bar(known["mjd"], share, width, bottom, color=COLOURS[name], label=name)
        bottom += share
    _lines(ax, rows, {})
    ax.legend(fontsize=8, ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    ax.yaxis.set_major_formatter(PercentFormatter(1))


def _objects(ax: Axes, rows: pd.DataFrame) -> None:
    _lines(ax, rows, {"objects": ("objects", "#0072b2"), "refused": ("refused", "#999999"),
                      "alerts": ("alerts and updates", "#d55e00")})  # fmt: skip
    ax.set_ylim(bottom=0)


def _drift(ax: Axes, rows: pd.DataFrame) -> None:
    columns = [name for name in rows if str(name).startswith("psi/")]
    if not columns:
        _lines(ax, rows, {})
        return
    worst = rows[columns].max().nlargest(WORST).index
    known = rows[rows[columns[0]].notna()]
    image = ax.imshow(known[worst].T, aspect="auto", cmap="OrRd", vmin=0, vmax=2 * LARGE)
    ax.set_yticks(range(len(worst)), [name.removeprefix("psi/") for name in worst], fontsize=8)
    steps = -(-len(known) // 6)
    ax.set_xticks(range(0, len(known), steps), [f"{t:.0f}" for t in known["mjd"][::steps]])
    ax.set_xlabel("MJD")
    ax.spines[:].set_visible(False)
    for place, count in enumerate(known["drift/features"]):
        if count:
            ax.text(place, -0.8, "!", ha="center", color="#a5280f", fontweight="bold")
    ax.figure.colorbar(image, ax=ax, label="stability index (PSI)", extend="max")


def _latency(ax: Axes, rows: pd.DataFrame) -> None:
    _lines(ax, rows, {"latency/median_ms": ("median", "#0072b2"),
                      "latency/p95_ms": ("95%", "#d55e00")})  # fmt: skip
    ax.set_ylabel("ms per light curve")
    ax.set_ylim(bottom=0)


PANELS: tuple[tuple[str, str, Callable[[Axes, pd.DataFrame], None]], ...] = (
    ("Performance", "On objects whose class is known by now.", _performance),
    (
        "Confidence",
        "Mean probability of the answer, how far probabilities are from the share of right answers "
        "(ECE), and how unlike anything known the objects are.",
        _calibration,
    ),
    ("Classes", "What the objects of each night were called.", _mix),
    ("Objects and alerts", "How many were classified, refused and announced.", _objects),
    (
        "Drift of the input",
        "The features that differ most from the reference. “!” marks nights on which the "
        "difference is large and no chance.",
        _drift,
    ),
    ("Latency", "From light curve to answer.", _latency),
)
