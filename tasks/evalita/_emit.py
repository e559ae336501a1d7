"""EMit (EVALITA 2023): emotions in tweets about television, and their targets.

Columns follow the official scorer: `id,text`, then a column of 0 and 1 for each label. File names
are those of the scorer; the names inside the released archives were not available.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.files import Files
from bench.metrics import Metric, of_rows, set_macro_f1
from bench.outputs import MultiLabel
from bench.outputs.base import NAMES, Answer, Words
from bench.outputs.labels import read_label
from bench.task import Example, Input, Split, Splits, Submission
from bench.tasks._readers import optional_file, required_file
from bench.tasks.evalita import _lab as lab

EMOTIONS = {
    "Anger": "rabbia",
    "Anticipation": "anticipazione",
    "Disgust": "disgusto",
    "Fear": "paura",
    "Joy": "gioia",
    "Love": "amore",
    "Neutral": "neutro",
    "Sadness": "tristezza",
    "Surprise": "sorpresa",
    "Trust": "fiducia",
}
TARGETS = {"Direction": "direzione", "Topic": "argomento"}
TESTS = {"IN": "emit_test", "OUT": "emit_test_ood"}
METRICS: tuple[Metric, ...] = (
    of_rows("IN", set_macro_f1, "macro_f1_in_domain"),
    of_rows("OUT", set_macro_f1, "macro_f1_out_of_domain"),
)
"""The official metric averages over all labels; this one over the labels that occur in the test."""
LICENCE = lab.GATED
CITATION = lab.overview(
    "Araque, O., Frenda, S., Sprugnoli, R., Nozza, D. and Patti, V.",
    "EMit at EVALITA 2023: Overview of the Categorical Emotion Detection in Italian Social Media "
    "Task",
)
WHERE = (
    "put emit_train_{}.csv (or emit_train.csv), and for the tests emit_test.csv and "
    "emit_test_ood.csv (without gold, emit_test_nolabel.csv, emit_test_ood_nolabel.csv) in "
    "DIR/evalita/; request them with the form at github.com/oaraque/emit"
)


class NamedSets(MultiLabel):
    """Any set of labels, where some sets have a name of their own.

    Args:
        labels: the labels.
        named: name -> the labels that it stands for.
    """

    def __init__(self, *labels: str, named: Mapping[str, Sequence[str]]) -> None:
        super().__init__(*labels)
        self.named = {name: frozenset(members) for name, members in named.items()}

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        names = [name for name, members in self.named.items() if members == answer]
        return names[0] if names else super().encode(answer, text, words=words)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        name = read_label(said, tuple(self.named), NAMES)
        return self.named[name] if name else super().decode(said, text, words=words)

    def spec(self) -> dict[str, Any]:
        named = {name: sorted(members) for name, members in self.named.items()}
        return {**super().spec(), "named": named}


def load(files: Files, part: str, labels: Mapping[str, str]) -> Splits:
    """Load the train split, and the tests whose gold is available: in-domain ids begin with IN/,
    others with OUT/.

    Args:
        files: the available files.
        part: A or B.
        labels: column -> label.
    """
    train = required_file(files, f"emit_train_{part}.csv", "emit_train.csv")
    rows: dict[Split, Sequence[Example]] = {"train": _rows(train, "IN", labels)}
    paths = {corpus: optional_file(files, f"{stem}.csv") for corpus, stem in TESTS.items()}
    golden = {c: path for c, path in paths.items() if path and lab.labelled(path, *labels)}
    if golden:
        rows["test"] = [row for c, path in golden.items() for row in _rows(path, c, labels)]
    return rows


def _rows(path: Path, corpus: str, labels: Mapping[str, str]) -> list[Example]:
    parsed = lab.table(path, "id", "text", *labels)
    ids = parsed.column("id")
    lab.refuse_repeated_ids(path, ids)
    golds = [_gold(path, n, row, labels) for n, row in enumerate(lab.rows_of(parsed, *labels), 2)]
    texts = parsed.column("text")
    return [
        Example(f"{corpus}/{id_}", text, gold)
        for id_, text, gold in zip(ids, texts, golds, strict=True)
    ]


def _gold(path: Path, row: int, marks: Sequence[str], labels: Mapping[str, str]) -> frozenset[str]:
    place = lab.place(path, row)
    pairs = zip(marks, labels.values(), strict=True)
    return frozenset(v for mark, v in pairs if lab.chosen({"0": "", "1": v}, mark, place))


def unscored(files: Files, labels: Mapping[str, str]) -> list[Input]:
    """Return the texts of the tests whose gold is not available."""
    inputs = list[Input]()
    for corpus, stem in TESTS.items():
        path = optional_file(files, f"{stem}.csv", f"{stem}_nolabel.csv")
        if path and not lab.labelled(path, *labels):
            inputs += lab.inputs(path, f"{corpus}/")
    return inputs


def submission(part: str, labels: Mapping[str, str]) -> Submission:
    """Return one file per test: `id`, then 0 or 1 for each label, in the order that the
    line-by-line official scorer expects."""

    def write(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
        files = {}
        for corpus, domain in (("IN", "in-domain"), ("OUT", "out-of-domain")):
            rows = [_line(id_, a, labels) for id_, a in answers.items() if _of(id_, corpus)]
            if rows:
                name = f"textbench_Subtask{part}_{domain}_run1.csv"
                files[name] = lab.written(["id", *labels], rows, ",")
        return files

    return write


def _of(id_: str, corpus: str) -> bool:
    return id_.startswith(f"{corpus}/")


def _line(id_: str, answer: Answer, labels: Mapping[str, str]) -> list[object]:
    assert isinstance(answer, frozenset)
    return [id_.partition("/")[2], *(int(label in answer) for label in labels.values())]
