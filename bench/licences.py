"""Which licences let a data set be handed on."""

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


def handed_on(licence: str) -> str | None:
    """The Hub's name of a licence that allows redistribution; None of any other.

    The statement must be such a licence's name and nothing more: what is qualified, limited to
    some uses, or not stated does not pass.
    """
    words = re.sub(r"[\s_-]+", " ", licence.casefold()).strip(" .")
    return HANDED_ON.get(re.sub(r" licen[cs]e$", "", words))
