"""Guards against untrusted input: odd files, foreign text in documents, slow servers, locks."""
