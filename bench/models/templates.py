"""Prompt templates, which render question and answer for a language model.

A template returns the text before the answer and the text after it. The EOS token is always part of
the latter, so that the model is trained to emit it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.errors import UserError, did_you_mean
from bench.models.chat_template import Chat
from bench.models.layout import Layout, Marks, Template, Turn
from bench.models.prompt import Question


def llama2_chat(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """Render Llama 2's chat format (Touvron et al., 2023, and the code published with it): the
    system prompt is part of the first question."""
    before, opening = "", f"<<SYS>>\n{asked.system}\n<</SYS>>\n\n"
    for shot in shots:
        before += f"{marks.bos}[INST] {opening}{shot.asked.named} [/INST] {shot.answer} {marks.eos}"
        opening = ""
    before += f"{marks.bos}[INST] {opening}{asked.named} [/INST] "
    return Layout(before, f" {marks.eos}")


ALPACA = (
    "Below is an instruction that describes a task, paired with an input that provides further "
    "context. Write a response that appropriately completes the request.\n\n"
)
"""The preamble of Stanford Alpaca (Taori et al., 2023)."""
EXTREMITA = (
    "Di seguito è riportata un'istruzione che descrive un task, insieme ad un input che fornisce "
    "un contesto più ampio. Scrivete una risposta che completi adeguatamente la richiesta.\n"
)
"""The preamble of ExtremITA (Hromei et al., EVALITA 2023)."""


def alpaca(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """Render instruction, input and response under English headings."""
    return _headed(ALPACA, ("Instruction", "Input", "Response"), "\n\n", (asked, shots, marks))


def extremita(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """Render instruction, input and response under Italian headings, as ExtremITA did."""
    return _headed(EXTREMITA, ("Istruzione", "Input", "Risposta"), "\n", (asked, shots, marks))


def _headed(
    opening: str, heads: Sequence[str], gap: str, parts: tuple[Question, Sequence[Turn], Marks]
) -> Layout:
    asked, shots, marks = parts
    instruction_head, input_head, response_head = (f"### {head}:\n" for head in heads)
    before = f"{marks.bos}{opening}{instruction_head}{asked.system}{gap}"
    for shot in shots:
        before += f"{input_head}{shot.asked.bare}{gap}{response_head}{shot.answer}{gap}"
    return Layout(f"{before}{input_head}{asked.bare}{gap}{response_head}", marks.eos)


TEMPLATES: Mapping[str, Template] = {
    "llama2_chat": llama2_chat,
    "alpaca": alpaca,
    "extremita": extremita,
}
NAMES = ("auto", *TEMPLATES, "chat")


def template_of(name: str, tokenizer: Any = None) -> Template:
    """Return a template by name.

    Args:
        name: `llama2_chat`, `alpaca`, `extremita`, `chat` (the tokenizer's own), or `auto`: the
            tokenizer's own if it has one, else `llama2_chat`.
        tokenizer: a `transformers` tokenizer; required for `chat`.

    Raises:
        UserError: there is no such template, or the tokenizer has none of its own.
    """
    chat_template = getattr(tokenizer, "chat_template", None)
    if name == "auto":
        name = "chat" if chat_template else "llama2_chat"
    if name == "chat":
        if not chat_template:
            raise UserError("template chat: this model has no chat template; try llama2_chat")
        return Chat(tokenizer)
    if name not in TEMPLATES:
        raise UserError(f"template {name!r}: {did_you_mean(name, NAMES)}")
    return TEMPLATES[name]
