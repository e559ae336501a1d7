"""A tokenizer's own chat template, used as the prompt template."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from jinja2 import TemplateError

from bench.models.chat_template_digest import own_template, refuse_random, with_fixed_date
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
"""Test texts that reveal whether a chat template inserts a text unchanged."""


class _Frame(NamedTuple):
    """The constant parts that a chat template puts around any text.

    Args:
        before: the part before the text.
        between: the part between the text and the answer.
        after: the part after the answer.
        shape: the transformation of the text itself.
    """

    before: str
    between: str
    after: str
    shape: Callable[[str], str]

    def around(self, text: str) -> Layout:
        """Return the layout of a text."""
        return Layout(f"{self.before}{self.shape(text)}{self.between}", self.after)


class Chat:
    """A tokenizer's own chat template.

    Args:
        tokenizer: a `transformers` tokenizer with a chat template.

    Raises:
        UserError: the template's output is random.
    """

    def __init__(self, tokenizer: Any) -> None:
        refuse_random(own_template(tokenizer))
        self.tokenizer = tokenizer
        self._frames: dict[tuple[Any, ...], _Frame | TemplateError | None] = {}

    def __call__(self, asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
        """See `bench.models.layout.Template`."""
        turns = [(turn.asked.named, turn.answer) for turn in shots]
        try:
            return self._laid_out(asked.system, turns, asked.named, marks)
        except TemplateError:
            # Some templates allow no system prompt: it then begins the first question.
            if not turns:
                return self._laid_out("", [], f"{asked.system}\n\n{asked.named}", marks)
            question, answer = turns[0]
            first = (f"{asked.system}\n\n{question}", answer)
            return self._laid_out("", [first, *turns[1:]], asked.named, marks)

    def _laid_out(
        self, system: str, turns: Sequence[tuple[str, str]], asked: str, marks: Marks
    ) -> Layout:
        # Rendering takes a tenth of a millisecond per text, so it is skipped where possible.
        key = (system, *turns, marks)
        if key not in self._frames:
            self._frames[key] = _known(partial(self._rendered, system, turns, marks))
        frame = self._frames[key]
        if isinstance(frame, TemplateError):
            # A new exception: one raised again and again would accumulate its tracebacks.
            raise TemplateError(frame.message)
        return self._rendered(system, turns, marks, asked) if frame is None else frame.around(asked)

    def _rendered(
        self, system: str, turns: Sequence[tuple[str, str]], marks: Marks, asked: str
    ) -> Layout:
        messages = [{"role": "system", "content": system}] if system else []
        for question, answer in turns:
            messages.append({"role": "user", "content": question})
            messages.append({"role": "assistant", "content": answer})
        messages.append({"role": "user", "content": asked})
        before = self._render(messages, add_generation_prompt=True)
        answered = self._render([*messages, {"role": "assistant", "content": _ANSWER}])
        _, separator, after = answered.rpartition(_ANSWER)
        if not separator:  # the template alters answers
            return Layout(before, marks.eos)
        end = after.find(marks.eos) if marks.eos else -1
        return Layout(before, after[: end + len(marks.eos)] if end >= 0 else marks.eos)

    def _render(self, messages: Sequence[Mapping[str, str]], **options: Any) -> str:
        template = own_template(self.tokenizer)
        if (dated := with_fixed_date(template)) != template:
            options["chat_template"] = dated
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, **options))


def _known(rendered: Callable[[str], Layout]) -> _Frame | TemplateError | None:
    """Return the frame around a text, or the template's error for these turns."""
    try:
        return _frame(rendered)
    except TemplateError as refusal:
        return refusal


def _frame(rendered: Callable[[str], Layout]) -> _Frame | None:
    """Return the frame around a text; None if the rendering depends on the text in another way.

    Raises:
        TemplateError: the template rejects these turns.
    """
    known = rendered(_TEXT)
    before, _, after_text = known.before.partition(_TEXT)
    for shape in (str, str.strip):
        frame = _Frame(before, after_text, known.after, shape)
        if known.before.count(_TEXT) == 1 and all(_fits(frame, rendered, p) for p in PROBES):
            return frame
    return None


def _fits(frame: _Frame, rendered: Callable[[str], Layout], text: str) -> bool:
    try:
        return frame.around(text) == rendered(text)
    except TemplateError:
        return False
