"""Modules planted where a command is run, and beside what it grades, are never imported.

Each planted module writes its name into a trace, which stays empty. A control imports them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import notebooks
import pytest
from notebooks import EX1

from grader import isolation

pytestmark = pytest.mark.skipif(
    (reason := isolation.why_unavailable()) is not None, reason=f"no isolation here: {reason}"
)

GRADER = Path(sys.executable).with_name("grader")
WORDS = """
    pickle copyreg struct socket ssl json base64 hashlib random secrets tempfile subprocess select
    asyncio concurrent multiprocessing logging queue threading typing typing_extensions dataclasses
    numpy pandas matplotlib torch sklearn scipy optuna wandb msgpack IPython nbformat nbgrader
    sqlalchemy traitlets jinja2 rich typer click pytest _pytest pluggy py pygments psutil
    sitecustomize usercustomize conftest nbgrader_config jupyter_config ipython_config grader
    solutions dateutil cycler colorama resource mmap zoneinfo
"""
MODULE = "open({trace!r}, 'a').write(__file__ + '\\n')\n"
SETTINGS = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p planted"\npythonpath = ["."]\n',
    "pytest.ini": "[pytest]\naddopts = -p planted\npythonpath = .\n",
    "tox.ini": "[pytest]\naddopts = -p planted\npythonpath = .\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p planted\n",
    "matplotlibrc": "backend: module://planted\n",
    "planted.pth": "import planted\n",
    ".pythonstartup": "import planted\n",
}


def plant(folder: Path, trace: Path) -> None:
    """Leave modules as files and as packages, and settings that ask for a module."""
    folder.mkdir(parents=True, exist_ok=True)
    source = MODULE.format(trace=str(trace))
    for number, name in enumerate([*WORDS.split(), "planted"]):
        if number % 2:
            (folder / f"{name}.py").write_text(source)
        else:
            (folder / name).mkdir(exist_ok=True)
            (folder / name / "__init__.py").write_text(source)
    for name, text in SETTINGS.items():
        (folder / name).write_text(text)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace.txt"


@pytest.fixture
def work(tmp_path: Path, trace: Path) -> Path:
    """A folder of a learner's, with a notebook and planted modules."""
    folder = tmp_path / "class" / "mira"
    plant(folder, trace)
    notebooks.save(folder / f"{EX1}.ipynb", notebooks.filled(EX1))
    return folder


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(GRADER), *arguments],
        cwd=folder,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def environment(folder: Path, **variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    cache = {"XDG_CACHE_HOME": str(folder.parent / ".cache"), "COLUMNS": "200"}
    return kept | cache | {"PYTHONIOENCODING": "utf-8"} | variables


def ran(trace: Path) -> list[str]:
    return trace.read_text().splitlines() if trace.exists() else []


def test_the_planted_modules_do_run_where_python_looks_for_them(work: Path, trace: Path) -> None:
    """Otherwise the tests below would prove nothing."""
    for name in ("msgpack", "numpy", "pickle"):
        command = [sys.executable, "-c", f"import {name}"]
        subprocess.run(command, cwd=work, env=environment(work), capture_output=True)
    assert len(ran(trace)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_class_is_graded_from_its_own_folder(work: Path, trace: Path, jobs: str) -> None:
    plant(work.parent, trace)
    out = work.parent.parent / "out"
    done = run(work.parent, "grade", ".", "--out", str(out), "--seed", "1", "--jobs", jobs)
    assert ran(trace) == []
    assert "mean 10.0 of 10" in done.stdout


@pytest.mark.slow
def test_a_notebook_is_checked_from_its_own_folder(work: Path, trace: Path) -> None:
    plant(work / "work", trace)
    done = run(work, "check", f"{EX1}.ipynb")
    assert ran(trace) == []
    assert "10 of 10 points" in done.stdout


@pytest.mark.slow
def test_the_status_is_shown_in_a_learners_folder(work: Path, trace: Path) -> None:
    done = run(work, "status")
    assert ran(trace) == []
    assert "10 of 10" in done.stdout


@pytest.mark.slow
def test_a_watch_is_kept_in_a_learners_folder(work: Path, trace: Path) -> None:
    process = subprocess.Popen(
        [str(GRADER), "watch", "1"],
        cwd=work,
        env=environment(work),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    limit = threading.Timer(120, process.kill)
    limit.start()
    with process:
        assert process.stdout is not None
        assert any("10 of 10 points" in line for line in process.stdout)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    limit.cancel()
    assert process.returncode == 0
    assert ran(trace) == []
