"""Speed and memory of our code and of a peer, measured in one run."""
