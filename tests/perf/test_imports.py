"""Every module of perf can be imported; a peer's, where the peer's library is installed."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import perf

ROOT = Path(perf.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in ROOT.rglob("*.py")
    if path.name != "__init__.py"
)
ELSEWHERE = ("lm_eval", "unsloth")
"""Libraries of peers that run in environments of their own."""


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Restore the environment: the measurements set variables before they import torch."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_perf_is_imported(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ELSEWHERE:
            raise
        pytest.skip(f"{error.name} is not installed here")
