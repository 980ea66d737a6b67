"""What a grading process may use of the machine."""

from __future__ import annotations

import gc
import resource
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a grading child may use: the first five for each process, the rest for all together."""

    memory_bytes: int = 2048 * MIB  # address space beyond what is mapped when the walls go up
    cpu_seconds: int = 60
    open_files: int = 128
    file_bytes: int = 64 * MIB  # the largest file
    processes: int = 64  # threads count too
    scratch_bytes: int = 64 * MIB  # files in /tmp and /dev/shm
    scratch_files: int = 4096


def mapped_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def set_limits(limits: Limits, memory_bytes: int) -> None:
    """Soft and hard alike, so that they cannot be raised again."""
    for kind, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_NPROC, limits.processes + 2),  # A and B
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))


def collect_garbage_seldom() -> None:
    """Look for garbage less often, and never in what is there already: a fork would copy that.

    Looked for every 700 new objects, it takes an eighth of the time that checks take.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
