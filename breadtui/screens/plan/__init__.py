"""The plan of a directory of bgit on the screen: what it would make, how that goes, and recording it."""
