"""Worker processes: the pool, one process from its parent, and its own loop."""
