"""Every shipped baseline holds every fact of the conformance suite."""

import pytest

from bench.conformance import check_baseline
from bench.plugins import Registry, load_baseline

BASELINES = Registry("baselines")


@pytest.mark.parametrize("name", BASELINES.names())
def test_every_baseline_conforms(name: str) -> None:
    findings = check_baseline(name, load_baseline(BASELINES[name]))
    assert [finding for finding in findings if not finding.passed] == []


@pytest.mark.parametrize("name", BASELINES.names())
def test_every_baseline_has_a_line_that_says_what_it_is(name: str) -> None:
    assert len(BASELINES[name].summary().split()) > 3
