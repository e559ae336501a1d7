"""Charts: learning curves and mean ranks."""
