"""What the program knows and does, without a screen: it loads no Textual."""
