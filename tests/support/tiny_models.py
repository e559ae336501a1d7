"""Models of the real classes at toy size, made on the spot: nothing pretrained, nothing fetched."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,-"
WORDS = ("the", "was", "eaten", "sweet", "sour", "bitter", "salty", "market", "garden", "train")
WORDS += ("cherry", "lemon", "chicory", "olive", "melon", "lime", "piece", "at", "in", "on")


def tiny_bert(folder: Path, *, words: Sequence[str] = WORDS, positions: int = 64) -> Path:
    """A BERT of two small layers with random weights, and its tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [*SPECIAL, *words, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions,
        pad_token_id=0,
    )
    BertModel(config).save_pretrained(folder)
    _tokenizer(pieces).save_pretrained(folder)
    # What published tokenizers bring along, at lengths of their own.
    path = folder / "tokenizer.json"
    settings = json.loads(path.read_text())
    settings["truncation"] = {
        "direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0
    }  # fmt: skip
    path.write_text(json.dumps(settings))
    return folder


def _tokenizer(pieces: Sequence[str]) -> PreTrainedTokenizerFast:
    known = {piece: number for number, piece in enumerate(pieces)}
    backend = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", known["[CLS]"]), ("[SEP]", known["[SEP]"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
