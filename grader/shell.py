"""The IPython shell in which a learner's cells run: as in Jupyter, but with nobody in front of it.

Magics, top-level `await`, `display`, future imports and `_` work as in a notebook. What would reach
beyond the notebook (shell commands, installs, other interpreters), wait for a person (`input`,
debuggers) or open a window does nothing here. Each of these is noted, so that the learner can be
told of it.
"""

from __future__ import annotations

import builtins
import getpass
import pdb
import re
import sys
import types
from collections.abc import Callable
from typing import Any

import IPython.core.debugger
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.utils.text import SList
from traitlets import Type

MAX_NOTES = 20
MAX_ANSWERS = 100  # to `input()`
OTHER_INTERPRETERS = (
    *("script", "bash", "sh", "cmd", "perl", "ruby", "pypy", "python", "python2", "python3", "sx"),
    *("system", "!"),
)
WAITING = ("debug", "pdb", "edit", "gui", "pip", "conda", "mamba", "micromamba", "uv")
HEADLESS = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")  # matplotlib's backends
REPETITIONS = re.compile(r"(?:^|\s)-[nr]\s*\d+")


class NoHistory(HistoryManager):
    """Remembers this notebook's cells and results, and keeps no file of them."""

    def __init__(self, shell: InteractiveShell, config: Any = None, **traits: Any) -> None:
        super().__init__(shell, config, **(traits | {"enabled": False, "hist_file": ":memory:"}))


class NumberedCells(CachingCompiler):
    """Calls the code of a cell `<cell 7>`, after its place in the notebook."""

    number = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.number}>"


class Unseen(DisplayHook):
    """Keeps the last value of a cell in `_` and `Out`, and draws nothing."""

    def compute_format_data(self, result: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {}

    def write_output_prompt(self) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class Unpublished(DisplayPublisher):
    """Takes what `display` shows."""

    def publish(self, *args: Any, **kwargs: Any) -> None:
        pass

    def clear_output(self, wait: bool = False) -> None:
        pass


class Shell(InteractiveShell):
    """An interactive shell without a user, a screen, or anything outside the notebook."""

    compiler_class = Type(NumberedCells)
    displayhook_class = Type(Unseen)
    display_pub_class = Type(Unpublished)
    notes: list[str]

    def run(self, number: int, source: str) -> ExecutionResult:
        """Run the cell with this number; an exception is in the result."""
        self.notes = []
        self.compile.number = number
        return self.run_cell(source, store_history=True)

    def note(self, text: str) -> None:
        """Remember, for the learner, what was not done."""
        if len(self.notes) < MAX_NOTES and text not in self.notes:
            self.notes.append(text)

    # What IPython would do for a person, or with files of its own

    def init_history(self) -> None:
        self.history_manager = NoHistory(shell=self, parent=self)

    def init_virtualenv(self) -> None:
        pass

    def init_magics(self) -> None:
        super().init_magics()
        for name in OTHER_INTERPRETERS:
            self.magics_manager.register_function(self._not_run("%%", name), "cell", name)
        for name in WAITING:
            self.magics_manager.register_function(self._not_run("%", name), "line", name)

    def _not_run(self, marks: str, name: str) -> Callable[..., None]:
        def magic(line: str, cell: str = "") -> None:
            self.note(f"`{f'{marks}{name} {line}'.strip()}` was not run.")

        return magic

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Format nothing: the exception itself is reported."""

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """Format nothing: the exception itself is reported."""

    showindentationerror = showsyntaxerror

    def _format_exception_for_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {}

    def ask_exit(self) -> None:
        """What `exit` and `quit` do in a notebook: the kernel would start again."""
        self.note("`exit` was not obeyed: the notebook goes on.")

    # What reaches beyond the notebook

    def system(self, cmd: str) -> None:
        self.note(f"`!{cmd.strip()}` was not run: the grader runs no shell commands.")
        self.user_ns["_exit_code"] = 0

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return SList() if split else ""

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no windows."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Draw as the grader does, without a screen, whatever is asked for."""
        return "inline", "agg"

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        line = _once(line) if magic_name == "timeit" else line
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except UsageError as error:
            return self._unknown(f"%{magic_name}", error)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        line = _once(line) if magic_name == "timeit" else line
        try:
            return super().run_cell_magic(magic_name, line, cell)
        except UsageError as error:
            return self._unknown(f"%%{magic_name}", error)

    def _unknown(self, name: str, error: UsageError) -> None:
        """Pass over a magic of another tool's; other misuse of a magic is the learner's error."""
        if "not found" not in str(error):
            raise error
        self.note(f"`{name}` was skipped: IPython does not have this magic.")


Shell.__name__ = "ZMQInteractiveShell"  # by which code finds out that it runs in Jupyter


def _once(line: str) -> str:
    """Options of `%timeit` that run a statement once: nobody reads the time."""
    return "-n1 -r1 -q " + REPETITIONS.sub(" ", line)


def make(module: types.ModuleType | None = None, namespace: dict[str, Any] | None = None) -> Shell:
    """A shell for the definitions in `module`, or in a bare `namespace`. Takes about 50 ms."""
    shell = Shell(user_module=module, user_ns=namespace)
    shell.notes = []
    return shell


def settle(shell: Shell) -> None:
    """Give a process of its own to the shell: `get_ipython`, no input, no windows.

    Only for a process that runs nothing but a learner's notebook.
    """
    for kind in (Shell, InteractiveShell):
        setattr(kind, "_instance", shell)  # noqa: B010 -- what `IPython.get_ipython` looks up
    if "" not in sys.path:
        sys.path.insert(0, "")  # as in a kernel: a module may lie beside the notebook

    answers = iter([""] * MAX_ANSWERS)

    def answer(prompt: object = "", *_: Any, **__: Any) -> str:
        shell.note("`input()` was answered with an empty text: nobody is there to type.")
        try:
            return next(answers)
        except StopIteration:  # a loop that waits for something else
            raise EOFError("nobody is there to type") from None

    builtins.input = answer
    getpass.getpass = answer
    sys.breakpointhook = lambda *_, **__: shell.note("`breakpoint()` did nothing.")
    for debugger in (pdb, IPython.core.debugger):
        vars(debugger)["set_trace"] = lambda *_, **__: shell.note("`set_trace()` did nothing.")
    _keep_off_windows(shell)


def _keep_off_windows(shell: Shell) -> None:
    """Let matplotlib keep drawing without a screen when a notebook asks for a window."""
    for module, name in (("matplotlib", "use"), ("matplotlib.pyplot", "switch_backend")):
        if module in sys.modules:
            functions = vars(sys.modules[module])
            functions[name] = _windowless(shell, f"{module}.{name}", functions[name])


def _windowless(shell: Shell, name: str, choose: Callable[..., None]) -> Callable[..., None]:
    """`choose`, which takes a backend, deaf to those that need a screen."""

    def chosen(backend: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(backend, str) and backend.lower() not in HEADLESS:
            return shell.note(f"`{name}({backend!r})` did nothing: there is no screen.")
        return choose(backend, *args, **kwargs)

    return chosen
