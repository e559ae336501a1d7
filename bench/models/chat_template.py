"""The chat form that a tokenizer brings along, as a template for questions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from jinja2 import TemplateError

from bench.models.chat_form import on_a_fixed_day, own_form, refuse_random
from bench.models.layout import Layout, Marks, Turn
from bench.models.prompt import Question

_ANSWER, _TEXT = "\ue000answer\ue000", "\ue001text\ue001"
PROBES = (
    f"  {_TEXT}\n ",
    "Text: it's {{ a }} {% b %} <b>&amp;</b>\n\nLabel:",
    "[1, 2] </s> ### Input: é 😀\tx",
    "\n\n",
    "<think>a</think> b [IMG]<image>\r\n<tool_response>c</tool_response>",
    f"{'many words ' * 500}.",
)
"""Texts that show whether a form sets a text as it is."""


class _Frame(NamedTuple):
    """What a form puts around a text, whatever it says.

    Args:
        before: of it.
        behind: of it, up to the answer.
        after: of the answer.
        shape: what it does to the text itself.
    """

    before: str
    behind: str
    after: str
    shape: Callable[[str], str]

    def around(self, text: str) -> Layout:
        """The layout with a text."""
        return Layout(f"{self.before}{self.shape(text)}{self.behind}", self.after)


class Chat:
    """The form that a tokenizer brings along.

    Args:
        tokenizer: of the transformers library, with a chat template.

    Raises:
        UserError: the form draws at random.
    """

    def __init__(self, tokenizer: Any) -> None:
        refuse_random(own_form(tokenizer))
        self.tokenizer = tokenizer
        self._frames: dict[tuple[Any, ...], _Frame | TemplateError | None] = {}

    def __call__(self, asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
        """See `bench.models.layout.Template`."""
        turns = [(turn.asked.named, turn.answer) for turn in shots]
        try:
            return self._laid_out(asked.system, turns, asked.named, marks)
        except TemplateError:
            # Some forms know no system prompt: it then opens the first question.
            if not turns:
                return self._laid_out("", [], f"{asked.system}\n\n{asked.named}", marks)
            question, answer = turns[0]
            first = (f"{asked.system}\n\n{question}", answer)
            return self._laid_out("", [first, *turns[1:]], asked.named, marks)

    def _laid_out(
        self, system: str, turns: Sequence[tuple[str, str]], asked: str, marks: Marks
    ) -> Layout:
        # A form is a program, a tenth of a millisecond a text: it is run where it must be.
        key = (system, *turns, marks)
        if key not in self._frames:
            self._frames[key] = _known(partial(self._rendered, system, turns, marks))
        frame = self._frames[key]
        if isinstance(frame, TemplateError):
            # A new one: the same, raised again and again, would keep where it has been each time.
            raise TemplateError(frame.message)
        return self._rendered(system, turns, marks, asked) if frame is None else frame.around(asked)

    def _rendered(
        self, system: str, turns: Sequence[tuple[str, str]], marks: Marks, asked: str
    ) -> Layout:
        said = [{"role": "system", "content": system}] if system else []
        for question, answer in turns:
            said.append({"role": "user", "content": question})
            said.append({"role": "assistant", "content": answer})
        said.append({"role": "user", "content": asked})
        before = self._render(said, add_generation_prompt=True)
        whole = self._render([*said, {"role": "assistant", "content": _ANSWER}])
        _, found, after = whole.rpartition(_ANSWER)
        if not found:  # the form changes answers
            return Layout(before, marks.eos)
        end = after.find(marks.eos) if marks.eos else -1
        return Layout(before, after[: end + len(marks.eos)] if end >= 0 else marks.eos)

    def _render(self, said: Sequence[Mapping[str, str]], **options: Any) -> str:
        form = own_form(self.tokenizer)
        if (dated := on_a_fixed_day(form)) != form:
            options["chat_template"] = dated
        return str(self.tokenizer.apply_chat_template(said, tokenize=False, **options))


def _known(rendered: Callable[[str], Layout]) -> _Frame | TemplateError | None:
    """What stands around a text, or the form's refusal of these turns."""
    try:
        return _frame(rendered)
    except TemplateError as refusal:
        return refusal


def _frame(rendered: Callable[[str], Layout]) -> _Frame | None:
    """What stands around a text; None where that, or the text, depends on what it says.

    Raises:
        TemplateError: the form refuses these turns.
    """
    known = rendered(_TEXT)
    before, _, behind = known.before.partition(_TEXT)
    for shape in (str, str.strip):
        frame = _Frame(before, behind, known.after, shape)
        if known.before.count(_TEXT) == 1 and all(_fits(frame, rendered, p) for p in PROBES):
            return frame
    return None


def _fits(frame: _Frame, rendered: Callable[[str], Layout], text: str) -> bool:
    try:
        return frame.around(text) == rendered(text)
    except TemplateError:
        return False
