"""The trainer of every network: steps, batches, budget, checkpoints, CUDA graphs."""
