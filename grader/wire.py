"""The format in which values travel between the learner's process and the grader's.

MessagePack with arrays in NumPy's `.npy` form: it can carry numbers, text, lists, dicts, arrays,
tensors and tables, and nothing that runs. What it cannot carry arrives as an `OpaqueObject`: a type
name and a text.

A message is bounded in bytes, depth and number of items, and nothing in it is hashed but numbers
and text: to read a hostile one takes a second and 100 MB at most.
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgpack
import msgspec
import numpy as np

from grader import npy
from grader.texts import short

if TYPE_CHECKING:
    from torch import Tensor as TorchTensor  # what a `Tensor` is to a probe that it is sent to
else:
    TorchTensor = object

MAX_BYTES = 16 * 2**20
MAX_TEXT = 20_000
MAX_DEPTH = 50
MAX_ITEMS = 100_000  # in all lists, dicts, tuples and sets of a message together
COST = 10  # of a tuple, a set, an array, a table: so many items
_TUPLE, _SET, _ARRAY, _TABLE, _THING, _TENSOR = range(1, 7)
_NUMPYS = ("float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64")
_PACKED_AS_THEY_ARE = {float, bool, type(None)}
_READ_AS_THEY_ARE = {bool, int, float, bytes, type(None)}
_KEY_TYPES = {type(None), bool, int, float, str}
_SIMPLE = (str, int, float, bool, np.generic)
_HELD_AS = {name: name for name in _NUMPYS} | dict.fromkeys(("float16", "bfloat16"), "float32")


class WireError(ValueError):
    """A message that is too large, cut off, or not in the format."""


@dataclass(frozen=True)
class OpaqueObject:
    """An object that cannot travel: the name of its type and the start of its `repr`."""

    type: str
    text: str = ""


@dataclass(frozen=True)
class Set:
    """A set: its items, in no order. They may be anything, so they are never hashed."""

    items: list[Any]

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Table:
    """A pandas DataFrame: its columns by name, each an array or a list, and its row labels."""

    columns: dict[str, Any]
    index: Any

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, eq=False)
class Tensor(TorchTensor):
    """A torch tensor: the name of its dtype, such as `float32`, and its values as an array.

    A check sends one to a probe, where it arrives as a `torch.Tensor`, and gets one back. Values of
    half precision (`float16`, `bfloat16`) are held as float32. Raises `ValueError` if dtype and
    array do not belong together.
    """

    dtype: str  # type: ignore[assignment]
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
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return self.array.shape


@dataclass(slots=True)
class _Room:
    """How deep a message may still go, and, for all of it together, how many items may follow."""

    depth: int = MAX_DEPTH
    items: list[int] = field(default_factory=lambda: [MAX_ITEMS])

    def inside(self, items: int) -> _Room:
        """The room inside a container of so many items."""
        self.spend(items)
        if self.depth == 0:
            raise WireError(f"the value is nested more than {MAX_DEPTH} levels deep")
        return _Room(self.depth - 1, self.items)

    def spend(self, items: int) -> None:
        self.items[0] -= items
        if self.items[0] < 0:
            raise WireError(f"the value has more than {MAX_ITEMS} items")


def _held_as(dtype: str) -> str:
    if dtype not in _HELD_AS:
        raise ValueError(f"tensors of {dtype!r} do not travel")
    return _HELD_AS[dtype]


def pack(value: object) -> bytes:
    """Encode a value. Raises `WireError` if it is too large, too deep, or cannot be looked at."""
    try:
        data = msgpack.packb(_plain(value, _Room()), strict_types=True)
    except (WireError, npy.NpyError) as error:
        raise WireError(str(error)) from None
    except Exception as error:  # objects of a learner's may raise anything when looked at
        raise WireError(f"the value cannot be sent ({type(error).__name__})") from None
    if len(data) > MAX_BYTES:
        raise WireError(f"the value takes {len(data)} bytes; at most {MAX_BYTES} are accepted")
    return bytes(data)


def unpack(data: bytes) -> Any:
    """Decode bytes from an untrusted sender into built-in types, arrays, and our own types.

    Of the built-in types, sets do not occur: they arrive as `Set`.
    """
    try:
        room = _Room()
        return _revive(_message(data, room), room)
    except (WireError, npy.NpyError) as error:
        raise WireError(str(error)) from None
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


def _plain(value: Any, room: _Room) -> Any:
    """What MessagePack itself can pack: NumPy's scalars and subclasses as the built-in types."""
    kind = type(value)
    if kind in _PACKED_AS_THEY_ARE or (kind is str and _is_plain_text(value)):
        return value  # most are, and the rest of this takes time
    if kind is list or kind is dict:
        return _container(value, room)
    if isinstance(value, np.generic) and not isinstance(value, np.void | np.timedelta64):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        small = -(2**63) <= value < 2**64
        return (
            int(value)
            if small
            else _plain(OpaqueObject("int beyond 64 bits", hex(value)[:40]), room)
        )
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT].encode("utf-8", "replace").decode()
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, list | dict):
        return _container(value, room)
    return value if isinstance(value, bytes) else _extension(value, room.inside(COST))


def _container(value: list[Any] | dict[Any, Any], room: _Room) -> list[Any] | dict[Any, Any]:
    """A list or a dict, also of a subclass with ideas of its own, as a built-in one."""
    if isinstance(value, list):
        inside = room.inside(list.__len__(value))
        items = list(list.__iter__(value))
        flat = _PACKED_AS_THEY_ARE.issuperset(map(type, items))
        return items if flat else [_plain(item, inside) for item in items]
    inside = room.inside(dict.__len__(value))
    return {_key(key, inside): _plain(item, inside) for key, item in dict.items(value)}


