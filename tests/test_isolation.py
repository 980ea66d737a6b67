"""Each wall is attacked by real code in an isolated child; controls show the attack works without.

An attack is a function. `isolated` runs it in isolation and `free` in a plain child process; both
give what it returned, or the name of what it raised ("ENOENT", "MemoryError").
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import file_view, isolation, system_calls

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        (reason := isolation.why_unavailable()) is not None, reason=f"no isolation here: {reason}"
    ),
]

MIB = 1024 * 1024
LIMITS = isolation.Limits(
    memory_bytes=128 * MIB,
    cpu_seconds=20,
    open_files=64,
    file_bytes=2 * MIB,
    processes=12,
    scratch_bytes=4 * MIB,
    scratch_files=64,
)
SYSTEM = [
    path for path in file_view.interpreter_paths() if path.parts[1] in ("usr", "lib", "lib64")
]
ORDINARY = 54321  # a user id that stands for an ordinary user when the tests run as root
USERS = [os.geteuid(), ORDINARY] if os.geteuid() == 0 else [os.geteuid()]


class Child:
    """A forked child that runs the attack and sends the outcome back: `value`, `status`."""

    def __init__(self, attack: Callable[[], Any], user: int, confine: Callable[[int], None]):
        read_end, write_end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read_end)
            _attack_and_exit(attack, user, confine, write_end)
        os.close(write_end)
        self._pipe = open(read_end, "rb")  # noqa: SIM115

    def sent(self) -> Any:
        """What was sent by the time that no process holds the pipe any more."""
        with self._pipe as pipe:
            text = pipe.read()
        return json.loads(text) if text else None

    def end(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _attack_and_exit(
    attack: Callable[[], Any], user: int, confine: Callable[[int], None], fd: int
) -> None:
    try:
        if user != os.geteuid():
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        confine(fd)
        os.write(fd, json.dumps(outcome(attack)).encode())
        os._exit(0)
    except isolation.IsolationError as error:
        os.write(fd, json.dumps(str(error)).encode())
    finally:
        os._exit(isolation.BROKEN)


def outcome(attack: Callable[[], Any]) -> Any:
    try:
        return attack()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    except Exception as error:
        return type(error).__name__


def start(
    attack: Callable[[], Any],
    user: int = USERS[0],
    limits: isolation.Limits = LIMITS,
    readable: tuple[Path, ...] = (),
    keep: tuple[int, ...] = (),
    hidden: tuple[Path, ...] = (),
) -> Child:
    paths = [*SYSTEM, *readable]
    return Child(attack, user, lambda fd: isolation.confine(limits, paths, [fd, *keep], hidden))


def isolated(attack: Callable[[], Any], **how: Any) -> Any:
    child = start(attack, **how)
    value = child.sent()
    assert child.end() == 0, value
    return value


def free(attack: Callable[[], Any]) -> Any:
    child = Child(attack, os.geteuid(), lambda fd: None)
    value = child.sent()
    assert child.end() == 0
    return value


@pytest.fixture(params=USERS, ids=lambda user: f"uid{user}")
def user(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the host that any user may read and write, with a file in it."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o777)
    (path / "secret.txt").write_text("42")
    yield path
    shutil.rmtree(path)


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    mouth, ear = socket.socketpair()
    mouth.settimeout(10)
    with mouth, ear:
        yield mouth, ear


def is_gone(mouth: socket.socket) -> bool:
    """Wait until no process holds the other end."""
    try:
        return mouth.recv(1) == b""
    except ConnectionResetError:
        return True


# Files


def test_files_of_the_host_cannot_be_read(folder: Path, user: int) -> None:
    for path in ("/etc/passwd", __file__, isolation.__file__, folder / "secret.txt"):
        for way in (str(path), f"/..{path}"):  # the old root lay on top of the new one for a moment
            attack = lambda way=way: len(Path(way).read_bytes())  # noqa: E731
            assert isolated(attack, user=user) == "ENOENT"
            assert free(attack) > 0


def test_nothing_but_the_listed_paths_is_there(user: int) -> None:
    def files() -> list[str]:
        found = []
        for path, folders, names in os.walk("/"):
            folders[:] = [f for f in folders if Path(path, f) not in {*SYSTEM, Path("/proc")}]
            found += [os.path.join(path, name) for name in names]
        return found

    single = [str(path) for path in SYSTEM if path.is_file()]
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
    links = ["/dev/shm"]  # os.walk counts a link to a folder as a folder
    assert set(isolated(files, user=user)) == {*single, *devices} - set(links)


def test_a_listed_path_can_be_read_and_not_written(folder: Path, user: int) -> None:
    secret = folder / "secret.txt"
    assert isolated(secret.read_text, user=user, readable=(folder,)) == "42"
    assert isolated(secret.read_text, user=user, readable=(secret,)) == "42"
    for attack in (
        lambda: secret.write_text("43"),
        lambda: (folder / "new").write_text("1"),
        secret.unlink,
        lambda: folder.chmod(0o700),
    ):
        assert isolated(attack, user=user, readable=(folder,)) in ("EROFS", "EACCES")
        assert secret.read_text() == "42"
    assert free(lambda: (folder / "new").write_text("1")) == 1


def test_the_new_root_cannot_be_written(user: int) -> None:
    for path in ("/new", "/dev/new", "/usr/new"):
        assert isolated(Path(path).touch, user=user) == "EROFS"


@pytest.fixture
def prefix(folder: Path) -> Path:
    """A readable folder that holds a checkout, which holds a package that must be readable."""
    for name in ("lib/stdlib.py", "src/checks/ex01.py", "src/key", "src/.venv/package.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("42")
    return folder


def files_in(folder: Path) -> list[str]:
    found = (Path(path, name) for path, _, names in os.walk(folder) for name in names)
    return sorted(str(path.relative_to(folder)) for path in found)


def test_hidden_folders_in_a_listed_path_are_empty(prefix: Path, user: int) -> None:
    (prefix / "link").symlink_to("src/checks")
    how: dict[str, Any] = {"user": user, "readable": (prefix,)}
    assert "src/checks/ex01.py" in isolated(lambda: files_in(prefix), **how)
    how["hidden"] = (prefix / "src",)
    assert isolated(lambda: files_in(prefix), **how) == ["lib/stdlib.py", "link", "secret.txt"]
    for path in ("src/checks/ex01.py", "src/key", "link/ex01.py"):
        assert isolated((prefix / path).read_text, **how) == "ENOENT"
    for attack in (
        lambda: (prefix / "src" / "new").write_text("1"),
        lambda: (prefix / "src").chmod(0o777),
        lambda: (prefix / "src").rename(prefix / "away"),
    ):
        assert isolated(attack, **how) in ("EROFS", "EACCES", "EBUSY")


def test_a_listed_path_in_a_hidden_one_can_be_read(prefix: Path, user: int) -> None:
    readable = (prefix, prefix / "src" / ".venv")
    for hidden in ((prefix / "src",), (prefix / "src", prefix / "src" / "checks")):
        found = isolated(lambda: files_in(prefix), user=user, readable=readable, hidden=hidden)
        assert found == ["lib/stdlib.py", "secret.txt", "src/.venv/package.py"]


def test_a_hidden_file_is_empty_and_a_missing_one_no_matter(prefix: Path, user: int) -> None:
    hidden = (prefix / "src" / "key", prefix / "missing")
    attack = lambda: [(prefix / "src" / "key").read_bytes() == b"", len(files_in(prefix))]  # noqa: E731
    assert isolated(attack, user=user, readable=(prefix,), hidden=hidden) == [True, 5]


def test_what_is_hidden_is_so_under_every_name(prefix: Path, user: int) -> None:
    other = Path(tempfile.mkdtemp()) / "other"
    other.parent.chmod(0o755)
    other.symlink_to(prefix)
    for readable, hidden in (((other,), prefix), ((prefix,), other), ((other,), other)):
        for seen in (prefix, other):
            attack = lambda seen=seen: files_in(seen / "src")  # noqa: E731
            how = {"user": user, "readable": readable, "hidden": (hidden / "src",)}
            assert isolated(attack, **how) in ([], "ENOENT")
    shutil.rmtree(other.parent)


def test_what_the_interpreter_needs_cannot_be_hidden(prefix: Path, user: int) -> None:
    child = start(lambda: "inside", user=user, readable=(prefix,), hidden=(prefix,))
    assert "cannot be hidden" in child.sent()
    assert child.end() == isolation.BROKEN


def test_landlock_holds_where_a_descriptor_leads_out(folder: Path, user: int) -> None:
    if ctypes.CDLL(None).syscall(isolation.LANDLOCK, None, 0, 1) < 1:
        pytest.skip("this kernel has no Landlock")
    outside = os.open(folder, os.O_RDONLY)
    attack = lambda: os.open("secret.txt", os.O_RDONLY, dir_fd=outside)  # noqa: E731
    assert isinstance(free(attack), int)
    assert isolated(attack, user=user, keep=(outside,)) == "EACCES"
    os.close(outside)


def test_scratch_is_empty_private_and_the_home(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")

    def use() -> list:
        before = os.listdir("/tmp")
        Path("walls-mark.txt").write_text("1")
        Path("/dev/shm/walls-mark-too.txt").write_text("1")
        return [before, os.getcwd(), str(Path.home()), tempfile.gettempdir()]

    for _ in range(2):
        assert isolated(use, user=user) == [[], "/tmp", "/tmp", "/tmp"]
    assert not Path("/tmp/walls-mark.txt").exists()
    assert not Path("/dev/shm/walls-mark-too.txt").exists()


def test_a_whole_root_is_refused() -> None:
    for path in ("/", "/proc", "/tmp"):
        child = start(lambda: "inside", readable=(Path(path),))
        assert "as a whole" in child.sent()
        assert child.end() == isolation.BROKEN


def test_the_interpreter_works_without_the_repository() -> None:
    repository, home = Path(__file__).parents[1], Path.home()
    paths = file_view.interpreter_paths()
    assert not {repository, home, Path("/etc"), Path("/home"), Path("/root")} & set(paths)
    script = "import sqlite3, ssl, zoneinfo, pandas; print(pandas.Timestamp(0).year)"
    command = [sys.executable, "-c", script]
    limits = replace(LIMITS, memory_bytes=2048 * MIB)
    attack = lambda: subprocess.run(command, capture_output=True, text=True).stdout  # noqa: E731
    assert isolated(attack, limits=limits, readable=tuple(paths)) == "1970\n"


# What is inherited


def test_inherited_descriptors_are_closed(folder: Path, user: int) -> None:
    def open_descriptors() -> list[int]:
        return [fd for fd in range(3, 200) if outcome(lambda fd=fd: os.fstat(fd).st_ino) != "EBADF"]

    with (folder / "secret.txt").open() as file:
        os.set_inheritable(file.fileno(), True)
        assert file.fileno() in free(open_descriptors)
        assert len(isolated(open_descriptors, user=user)) == 1  # the pipe of this test
        assert file.fileno() in isolated(open_descriptors, user=user, keep=(file.fileno(),))


def test_standard_streams_lead_nowhere(user: int) -> None:
    null = os.stat("/dev/null").st_rdev
    assert isolated(lambda: [os.fstat(fd).st_rdev for fd in range(3)], user=user) == [null] * 3
    assert isolated(lambda: os.write(1, b"lost"), user=user) == 4


def test_the_environment_is_clean(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setenv("WALLS_SECRET", "42")
    assert free(lambda: os.environ.get("WALLS_SECRET")) == "42"
    environment = isolated(lambda: dict(os.environ), user=user)
    assert environment == isolation.ENVIRONMENT
    assert "WALLS_SECRET" not in environment
    libc = ctypes.CDLL(None)
    assert isolated(lambda: libc.getenv(b"WALLS_SECRET"), user=user) == 0


def test_signals_and_umask_are_the_default(user: int) -> None:
    mine = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        child = start(lambda: os.kill(os.getpid(), signal.SIGTERM), user=user)
        assert child.sent() is None
        assert child.end() == 128 + signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, mine)
    assert isolated(lambda: os.umask(0), user=user) == 0o077


def test_a_closed_descriptor_is_closed_everywhere(
    sockets: tuple[socket.socket, socket.socket], user: int
) -> None:
    mouth, ear = sockets

    def attack() -> None:
        ear.close()
        signal.pause()

    child = start(attack, user=user, keep=(ear.fileno(),))
    ear.close()
    assert is_gone(mouth)
    os.kill(child.pid, signal.SIGKILL)
    assert child.end() == -signal.SIGKILL


# Other processes, other users


def test_every_namespace_is_new(user: int) -> None:
    names = ("mnt", "cgroup", "uts", "ipc", "user", "pid", "net")
    attack = lambda: [os.readlink(f"/proc/self/ns/{name}") for name in names]  # noqa: E731
    inside = isolated(attack, user=user)
    if inside == "ENOENT":
        pytest.skip("no /proc behind the walls here")
    assert not set(inside) & set(free(attack))


def test_it_leads_its_own_session_and_dies_first_when_memory_is_short(user: int) -> None:
    assert isolated(lambda: os.getpid() == os.getsid(0) == os.getpgrp(), user=user)
    score = isolated(Path("/proc/self/oom_score_adj").read_text, user=user)
    assert score in ("1000\n", "ENOENT")


def test_processes_of_the_host_are_out_of_reach(user: int) -> None:
    host = os.getpid()

    def visible() -> list[int]:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]

    assert host in free(visible)
    assert set(isolated(visible, user=user)) <= {1, 2}
    assert free(lambda: os.kill(host, 0)) is None
    assert isolated(lambda: os.kill(host, 0), user=user) == "ESRCH"
    assert isolated(lambda: os.kill(-1, signal.SIGKILL), user=user) == "ESRCH"  # all that there are
    child = start(lambda: os.kill(0, signal.SIGKILL), user=user)  # its process group
    assert child.sent() is None
    assert child.end() == 128 + signal.SIGKILL


def test_only_process_folders_are_in_proc(user: int) -> None:
    names = isolated(lambda: os.listdir("/proc"), user=user)
    assert {name for name in names if not name.isdigit()} <= {"self", "thread-self"}
    assert "meminfo" in free(lambda: os.listdir("/proc"))


def test_process_one_cannot_be_signalled_or_traced(user: int) -> None:
    def attack() -> list:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            os.kill(1, number)
        return [outcome(Path(f"/proc/1/{name}").open) for name in ("mem", "environ")]

    assert set(isolated(attack, user=user)) <= {"EACCES", "EPERM", "ENOENT"}


def test_no_privilege_is_left(user: int) -> None:
    def status() -> dict[str, str]:
        lines = Path("/proc/self/status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def ids() -> list:
        return [*os.getresuid(), *os.getresgid()]

    assert isolated(ids, user=user) == [isolation.NOBODY] * 6
    found = isolated(status, user=user)
    if found == "ENOENT":
        pytest.skip("no /proc behind the walls here")
    caps = {found[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")}
    assert caps == {"0" * 16}
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("change", ["setuid", "setgid", "seteuid", "setgroups"])
def test_root_cannot_be_got_back(change: str, user: int) -> None:
    value = [0] if change == "setgroups" else 0
    assert isolated(lambda: getattr(os, change)(value), user=user) in ("EPERM", "EINVAL")


def test_the_host_has_another_name(user: int) -> None:
    assert isolated(socket.gethostname, user=user) == "sandbox"
    assert free(socket.gethostname) == socket.gethostname() != "sandbox"


# Network


def test_a_listener_of_the_host_cannot_be_reached(user: int) -> None:
    def attack() -> None:
        with socket.socket() as client:
            client.connect(address)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        assert free(attack) is None
        assert isolated(attack, user=user) == "EPERM"


def test_only_unix_sockets_can_be_made(user: int) -> None:
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK, 17):
        attack = lambda family=family: socket.socket(family, socket.SOCK_RAW).close()  # noqa: E731
        assert isolated(attack, user=user) == "EPERM"
    assert isolated(lambda: [s.close() for s in socket.socketpair()], user=user) == [None, None]
    assert free(lambda: socket.socket(socket.AF_INET).close()) is None


def test_an_abstract_unix_socket_of_the_host_cannot_be_reached(user: int) -> None:
    def attack() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(name)

    with socket.socket(socket.AF_UNIX) as listener:
        name = f"\0walls-{os.getpid()}"
        listener.bind(name)
        listener.listen()
        assert free(attack) is None
        assert isolated(attack, user=user) in ("ECONNREFUSED", "EPERM")


# System calls


def call(number: int, *args: Any) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(arg) for arg in args])
    if result == -1:
        raise OSError(ctypes.get_errno(), "syscall")
    return result


def test_system_calls_of_the_table_are_refused(user: int) -> None:
    numbers = isolation._syscalls()
    some_arguments = {"clone", "clone3", "socket", "socketpair"}
    refused = [number for name, number in numbers.items() if name not in some_arguments]

    def attack() -> list:
        return [outcome(lambda n=n: call(n, -1, -1, -1, -1, -1)) for n in refused]

    assert isolated(attack, user=user) == ["EPERM"] * len(refused)
    assert isolated(lambda: call(numbers["clone3"], 0, 0), user=user) == "ENOSYS"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unshare", (0x400,)),  # CLONE_FILES, which anyone may
        ("ptrace", (0, 0, 0, 0)),  # PTRACE_TRACEME, likewise
        ("memfd_create", (0, 0)),
        ("shmget", (0, 4096, 0o600)),
        ("kcmp", (0, 0, 0, 0, 0)),
        ("setns", (-1, 0)),
        ("pidfd_getfd", (-1, 0, 0)),
        ("process_vm_readv", (0, 0, 0, 0, 0, 0)),
    ],
)
def test_the_filter_and_nothing_else_refuses(name: str, arguments: tuple[int, ...]) -> None:
    attack = lambda: call(isolation._syscalls()[name], *arguments) >= 0  # noqa: E731
    assert free(attack) != "EPERM"
    assert isolated(attack) == "EPERM"


def test_no_new_namespace_by_clone(user: int) -> None:
    clone = isolation._syscalls()["clone"]

    def attack(flags: int) -> Callable[[], bool]:
        def start_and_end() -> bool:
            pid = call(clone, flags | signal.SIGCHLD, 0, 0, 0, 0)
            if pid == 0:
                os._exit(0)
            return os.waitpid(pid, 0)[0] == pid

        return start_and_end

    assert isolated(attack(0), user=user) is True
    for bit in range(17, 31):
        if system_calls.NAMESPACES >> bit & 1:
            assert isolated(attack(1 << bit), user=user) == "EPERM"
    assert free(attack(0x10000000)) is True  # CLONE_NEWUSER


def test_the_other_numbering_of_system_calls_kills(user: int) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("x86_64 has a second numbering")
    child = start(lambda: call(0x40000000 | 39), user=user)
    assert child.sent() is None
    assert child.end() == 128 + signal.SIGSYS
    assert free(lambda: call(0x40000000 | 39)) != "EPERM"


def test_the_kernels_own_headers_agree_with_the_table() -> None:
    include, words = Path("/usr/include"), system_calls.SYSCALLS.split()
    headers = (
        ("x86_64-linux-gnu/asm/unistd_64.h", words[1::3]),
        ("asm-generic/unistd.h", words[2::3]),
    )
    checked = 0
    for header, numbers in headers:
        text = (include / header).read_text() if (include / header).exists() else ""
        for name, number in zip(words[::3], numbers, strict=True):
            if found := re.search(rf"^#define __NR_{name}\s+(\d+)\s*$", text, re.M):
                assert found[1] == number, name
                checked += 1
    if not checked:
        pytest.skip("the kernel's headers are not installed")


# Limits


def test_memory_is_bounded(user: int) -> None:
    attack = lambda: len(bytearray(2 * LIMITS.memory_bytes))  # noqa: E731
    assert free(attack) > LIMITS.memory_bytes
    assert isolated(attack, user=user) == "MemoryError"
    assert isolated(lambda: len(bytearray(LIMITS.memory_bytes // 2)), user=user) > 0


def test_processes_are_bounded(user: int) -> None:
    def bomb() -> int:
        children = []
        try:
            for _ in range(4 * LIMITS.processes):
                child = os.fork()
                if child == 0:
                    signal.pause()
                children.append(child)
        except BlockingIOError:
            pass
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return len(children)

    assert free(bomb) == 4 * LIMITS.processes
    # C itself counts; A may not have given up root yet, and then does not count
    assert LIMITS.processes - 1 <= isolated(bomb, user=user) <= LIMITS.processes


def test_threads_are_bounded(user: int) -> None:
    def bomb() -> str:
        stop = threading.Event()
        try:
            for _ in range(4 * LIMITS.processes):
                threading.Thread(target=stop.wait, daemon=True).start()
        except RuntimeError:
            return "bounded"
        finally:
            stop.set()
        return "unbounded"

    limits = replace(LIMITS, memory_bytes=4096 * MIB)  # enough for the stacks
    assert free(bomb) == "unbounded"
    assert isolated(bomb, user=user, limits=limits) == "bounded"


def test_open_files_are_bounded(user: int) -> None:
    attack = lambda: len([open("/dev/null") for _ in range(2 * LIMITS.open_files)])  # noqa: E731,SIM115
    assert free(attack) == 2 * LIMITS.open_files
    assert isolated(attack, user=user) == "EMFILE"


def test_a_file_is_bounded(user: int) -> None:
    def write(size: int) -> int:
        with tempfile.TemporaryFile() as file:
            return file.write(bytes(size)) + (file.flush() or 0)

    too_large = LIMITS.file_bytes + 1
    assert free(lambda: write(too_large)) == too_large
    assert isolated(lambda: write(too_large), user=user) == "EFBIG"
    assert isolated(lambda: write(LIMITS.file_bytes), user=user) == LIMITS.file_bytes


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm"])
def test_scratch_is_bounded(place: str, user: int) -> None:
    def fill(count: int, size: int) -> None:
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            for number in range(count):
                Path(scratch, str(number)).write_bytes(bytes(size))

    count = LIMITS.scratch_bytes // MIB + 1
    assert free(lambda: fill(count, MIB)) is None
    assert isolated(lambda: fill(count, MIB), user=user) == "ENOSPC"
    assert isolated(lambda: fill(LIMITS.scratch_files, 0), user=user) == "ENOSPC"
    assert isolated(lambda: fill(LIMITS.scratch_files // 2, 0), user=user) is None


def test_processor_time_is_bounded_even_if_the_warning_is_ignored() -> None:
    def loop() -> None:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        while True:
            pass

    child = start(loop, limits=replace(LIMITS, cpu_seconds=1))
    assert child.sent() is None
    assert child.end() == 128 + signal.SIGKILL


def test_limits_cannot_be_raised(user: int) -> None:
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU):
        attack = lambda kind=kind: resource.setrlimit(kind, (10**12, 10**12))  # noqa: E731
        assert isolated(attack, user=user) in ("ValueError", "EPERM")


# The end


def leave_daemon(mouth: socket.socket, ear: socket.socket) -> None:
    """Leave a process behind that belongs to no one, and answers on the socket."""
    if os.fork() == 0:
        with contextlib.suppress(OSError):  # behind the walls it is closed already
            mouth.close()
        os.setsid()
        if os.fork():
            os._exit(0)
        ear.send(b"started")
        while ear.recv(1):
            ear.send(b"alive")
        os._exit(0)


@pytest.mark.parametrize("walls_up", [True, False], ids=["isolated", "free"])
def test_killing_the_outer_process_kills_all(
    sockets: tuple[socket.socket, socket.socket], walls_up: bool, user: int
) -> None:
    mouth, ear = sockets

    def attack() -> None:
        leave_daemon(mouth, ear)
        signal.pause()

    keep = (ear.fileno(),)
    child = (
        start(attack, user=user, keep=keep) if walls_up else Child(attack, user, lambda fd: None)
    )
    ear.close()
    assert mouth.recv(16) == b"started"
    os.kill(child.pid, signal.SIGKILL)
    assert child.end() == -signal.SIGKILL
    if walls_up:
        assert is_gone(mouth)
    else:
        mouth.send(b"?")
        assert mouth.recv(16) == b"alive"


def test_the_end_of_the_learner_is_the_end_of_all(
    sockets: tuple[socket.socket, socket.socket], user: int
) -> None:
    mouth, ear = sockets
    listening = mouth.fileno()

    def attack() -> None:
        leave_daemon(mouth, ear)
        select.select([listening], [], [])

    child = start(attack, user=user, keep=(ear.fileno(), listening))
    ear.close()
    assert child.end() == 0
    assert mouth.recv(16) == b"started"
    assert is_gone(mouth)


def test_the_death_of_the_caller_is_the_end_of_all(
    sockets: tuple[socket.socket, socket.socket], user: int
) -> None:
    mouth, ear = sockets
    caller = os.fork()
    if caller == 0:
        mouth.close()

        def attack() -> None:
            leave_daemon(mouth, ear)
            signal.pause()

        start(attack, user=user, keep=(ear.fileno(),))
        ear.close()
        signal.pause()
    ear.close()
    assert mouth.recv(16) == b"started"
    os.kill(caller, signal.SIGKILL)
    os.waitpid(caller, 0)
    assert is_gone(mouth)


@pytest.mark.parametrize(("status", "told"), [(0, 0), (7, 7), (isolation.BROKEN, 1)])
def test_the_status_is_passed_on_but_never_that_of_a_broken_wall(
    status: int, told: int, user: int
) -> None:
    child = start(lambda: os._exit(status), user=user)
    assert child.sent() is None
    assert child.end() == told


# Walls that cannot be built


def test_a_wall_that_breaks_says_which_and_what_to_do(folder: Path, user: int) -> None:
    for path, word in ((folder / "missing", "paths that exist"), (folder / "closed", "chmod")):
        if word == "chmod":
            path.mkdir()
            path.chmod(0)
        child = start(lambda: "inside", user=user, readable=(path,))
        assert word in child.sent()
        assert child.end() == isolation.BROKEN
    path.chmod(0o777)


def test_another_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isolation.why_unavailable() is None
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    reason = isolation.why_unavailable()
    assert reason is not None
    assert "riscv64" in reason


def test_the_trial_proves_that_hidden_files_cannot_be_read(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where something in between has failed to hide them."""
    with monkeypatch.context() as patch:
        patch.setattr(isolation, "readable_paths", lambda: [*SYSTEM, prefix])
        assert isolation.why_unavailable([prefix / "src"]) is None
        patch.setattr(isolation, "grader_paths", lambda: [prefix / "src"])
        assert isolation.why_unavailable() is None
        patch.setattr(file_view, "_forms", lambda hidden, readable: [])
        reason = isolation.why_unavailable()
        assert reason is not None
        assert f"{prefix}/src/key can be read inside" in reason


def test_the_grader_is_known_as_a_checkout_and_as_a_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isolation.grader_paths() == [Path(__file__).parents[1]]
    monkeypatch.setattr(file_view, "__file__", str(folder / "grader" / "file_view.py"))
    package, references = isolation.grader_paths()
    assert package == folder / "grader"
    assert (references / "ex01_advanced_functions.py").exists()


def test_of_the_systems_python_only_its_own_folders_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr/local")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    paths = file_view.interpreter_paths()
    assert not {Path("/usr"), Path("/usr/local"), Path("/usr/share")} & set(paths)
    assert Path("/usr/lib") in paths
