"""Training loop shared by all networks: steps, batches, token budget, checkpoints, CUDA graphs."""
