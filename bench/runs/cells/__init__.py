"""Execute one run in this process: fit, predict, measure and record."""
