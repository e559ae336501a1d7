"""Which licences let a data set be handed on, and what is shown of those that do not."""

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
"""Licences that allow it to everybody and for every use, in small letters -> the Hub's name."""


BEGINNING = 24
"""Characters of what a model wrote that are shown of a task whose texts may not be handed on."""
CUT = (
    f"What the model wrote is cut to its first {BEGINNING} characters: it can repeat a text, and "
    "the task's licence is none that lets everybody hand its texts on."
)
"""The sentence beside such a list."""


def handed_on(licence: str) -> str | None:
    """The Hub's name of a licence that allows redistribution; None of any other.

    The statement must be such a licence's name and nothing more: what is qualified, limited to
    some uses, or not stated does not pass.
    """
    words = re.sub(r"[\s_-]+", " ", licence.casefold()).strip(" .")
    return HANDED_ON.get(re.sub(r" licen[cs]e$", "", words))


def free(*licences: str) -> bool:
    """Whether each of a task's licences, of now and of when it was scored, allows it."""
    return all(handed_on(licence) is not None for licence in licences)


def beginning(said: str, longest: int = BEGINNING) -> str:
    """The first characters of a text, with an ellipsis where there are more."""
    return said if len(said) <= longest else f"{said[:longest]}…"
