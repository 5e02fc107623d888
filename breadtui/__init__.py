"""breadtui bakes prompts into model weights from a terminal."""

__version__ = "0.1.0"
