"""LangLearn (EVALITA 2023): which of two essays by one learner was written first.

Formats follow the release's own notes. Every published train pair is in chronological order, so
half of them are reversed here.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from bench.errors import DataError, NotAtHand
from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file
from bench.tasks.evalita import _lab as lab

GOLD = {"0": "in ordine", "1": "invertito"}
CORPORA = {"CITA": "CItA", "COWS": "COWS-L2H"}
"""Prefix of the ids -> name of folder and files."""
ESSAYS, TIMES = ("Essay_1", "Essay_2"), ("Order_1", "Order_2")
WHERE = (
    "put CItA/Training_CItA.tsv, CItA/Essays_CItA.xml, COWS-L2H/Train_COWS-L2H.tsv and "
    "COWS-L2H/Essays_COWS-L2H.xml, and for the test Test_…tsv and Essays_Test_…xml of each (with "
    "gold: a column Label) in DIR/langlearn/; from sites.google.com/view/langlearn2023"
)


@dataclass(frozen=True)
class _Pair:
    """Two essays by id, their corpus, and the published facts about their order."""

    corpus: str
    ids: tuple[str, str]
    texts: tuple[str, str]
    gold: str | None
    times: tuple[str, ...] = ()
    """In a test: dates of the earlier and of the later essay, without saying which essay is which.
    They are part of the id, since the organisers want them back."""

    @property
    def id(self) -> str:
        times = f"@{'-'.join(self.times)}" if self.times else ""
        return f"{self.corpus}/{'-'.join(self.ids)}{times}"

    @property
    def turned(self) -> "_Pair":
        (a, b), (s, t) = self.ids, self.texts
        return _Pair(self.corpus, (b, a), (t, s), GOLD["1"])


def load(files: Files) -> Splits:
    """Load the available corpora: the train split, and the test split where its gold is available.
    `group` joins all essays connected by pairs, such as those of one learner."""
    train = [_half_turned(pair) for corpus in CORPORA for pair in _train(files, corpus)]
    if not train:
        raise NotAtHand(f"needs at least one of the two corpora; {WHERE}")
    test_pairs = [pair for corpus in CORPORA for pair in _test(files, corpus)]
    test = [pair for pair in test_pairs if pair.gold]
    learners = _learners([*train, *test])
    rows: dict[Split, Sequence[Example]] = {"train": _examples(train, learners)}
    return {**rows, "test": _examples(test, learners)} if test else rows


def _train(files: Files, corpus: str) -> list[_Pair]:
    name = CORPORA[corpus]
    options = (f"{name}/Training_{name}.tsv", f"{name}/Train_{name}.tsv")
    path = optional_file(files, *options)
    return _pairs(files, corpus, path, f"{name}/Essays_{name}.xml") if path else []


def _test(files: Files, corpus: str) -> list[_Pair]:
    name = CORPORA[corpus]
    path = optional_file(files, f"{name}/Test_{name}.tsv")
    pairs = _pairs(files, corpus, path, f"{name}/Essays_Test_{name}.xml") if path else []
    parsed = lab.table(path, *ESSAYS) if path else None
    if parsed is None or not {*TIMES} <= {*parsed.columns}:
        return pairs
    times = lab.rows_of(parsed, *TIMES)
    return [replace(pair, times=dates) for pair, dates in zip(pairs, times, strict=True)]


def _pairs(files: Files, corpus: str, path: Path, essays: str) -> list[_Pair]:
    texts = _essays(files.local(essays))
    parsed = lab.table(path, *ESSAYS)
    names = lab.rows_of(parsed, *ESSAYS)
    lab.refuse_repeated_ids(path, ["-".join(ids) for ids in names])
    golds = parsed.column("Label") if "Label" in parsed.columns else [""] * len(names)
    rows = []
    for n, ((a, b), gold) in enumerate(zip(names, golds, strict=True), 2):
        place = lab.place(path, n)
        if missing := [essay for essay in (a, b) if essay not in texts]:
            raise DataError(f"{place}: essay {missing[0]!r} is not in {essays}")
        label = lab.chosen(GOLD, gold, place) if "Label" in parsed.columns else None
        rows.append(_Pair(corpus, (a, b), (texts[a], texts[b]), label))
    return rows


def _essays(path: Path) -> dict[str, str]:
    """Return the texts by id, stripped of white space."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise DataError(f"{path}: not well-formed XML ({error}); use the published file") from None
    docs = [(str(doc.get("id")), "".join(doc.itertext()).strip()) for doc in root.iter("doc")]
    if not docs:
        raise DataError(f"{path}: it contains no <doc> element")
    return dict(docs)


def _half_turned(pair: _Pair) -> _Pair:
    """Return the pair as published, or reversed where the hash of its id is odd."""
    is_odd = hashlib.sha256(pair.id.encode()).digest()[0] % 2
    return pair.turned if is_odd else _Pair(pair.corpus, pair.ids, pair.texts, GOLD["0"])


def _learners(pairs: Iterable[_Pair]) -> dict[str, str]:
    """Map each essay to the first of the essays that pairs connect it with."""
    head: dict[str, str] = {}

    def find(essay: str) -> str:
        while head.setdefault(essay, essay) != essay:
            head[essay] = essay = head[head[essay]]
        return essay

    for pair in pairs:
        a, b = sorted(find(f"{pair.corpus}/{essay}") for essay in pair.ids)
        head[b] = a
    return {essay: find(essay) for essay in head}


def _examples(pairs: Iterable[_Pair], learners: Mapping[str, str]) -> list[Example]:
    return [
        Example(
            pair.id,
            pair.texts[0],
            str(pair.gold),
            pair=pair.texts[1],
            group=learners[f"{pair.corpus}/{pair.ids[0]}"],
        )
        for pair in pairs
    ]


def unscored(files: Files) -> list[Input]:
    """Return the official test pairs whose gold is not available."""
    pairs = [pair for corpus in CORPORA for pair in _test(files, corpus) if pair.gold is None]
    return [Input(pair.id, pair.texts[0], pair.texts[1]) for pair in pairs]


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return each corpus's test file with the column that the organisers ask for."""
    files = {}
    codes = {label: code for code, label in GOLD.items()}
    for corpus, name in CORPORA.items():
        of_corpus = [(id_, a) for id_, a in answers.items() if id_.startswith(f"{corpus}/")]
        rows = [(*_columns(id_), codes[str(a)]) for id_, a in of_corpus]
        if rows:
            header = [*ESSAYS, *(TIMES if len(rows[0]) > 3 else ()), "Pred"]
            files[f"Test_{name}.tsv"] = lab.written(header, rows)
    return files


def _columns(id_: str) -> list[str]:
    """Return the essays of a row, and the dates where its id has them."""
    essays, *times = id_.partition("/")[2].split("@")
    return [part for joined in (essays, *times) for part in joined.split("-", 1)]
