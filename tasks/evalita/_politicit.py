"""PoliticIT (EVALITA 2023): gender and ideology of politicians, from clusters of their tweets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.errors import DataError
from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file, required_file
from bench.tasks.evalita import _lab as lab

GENDER = {"male": "uomo", "female": "donna"}
BINARY = {"right": "destra", "left": "sinistra"}
MULTI = {**BINARY, "moderate_right": "centrodestra", "moderate_left": "centrosinistra"}
TARGETS = {"gender": GENDER, "ideology_binary": BINARY, "ideology_multiclass": MULTI}
TRAIN, PRACTICE = "politicIT_phase_2_train_public.csv", "development.csv"
TEST, BARE = "politicIT_test_set_with_labels.csv", "politicIT_phase_2_test_codalab.csv"
WHERE = (
    f"put {TRAIN} (or the practice set, {PRACTICE}), and for the test {TEST} (or, without gold, "
    f"{BARE}) in DIR/politicit/; from codalab.lisn.upsaclay.fr/competitions/8507"
)


def load(files: Files) -> Splits:
    """Load one example per tweet, with its cluster as `group`: the train split, and the test split
    where its gold is available."""
    train = required_file(files, TRAIN, PRACTICE)
    rows: dict[Split, Sequence[Example]] = {"train": _rows(train, "train")}
    if train.name == PRACTICE:
        files.fault("rows_of_the_practice_set_only", len(rows["train"]))
    test = optional_file(files, TEST)
    if test:
        rows["test"] = _rows(test, "test")
    return rows


def _rows(path: Path, split: str) -> list[Example]:
    parsed = lab.table(path, "label", *TARGETS, "tweet")
    target_of: dict[str, Answer] = {}
    rows, count = [], Counter[str]()
    for n, (cluster, *codes, tweet) in enumerate(
        lab.rows_of(parsed, "label", *TARGETS, "tweet"), 2
    ):
        place = lab.place(path, n)
        pairs = zip(TARGETS.values(), codes, strict=True)
        target = tuple(lab.chosen(known, code, place) for known, code in pairs)
        if target_of.setdefault(cluster, target) != target:
            raise DataError(
                f"{place}: cluster {cluster!r} has other labels in an earlier row, "
                f"{target_of[cluster]!r}; correct one of them"
            )
        count[cluster] += 1
        group = f"{split}/{cluster}"
        rows.append(Example(f"{group}/{count[cluster]:03}", tweet, target, group=group))
    return rows


def unscored(files: Files) -> list[Input]:
    """Return the tweets of the official test, where its gold is not available."""
    path = None if optional_file(files, TEST) else optional_file(files, BARE)
    inputs, count = [], Counter[str]()
    for cluster, tweet in (
        lab.rows_of(lab.table(path, "label", "tweet"), "label", "tweet") if path else ()
    ):
        count[cluster] += 1
        inputs.append(Input(f"test/{cluster}/{count[cluster]:03}", tweet))
    return inputs


UNREAD = (
    "as on the leaderboard, a tweet with an unparsed answer has no vote; a cluster without votes "
    "is answered male, right, right"
)
_NO_VOTE = tuple(next(iter(known.values())) for known in TARGETS.values())


def submission(
    answers: Mapping[str, Answer | None], inputs: Mapping[str, Input]
) -> Mapping[str, bytes]:
    """Return one line per cluster, each target by majority vote over its tweets; on a tie, the
    first one's. The official file name was not available."""
    clusters: dict[str, list[Answer | None]] = {}
    for id_, answer in answers.items():
        clusters.setdefault(id_.split("/")[1], []).append(answer)
    rows = [(cluster, *_majority(votes)) for cluster, votes in clusters.items()]
    return {"results.csv": lab.written(["label", *TARGETS], rows, ",")}


def _majority(votes: Sequence[Answer | None]) -> list[str]:
    cast = [vote for vote in votes if isinstance(vote, tuple)] or [_NO_VOTE]
    columns = zip(*cast, strict=True)
    winners = [Counter(column).most_common(1)[0][0] for column in columns]
    codes = [{label: code for code, label in known.items()} for known in TARGETS.values()]
    return [code[str(label)] for code, label in zip(codes, winners, strict=True)]
