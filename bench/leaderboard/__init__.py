"""The leaderboard, computed from stored results; pure."""
