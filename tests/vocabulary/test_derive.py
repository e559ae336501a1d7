"""Tasks made from other tasks."""

from dataclasses import replace

import pytest

from bench.derive import derived
from bench.errors import PluginError
from bench.files import Files
from bench.outputs import MultiLabel, Regression, SingleLabel
from bench.task import Example, Prompt, Task

ROWS = {"train": [Example("1", "x", "cat"), Example("2", "y", "dog"), Example("3", "z", "stone")]}
TASK = Task(
    name="things",
    output=SingleLabel("cat", "dog", "stone"),
    load=lambda files: ROWS,
    prompt=Prompt(instruction="What is it?"),
    licence="made up",
    citation="made up",
    source="made up",
)
COARSE = derived(TASK, "alive", {"cat": "animal", "dog": "animal", "stone": None})


def test_rows_have_the_coarser_labels_and_those_without_one_are_left_out() -> None:
    rows = COARSE.load(Files("alive"))["train"]
    assert [(row.id, row.target) for row in rows] == [("1", "animal"), ("2", "animal")]


def test_the_new_labels_stand_in_the_order_of_the_old() -> None:
    finer = derived(TASK, "two", {"cat": "b", "dog": "a", "stone": "a"})
    assert finer.output == SingleLabel("b", "a")


def test_of_several_labels_a_row_only_those_without_a_new_one_go() -> None:
    several = replace(
        TASK,
        output=MultiLabel("cat", "dog", "stone"),
        load=lambda files: {"train": [Example("1", "x", frozenset({"cat", "stone"}))]},
    )
    found = derived(several, "alive", {"cat": "animal", "dog": "animal", "stone": None})
    assert found.load(Files("alive"))["train"][0].target == {"animal"}


def test_a_label_that_is_not_mapped_is_named() -> None:
    with pytest.raises(PluginError, match="'stone' of things is not mapped"):
        derived(TASK, "alive", {"cat": "animal", "dog": "animal"})


def test_a_task_without_labels_cannot_be_mapped() -> None:
    with pytest.raises(PluginError, match="no labels"):
        derived(replace(TASK, output=Regression(0, 1)), "x", {})


def test_what_was_published_before_has_the_coarser_labels_too() -> None:
    published = replace(TASK, published_answers=lambda files: {"model": {"1": "dog", "3": "stone"}})
    found = derived(published, "alive", {"cat": "animal", "dog": "animal", "stone": None})
    assert found.published_answers is not None
    assert found.published_answers(Files("alive")) == {"model": {"1": "animal"}}


def test_what_people_said_has_the_coarser_labels_too() -> None:
    rated = replace(TASK, annotations=lambda files: {"1": ["cat", None, "stone"]})
    found = derived(rated, "alive", {"cat": "animal", "dog": "animal", "stone": None})
    assert found.annotations is not None
    assert found.annotations(Files("alive")) == {"1": ["animal", None, None]}
