"""The grid of a sweep, drawn by line."""
