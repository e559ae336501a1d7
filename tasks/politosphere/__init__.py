"""Politosphere: comments on gun control, one set of rows under five sets of labels."""
