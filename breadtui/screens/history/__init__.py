"""What was baked on all branches and tags of a bgit directory: the family of models, and the commits."""
