"""A language model in memory: forward passes, generation, packed scoring."""
