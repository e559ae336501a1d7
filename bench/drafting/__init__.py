"""A task drafted from tables: columns, answers and language guessed, and its file written."""
