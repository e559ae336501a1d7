"""Every shipped baseline holds every fact of the conformance suite."""

from pathlib import Path

import pytest

from bench.conformance import check_baseline
from bench.data.prepare import prepare
from bench.registry import Registry, load_baseline
from tests.support.toy_sizes import toy_size

BASELINES = Registry("baselines")


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
