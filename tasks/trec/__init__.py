"""Question classification from the Text Retrieval Conference."""
