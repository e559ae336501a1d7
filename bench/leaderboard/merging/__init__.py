"""Runs of a cell merged into one cell: scores, readouts, agreement with people, costs."""
