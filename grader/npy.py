"""Arrays as bytes in NumPy's `.npy` form: numbers and text, and nothing that runs.

`np.lib.format` reads and writes the headers, which are remembered: most messages hold many arrays
of few shapes.
"""

from __future__ import annotations

import io
import math
import sys
from functools import lru_cache

import numpy as np


class NpyError(ValueError):
    """Bytes that are not accepted as an array, or an array that does not travel."""


def written(array: np.ndarray) -> bytes:
    """The array as `np.lib.format.write_array` writes it. Raises `NpyError`."""
    check_characters(array)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    start = _written_header(array.dtype.str, array.shape, fortran)
    return start + array.tobytes("F" if fortran else "C")


@lru_cache(maxsize=256)
def _written_header(dtype: str, shape: tuple[int, ...], fortran: bool) -> bytes:
    stream = io.BytesIO()
    header = {"descr": dtype, "fortran_order": fortran, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue()


def read(data: bytes, max_bytes: int) -> np.ndarray:
    """The array in `.npy` bytes, without ever allocating more than was sent.

    Raises `NpyError`, or whatever NumPy raises at a header that it cannot read.
    """
    start = data[: 10 + int.from_bytes(data[8:10], "little")]
    shape, fortran, dtype = _read_header(start)
    if dtype.kind not in "biufcUS":
        raise NpyError("arrays of objects are not accepted")
    if math.prod(size for size in shape if size) > max_bytes:  # an empty one can be of any shape
        raise NpyError("the array is too large")
    flat = np.frombuffer(data, dtype, offset=len(start)).copy()
    array = flat.reshape(shape, order="F" if fortran else "C")
    check_characters(array)
    return array


@lru_cache(maxsize=256)
def _read_header(start: bytes) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, whether in Fortran's order, and dtype."""
    stream = io.BytesIO(start)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise NpyError("unknown array version")
    return np.lib.format.read_array_header_1_0(stream)


def check_characters(array: np.ndarray) -> None:
    """Raise `NpyError` if an array holds text of numbers that are not characters."""
    if array.dtype.kind == "U" and array.size and array.dtype.itemsize:
        number = np.dtype("u4").newbyteorder(array.dtype.byteorder)
        codes = np.ascontiguousarray(array).reshape(-1).view(number)
        if ((codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))).any():
            raise NpyError("the array holds text that is not made of characters")
