"""Marks on checks: which of them a part stands or falls with."""

from __future__ import annotations

import pytest

gate = pytest.mark.gate
"""Mark a check that must pass before the part earns any points."""

twice = pytest.mark.parametrize("rng", ["first", "second"], indirect=True)
"""Run a check with two inputs, so that an answer that ignores its input does not pass."""
