"""From an experiment to planned runs with keys: names, parameters, chosen rows; no run is done."""
