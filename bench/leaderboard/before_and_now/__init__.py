"""Two results folders held against each other: what can be compared, and what is surely worse."""
