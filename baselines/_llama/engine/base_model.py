"""A pretrained language model in memory: loaded once a worker, quantised as asked."""

import gc
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal

import psutil
import torch
import transformers
from torch import nn

from bench.baselines._llama.kernels import forest_attention as _tree_attention
from bench.baselines._training.precision import computes_in
from bench.baselines._training.transformers_loading import quiet, tokenizer_of
from bench.errors import Unavailable
from bench.models import Weights

Precision = Literal["nf4", "int8", "fp16", "bf16"]
Resident = Literal["quantized", "dequantized"]
BYTES = {"nf4": 0.55, "int8": 1.05, "fp16": 2.0, "bf16": 2.0}
"""Of a weight in memory, the scales of quantised ones included."""


@dataclass(frozen=True)
class BaseModel:
    """A causal language model with its tokenizer.

    Args:
        network: the library's model, in evaluation mode; nothing in it is trained.
        tokenizer: the model's own.
        parameters: numbers in it.
        model_bytes: what its weights take in memory.
        packable: whether texts can share their beginnings in it (`_tree_attention`).
        worn: the adapter that is on, if one is (`_adapter`). It holds the network, so it is kept
            here, where the two can go together.
    """

    network: Any
    tokenizer: Any
    parameters: int
    model_bytes: int
    packable: bool
    worn: list[Any] = field(default_factory=list, compare=False, repr=False)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = self.network.get_input_embeddings().weight.device
        return device

    @property
    def head_size(self) -> int:
        """Numbers of a query."""
        config = self.network.config
        size = getattr(config, "head_dim", None)
        return int(size or config.hidden_size // config.num_attention_heads)

    def computing(self) -> AbstractContextManager[Any]:
        """On a GPU, products in 16 bits: an adapter's matrices are kept in 32."""
        return torch.autocast(self.device.type, compute_dtype(), enabled=self.device.type == "cuda")

    @property
    def longest(self) -> int:
        """Tokens that it reaches over."""
        return int(getattr(self.network.config, "max_position_embeddings", 4096))


_loaded: dict[str, BaseModel] = {}


def base_model(found: Weights, *, precision: Precision, resident: Resident) -> BaseModel:
    """A model as it is to be used; the one that was loaded last stays in memory.

    Args:
        found: the weights.
        precision: of the values. `nf4` is 4-bit NormalFloat with double quantisation (Dettmers et
            al., QLoRA, 2023).
        resident: quantised values take less memory; dequantised once, they take as much as 16-bit
            ones (32-bit on a CPU) and compute faster, with the very same values (but `int8`
            rounds what goes through its layers, too, as long as it is quantised).

    Raises:
        Unavailable: there is not the memory for it.
        DataError: the library cannot make a causal language model of it.
    """
    name = "|".join((str(found.folder), *sorted(found.sha256.values()), precision, resident))
    if name not in _loaded:
        forget()
        _refuse_too_large(found, precision, resident)
        _loaded[name] = _load(found, precision, resident)
    return _loaded[name]


def forget() -> None:
    """Load anew whatever is asked for next, and give back what nobody else holds."""
    _loaded.clear()
    gc.collect()
    # Or the driver would still count it as taken.
    torch.cuda.empty_cache()


def compute_dtype() -> torch.dtype:
    """What products are computed in; see `bench.baselines._training.precision`."""
    dtype: torch.dtype = getattr(torch, computes_in())
    return dtype


def _load(found: Weights, precision: Precision, resident: Resident) -> BaseModel:
    dtype = compute_dtype()
    # Quantised values are dequantised to what they are read in: on a CPU to all of their digits.
    raw = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(precision, dtype)
    options: dict[str, Any] = {"dtype": raw}
    if config := _quantisation(precision, dtype):
        options["quantization_config"] = config
    device = "cuda" if torch.cuda.is_available() else "cpu"
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    with quiet(found.folder):
        tokenizer = tokenizer_of(found.folder)
        network: Any = transformers.AutoModelForCausalLM.from_pretrained(
            found.folder,
            device_map=device,
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
            **options,
        )
        if config and resident == "dequantized":
            network = network.dequantize()
            # Or TRL would still take it for quantised, and round the adapter to bfloat16.
            network.is_loaded_in_4bit = network.is_loaded_in_8bit = False
    if not config or resident == "dequantized":
        network = network.to(dtype)
    parameters = _parameters(network)
    for module in network.modules():
        # On a CPU with AVX512-BF16 one evaluation would otherwise end all later training.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    network.requires_grad_(False).eval()
    size = sum(p.numel() * p.element_size() for p in network.parameters())
    packable = _is_packable(network)
    if packable:
        network.set_attn_implementation(_tree_attention.NAME)
    return BaseModel(network, tokenizer, parameters, size, packable)


def _quantisation(precision: Precision, dtype: torch.dtype) -> Any:
    if precision == "nf4":
        return transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    if precision == "int8":
        return transformers.BitsAndBytesConfig(load_in_8bit=True)  # type: ignore[no-untyped-call]
    return None


def _parameters(network: nn.Module) -> int:
    """Numbers in it; two of 4 bits are stored as one of 8."""
    total = 0
    for parameter in network.parameters():
        state = getattr(parameter, "quant_state", None)
        total += parameter.numel() if state is None else int(torch.Size(state.shape).numel())
    return total


def _is_packable(network: Any) -> bool:
    """Whether attention is looked up in the library's register, and reaches back to the start."""
    config = network.config
    local = getattr(config, "sliding_window", None) or getattr(config, "layer_types", None)
    return config.model_type == "llama" or (
        config.model_type in ("mistral", "qwen2", "qwen3") and not local
    )


def _refuse_too_large(found: Weights, precision: Precision, resident: Resident) -> None:
    files = sum(path.stat().st_size for path in found.folder.glob("*.safetensors"))
    gpu = torch.cuda.is_available()
    numbers = files / 2  # nearly all published weights have 16 bits
    each = BYTES[precision] if resident == "quantized" else 2.0
    if not gpu and (resident == "dequantized" or precision in ("fp16", "bf16")):
        each = 4.0
    need = numbers * each
    free = torch.cuda.mem_get_info()[0] if gpu else psutil.virtual_memory().available
    if need > free:
        where = "the GPU" if gpu else "this machine, which has no GPU,"
        raise Unavailable(
            f"model {found.name} takes about {need / 2**30:.0f} GiB of memory ({precision}, "
            f"{resident}); {where} has {free / 2**30:.0f} GiB free. Take a GPU with more, "
            "resident = 'quantized', or model = 'smollm2-135m'"
        )
