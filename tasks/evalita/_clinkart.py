"""CLinkaRT (EVALITA 2023): results of tests in clinical cases, linked to the tests.

The release uses PubTator: `DOC|t|TEXT`, then a tab-separated line `DOC REL 3-7 0-2 result test` for
each relation. Documents are split into sentences, and sentences connected by a relation form one
example, so that no relation crosses examples. The official scorer was not available.
"""

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import DataError
from bench.files import Files
from bench.outputs import Answer, Pair, Span
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file, required_file

WHERE = (
    "put training.txt, and for the test test.txt (its relations are its gold) in "
    "DIR/clinkart/; from e3c.fbk.eu/clinkart"
)
_TITLE = re.compile(r"(?P<doc>[^|\t]+)\|t\|(?P<text>.*)")
_RANGE = re.compile(r"(\d+)-(\d+)")
_SENTENCE = re.compile(r'[.!?]["»”)\]]?\s+(?=["«“(\[]?[A-ZÀ-Ý])')
Range = tuple[int, int]


@dataclass(frozen=True)
class Document:
    """A text and its relations: the positions of a result and of its test."""

    id: str
    text: str
    relations: list[tuple[Range, Range]] = field(default_factory=list)

    def starts(self) -> list[int]:
        """Starts of the sentences: after a full stop or similar, before a capital letter."""
        ends = [match.end() for match in _SENTENCE.finditer(self.text)]
        return [0, *(end for end in ends if end < len(self.text))]

    def joined(self) -> list[int]:
        """Starts of the examples: sentences, without those that a relation connects to the previous
        one."""
        starts = self.starts()
        across: set[int] = set()
        for first, second in self.relations:
            low, high = min(first[0], second[0]), max(first[1], second[1])
            across.update(starts[bisect(starts, low) : bisect(starts, high - 1)])
        return [start for start in starts if start not in across]


def load(files: Files) -> Splits:
    """Load the train split, and the test split where its file has relations."""
    rows: dict[Split, Sequence[Example]] = {
        "train": _rows(files, required_file(files, "training.txt", "clinkart_dataset.txt"))
    }
    test = optional_file(files, "test.txt")
    if test and any(document.relations for document in documents(test)):
        rows["test"] = _rows(files, test)
    return rows


def _rows(files: Files, path: Path) -> list[Example]:
    parsed = documents(path)
    joins = sum(len(d.starts()) - len(d.joined()) for d in parsed)
    files.fault("sentences_joined_by_a_relation", joins)
    return [row for document in parsed for row in _examples(document)]


def _examples(document: Document) -> list[Example]:
    starts = document.joined()
    golds: dict[int, list[Pair]] = {start: [] for start in starts}
    for (a, b), (c, d) in document.relations:
        start_of_example = starts[bisect(starts, a) - 1]
        pair = Pair(
            Span(a - start_of_example, b - start_of_example, "result"),
            Span(c - start_of_example, d - start_of_example, "test"),
        )
        golds[start_of_example].append(pair)
    return [
        Example(f"{document.id}/{start}", text, tuple(golds[start]), group=document.id)
        for start, text in _cut(document.text, starts)
    ]


def _cut(text: str, starts: Sequence[int]) -> list[tuple[int, str]]:
    ends = [*starts[1:], len(text)]
    return [(a, text[a:b].rstrip()) for a, b in zip(starts, ends, strict=True)]


def documents(path: Path) -> list[Document]:
    """Parse the documents of a PubTator file.

    Raises:
        DataError: a line in another format, or a relation that does not match its text.
    """
    by_id: dict[str, Document] = {}
    for n, line in enumerate(_lines(path), 1):
        title = _TITLE.fullmatch(line)
        if title and title["doc"] in by_id:
            raise DataError(f"{path}, row {n}: document {title['doc']!r} is repeated")
        if title:
            by_id[title["doc"]] = Document(title["doc"], title["text"])
        elif line.strip():
            _add(by_id, line, f"{path}, row {n}")
    if not by_id:
        raise DataError(f"{path}: no line has the form DOC|t|TEXT; use the release's PubTator file")
    return list(by_id.values())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8; save the file as UTF-8") from None


def _add(known: Mapping[str, Document], line: str, place: str) -> None:
    doc, *parts = line.split("\t")
    if parts[:1] != ["REL"] or len(parts) not in (3, 5):
        raise DataError(
            f"{place}: {line[:40]!r} is not a relation; expected DOC, REL and offsets, separated "
            "by tabs"
        )
    if doc not in known:
        raise DataError(f"{place}: document {doc!r} has no text before this line")
    text = known[doc].text
    result, test = (_range(part, text, place) for part in parts[1:3])
    for (a, b), words in zip((result, test), parts[3:], strict=False):
        if text[a:b] != words:
            raise DataError(f"{place}: it says {words!r}, but the text at {a}-{b} is {text[a:b]!r}")
    known[doc].relations.append((result, test))


def _range(written: str, text: str, place: str) -> Range:
    match = _RANGE.fullmatch(written)
    if not match or not int(match[1]) < int(match[2]) <= len(text):
        raise DataError(f"{place}: {written!r} is not a span of a text of {len(text)} characters")
    return int(match[1]), int(match[2])


def unscored(files: Files) -> list[Input]:
    """Return the sentences of the official test, where its file has no relations."""
    path = optional_file(files, "test.txt")
    parsed = documents(path) if path else []
    if any(document.relations for document in parsed):
        return []
    return [
        Input(f"{d.id}/{start}", text) for d in parsed for start, text in _cut(d.text, d.starts())
    ]


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return PubTator with the texts and the words of each relation; positions are counted from the
    beginning of each document. White space between two sentences is written as the same number of
    spaces, and white space after the last one is dropped."""
    by_id: dict[str, Document] = {}
    for id_, answer in answers.items():
        doc, _, start = id_.rpartition("/")
        known = by_id.get(doc, Document(doc, ""))
        text = known.text.ljust(int(start)) + inputs[id_].text
        by_id[doc] = Document(doc, text, known.relations + _relations(answer, int(start)))
    return {"textbench.txt": "\n".join(map(_written, by_id.values())).encode()}


def _relations(answer: Answer, start: int) -> list[tuple[Range, Range]]:
    pairs = [p for p in answer if isinstance(p, Pair)] if isinstance(answer, tuple) else []
    return [((a.start + start, a.end + start), (b.start + start, b.end + start)) for a, b in pairs]


def _written(document: Document) -> str:
    lines = [f"{document.id}|t|{document.text}"]
    for relation in document.relations:
        places = [f"{a}-{b}" for a, b in relation]
        words = [document.text[a:b] for a, b in relation]
        lines.append("\t".join([document.id, "REL", *places, *words]))
    return "".join(f"{line}\n" for line in lines)
