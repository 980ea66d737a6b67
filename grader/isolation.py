"""The walls around a learner's code: what it may see, reach and use up.

Threat model. The code is hostile Python: it can call any C function, overwrite any memory of its
own process, and start processes. It inherits the memory of the process that forked it, so nothing
worth stealing may ever have been there: no secret, no expected value, no other submission (the
environment and arguments with which the parent was started can be read as well).
What it may try, and the wall that answers:

- read files (solutions, gradebook, keys): a new root that holds read-only binds of listed paths,
  with empty folders in place of those that must stay hidden
- write files: all is read-only except one small private tmpfs; Landlock says so once more
- use an inherited file descriptor: all are closed but the listed ones
- see, signal or trace other processes: a PID namespace with its own /proc, and seccomp
- reach the network or the host's services: network and IPC namespaces; seccomp allows only Unix
  sockets
- become another user: no capabilities, no_new_privs, no set-uid files; root becomes `NOBODY`
- attack the kernel: seccomp refuses mounts, namespaces, bpf, io_uring and others of their kind
- use up the machine: limits on memory, processor time, processes, open files, file sizes
- outlive its grading: every descendant dies with its PID namespace

Not covered: memory and processor time are limited for each process, so `processes` times as much
can be used (left are the caller's wall-clock limit, and the kernel's out-of-memory killer, which
takes these processes first); submissions that run at once share processors and caches, so they can
slow and time each other; memory that the parent maps as shared stays shared; a Unix socket in a
listed path could be connected to; an unknown hole in the kernel.

The processes: the caller forks A, which calls `confine`; A forks B, process 1 of the new PID
namespace, which builds the walls; B forks C, which returns from `confine`. When C ends, everything
it left behind is killed, and A exits with C's status (128 + signal number if C was killed). When A
is killed, or the caller dies, all are killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import stat
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from grader import file_view, system_calls
from grader.file_view import grader_paths, readable_paths
from grader.resource_limits import Limits, mapped_bytes, set_limits
from grader.system_calls import call, libc

NOBODY = 65534  # user and group id inside the walls
BROKEN = 97  # A's exit status if a wall could not be built; code inside the walls cannot cause it


class IsolationError(RuntimeError):
    """A wall could not be built; the message says which and what to do."""


@contextlib.contextmanager
def _wall(name: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise IsolationError(f"The wall '{name}' could not be built: {error}. {remedy}") from error


def why_unavailable(hidden: Iterable[Path] = ()) -> str | None:
    """None if all walls can be built here, otherwise the reason and what to do.

    A trial child proves that it can read no file of the grader's, and none in the `hidden` paths.
    """
    unseen = [path.resolve() for path in (*grader_paths(), *hidden)]
    read_end, write_end = os.pipe()
    trial = os.fork()
    if trial == 0:
        try:
            confine(Limits(), readable_paths(), [write_end], unseen)
            _prove_unreadable(unseen)
            os._exit(0)
        except BaseException as error:
            os.write(write_end, (str(error) or repr(error)).encode())
        finally:
            os._exit(BROKEN)
    os.close(write_end)
    with open(read_end, encoding="utf-8", errors="replace") as pipe:
        reason = pipe.read()
    _, status = os.waitpid(trial, 0)
    return None if status == 0 else reason or f"A trial of the walls died (wait status {status})."


def _prove_unreadable(paths: Iterable[Path]) -> None:
    """Inside the walls: raise IsolationError if any file in these folders is there."""
    shown = {form for path in readable_paths() for form in (path.absolute(), path.resolve())}
    for top in paths:
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if Path(folder, name) not in shown]
            found = [name for name in files if Path(folder, name) not in shown]
            if found:
                raise IsolationError(f"{folder}/{found[0]} can be read inside. Move it elsewhere.")


@_wall("processes", "Raise this process's own limits (ulimit -a), or ask for lower ones.")
def confine(
    limits: Limits,
    readable: Iterable[Path],
    keep_fds: Iterable[int],
    hidden: Iterable[Path] = (),
) -> None:
    """Put this process, freshly forked and single-threaded, behind the walls; return inside them.

    Then /tmp is the home and working folder, only the paths in `readable` can be read, without
    what lies in the `hidden` ones among them, and only the descriptors in `keep_fds` are open
    besides 0, 1 and 2, which are /dev/null.

    Raises IsolationError in A or in B, before anything hostile can run: the caller must catch it,
    may report it over one of `keep_fds`, and must end with `os._exit(BROKEN)`.
    """
    keep, caller = set(keep_fds), os.getppid()
    syscalls, layout = _syscalls(), _layout([*readable], hidden)
    memory_bytes = mapped_bytes() + limits.memory_bytes
    _clean_process(keep)
    _enter_namespaces()
    outside = os.pidfd_open(os.getpid())
    if init := os.fork():
        _stand_outside(init, caller, keep | {outside})
    os.setsid()
    _change_root(layout, limits, syscalls)
    _drop_privileges()
    _check_readable([path for path, shown in layout.items() if shown])
    set_limits(limits, memory_bytes)
    _landlock()
    _filter_system_calls(syscalls)
    _die_with(outside)
    if learner := os.fork():
        _reap_until_end_of(learner, keep)
    os.setsid()


# The process itself

ENVIRONMENT = {
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), "/tmp"),
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"), "1"),
}


def _clean_process(keep: set[int]) -> None:
    """Leave nothing of the caller's signals, descriptors, session and environment."""
    call("prctl", 4, 1)  # PR_SET_DUMPABLE: otherwise /proc/self is root's if the user has changed
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        python_ignores = number in (signal.SIGPIPE, signal.SIGXFSZ)  # and raises OSError instead
        signal.signal(number, signal.SIG_IGN if python_ignores else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for fd in {int(name) for name in os.listdir("/proc/self/fd")} - {0, 1, 2} - keep:
        with contextlib.suppress(OSError):  # the descriptor of the listing itself
            os.close(fd)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in {0, 1, 2} - keep:
        os.dup2(null, fd)
    if null > 2:
        os.close(null)
    if os.getpgrp() != os.getpid():
        os.setsid()
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    tempfile.tempdir = "/tmp"


def _die_with(outside: int) -> None:
    """B: be killed when A dies. A change of credentials would undo it, so this comes after them."""
    call("prctl", 1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if select.select([outside], [], [], 0)[0]:  # A died before that: its pidfd says so
        os._exit(BROKEN)
    os.close(outside)


def _stand_outside(init: int, caller: int, fds: set[int]) -> NoReturn:
    """A: wait for the PID namespace to end, and pass its status on."""
    for fd in fds - {0, 1, 2}:
        os.close(fd)
    _drop_privileges()
    call("prctl", 1, signal.SIGKILL)
    if os.getppid() != caller:
        os._exit(BROKEN)
    os._exit(_exit_status(os.waitpid(init, 0)[1]))


def _reap_until_end_of(learner: int, fds: set[int]) -> NoReturn:
    """B: collect orphans until C ends. The kernel kills what is left when B, process 1, exits."""
    for fd in fds - {0, 1, 2}:
        os.close(fd)
    while True:
        pid, wait_status = os.wait()
        if pid == learner:
            status = _exit_status(wait_status)
            os._exit(status if status != BROKEN else 1)


def _exit_status(wait_status: int) -> int:
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


# Namespaces and users


@_wall(
    "namespaces",
    "Allow user namespaces: sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0; for a container, a seccomp profile that "
    "lets unshare and mount through.",
)
def _enter_namespaces() -> None:
    """Have all capabilities over new namespaces, and none over the host.

    An ordinary user becomes NOBODY in them. For root, all users keep their numbers, so that it can
    become NOBODY later; such a map must be written from outside, by a helper.
    """
    user, group, helper = os.geteuid(), os.getegid(), None
    if user == 0:
        unshared, helper = _fork_helper(os.getpid())
    call("unshare", system_calls.NAMESPACES)
    if helper is None:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
        return
    os.write(unshared, b".")
    os.close(unshared)
    if os.waitpid(helper, 0)[1] != 0:
        raise PermissionError("root may not map users (CAP_SETUID, CAP_SETGID, CAP_SETFCAP)")


def _fork_helper(process: int) -> tuple[int, int]:
    """A child that maps the ids of the process to themselves, when told through the descriptor."""
    told, tell = os.pipe()
    if helper := os.fork():
        os.close(told)
        return tell, helper
    os.close(tell)
    with contextlib.suppress(OSError):
        for ids in ("uid_map", "gid_map") if os.read(told, 1) else ():
            ranges = [line.split() for line in Path(f"/proc/self/{ids}").read_text().splitlines()]
            same = "".join(f"{first} {first} {count}\n" for first, _, count in ranges)
            Path(f"/proc/{process}/{ids}").write_text(same)
        os._exit(0)
    os._exit(1)


@_wall("unprivileged user", "Run as an ordinary user instead of root.")
def _drop_privileges() -> None:
    """Become NOBODY for good, without any capability."""
    with contextlib.suppress(OSError):
        for capability in range(64):
            call("prctl", 24, capability)  # PR_CAPBSET_DROP: EINVAL after the kernel's last one
    if os.getuid() != NOBODY:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    call("prctl", 47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, CLEAR_ALL
    call("capset", struct.pack("II", 0x20080522, 0), bytes(24))  # effective, permitted, inheritable
    call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    call("prctl", 4, 0)  # PR_SET_DUMPABLE: closed to other processes of the same user


# The file system: open_tree, move_mount, mount_setattr and Landlock have one number everywhere

OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR, LANDLOCK, AT_CWD = 428, 429, 442, 444, -100
READ_ONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
DEVICES = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]


_layout = _wall("file system", "List only what the interpreter needs; keep other files elsewhere.")(
    file_view.layout
)


@_wall("file system", "It needs Linux 5.14 or later, and paths that exist.")
def _change_root(layout: dict[Path, bool], limits: Limits, syscalls: dict[str, int]) -> None:
    """Replace the root by a small tmpfs with the paths, the devices, /proc and /tmp; enter /tmp."""
    os.umask(0o022)
    call("sethostname", "sandbox", len("sandbox"))
    call("mount", None, "/", None, 0x44000, None)  # MS_REC | MS_PRIVATE: the host's stay out
    mounts = {path: _copy_mount(path, NODEV) for path, shown in layout.items() if shown}
    mounts |= {device: _copy_mount(device, NOEXEC) for device in DEVICES}
    folders = {path for path, shown in layout.items() if not shown and path.is_dir()}
    files = {path for path, shown in layout.items() if not shown and path.is_file()}
    mounts |= {path: _copy_mount(DEVICES[0], NOEXEC) for path in files}
    _mount_tmpfs("/tmp", "size=1m,nr_inodes=4k,mode=755")  # the new root
    os.chdir("/tmp")
    os.mkdir("tmp")
    _mount_tmpfs("tmp", f"size={limits.scratch_bytes},nr_inodes={limits.scratch_files},mode=1777")
    for path in sorted(mounts.keys() | folders):
        place = path.relative_to("/")
        if path in folders:
            _mount_tmpfs(str(place), "size=64k,nr_inodes=1k,mode=755")
        else:
            _attach(mounts[path], place)
    os.symlink("/tmp", "dev/shm")
    os.mkdir("proc")
    with contextlib.suppress(OSError):  # some containers forbid it: then /proc is empty
        call("mount", "proc", "proc", "proc", NOSUID | NODEV | NOEXEC, "subset=pid")
    call("syscall", syscalls["pivot_root"], ".", ".")  # puts the old root on top of the new one
    call("umount2", ".", 2)  # MNT_DETACH
    for mounted in ("/", *map(str, folders)):
        to_set = struct.pack("QQQQ", READ_ONLY, 0, 0, 0)
        call("syscall", MOUNT_SETATTR, AT_CWD, mounted, 0, to_set, 32)
    os.chdir("/tmp")
    os.umask(0o077)


def _mount_tmpfs(place: str, options: str) -> None:
    call("mount", "tmpfs", place, "tmpfs", NOSUID | NODEV | NOEXEC, options)


def _copy_mount(path: Path, attributes: int) -> int:
    """A read-only copy of the mounts at and below the path, not yet attached: a descriptor."""
    flags = 0x8001 | os.O_CLOEXEC  # AT_RECURSIVE | OPEN_TREE_CLONE
    mount = call("syscall", OPEN_TREE, AT_CWD, str(path), flags)
    to_set = struct.pack("QQQQ", attributes | READ_ONLY | NOSUID, 0, 0, 0)  # struct mount_attr
    call("syscall", MOUNT_SETATTR, mount, "", 0x9000, to_set, 32)  # AT_RECURSIVE | AT_EMPTY_PATH
    return mount


def _attach(mount: int, place: Path) -> None:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        if stat.S_ISDIR(os.fstat(mount).st_mode):
            place.mkdir()
        else:
            place.touch()
    call("syscall", MOVE_MOUNT, mount, "", AT_CWD, str(place), 4)  # MOVE_MOUNT_F_EMPTY_PATH
    os.close(mount)


@_wall("readable paths", f"Let user {NOBODY} read it: chmod -R a+rX PATH.")
def _check_readable(paths: list[Path]) -> None:
    for path in paths:
        if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            raise PermissionError(f"{path} cannot be read")


@_wall("Landlock", "Report this together with the kernel's version.")
def _landlock() -> None:
    """Where the kernel has it: files are written in /tmp and /dev only, no TCP, signals stay in."""
    version = libc.syscall(LANDLOCK, None, 0, 1)
    if version < 1:
        return
    every = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    handled = struct.pack("QQQ", every, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = call("syscall", LANDLOCK, handled, len(handled), 0)
    execute, write, read = 1, 2, 4 | 8
    for path, access in (("/", execute | read), ("/dev", write | read), ("/tmp", every)):
        folder = os.open(path, os.O_PATH)
        call("syscall", LANDLOCK + 1, ruleset, 1, struct.pack("=Qi", access, folder), 0)  # add_rule
        os.close(folder)
    call("syscall", LANDLOCK + 2, ruleset, 0)  # restrict_self
    os.close(ruleset)


_syscalls = _wall("system calls", "Use Linux on x86_64 or aarch64.")(system_calls.numbers)


@_wall("system calls", "The kernel needs seccomp filters.")
def _filter_system_calls(syscalls: dict[str, int]) -> None:
    program = system_calls.program(syscalls)
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    call("prctl", 22, 2, header, 0, 0)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
