"""Load a pretrained language model, quantised as requested, and cache it in the worker."""

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
"""Bytes per parameter in memory, including the scales of quantised weights."""


@dataclass(frozen=True)
class BaseModel:
    """A causal language model with its tokenizer.

    Args:
        network: the transformers model, in evaluation mode, with all parameters frozen.
        tokenizer: the model's own tokenizer.
        parameters: number of parameters.
        model_bytes: size of the weights in memory, in bytes.
        packable: true if sequences can share prefixes; see
            `bench.baselines._llama.kernels.forest_attention`.
        worn: the attached adapter, if any; see `bench.baselines._llama.engine.adapter`. It
            references the network, so it is stored here, where both are freed together.
    """

    network: Any
    tokenizer: Any
    parameters: int
    model_bytes: int
    packable: bool
    worn: list[Any] = field(default_factory=list, compare=False, repr=False)

    @property
    def device(self) -> torch.device:
        """Device of the model."""
        device: torch.device = self.network.get_input_embeddings().weight.device
        return device

    @property
    def head_size(self) -> int:
        """Size of an attention head."""
        config = self.network.config
        size = getattr(config, "head_dim", None)
        return int(size or config.hidden_size // config.num_attention_heads)

    def computing(self) -> AbstractContextManager[Any]:
        """Return an autocast context: a GPU computes in 16 bits; adapters are stored in 32."""
        return torch.autocast(self.device.type, compute_dtype(), enabled=self.device.type == "cuda")

    @property
    def longest(self) -> int:
        """Maximum sequence length of the model, in tokens."""
        return int(getattr(self.network.config, "max_position_embeddings", 4096))


_loaded: dict[str, BaseModel] = {}


def base_model(source: Weights, *, precision: Precision, resident: Resident) -> BaseModel:
    """Load a model, or return it if it is the one loaded last, which stays in memory.

    Args:
        source: the weights.
        precision: precision of the weights. `nf4` is 4-bit NormalFloat with double quantisation
            (Dettmers et al., QLoRA, 2023).
        resident: `quantized` weights take less memory; `dequantized` once, they take as much as
            16-bit ones (32-bit on a CPU) and compute faster, with exactly the same values (but
            while weights are quantised, `int8` also rounds the activations).

    Raises:
        Unavailable: the model does not fit into memory.
        DataError: the library cannot load it as a causal language model.
    """
    name = "|".join((str(source.folder), *sorted(source.sha256.values()), precision, resident))
    if name not in _loaded:
        forget()
        _refuse_too_large(source, precision, resident)
        _loaded[name] = _load(source, precision, resident)
    return _loaded[name]


def forget() -> None:
    """Drop the cached model, and free its memory unless it is still referenced."""
    _loaded.clear()
    gc.collect()
    # Otherwise the driver would still count the memory as used.
    torch.cuda.empty_cache()


def compute_dtype() -> torch.dtype:
    """Return the compute data type; see `bench.baselines._training.precision`."""
    dtype: torch.dtype = getattr(torch, computes_in())
    return dtype


def _load(source: Weights, precision: Precision, resident: Resident) -> BaseModel:
    dtype = compute_dtype()
    # Weights are dequantised to the data type they are loaded in: on a CPU in full precision.
    raw = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(precision, dtype)
    options: dict[str, Any] = {"dtype": raw}
    if config := _quantisation(precision, dtype):
        options["quantization_config"] = config
    device = "cuda" if torch.cuda.is_available() else "cpu"
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    with quiet(source.folder):
        tokenizer = tokenizer_of(source.folder)
        network: Any = transformers.AutoModelForCausalLM.from_pretrained(
            source.folder,
            device_map=device,
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
            **options,
        )
        if config and resident == "dequantized":
            network = network.dequantize()
            # Otherwise TRL would treat it as quantised, and cast the adapter to bfloat16.
            network.is_loaded_in_4bit = network.is_loaded_in_8bit = False
    if not config or resident == "dequantized":
        network = network.to(dtype)
    parameters = _parameters(network)
    for module in network.modules():
        # On a CPU with AVX512-BF16 one evaluation would otherwise make later training impossible.
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
    """Return the number of parameters; two 4-bit ones are stored as one byte."""
    total = 0
    for parameter in network.parameters():
        state = getattr(parameter, "quant_state", None)
        total += parameter.numel() if state is None else int(torch.Size(state.shape).numel())
    return total


def _is_packable(network: Any) -> bool:
    """Return true if attention comes from the library's registry, and is not a sliding window."""
    config = network.config
    local = getattr(config, "sliding_window", None) or getattr(config, "layer_types", None)
    return config.model_type == "llama" or (
        config.model_type in ("mistral", "qwen2", "qwen3") and not local
    )


def _refuse_too_large(source: Weights, precision: Precision, resident: Resident) -> None:
    files = sum(path.stat().st_size for path in source.folder.glob("*.safetensors"))
    gpu = torch.cuda.is_available()
    numbers = files / 2  # nearly all published weights have 16 bits
    bytes_each = BYTES[precision] if resident == "quantized" else 2.0
    if not gpu and (resident == "dequantized" or precision in ("fp16", "bf16")):
        bytes_each = 4.0
    need = numbers * bytes_each
    free = torch.cuda.mem_get_info()[0] if gpu else psutil.virtual_memory().available
    if need > free:
        device_name = "the GPU" if gpu else "this machine, which has no GPU,"
        raise Unavailable(
            f"model {source.name} needs about {need / 2**30:.0f} GiB of memory ({precision}, "
            f"{resident}); {device_name} has {free / 2**30:.0f} GiB free. Use a GPU with more "
            "memory, resident = 'quantized', or model = 'smollm2-135m'"
        )
