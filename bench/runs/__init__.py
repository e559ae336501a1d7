"""Everything behind `bench run`, from an experiment to stored results."""
