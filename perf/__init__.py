"""Speed and memory, ours beside a peer in one run."""
