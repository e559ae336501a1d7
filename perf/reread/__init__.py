"""A finished page read again with the present rules, from the numbers it holds."""
