"""The work of a run in operations, which grow as each family's do, and the size of networks."""
