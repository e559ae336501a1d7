"""A bidirectional LSTM trained from scratch, with a word vocabulary from the training texts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._shared.single_task import only
from bench.baselines._shared.validation import between, positive
from bench.task import Input, Task
from bench.texts.scripts import note_on

if TYPE_CHECKING:
    from bench.baselines._training.recipe import Recipe


class Lstm:
    """BiLSTM over lower-cased words, trained with AdamW.

    Words that do not occur in training are mapped to the unknown word, which is trained on rare
    words. The weights of the epoch with the best main metric on validation are kept.

    Args:
        embedding: size of the word embeddings.
        hidden: hidden size per direction.
        layers: number of LSTM layers.
        dropout: dropout probability, from 0 to 0.99.
        readout: pooling over the words: `mean_max` for mean and maximum, or `attention`.
        vocabulary: maximum number of words in the vocabulary, the most frequent ones.
        max_length: maximum number of words of a text; longer texts keep a quarter of it from their
            beginning and the rest from their end.
        epochs: maximum number of passes over the training examples.
        patience: epochs without a better validation score before stopping.
        batch_size: examples per optimiser step.
        learning_rate: peak learning rate.
        weight_decay: weight decay of AdamW.
        class_weights: `balanced` weighs classes by the inverse of their frequency.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = False
    seeded: ClassVar[bool] = True
    full_data_entry: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ("icu4py", "numpy", "torch", "transformers")

    def __init__(
        self,
        *,
        embedding: int = 128,
        hidden: int = 128,
        layers: int = 1,
        dropout: float = 0.3,
        readout: Literal["mean_max", "attention"] = "mean_max",
        vocabulary: int = 30_000,
        max_length: int = 256,
        epochs: int = 20,
        patience: int = 4,
        batch_size: int = 32,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.01,
        class_weights: Literal["none", "balanced"] = "none",
    ) -> None:
        counts = {"embedding": embedding, "hidden": hidden, "layers": layers, "epochs": epochs}
        counts |= {"patience": patience, "batch_size": batch_size, "vocabulary": vocabulary}
        positive(**counts, learning_rate=learning_rate)
        between(4, 100_000, max_length=max_length)
        between(0, 0.99, dropout=dropout)
        between(0, 10, weight_decay=weight_decay)
        self.embedding, self.hidden, self.layers, self.dropout = embedding, hidden, layers, dropout
        self.readout, self.vocabulary, self.max_length = readout, vocabulary, max_length
        self.epochs, self.patience, self.batch_size = epochs, patience, batch_size
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.balanced = class_weights == "balanced"

    def fit(self, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        """Build the vocabulary from the training examples, then train the network.

        Raises:
            UserError: not exactly one task, or no examples.
            Diverged, MemoryError: as `bench.baselines._training.trainer.train`.
        """
        # Imported here: `bench run` itself needs only the constructor, and torch takes seconds.
        from bench.baselines._encoders.bilstm import BiLSTM
        from bench.baselines._encoders.encoder import Encoder
        from bench.baselines._encoders.fit import learn
        from bench.baselines._encoders.objective import objective_for
        from bench.baselines._encoders.vocabulary import Vocabulary
        from bench.baselines._training.runtime import begin, device

        task = only(data)
        begin(seed)
        objective = objective_for(task, balanced=self.balanced)
        coder = Vocabulary(task.train, size=self.vocabulary, max_length=self.max_length)
        network = BiLSTM(
            coder.forget,
            objective.width,
            embedding=self.embedding,
            hidden=self.hidden,
            layers=self.layers,
            dropout=self.dropout,
            readout=self.readout,
            tagging=objective.tagging,
        ).to(device())
        self._encoder = Encoder(network, coder, objective)
        done = learn(self._encoder, task, self._recipe(seed))
        size = sum(p.numel() for p in network.parameters())
        note = note_on((example.text for example in task.labelled), characters=True)
        return FitInfo(
            parameters=size,
            model_bytes=4 * size + coder.size_bytes,
            method_note=f"{objective.describe} {note}".strip(),
            history=done.history,
            examples_per_second=done.examples_per_second,
        )

    def _recipe(self, seed: int) -> "Recipe":
        from bench.baselines._training.recipe import Recipe

        return Recipe(
            epochs=self.epochs,
            patience=self.patience,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            warmup=0.05,
            weight_decay=self.weight_decay,
            seed=seed,
        )

    def predict(self, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        """Return the network's answer for each input, with a score for every label."""
        return self._encoder.answers(inputs)


BASELINE = Lstm
