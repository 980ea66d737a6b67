"""The walls around a learner's code: what it may see, reach and use up.

Threat model. The code is hostile Python: it can call any C function, overwrite any memory of its
own process, and start processes. It inherits the memory of the process that forked it, so nothing
worth stealing may ever have been there: no secret, no expected value, no other submission (the
parent's own first environment and arguments can be read as well). What it may try, and the answer:

- read files (solutions, gradebook, keys): a new root that holds read-only binds of the listed paths
- write files: everything is read-only except one small private tmpfs; Landlock says so once more
- use an inherited file descriptor: all are closed but the listed ones
- see, signal or trace other processes: a PID namespace with a /proc of its own, and seccomp
- talk to the network or to the host's services: a network and an IPC namespace without any device;
  seccomp allows Unix sockets only
- become another user: no capability, no_new_privs, no set-uid files; root is given up for `NOBODY`
- attack the kernel: seccomp refuses what it does not need (mounts, namespaces, bpf, io_uring, ...)
- use up the machine: limits on memory, processor time, processes, open files and file size
- outlive its grading: every descendant dies with its PID namespace, which dies with its outer process

Not covered: the limits on memory and processor time hold for each process, so `processes` times as
much can be used (the caller's wall-clock limit and the kernel's out-of-memory killer, which takes
these processes first, are what is left); processes of different submissions share processors and
caches, so they can slow or time each other; memory that the parent shares (MAP_SHARED) stays shared;
listed paths must hold no Unix socket; an unknown hole in the kernel.

How processes lie within each other: the caller forks A, which calls `confine`; A forks B, process 1
of the new PID namespace, which builds the walls; B forks C, which returns from `confine`. A ends
when C has ended, with the status of C (128 + signal number if killed). Kill A, and all are killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import select
import signal
import stat
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

NOBODY = 65534  # user and group id inside the walls
BROKEN = 97  # exit status for "a wall could not be built": the learner's code cannot end A with it

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a grading child may use. All but `scratch_bytes` and `processes` are per process."""

    memory_bytes: int = 2048 * MIB  # address space beyond what is mapped when the walls go up
    cpu_seconds: int = 60
    processes: int = 64  # threads count too
    open_files: int = 128
    file_bytes: int = 64 * MIB  # the largest file
    scratch_bytes: int = 64 * MIB  # all files in /tmp and /dev/shm together
    scratch_files: int = 4096


class WallError(RuntimeError):
    """A wall could not be built; the message says which and what to do."""


def interpreter_paths() -> list[Path]:
    """The files that the running interpreter and its packages need."""
    system = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
    shared = ("/usr/share/zoneinfo", "/usr/share/fonts", "/etc/fonts")
    return [Path(p) for p in (sys.prefix, sys.base_prefix, *system, *shared) if os.path.exists(p)]


def why_unavailable() -> str | None:
    """None if all walls can be built here, otherwise the reason and what to do."""
    read_end, write_end = os.pipe()
    trial = os.fork()
    if trial == 0:
        try:
            confine(Limits(), interpreter_paths(), [write_end])
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


def confine(limits: Limits, readable: Iterable[Path], keep_fds: Iterable[int]) -> None:
    """Put this freshly forked, single-threaded process behind the walls; return inside them.

    Afterwards /tmp is the home and working folder, only the paths in `readable` can be read, and
    only the file descriptors in `keep_fds` are open besides 0, 1 and 2 (/dev/null).

    Raises WallError in A or B, before any of the learner's code can run: the caller must catch it
    and `os._exit(BROKEN)`. C, and the processes in it, never raise.
    """
    keep, caller = frozenset(keep_fds), os.getppid()
    with _building("platform", "Use Linux 5.14 or later on x86_64 or aarch64."):
        syscalls = _syscalls()
    with _building("clean process", "Call confine() in a process that was just forked."):
        memory_bytes = _mapped_bytes() + limits.memory_bytes
        _clean_process(keep)
    with _building("namespaces", ALLOW_NAMESPACES):
        _unshare()
        outer = os.pidfd_open(os.getpid())
        init = os.fork()
    if init:
        for fd in {outer, *keep} - {0, 1, 2}:
            os.close(fd)
        _stand_outside(init, caller)
    os.setsid()
    with _building("file system", "Check that the paths to be readable exist."):
        paths = _outermost(readable)
        _change_root(paths, limits, syscalls)
    with _building("unprivileged user", "Run as an ordinary user."):
        _drop_privileges()
    with _building("readable paths", f"Make them readable for user {NOBODY}: chmod -R a+rX PATH."):
        _check_readable(paths)
    with _building("limits", "Raise this process's own limits (ulimit -a), or ask for less."):
        _set_limits(limits, memory_bytes)
    with _building("system calls", "The kernel needs seccomp filters."):
        _landlock()
        _filter_system_calls(syscalls)
        _die_with_parent()
        if select.select([outer], [], [], 0)[0]:  # A had died before the line above
            os._exit(BROKEN)
        os.close(outer)
        learner = os.fork()
    if learner:
        for fd in keep - {0, 1, 2}:
            os.close(fd)
        _reap_until_end_of(learner)
    os.setsid()


