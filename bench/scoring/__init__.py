"""Figures of one result: intervals, tests, curves, agreement."""
