"""GGUF files that are broken, or lie: refused in one line before any library reads them."""

import os
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from bench.errors import DataError, Unavailable
from bench.models.gguf import converted
from bench.models.gguf_header import refuse_broken


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A file as the format's own library writes it."""
    path = tmp_path / "made.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    writer.add_array("made.up", [1, 2, 3])
    writer.add_float32("made.up.number", 0.5)
    writer.add_tensor("weights", np.ones((4, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_sound_header_is_taken(sound: Path) -> None:
    refuse_broken(sound)


@pytest.mark.parametrize("keep", [0, 3, 4, 8, 20, 24, 40, 100, 200, -1, -300])
def test_a_file_cut_short_is_refused(sound: Path, keep: int) -> None:
    sound.write_bytes(sound.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"^made\.gguf cannot be converted"):
        converted(sound, name="made-up", sha256="0" * 64)


def header(*parts: bytes, tensors: int = 0, values: int = 0) -> bytes:
    """A header's bytes."""
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, values) + b"".join(parts) + b"\0" * 64


def tensor(dimensions: Sequence[int], kind: int = 0) -> bytes:
    """What a header says of some weights."""
    sizes = b"".join(struct.pack("<Q", size) for size in dimensions)
    lead = struct.pack("<Q", 1) + b"w" + struct.pack("<I", len(dimensions))
    return lead + sizes + struct.pack("<IQ", kind, 0)


KEY = struct.pack("<Q", 1) + b"k"
LIES = {
    "values": header(values=2**60),
    "tensors": header(tensors=2**60),
    "array": header(KEY, struct.pack("<IIQ", 9, 0, 2**60), values=1),
    "texts": header(KEY, struct.pack("<IIQ", 9, 8, 2**60), values=1),
    "text": header(KEY, struct.pack("<IQ", 8, 2**63), values=1),
    "nested": header(KEY, struct.pack("<IIQ", 9, 9, 1), values=1),
    "type": header(KEY, struct.pack("<I", 99), values=1),
    "weights": header(tensor([2**40]), tensors=1),
    "product": header(tensor([2**32, 2**32, 2**32]), tensors=1),
    "dimensions": header(tensor([1] * 9), tensors=1),
    "format": header(tensor([1], kind=999), tensors=1),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_refused(lie: str, tmp_path: Path) -> None:
    path = tmp_path / "made.gguf"
    path.write_bytes(LIES[lie])
    with pytest.raises(DataError, match=r"^made\.gguf cannot be converted") as caught:
        converted(path, name="made-up", sha256="0" * 64)
    assert "\n" not in str(caught.value)


def test_a_fifo_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "made.gguf")
    with pytest.raises(DataError, match=r"it is a FIFO"):
        converted(tmp_path / "made.gguf", name="made-up", sha256="0" * 64)


def test_a_cache_that_cannot_be_written_to_is_one_line(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "converted").write_text("a file in the folder's place")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    with pytest.raises(Unavailable, match=r"cache folder .*set BENCH_CACHE"):
        converted(sound, name="made-up", sha256="0" * 64)
