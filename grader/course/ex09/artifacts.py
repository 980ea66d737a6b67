"""Artifacts that were logged, and their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import wandb

from grader.course.ex09.checkpoints import file_of
from grader.course.ex09.replies import Artifact


def artifact_of(artifact: Any, aliases: list[str]) -> Artifact:
    """What was logged as an artifact, with its files as they are now."""
    if not isinstance(artifact, wandb.Artifact):
        path = isinstance(artifact, str | Path)
        return Artifact("a path" if path else type(artifact).__name__)
    entries = artifact.manifest.entries.items()
    files = {str(path): file_of(Path(entry.local_path or "/nowhere")) for path, entry in entries}
    try:
        metadata = json.loads(json.dumps(artifact.metadata))
    except (TypeError, ValueError):
        metadata = "not JSON"
    name = artifact.name.split(":")[0]
    return Artifact("Artifact", name, artifact.type, aliases, metadata, files)


def real_artifact(record: dict[str, Any]) -> Artifact:
    """An artifact that a real run has recorded, with its files as they wait to be sent."""
    entries = record["manifest"].get("contents", [])
    return Artifact(
        kind="Artifact",
        name=record["name"],
        type=record["type"],
        aliases=record.get("aliases") or [],
        metadata=json.loads(record.get("metadata") or "{}"),
        files={entry["path"]: file_of(Path(entry["local_path"])) for entry in entries},
    )
