"""`grader watch`: every save is answered, only changes are told, and nothing stops or fills it."""

from __future__ import annotations

import gc
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import notebooks
import psutil
import pytest
from notebooks import EX1, EX2, Notebook
from rich.console import Console

from grader import exercise, isolation, watch
from grader.fork_server import ForkServer, SandboxError
from grader.watch import Watch

ISOLATED = isolation.why_unavailable() is None
SANDBOX = [] if ISOLATED else ["--no-sandbox"]
ALONE = "WORKBOOK_ALONE"
RIGHT = "def flux_to_magnitude(flux, zeropoint=25.0):\n    import numpy as np\n" + (
    "    good = np.where(np.asarray(flux) > 0, flux, np.nan)\n"
    "    found = -2.5 * np.log10(good) + zeropoint\n"
    "    return found if np.ndim(flux) else float(found)\n"
)
WRONG_SIGN = RIGHT.replace("-2.5", "2.5")
NO_ZERO_POINT = RIGHT.replace(" + zeropoint", "")
FIRST_STATUS = "✗ 1.3 From flux to magnitude: not yet"


class Desk:
    """A learner's folder, a watch on it, and what the watch has said since last asked."""

    def __init__(self, folder: Path, *slugs: str) -> None:
        self.folder, self._page = folder, io.StringIO()
        self.watch = Watch(folder, slugs or [EX1], Console(file=self._page, width=300), ISOLATED)

    def save(self, content: Notebook | str, slug: str = EX1) -> None:
        """Save as JupyterLab does: into another file, which is then renamed."""
        content = content if isinstance(content, dict) or content[:1] in "{" else cells(content)
        notebooks.save(self.folder / ".~new", content).replace(self.path(slug))

    def path(self, slug: str = EX1) -> Path:
        return self.folder / f"{slug}.ipynb"

    def heard(self) -> str:
        """What is said after two looks: one that sees a new file, one that sees it at rest."""
        self.watch.look()
        self.watch.look()
        return self.said()

    def said(self) -> str:
        text = self._page.getvalue()
        self._page.seek(0)
        self._page.truncate()
        return text

    def answer(self, content: Notebook | str, slug: str = EX1) -> str:
        self.save(content, slug)
        return self.heard()


def cells(*sources: str) -> Notebook:
    return notebooks.of(*sources)


class Lent(ForkServer):
    """A fork server that goes on when the watch that uses it closes it."""

    def __init__(self, lender: ForkServer) -> None:
        self.address, self.process = lender.address, lender.process

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server for all tests that do nothing to it: a start takes seconds."""
    server = ForkServer(ISOLATED)
    yield server
    server.close()


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose watch starts a fork server of its own."""
    desk = Desk(tmp_path, EX1, EX2)
    yield desk
    desk.watch.close()


