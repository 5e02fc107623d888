"""How a bake was made, and making it again: the plan, its graph, its file, other names, and the replay.

Loads nothing that draws.
"""