ALLOW_NAMESPACES = (
    "Allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container: a seccomp profile that lets "
    "unshare and mount through)."
)


@contextlib.contextmanager
def _building(wall: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise WallError(f"The wall '{wall}' could not be built: {error}. {remedy}") from error


# The C library. Numbers in this file are the kernel's own (include/uapi/linux, man 2).

_libc = ctypes.CDLL(None, use_errno=True)


def _c(function: str, *args: int | str | bytes | None) -> int:
    """Call a C function with whole numbers and strings; a result of -1 raises OSError."""
    values = [os.fsencode(arg) if isinstance(arg, str) else arg for arg in args]
    result = getattr(_libc, function)(
        *[ctypes.c_long(value) if isinstance(value, int) else value for value in values]
    )
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), function)
    return int(result)


# The process itself


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _clean_process(keep: frozenset[int]) -> None:
    """Leave nothing of the caller's signals, descriptors, session, environment."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        as_errors = number in (signal.SIGPIPE, signal.SIGXFSZ)  # as Python itself has it
        signal.signal(number, signal.SIG_IGN if as_errors else signal.SIG_DFL)
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
    os.umask(0o022)  # for the new root; 0o077 later
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.environ.clear()
    os.environ.update(ENVIRONMENT, PATH=f"{sys.prefix}/bin:/usr/bin:/bin")
    tempfile.tempdir = "/tmp"


ENVIRONMENT = {
    **{name: "/tmp" for name in ("HOME", "TMPDIR", "MPLCONFIGDIR")},
    **{"LANG": "C.UTF-8", "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"},
    **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
}


def _die_with_parent() -> None:
    """Be killed when the parent dies. A change of credentials would undo it: to be called last."""
    _c("prctl", 1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _stand_outside(init: int, caller: int) -> NoReturn:
    """A: wait for the namespace to end, and pass its status on."""
    with _building("unprivileged user", "Run as an ordinary user."):
        _drop_privileges()
        _die_with_parent()
    if os.getppid() != caller:
        os._exit(BROKEN)
    os._exit(_shell_status(os.waitpid(init, 0)[1]))


def _reap_until_end_of(learner: int) -> NoReturn:
    """B: collect orphans until C has ended; the kernel then kills whatever C left behind."""
    while True:
        pid, status = os.wait()
        if pid == learner:
            code = _shell_status(status)
            os._exit(code if code != BROKEN else 1)  # the walls stood: C may not say otherwise


def _shell_status(wait_status: int) -> int:
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


# Namespaces

NAMESPACES = 0x7E020000  # mount, cgroup, UTS, IPC, user, PID, network


def _unshare() -> None:
    """Enter new namespaces, with all capabilities over them and none over the host."""
    if os.geteuid() == 0:
        return _unshare_as_root()
    user, group = os.geteuid(), os.getegid()
    _c("unshare", NAMESPACES)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    return None


def _unshare_as_root() -> None:
    """As `_unshare`, but every user keeps its number, so that root can be given up for NOBODY.

    Such a map can be written by a privileged process outside only, hence the helper.
    """
    outside = os.getpid()
    ready, unshared = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(unshared)
        with contextlib.suppress(OSError):
            if os.read(ready, 1):
                _map_to_same_ids(outside)
                os._exit(0)
        os._exit(1)
    _c("unshare", NAMESPACES)
    os.write(unshared, b".")
    if os.waitpid(helper, 0)[1] != 0:
        raise PermissionError("root may not map users here (CAP_SETUID, CAP_SETGID, CAP_SETFCAP)")
    os.close(ready)
    os.close(unshared)


def _map_to_same_ids(process: int) -> None:
    for ids in ("uid_map", "gid_map"):
        ranges = [line.split() for line in Path(f"/proc/self/{ids}").read_text().splitlines()]
        same = "".join(f"{first} {first} {count}\n" for first, _, count in ranges)
        Path(f"/proc/{process}/{ids}").write_text(same)


def _drop_privileges() -> None:
    """Become NOBODY for good, without any capability."""
    with contextlib.suppress(OSError):
        for capability in range(64):
            _c("prctl", 24, capability)  # PR_CAPBSET_DROP; EINVAL after the kernel's last one
    if os.getuid() != NOBODY:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    _c("prctl", 47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, CLEAR_ALL
    _c("capset", struct.pack("II", 0x20080522, 0), bytes(24))
    _c("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    _c("prctl", 4, 0)  # PR_SET_DUMPABLE: its memory is not open to other processes of NOBODY


# The file system

NOSUID, NODEV, NOEXEC, HERE = 2, 4, 8, -100  # HERE: AT_FDCWD
DEVICES = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]


def _outermost(readable: Iterable[Path]) -> list[Path]:
    """Absolute paths, and where their symbolic links lead, without those inside another one."""
    paths = {form for path in readable for form in (Path(path).absolute(), Path(path).resolve())}
    if unfit := paths & {Path(p) for p in ("/", "/dev", "/proc", "/tmp")}:
        raise ValueError(f"{unfit.pop()} cannot be made readable as a whole")
    return [path for path in sorted(paths) if not paths & set(path.parents)]


def _change_root(paths: list[Path], limits: Limits, syscalls: dict[str, int]) -> None:
    """Replace the root by a small tmpfs with the paths, the devices, /proc and /tmp; enter /tmp."""
    _c("sethostname", "sandbox", len("sandbox"))
    _c("mount", None, "/", None, 0x44000, None)  # MS_REC | MS_PRIVATE: nothing comes in later
    mounts = {path: _copy_mount(path, NODEV) for path in paths}
    mounts |= {device: _copy_mount(device, NOEXEC) for device in DEVICES}
    _mount_tmpfs("/tmp", "size=1m,nr_inodes=4k,mode=755")
    os.chdir("/tmp")
    os.mkdir("tmp")
    _mount_tmpfs("tmp", f"size={limits.scratch_bytes},nr_inodes={limits.scratch_files},mode=1777")
    for path, mount in mounts.items():
        _attach(mount, path.relative_to("/"))
    os.symlink("/tmp", "dev/shm")
    os.mkdir("proc")
    with contextlib.suppress(OSError):  # containers may forbid it: then there is no /proc
        _c("mount", "proc", "proc", "proc", NOSUID | NODEV | NOEXEC, "subset=pid")
    _c("syscall", syscalls["pivot_root"], ".", ".")  # the old root now lies upon the new one
    _c("umount2", ".", 2)  # MNT_DETACH
    _c("syscall", 442, HERE, "/", 0, _mount_attributes(NOSUID | NODEV), 32)  # mount_setattr
    os.chdir("/tmp")
    os.umask(0o077)


def _mount_tmpfs(place: str, options: str) -> None:
    _c("mount", "tmpfs", place, "tmpfs", NOSUID | NODEV | NOEXEC, options)


def _mount_attributes(attributes: int) -> bytes:
    """Attributes to set, always with read-only (1): struct mount_attr of mount_setattr(2)."""
    return struct.pack("QQQQ", attributes | 1, 0, 0, 0)


def _copy_mount(path: Path, attributes: int) -> int:
    """A read-only copy of the mounts at and below the path, not attached yet: a descriptor."""
    flags = 0x1 | os.O_CLOEXEC | 0x8000  # OPEN_TREE_CLONE, AT_RECURSIVE
    mount = _c("syscall", 428, HERE, str(path), flags)  # open_tree
    _c("syscall", 442, mount, "", 0x9000, _mount_attributes(attributes | NOSUID), 32)
    return mount


def _attach(mount: int, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(mount).st_mode):
        place.mkdir()
    else:
        place.touch()
    _c("syscall", 429, mount, "", HERE, str(place), 4)  # move_mount, F_EMPTY_PATH
    os.close(mount)


def _check_readable(paths: list[Path]) -> None:
    for path in paths:
        if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            raise PermissionError(f"{path} cannot be read")


def _landlock() -> None:
    """A second wall where the kernel has it: write in /tmp and /dev only, TCP and signals none."""
    version = _libc.syscall(444, None, 0, 1)  # landlock_create_ruleset, VERSION
    if version < 1:
        return
    every = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    rules = struct.pack("QQQ", every, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _c("syscall", 444, rules, len(rules), 0)
    execute, write, read = 1, 2, 4 | 8
    for path, access in (("/", execute | read), ("/dev", write | read), ("/tmp", every)):
        folder = os.open(path, os.O_PATH)
        _c("syscall", 445, ruleset, 1, struct.pack("=Qi", access, folder), 0)  # add_rule
        os.close(folder)
    _c("syscall", 446, ruleset, 0)  # restrict_self
    os.close(ruleset)


# Limits


def _set_limits(limits: Limits, memory_bytes: int) -> None:
    """Soft and hard alike, so that they cannot be raised again."""
    for name, value in {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_NPROC: limits.processes + 2,  # A and B
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(name, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))


# System calls: numbers on x86_64 and aarch64 (arch/*/include, asm-generic/unistd.h)

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
SYSCALLS = """
    ptrace 101 117  process_vm_readv 310 270  process_vm_writev 311 271  kcmp 312 272
    pidfd_getfd 438 438  process_madvise 440 440  mount 165 40  umount2 166 39
    pivot_root 155 41  chroot 161 51  open_tree 428 428  move_mount 429 429  fsopen 430 430
    fsconfig 431 431  fsmount 432 432  fspick 433 433  mount_setattr 442 442
    open_tree_attr 467 467  unshare 272 97  setns 308 268  bpf 321 280  perf_event_open 298 241
    add_key 248 217  request_key 249 218  keyctl 250 219  io_uring_setup 425 425
    io_uring_enter 426 426  io_uring_register 427 427  userfaultfd 323 282  kexec_load 246 104
    kexec_file_load 320 294  init_module 175 105  finit_module 313 273  delete_module 176 106
    reboot 169 142  swapon 167 224  swapoff 168 225  acct 163 89  quotactl 179 60
    quotactl_fd 443 443  open_by_handle_at 304 265  fanotify_init 300 262  syslog 103 116
    shmget 29 194  msgget 68 186  semget 64 190  mq_open 240 180  memfd_create 319 279
    memfd_secret 447 447  clone 56 220  clone3 435 435  socket 41 198  socketpair 53 199
