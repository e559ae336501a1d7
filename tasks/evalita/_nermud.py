"""NERMuD at EVALITA 2023: read two-column files, token and BIO tag, as sentences with spans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import DataError
from bench.files import Files
from bench.metrics.token_spans import TOKEN, tags
from bench.outputs import Answer, Span
from bench.task import Example, Input, Split, Splits
from bench.tasks.evalita._common import local

LABELS = ("PER", "LOC", "ORG")
CORPORA = {"WN": "wikinews", "FIC": "fiction", "ADG": "degasperi"}
"""Corpus -> its name in the older KIND files."""

# The test files of KIND are the development files of NERMuD; its own tests are newer texts.
FILES: Mapping[Split, tuple[str, ...]] = {
    "train": ("{0}_train.tsv", "{1}_train.tsv"),
    "validation": ("{0}_dev.tsv", "{1}_test.tsv"),
    "test": ("{0}_test.tsv",),
}


@dataclass(frozen=True)
class Token:
    """A token with its tag: the prefix (`B`, `I`, or "" where the file has none) and the label, ""
    outside entities."""

    text: str
    begins: str
    label: str


def load(files: Files) -> Splits:
    """Load the sentences of the three corpora, with tokens joined by single spaces; ids have the
    form `corpus/split/number`."""
    return {
        split: [row for corpus in CORPORA for row in _examples(files, corpus, split)]
        for split in FILES
    }


def _examples(files: Files, corpus: str, split: Split) -> list[Example]:
    names = [name.format(corpus, CORPORA[corpus]) for name in FILES[split]]
    path = local(files, "nermud", *names)
    examples = [
        Example(f"{corpus}/{split}/{n}", _text(sentence), _spans(sentence, files))
        for n, sentence in enumerate(sentences(path), 1)
    ]
    if not examples:
        raise DataError(f"{path}: the file is empty")
    return examples


def sentences(path: Path) -> Iterator[list[Token]]:
    """Yield the sentences of a file; a blank line ends each.

    Raises:
        DataError: not UTF-8, or a line that is not token, tab, tag.
    """
    try:
        # Only a line feed ends a line: other separators may be tokens.
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    sentence: list[Token] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            sentence.append(_token(line, f"{path}, row {number}"))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _token(line: str, place: str) -> Token:
    text, tab, tag = line.partition("\t")
    begins, _, label = tag.rpartition("-")
    if not tab or text.split() != [text]:
        raise DataError(f"{place}: {line!r}; expected a token without spaces, a tab and a tag")
    if tag == "O":
        return Token(text, "", "")
    if label not in LABELS or begins not in ("", "B", "I"):
        raise DataError(
            f"{place}: tag {tag!r}; expected O, or B- or I- before {', '.join(LABELS)}: use the "
            "files with gold"
        )
    return Token(text, begins, label)


def _text(sentence: Sequence[Token]) -> str:
    return " ".join(token.text for token in sentence)


def _spans(sentence: Sequence[Token], files: Files) -> tuple[Span, ...]:
    """Return a span for each B- and the tokens that continue it. Without prefixes, adjacent tokens
    with one label form one span; an I- without anything to continue starts a span."""
    spans, start, previous = list[Span](), 0, ""
    for token in sentence:
        end, goes_on = start + len(token.text), token.begins != "B" and token.label == previous
        if token.label and goes_on:
            spans[-1] = spans[-1]._replace(end=end)
        elif token.label:
            spans.append(Span(start, end, token.label))
            _count_odd(token, files)
        start, previous = end + 1, token.label
    return tuple(spans)


def _count_odd(first: Token, files: Files) -> None:
    if first.begins == "I":
        files.fault("entities_that_begin_with_I")
    elif not first.begins:
        files.fault("entities_tagged_without_B_or_I")


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return the official files: token, tab, BIO tag, with a blank line after each sentence. The
    official scorer compares token by token."""
    return {
        f"DAC_{corpus}_TEAM_1.tsv": "".join(
            _lines(inputs[id_].text, answer)
            for id_, answer in answers.items()
            if id_.startswith(f"{corpus}/")
        ).encode()
        for corpus in CORPORA
    }


def _lines(text: str, answer: Answer) -> str:
    starts = {s.start for s in answer if isinstance(s, Span)} if isinstance(answer, tuple) else ()
    lines, previous = "", ""
    for token, label in zip(TOKEN.finditer(text), tags(text, answer), strict=True):
        begins = label != previous or token.start() in starts
        bio = f"{'B' if begins else 'I'}-{label}" if label else "O"
        lines, previous = f"{lines}{token[0]}\t{bio}\n", label
    return f"{lines}\n"
