"""What the processes do that the tests kill. They import little, so that they start fast."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.live.recent import LiveSource
from solutions.final_project.live.store import AlertStore
from solutions.final_project.live.stream import AlertStream, Handler, storing

TOPIC = "ztf"


def stream_of(servers: str, store: AlertStore, handle: Handler, batch: int) -> AlertStream:
    """Return the stream of the tests."""
    config: dict[str, Any] = {"bootstrap.servers": servers, "group.id": "workbook", "log_level": 0}
    config["fetch.wait.max.ms"] = 10
    return AlertStream(TOPIC, handle, store, config, batch, longest_wait=0.05)


def answer(light_curves: Sequence[LightCurve]) -> list[dict[str, Any]]:
    """Return something about each light curve, as a classifier does."""
    return [{"object_id": each.object_id, "points": len(each)} for each in light_curves]


def consume(servers: str, folder: Path) -> None:
    """Read the stream to its end, and log what is handed over beside what is stored."""
    with AlertStore(folder / "alerts.sqlite") as store:
        keep = storing(store, answer)

        def handle(light_curves: list[LightCurve]) -> None:
            with (folder / "calls.txt").open("a") as calls:
                calls.writelines(f"{each.metadata['candid']}\n" for each in light_curves)
            keep(light_curves)

        stream_of(servers, store, handle, batch=4).run(until_end=True)


def fetch(kind: str, url: str, folder: Path) -> None:
    """Ask for what is recent, and note what was given."""
    contents = LiveSource.of(kind, url, folder / "shelf").recent(since=59000.0)
    assert contents.problems == []
    with (folder / "given.txt").open("a") as given:
        given.writelines(f"{curve.object_id}\n" for curve in contents.light_curves)
