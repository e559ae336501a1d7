"""Llamas with random weights in the shapes of well-known ones, built where they are used.

Independent of textbench: the peers' environments import this module too, and the same seed gives
them the same weights.
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
import transformers
from tokenizers import Tokenizer, models
from torch import nn
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.quantizers.auto import AutoHfQuantizer

Form = Literal["nf4", "dequantised", "bf16", "fp32"]
"""Format of the weights: 4-bit NormalFloat with double quantisation, its values in bfloat16, or
never quantised."""
SPREAD = 0.02
"""Standard deviation of the weights."""


@dataclass(frozen=True)
class Shape:
    """The sizes of a Llama."""

    layers: int
    width: int
    inner: int
    heads: int
    vocabulary: int = 32_000

    @property
    def linear(self) -> int:
        """Number of parameters in the decoder's linear layers."""
        return self.layers * (4 * self.width**2 + 3 * self.width * self.inner)


SHAPES = {
    "7b": Shape(32, 4096, 11008, 32),
    "13b": Shape(40, 5120, 13824, 40),
    "toy": Shape(2, 64, 128, 4, 1000),
}


def device() -> torch.device:
    """Return the GPU, if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def raw() -> torch.dtype:
    """Return the format of unquantised values; on a CPU, where only the code is tested, the format
    of computation."""
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32


def random_llama(shape: Shape, form: Form, seed: int = 0) -> Any:
    """Return a Llama with random weights on the device: the library's own classes, in the state in
    which `from_pretrained` leaves them.

    Args:
        shape: shape of the model.
        form: format of its weights.
        seed: seed of the weights, which are the same in all forms except for rounding.
    """
    config = _config(shape)
    with torch.device("meta"):
        network: Any = transformers.LlamaForCausalLM(config)
    network = network.to(raw())
    quantised = form in ("nf4", "dequantised")
    if quantised:
        _four_bits(network)
    draw = torch.Generator(device()).manual_seed(seed)
    for module in network.modules():
        _fill(module, draw)
    # The rotary frequencies are computed, not stored.
    with device():
        network.model.rotary_emb = LlamaRotaryEmbedding(config)
    if quantised:
        network.hf_quantizer.postprocess_model(network)
    if form == "dequantised":
        network = network.dequantize().to(raw())
        # Otherwise TRL would still treat it as quantised.
        network.is_loaded_in_4bit = False
    if form == "fp32":
        network = network.float()
    return network.requires_grad_(False).eval()


def _config(shape: Shape) -> Any:
    kind: Any = transformers.LlamaConfig
    return kind(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=4096,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=False,
        attn_implementation="sdpa",
        dtype=raw(),
    )


def _four_bits(network: Any) -> None:
    """Replace linear layers by 4-bit ones, still without weights."""
    wished = transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=raw(),
    )
    quantiser = AutoHfQuantizer.from_config(wished, pre_quantized=False)
    network.config.quantization_config = wished
    quantiser.preprocess_model(network, device_map=None)
    network.hf_quantizer = quantiser


def _fill(module: nn.Module, draw: torch.Generator) -> None:
    """Fill a module's own parameters with values."""
    for name, empty in list(module.named_parameters(recurse=False)):
        shape = _size(module, empty)
        values = torch.ones(shape, device=device(), dtype=torch.bfloat16)
        if len(shape) > 1:
            values.normal_(0, SPREAD, generator=draw)
        setattr(module, name, _parameter(module, values.to(raw())))


def _size(module: nn.Module, empty: nn.Parameter) -> torch.Size:
    if isinstance(module, nn.Linear):
        return torch.Size((module.out_features, module.in_features))
    return empty.shape


def _parameter(module: Any, values: torch.Tensor) -> nn.Parameter:
    if type(module).__name__ != "Linear4bit":
        return nn.Parameter(values, requires_grad=False)
    from bitsandbytes.nn.modules import Params4bit

    # Otherwise one evaluation on a CPU with AVX512-BF16 would prevent all further training.
    module.support_avx512bf16_for_cpu = False
    found: Any = Params4bit(
        values, requires_grad=False, quant_type="nf4", compress_statistics=True, module=module
    )
    packed: nn.Parameter = found.to(values.device)
    return packed


def plain_tokeniser(shape: Shape) -> Any:
    """Return a tokenizer with that vocabulary size; the libraries require one although the input is
    tokenised."""
    names = ["<pad>", "<s>", "</s>", *(f"w{i}" for i in range(3, shape.vocabulary))]
    backend = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, "<pad>"))
    return transformers.PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<pad>",
        model_max_length=4096,
    )
