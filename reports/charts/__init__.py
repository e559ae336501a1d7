"""Drawings: learning curves and mean ranks."""
