"""The folder of one stored run: written durably, and read with all its files verified by hash."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.guards.guarded import Odd, TooLarge, read_bytes
from bench.records import Result
from bench.store.atomic import (
    Refused,
    readable,
    refuse_odd_entries,
    refuse_odd_entry,
    sync_folder,
    write_through,
)
from bench.store.record_file import Damaged, seal, unseal

RECORD = "result.json"
RECORD_LIMIT, FILE_LIMIT, KEPT_LIMIT = 64 << 20, 512 << 20, 8 << 30
"""Largest sizes in bytes of a record, of another file, and of one that a fit kept."""
_AHEAD = timedelta(days=1)
"""Tolerance for the clocks of other machines."""


def fill(folder: Path, result: Result, files: Mapping[str, bytes]) -> None:
    """Write a run's files into an empty folder, the record last, and fsync them."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sealed = seal(result.model_copy(update={"files": hashes}))
    for name, data in {**files, RECORD: sealed}.items():
        write_through(folder / name, data)
    sync_folder(folder)


def verified(folder: Path, raw: dict[str, bytes] | None = None, *, large: bool = False) -> Result:
    """Verify the files of a run's folder; return the record.

    Args:
        folder: the run's folder.
        raw: a dictionary that receives the files' bytes by name.
        large: True to verify the hashes of files that the fit kept, too; else they must only exist.

    Raises:
        Damaged: a file is missing, truncated, edited or of another version.
        Refused: an entry of the folder is a link or otherwise odd, or cannot be read now.
    """
    refuse_odd_entry(folder)
    with readable(folder):
        names = refuse_odd_entries(folder)
    result = unseal(_bytes(folder / RECORD, RECORD_LIMIT))
    if not _is_name(result.key):
        raise Damaged(f"{RECORD} has a key that is not a valid folder name: {result.key!r}")
    for name, expected in result.files.items():
        if not _is_name(name):
            raise Damaged(f"{RECORD} names a file outside its folder: {name!r}")
        is_artefact = name in result.artefacts
        if is_artefact and name not in names:
            raise Damaged(f"{name} is missing")
        if large or not is_artefact:
            data = _unchanged(folder / name, expected, KEPT_LIMIT if is_artefact else FILE_LIMIT)
            if raw is not None:
                raw[name] = data
    return result


def _unchanged(path: Path, expected: str, limit: int) -> bytes:
    data = _bytes(path, limit)
    if hashlib.sha256(data).hexdigest() != expected:
        raise Damaged(f"{path.name} was cut short or edited: its sha256 does not match")
    return data


def _is_name(name: str) -> bool:
    return Path(name).name == name != ".." and "\0" not in name


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with readable(path):
            return read_bytes(path, limit)
    except TooLarge as error:
        raise Damaged(f"{path.name}: {error}") from None
    except Odd as error:
        raise Refused(path, str(error)) from None
    except OSError as error:
        raise Damaged(f"{path.name} cannot be read: {error.strerror or error}") from None


def refuse_future(result: Result, folder: Path) -> None:
    """Refuse a record whose start lies more than a day in the future: as the newest result of its
    cell it would hide all others.

    Raises:
        Refused: the start is that late.
    """
    try:
        started = datetime.fromisoformat(result.started)
    except ValueError:
        return
    started = started if started.tzinfo else started.replace(tzinfo=UTC)
    if started > datetime.now(UTC) + _AHEAD:
        way_out = "delete the folder, or run its command again with --rerun"
        raise Refused(
            folder / RECORD, f"its clock: started {result.started}, in the future; {way_out}"
        )
