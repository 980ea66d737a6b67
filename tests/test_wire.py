"""What travels arrives as it was; what is hostile or too large is refused, and nothing is run."""

from __future__ import annotations

import contextlib
import io
import pickle
import socket
import struct
import subprocess
import sys
import time
from collections import OrderedDict, namedtuple
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import pytest
import torch

from grader import wire
from grader.npy import written
from grader.runner import with_tensors
from grader.wire import OpaqueObject, Set, Table, Tensor, WireError

TUPLE, SET, ARRAY, TABLE, THING, TENSOR = range(1, 7)


def travel(value: Any) -> Any:
    return wire.unpack(wire.pack(value))


def exactly(got: Any, want: Any) -> bool:
    """Equal in value and in type, all the way down; NaN equals NaN."""
    if type(got) is not type(want):
        return False
    if isinstance(want, np.ndarray):
        return got.dtype == want.dtype and got.shape == want.shape and same_items(got, want)
    if isinstance(want, Tensor):
        return got.dtype == want.dtype and exactly(got.array, want.array)
    if isinstance(want, list | tuple):
        return len(got) == len(want) and all(map(exactly, got, want))
    if isinstance(want, dict):
        return list(got) == list(want) and all(exactly(got[key], want[key]) for key in want)
    if isinstance(want, Table):
        return exactly(got.columns, want.columns) and exactly(got.index, want.index)
    if isinstance(want, Set):
        return exactly(got.items, want.items)
    return bool(got == want) or (got != got and want != want)


def same_items(got: np.ndarray, want: np.ndarray) -> bool:
    return np.array_equal(got, want, equal_nan=want.dtype.kind in "fc")


class MyInt(int): ...


class MyFloat(float): ...


class MyText(str): ...


class MyList(list): ...


class MyDict(dict): ...


class MyArray(np.ndarray): ...


Point = namedtuple("Point", "x y")

UNCHANGED = [
    *(None, True, False, 0, -1, 2**63, -(2**63), 2**64 - 1),
    *(0.0, 1.5, float("inf"), -float("inf"), float("nan"), "", "flux ±0.1 ⭐", b"", b"\x00\xff"),
    *(
        [],
        [1, [2.5, ["g"]]],
        (),
        (1, (2, [3])),
        Set([1, (2, [3])]),
        Set([]),
        {},
        {"a": {"b": (None,)}},
    ),
    *({1: "one", 2.5: "x", None: 0, False: 3}, [float("nan"), {"x": float("nan")}]),
    *(
        OpaqueObject("Star", "Star(1)"),
        Table({"mjd": np.array([1.0, 2.0]), "band": ["g", "r"]}, [0, 1]),
    ),
    *(np.array([1.0, np.nan, np.inf]), np.array([]), np.zeros((0, 3)), np.array(3.5)),
    *(np.array([True, False]), np.arange(6, dtype="uint8").reshape(2, 3), np.array([1 + 2j])),
    *(np.arange(4, dtype="float32"), np.arange(3, dtype=">i4"), np.array(["g", "long"])),
    *(Tensor.of([[0.5, float("nan")]]), Tensor.of(7), Tensor.of([]), Tensor.of([1.5], "bfloat16")),
    *(np.array([b"x", b"yz"]), np.array([], dtype=str), np.asfortranarray(np.eye(3)[:2])),
]


@pytest.mark.parametrize("value", UNCHANGED, ids=lambda value: repr(value)[:40])
def test_arrives_unchanged(value: Any) -> None:
    assert exactly(travel(value), value)


BECOMES = [
    *((MyInt(3), 3), (MyFloat(1.5), 1.5), (MyText("g"), "g"), (MyList([MyInt(1)]), [1])),
    *((MyDict(a=MyText("b")), {"a": "b"}), (OrderedDict(b=1, a=2), {"b": 1, "a": 2})),
    *(
        (Point(1, MyInt(2)), (1, 2)),
        (frozenset({1}), Set([1])),
        ({(1, 2)}, Set([(1, 2)])),
        (set(), Set([])),
        (np.float64(1.5), 1.5),
    ),
    *((np.float32(0.5), 0.5), (np.int64(-3), -3), (np.uint64(2**64 - 1), 2**64 - 1)),
    *((np.bool_(True), True), (np.str_("g"), "g"), ({np.str_("a"): np.int8(1)}, {"a": 1})),
    *((np.arange(3).view(MyArray), np.arange(3)), ([np.float64("nan")], [float("nan")])),
    ({(1, 2): "a"}, {"(1, 2)": "a"}),
    ("\ud800 lone", "? lone"),
]


