"""Load tokenizers and models of transformers silently, with one-line errors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import transformers

from bench.errors import DataError
from bench.run_context import loading


def tokenizer_of(folder: Path) -> Any:
    """Load the tokenizer stored with the weights.

    Raises:
        DataError: the library cannot load it.
    """
    with quiet(folder):
        return transformers.AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )


@contextmanager
def quiet(folder: Path) -> Iterator[None]:
    """Silence the library while loading, and turn its errors into one-line ones.

    It would warn of a newly initialised head, which is intended.

    Raises:
        DataError: the library cannot load from the folder.
    """
    level, bars = (
        transformers.logging.get_verbosity(),
        transformers.logging.is_progress_bar_enabled(),
    )
    transformers.logging.set_verbosity(logging.ERROR)
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with loading():
            yield
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"model folder {folder} cannot be used: {first}") from error
    finally:
        transformers.logging.set_verbosity(level)
        if bars:
            transformers.logging.enable_progress_bar()  # type: ignore[no-untyped-call]
