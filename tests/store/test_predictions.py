"""Stored arrays and tables that promise more than they should: refused before they unfold."""

import io
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.errors import StoreError
from bench.store import predictions
from bench.store.predictions import read_predictions
from bench.store.record_file import Damaged, decode_array, encode_array


def table(path: Path, rows: int, text: str = "x") -> Path:
    pq.write_table(pa.table({"id": [text] * rows, "value": pa.nulls(rows)}), path)
    return path


def test_a_table_of_other_rows_than_its_record_says_is_refused(tmp_path: Path) -> None:
    assert read_predictions(table(tmp_path / "a", 3), 3).num_rows == 3
    with pytest.raises(StoreError, match="it has 30,000 rows, but its record says 3"):
        read_predictions(table(tmp_path / "b", 30_000), 3)


def test_one_long_text_in_every_row_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "MEMORY_LIMIT", 100 << 20)
    small = table(tmp_path / "a", 20_000, "x" * 10_000)
    assert small.stat().st_size < 1 << 20
    with pytest.raises(StoreError, match="bytes uncompressed"):
        read_predictions(small, 20_000)


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    assert read_predictions(table(tmp_path / "a", 0), 0, ["value"]).column_names == ["value"]


@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1" + b"\xff" * 40 + b"PAR1"])
def test_what_is_no_table_is_one_line(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(StoreError, match="/a: not used: "):
        read_predictions(tmp_path / "a", 3)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it has no column gold"):
        read_predictions(table(tmp_path / "a", 3), 3, ["id", "gold"])


def promising(count: int) -> bytes:
    """An array file of four numbers whose header promises more."""
    raw = encode_array(np.zeros(4, np.float32))
    return raw.replace(b"(4,), }" + b" " * 10, f"({count},), }}".encode().ljust(17))


def _decode_with_little_memory(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    try:
        decode_array(promising(count), "replicates")
    except Damaged as error:
        sys.stdout.write(str(error))


def test_an_array_that_promises_more_than_its_file_holds_is_damaged() -> None:
    code = "from tests.store.test_predictions import _decode_with_little_memory as f; f(10**10)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "has 16 bytes" in done.stdout, done.stderr


@pytest.mark.parametrize("kind", ["float64", "bool", "complex64", "O"])
def test_an_array_of_another_type_is_damaged(kind: str) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(4, kind), allow_pickle=True)
    with pytest.raises(Damaged):
        decode_array(buffer.getvalue(), "replicates")


def test_an_archive_of_arrays_is_damaged() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(4, np.float32))
    with pytest.raises(Damaged):
        decode_array(buffer.getvalue(), "replicates")
