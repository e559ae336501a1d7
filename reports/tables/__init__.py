"""Tables of words shared by several formats."""
