"""Toxic comments from the Jigsaw competition."""
