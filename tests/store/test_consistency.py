"""Sealed records and arrays that are at odds with themselves are not used, and the reason is said;
what bench itself writes is always used."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.store.record_file import Damaged, decode_array, encode_array, seal, unseal
from bench.store.store import Store
from tests.cli.test_recommend import keep
from tests.support.fakes import fake_result

NAN = float("nan")
SCORES = ("results", 0)
ODD: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "a time that is none": (("started",), "yesterday", "started is 'yesterday'"),
    "a time without zone": (("started",), "2026-01-01T00:00:00", "not a time in UTC"),
    "a time by weeks": (("started",), "2026-W01-1T00:00:00+00:00", "not a time in UTC"),
    "a time without signs": (("started",), "20260101T000000+00:00", "not a time in UTC"),
    "a time of another zone": (("started",), "2026-01-01T00:00:00+23:59", "not a time in UTC"),
    "no such day": (("started",), "2026-02-31T00:00:00+00:00", "not a time in UTC"),
    "no tasks": (("tasks",), [], "it is done on"),
    "scores of a failed run": (("status",), "failed", "it is failed on"),
    "a file name with NUL": (("files", "a\0b"), "0" * 64, "outside its folder: 'a\\x00b'"),
    "no files": (("files",), {}, "is not listed in the record"),
    "a file elsewhere": ((*SCORES, "predictions"), "../x", "its file '../x'"),
    "a metric of another": ((*SCORES, "main_metric"), "null", "'null' has no score"),
    "bits that are none": ((*SCORES, "right"), "z" * 50, "not one bit for each"),
    "bits of other rows": ((*SCORES, "right"), "ff", "right is 'ff'"),
    "other counts": ((*SCORES, "counts", "test"), 7, "counts 7 test examples"),
    "negative counts": ((*SCORES, "counts", "refused"), -1, "counts.refused"),
    "more groups than rows": ((*SCORES, "data", "groups"), 10**6, "groups of 200"),
    "a cell outside the matrix": ((*SCORES, "confusion", "cells"), [[0, 9, 1]], "confusion"),
    "labels that are no words": ((*SCORES, "output", "labels"), 5, "labels of its answers are 5"),
    "an endless recall": ((*SCORES, "per_class", "good", "recall"), float("inf"), "recall"),
    "a cost that is none": (("cost", "fit_seconds"), NAN, "fit_seconds"),
    "a negative cost": (("cost", "peak_bytes"), -1, "peak_bytes"),
    "a negative seed": (("seed",), -1, "seed"),
    "a deep parameter": (("params", "x"), json.loads("[" * 50 + "]" * 50), "params is nested"),
    "a number too large": (("settings", "x"), 10**400, "settings is nested deeper .* too large"),
}


def changed(path: tuple[Any, ...], value: Any) -> bytes:
    """A sealed record with one leaf changed."""
    scores = fake_result().result.results[0]
    files = dict.fromkeys((scores.predictions, scores.replicates), "0" * 64)
    record = fake_result(files=files).result.model_dump(mode="json")
    holder: Any = record
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return sealed(json.dumps(record).encode())


def sealed(body: bytes) -> bytes:
    """Any bytes behind their own sha256."""
    digest = hashlib.sha256(body).hexdigest().encode()
    return b'{"sha256":"' + digest + b'","result":' + body + b"}\n"


@pytest.mark.parametrize("case", ODD)
def test_a_sealed_record_at_odds_with_itself_is_damaged(case: str) -> None:
    path, value, why = ODD[case]
    with pytest.raises(Damaged, match=why.replace("\\", "\\\\")):
        unseal(changed(path, value))


@pytest.mark.parametrize("value", [NAN, float("inf"), -3.0])
def test_a_score_may_be_any_number(value: float) -> None:
    assert unseal(changed((*SCORES, "scores", "mcc"), value))


@pytest.mark.parametrize(
    "body", [b"{nope", b"", b"[]", b"null", b'{"a":' + b"[" * 99999 + b"]" * 99999 + b"}", b"\xff"]
)
def test_sealed_bytes_that_are_no_record_are_damaged(body: bytes) -> None:
    with pytest.raises(Damaged, match=r"not JSON|not a record"):
        unseal(sealed(body))


def array_file(array: np.ndarray[Any, Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


NUMBERS = np.linspace(0, 1, 400)
HUGE = array_file(NUMBERS.astype("f4")).replace(b"(400,), }         ", b"(999999999999,), }")
ARRAYS = {
    "complex": array_file(NUMBERS.astype("c8")),
    "yes and no": array_file(NUMBERS > 0.5),
    "structured": array_file(np.zeros(400, [("a", "f4")])),
    "a table": array_file(NUMBERS.astype("f4").reshape(2, 200)),
    "an archive": b"PK\3\4" + b"\0" * 99,
    "half a header": b"\x93NUMPY\x01\x00\x10\x00{'descr': ((((((\n",
    "more than there is": HUGE,
    "cut": array_file(NUMBERS.astype("f4"))[:-3],
}


@pytest.mark.parametrize("case", ARRAYS)
def test_a_file_that_is_no_row_of_floats_is_damaged(case: str) -> None:
    with pytest.raises(Damaged, match=r"a\.npy"):
        decode_array(ARRAYS[case], "a.npy")


@pytest.mark.parametrize("length", [1, 2000])
def test_an_array_that_bench_wrote_is_read_back(length: int) -> None:
    array = np.linspace(0, 1, length, dtype=np.float32)
    array[0] = np.nan
    np.testing.assert_array_equal(decode_array(encode_array(array), "a.npy"), array)


@pytest.mark.parametrize("draws", [np.full(400, np.nan), np.zeros(0)])
def test_draws_without_numbers_beside_a_score_are_not_used(tmp_path: Path, draws: Any) -> None:
    folder = keep(tmp_path / "results", [fake_result(draws=draws)])
    (problem,) = Store(folder).contents().problems
    assert "replicates-0.npy has" in problem.what
    assert Store(folder).status(problem.where.removeprefix("runs/")) == "damaged"


def test_a_message_does_not_repeat_a_long_name() -> None:
    with pytest.raises(Damaged) as caught:
        unseal(changed(("x" * 10**6,), 1))
    assert len(str(caught.value)) < 500


def test_a_sound_record_is_read_back() -> None:
    assert unseal(seal(fake_result("lstm", status="failed", reason="made up").result))


def test_a_record_is_written_without_characters_that_act() -> None:
    reason = "\x1b]0;x\x07 \x9b31m \x7f\u2028\u202e\U000e0041 naïve ☕"
    raw = seal(unseal(changed(("reason",), reason)))
    assert not {*"\x1b\x07\x9b\x7f\u2028\u202e\U000e0041"} & {*raw.decode()}
    assert "naïve ☕".encode() in raw and unseal(raw).reason == reason
