"""The `bench` command: parse, call, print; one module per group of commands."""
