"""The leaderboard as a page, a table, or data: one module a format, none computes a score."""
