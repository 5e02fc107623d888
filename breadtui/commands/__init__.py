"""Commands that have many flags, one module for each. What they do is the bakery's."""
