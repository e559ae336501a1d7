"""Texts of any script: their words and characters, and their normal forms."""