"""  # the last lines but the clones and sockets: memory that no limit counts


def _syscalls() -> dict[str, int]:
    """The number of each system call in the table on this machine."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ARCHITECTURES or sys.maxsize < 2**32:
        raise OSError(f"no walls for {sys.platform} on {machine}")
    words = SYSCALLS.split()
    numbers = words[1 + list(ARCHITECTURES).index(machine) :: 3]
    return dict(zip(words[::3], map(int, numbers), strict=True))


def _filter_system_calls(syscalls: dict[str, int]) -> None:
    """Refuse the table's calls with EPERM; another architecture's numbering kills (seccomp(2))."""
    program = b"".join(_filter(dict(syscalls), ARCHITECTURES[platform.machine()]))
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    _c("prctl", 22, 2, header, 0, 0)  # PR_SET_SECCOMP, MODE_FILTER


def _filter(refused: dict[str, int], architecture: int) -> Iterator[bytes]:
    """The filter's instructions, each `struct sock_filter`."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    eperm, enosys, kill, allow = 0x50001, 0x50026, 0x80000000, 0x7FFF0000
    number_at, architecture_at, argument_at = 0, 4, 16  # the low half of the first argument

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)  # steps to skip

    clone, clone3 = refused.pop("clone"), refused.pop("clone3")
    sockets = [refused.pop("socket"), refused.pop("socketpair")]
    yield from (step(load, architecture_at), step(equal, architecture, 1), step(answer, kill))
    yield from (step(load, number_at), step(at_least, 0x40000000, 0, 1), step(answer, kill))  # x32
    for number in refused.values():
        yield from (step(equal, number, 0, 1), step(answer, eperm))
    yield from (step(equal, clone3, 0, 1), step(answer, enosys))  # so that libc uses clone
    yield from (step(equal, clone, 0, 4), step(load, argument_at))
    yield from (step(any_bit, NAMESPACES, 0, 1), step(answer, eperm), step(answer, allow))
    yield from (step(equal, sockets[0], 1), step(equal, sockets[1], 0, 3))
    yield from (step(load, argument_at), step(equal, 1, 1), step(answer, eperm))  # 1: AF_UNIX
    yield step(answer, allow)
