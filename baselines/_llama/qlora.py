"""QLoRA for one task or several: a quantised model stays frozen, and a small adapter is trained."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bench.baseline import FitInfo, Prediction, TaskData, parameters_of
from bench.baselines._llama.key_parts import key_parts
from bench.baselines._shared.validation import between, positive
from bench.errors import UserError
from bench.task import Input, Task

if TYPE_CHECKING:
    from bench.baselines._llama.engine.adapter import Shape
    from bench.baselines._llama.language_model import Settings
    from bench.baselines._training.recipe import Recipe


class Qlora:
    """Base class of `qlora` and `qlora_multi`; `qlora` documents the parameters."""

    seeded: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = (
        "bitsandbytes",
        "numpy",
        "peft",
        "tokenizers",
        "torch",
        "transformers",
    )

    def __init__(
        self,
        *,
        model: str = "meta-llama/Llama-2-7b-chat-hf",
        template: Literal["auto", "llama2_chat", "alpaca", "extremita", "chat"] = "auto",
        prompt: str = "",
        max_input: int = 512,
        precision: Literal["nf4", "int8", "fp16", "bf16"] = "nf4",
        resident: Literal["quantized", "dequantized"] = "dequantized",
        engine: Literal["packed", "padded"] = "packed",
        memory: Literal["fast", "low"] = "fast",
        epochs: int = 3,
        max_steps: int = 0,
        batch_size: int = 16,
        learning_rate: float = 2e-4,
        warmup: float = 0.05,
        schedule: Literal["linear", "cosine", "constant"] = "linear",
        rank: int = 16,
        alpha: float = 32,
        dropout: float = 0.05,
        targets: Literal["all", "attention", "query_value"] = "all",
        patience: int = 0,
        max_output: int = 128,
        draws: int = 0,
        temperature: float = 0.8,
    ) -> None:
        positive(epochs=epochs, batch_size=batch_size, learning_rate=learning_rate)
        positive(rank=rank, alpha=alpha)
        between(8, 100_000, max_input=max_input)
        between(0, 10_000_000, max_steps=max_steps, patience=patience)
        between(0, 0.9, warmup=warmup, dropout=dropout)
        between(1, 4096, max_output=max_output)
        between(0, 100, draws=draws)
        between(0.01, 10, temperature=temperature)
        if engine == "padded" and patience:
            raise UserError("patience: engine = 'padded' cannot stop early; set it to 0")
        self.prompt = prompt
        self.model, self.template, self.max_input = model, template, max_input
        self.precision, self.resident, self.engine = precision, resident, engine
        self.memory = memory
        self.epochs, self.max_steps, self.batch_size = epochs, max_steps, batch_size
        self.learning_rate, self.warmup, self.schedule = learning_rate, warmup, schedule
        self.rank, self.alpha, self.dropout, self.targets = rank, alpha, dropout, targets
        self.patience, self.max_output = patience, max_output
        self.draws, self.temperature = draws, temperature

    def key_parts(self) -> Mapping[str, str]:
        """Return what identifies the model; see `bench.baselines._llama.key_parts`."""
        return key_parts(self.model, self.template)

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Train an adapter on the labelled examples.

        Raises:
            UserError: no examples, or weights that are refused.
            Unavailable: the weights are not available, or do not fit into memory.
            Diverged, MemoryError: as `bench.baselines._training.trainer.train`.
        """
        # Imported here: `bench run` itself needs only the constructor, and torch takes seconds.
        from bench.baselines._llama.engine.adapter import Adapter
        from bench.baselines._llama.finetune import finetune
        from bench.baselines._llama.language_model import llama
        from bench.baselines._training.runtime import begin

        begin(seed)
        self._paired = {t.task.name for t in data if any(e.pair is not None for e in t.labelled)}
        adapter = Adapter(self._shape())
        self._llama = llama(data, self._settings(), seed=seed, adapter=adapter)
        recipe, stop_early = self._recipe(seed), self.patience > 0
        done = finetune(self._llama, data, adapter, recipe, stop_early=stop_early)
        learnt = self._llama.adapter_numbers
        return FitInfo(
            parameters=self._llama.base.parameters + learnt,
            model_bytes=self._llama.base.model_bytes + 4 * learnt,
            method_note=self._llama.notes,
            history=done.history,
            examples_per_second=done.examples_per_second,
            model=self._llama.facts,
        )

    def _shape(self) -> "Shape":
        from bench.baselines._llama.engine.adapter import Shape

        return Shape(rank=self.rank, alpha=self.alpha, dropout=self.dropout, targets=self.targets)

    def _settings(self) -> "Settings":
        from bench.baselines._llama.language_model import Settings

        return Settings(
            model=self.model,
            template=self.template,
            engine=self.engine,
            precision=self.precision,
            resident="quantized" if self.memory == "low" else self.resident,
            recompute=self.memory == "low",
            max_input=self.max_input,
            prompt=self.prompt,
            max_output=self.max_output,
            draws=self.draws,
            temperature=self.temperature,
        )

    def _recipe(self, seed: int) -> "Recipe":
        from bench.baselines._training.recipe import Recipe

        return Recipe(
            epochs=self.epochs,
            patience=self.patience or self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            warmup=self.warmup,
            weight_decay=0.0,
            seed=seed,
            max_steps=self.max_steps,
            schedule=self.schedule,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return the most likely answer to each input, together with the greedy one."""
        return self._llama.answers(task, inputs)

    def artefacts(self) -> Mapping[str, bytes]:
        """Return the adapter in PEFT's format, with its training parameters and prompts."""
        from bench.baselines._llama.artefacts import artefacts

        known = {name: getattr(self, name) for name in parameters_of(type(self))}
        del known["model"]
        return artefacts(self._llama, known, paired=self._paired)
