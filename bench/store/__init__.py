"""Results on disk: whole or absent, verified on reading."""
