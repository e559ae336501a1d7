"""Which entry to take: draws of the true scores of all that competes, and one rule over them."""
