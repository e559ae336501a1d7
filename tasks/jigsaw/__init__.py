"""Toxic comments of the Jigsaw competition."""
