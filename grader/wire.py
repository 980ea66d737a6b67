"""The format in which values travel between the learner's process and the grader's.

MessagePack with arrays in NumPy's `.npy` form: it can carry numbers, text, lists, dicts, arrays and
tables, and nothing that runs. What it cannot carry arrives as a `Thing`: a type name and a text.
"""

from __future__ import annotations

import io
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

MAX_BYTES = 16 * 2**20
MAX_TEXT = 20_000
_TUPLE, _SET, _ARRAY, _TABLE, _THING = range(1, 6)


class WireError(ValueError):
    """A message that is too large, cut off, or not in the format."""


@dataclass(frozen=True)
class Thing:
    """An object that cannot travel: the name of its type and the start of its `repr`."""

    type: str
    text: str = ""


@dataclass(frozen=True)
class Table:
    """A pandas DataFrame: its columns by name, each an array or a list, and its row labels."""

    columns: dict[str, Any]
    index: Any

    def __len__(self) -> int:
        return len(self.index)


def pack(value: object) -> bytes:
    """Encode a value. Raises `WireError` if it is larger than `MAX_BYTES` or nested too deeply."""
    try:
        data = msgpack.packb(_plain(value), strict_types=True, default=_extension)
    except (ValueError, RecursionError, OverflowError) as error:
        raise WireError(f"the value cannot be sent: {error}") from None
    if len(data) > MAX_BYTES:
        raise WireError(f"the value takes {len(data)} bytes; at most {MAX_BYTES} are accepted")
    return data


def unpack(data: bytes) -> Any:
    """Decode bytes from an untrusted sender into exact built-in types, arrays, `Table`, `Thing`."""
    try:
        return msgpack.unpackb(data, ext_hook=_from_extension, strict_map_key=False)
    except Exception as error:  # whatever a hostile sender provokes, it is one thing to us
        raise WireError(f"the message cannot be read: {type(error).__name__}") from None


def send(sock: socket.socket, value: object) -> None:
    """Send one message: its length in four bytes, then the packed value."""
    data = pack(value)
    sock.sendall(struct.pack(">I", len(data)) + data)


def receive(sock: socket.socket, deadline: float | None = None) -> Any:
    """Receive one message until `deadline` (of `time.monotonic`).

    Raises `TimeoutError` when the deadline passes, `EOFError` when the other side has gone.
    """
    (size,) = struct.unpack(">I", _exactly(sock, 4, deadline))
    if size > MAX_BYTES:
        raise WireError(f"a message of {size} bytes is refused; at most {MAX_BYTES} are accepted")
    return unpack(_exactly(sock, size, deadline))


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            sock.settimeout(left)
        chunk = sock.recv(min(size - len(chunks), 2**20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)


def _plain(value: Any) -> Any:
    """Subclasses of the built-in types and NumPy's scalars as the built-in types themselves."""
    if isinstance(value, np.generic) and not isinstance(value, np.void | np.timedelta64):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        small = -(2**63) <= value < 2**64
        return int(value) if small else _extension(Thing("int beyond 64 bits", hex(value)[:40]))
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT].encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_plain(item) for item in list.__iter__(value)]
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in dict.items(value)}
    return value if isinstance(value, bytes) else _extension(value)


def _key(key: Any) -> Any:
    plain = _plain(key)
    return plain if isinstance(plain, str | int | float | bool | None) else repr(key)[:200]


def _extension(value: Any) -> msgpack.ExtType:
    if isinstance(value, msgpack.ExtType):
        return value
    if isinstance(value, tuple):
        return msgpack.ExtType(_TUPLE, pack(list(value)))
    if isinstance(value, set | frozenset):
        return msgpack.ExtType(_SET, pack(list(value)))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcUS":
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.asarray(value), version=(1, 0), allow_pickle=False)
        return msgpack.ExtType(_ARRAY, stream.getvalue())
    if isinstance(value, Table):
        return msgpack.ExtType(_TABLE, pack([value.columns, value.index]))
    if type(value).__name__ == "DataFrame" and hasattr(value, "columns"):
        return _extension(_table(value))
    thing = value if isinstance(value, Thing) else Thing(type(value).__name__, _text(value))
    return msgpack.ExtType(_THING, pack([thing.type, thing.text]))


def _table(frame: Any) -> Table:
    def column(values: Any) -> Any:
        array = np.asarray(values)
        return array if array.dtype.kind in "biuf" else list(values)

    names = [str(name) for name in frame.columns]
    columns = {name: column(frame.iloc[:, i]) for i, name in enumerate(names)}
    return Table(columns, column(frame.index))


def _text(value: object) -> str:
    try:
        return repr(value)[:200]
    except Exception:  # a learner's own __repr__ may do anything
        return ""


def _from_extension(code: int, data: bytes) -> Any:
    if code == _ARRAY:
        return _array(data)
    items = unpack(data)
    if code == _TUPLE:
        return tuple(items)
    if code == _SET:
        return set(items)
    first, second = items
    if code == _THING and isinstance(first, str) and isinstance(second, str):
        return Thing(first, second)
    if code == _TABLE and isinstance(first, dict) and _equally_long(second, *first.values()):
        return Table({str(name): column for name, column in first.items()}, second)
    raise WireError("malformed value")


def _equally_long(*columns: Any) -> bool:
    return len({len(column) for column in columns}) == 1


def _array(data: bytes) -> np.ndarray:
    """Read `.npy` bytes without ever allocating more than was sent."""
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise WireError("unknown array version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in "biufcUS":
        raise WireError("arrays of objects are not accepted")
    flat = np.frombuffer(data, dtype, offset=stream.tell()).copy()
    return flat.reshape(shape, order="F" if fortran else "C")