@pytest.mark.parametrize(("value", "want"), BECOMES, ids=lambda value: repr(value)[:40])
def test_subclasses_and_numpy_scalars_arrive_as_built_in_types(value: Any, want: Any) -> None:
    assert exactly(travel(value), want)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *((object(), "object"), (len, "builtin_function_or_method"), (1j, "complex")),
        *((range(3), "range"), (bytearray(b"x"), "bytearray"), (pd.Series([1]), "Series")),
        *(((n for n in [1]), "generator"), (np.array([None]), "ndarray")),
        *((np.datetime64("2020-01-01"), "date"), (np.longdouble(1), "longdouble")),
        (np.array(["2020-01-01"], "M8[D]"), "ndarray"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "",
)
def test_what_cannot_travel_arrives_as_a_thing(value: Any, name: str) -> None:
    thing = travel([value])[0]
    assert isinstance(thing, OpaqueObject)
    assert thing.type == name


ARRAYS = [
    *(np.zeros((3, 4)), np.zeros((4, 3)).T, np.arange(10)[::2], np.array(5.0), np.zeros((0, 3))),
    *(np.arange(24, dtype="f4").reshape(2, 3, 4).transpose(1, 0, 2), np.array(["a", "bc"])),
    *(np.array([1, 2], ">i4"), np.array(["\xe9"], ">U1"), np.array([True]), np.array([b"x"])),
]


@pytest.mark.parametrize("array", ARRAYS, ids=range(len(ARRAYS)))
def test_arrays_are_written_as_numpy_writes_them(array: np.ndarray) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0))
    assert written(array) == stream.getvalue()


def test_set_of_sets_travels() -> None:
    """`{frozenset({"g"})}` is an honest value; it must not make the whole answer unreadable."""
    got = travel({frozenset({1}), frozenset({2})})
    assert sorted(item.items for item in got.items) == [[1], [2]]


def test_a_set_of_a_checks_is_a_set_beside_the_learners_code() -> None:
    sent = [{1, 2}, {"a": {(1, 2)}}, {frozenset({1}), frozenset()}, ({"x"},)]
    assert with_tensors(travel(sent)) == sent


def test_lying_subclasses_are_read_by_what_they_hold() -> None:
    class Liar(list):
        def __len__(self) -> int:
            return 10**6

        def __iter__(self) -> Any:
            return iter([42] * 3)

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    class LyingDict(dict):
        def items(self) -> Any:
            return [("flux", 1)]

    class LyingText(str):
        def __str__(self) -> str:
            return "passed"

        def encode(self, *_: Any) -> bytes:
            return b"passed"

    assert exactly(travel(Liar([1, 2])), [1, 2])
    assert exactly(travel(LyingDict(a=2)), {"a": 2})
    assert exactly(travel(LyingText("failed")), "failed")


class _Boom(Exception): ...


def _boom(*_: Any) -> Any:
    raise _Boom("told you so")


AWKWARD = {
    "claims to be an int": type("A", (), {"__class__": int}),
    "claims to be a tuple": type("A", (), {"__class__": tuple}),
    "class raises": type("A", (), {"__class__": property(_boom)}),
    "float raises": type("A", (float,), {"__float__": _boom}),
    "comparison raises": type("A", (int,), {"__ge__": _boom, "__le__": _boom, "__gt__": _boom}),
    "repr raises": type("A", (), {"__repr__": _boom}),
    "repr is no text": type("A", (), {"__repr__": lambda self: 5}),
    "columns raise": type("DataFrame", (), {"columns": property(_boom)}),
    "columns are none": type("DataFrame", (), {"columns": 5}),
    "dtype raises": type("A", (np.ndarray,), {"dtype": property(_boom), "__new__": lambda c:
                                               np.zeros(2).view(c)}),
}  # fmt: skip


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_objects_travel_or_are_refused(name: str) -> None:
    """Whatever a learner's class does, packing it raises nothing but `WireError`."""
    with contextlib.suppress(WireError):
        travel({"value": [AWKWARD[name]()]})


