"""A Llama of the real classes at toy size, with a tokenizer trained on the spot."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaTokenizer, PreTrainedTokenizerFast

TEXT = (
    "the cherry was sweet and the lemon was sour",
    "a piece of chicory is bitter, an olive is salty",
    "Text: eaten at the market. Answer: positive",
    "Text: thrown away in the garden. Answer: negative",
    "Decide which label fits: sweet, sour, bitter, salty, none. yes no yes no",
    "[INST] <<SYS>> <</SYS>> [/INST] ### Instruction: ### Input: ### Response:",
    "0.25 1.50 -3.75 2.00 100 7 one two three [LOC] [PER] (yes/no)",
)
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_llama(folder: Path, *, kind: str = "bytes", layers: int = 2) -> Path:
    """A Llama with random weights: no two tokens alike to it, and nothing learnt.

    Args:
        folder: where it is written.
        kind: of tokenizer: `bytes` as SmolLM2's, with a chat template and no BOS token, or
            `sentencepiece` as Llama 2's, with a BOS token, and bytes for unknown characters.
        layers: of the network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = bytes_tokenizer() if kind == "bytes" else _sentencepiece()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.5,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@lru_cache(maxsize=1)
def bytes_tokenizer() -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    backend.train_from_iterator(
        TEXT,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        unk_token=special[0],
        bos_token=special[1],
        eos_token=special[2],
        pad_token=special[2],
        chat_template=CHAT,
    )


@lru_cache(maxsize=1)
def _sentencepiece() -> LlamaTokenizer:
    with TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TEXT * 20),
            model_prefix=f"{folder}/tokenizer",
            model_type="bpe",
            vocab_size=420,
            byte_fallback=True,
            character_coverage=1.0,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            minloglevel=2,
        )
        pieces = sentencepiece.SentencePieceProcessor(f"{folder}/tokenizer.model")
    names = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    known = {name: number for number, name in enumerate(names)}
    # A piece is made of two others; SentencePiece numbers pieces in the order of its merges.
    merges = [
        (name[:cut], name[cut:])
        for name in names[259:]
        for cut in range(1, len(name))
        if name[:cut] in known and name[cut:] in known
    ]
    return LlamaTokenizer(vocab=known, merges=merges, add_bos_token=True)
