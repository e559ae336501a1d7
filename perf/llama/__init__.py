"""The engine on two CPU cores, compared with peers: `python -m perf.llama`."""
