"""How JavaScript writes and orders values: what bgit, which is written in it, has in its names and files."""
