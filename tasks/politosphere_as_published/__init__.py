"""Politosphere with the study's own split, which puts some authors on both sides: a suite of its
own, since tasks in one run give up training examples on which another of them tests."""