def test_data_frames_arrive_as_tables() -> None:
    frame = pd.DataFrame(
        {"mjd": [1.0, np.nan], "band": ["g", "r"], "good": [True, False], 5: [1, 2]}, index=[7, 9]
    )
    want = {
        "mjd": np.array([1.0, np.nan]),
        "band": ["g", "r"],
        "good": np.array([True, False]),
        "5": np.array([1, 2]),
    }
    table = travel([frame])[0]
    assert exactly(table, Table(want, np.array([7, 9])))
    assert len(table) == 2
    assert exactly(travel(pd.DataFrame()).columns, {})


GRID = torch.arange(6.0).reshape(2, 3)
TENSORS = [
    *((GRID, Tensor.of([[0.0, 1, 2], [3, 4, 5]])), (GRID.T, Tensor.of([[0.0, 3], [1, 4], [2, 5]]))),
    *((GRID.clone().requires_grad_() * 2, Tensor.of([[0.0, 2, 4], [6, 8, 10]])),),
    *((torch.nn.Parameter(torch.ones(2)), Tensor.of([1.0, 1])), (torch.tensor(3), Tensor.of(3))),
    *((torch.ones(1).expand(2, 2), Tensor.of([[1.0, 1], [1, 1]])), (torch.Size([2, 3]), (2, 3))),
    *((torch.tensor([True]), Tensor.of([True])), (torch.zeros(0, 2), Tensor.of(np.zeros((0, 2))))),
    *((torch.ones(1).double(), Tensor.of([1], "float64")), (GRID[0].bfloat16(),
                                                            Tensor.of([0, 1, 2], "bfloat16"))),
    *((torch.tensor([2.5]).half(), Tensor.of([2.5], "float16")),),
    *((torch.tensor([1 + 2j]).conj(), Tensor.of([1 - 2j])),
      (torch.tensor([2j]).conj().imag, Tensor.of([-2.0]))),
    *((torch.ones(1).byte(), Tensor.of([1], "uint8")),
      ({"w": GRID[0]}, {"w": Tensor.of([0.0, 1, 2])})),
]  # fmt: skip


@pytest.mark.parametrize(("value", "want"), TENSORS, ids=lambda value: repr(value)[:40])
def test_torch_tensors_arrive_as_tensors(value: Any, want: Any) -> None:
    assert exactly(travel([value]), [want])


UNCOMMON = {
    "sparse": torch.ones(2).to_sparse(),
    "without values": torch.ones(2, device="meta"),
    "of eight bits": torch.ones(2).to(torch.float8_e4m3fn),
    "unsigned": torch.ones(2, dtype=torch.uint16),
}


@pytest.mark.parametrize("name", UNCOMMON)
def test_uncommon_tensors_arrive_as_things(name: str) -> None:
    thing = travel(UNCOMMON[name])
    assert isinstance(thing, OpaqueObject)
    assert thing.type.startswith("Tensor (torch.")


def test_tensors_of_numbers_are_float32_or_int64_unless_told() -> None:
    made = [Tensor.of(v) for v in (1.5, [1], [True], np.float64(2), np.ones(2, "uint8"), [2j])]
    names = ["float32", "int64", "bool", "float32", "int64", "complex64"]
    assert [tensor.dtype for tensor in made] == names
    assert [str(tensor.array.dtype) for tensor in made] == names
    assert Tensor.of([1, 2], "float64").array.dtype == np.float64
    assert Tensor.of(np.zeros((4, 5))).shape == (4, 5)
    for wrong in (lambda: Tensor.of(["g"]), lambda: Tensor.of([1], "float8"),
                  lambda: Tensor("float32", np.zeros(2))):  # fmt: skip
        with pytest.raises(ValueError, match="tensor"):
            wrong()


