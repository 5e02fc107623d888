"""Weights on their way to a disk: resumed after a break or a restart, checked, and never half of a file in place."""
