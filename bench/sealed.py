"""The bytes of a stored run: a record behind its own sha256, and arrays without pickle."""

import hashlib
import io
import json
import re

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from bench.records import SCHEMA, Result

_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","result":', b"}\n"
# Nothing of a foreign header is evaluated, nor is anything set aside for numbers that it promises.
_ARRAY = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<order>[<>])f4', 'fortran_order': False, "
    rb"'shape': \((?P<count>\d{1,12}),\), \} *\n",
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
    body = result.model_dump_json().encode()
    return _HEAD + hashlib.sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def unseal(raw: bytes) -> Result:
    """The record in the bytes of a result.json.

    Raises:
        Damaged: cut short, edited, or of another version's schema.
    """
    body = raw[_BODY : -len(_TAIL)]
    found = raw[len(_HEAD) : len(_HEAD) + 64]
    framed = raw.startswith(_HEAD) and raw[_BODY - len(_MIDDLE) : _BODY] == _MIDDLE
    if not framed or not raw.endswith(_TAIL) or hashlib.sha256(body).hexdigest().encode() != found:
        raise Damaged("result.json was cut short or edited: its sha256 does not match")
    try:
        return Result.model_validate_json(body)
    except ValidationError as error:
        version = json.loads(body).get("schema_version")
        if version != SCHEMA:
            raise Damaged(
                f"written with schema {version}; this bench reads schema {SCHEMA}"
            ) from None
        first = error.errors()[0]
        raise Damaged(f"result.json: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def decode_array(data: bytes, name: str) -> NDArray[np.float32]:
    """The inverse of `encode_array`.

    Raises:
        Damaged: the bytes are no .npy file of one row of such numbers, or not as many as it says.
    """
    head = _ARRAY.match(data)
    if head is None or len(data) != head.end() + 4 * int(head["count"]):
        raise Damaged(f"{name} is not a file of one row of float32 numbers as long as it says")
    order = head["order"].decode()
    return np.frombuffer(data, f"{order}f4", offset=head.end()).astype(np.float32)
