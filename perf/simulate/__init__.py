"""Simulations of the statistics where the truth is known: `python -m perf.simulate NAME`."""
