"""From an experiment to planned runs with keys: names, parameters, selected examples; nothing is
run."""
