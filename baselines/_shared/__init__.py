"""Helpers shared by several baselines: reductions to classification, parts, tags, thresholds."""
