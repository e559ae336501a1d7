"""Guards against what others made: odd files, foreign text in documents, slow servers, locks."""
