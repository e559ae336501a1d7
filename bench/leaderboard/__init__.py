"""The board, computed from stored results; pure."""
