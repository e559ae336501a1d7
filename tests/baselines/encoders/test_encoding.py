"""Texts as rows of token numbers: special tokens, cuts, pairs, and where words begin."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from bench.baselines._encoders.encoding import PIECES, head_and_tail, shares
from bench.baselines._encoders.vocabulary import SEPARATOR, UNKNOWN, Vocabulary
from bench.baselines._encoders.wordpieces import Wordpieces
from bench.baselines._shared.bio_tags import tokens
from bench.task import Input
from tests.support.tiny_models import tiny_bert

TEXTS = [
    Input("a", "The sweet cherry was eaten."),
    Input("b", "xylophone 42, olive-lime!", "in the garden"),
    Input("c", ""),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("model"))


def coder(folder: Path, max_length: int = 40) -> Wordpieces:
    return Wordpieces(AutoTokenizer.from_pretrained(folder), max_length=max_length)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_a_short_text_is_what_the_tokenizer_itself_makes_of_it(folder: Path, text: Input) -> None:
    known = AutoTokenizer.from_pretrained(folder)
    known.backend_tokenizer.no_truncation()
    encoded = known(text.text, text.pair, return_token_type_ids=True)
    (row,) = coder(folder).rows([text], tagging=False)
    assert (row.ids, row.segments) == (encoded["input_ids"], encoded["token_type_ids"])


def test_of_a_long_text_the_first_quarter_and_the_end_are_kept() -> None:
    assert head_and_tail(list(range(100)), 8) == [0, 1, 94, 95, 96, 97, 98, 99]


@pytest.mark.parametrize(
    ("text", "pair", "kept"),
    [(50, 50, (10, 10)), (3, 50, (3, 17)), (50, 3, (17, 3)), (4, 5, (4, 5)), (50, 0, (20, 0))],
)
def test_a_text_and_its_pair_share_the_room(text: int, pair: int, kept: tuple[int, int]) -> None:
    assert shares(text, pair, 20) == kept


@pytest.mark.parametrize("tagging", [False, True])
def test_no_row_is_longer_than_asked_for(folder: Path, tagging: bool) -> None:
    long = "the olive xylophone was salty " * 40
    texts = [Input("a", long), Input("b", long, long), Input("c", "z" * 300, "sour")]
    for made in (coder(folder, 16), Vocabulary(texts, size=50, max_length=16)):
        assert max(len(row.ids) for row in made.rows(texts, tagging=tagging)) == 16


def test_each_word_is_tagged_at_its_first_piece(folder: Path) -> None:
    text = Input("a", "The xyz olive-lime was sweet")
    (row,) = coder(folder).rows([text], tagging=True)
    known = AutoTokenizer.from_pretrained(folder)
    firsts = known.convert_ids_to_tokens([row.ids[place] for place in row.words])
    assert firsts == ["the", "x", "olive", "-", "lime", "was", "sweet"]


@pytest.mark.parametrize("pair", [None, "in the garden"])
def test_the_pieces_of_a_long_text_cover_each_word_once(folder: Path, pair: str | None) -> None:
    text = Input("a", "the xylophone was sweet, " * 30, pair)
    for made in (coder(folder, 16), Vocabulary([text], size=50, max_length=16)):
        rows = made.rows([text], tagging=True)
        ends = [row.first + len(row.words) for row in rows]
        assert rows[0].first == 0 and ends[-1] == len(tokens(text.text))
        assert ends[:-1] == [row.first for row in rows[1:]]


def test_a_text_is_cut_into_so_many_pieces_at_most(folder: Path) -> None:
    rows = coder(folder, 16).rows([Input("a", "sweet sour " * 5000)], tagging=True)
    assert len(rows) == PIECES


def test_a_character_that_the_tokenizer_drops_is_a_word_all_the_same(folder: Path) -> None:
    (row,) = coder(folder).rows([Input("a", "sweet \u200b\ufffd sour")], tagging=True)
    assert len(row.words) == len(tokens("sweet \u200b\ufffd sour"))
    assert all(0 <= place < len(row.ids) for place in row.words)


def test_half_a_character_is_read(folder: Path) -> None:
    assert coder(folder).rows([Input("a", "sweet \ud800 sour")], tagging=False)[0].ids


def test_a_word_that_training_did_not_show_is_the_unknown_word() -> None:
    known = Vocabulary([Input("a", "sweet sour")], size=10, max_length=8)
    (row,) = known.rows([Input("b", "Sweet melon")], tagging=False)
    assert row.ids[0] > SEPARATOR and row.ids[1] == UNKNOWN


def test_a_pair_stands_behind_a_separator_and_is_marked() -> None:
    known = Vocabulary([Input("a", "sweet sour")], size=10, max_length=8)
    (row,) = known.rows([Input("b", "sweet", "sour")], tagging=False)
    assert (row.ids[1], row.segments) == (SEPARATOR, [0, 0, 1])


def test_the_vocabulary_does_not_depend_on_the_order_of_texts() -> None:
    texts = [Input("a", "lime olive melon"), Input("b", "melon cherry")]
    made = [Vocabulary(order, size=3, max_length=8).number for order in (texts, texts[::-1])]
    assert made[0] == made[1] == {"melon": 3, "cherry": 4, "lime": 5}
