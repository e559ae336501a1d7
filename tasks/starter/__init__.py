"""The starter suite: real data that a package index carries."""
