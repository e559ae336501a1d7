"""Foreign text in Markdown, LaTeX and cards stays text."""

import re
from collections.abc import Callable

import pytest
import yaml

from bench.exchange.dataset_card import card
from bench.guards.markdown import escape, fenced
from bench.outputs import SingleLabel
from bench.reports.latex import escape as latex_escape
from bench.task import Prompt, Task
from bench.visible import visible

ODD = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "a\n---\nlicense: mit\n# b",
    "```\n<script>alert(1)</script>",
    "\x1b]0;x\x07\0\x9b\u202e\udcff😀",
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_texts_in_every_field_stay_text_in_the_encode_card(odd: str) -> None:
    words = dict.fromkeys(("licence", "citation", "source", "language"), odd)
    prompt = Prompt(instruction=odd)
    task = Task(name="t", output=SingleLabel("a"), load=lambda files: {}, prompt=prompt, **words)
    text = card([task], {}, 0)
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)["language"] == [visible(odd)]
    assert "<" not in body and not re.search(r"(?<!\\)\]\(", body) and body.count("\n#") == 2
    assert visible(text) == text and text.encode()


@pytest.mark.parametrize("shown", [escape, latex_escape, lambda text: fenced(text, "text")])
def test_no_form_lets_a_hidden_character_through(shown: Callable[[str], str]) -> None:
    assert visible(shown(ODD[-1])) == shown(ODD[-1])


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert fenced(ODD[3], "text").startswith("````text\n")
