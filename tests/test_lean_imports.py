"""What takes a second to import is imported when it is needed, and no sooner."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types

import pytest

from grader.lean_imports import GRAMMAR, without_grammar

REFUSED = """
import sys
from pathlib import Path
from grader import cli, deliver
try:
    deliver.prepare(Path("class"), Path({out!r}), "sqlite:////nowhere/gradebook.db")
except deliver.Refused as error:
    print(error)
print(sorted({{"nbgrader", "nbformat", "alembic", "torch", "IPython.terminal"}} & set(sys.modules)))
"""


def test_the_grammar_is_out_of_reach_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, GRAMMAR, raising=False)
    with without_grammar(), pytest.raises(ImportError):
        importlib.import_module(GRAMMAR)
    assert GRAMMAR not in sys.modules
    ready = types.ModuleType(GRAMMAR)
    monkeypatch.setitem(sys.modules, GRAMMAR, ready)
    with without_grammar():
        assert importlib.import_module(GRAMMAR) is ready
    assert sys.modules[GRAMMAR] is ready


def test_a_class_is_refused_before_anything_heavy_is_imported(tmp_path: object) -> None:
    script = REFUSED.format(out=f"{tmp_path}/out")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    refusal, imported = done.stdout.splitlines()
    assert "no folder /nowhere" in refusal, done.stderr
    assert imported == "[]"
