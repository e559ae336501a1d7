"""Baseline families, one file each; rooms and helpers begin with `_`."""
