"""The four rated corpora of VADER (Hutto & Gilbert, ICWSM 2014), from the package's 0.5 release."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.data.split import split_by_group
from bench.files import Asset, Files
from bench.task import Example, Prompt, Splits

# Later releases of the package contain no data.
ASSET = Asset(
    name="vaderSentiment",
    version="0.5",
    filename="vaderSentiment-0.5.zip",
    sha256="5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a",
    inside="vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz",
    members=(
        "hutto_ICWSM_2014/*_GroundTruth.txt",
        "hutto_ICWSM_2014/*_anonDataRatings.txt",
    ),
)
LICENCE = "MIT (the package's); snippets of published texts"
CITATION = (
    "Hutto, C. J. and Gilbert, E. (2014). VADER: A Parsimonious Rule-based Model for Sentiment "
    "Analysis of Social Media Text. ICWSM."
)
WHERE = "the package vaderSentiment 0.5, fetched by `bench fetch`"


@dataclass(frozen=True)
class Rated:
    """A text and the mean of its ratings, -4 (most negative) to 4 (most positive)."""

    id: str
    text: str
    mean: float


def rated(files: Files, corpus: str) -> list[Rated]:
    """Return all texts of a corpus: `tweets`, `amazonReviewSnippets`, …; as published, including
    HTML entities."""
    raw = files.asset(ASSET).read(f"hutto_ICWSM_2014/{corpus}_GroundTruth.txt")
    lines = files.decode(raw).split("\r\n")
    fields = [line.split("\t", 2) for line in lines if line]
    return [Rated(id_, text, float(mean)) for id_, mean, text in fields]


def polarity(files: Files, corpus: str, *, grouped: bool) -> Splits:
    """Load texts with the sign of their mean rating, split 80/20; zeros are left out after the
    split, so that every task on a corpus has the same split.

    Args:
        files: the available files.
        corpus: see `rated`.
        grouped: whether ids have the form `document_sentence`.
    """
    rows = [
        # Groups of one source share a namespace: the corpus name keeps its documents apart.
        Example(r.id, r.text, _sign(r.mean), group=_document(corpus, r.id) if grouped else None)
        for r in rated(files, corpus)
    ]
    cut = split_by_group(rows)
    zeros = sum(row.target == "zero" for row in rows)
    files.fault("mean_rating_zero_left_out", zeros)
    return {
        "train": [row for row in cut["train"] if row.target != "zero"],
        "test": [row for row in cut["test"] if row.target != "zero"],
    }


def _document(corpus: str, id_: str) -> str:
    return f"{corpus}/{id_.partition('_')[0]}"


def intensity(files: Files, corpus: str) -> Splits:
    """Load texts with their mean rating, on the split of `polarity`."""
    means = {r.id: r.mean for r in rated(files, corpus)}
    rows = [Example(r.id, r.text, _sign(r.mean)) for r in rated(files, corpus)]
    cut = split_by_group(rows)
    return {
        "train": [Example(row.id, row.text, means[row.id]) for row in cut["train"]],
        "test": [Example(row.id, row.text, means[row.id]) for row in cut["test"]],
    }


def _sign(mean: float) -> str:
    return "zero" if mean == 0 else ("positive" if mean > 0 else "negative")


def ratings(files: Files, corpus: str) -> Mapping[str, Sequence[float]]:
    """Return each annotator's rating of each text, by id. A text whose ratings do not give its
    published mean is left out and counted: in the tweets file 199 rows belong to other texts."""
    means = {r.id: r.mean for r in rated(files, corpus)}
    raw = files.asset(ASSET).read(f"hutto_ICWSM_2014/{corpus}_anonDataRatings.txt")
    by_id: dict[str, list[float]] = {}
    for line in files.decode(raw).splitlines():
        if not line.strip():
            continue
        id_, _, _, listed = line.split("\t", 3)
        people = [float(value) for value in ast.literal_eval(listed)]
        if id_ in means and abs(sum(people) / len(people) - means[id_]) < 0.001:
            by_id[id_] = people
        else:
            files.fault("ratings_of_another_text")
    return by_id


def opinions(files: Files, corpus: str) -> Mapping[str, Sequence[str | None]]:
    """Return each annotator's polarity of each text: the sign of the rating; None at zero."""
    signs = {id_: [_sign(r) for r in people] for id_, people in ratings(files, corpus).items()}
    return {
        id_: [None if s == "zero" else s for s in signs_of_text]
        for id_, signs_of_text in signs.items()
    }


def polarity_prompt(kind: str) -> Prompt:
    """Return the prompt of the polarity tasks; `kind` describes the text."""
    return Prompt(
        instruction=f"Decide whether the feeling expressed in the {kind} is negative or positive.",
        labels={
            "negative": "on the whole, readers feel dislike, sadness, anger or another bad feeling "
            "in it",
            "positive": "on the whole, readers feel liking, joy, hope or another good feeling "
            "in it",
        },
    )
