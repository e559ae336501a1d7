"""HaSpeeDe 3 at EVALITA 2023: hate speech in tweets about politics and religion, textual track.

The contextual rankings of the shared task are not supported: they need the tweets' metadata and the
authors' network, which no baseline here can read.
"""

from collections.abc import Mapping

from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Input, Splits
from bench.tasks.evalita._common import Row, as_csv, codes, local, published, table, yes_no

LABELS = {"0": "not_hateful", "1": "hateful"}
PROMPT = yes_no("haspeede", yes="hateful", no="not_hateful")
CITATION = (
    "Lai, M., Celli, F., Ramponi, A., Tonelli, S., Bosco, C. and Patti, V. (2023). HaSpeeDe3 at "
    "EVALITA 2023: Overview of the Political and Religious Hate Speech Detection Task. EVALITA "
    "2023, CEUR Workshop Proceedings 3473."
)
LICENCE = "not stated (encrypted; the organisers give the password on request)"
WHERE = (
    "development/training_textual.csv and gold/test_textual_gold.csv, decrypted, of "
    "github.com/mirkolai/EVALITA2023-HaSpeeDe3, in DIR/evalita/haspeede/"
)
FILES = {
    "train": ("development/training_textual.csv", "training_textual.csv"),
    "test": (
        "gold/test_textual_gold.csv",
        "gold/gold_textual.csv",
        "test_textual_gold.csv",
        "gold_textual.csv",
    ),
}


def load(files: Files, *, tests: Mapping[str, str]) -> Splits:
    """Load political tweets for training, and the tests of some corpora.

    Args:
        files: the available files.
        tests: name of a corpus in the test file -> prefix of its ids.
    """
    return {
        "train": _rows(files, "train", {"training_politics": "train"}),
        "test": _rows(files, "test", tests),
    }


def submission(
    answers: Mapping[str, Answer], inputs: Mapping[str, Input], *, forms: Mapping[str, str]
) -> Mapping[str, bytes]:
    """Return the official table of each ranking.

    Args:
        answers: the answers by id.
        inputs: the texts by id, which these files do not contain.
        forms: the organisers' name of a file -> prefix of the ids in it.
    """
    return {name: _table_of(answers, prefix) for name, prefix in forms.items()}


def _rows(files: Files, split: str, prefixes: Mapping[str, str]) -> list[Example]:
    path = local(files, "haspeede", *FILES[split])
    read = table(path, "anonymized_tweet_id", "anonymized_text", "label", "dataset")
    with_corpus = [(row, _corpus(row, split)) for row in read]
    return [_example(row, prefixes[corpus]) for row, corpus in with_corpus if corpus in prefixes]


def _corpus(row: Row, split: str) -> str:
    known = ("training_politics",) if split == "train" else ("test_politics", "test_religious")
    return row.label("dataset", dict(zip(known, known, strict=True)))


def _example(row: Row, prefix: str) -> Example:
    id_ = row.name("anonymized_tweet_id")
    return Example(f"{prefix}/{id_}", row.text("anonymized_text"), row.label("label", LABELS))


def _table_of(answers: Mapping[str, Answer], prefix: str) -> bytes:
    code = codes(LABELS)
    listed = [
        (published(id_), code[str(answer)])
        for id_, answer in answers.items()
        if id_.startswith(f"{prefix}/")
    ]
    return as_csv(("anonymized_tweet_id", "label"), listed)
