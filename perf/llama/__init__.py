"""The engine on two CPU cores, beside peers: `python -m perf.llama.__main__`."""
