"""What the file of a real run holds, which W&B writes even where it sends nothing."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import wandb

from grader.course.ex09.replies import RunFile

Records = list[dict[str, Any]]


def recorded_in(run: Any, seconds: float = 8.0) -> RunFile:
    """What a finished offline run has recorded."""
    records = records_of(run, seconds)
    started = _contents(records, "run")[-1]
    media = Path(run.settings.sync_dir, "files", "media")
    tables = [json.loads(p.read_text("utf-8")) for p in sorted(media.glob("table/*.json"))]
    exits = _contents(records, "exit")
    return RunFile(
        project=started.get("project"),
        name=started.get("display_name"),
        config=_config(records),
        summary=_merged(content.get("update", {}) for content in _contents(records, "summary")),
        rows={str(row["step"]["num"]): row["item"] for row in _contents(records, "history")},
        tables=[table["data"] for table in tables],
        n_images=sum(1 for _ in media.glob("images/*")),
        exit_code=exits[-1].get("exit_code", 0) if exits else None,
    )


def artifacts_in(run: Any) -> Records:
    """The artifacts that a finished offline run has recorded."""
    found = _contents(records_of(run), "artifact")
    return [artifact for artifact in found if artifact["type"] != "run_table"]


def records_of(run: Any, seconds: float = 8.0) -> Records:
    """The records of a run's file.

    On a busy machine it is complete, with its record of the end, only after a while. A run that was
    left open is ended here, so that all of the others are there; that end is not its own.
    """
    left_open = not run._is_finished
    if left_open:
        run.finish()
    deadline = time.monotonic() + seconds
    while not _contents(records := _read(run), "exit") and time.monotonic() < deadline:
        time.sleep(0.1)
    return [record for record in records if not (left_open and record["type"] == "exit")]


def _read(run: Any) -> Records:
    """The records of a run's file so far, read by W&B's own program."""
    path = Path(run.settings.sync_file)
    command = [wandb.util.get_core_path(), "leet", "inspect", "--no-observability", "--json"]
    command += ["--run-file", str(path), str(path.parent.parent)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def _contents(records: Records, kind: str) -> Records:
    return [record.get(kind, {}) for record in records if record["type"] == kind]


def _config(records: Records) -> dict[str, Any]:
    """The settings of the run, as they were told at its start or later."""
    kinds = ("run", "config")
    told = [record.get(record["type"], {}) for record in records if record["type"] in kinds]
    merged = _merged(content.get("config", content).get("update", {}) for content in told)
    return {name: value for name, value in merged.items() if not name.startswith("_")}


def _merged(updates: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {name: value for update in updates for name, value in update.items()}
