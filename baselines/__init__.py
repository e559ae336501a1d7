"""The model families, one file each; files that begin with `_` are helpers."""
