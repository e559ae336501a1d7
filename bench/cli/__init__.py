"""The `bench` command: parse, call, print; a module a group of commands."""
