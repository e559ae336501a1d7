"""Politosphere on the study's own cut, where some authors stand on both sides: apart from the suite
`politosphere`, since tasks of one run give up rows that another of them tests on."""
