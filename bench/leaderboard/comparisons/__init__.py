"""Rows of a board compared: tests, means, ranks, pairs, curves, cost against quality."""
