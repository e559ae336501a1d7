"""Prompt templates: how question and answer are laid out for a language model.

A template gives the text up to where the answer begins, what stands between the two, and what
follows the answer; the end-of-sequence mark is always part of what follows, so that it is learnt.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.errors import UserError, did_you_mean
from bench.models.chat_template import Chat
from bench.models.layout import Layout, Marks, Template, Turn
from bench.models.prompt import Question


def llama2_chat(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """Llama 2's chat form (Touvron et al., 2023, and the code published with it): the system
    prompt inside of the first question."""
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
"""Of Stanford Alpaca (Taori et al., 2023)."""
EXTREMITA = (
    "Di seguito è riportata un'istruzione che descrive un task, insieme ad un input che fornisce "
    "un contesto più ampio. Scrivete una risposta che completi adeguatamente la richiesta.\n"
)
"""Of ExtremITA (Hromei et al., EVALITA 2023)."""


def alpaca(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """Instruction, input and response under English headings."""
    return _headed(ALPACA, ("Instruction", "Input", "Response"), "\n\n", (asked, shots, marks))


def extremita(asked: Question, shots: Sequence[Turn], marks: Marks) -> Layout:
    """The same in Italian, as ExtremITA used it."""
    return _headed(EXTREMITA, ("Istruzione", "Input", "Risposta"), "\n", (asked, shots, marks))


def _headed(
    opening: str, heads: Sequence[str], gap: str, what: tuple[Question, Sequence[Turn], Marks]
) -> Layout:
    asked, shots, marks = what
    instruction, given, response = (f"### {head}:\n" for head in heads)
    before = f"{marks.bos}{opening}{instruction}{asked.system}{gap}"
    for shot in shots:
        before += f"{given}{shot.asked.bare}{gap}{response}{shot.answer}{gap}"
    return Layout(f"{before}{given}{asked.bare}{gap}{response}", marks.eos)


TEMPLATES: Mapping[str, Template] = {
    "llama2_chat": llama2_chat,
    "alpaca": alpaca,
    "extremita": extremita,
}
NAMES = ("auto", *TEMPLATES, "chat")


def template_of(name: str, tokenizer: Any = None) -> Template:
    """A template by name.

    Args:
        name: `llama2_chat`, `alpaca`, `extremita`, `chat` (the tokenizer's own), or `auto`: the
            tokenizer's own where it has one, else `llama2_chat`.
        tokenizer: of the transformers library; needed for `chat`.

    Raises:
        UserError: no such template, or the tokenizer has none of its own.
    """
    own = getattr(tokenizer, "chat_template", None)
    if name == "auto":
        name = "chat" if own else "llama2_chat"
    if name == "chat":
        if not own:
            raise UserError("template chat: this model's tokenizer brings none; try llama2_chat")
        return Chat(tokenizer)
    if name not in TEMPLATES:
        raise UserError(f"template {name!r}: {did_you_mean(name, NAMES)}")
    return TEMPLATES[name]
