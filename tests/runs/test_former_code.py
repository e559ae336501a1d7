"""Plain texts keep the keys that they had before words knew every script; others get new ones."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.data.plain_texts import only_plain_texts
from bench.outputs import FreeText, SingleLabel
from bench.outputs.base import Answer, Output
from bench.registry import Registry
from bench.runs.former_code import FORMER
from bench.runs.planning.keys import Code
from bench.runs.source_hash import installed, source_of
from bench.task import Example
from tests.support.planning import planned, plugins

__all__ = ["plugins"]
LABELS = SingleLabel("a", "b")


@pytest.mark.parametrize("module", FORMER)
def test_a_former_digest_stands_for_the_present_code(module: str) -> None:
    """Where this fails, the module has changed: if plain texts are treated as before, put its new
    digest into the table, else take its line out."""
    tree = installed()
    file = tree.find(module)
    assert file is not None and tree.read(file).digest == FORMER[module][0]


@pytest.mark.parametrize("name", Registry("baselines").names())
def test_each_family_has_a_digest_for_plain_texts(name: str) -> None:
    path = Registry("baselines")[name].path
    assert path is not None
    source = source_of(path)
    assert source.digest_for_plain != source.digest


def test_code_of_ones_own_that_asks_for_normal_forms_gets_no_former_digest(tmp_path: Path) -> None:
    plugin = tmp_path / "own.py"
    plugin.write_text("from bench.text import normalise\nprint(normalise('x'))\n")
    source = source_of(plugin)
    assert source.digest_for_plain == source.digest


def rows(*texts: str, gold: Answer = "a") -> Sequence[Example]:
    return [Example(str(n), text, gold) for n, text in enumerate(texts)]


PLAIN = [("it is €5, ok? 👍", "però così"), ("up 7%", "down 7%"), ("слово", "word")]
NOT_PLAIN = [("किताब", "x"), ("上海", "x"), ("pero\u0300", "x"), ("ok 👍", "ok 👎"), ("C#", "c")]


@pytest.mark.parametrize("texts", PLAIN)
def test_texts_with_the_same_words_and_duplicates_as_before_are_plain(texts: list[str]) -> None:
    assert only_plain_texts(rows(*texts), (), LABELS)


@pytest.mark.parametrize("texts", NOT_PLAIN)
def test_other_words_or_duplicates_are_not_plain(texts: list[str]) -> None:
    assert not only_plain_texts(rows(*texts), (), LABELS)


@pytest.mark.parametrize(("reference", "expected"), [("tea", True), ("tè", False), ("C#", False)])
def test_references_that_are_scored_differently_are_not_plain(
    reference: str, expected: bool
) -> None:
    output: Output = FreeText()
    assert only_plain_texts(rows("x", gold=(reference,)), (), output) is expected


def test_a_task_of_plain_texts_has_the_key_of_the_former_code(plugins: Path) -> None:
    now = Code({"odd": "new"}, {"odd": ""}, for_plain={"odd": "former"}, dictionaries={"odd": "1"})
    then = Code({"odd": "former"}, {"odd": ""})
    assert [run.key for run in planned(plugins, now)] == [run.key for run in planned(plugins, then)]


def test_a_task_of_other_texts_has_the_code_and_the_dictionaries_in_its_key(plugins: Path) -> None:
    file = plugins / "tasks" / "colours.py"
    file.write_text(file.read_text().replace("grey", "上海"))
    now = Code({"odd": "new"}, {"odd": ""}, for_plain={"odd": "former"}, dictionaries={"odd": "1"})
    (run,) = planned(plugins, now)
    assert (run.ingredients["source"], run.ingredients["words"]) == ("new", "1")
