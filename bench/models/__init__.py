"""Pretrained weights, checked before use, and tasks rendered as prompts and tokens."""

from bench.models.pretrained import Weights, weights

__all__ = [
    "Weights",
    "weights",
]
