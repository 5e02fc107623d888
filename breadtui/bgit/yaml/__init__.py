"""YAML read as bgit reads it, with the place of everything that stands there."""
