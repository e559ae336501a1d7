"""The bytes of a stored run: a record behind its own sha256, and arrays without pickle."""

import hashlib
import io
import json
import re

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from bench.errors import quoted
from bench.records import SCHEMA, Result
from bench.store.validity import faults
from bench.visible import plain_json_text

_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","result":', b"}\n"
LONGEST = 200
"""Characters of what a record says that a message repeats."""
# Nothing of a foreign header is evaluated, nor is anything set aside for numbers that it promises.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<type>[<>]f4)', 'fortran_order': False, "
    rb"'shape': \((?P<length>\d{1,12}),\), \} *\n",
    re.DOTALL,
)
_BODY = len(_HEAD) + 64 + len(_MIDDLE)


class Damaged(Exception):
    """A stored run that must not be used; the message says why."""


def encode_array(array: NDArray[np.float32]) -> bytes:
    """An array as the bytes of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array.astype(np.float32), allow_pickle=False)
    return buffer.getvalue()


def seal(result: Result) -> bytes:
    """The bytes of result.json: the record behind its own sha256."""
    body = plain_json_text(result.model_dump_json()).encode()
    return _HEAD + hashlib.sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def unseal(raw: bytes) -> Result:
    """The record in the bytes of a result.json.

    Raises:
        Damaged: cut short, edited, of another version's schema, or at odds with itself.
    """
    body = raw[_BODY : -len(_TAIL)]
    found = raw[len(_HEAD) : len(_HEAD) + 64]
    framed = raw.startswith(_HEAD) and raw[_BODY - len(_MIDDLE) : _BODY] == _MIDDLE
    if not framed or not raw.endswith(_TAIL) or hashlib.sha256(body).hexdigest().encode() != found:
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
    """Raises:
    Damaged: no JSON, no record, or of another version's schema.
    """
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        raise Damaged("result.json: what its sha256 seals is no JSON") from None
    if not isinstance(record, dict):
        raise Damaged("result.json: what its sha256 seals is no record")
    if (version := record.get("schema_version", SCHEMA)) != SCHEMA:
        raise Damaged(f"written with schema {quoted(version)}; this bench reads schema {SCHEMA}")


def decode_array(data: bytes, name: str) -> NDArray[np.float32]:
    """The inverse of `encode_array`; its header is held against the form that has, and never read
    as an expression.

    Raises:
        Damaged: the bytes are no .npy file of one row of 32-bit floats.
    """
    header = _HEADER.match(data)
    if header is None:
        raise Damaged(f"{name} is no array file of one row of 32-bit floats")
    held, said = len(data) - header.end(), int(header["length"])
    if held != 4 * said:
        raise Damaged(f"{name} holds {held} bytes of numbers, not the 4 each of {said}")
    return np.frombuffer(data, header["type"].decode(), offset=header.end()).astype(np.float32)
