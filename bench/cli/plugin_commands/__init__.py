"""Commands about tasks and baselines: list, show, check, fetch, doctor, new."""
