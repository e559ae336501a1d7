"""Serialisation of stored runs: records with their own sha256, and arrays without pickle."""

import hashlib
import io
import json
import re

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from bench.errors import quoted
from bench.records import SCHEMA, Result
from bench.store.consistency import faults
from bench.visible import plain_json_text

_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","result":', b"}\n"
LONGEST = 200
"""The number of characters of a record that a message quotes, at most."""
# A foreign header is never evaluated, and no memory is allocated for the size that it declares.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<type>[<>]f4)', 'fortran_order': False, "
    rb"'shape': \((?P<length>\d{1,12}),\), \} *\n",
    re.DOTALL,
)
_BODY = len(_HEAD) + 64 + len(_MIDDLE)


class Damaged(Exception):
    """A stored run that must not be used; the message says why."""


def encode_array(array: NDArray[np.float32]) -> bytes:
    """Return an array as the bytes of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array.astype(np.float32), allow_pickle=False)
    return buffer.getvalue()


def seal(result: Result) -> bytes:
    """Return the bytes of result.json: the record, preceded by its own sha256."""
    body = plain_json_text(result.model_dump_json()).encode()
    return _HEAD + hashlib.sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def unseal(raw: bytes) -> Result:
    """Return the record in the bytes of a result.json.

    Raises:
        Damaged: it is truncated, edited, of another schema version, or inconsistent.
    """
    body = raw[_BODY : -len(_TAIL)]
    digest = raw[len(_HEAD) : len(_HEAD) + 64]
    framed = raw.startswith(_HEAD) and raw[_BODY - len(_MIDDLE) : _BODY] == _MIDDLE
    if not framed or not raw.endswith(_TAIL) or hashlib.sha256(body).hexdigest().encode() != digest:
        raise Damaged("result.json was cut short or edited: its sha256 does not match")
    result = _read(body)
    for fault in faults(result):
        raise Damaged(f"result.json: {fault}")
    return result


def _read(body: bytes) -> Result:
    try:
        return Result.model_validate_json(body)
    except ValidationError as error:
        _refuse_schema(body)
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:LONGEST]
        raise Damaged(f"result.json: {place}: {first['msg'][:LONGEST]}") from None


def _refuse_schema(body: bytes) -> None:
    """Refuse the body of a result.json that is not a record of this schema version.

    Raises:
        Damaged: it is not JSON, not a record, or of another schema version.
    """
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        raise Damaged("result.json: its content is not JSON") from None
    if not isinstance(record, dict):
        raise Damaged("result.json: its content is not a record")
    if (version := record.get("schema_version", SCHEMA)) != SCHEMA:
        raise Damaged(f"written with schema {quoted(version)}; this bench reads schema {SCHEMA}")


def decode_array(data: bytes, name: str) -> NDArray[np.float32]:
    """Invert `encode_array`. The header must match that of `encode_array` exactly, and is never
    evaluated as an expression.

    Raises:
        Damaged: the bytes are not a .npy file of a one-dimensional array of 32-bit floats.
    """
    header = _HEADER.match(data)
    if header is None:
        raise Damaged(f"{name} is not an array of 32-bit floats")
    held, length = len(data) - header.end(), int(header["length"])
    if held != 4 * length:
        raise Damaged(f"{name} has {held} bytes of numbers, not 4 for each of {length}")
    return np.frombuffer(data, header["type"].decode(), offset=header.end()).astype(np.float32)
