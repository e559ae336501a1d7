"""Rows of a task: loaded, checked, split, and handed to workers."""
