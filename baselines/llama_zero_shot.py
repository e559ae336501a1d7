"""A language model prompted without fine-tuning: zero-shot, or few-shot with `shots`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._llama.key_parts import key_parts
from bench.baselines._shared.single_task import only
from bench.baselines._shared.validation import between
from bench.task import Input, Task

if TYPE_CHECKING:
    from bench.baselines._llama.language_model import Settings


class LlamaZeroShot:
    """Most likely answer of a pretrained model, without training.

    Args:
        model: an alias (`smollm2-135m`), a local folder, or a Hub id, followed by `@COMMIT` to pin
            a revision other than the newest.
        template: layout of question and answer; `auto` is the model's own chat template, or
            Llama 2's if it has none.
        shots: number of training examples with answers in the prompt.
        prompt: name of one of a task's alternative prompts; "" for its own. Tasks that lack it are
            skipped.
        max_input: maximum number of tokens of a text, which loses its end if it is longer.
            Instruction and answer are never truncated.
        precision: precision of the weights: 4-bit NormalFloat, 8 bits, or 16.
        resident: `quantized` saves memory; `dequantized` computes faster with the same values.
        engine: `packed` computes shared prefixes of prompts once; `padded` uses padded batches.
        max_output: maximum number of generated tokens; at most 12 for labels and numbers.
        draws: answers to sample for each text, in addition; they do not affect the ranking.
        temperature: sampling temperature of `draws`.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False
    prompted: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = (
        "bitsandbytes",
        "numpy",
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
        shots: int = 0,
        max_input: int = 1024,
        precision: Literal["nf4", "int8", "fp16", "bf16"] = "nf4",
        resident: Literal["quantized", "dequantized"] = "dequantized",
        engine: Literal["packed", "padded"] = "packed",
        max_output: int = 128,
        draws: int = 0,
        temperature: float = 0.8,
    ) -> None:
        between(0, 64, shots=shots)
        between(8, 100_000, max_input=max_input)
        between(1, 4096, max_output=max_output)
        between(0, 100, draws=draws)
        between(0.01, 10, temperature=temperature)
        self.prompt, self.uses_seed = prompt, bool(shots or draws)
        self.model, self.template, self.shots, self.max_input = model, template, shots, max_input
        self.precision, self.resident, self.engine = precision, resident, engine
        self.max_output, self.draws, self.temperature = max_output, draws, temperature

    def key_parts(self) -> Mapping[str, str]:
        """Return what identifies the model; see `bench.baselines._llama.key_parts`."""
        return key_parts(self.model, self.template)

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Load the model, draw the few-shot examples, and choose thresholds if the task has any.

        Raises:
            UserError: not exactly one task, or weights that are refused.
            Unavailable: the weights are not available, or do not fit into memory.
        """
        # Imported here: `bench run` itself needs only the constructor, and torch takes seconds.
        from bench.baselines._llama.language_model import llama, shown
        from bench.baselines._training.runtime import begin

        task = only(data)
        begin(seed)
        self._llama = llama(data, self._settings(), seed=seed)
        asking = self._llama.of(task.task)
        asking.calibrate(task.validation)
        thresholds = bool(asking.thresholds_by_label and task.validation)
        learnt = [*shown(task, self.shots, seed), *(task.validation if thresholds else ())]
        return FitInfo(
            parameters=self._llama.base.parameters,
            model_bytes=self._llama.base.model_bytes,
            method_note=self._llama.notes,
            model=self._llama.facts,
            examples_used=self._used(thresholds=thresholds),
            learnt={task.task.name: [example.id for example in learnt]},
        )

    def _used(self, *, thresholds: bool) -> str:
        shown = [f"{self.shots} training examples, in the prompt"] if self.shots else []
        chosen = ["the validation examples, for thresholds"] if thresholds else []
        return "; ".join(shown + chosen) or "none"

    def _settings(self) -> "Settings":
        from bench.baselines._llama.language_model import Settings

        return Settings(
            model=self.model,
            template=self.template,
            engine=self.engine,
            precision=self.precision,
            resident=self.resident,
            max_input=self.max_input,
            prompt=self.prompt,
            shots=self.shots,
            max_output=self.max_output,
            draws=self.draws,
            temperature=self.temperature,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return the most likely answer to each input, together with the greedy one."""
        return self._llama.answers(task, inputs)


BASELINE = LlamaZeroShot
