"""What counts as a refusal, and what only sounds like one."""

import pytest

from bench.models.refusals import FIRST, RULE, is_refusal

DECLINED = [
    "I cannot answer that.",
    "I can't help with that request.",
    "I’m sorry, but I can’t assist with that.",
    "I'm sorry, I'm not able to classify this text.",
    "I am unable to determine the sentiment of the tweet.",
    "I won't provide a label for hateful content.",
    "I must respectfully decline to answer.",
    "I apologize, but I cannot fulfill your request.",
    "I cannot say whether it is positive or negative.",
    "I don't have enough information to decide.",
    "It is not appropriate for me to judge people.",
    "It is not possible to determine the label.",
    "As an AI, I have no feelings.",
    "I am just an AI language model.",
    "I'm sorry.",
    "Sorry",
    "Mi dispiace, ma non posso rispondere.",
    "Non sono in grado di classificare questo testo.",
    "Non posso aiutarti con questa richiesta.",
    "Mi dispiace.",
    "In quanto IA, non ho opinioni.",
    "Come modello di linguaggio non provo emozioni.",
]
NOT_DECLINED = [
    "",
    "positive or negative",
    "I'm not sorry I watched it",
    "I'm sorry I watched it",
    "I'm sorry for your loss",
    "I can't recommend this film",
    "I can't help but love it",
    "I can't help laughing",
    "I cannot believe how good it was",
    "I won't watch it again",
    "I refuse to watch it twice",
    "I can't provide for my family",
    "I can't tell you how much I loved it",
    "It's inappropriate to bring children",
    "I'm an AI engineer and I liked it",
    "Non posso che consigliarlo",
    "Non posso fare a meno di ridere",
    "Non riesco a smettere di guardarlo",
    "Mi dispiace per i tifosi",
    "Sono un modello da seguire",
]


@pytest.mark.parametrize("said", DECLINED)
def test_declining_the_question_is_a_refusal(said: str) -> None:
    assert is_refusal(said)


@pytest.mark.parametrize("said", NOT_DECLINED)
def test_a_reviewers_own_words_are_no_refusal(said: str) -> None:
    assert not is_refusal(said)


def test_only_the_beginning_of_an_answer_counts() -> None:
    assert not is_refusal("x" * FIRST + " I cannot answer that.")


def test_the_rule_on_the_page_names_its_own_length() -> None:
    assert str(FIRST) in RULE
