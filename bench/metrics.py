"""The metrics: one object each, a point estimate from a library and vectorised bootstrap draws."""
