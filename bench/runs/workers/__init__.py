"""Worker processes: the pool, the parent's side of a worker, and the worker's own loop."""
