"""Every shipped baseline holds every fact of the conformance suite."""

from pathlib import Path
from typing import Any

import pytest

from bench.conformance import check_baseline
from bench.plugins import Registry, load_baseline
from bench.prepare import prepare
from tests.tiny_llama import tiny_llama
from tests.tiny_models import tiny_bert

BASELINES = Registry("baselines")


def toy_size(name: str, folder: Path) -> dict[str, Any]:
    """Parameters that make a large family small: the real classes, few numbers."""
    if name == "bert":
        model = str(tiny_bert(folder / "model"))
        return {"model": model, "epochs": 2, "batch_size": 8, "learning_rate": 1e-3}
    if name.startswith(("llama", "qlora")):
        model = str(tiny_llama(folder / "model"))
        training = {"epochs": 1, "rank": 4} if name.startswith("qlora") else {}
        return {"model": model, "max_input": 64, "max_output": 8, **training}
    return {"epochs": 4, "hidden": 16} if name == "lstm" else {}


@pytest.mark.parametrize("name", BASELINES.names())
def test_every_baseline_conforms(name: str, tmp_path: Path) -> None:
    family = load_baseline(BASELINES[name])
    findings = check_baseline(name, family, **toy_size(name, tmp_path))
    assert [finding for finding in findings if not finding.passed] == []


@pytest.mark.parametrize("name", BASELINES.names())
def test_every_baseline_has_a_line_that_says_what_it_is(name: str) -> None:
    assert len(BASELINES[name].summary().split()) > 3


def test_all_tasks_whose_files_only_the_user_has_say_so(tmp_path: Path) -> None:
    registry = Registry("tasks")
    names = [name for name in registry.names() if registry[name].suite != "starter"]
    found = prepare(names, registry, [tmp_path], offline=True, named=False)
    assert (sorted(found.absent), found.missing, found.broken) == (names, {}, {})