@pytest.fixture
def desk(own_desk: Desk, server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(watch, "ForkServer", lambda _: Lent(server))
    return own_desk


def with_one_wrong(desk: Desk) -> Desk:
    """A desk whose Exercise 1 has one wrong function, and whose watch has said so."""
    desk.save(WRONG_SIGN)
    desk.watch.start()
    desk.said()
    return desk


@pytest.fixture
def wrong(desk: Desk) -> Desk:
    return with_one_wrong(desk)


def parts(text: str) -> list[str]:
    """The parts that a text gives a verdict on."""
    return [line.split()[1] for line in text.splitlines() if line[:1] in "✓✗!⧖○"]


def test_the_state_comes_first(desk: Desk) -> None:
    desk.save(WRONG_SIGN)
    desk.watch.start()
    said = desk.said()
    assert "Exercise 1: 0 of 10 points" in said
    assert parts(said) == [part.id for part in exercise.load(EX1).parts]
    assert FIRST_STATUS in said
    assert "The sign is wrong" in said
    assert said.count("is not defined") == 0, "at first, what is not written needs no reason"
    assert "Exercise 2: not started" in said


def test_a_part_that_newly_passes_is_told_alone(wrong: Desk) -> None:
    said = wrong.answer(RIGHT)
    assert "Exercise 1: 2 of 10 points" in said
    assert parts(said) == ["1.3"]
    assert "✓ 1.3 From flux to magnitude: passed, 2 of 2 points" in said


def test_a_part_that_newly_fails_is_told_to_have_passed(wrong: Desk) -> None:
    wrong.answer(RIGHT)
    said = wrong.answer(WRONG_SIGN)
    assert parts(said) == ["1.3"]
    assert "(it passed before)" in said
    assert "The sign is wrong" in said


def test_the_part_just_edited_is_told_first(desk: Desk) -> None:
    other = "def filter_lightcurve(data, **conditions):\n    return helper(data)\n"
    desk.save(cells(other, WRONG_SIGN))
    desk.watch.start()
    desk.said()
    said = desk.answer(cells(other, "helper = list\n" + RIGHT))
    assert parts(said) == ["1.3", "1.2"], "the other one changes too, but was not touched"
    assert "2 of 10 points" in said.splitlines()[-1]


def test_another_message_is_a_change(wrong: Desk) -> None:
    said = wrong.answer(NO_ZERO_POINT)
    assert parts(said) == ["1.3"]
    assert "(it passed before)" not in said


def test_other_code_with_the_same_verdicts_is_answered_in_a_line(wrong: Desk) -> None:
    said = wrong.answer(WRONG_SIGN + "# thinking\n")
    assert said.count("\n") == 1
    assert "0 of 10 points, nothing has changed" in said


def test_an_autosave_is_silent(wrong: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "run_checks", lambda *_: pytest.fail("there is nothing to check"))
    content = cells(WRONG_SIGN)
    content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "4"}]
    assert wrong.answer(content) == ""
    assert wrong.heard() == ""


def test_a_file_is_read_only_when_it_rests(wrong: Desk) -> None:
    for size in (10, 20, 30):  # some editors write in place, bit by bit
        wrong.path().write_bytes(b'{"cells": [' + b" " * size)
        wrong.watch.look()
    assert wrong.said() == ""
    notebooks.save(wrong.path(), cells(RIGHT))
    assert parts(wrong.heard()) == ["1.3"]


def test_a_save_within_the_clocks_tick_is_seen(wrong: Desk) -> None:
    before = wrong.path().stat()
    other = WRONG_SIGN.replace("zeropoint", "zer0point").replace("2.5", "-.5", 1)
    wrong.save(other)
    os.utime(wrong.path(), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert wrong.path().stat().st_size == before.st_size
    assert "Exercise 1" in wrong.heard()


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["{", '{"cells": 3}', '{"cells": [1, "'])
def test_a_broken_notebook_gets_a_line_and_the_watch_goes_on(wrong: Desk, broken: str) -> None:
    said = wrong.answer(broken)
    assert said.count("\n") == 1
    assert "could not be read" in said
    assert wrong.heard() == "", "once is enough"
    assert "nothing has changed" in wrong.answer(WRONG_SIGN)
    assert parts(wrong.answer(RIGHT)) == ["1.3"]


def test_a_notebook_may_vanish_and_come_back(wrong: Desk) -> None:
    wrong.path().unlink()
    assert wrong.heard() == ""
    assert parts(wrong.answer(RIGHT)) == ["1.3"]


@pytest.mark.slow
def test_a_new_notebook_is_noticed_and_begun_by_the_first_change(wrong: Desk) -> None:
    assert "Exercise 2: not started" in wrong.answer(notebooks.released(EX2), EX2)
    said = wrong.answer(notebooks.filled(EX2), EX2)
    assert "Exercise 2: 10 of 10 points and 2 bonus" in said
    assert len(parts(said)) == len(exercise.load(EX2).parts)


@pytest.mark.slow
def test_a_dead_fork_server_costs_one_answer(own_desk: Desk) -> None:
    wrong = with_one_wrong(own_desk)
    assert wrong.watch._server is not None
    server = psutil.Process(wrong.watch._server.process.pid)
    for process in (*server.children(recursive=True), server):
        process.kill()
    assert "not checked, save it again" in wrong.answer(RIGHT)
    assert parts(wrong.answer(RIGHT)) == ["1.3"], "saved again, with nothing changed"


