"""What a learner would type to see what the probes of Exercise 9 have seen."""

from __future__ import annotations

_RUN = "what is passed to W&B is recorded by a stand-in for a run"
_REAL = "a real run's file is read"
_TRAINING = "stand-ins for the data, the network and the tracker"
_FOLDER = "files in a folder of the probe's own are read"

WITHOUT = {
    "saved": _FOLDER,
    "loaded": _FOLDER,
    "not_loaded": _FOLDER,
    "started": _RUN,
    "block": _RUN,
    "finished": _RUN,
    "finished_inside": _RUN,
    "really_started": _REAL,
    "without_run": "a network and light curves of the probe's own; its exception is no failure",
    "logged": _RUN,
    "really_logged": _REAL,
    "checkpointed": _RUN,
    "really_checkpointed": _REAL,
    "confusion": _RUN,
    "really_confused": _REAL,
    "pictured": "pictures are read",
    "really_pictured": _REAL,
    "trained": _TRAINING,
    "really_trained": _TRAINING,
    "charted": _RUN,
    "better": "hundreds of labels, and metrics that follow a script",
    "resampled": "a metric that notes what it is called with",
    "registered": _FOLDER,
}


def two_configs() -> str:
    return (
        "first = create_sweep_config()\n"
        "for spec in first['parameters'].values():\n"
        "    spec.get('values', []).clear()\n"
        "    spec.clear()\n"
        "first['parameters'].clear()\n"
        "first['metric'].clear()\n"
        "first.clear()\n"
        "create_sweep_config()"
    )
