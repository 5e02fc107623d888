"""How a comparison is drawn."""
