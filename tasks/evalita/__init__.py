"""EVALITA 2023: thirteen shared tasks on Italian, as ExtremITA put them."""
