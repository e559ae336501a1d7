"""Networks that read a whole text: coder, network, objective and fit."""
