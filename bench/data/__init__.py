"""A task's examples: loaded, checked, split, and passed to worker processes."""
