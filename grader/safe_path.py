"""Our processes import nothing from the folder they are run in, which may hold submissions.

Python looks for modules in the current folder first when it is started with `-c` or `-m`, as
`multiprocessing` does for its workers: a `pickle.py` that was handed in would then run as the
instructor. And libraries read settings there (matplotlib a `matplotlibrc`).
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

FOLDER = os.sep  # where our processes work: a folder in which only root can leave a file
COMMAND = (sys.executable, "-P")
_OURS = Path(__file__).resolve().parents[1]


def enter() -> None:
    """Keep this process, and every Python that it starts, from importing from a working folder."""
    os.environ["PYTHONSAFEPATH"] = "1"
    sys.path[:] = [entry for entry in sys.path if _is_fixed(entry)]
    if "PYTHONPATH" in os.environ:
        entries = os.environ["PYTHONPATH"].split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(_is_fixed, entries))


def enter_worker() -> None:
    """What `enter` does, and work in a folder of nobody's."""
    enter()
    os.chdir(FOLDER)


def elsewhere() -> contextlib.chdir[str]:
    """Work in a folder of nobody's for a while; paths must be absolute by then."""
    return contextlib.chdir(FOLDER)


def environment_of_a_tool() -> dict[str, str]:
    """The environment for a program of the learner's own, such as JupyterLab: as it was."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}


def _is_fixed(entry: str) -> bool:
    """Whether an entry of `sys.path` is absolute, and not the folder that we are run in."""
    if not os.path.isabs(entry):
        return False
    path = Path(entry).resolve()
    return path == _OURS or path != Path.cwd()
