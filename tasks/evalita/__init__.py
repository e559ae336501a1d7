"""EVALITA 2023: thirteen shared tasks on Italian, in the formulation of ExtremITA."""
