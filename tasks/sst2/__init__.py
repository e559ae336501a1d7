"""SST-2, in the form of GLUE and as whole sentences."""
