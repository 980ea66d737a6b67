"""The system calls that are refused to a learner's code, and the filter that refuses them.

Numbers are those of x86_64 and of aarch64. The last line of the table before `clone`: memory that
no limit counts. `clone` and sockets are refused for some arguments only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterator

NAMESPACES = 0x7E020000  # CLONE_NEW*: mount, cgroup, UTS, IPC, user, PID, network
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
    memfd_secret 447 447
    clone 56 220  clone3 435 435  socket 41 198  socketpair 53 199
"""


libc = ctypes.CDLL(None, use_errno=True)


def call(function: str, *args: int | str | bytes | None) -> int:
    """Call a function of the C library (man 2 lists them); a result of -1 raises OSError."""
    values = [os.fsencode(arg) if isinstance(arg, str) else arg for arg in args]
    typed = [ctypes.c_long(value) if isinstance(value, int) else value for value in values]
    result = getattr(libc, function)(*typed)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), function)
    return int(result)


def numbers() -> dict[str, int]:
    """The numbers of the table's system calls on this machine."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ARCHITECTURES or sys.maxsize < 2**32:
        raise OSError(f"there are no numbers for {sys.platform} on {machine}")
    words = SYSCALLS.split()
    here = words[1 + list(ARCHITECTURES).index(machine) :: 3]
    return dict(zip(words[::3], map(int, here), strict=True))


def program(refused: dict[str, int]) -> bytes:
    """A filter that answers these with EPERM; other architectures' numbers kill (seccomp(2))."""
    return b"".join(_filter(dict(refused), ARCHITECTURES[platform.machine()]))


def _filter(refused: dict[str, int], architecture: int) -> Iterator[bytes]:
    """The filter's steps; after a test, so many steps are skipped if it is true, or false."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    refuse, no_such_call, kill, allow = 0x50001, 0x50026, 0x80000000, 0x7FFF0000
    number_at, architecture_at, argument_at = 0, 4, 16  # the first argument's low half

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)  # struct sock_filter

    clone, clone3, socket, pair = map(refused.pop, ("clone", "clone3", "socket", "socketpair"))
    yield from (step(load, architecture_at), step(equal, architecture, 1), step(answer, kill))
    yield from (step(load, number_at), step(at_least, 0x40000000, 0, 1), step(answer, kill))  # x32
    for number in refused.values():
        yield from (step(equal, number, 0, 1), step(answer, refuse))
    yield from (step(equal, clone3, 0, 1), step(answer, no_such_call))  # libc then takes clone
    yield from (step(equal, clone, 0, 4), step(load, argument_at))
    yield from (step(any_bit, NAMESPACES, 0, 1), step(answer, refuse), step(answer, allow))
    yield from (step(equal, socket, 1), step(equal, pair, 0, 3), step(load, argument_at))
    yield from (step(equal, 1, 1), step(answer, refuse), step(answer, allow))  # 1: AF_UNIX
