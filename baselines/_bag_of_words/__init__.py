"""Bag-of-words features and the classifiers trained on them."""