def test_the_wire_itself_needs_no_torch() -> None:
    """Most of the command line, and the exercises on plain Python, start without it."""
    code = ("import sys, numpy; from grader import wire; "
            "wire.unpack(wire.pack([wire.Tensor.of([1.0]), object(), numpy.ones(2)])); "
            "sys.exit('torch' in sys.modules)")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


BEYOND = [2**64, -(2**63) - 1, 7**400, -(7**400), 7**20_000, MyInt(2**70)]


@pytest.mark.parametrize("value", BEYOND, ids=lambda value: f"{hex(value)[:9]}...")
def test_integers_beyond_64_bits_arrive_as_things(value: int) -> None:
    """A number that is cut or rounded on the way would be judged as something it is not."""
    thing = travel(value)
    assert isinstance(thing, OpaqueObject)
    assert thing.type.startswith("int")
    assert len(thing.text) < 100


@pytest.mark.parametrize(
    "value",
    [bytes(wire.MAX_BYTES + 1), np.zeros(wire.MAX_BYTES // 8 + 1), ["x" * wire.MAX_TEXT] * 900,
     (np.zeros(wire.MAX_BYTES // 8 + 1),), {"a": {"b": [bytes(wire.MAX_BYTES)]}}],
    ids=["bytes", "array", "texts", "array in a tuple", "nested"],
)  # fmt: skip
def test_huge_values_are_refused_with_their_size(value: Any) -> None:
    with pytest.raises(WireError, match=f"at most {wire.MAX_BYTES}") as refused:
        wire.pack(value)
    assert str(refused.value).count("cannot be sent") <= 1


def test_long_text_is_cut() -> None:
    assert travel("x" * (wire.MAX_TEXT + 5)) == "x" * wire.MAX_TEXT


def nested(depth: int, wrap: Any, core: Any = None) -> Any:
    value = core
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"a": v}])
def test_deep_nesting_is_refused(wrap: Any) -> None:
    assert exactly(travel(nested(12, wrap)), nested(12, wrap))
    with pytest.raises(WireError) as refused:
        wire.pack(nested(100_000, wrap))
    assert len(str(refused.value)) < 200  # one reason, not one for each level


def test_endless_list_is_refused() -> None:
    endless: list = []
    endless.append(endless)
    with pytest.raises(WireError):
        wire.pack(endless)


# Hostile bytes


def ext(kind: int, data: bytes) -> bytes:
    return msgpack.packb(msgpack.ExtType(kind, data))


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


def header(descr: str, shape: str, fortran: bool = False) -> str:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def packed(value: Any) -> bytes:
    return msgpack.packb(value)


class Evil:
    """Unpickling it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def test_pickles_in_arrays_are_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    stream = io.BytesIO()
    np.save(stream, np.array([Evil(trace)], dtype=object), allow_pickle=True)
    for data in (stream.getvalue(), pickle.dumps(Evil(trace)), npy(header("'|O'", "(1,)"))):
        for kind in (TUPLE, SET, ARRAY, TABLE, THING, TENSOR, 7, 42):
            with pytest.raises(WireError):
                wire.unpack(ext(kind, data))
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil(trace)))  # the bait does work
    assert trace.exists()


def tensor(*items: Any) -> bytes:
    return ext(TENSOR, wire.pack(list(items)))


HOSTILE = {
    "tensor of another dtype": tensor("float32", np.zeros(2)),
    "tensor of the other byte order": tensor("float32", np.zeros(2, ">f4")),
    "tensor of no dtype": tensor("object", np.zeros(2)),
    "tensor of a dtype that is an array": tensor(np.zeros(2), np.zeros(2)),
    "tensor of a list": tensor("float32", [1.0]),
    "tensor of a tensor": tensor("float32", Tensor.of(1.0)),
    "tensor of nothing": tensor("float32"),
    "tensor of too much": tensor("float32", np.zeros(2, "f4"), 1),
    "tensor that is an array": ext(TENSOR, wire.pack(np.zeros(2, "f4"))),
    "nothing": b"",
    "two messages": packed(1) + packed(2),
    "reserved byte": b"\xc1",
    "list that claims four thousand million items": b"\xdd\xff\xff\xff\xff",
    "bytes that are not there": b"\xc6\xff\xff\xff\xff",
    "text that is not UTF-8": b"\xa2\xff\xfe",
    "key that is a list": b"\x81\x90\x01",
    "key that is an array": b"\x81" + wire.pack(np.zeros(2)) + b"\x01",
    "million million elements": ext(ARRAY, npy(header("'<f8'", "(1000000000000,)"))),
    "element of many bytes": ext(ARRAY, npy(header("'<U2147483647'", "(1,)"))),
    "two negative shapes": ext(ARRAY, npy(header("'<f8'", "(-2, -4)"), bytes(64))),
    "shape that is no tuple": ext(ARRAY, npy(header("'<f8'", "8"), bytes(64))),
    "shape of text": ext(ARRAY, npy(header("'<f8'", "('8',)"), bytes(64))),
    "objects": ext(ARRAY, npy(header("'|O'", "(1,)"), bytes(8))),
    "objects in a record": ext(ARRAY, npy(header("[('a', '|O')]", "(1,)"), bytes(8))),
    "record": ext(ARRAY, npy(header("[('a', '<f8')]", "(1,)"), bytes(8))),
    "dates": ext(ARRAY, npy(header("'<M8[D]'", "(1,)"), bytes(8))),
    "unknown dtype": ext(ARRAY, npy(header("'<q99'", "(1,)"), bytes(8))),
    "dtype that is code": ext(ARRAY, npy(header("__import__('os').getcwd()", "(1,)"), bytes(8))),
    "header that is no dict": ext(ARRAY, npy("[]", bytes(8))),
    "header without shape": ext(ARRAY, npy("{'descr': '<f8'}", bytes(8))),
    "header of brackets": ext(ARRAY, npy("(" * 9000, bytes(8))),
    "header too long": ext(ARRAY, npy(" " * 60_000 + header("'<f8'", "(1,)"), bytes(8))),
    "other version": ext(ARRAY, npy(header("'<f8'", "(1,)"), bytes(8), b"\x03\x00")),
    "half a number": ext(ARRAY, npy(header("'<f8'", "(1,)"), bytes(4))),
    "more numbers than the shape": ext(ARRAY, npy(header("'<f8'", "(1,)"), bytes(16))),
    "tuple of nothing": ext(TUPLE, packed(None)),
    "set of nothing": ext(SET, packed(None)),
    "set that is a text": ext(SET, packed("ab")),
    "tuple that is a text": ext(TUPLE, packed("ab")),
    "array of no characters": ext(ARRAY, npy(header("'<U1'", "(1,)"), b"\xff\xff\xff\x7f")),
    "array of half characters": ext(ARRAY, npy(header("'>U1'", "(1,)"), b"\x00\x00\xd8\x00")),
    "array of no elements and a huge shape": ext(ARRAY, npy(header("'<f8'", "(0, 10**15)"))),
    "empty array of a huge shape": ext(ARRAY, npy(header("'<f8'", "(0, 1000000000000)"))),
    "key that is a tuple": b"\x81" + ext(TUPLE, packed([1])) + b"\x01",
    "thing of one": ext(THING, packed(["a"])),
    "thing of numbers": ext(THING, packed([1, 2])),
    "thing of three": ext(THING, packed(["a", "b", "c"])),
    "table without columns": ext(TABLE, packed([[], []])),
    "table of numbers": ext(TABLE, packed([{"a": 1}, 1])),
    "table of unequal columns": ext(TABLE, packed([{"a": [1, 2]}, [0]])),
    "table with a text for an index": ext(TABLE, packed([{"a": [1]}, "0"])),
    "table with a text for a column": ext(TABLE, packed([{"a": "g"}, [0]])),
    "table with a dict for a column": ext(TABLE, packed([{"a": {"x": 1}}, [0]])),
    "table with a matrix for a column": ext(TABLE, packed([{"a": [1]}, [0]]).replace(
        packed([1]), wire.pack(np.zeros((1, 2))))),
    "unknown extension": ext(42, b"x"),
    "list bomb": b"\x91" * 100_000 + b"\xc0",
}  # fmt: skip


BOMBS = """
import msgpack
from grader import wire
from grader.runner import with_tensors

value, data = 1, msgpack.packb([1])
for depth in range(1, 3001):
    value = (value,)
    data = msgpack.packb(msgpack.ExtType(1 + depth % 2, data))
    if depth in (12, 50, 100, 170, 200, 240, 300, 1000, 3000):
        for attempt in (lambda: wire.unpack(wire.pack(value)), lambda: wire.unpack(data)):
            try:
                attempt()
            except wire.WireError:
                pass
print("alive")
"""


def test_extension_bombs_do_not_crash_the_reader() -> None:
    """In a process of its own: too deep a recursion in C ends a process, whatever it catches."""
    done = subprocess.run([sys.executable, "-c", BOMBS], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[:300]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused(name: str) -> None:
    with pytest.raises(WireError):
        wire.unpack(HOSTILE[name])


def unknown_types(value: Any) -> set[type]:
    """Types inside a received value that the grader does not expect to see."""
    plain = (bool, int, float, str, bytes, type(None), OpaqueObject)
    if type(value) is Set:
        return unknown_types(value.items)
    if type(value) in plain:
        return set()
    if type(value) is np.ndarray:
        return set() if value.dtype.kind in "biufcUS" else {object}
    if type(value) is Table:
        return unknown_types(value.columns) | unknown_types(value.index)
    if type(value) is dict:
        return unknown_types(list(value)) | unknown_types(list(value.values()))
    if type(value) in (list, tuple):
        return set().union(*map(unknown_types, value))
    return {type(value)}


@pytest.mark.parametrize("start", [b"\xd6\xff", b"\xd7\xff", b"\xc7\x0c\xff", b"\xc7\x05\xff"])
def test_timestamps_are_no_way_in_for_another_type(start: bytes) -> None:
    """MessagePack has an extension of its own, code -1, that no hook is asked about."""
    sizes = {0xD6: 4, 0xD7: 8}
    try:
        value = wire.unpack(start + bytes(sizes.get(start[0], start[1])))
    except WireError:
        return
    assert not unknown_types(value)


def survives(data: bytes) -> None:
    try:
        value = wire.unpack(data)
    except WireError:
        return
    assert not unknown_types(value) - {msgpack.Timestamp}, data  # which has a test of its own


def test_random_bytes_give_wire_errors_or_plain_values() -> None:
    rng = np.random.default_rng(7)
    for size in rng.integers(1, 60, 4000):
        survives(rng.bytes(size))


def test_damaged_messages_give_wire_errors_or_plain_values() -> None:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({"mjd": [1.0, 2.0], "band": ["g", "r"]})
    message = wire.pack([frame, np.eye(3), {"a": (1, {2}), "b": 10**40, "c": object()}, "text"])
    for cut in range(0, len(message), 3):
        survives(message[:cut])
    for _ in range(3000):
        damaged = bytearray(message)
        for place in rng.integers(len(message), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(256)
        survives(bytes(damaged))


# Messages that cost much to read, each in a process that may use little

EXPENSIVE = """
import resource, sys
import msgpack
import numpy as np
from grader import wire

def colliding(count):
    "Pairs of integers, as tuples all of one hash (the hash of tuples is a known function)."
    first, second, start = 11400714785074694791, 14029467366897019727, 2870177450012600261
    whole, limit = 2**64, 2**61 - 1
    turned = lambda x, by: (x << by | x >> 64 - by) % whole
    back_first, back_second = pow(first, -1, whole), pow(second, -1, whole)
    end, pairs, one = turned(12345 * back_first % whole, 33), [], 0
    while len(pairs) < count:
        one += 1
        half = turned((start + one * second) % whole, 31) * first % whole
        other = (end - half) * back_second % whole
        if other < limit:
            pairs.append((one, other))
    assert len({hash(pair) for pair in pairs}) == 1
    return pairs

def ext(code, data):
    return msgpack.packb(msgpack.ExtType(code, data))

def array(size, item, start=b"\\xdd"):
    return start + size.to_bytes(4, "big") + item * size

MESSAGES = {
    "colliding": lambda: ext(2, b"\\xdd" + (15_000).to_bytes(4, "big")
                             + b"".join(ext(1, msgpack.packb(p)) for p in colliding(15_000))),
    "dicts": lambda: array(2_000_000, b"\\x80"),
    "lists": lambda: array(16_000_000, b"\\x90"),
    "pairs": lambda: array(99_000, b"\\x82\\x01\\x80\\x02\\x80"),
    "headers": lambda: (b"\\xdd" + (99_000).to_bytes(4, "big")) * 500 + b"\\xc0" * 99_000,
    "keys": lambda: msgpack.packb({i << 46: 0 for i in range(100_000)}),
    "floats": lambda: msgpack.packb({i * 2.0**44: 0 for i in range(100_000)}),
    "extensions": lambda: array(1_000_000, ext(1, b"\\x90")),
    "extensions in extensions": lambda: array(200, ext(1, array(65_535, b"\\x80"))),
    "arrays": lambda: array(99_000, wire.pack(np.zeros(0))),
    "things": lambda: array(99_000, ext(5, msgpack.packb(["a", "b"]))),
}
message = MESSAGES[sys.argv[1]]()
import grader.wire
pages = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (pages + 100 * 2**20,) * 2)
used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
resource.setrlimit(resource.RLIMIT_CPU, (used + 5, used + 5))
try:
    print("read", type(wire.unpack(message)).__name__)
