"""The pieces screens are made of; each knows what it shows, and nothing above itself."""
