"""Counted words and what learns from them."""
