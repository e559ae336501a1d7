"""Merge annotator agreement into an entry: with a model's kappas averaged over its seeds, or
without a model."""

from collections.abc import Sequence

from bench.records import PeopleFacts
from bench.scoring.agreement import mean_known


def over_seeds(
    newest: PeopleFacts | None, seeds: Sequence[PeopleFacts | None]
) -> PeopleFacts | None:
    """Return the newest result's facts with the model's kappas averaged over seeds.

    Args:
        newest: facts of the newest result; None where it has none.
        seeds: facts of each seed.
    """
    same = [
        facts
        for facts in seeds
        if facts is not None and _annotator_names(facts) == _annotator_names(newest)
    ]
    if newest is None or not same:
        return newest
    with_each = [[a.model_kappa for a in facts.annotators] for facts in same]
    kappas = [mean_known(values) for values in zip(*with_each, strict=True)]
    merged = _with_model(newest, mean_known([facts.model_kappa for facts in same]), kappas)
    return merged.model_copy(update=_scores(same))


def without_model(people: PeopleFacts) -> PeopleFacts:
    """Return the facts about the annotators alone."""
    alone = _with_model(people, None, [None] * len(people.annotators))
    return alone.model_copy(update={"model_score": None, "model_interval": None})


def _scores(seeds: Sequence[PeopleFacts]) -> dict[str, object]:
    """Return the model's score beside people and its bounds, means over the seeds that have
    them."""
    bounds = [facts.model_interval for facts in seeds if facts.model_interval is not None]
    low, high = (mean_known(side) for side in zip(*bounds, strict=True)) if bounds else (None, None)
    known = low is not None and high is not None
    return {
        "model_score": mean_known([facts.model_score for facts in seeds]),
        "model_interval": (low, high) if known else None,
    }


def _annotator_names(facts: PeopleFacts | None) -> list[str]:
    return [] if facts is None else [annotator.name for annotator in facts.annotators]


def _with_model(
    people: PeopleFacts, kappa: float | None, kappas: Sequence[float | None]
) -> PeopleFacts:
    annotators = tuple(
        annotator.model_copy(update={"model_kappa": value})
        for annotator, value in zip(people.annotators, kappas, strict=True)
    )
    return people.model_copy(update={"model_kappa": kappa, "annotators": annotators})
