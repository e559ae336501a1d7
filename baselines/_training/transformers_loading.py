"""Tokenizers and models of transformers, loaded without a word and with errors in one line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import transformers

from bench.errors import DataError


def tokenizer_of(folder: Path) -> Any:
    """The tokenizer beside the weights.

    Raises:
        DataError: the library cannot make one of it.
    """
    with quiet(folder):
        return transformers.AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )


@contextmanager
def quiet(folder: Path) -> Iterator[None]:
    """No word of the library on a new head, which is meant; its errors in one line."""
    before, bars = (
        transformers.logging.get_verbosity(),
        transformers.logging.is_progress_bar_enabled(),
    )
    transformers.logging.set_verbosity(logging.ERROR)
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"model folder {folder} cannot be used: {first}") from error
    finally:
        transformers.logging.set_verbosity(before)
        if bars:
            transformers.logging.enable_progress_bar()  # type: ignore[no-untyped-call]
