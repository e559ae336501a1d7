"""A pretrained encoder such as BERT, fine-tuned with the Hugging Face Trainer."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bench.baseline import FitInfo, Model, Prediction, TaskData
from bench.baselines._shared.single_task import only
from bench.baselines._shared.validation import between, positive
from bench.baselines._training.precision import computes_in
from bench.models import Weights, weights
from bench.models.pretrained import fingerprint
from bench.run_context import current
from bench.task import Input, Task

if TYPE_CHECKING:
    from bench.baselines._training.recipe import Recipe


class Bert:
    """Pretrained encoder with a new linear head; all weights are fine-tuned.

    The weights of the epoch with the best main metric on validation are kept.

    Args:
        model: an alias (`minilm-l6`), a local folder, or a Hub id, followed by `@COMMIT` to pin a
            revision other than the newest.
        max_length: maximum number of tokens of a text, including special tokens; longer texts keep
            a quarter of it from their beginning and the rest from their end (Sun et al., CCL 2019).
            Capped at the model's maximum length.
        epochs: maximum number of passes over the training examples.
        patience: epochs without a better validation score before stopping.
        batch_size: examples per optimiser step.
        learning_rate: peak learning rate.
        warmup: fraction of the steps over which the learning rate rises from zero.
        weight_decay: weight decay of AdamW.
        class_weights: `balanced` weighs classes by the inverse of their frequency.
        dtype: compute data type; `auto` is bfloat16 on a GPU that supports it, else float32.
            Weights stay in float32.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "tokenizers", "torch", "transformers")

    def __init__(
        self,
        *,
        model: str = "google-bert/bert-base-uncased",
        max_length: int = 256,
        epochs: int = 4,
        patience: int = 2,
        batch_size: int = 16,
        learning_rate: float = 3e-5,
        warmup: float = 0.1,
        weight_decay: float = 0.01,
        class_weights: Literal["none", "balanced"] = "none",
        dtype: Literal["auto", "float32", "bfloat16"] = "auto",
    ) -> None:
        positive(epochs=epochs, patience=patience, batch_size=batch_size)
        positive(learning_rate=learning_rate)
        between(8, 100_000, max_length=max_length)
        between(0, 0.9, warmup=warmup)
        between(0, 10, weight_decay=weight_decay)
        self.model, self.max_length = model, max_length
        self.epochs, self.patience, self.batch_size = epochs, patience, batch_size
        self.learning_rate, self.warmup = learning_rate, warmup
        self.weight_decay = weight_decay
        self.balanced, self.dtype = class_weights == "balanced", dtype

    def key_parts(self) -> Mapping[str, str]:
        """Return the weights' fingerprint and the compute data type.

        Raises:
            Unavailable: identifying the weights needs the Hub, which cannot be reached.
        """
        identity = fingerprint(self.model, offline=current().offline)
        return {"model": identity, "dtype": self._computes_in()}

    def _computes_in(self) -> str:
        if self.dtype != "auto":
            return self.dtype
        return "bfloat16" if computes_in() == "bfloat16" else "float32"

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Fine-tune on the training examples.

        Raises:
            UserError: not exactly one task, no examples, or weights that are refused.
            Unavailable: the weights are not available locally and cannot be downloaded.
            Diverged, MemoryError: as `bench.baselines._training.trainer.train`.
        """
        # Imported here: `bench run` itself needs only the constructor, and torch takes seconds.
        from bench.baselines._encoders.encoder import Encoder
        from bench.baselines._encoders.fit import learn
        from bench.baselines._encoders.objective import objective_for
        from bench.baselines._encoders.pretrained import Pretrained
        from bench.baselines._encoders.wordpieces import Wordpieces
        from bench.baselines._training.runtime import begin, device
        from bench.baselines._training.transformers_loading import tokenizer_of

        task = only(data)
        source = weights(self.model, offline=current().offline)
        begin(seed)
        objective = objective_for(task, balanced=self.balanced)
        network = Pretrained(source.folder, width=objective.width, tagging=objective.tagging)
        size = sum(p.numel() for p in network.parameters())
        length = min(self.max_length, network.longest)
        coder = Wordpieces(tokenizer_of(source.folder), max_length=length)
        rows = coder.rows(task.train, tagging=objective.tagging)
        network.train_only({token for row in rows for token in (*row.ids, coder.padding)})
        bfloat16 = self._computes_in() == "bfloat16"
        self._encoder = Encoder(network.to(device()), coder, objective, bfloat16=bfloat16)
        done = learn(self._encoder, task, self._recipe(seed))
        return FitInfo(
            parameters=size,
            model_bytes=4 * size,
            method_note=objective.describe,
            history=done.history,
            examples_per_second=done.examples_per_second,
            model=_model(source, size),
        )

    def _recipe(self, seed: int) -> "Recipe":
        from bench.baselines._training.recipe import Recipe

        return Recipe(
            epochs=self.epochs,
            patience=self.patience,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            warmup=self.warmup,
            weight_decay=self.weight_decay,
            seed=seed,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return the model's answer for each input, with a score for every label."""
        return self._encoder.answers(inputs)


def _model(source: Weights, size: int) -> Model:
    return Model(
        name=source.name,
        origin=source.origin,
        revision=source.revision,
        sha256=dict(source.sha256),
        parameters=size,
    )


BASELINE = Bert
