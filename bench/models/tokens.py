"""Tokenisation of prompts and answers: always as one text, from BOS to EOS."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bench.errors import PluginError, UserError
from bench.models.layout import Layout, Marks, Template, Turn
from bench.models.prompt import Question
from bench.run_context import current

TOGETHER = 1024
"""Number of texts per tokenisation batch."""


@dataclass(frozen=True)
class Tokenised:
    """A tokenised question with its answer.

    Args:
        ids: the ids of all tokens, EOS included.
        start: the position of the answer's first token.
        end: the position of the first token after the answer, where the closing text begins.
    """

    ids: tuple[int, ...]
    start: int
    end: int

    def followed_by(self, answer: "Tokenised") -> "Tokenised":
        """Return this question with the answer of another."""
        ids = self.ids[: self.start] + answer.ids[answer.start :]
        return Tokenised(ids, self.start, self.start + answer.end - answer.start)


class Tokeniser:
    """Render questions with a template, truncate long texts, and tokenise.

    Args:
        tokenizer: a fast tokenizer of the `transformers` library.
        template: the prompt template.
        longest: the maximum number of tokens of a text; the rest of it is dropped. Instruction and
            answer are never truncated.
        shots: answered questions (few-shot examples) that precede each question.

    Raises:
        UserError: the tokenizer has no EOS token, or gives no character offsets of tokens.
    """

    def __init__(
        self, tokenizer: Any, template: Template, *, longest: int, shots: Sequence[Turn] = ()
    ) -> None:
        if not tokenizer.eos_token:
            raise UserError("this model's tokenizer has no end-of-sequence token")
        if not tokenizer.is_fast:
            raise UserError("this model has no fast tokenizer, which is required")
        self.tokenizer, self.template, self.longest = tokenizer, template, longest
        # The Rust tokenizer itself: the library's wrapper doubles the time for many texts.
        self.backend = tokenizer.backend_tokenizer
        self.backend.no_truncation()
        self.backend.no_padding()
        self.marks = Marks(self._own_bos(), tokenizer.eos_token)
        special = {*tokenizer.all_special_tokens, *map(str, tokenizer.get_added_vocab())}
        self.special = sorted(filter(str.strip, special), key=len)
        self._begins = {mark[0] for mark in self.special}
        self._tails: dict[tuple[str, ...], list[Tokenised]] = {}
        self.shots = [Turn(self.fitted(s.asked).asked, self._harmless(s.answer)) for s in shots]

    def _own_bos(self) -> str:
        """Return the BOS token if this tokenizer adds one, else ""."""
        bos = self.tokenizer.bos_token_id
        first = self.tokenizer("a").input_ids[:1]
        return str(self.tokenizer.bos_token) if bos is not None and first == [bos] else ""

    def _harmless(self, text: str) -> str:
        """Return the text with a space inserted into each special token, so that none is read."""
        if not any(map(text.__contains__, self._begins)):
            return text
        for mark in self.special:
            if mark in text:
                text = text.replace(mark, f"{mark[:1]} {mark[1:]}")
        return text

    def fitted(self, asked: Question) -> "Fitted":
        """Return the question with its text truncated to fit; of two texts, each to one half."""
        room = self.longest if asked.pair is None else self.longest // 2
        text = self._cut(self._harmless(asked.text), room)
        pair = None if asked.pair is None else self._cut(self._harmless(asked.pair), room)
        words = text.text, None if pair is None else pair.text
        if words != (asked.text, asked.pair):
            asked = replace(asked, text=words[0], pair=words[1])
        return Fitted(asked, text.cut or (pair is not None and pair.cut))

    def _cut(self, text: str, room: int) -> "_Cut":
        if len(text) < room and text.isascii():  # in ASCII, every token has a character
            return _Cut(text, False)
        # Tokenising a megabyte only to keep a page of it would be slow.
        near = text[: room * 40]
        places = self.tokenizer(near, add_special_tokens=False, return_offsets_mapping=True)
        offsets = places["offset_mapping"]
        if len(offsets) <= room and near == text:
            return _Cut(text, False)
        return _Cut(near if len(offsets) <= room else near[: offsets[room][0]].rstrip(), True)

    def prompt(self, asked: Question) -> tuple[int, ...]:
        """Return the token ids of the question without an answer, for the model to continue."""
        before = self.laid_out(asked).before
        # A final space would be a token of its own, whereas the answer's first token includes it.
        return tuple(self._ids(before.rstrip(" ")))

    def with_answer(self, asked: Question, answer: str) -> Tokenised:
        """Tokenise a question with one answer, as one text."""
        return self.with_own_answers([(asked, answer)])[0]

    def with_own_answers(self, answered: Sequence[tuple[Question, str]]) -> list[Tokenised]:
        """Tokenise many questions, each with its own answer."""
        return self._tokenised([(self.laid_out(asked), answer) for asked, answer in answered])

    def with_answers(
        self, asked: Sequence[Question], answers: Sequence[str]
    ) -> list[list[Tokenised]]:
        """Tokenise many questions, each with every one of several answers; the result is the same
        as tokenising each combination as one text."""
        if not asked:
            return []
        layouts = [self.laid_out(question) for question in asked]
        known = self._tails.get(tuple(answers))
        if known is None:
            self._tails[tuple(answers)] = known = self._with_each(layouts[0], answers)
        # The tokens after the question are the same for all texts, unless one spans the boundary.
        firsts = self._tokenised([(layout, answers[0]) for layout in layouts])
        tail = known[0].ids[known[0].start :]
        return [
            [first.followed_by(answered) for answered in known]
            if first.ids[first.start :] == tail
            else self._with_each(layout, answers)
            for first, layout in zip(firsts, layouts, strict=True)
        ]

    def laid_out(self, asked: Question) -> Layout:
        """Return the question as text, after the shots."""
        return self.template(asked, self.shots, self.marks)

    def _with_each(self, layout: Layout, answers: Sequence[str]) -> list[Tokenised]:
        return self._tokenised([(layout, answer) for answer in answers])

    def _tokenised(self, answered: Sequence[tuple[Layout, str]]) -> list[Tokenised]:
        """Tokenise rendered questions with their answers, in large batches, which the library
        distributes among its threads."""
        tokenised: list[Tokenised] = []
        parts = [answered[start : start + TOGETHER] for start in range(0, len(answered), TOGETHER)]
        for part, (texts, read) in zip(parts, self._ahead(parts), strict=True):
            for encoding, text, (layout, _) in zip(read, texts, part, strict=True):
                begin, end = len(layout.before.rstrip(" ")), len(text) - len(layout.after)
                tokenised.append(_split(encoding, begin, end, len(text)))
        return tokenised

    def _ahead(
        self, parts: Sequence[Sequence[tuple[Layout, str]]]
    ) -> Iterator[tuple[list[str], list[Any]]]:
        """Yield each part as texts and as their encodings. The next part is encoded in the
        background if there are several and a thread to spare."""
        encode = partial(self.backend.encode_batch, add_special_tokens=False)
        written = ([self._text(*pair) for pair in part] for part in parts)
        if len(parts) == 1 or current().threads == 1:
            yield from ((texts, encode(texts)) for texts in written)
            return
        with ThreadPoolExecutor(1) as pool:
            started = ((texts, pool.submit(encode, texts)) for texts in written)
            previous = next(started, None)
            while previous is not None:
                following = next(started, None)
                yield previous[0], previous[1].result()
                previous = following

    def _text(self, layout: Layout, answer: str) -> str:
        return f"{layout.before}{self._harmless(answer)}{layout.after}"

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])


def _split(encoding: Any, begin: int, end: int, length: int) -> Tokenised:
    """Find the answer's tokens: from the first that covers any of its characters up to the first
    that covers none."""
    start = _token(encoding, begin, length)
    stop = _token(encoding, end, length)
    last = len(encoding) - 1
    while stop < last and (encoding.token_to_chars(stop)[0] < end or stop == start):
        stop += 1
    return Tokenised(tuple(encoding.ids), start, stop)


def _token(encoding: Any, place: int, length: int) -> int:
    """Return the first token at or after a character; a space may belong to no token."""
    for character in range(place, length):
        if (token := encoding.char_to_token(character)) is not None:
            return int(token)
    raise AssertionError


@dataclass(frozen=True)
class Fitted:
    """A question whose text fits; `cut` is True if it was truncated."""

    asked: Question
    cut: bool


@dataclass(frozen=True)
class _Cut:
    text: str
    cut: bool


def refuse_equal_answers(words: Sequence[str], tokenised: Sequence[Tokenised]) -> None:
    """Refuse labels that a model cannot distinguish.

    Raises:
        PluginError: two labels have the same tokens.
    """
    seen: dict[tuple[int, ...], str] = {}
    for word, row in zip(words, tokenised, strict=True):
        if row.ids in seen:
            raise PluginError(
                f"labels {seen[row.ids]!r} and {word!r} have the same tokens in this model: "
                "give one of them another label word (Prompt.label_words)"
            )
        seen[row.ids] = word
