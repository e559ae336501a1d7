"""Export a stored adapter as a folder that libraries load: weights, tokenizer and a card with its
scores; on its own, or merged into its base model."""

import json
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.errors import DataError, UserError
from bench.example import NAME
from bench.exchange.output_folder import Written, made_aside, refuse_taken, written
from bench.leaderboard.lookup import Cell, find
from bench.leaderboard.odd_results import as_store_error
from bench.models import Weights, weights
from bench.models.hub import COMMIT
from bench.records import ModelFacts

TRAINING = "training.json"
CONFIG = "adapter_config.json"


def export(results: Path, cell: str, to: Path, *, merge: bool = False) -> Written:
    """Write a cell's adapter, or its base model with the adapter merged into it.

    The folder is written completely or not at all.

    Args:
        results: the results folder.
        cell: a result's key or its first characters, or BASELINE/TASK[/SEED].
        to: a folder that is empty or does not exist.
        merge: write a whole model.

    Raises:
        UserError: no such cell, more than one, or one without an adapter; a folder that is not
            empty.
        DataError: the base model is no longer the one that the adapter was trained on.
        Unavailable: the base model is not locally available, or there is not enough memory for it.
        StoreError: the stored result is damaged.
    """
    refuse_taken(to)
    stored = find(results, cell)
    about = _Adapter(stored)
    base = _base_of(about.model)
    with made_aside(to) as folder:
        _write_weights(about, base, folder, merge=merge)
        _write_card(about, folder, merged=merge)
        _readable_alike(folder)
    return written(to)


class _Adapter:
    """The stored parts of a cell's adapter.

    Raises:
        UserError: a part of it is missing.
    """

    def __init__(self, cell: Cell) -> None:
        self.result, self.files = cell.result, cell.files
        if self.result.model is None or CONFIG not in self.files:
            raise UserError(f"{cell.title}: the adapter does not record which model it belongs to")
        self.model: ModelFacts = self.result.model
        with as_store_error(f"runs/{self.result.key}: {TRAINING} or {CONFIG}"):
            training = json.loads(self.files.get(TRAINING, b"{}"))
            self.settings: Mapping[str, Any] = dict(training.get("settings", {}))
            self.prompts: Mapping[str, Any] = dict(training.get("prompts", {}))
            self.base = str(json.loads(self.files[CONFIG])["base_model_name_or_path"])


def _base_of(model: ModelFacts) -> Weights:
    """Return exactly the weights that the adapter was trained on."""
    pinned = COMMIT.fullmatch(model.revision)
    base = weights(f"{model.of}@{model.revision}" if pinned else model.name)
    if dict(base.sha256) != model.sha256:
        raise DataError(
            f"model {model.name} is not the one the adapter was trained on: "
            f"{_first_difference(base.sha256, model.sha256)}"
        )
    return base


def _first_difference(current: Mapping[str, str], then: Mapping[str, str]) -> str:
    name = next(n for n in sorted({*current, *then}) if current.get(n) != then.get(n))
    return f"{name} has sha256 {current.get(name, 'none')}, it had {then.get(name, 'none')}"


def _readable_alike(folder: Path) -> None:
    """Make all files as readable as the card: some libraries write for the owner only."""
    mode = (folder / "README.md").stat().st_mode
    for path in folder.iterdir():
        if path.is_file():
            path.chmod(mode)


def _write_weights(about: _Adapter, base: Weights, folder: Path, *, merge: bool) -> None:
    from bench.baselines._training.transformers_loading import tokenizer_of

    if merge:
        _write_merged(about, base, folder)
    else:
        _write(about.files, folder)
    tokenizer_of(base.folder).save_pretrained(folder)


def _write_merged(about: _Adapter, base: Weights, folder: Path) -> None:
    precision = about.settings.get("precision")
    if precision is None:
        raise UserError(f"--merge: {about.result.baseline} does not record what it was trained on")
    # Its messages on import do not concern the user.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from bench.baselines._llama.engine.merge import write_merged

    with tempfile.TemporaryDirectory(prefix="bench-") as aside:
        _write(about.files, Path(aside))
        write_merged(base, Path(aside), folder, precision=precision)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _write_card(about: _Adapter, folder: Path, *, merged: bool) -> None:
    from bench.reports.model_card.card import Card, body
    from bench.reports.model_card.scores import eval_results, front_matter

    card = Card(
        result=about.result,
        base=about.base,
        on_hub=about.model.revision != "local",
        settings=about.settings,
        prompts=about.prompts,
        merged=merged,
    )
    with as_store_error(f"runs/{about.result.key}: what its card says"):
        text = f"---\n{front_matter(card)}\n---\n\n{body(card)}"
        results = eval_results(card)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="")
    scores = folder / ".eval_results"
    scores.mkdir()
    for name, yaml in results.items():
        # Records of somebody else's results folder may contain any name.
        if NAME.match(name):
            (scores / name).write_text(yaml, encoding="utf-8", newline="")
