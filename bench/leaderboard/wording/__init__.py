"""Sentences about a leaderboard: verdict, recommendations, caveats, and the format of names and
numbers."""
