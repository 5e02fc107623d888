"""The three files of a directory: what they say, and how they are written."""
