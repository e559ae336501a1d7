"""Comparisons of leaderboard entries: tests, means, ranks, pairs, curves, cost against quality."""
