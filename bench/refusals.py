"""Whether a language model declined to answer: the rule that refusals are counted by.

An answer that could not be read is a refusal when, within its first sentence or two, it says that
the model cannot or will not answer, apologises, or speaks of itself as an AI. Any other unreadable
answer is unparsed. An answer that can be read is never a refusal.
"""

import re

FIRST = 200
"""Characters from the beginning within which it must be said."""
_SAID = (
    # English
    r"\bI(?:'m| am) (?:so |very |really )?sorry\b",
    r"\bI apologi[sz]e\b",
    r"\bI (?:cannot|can ?not|can't|won't|will not|am unable to|'m unable to|am not able to|"
    r"'m not able to|must (?:respectfully )?decline|refuse to)\b",
    r"\b(?:as|I am|I'm) (?:just )?an? (?:AI|artificial intelligence|language model)\b",
    r"\bit (?:is|would be|'s) (?:not|in)appropriate (?:for me )?to\b",
    # Italian
    r"\bmi (?:dispiace|scuso)\b",
    r"\bnon (?:posso|sono in grado di|riesco a)\b",
    r"\bin quanto (?:IA|intelligenza artificiale|modello)\b",
)
_PATTERN = re.compile("|".join(_SAID), re.IGNORECASE)


def is_refusal(said: str) -> bool:
    """Whether an unreadable answer declines the question."""
    return _PATTERN.search(said[:FIRST].replace("’", "'")) is not None
