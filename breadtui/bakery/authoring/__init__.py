"""Everything a bake is made of, while it is being written: plain request bodies, what may stand in them, and checks.

A body is exactly what will be sent, as a plain dictionary. Forms, the YAML view and the drafts are all views of one.
"""
