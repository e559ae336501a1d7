"""The starter suite: real data available from a package index."""
