"""Politosphere: comments on gun control, one set of examples under five sets of labels."""
