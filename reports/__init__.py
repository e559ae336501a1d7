"""Reports of a board: one module or room a format, none computes a score."""
