"""The prompts of the Politosphere study, verbatim, with and without definitions."""

from bench.task import Prompt

ROLE = "You are a sentence sentiment {} classification assistant about gun control. "
KNOWN = "And here are definitions of labels:"
ASK = (
    "Please classify the sentiment {} of the following sentence about gun support into one of the "
    "following categories: {}."
)
FOR_BANS = (
    "Explicitly opposes gun ownership or is in favor of legal policies such as banning guns and "
    "confiscating personal guns. "
)
FOR_GUNS = (
    "Explicitly in favor of individual gun ownership, or against gun bans and gun confiscation. "
)
NEUTRAL = (
    "Neutral: The statement is centered around the debate on gun control, but there is no clear "
    "opinion expressed. "
)
NOT_RELEVANT = "Not Relevant: Don't have any obvious relationship to guns. "
NOT_SURE = (
    "Not Sure: The sentence statements are describing gun support for owning / banning guns, but "
    "due to a lack of relevant context, or some other reason, we can sense the emotional "
    "inclination, but not the specific opinion or polarized aspect. "
)
# "aboutc onstructive" is the study's typo. It stays, so that the corrected prompt differs from the
# published one by the swapped definitions alone.
POLARIZED = (
    "And the sentences are considered as polarized if they are or about antagonizing statements / "
    "hostility / belittling / animosity: 'us vs them', inter-group antagonism, radicalization, "
    "conflictive confrontation, and so on. the sentences are considered as non-polarized if they "
    "are or aboutc onstructive civic conversation, bring together to a common ground, peaceful "
    "dialogue, and so on. "
)
SEVEN = (
    "'Support Gun Polarized', 'Support Gun non-Polarized', 'Neutral', 'Anti Gun Polarized', "
    "'Anti Gun non-Polarized', 'Not relevant' or 'Not Sure'"
)
_FOUR = (
    "'support gun polarized', 'support gun non-polarized', {}'anti gun polarized', "
    "'anti gun non-polarized' or 'other'"
)
SIX, FIVE = _FOUR.format("'neutral', "), _FOUR.format("")
POLARIZATION = "'polarized', 'unpolarized' or 'other'"
STANCE = "'support gun', 'anti gun' or 'other'"


def prompt(categories: str, definitions: str = "", *, sentiment: str = "polarity") -> Prompt:
    """Return the study's prompt.

    Args:
        categories: the labels, each between quotation marks.
        definitions: their definitions, with the space before them; "" for none.
        sentiment: the kind of sentiment asked for.
    """
    known = f"{KNOWN}{definitions}" if definitions else ""
    return Prompt(
        instruction=ROLE.format(sentiment) + known + ASK.format(sentiment, categories),
        input_name="Sentence",
        answer_name="User label",
        list_labels=False,
    )


def _opinions(support: str, anti: str) -> str:
    return f" Support Gun: {support}Anti Gun: {anti}"


_REST = NEUTRAL + NOT_RELEVANT + NOT_SURE + POLARIZED
seven = prompt(SEVEN, _opinions(FOR_GUNS, FOR_BANS) + _REST)
"""Support Gun and Anti Gun with the definitions that match their names and the gold."""
seven_as_published = prompt(SEVEN, _opinions(FOR_BANS, FOR_GUNS) + _REST)
"""`seven` with the two definitions swapped, as in the study's training."""

# The study published these merged labels without a prompt: its own definitions, and "other" for the
# rest.
_OTHER = "Other: The sentences are considered as 'other' if they {}or hard to tell. "
six = prompt(
    SIX,
    _opinions(FOR_GUNS, FOR_BANS)
    + NEUTRAL
    + _OTHER.format("are not relevant to gun control ")
    + POLARIZED,
)
five = prompt(
    FIVE,
    _opinions(FOR_GUNS, FOR_BANS)
    + _OTHER.format("are neutral, not relevant to gun control ")
    + POLARIZED,
)
polarization = prompt(
    POLARIZATION,
    "Polarized: The sentences are considered as 'polarized' if they are or about antagonizing "
    "statements / hostility / belittling / animosity: 'us vs them', inter-group antagonism, "
    "radicalization, conflictive confrontation, closed to contradiction, trolling, affective, "
    "ideological, bad faith, with cognitive bias, with social or demographic bias, irony, sarcasm, "
    "hate speech, offensive, toxic, fake news, dismiss language, stereotypes and so on."
    "Unpolarized: The sentences are considered as 'unpolarized' if they are or about constructive "
    "civic conversation, bring together to a common ground, peaceful dialogue, open-minded "
    "demeanour focused on learning and forming opinions, genuinely open to contradiction, open "
    "exchange of ideas, educational, humble, good faith and so on."
    "Other: The sentences are considered as 'other' if they not polarized or unpolarized or hard "
    "to tell.",
)
TENDENCY = "political tendency"
stance = prompt(
    STANCE,
    " Support Gun: The sentences are considered as 'support gun' if they are explicitly in favor "
    "of individual gun ownership, or against gun bans and gun confiscation. Anti Gun: The "
    "sentences are considered as 'anti gun' if they are explicitly opposes gun ownership or are in "
    "favor of legal policies such as banning guns and confiscating personal guns. Other: The "
    "sentences are considered as 'other' if they are not 'support gun' or 'anti gun' or hard to "
    "tell or not relevent to gun control. ",
    sentiment=TENDENCY,
)
