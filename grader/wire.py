"""The format in which values travel between the learner's process and the grader's.

MessagePack with arrays in NumPy's `.npy` form: it can carry numbers, text, lists, dicts, arrays,
tensors and tables, and nothing that runs. What it cannot carry arrives as a `Thing`: a type name
and a text.
"""

from __future__ import annotations

import io
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

MAX_BYTES = 16 * 2**20
MAX_TEXT = 20_000
MAX_DEPTH = 50
_TUPLE, _SET, _ARRAY, _TABLE, _THING, _TENSOR = range(1, 7)
_NUMPYS = ("float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64")
_HELD_AS = {name: name for name in _NUMPYS} | dict.fromkeys(("float16", "bfloat16"), "float32")


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


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor: the name of its dtype, such as `float32`, and its values as an array.

    A check sends one to a probe, where it arrives as a `torch.Tensor`, and gets one back. Values of
    half precision (`float16`, `bfloat16`) are held as float32. Raises `ValueError` if dtype and
    array do not belong together.
    """

    dtype: str
    array: np.ndarray

    def __post_init__(self) -> None:
        if self.array.dtype != np.dtype(_held_as(self.dtype)):
            raise ValueError(f"a tensor of {self.dtype} does not hold {self.array.dtype}")

    @classmethod
    def of(cls, values: Any, dtype: str = "") -> Tensor:
        """A tensor of numbers: floats as `float32` and integers as `int64` unless `dtype` says."""
        array = np.asarray(values)
        usual = {"f": "float32", "i": "int64", "u": "int64", "b": "bool", "c": "complex64"}
        dtype = dtype or usual.get(array.dtype.kind, str(array.dtype))
        return cls(dtype, array.astype(_held_as(dtype)))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape


def _held_as(dtype: str) -> str:
    if dtype not in _HELD_AS:
        raise ValueError(f"tensors of {dtype!r} do not travel")
    return _HELD_AS[dtype]


def pack(value: object) -> bytes:
    """Encode a value. Raises `WireError` if it is too large, too deep, or cannot be looked at."""
    try:
        data = msgpack.packb(_plain(value, MAX_DEPTH), strict_types=True)
    except WireError:
        raise
    except Exception as error:  # objects of a learner's may raise anything when looked at
        raise WireError(f"the value cannot be sent ({type(error).__name__})") from None
    if len(data) > MAX_BYTES:
        raise WireError(f"the value takes {len(data)} bytes; at most {MAX_BYTES} are accepted")
    return data


def unpack(data: bytes) -> Any:
    """Decode bytes from an untrusted sender into exact built-in types, arrays, `Table`, `Thing`."""
    try:
        return _revive(_message(data), MAX_DEPTH)
    except Exception as error:  # whatever a hostile sender provokes, it is one thing to us
        raise WireError(f"the message cannot be read ({type(error).__name__})") from None


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


def _plain(value: Any, depth: int) -> Any:
    """What MessagePack itself can pack: NumPy's scalars and subclasses as the built-in types."""
    if depth == 0:
        raise WireError(f"the value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, np.generic) and not isinstance(value, np.void | np.timedelta64):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        small = -(2**63) <= value < 2**64
        return int(value) if small else _plain(Thing("int beyond 64 bits", hex(value)[:40]), depth)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT].encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in list.__iter__(value)]
    if isinstance(value, dict):
        return {_key(key): _plain(item, depth - 1) for key, item in dict.items(value)}
    return value if isinstance(value, bytes) else _extension(value, depth - 1)


def _key(key: Any) -> Any:
    simple = isinstance(key, str | int | float | bool | np.generic) or key is None
    return _plain(key, 2) if simple else repr(key)[:200]


def _extension(value: Any, depth: int) -> msgpack.ExtType:
    """What MessagePack has no type for, as one of our extensions around a packed value."""

    def wrapped(code: int, inner: Any) -> msgpack.ExtType:
        return msgpack.ExtType(code, msgpack.packb(_plain(inner, depth), strict_types=True))

    if isinstance(value, tuple):
        return wrapped(_TUPLE, list(tuple.__iter__(value)))
    if isinstance(value, set | frozenset):
        return wrapped(_SET, list(value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcUS":
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.asarray(value), version=(1, 0), allow_pickle=False)
        return msgpack.ExtType(_ARRAY, stream.getvalue())
    if type(value).__name__ == "DataFrame" and hasattr(value, "columns"):
        value = _table(value)
    if isinstance(value, Table):
        return wrapped(_TABLE, [value.columns, value.index])
    if is_tensor(value):
        value = _tensor(value)
    if isinstance(value, Tensor):
        return wrapped(_TENSOR, [value.dtype, value.array])
    thing = value if isinstance(value, Thing) else Thing(type(value).__name__, _text(value))
    return wrapped(_THING, [thing.type, thing.text])


def _table(frame: Any) -> Table:
    def column(values: Any) -> Any:
        array = np.asarray(values)
        return array if array.dtype.kind in "biuf" else list(values)

    names = [str(name) for name in frame.columns]
    columns = {name: column(frame.iloc[:, i]) for i, name in enumerate(names)}
    return Table(columns, column(frame.index))


def is_tensor(value: object) -> bool:
    """Whether `value` is torch's; where nobody has imported torch, there are no tensors."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _tensor(value: Any) -> Tensor | Thing:
    """The values of a torch tensor; sparse, quantised and other uncommon ones are Things."""
    torch = sys.modules["torch"]
    dtype = str(value.dtype).removeprefix("torch.")
    try:
        kept = getattr(torch, _held_as(dtype))
        plain = value.detach().to("cpu", kept).resolve_conj().resolve_neg()
        return Tensor(dtype, plain.numpy())
    except (RuntimeError, TypeError, ValueError):
        return Thing(f"Tensor ({value.layout}, {value.dtype}, {value.device})", _text(value))


def _text(value: object) -> str:
    try:
        return str.__str__(repr(value))[:200]
    except Exception:  # a learner's own __repr__ may do anything
        return ""


def _message(data: bytes) -> Any:
    return msgpack.unpackb(data, ext_hook=msgpack.ExtType, strict_map_key=False)


def _revive(value: Any, depth: int) -> Any:
    """Open the extensions of a message, level by level, and let nothing unknown through."""
    if depth == 0:
        raise WireError(f"the message is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, list):
        return [_revive(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_revive_key(key): _revive(item, depth - 1) for key, item in value.items()}
    if isinstance(value, msgpack.ExtType):
        return _opened(value.code, value.data, depth - 1)
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value
    raise WireError("unknown type")


def _revive_key(key: Any) -> Any:
    if key is None or type(key) in (bool, int, float, str):
        return key
    raise WireError("keys must be simple")


def _opened(code: int, data: bytes, depth: int) -> Any:
    if code == _ARRAY:
        return _array(data)
    items = _revive(_message(data), depth)
    if code == _TUPLE:
        return tuple(items)
    if code == _SET:
        return {frozenset(item) if isinstance(item, set) else item for item in items}
    first, second = items
    if code == _THING and isinstance(first, str) and isinstance(second, str):
        return Thing(first, second)
    if code == _TABLE and isinstance(first, dict) and _equally_long(second, *first.values()):
        return Table({str(name): column for name, column in first.items()}, second)
    if code == _TENSOR and isinstance(first, str) and isinstance(second, np.ndarray):
        return Tensor(first, second)
    raise WireError("malformed value")


def _equally_long(*columns: Any) -> bool:
    rows = all(isinstance(column, list) or getattr(column, "ndim", 0) == 1 for column in columns)
    return rows and len({len(column) for column in columns}) == 1


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
