"""How tests run side by side; at the end of a run, what the proof matrix was made of."""

from __future__ import annotations

import gc
import os
import sys

import pytest
from answer_files import answers

from grader import build, exercise
from grader.resource_limits import collect_garbage_seldom

assert build.nbformat  # imported without its grammar, which takes a second, before a test does
os.environ.setdefault("OMP_NUM_THREADS", "1")  # more would only slow down tests side by side


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    parts = [part for slug in exercise.slugs() for part in exercise.load(slug).parts]
    wrong, right = answers("wrong"), answers("right")
    slips = {(answer.part, answer.misconception) for answer in wrong}
    terminalreporter.write_line(
        f"proof matrix: {len(exercise.slugs())} exercises, {len(parts)} parts, {len(wrong)} wrong "
        f"answers of {len(slips)} kinds, {len(right)} alternatives"
    )


@pytest.fixture(autouse=True)
def _own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command run in this process keeps its children from importing from a working folder."""
    monkeypatch.setattr("sys.path", list(sys.path))
    monkeypatch.setitem(os.environ, "PYTHONSAFEPATH", "")
    monkeypatch.delitem(os.environ, "PYTHONSAFEPATH")


@pytest.hookimpl(optionalhook=True)  # xdist's, which some runs do without
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a child process or for a time limit."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_finish() -> None:
    """Keep the thousands of tests out of garbage collections."""
    gc.collect()
    collect_garbage_seldom()
