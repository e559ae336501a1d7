"""Data sets of the Hub, folders in its form, and folders that `datasets` saved."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.errors import DataError, Unavailable, UserError
from bench.files.hub_datasets import hub_dataset, hub_file, newest_commit
from bench.files.reading.arrow_tables import from_table
from bench.files.reading.material import Material
from bench.files.reading.parts import joined, split_name

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(:[\w.+-]+)?")
EVALUATION = "eval.yaml"
"""File in which a benchmark of the Hub says which columns are asked and answered."""
_LARGEST = 2**20


def read_hub(source: str, *, revision: str, offline: bool) -> Material:
    """Read a data set of the Hub.

    Args:
        source: `owner/name` or `owner/name:configuration`.
        revision: the commit; "" for the newest, whose commit the material then names.
        offline: use only what is in the Hub's own cache, never the network.

    Raises:
        Unavailable: it cannot be downloaded, does not exist, or is gated; the message says which.
        UserError: offline and no commit is given.
        DataError: several configurations and none is given, or an unusable card.
    """
    repo, _, config = source.partition(":")
    if not revision and offline:
        raise UserError(
            f"{source}: offline, so its newest commit cannot be found; leave out --offline, or "
            "give files"
        )
    commit = revision or newest_commit(repo)
    stated = _stated(hub_file(repo, EVALUATION, revision=commit, offline=offline), source)
    config = config or stated.pop("config", "")
    data = hub_dataset(repo, revision=commit, name=config or None, offline=offline)
    return replace(_material(data, source, "Hub data set"), commit=commit, suggested=stated)


def is_hub_folder(folder: Path) -> bool:
    """Return whether a folder is in the form of the Hub: a card that lists files, an `eval.yaml`,
    or a folder `data` with tables."""
    card = folder / "README.md"
    head = card.read_bytes()[:_LARGEST] if card.is_file() else b""
    configs = head.startswith(b"---") and re.search(rb"^configs:", head, re.MULTILINE) is not None
    tables = [*(folder / "data").glob("*.parquet"), *(folder / "data").glob("*.csv*")]
    return configs or bool(tables) or (folder / EVALUATION).is_file()


def read_hub_folder(folder: Path, source: str, config: str) -> Material:
    """Read a folder in the form of the Hub.

    Args:
        folder: the folder.
        source: its name as the user gave it.
        config: the configuration, if there are several.

    Raises:
        DataError: several configurations and none is given, or it cannot be read.
    """
    path = folder / EVALUATION
    stated = _stated(path.read_bytes()[:_LARGEST] if path.is_file() else b"", source)
    config = config or stated.pop("config", "")
    try:
        data = hub_dataset(str(folder), revision="main", name=config or None)
    except Unavailable as error:
        raise DataError(str(error).replace("cannot be downloaded from the Hub", "unread")) from None
    return replace(_material(data, source, "Hub data set"), suggested=stated)


def is_saved(folder: Path) -> bool:
    """Return whether `datasets` wrote a folder with `save_to_disk`."""
    return any((folder / name).is_file() for name in ("dataset_dict.json", "state.json"))


def read_saved(folder: Path, source: str) -> Material:
    """Read a folder that `save_to_disk` wrote.

    Raises:
        DataError: it is damaged, or names files outside of itself.
    """
    # Imported on first use: it is slow.
    import datasets

    for state in [*folder.glob("state.json"), *folder.glob("*/state.json")]:
        _refuse_outside(state)
    try:
        data = datasets.load_from_disk(str(folder))
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{source}: a damaged folder of `datasets`: {reason}") from None
    whole = data if isinstance(data, datasets.DatasetDict) else {"": data}
    return _material(whole, source, "saved data set")


def _refuse_outside(state: Path) -> None:
    try:
        named = [entry["filename"] for entry in json.loads(state.read_text("utf-8"))["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise DataError(f"{state}: not written by `datasets`") from None
    if not all(isinstance(name, str) and Path(name).name == name for name in named):
        raise DataError(f"{state}: names files outside of its folder: refused")


def _material(data: Mapping[Any, Any], source: str, form: str) -> Material:
    parts = []
    for split, rows in data.items():
        name = split_name(str(split)) or str(split)
        place = f"{source}, {split}" if split else source
        # Arrow's own table: a list of dictionaries would take many times the memory.
        parts.append((name, from_table(rows.with_format("arrow")[:], place, form)))
    made = joined(source, form, parts) if len(parts) > 1 else parts[0][1]
    names = {name: made.parts.get(name, range(made.table.num_rows)) for name, _ in parts}
    return replace(made, source=source, parts=names)


def _stated(raw: bytes, source: str) -> dict[str, str]:
    """Return what an `eval.yaml` says of its first task: `text`, `label` and `id` -> column,
    `split` and `config`; {} if it says nothing."""
    if not raw:
        return {}
    import yaml

    try:
        data = yaml.safe_load(raw)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{source}: its {EVALUATION} is not valid YAML: {reason}") from None
    tasks = data.get("tasks") if isinstance(data, dict) else None
    task = tasks[0] if isinstance(tasks, list) and tasks and isinstance(tasks[0], dict) else {}
    fields = task.get("field_spec")
    spec = fields if isinstance(fields, dict) else {}
    found = {"text": spec.get("input"), "label": spec.get("target"), "id": spec.get("id")}
    found |= {"split": task.get("split"), "config": task.get("config")}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}
