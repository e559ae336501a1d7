"""A language model in memory: loading, adapters, packed scoring and training, generation."""
