"""Prompt a language model for a set of labels, with a yes/no question for each label."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from bench.baseline import Prediction
from bench.baselines._llama.likelihood import score
from bench.baselines._llama.prompter import Asked, Lesson, Prompter
from bench.baselines._shared.threshold import FEW, best_threshold
from bench.models.prompt import Question, answer_words, of_label, yes_no
from bench.task import Example, Input


class YesNo:
    """A set of labels: for each label a yes/no question about the same text."""

    describe = (
        "Each label is asked as a yes-or-no question; its score is the probability of yes "
        "against no, and its threshold is the one with the best F1 on validation, or 0.5 if fewer "
        f"than {FEW} validation examples have the label. The greedily generated set of labels is "
        "recorded, too."
    )

    def __init__(self, asker: Prompter) -> None:
        self.asker, self.labels = asker, asker.task.output.labels
        self.words = [asker.task.prompt.word(label) for label in self.labels]
        self.thresholds = np.full(len(self.labels), 0.5)

    @property
    def thresholds_by_label(self) -> Mapping[str, float]:
        return dict(zip(self.labels, self.thresholds.tolist(), strict=True))

    def lessons(self, examples: Sequence[Example]) -> list[Lesson]:
        return self.asker.lessons([self._answered(example) for example in examples])

    def _answered(self, example: Example) -> list[tuple[Question, str]]:
        task, asked = self.asker.task, self.asker.asked(example.input).asked
        yes, no = yes_no(task)
        assert isinstance(example.target, frozenset)
        answered = [(asked, answer_words(task, example.target, example.text))]
        for label, word in zip(self.labels, self.words, strict=True):
            answer = yes if label in example.target else no
            answered.append((of_label(asked, word, task), answer))
        return answered

    def _shares(self, texts: Sequence[Asked]) -> NDArray[np.float64]:
        """Return the (texts, labels) probability of yes against no."""
        single = [
            Asked(text.row, of_label(text.asked, word, self.asker.task), text.cut)
            for text in texts
            for word in self.words
        ]
        total = score(self.asker, single, yes_no(self.asker.task), greedy=False).total
        shares: NDArray[np.float64] = expit(total[:, 0] - total[:, 1])
        return shares.reshape(len(texts), len(self.labels))

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        texts = [self.asker.asked(row) for row in inputs]
        if not texts:
            return []
        shares, greedy = self._shares(texts), self.asker.written(texts)
        predictions = []
        for row, answer in zip(shares, greedy, strict=True):
            pairs = zip(self.labels, row >= self.thresholds, strict=True)
            labels = {label for label, yes in pairs if yes}
            predictions.append(
                Prediction(frozenset(labels), tuple(row.tolist()), greedy_answer=answer)
            )
        return self.asker.drawn(texts, predictions)

    def calibrate(self, examples: Sequence[Example]) -> None:
        if not examples:
            return
        shares = self._shares([self.asker.asked(example.input) for example in examples])
        for k, label in enumerate(self.labels):
            gold = np.array([label in e.target for e in examples])  # type: ignore[operator]
            if gold.sum() >= FEW:
                self.thresholds[k] = best_threshold(gold, shares[:, k])
