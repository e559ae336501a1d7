"""What encoders do: `lstm` and `bert`."""

import math

from bench.runs.estimates.work.amounts import Amount
from bench.runs.estimates.work.networks import Network, network
from bench.runs.estimates.work.operations import (
    TORCH,
    WITH_TORCH,
    WORD,
    WORDPIECE,
    Family,
    Operations,
    Settings,
)


def _epochs(params: Settings, default: int) -> float:
    """Return the epochs that are expected: early stopping ends some fits before the last."""
    epochs = float(params.get("epochs", default))
    return min(epochs, float(params.get("patience", epochs)) + epochs / 2)


def _encoder(
    params: Settings, amount: Amount, *, inner: float, epochs: float, token: float
) -> Operations:
    longest = float(params.get("max_length", 256))
    size = float(params.get("batch_size", 16))
    learnt = sum(task.train.tokens(token, longest, 2) for task in amount)
    checked = sum(task.validation.tokens(token, longest, 2) for task in amount)
    steps = sum(task.train.number for task in amount) / size + 1
    each = Operations(inner * (6 * learnt + 2 * checked), steps)
    return Operations(each.products * epochs, each.steps * epochs, 0.05)


def _encoded(params: Settings, amount: Amount, *, inner: float, token: float) -> Operations:
    tokens = sum(t.test.tokens(token, float(params.get("max_length", 256)), 2) for t in amount)
    return Operations(2 * inner * tokens, sum(task.test.number for task in amount) / 64 + 1, 0.02)


def _lstm_size(params: Settings) -> float:
    """Return the parameters that each word passes through, weighed by how slowly: the steps of an
    LSTM follow one another."""
    hidden, width = float(params.get("hidden", 128)), float(params.get("embedding", 128))
    layers = float(params.get("layers", 1))
    return 4 * (8 * hidden * (width + hidden) + (layers - 1) * 8 * hidden * 3 * hidden)


def _bert_weights(params: Settings) -> Network:
    return network(str(params.get("model")), otherwise="google-bert/bert-base-uncased")


def _encoder_memory(params: Settings, amount: Amount, gpu: bool) -> float:
    weights = _bert_weights(params) if "warmup" in params else Network(1e6, 5e6)
    token = float(params.get("max_length", 256)) * float(params.get("batch_size", 16))
    activations = 34 * math.sqrt(weights.inner / 12) * min(token, 8192) * 4 * 3
    base = 0 if gpu else WITH_TORCH + 12 * sum(t.train.characters for t in amount)
    return base + 16 * weights.parameters + activations


LSTM = Family(
    lambda params, amount: _encoder(
        params, amount, inner=_lstm_size(params), epochs=_epochs(params, 20), token=WORD
    ),
    lambda params, amount: _encoded(params, amount, inner=_lstm_size(params), token=WORD),
    _encoder_memory,
    lambda params: {"torch": TORCH},
)
BERT = Family(
    lambda params, amount: _encoder(
        params,
        amount,
        inner=_bert_weights(params).inner,
        epochs=_epochs(params, 4),
        token=WORDPIECE,
    ),
    lambda params, amount: _encoded(
        params, amount, inner=_bert_weights(params).inner, token=WORDPIECE
    ),
    _encoder_memory,
    lambda params: {"torch": TORCH, str(params.get("model")): 0.5},
    _bert_weights,
)
