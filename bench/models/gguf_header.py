"""Check the header of a GGUF file against the file's length before any library reads it: a false
count or size could exhaust the memory or loop for ever."""

import struct
from pathlib import Path
from typing import BinaryIO

from bench.errors import DataError
from bench.guards.guarded import Odd, opened

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Type of a value -> its size in bytes."""
_STRING, _ARRAY, _UINT32 = 8, 9, 4
LARGEST = 2**40
"""Largest size of a file in bytes."""
MOST_DIMENSIONS = 4


def refuse_broken(path: Path) -> None:
    """Refuse a file whose header does not match its length.

    Raises:
        DataError: it is not a GGUF file, is truncated, or declares more than it contains.
    """
    try:
        with opened(path, LARGEST) as file:
            _Header(file).walk()
    except (OSError, Odd, ValueError, struct.error) as error:
        raise DataError(f"{path.name} cannot be converted: {error}") from None


class _Header:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.length = file.seek(0, 2)
        self.alignment = 32
        file.seek(0)

    def walk(self) -> None:
        if self.file.read(4) != b"GGUF" or self._number("<I") not in (2, 3):
            raise ValueError("it is not a GGUF file of a supported version")
        tensors, values = self._count(24), self._count(13)
        for _ in range(values):
            self._value()
        ends = [self._tensor() for _ in range(tensors)]
        start = -(-self.file.tell() // self.alignment) * self.alignment
        if start + max(ends, default=0) > self.length:
            raise ValueError("it is truncated, or declares more weights than it contains")

    def _left(self) -> int:
        return self.length - self.file.tell()

    def _number(self, form: str) -> int:
        number: int = struct.unpack(form, self.file.read(struct.calcsize(form)))[0]
        return number

    def _count(self, least: int) -> int:
        """Read a count of items, each of at least `least` bytes; refuse one that cannot fit."""
        count = self._number("<Q")
        if count * least > self._left() + 8:
            raise ValueError(f"it declares {count} entries, more than it contains")
        return count

    def _skip(self, size: int) -> None:
        if size > self._left():
            raise ValueError("it is truncated, or declares more than it contains")
        self.file.seek(size, 1)

    def _string(self) -> bytes:
        size = self._number("<Q")
        if size > min(self._left(), 2**24):
            raise ValueError("it declares a string longer than the file")
        return self.file.read(size)

    def _value(self) -> None:
        name, kind = self._string(), self._number("<I")
        if name == b"general.alignment" and kind == _UINT32:
            self.alignment = self._number("<I")
            if not 0 < self.alignment <= 2**16 or self.alignment & (self.alignment - 1):
                raise ValueError(f"its alignment is {self.alignment}, which is invalid")
        elif kind == _ARRAY:
            self._array()
        elif kind == _STRING:
            self._string()
        else:
            self._skip(self._size(kind))

    def _size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise ValueError(f"it contains a value of unknown type {kind}")
        return _SIZES[kind]

    def _array(self) -> None:
        kind = self._number("<I")
        if kind == _STRING:
            for _ in range(self._count(8)):
                self._string()
        else:
            self._skip(self._size(kind) * self._number("<Q"))

    def _tensor(self) -> int:
        """Read a tensor's entry; return the end of its data, in bytes from the first tensor."""
        import gguf

        name, dimensions = self._string(), self._number("<I")
        if dimensions > MOST_DIMENSIONS:
            raise ValueError(f"tensor {name!r} has {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= self._number("<Q")
        kind, offset = self._number("<I"), self._number("<Q")
        block, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType(kind)]
        return offset + elements * size // block
