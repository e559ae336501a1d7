"""The EVALITA 2023 suite: Italian shared tasks, read from the organisers' own files."""
