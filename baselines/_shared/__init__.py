"""Helpers of several families: answer spaces as classification, parts, tags, thresholds."""
