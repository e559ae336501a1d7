"""Pretrained weights, checked before use, and a task as prompt and tokens for them."""

from bench.models.pretrained import Weights, weights

__all__ = [
    "Weights",
    "weights",
]
