"""What the probes of the final project bring back. `Any` is a value of the learner's own."""

from __future__ import annotations
