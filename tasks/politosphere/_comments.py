"""Reddit comments on gun control with annotators' labels (Politosphere, seven labels)."""

import json
from dataclasses import dataclass
from typing import Any

from bench.data.split import split_by_group
from bench.errors import DataError, Unavailable
from bench.files import Files
from bench.task import Example, Splits
from bench.tasks._readers import lines

LABELS = (
    "Support Gun Polarized",
    "Support Gun non-Polarized",
    "Neutral",
    "Anti Gun Polarized",
    "Anti Gun non-Polarized",
    "Not Relevant",
    "Not Sure",
)
GOLD = "daccord_yifei_v2_leo.json"
PEOPLE = {"leo": "annotated_data_leo.json", "yifei": "annotated_data_yifei_v2.json"}
"""The two annotators whose agreement is the gold of all tasks but `politosphere_agreement`."""
OTHERS = {
    "yifei_first_trial": "annotated_data_yifei.json",
    "llama2": "annotated_data_llama2.json",
    "llama2_v2": "annotated_data_llama2_v2.json",
    "llama2_v2_context": "annotated_data_llama2_v2_context.json",
}
"""An abandoned first trial, and three sets of few-shot answers by Llama-2 (13b chat)."""
# From datasets.Dataset.train_test_split(test_size=0.2, seed=42) over the 113 rows in their order,
# as in the study's code. Listed here, since numpy does not guarantee its random streams for ever.
_PUBLISHED_TEST = frozenset(
    (78, 27, 28, 0, 104, 55, 50, 63, 72, 51, 92, 24, 52, 20, 75, 2, 110, 106, 86, 37, 18, 99, 25)
)
_ROWS = 113

LICENCE = "not stated (comments by Reddit users, with hashed names)"
CITATION = (
    "Song, Y. (2023). Project Politosphere. github.com/MeloS7/Politosphere_overview; after "
    "Hofmann, V., Schütze, H. and Pierrehumbert, J. (2022). The Reddit Politosphere. ICWSM."
)
WHERE = (
    "daccord_yifei_v2_leo.json and annotated_data_*.json in DIR/politosphere/; in the "
    "repository MeloS7/Politosphere_overview, folder data"
)


@dataclass(frozen=True)
class Post:
    """A comment, and the label given by one annotator, or by both."""

    id: str
    text: str
    label: str
    author: str

    def example(self, *, grouped: bool = True) -> Example:
        """Return the comment as an example, with its author as the group."""
        return Example(self.id, self.text, self.label, group=self.author if grouped else None)


def posts(files: Files, name: str) -> list[Post]:
    """Read all rows of one published file: the 113 of `GOLD`, or the 150 that one annotator
    labelled. Labels whose case differs from that of `LABELS` are unified, and counted."""
    # Every suite of these tasks reads the same folder.
    path = Files(files.task, "politosphere", files.folders).local(name)
    result, known = list[Post](), {label.casefold(): label for label in LABELS}
    for row, line in lines(path):
        fields = _fields(f"{path}, row {row}", line)
        label = known.get(fields["User label"].strip().casefold())
        if label is None:
            listed = ", ".join(LABELS)
            raise DataError(
                f"{path}, row {row}: label {fields['User label']!r}; expected one of {listed}"
            )
        files.fault("label_case_unified", label != fields["User label"])
        result.append(Post(fields["id"], fields["body_cleaned"], label, fields["author"]))
    return result


def _fields(place: str, line: str) -> dict[str, str]:
    try:
        fields: Any = json.loads(line)
    except ValueError as error:
        raise DataError(f"{place}: not JSON ({error}); expected one object per line") from None
    wanted = ("id", "body_cleaned", "User label", "author")
    for name in wanted:
        value = fields.get(name) if isinstance(fields, dict) else None
        if not isinstance(value, str):
            raise DataError(f"{place}: {name!r} is {value!r}, not a string")
    return {name: fields[name] for name in wanted}


def by_author(files: Files) -> Splits:
    """Load the gold examples, 90 and 23 as published, but with no author on both sides. Divided by
    the seven labels, so that every coarser task has the same split."""
    rows = [post.example() for post in posts(files, GOLD)]
    return split_by_group(rows, test=23 / _ROWS, seed=42, cover=False)


def as_published(files: Files) -> Splits:
    """Load the gold examples with the study's own split, which puts some authors on both sides:
    test examples by such authors are counted."""
    comments = posts(files, GOLD)
    if len(comments) != _ROWS:
        raise DataError(f"{GOLD}: {len(comments)} rows; the published split has {_ROWS}")
    train = [post for n, post in enumerate(comments) if n not in _PUBLISHED_TEST]
    test = [post for n, post in enumerate(comments) if n in _PUBLISHED_TEST]
    learnt = {post.author for post in train}
    files.fault("test_rows_by_authors_in_train", sum(post.author in learnt for post in test))
    return {
        "train": [post.example(grouped=False) for post in train],
        "test": [post.example(grouped=False) for post in test],
    }


def annotations(files: Files) -> dict[str, dict[str, str]]:
    """Return annotator -> comment id -> label, for all 150 comments. The two people come first and
    must be available; `OTHERS` follow where they are. These are annotations of
    `politosphere_agreement` only, not of the tasks restricted to the comments on which the two
    agree."""
    labels_by = {name: _labels(files, file) for name, file in PEOPLE.items()}
    for name, file in OTHERS.items():
        try:
            labels_by[name] = _labels(files, file)
        except Unavailable:
            continue
    return labels_by


def ratings(files: Files) -> dict[str, tuple[str | None, ...]]:
    """Return the two people's labels of each comment, in the order of `PEOPLE`."""
    labels_by = annotations(files)
    people = [labels_by[name] for name in PEOPLE]
    return {id_: tuple(labels.get(id_) for labels in people) for id_ in people[0]}


def earlier(files: Files) -> dict[str, dict[str, str]]:
    """Return the published answers: those of `OTHERS` whose files are available."""
    labels_by = annotations(files)
    return {name.replace("_", " "): labels_by[name] for name in OTHERS if name in labels_by}


def all_labelled(files: Files) -> Splits:
    """Load all comments, with the label of the first of `PEOPLE`. An author is on the same side as
    in the tasks of `by_author`, so that within one run no task removes another's examples."""
    tested = {row.group for row in by_author(_apart(files))["test"]}
    rows = [post.example() for post in posts(files, next(iter(PEOPLE.values())))]
    return {
        "train": [row for row in rows if row.group not in tested],
        "test": [row for row in rows if row.group in tested],
    }


def _labels(files: Files, name: str) -> dict[str, str]:
    return {post.id: post.label for post in posts(_apart(files), name)}


def _apart(files: Files) -> Files:
    # Case is counted as a fault in the examples used; elsewhere it is only unified.
    return Files(files.task, files.suite, files.folders)
