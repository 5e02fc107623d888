"""What Textual leaves to us of the terminal itself."""
