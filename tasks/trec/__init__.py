"""Question classification of the Text Retrieval Conference."""
