"""The shipped tasks; a suite is a sub-folder."""
