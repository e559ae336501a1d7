"""Results on disk: written atomically, verified whenever they are read."""
