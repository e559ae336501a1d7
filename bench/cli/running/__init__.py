"""A run as a person sees it: what is planned, how it goes on, and how it ends."""
