"""The engine and the encoders on a GPU, beside peers: `python -m perf.gpu.__main__`."""
