"""Evaluation of results: scores, intervals, significance tests, curves, annotator agreement."""
