"""Tables of words that several formats share."""
