"""What can be tried in a given time: chosen from estimates, written to plan.toml, repeated and
grown."""
