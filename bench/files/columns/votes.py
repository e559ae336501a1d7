"""The answer that most of several people gave."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from bench.outputs import Answer


def vote(answers: Sequence[Answer | None]) -> Answer | None:
    """Return the answer that most gave: the mean of numbers, the labels of more than half; None for
    a tie or where nobody gave any."""
    given = [answer for answer in answers if answer is not None]
    if given and all(isinstance(answer, float) for answer in given):
        return fmean(answer for answer in given if isinstance(answer, float))
    if given and all(isinstance(answer, frozenset) for answer in given):
        marks = Counter(label for a in given if isinstance(a, frozenset) for label in a)
        return frozenset(label for label, times in marks.items() if 2 * times > len(given))
    ranked = Counter(given).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