except wire.WireError as error:
    assert "MemoryError" not in str(error), error
    print("refused")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits are set as on Linux")
@pytest.mark.parametrize(
    "name",
    ["colliding", "dicts", "lists", "pairs", "headers", "keys", "floats", "extensions",
     "extensions in extensions", "arrays", "things"],
)  # fmt: skip
def test_no_message_costs_much_to_read(name: str) -> None:
    """Colliding hashes held the reader for 37 s, empty dicts took 275 MB."""
    command = [sys.executable, "-c", EXPENSIVE, name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-300:]
    assert done.stdout.split()[0] in ("read", "refused")


def test_more_items_than_the_grader_reads_are_refused_with_their_number() -> None:
    half = wire.MAX_ITEMS // 2
    assert travel([0] * wire.MAX_ITEMS) == [0] * wire.MAX_ITEMS
    for value in ([0] * (2 * half + 1), [[0] * half] * 2, {"a": [0] * half, "b": [1] * half},
                  [()] * half, [np.zeros(1)] * half, dict.fromkeys(range(3 * half))):  # fmt: skip
        with pytest.raises(WireError, match=f"more than {wire.MAX_ITEMS} items"):
            wire.pack(value)


def test_text_that_is_not_made_of_characters_is_refused_by_the_sender() -> None:
    for codes in (b"\xff\xff\xff\x7f", b"\x00\xd8\x00\x00"):
        for dtype in ("<U1", ">U1"):
            right_way = codes if dtype[0] == "<" else codes[::-1]
            with pytest.raises(WireError, match="characters"):
                wire.pack({"value": [np.frombuffer(right_way, dtype)]})


# Over a socket


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_messages_pass_through_a_socket_one_by_one(ends: Any) -> None:
    one, other = ends
    for value in ([1], "two", {"three": np.zeros(3)}):
        wire.send(one, value)
    assert wire.receive(other) == [1]
    assert wire.receive(other, time.monotonic() + 60) == "two"
    assert exactly(wire.receive(other)["three"], np.zeros(3))


def test_a_size_beyond_the_limit_is_refused_before_anything_is_read(ends: Any) -> None:
    one, other = ends
    one.sendall(struct.pack(">I", wire.MAX_BYTES + 1))
    with pytest.raises(WireError, match="refused"):
        wire.receive(other)


def test_a_sender_that_goes_or_dawdles(ends: Any) -> None:
    one, other = ends
    one.sendall(struct.pack(">I", 100) + b"only a part")
    with pytest.raises(TimeoutError):
        wire.receive(other, time.monotonic() - 1)
    one.close()
    with pytest.raises(EOFError):
        wire.receive(other)
