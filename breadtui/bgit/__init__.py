"""Directories of bgit: what `input.yml` asks for, what a server would make of it, and what is written down when it has.

The formats are those of bgit 0.2.7, so that both programs can be used on the same directory in turn.
"""
