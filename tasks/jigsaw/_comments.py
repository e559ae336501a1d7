"""Wikipedia talk-page comments with six kinds of toxicity (Jigsaw, Kaggle 2017/18)."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path

from bench.data.checks import near
from bench.errors import DataError
from bench.files import Files, read_table
from bench.files.tables import Table
from bench.outputs import MultiLabel
from bench.task import Example, Prompt, Splits
from bench.tasks._readers import required_file

LABELS = {
    "toxic": "rude, disrespectful or otherwise likely to make people leave the discussion",
    "severe_toxic": "very hateful or aggressive",
    "obscene": "swear words or other vulgar language",
    "threat": "an intention to hurt someone",
    "insult": "an offence against a person or a group",
    "identity_hate": "hate against people for their race, religion, gender or another identity",
}
RAREST_FIRST = ("threat", "identity_hate", "severe_toxic", "insult", "obscene", "toxic")
TEST_A_CLASS, TRAIN_A_CLASS, TRAIN = 50, 1000, 7400
OFFICIAL, SUBSET = "train.csv", "jigsaw_multilabel_14k.csv"

OUTPUT = MultiLabel(*LABELS)
PROMPT = Prompt(
    instruction="Name every kind of toxicity that the comment shows, separated by commas, or "
    "answer none.",
    labels=LABELS,
    input_name="Comment",
)
LICENCE = "CC0 1.0; the comments are CC BY-SA 3.0 (Wikipedia)"
CITATION = (
    "cjadams, Sorensen, J., Elliott, J., Dixon, L., McDonald, M., nithum and Cukierski, W. (2017). "
    "Toxic Comment Classification Challenge. Kaggle."
)
WHERE = (
    "{} from the Kaggle competition jigsaw-toxic-comment-classification-challenge, in DIR/jigsaw/"
)


def natural(files: Files) -> Splits:
    """Load all examples: the official train and test, or the pool and the test rows of the
    subset."""
    path = required_file(files, OFFICIAL, SUBSET)
    if path.name == SUBSET:
        return _subset(path)
    return {"train": _labelled(read_table(path)), "test": _official_test(files)}


def balanced(files: Files) -> Splits:
    """Select the study's examples: a test of 50 examples per label and 50 without any; for training
    up to 1,000 per label, and examples without any up to 7,400. Each counts for the rarest of its
    labels; they are selected in the order of a hash of their id. Near duplicates of test examples
    are skipped."""
    path = required_file(files, OFFICIAL, SUBSET)
    if path.name == SUBSET:
        subset = _subset(path)
        pool, test = subset["train"], subset["test"]
    else:
        pool = _labelled(read_table(path))
        test = _drawn(pool, TEST_A_CLASS, none=TEST_A_CLASS)
    tested = {row.id for row in test}
    free = [row for row in pool if row.id not in tested]
    unlike = {near(row) for row in test}
    return {"train": _drawn(free, TRAIN_A_CLASS, up_to=TRAIN, unlike=unlike), "test": test}


def _drawn(
    rows: Sequence[Example],
    quota: int,
    *,
    none: int | None = None,
    up_to: int = 0,
    unlike: Collection[bytes] = (),
) -> list[Example]:
    """Select `quota` examples for each label, then `none` without any, or as many as reach `up_to`;
    none whose fingerprint is among `unlike`."""
    drawn: set[str] = set()
    ordered = sorted(rows, key=lambda row: _place(row.id))

    def draw(fits: Callable[[Example], bool], most: int) -> None:
        fresh = (row for row in ordered if fits(row) and row.id not in drawn)
        apart = (row for row in fresh if not unlike or near(row) not in unlike)
        drawn.update([row.id for row in islice(apart, most)])

    for label in RAREST_FIRST:
        draw(partial(_shows, label), quota)
    draw(lambda row: not row.target, max(0, up_to - len(drawn) if none is None else none))
    return [row for row in rows if row.id in drawn]


def _shows(label: str, row: Example) -> bool:
    assert isinstance(row.target, frozenset)
    return label in row.target


def _place(id_: str) -> str:
    """Return an example's sort key: the rule by which the subset's own test rows were selected."""
    return hashlib.md5(f"{id_}seed002".encode(), usedforsecurity=False).hexdigest()


def _subset(path: Path) -> Splits:
    """Load the collected subset. Only its normalised text is uniform in style: the raw texts of its
    sources differ, and so would reveal a row's source and with it the label."""
    table = read_table(path)
    rows = _labelled(table, text="text_norm")
    parts = table.column("split")
    for number, part in enumerate(parts, 2):
        if part not in ("pool", "test350"):
            raise DataError(f"{path}, row {number}: split is {part!r}; expected pool or test350")
    pairs = list(zip(rows, parts, strict=True))
    return {
        "train": [row for row, part in pairs if part == "pool"],
        "test": [row for row, part in pairs if part == "test350"],
    }


def _labelled(table: Table, text: str = "comment_text") -> list[Example]:
    ids, texts = table.column("id"), table.column(text)
    _refuse_repeated_ids(table, ids)
    answers = _answers(table)
    if None in answers:
        raise DataError(
            f"{table.path}, row {answers.index(None) + 2}: a label is -1 (not scored); training "
            "rows need 0 or 1"
        )
    return [Example(i, t, a) for i, t, a in zip(ids, texts, answers, strict=True) if a is not None]


def _official_test(files: Files) -> list[Example]:
    """Return the rows of the official test that were scored; the others, marked by -1, are
    counted."""
    texts, gold = (read_table(files.local(name)) for name in ("test.csv", "test_labels.csv"))
    ids = texts.column("id")
    _refuse_repeated_ids(texts, ids)
    _refuse_repeated_ids(gold, gold.column("id"))
    answers = dict(zip(gold.column("id"), _answers(gold), strict=True))
    if unmatched := {*ids} ^ answers.keys():
        raise DataError(
            f"{gold.path}: id {min(unmatched)!r} is in this file or in test.csv, but not in both; "
            "use both files of the same release"
        )
    rows = zip(ids, texts.column("comment_text"), strict=True)
    examples = [Example(i, t, a) for i, t in rows if (a := answers[i]) is not None]
    files.fault("unscored_test_rows_left_out", len(ids) - len(examples))
    return examples


def _refuse_repeated_ids(table: Table, ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for row, id_ in enumerate(ids, 2):
        if id_ in seen:
            raise DataError(
                f"{table.path}, row {row}: id {id_!r} is repeated; delete one of the rows"
            )
        seen.add(id_)


def _answers(table: Table) -> list[frozenset[str] | None]:
    """Return each row's labels; None for a row that was not scored."""
    columns = [table.column(label) for label in LABELS]
    answers = []
    for row, flags in enumerate(zip(*columns, strict=True), 2):
        try:
            answers.append(_flagged(flags))
        except ValueError:
            raise DataError(
                f"{table.path}, row {row}: labels {', '.join(flags)}; expected 0 or 1 for each, or "
                "-1 for all"
            ) from None
    return answers


@cache
def _flagged(flags: tuple[str, ...]) -> frozenset[str] | None:
    if {*flags} == {"-1"}:
        return None
    if {*flags} - {"0", "1"}:
        raise ValueError
    return frozenset(label for label, flag in zip(LABELS, flags, strict=True) if flag == "1")
