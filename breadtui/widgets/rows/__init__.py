"""Rows of stimuli and responses: the list they stand in, and what is said of one."""
