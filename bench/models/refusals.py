"""Detection of refusals: the rule by which a language model's refused answers are counted.

Generated text often quotes the input, and a reviewer's "I can't recommend it" or "I'm sorry I
watched it" is no refusal. So a refusal must be about answering, not about just anything.
"""

import re

FIRST = 200
"""The number of leading characters that are searched."""
RULE = (
    f"An unparsed answer counts as a refusal if its first {FIRST} characters say, in English or "
    "Italian, that the model cannot, will not or may not answer or that it is an AI, or if they "
    "are an apology and nothing else."
)
"""The rule in one sentence, for the page."""

_ANSWER = (
    r"(?:(?:answer|respond|reply|comply|assist|classify|categori[sz]e|determine|assess|"
    r"analy[sz]e|evaluate)\b(?! for\b)|provide (?!for\b)|help (?:you|with)\b|help(?=\s*(?:[.!]|$))|"
    r"(?:fulfil|fulfill|complete|process|support) (?:this|that|your|the) (?:request|task|prompt)|"
    r"engage (?:in|with)\b|(?:generate|create|discuss)\b|participate\b|"
    r"(?:say|tell)(?: you)? (?:whether|if|which|what) |make (?:a|an|any|that) (?:judge?ment|"
    r"decision|determination)|(?:give|express|offer)(?: you)? (?:an?|any|my) (?:answer|opinion|"
    r"judge?ment|label|classification|rating|view)|do that(?=\s*(?:[.,!]|$)))"
)
_RISPONDERE = (
    r"(?:rispondere|rispondert[ie]|aiutar(?:e|ti|la|vi)|assister(?:e|ti|la|vi)|fornire|"
    r"fornirti|classificare|determinare|stabilire|valutare|analizzare|generare|"
    r"soddisfare (?:la|questa|tale) richiesta|elaborare (?:la|questa|tale) richiesta|"
    r"dar(?:e|ti) (?:un|una|la) (?:risposta|opinione|giudizio|etichetta)|"
    r"esprim(?:ere|ermi) (?:un|una|il|la) (?:opinione|giudizio|parere)|dire se )"
)
_SAID = (
    r"\bI(?: am|'m)? (?:\w+ )?(?:cannot|can ?not|can't|won't|will not|unable to|not able to|"
    r"not allowed to|not comfortable to|could not|couldn't|may not|refuse to|decline to|"
    r"must (?:\w+ )?decline to|do not want to|don't want to) (?:\w+ly )?" + _ANSWER,
    r"\bI (?:do not|don't) have (?:enough|sufficient) (?:information|context)\b",
    r"\b(?:it is|it's|it is simply) (?:not possible|impossible) (?:for me )?to " + _ANSWER,
    r"\b(?:not |in)appropriate (?:for me to\b|to " + _ANSWER + ")",
    r"\A\W*(?:(?:I'm|I am) (?:\w+ )?)?sorry\W*\Z",
    r"\A\W*I apologi[sz]e(?: for (?:the|any) (?:confusion|inconvenience|misunderstanding))?\W*\Z",
    r"\b(?:as|I am|I'm) (?:just |only )?an? (?:large )?(?:language model|(?:AI|artificial "
    r"intelligence)(?:[ -](?:language model|model|assistant|system|chatbot))?(?=\s*(?:[.,;:!)]|\Z|"
    r"(?:and I|I|that|which|who|trained|created|developed|designed)\b)))",
    r"\bnon (?:posso|voglio|sono in grado di|riesco a|mi è possibile|è possibile) " + _RISPONDERE,
    r"\A\W*mi (?:dispiace|scuso)\W*\Z",
    r"\A\W*(?:chiedo scusa|sono spiacente)\W*\Z",
    r"\b(?:in quanto|come|sono) (?:un |una |un')?(?:IA|intelligenza artificiale|"
    r"modello (?:di linguaggio|linguistico))\b",
)
_PATTERN = re.compile("|".join(_SAID), re.IGNORECASE)


def is_refusal(generated: str) -> bool:
    """Return True if an unparsed answer declines to answer the question."""
    return _PATTERN.search(generated[:FIRST].replace("’", "'")) is not None