def test_a_sandbox_that_cannot_start_gets_a_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise SandboxError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(watch, "ForkServer", broken)
        assert "not checked, save it again: no room" in desk.answer(WRONG_SIGN)
    assert FIRST_STATUS in desk.answer(WRONG_SIGN)


@pytest.mark.slow
def test_all_processes_end_with_the_watch(own_desk: Desk) -> None:
    wrong = with_one_wrong(own_desk)
    wrong.answer(notebooks.filled(EX2), EX2)
    assert wrong.watch._server is not None
    server = psutil.Process(wrong.watch._server.process.pid)
    started = [server, *server.children(recursive=True)]
    assert len(started) > 3
    wrong.watch.close()
    assert psutil.wait_procs(started, timeout=10)[1] == []


def test_nothing_is_written_into_the_learners_folder(wrong: Desk) -> None:
    wrong.answer(RIGHT + "open('mark', 'w').write('here')\n" if ISOLATED else RIGHT)
    assert [path.name for path in wrong.folder.rglob("*")] == [f"{EX1}.ipynb"]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`grader watch 1` in a process group of its own, as in a terminal; it is ended if it hangs."""
    desk = Desk(tmp_path / "work")
    desk.save(WRONG_SIGN)
    process = subprocess.Popen(
        [sys.executable, "-c", "from grader.cli import app; app()", "watch", "1", *SANDBOX],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(exercise.ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    limit = threading.Timer(60, process.kill)
    limit.start()
    with process:
        yield process
        limit.cancel()
        process.kill()


@pytest.mark.slow
def test_the_command_answers_a_save_and_ends_with_ctrl_c(
    tmp_path: Path, command: subprocess.Popen[str]
) -> None:
    assert command.stdout is not None
    _until(command, "✗ 1.3")
    _until(command, "○ 1.E2")
    assert "0 of 10 points" in command.stdout.readline()
    Desk(tmp_path / "work").save(RIGHT)
    assert "✓ 1.3" in command.stdout.readline()
    assert "2 of 10 points" in command.stdout.readline()
    started = psutil.Process(command.pid).children(recursive=True)
    assert started, "a warm parent is kept"
    os.killpg(command.pid, signal.SIGINT)
    said, errors = command.communicate()
    assert (command.returncode, said, errors) == (0, "", "")
    assert psutil.wait_procs(started, timeout=10)[1] == []


def _until(command: subprocess.Popen[str], beginning: str) -> None:
    assert command.stdout is not None
    while line := command.stdout.readline():
        if line.startswith(beginning):
            return
    raise AssertionError(f"{beginning!r} was never said")


def test_an_unknown_exercise_is_refused(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from grader import cli

    found = CliRunner().invoke(cli.app, ["watch", "77"])
    assert found.exit_code == 2
    assert "There is no exercise '77'" in found.output


@pytest.mark.slow
def test_saves_leave_nothing_behind() -> None:
    """In a process of its own: one that has run thousands of tests holds what others left."""
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider"]
    command += [__file__, "-k", "test_saves_alone_leave_nothing_behind"]
    variables = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command, env=variables | {ALONE: "1"}, cwd=exercise.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(ALONE not in os.environ, reason="the test above runs it")
def test_saves_alone_leave_nothing_behind(own_desk: Desk) -> None:
    """Neither processes nor open files grow with the saves, and memory stays where it is."""

    def held() -> tuple[float, int, int]:
        gc.collect()  # garbage that waits for the collector is not a leak
        this = psutil.Process()
        family = [this, *this.children(recursive=True)]
        megabytes = sum(process.memory_info().rss for process in family) / 2**20
        return megabytes, len(family), sum(process.num_fds() for process in family)

    own_desk.save(WRONG_SIGN)
    own_desk.watch.start()
    for save in range(80):
        assert "Exercise 1" in own_desk.answer(f"{(RIGHT, WRONG_SIGN)[save % 2]}# {save}\n")
        if save == 40:  # caches are full, and the allocator has most of what it needs
            memory, *others = held()
    more_memory, *later = held()
    assert later == others
    assert more_memory - memory < 10  # up to 3 was seen, of the allocator's own
