"""Reports of a leaderboard: one module or room per format; none computes a score."""
