"""Two things beside each other on the whole screen."""
