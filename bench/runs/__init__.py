"""One `bench run`, from an experiment to stored results."""
