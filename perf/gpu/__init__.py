"""The engine and the encoders on a GPU, compared with peers: `python -m perf.gpu`."""