def _is_plain_text(text: str) -> bool:
    return text.isascii() and len(text) <= MAX_TEXT


def _key(key: Any, room: _Room) -> Any:
    if type(key) is str and _is_plain_text(key):
        return key
    simple = isinstance(key, _SIMPLE) or key is None
    return _plain(key, room) if simple else repr(key)[:200]


def _extension(value: Any, room: _Room) -> msgpack.ExtType:
    """What MessagePack has no type for, as one of our extensions around a packed value."""

    def wrapped(code: int, inner: Any) -> msgpack.ExtType:
        return msgpack.ExtType(code, msgpack.packb(_plain(inner, room), strict_types=True))

    if isinstance(value, tuple):
        return wrapped(_TUPLE, list(tuple.__iter__(value)))
    if isinstance(value, set | frozenset):
        own = set.__iter__(value) if isinstance(value, set) else frozenset.__iter__(value)
        value = Set(list(own))
    if isinstance(value, Set):
        return wrapped(_SET, value.items)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcUS":
        return msgpack.ExtType(_ARRAY, npy.written(np.asarray(value)))
    if type(value).__name__ == "DataFrame" and hasattr(value, "columns"):
        value = _table(value)
    if isinstance(value, Table):
        return wrapped(_TABLE, [value.columns, value.index])
    if is_tensor(value):
        value = _tensor(value)
    if isinstance(value, Tensor):
        return wrapped(_TENSOR, [value.dtype, value.array])
    thing = (
        value
        if isinstance(value, OpaqueObject)
        else OpaqueObject(type(value).__name__, _text(value))
    )
    return wrapped(_THING, [thing.type, thing.text])


def _table(frame: Any) -> Table:
    def column(values: Any) -> Any:
        array = np.asarray(values)
        if array.dtype.kind in "biuf":
            return array
        return array.tolist() if array.dtype.kind == "O" else list(values)

    columns = {str(name): column(values.array) for name, values in frame.items()}
    return Table(columns, column(frame.index))


def is_tensor(value: object) -> bool:
    """Whether `value` is torch's; where nobody has imported torch, there are no tensors."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _tensor(value: Any) -> Tensor | OpaqueObject:
    """The values of a torch tensor; sparse, quantised and other uncommon ones are Things."""
    torch = sys.modules["torch"]
    dtype = str(value.dtype).removeprefix("torch.")
    try:
        kept = getattr(torch, _held_as(dtype))
        plain = value.detach().to("cpu", kept).resolve_conj().resolve_neg()
        return Tensor(dtype, plain.numpy())
    except (RuntimeError, TypeError, ValueError):
        return OpaqueObject(f"Tensor ({value.layout}, {value.dtype}, {value.device})", _text(value))


def _text(value: object) -> str:
    try:
        return str.__str__(repr(value))[:200]
    except Exception:  # a learner's own __repr__ may do anything
        return ""


def _message(data: bytes, room: _Room) -> Any:
    """MessagePack's own values, with extensions left closed, and items counted as they are read."""

    def counted(items: list[Any]) -> list[Any]:
        room.spend(len(items))
        return items

    def simple_keys(items: list[tuple[Any, Any]]) -> dict[str, Any]:
        room.spend(len(items))
        if not {type(key) for key, _ in items} <= _KEY_TYPES:
            raise WireError("the message has keys that are neither numbers nor text")
        return {k[:MAX_TEXT] if type(k) is str else k: value for k, value in items}

    def closed(code: int, content: bytes) -> msgpack.ExtType:
        room.spend(COST)
        return msgpack.ExtType(code, content)

    return msgpack.unpackb(
        data,
        ext_hook=closed,
        list_hook=counted,
        object_pairs_hook=simple_keys,
        strict_map_key=False,
        max_array_len=room.items[0],
        max_map_len=room.items[0],
    )


def _revive(value: Any, room: _Room) -> Any:
    """Open the extensions of a message, level by level, and let nothing unknown through."""
    kind = type(value)
    if kind in _READ_AS_THEY_ARE:
        return value
    if kind is str:
        return value[:MAX_TEXT]
    if kind is list:
        inside = room.inside(0)
        flat = _READ_AS_THEY_ARE.issuperset(map(type, value))
        return value if flat else [_revive(item, inside) for item in value]
    if kind is dict:
        inside = room.inside(0)
        return {key: _revive(item, inside) for key, item in value.items()}
    if kind is msgpack.ExtType:
        return _opened(value.code, value.data, room.inside(0))
    raise WireError("unknown type")


def _opened(code: int, data: bytes, room: _Room) -> Any:
    if code == _ARRAY:
        return npy.read(data, MAX_BYTES)
    items = _revive(_message(data, room), room)
    if not isinstance(items, list):
        raise WireError("malformed value")
    if code == _TUPLE:
        return tuple(items)
    if code == _SET:
        return Set(items)
    first, second = items
    if code == _THING and isinstance(first, str) and isinstance(second, str):
        return OpaqueObject(short(first, 100), short(second, 200))
    if code == _TABLE and isinstance(first, dict) and _equally_long(second, *first.values()):
        return Table({str(name): column for name, column in first.items()}, second)
    if code == _TENSOR and isinstance(first, str) and isinstance(second, np.ndarray):
        return Tensor(first, second)
    raise WireError("malformed value")


def _equally_long(*columns: Any) -> bool:
    rows = all(isinstance(column, list) or getattr(column, "ndim", 0) == 1 for column in columns)
    return rows and len({len(column) for column in columns}) == 1
