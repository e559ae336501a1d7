"""Licences that permit redistribution, and excerpts for texts whose licence does not."""

import re

HANDED_ON = {
    "mit": "mit",
    "apache 2.0": "apache-2.0",
    "bsd 2 clause": "bsd-2-clause",
    "bsd 3 clause": "bsd-3-clause",
    "cc0": "cc0-1.0",
    "cc0 1.0": "cc0-1.0",
    "cc by 2.0": "cc-by-2.0",
    "cc by 2.5": "cc-by-2.5",
    "cc by 3.0": "cc-by-3.0",
    "cc by 4.0": "cc-by-4.0",
    "cc by sa 3.0": "cc-by-sa-3.0",
    "cc by sa 4.0": "cc-by-sa-4.0",
    "odc by": "odc-by",
    "odc by 1.0": "odc-by",
    "pddl": "pddl",
    "unlicense": "unlicense",
}
"""Licences that permit redistribution by anybody for any use, in lower case -> the Hub's name."""


BEGINNING = 24
"""Characters of generated text that are shown if the task's texts may not be redistributed."""
CUT = (
    f"Generated answers are cut to their first {BEGINNING} characters, as they may repeat texts "
    "whose licence does not permit redistribution."
)
"""The note beside a list of such excerpts."""


def handed_on(licence: str) -> str | None:
    """Return the Hub's name of a licence that permits redistribution; None for any other.

    The statement must be the name of such a licence and nothing more: a statement that is empty,
    qualified or restricted to some uses gives None.
    """
    words = re.sub(r"[\s_-]+", " ", licence.casefold()).strip(" .")
    return HANDED_ON.get(re.sub(r" licen[cs]e$", "", words))


def free(*licences: str) -> bool:
    """Return True if all the licences permit redistribution: a task's present one, and the one
    that it had when it was scored."""
    return all(handed_on(licence) is not None for licence in licences)


def beginning(answer: str, longest: int = BEGINNING) -> str:
    """Return the first characters of a text, with an ellipsis if it is longer."""
    return answer if len(answer) <= longest else f"{answer[:longest]}…"
