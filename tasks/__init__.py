"""Shipped tasks; a suite is a sub-folder that also holds its helpers."""
