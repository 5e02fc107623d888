"""A knowledge base in one go: every document of a folder becomes a target, and one bake trains on them all.

Reading, planning and applying are steps of their own; what a plan finds at the server already is not made again.
"""
