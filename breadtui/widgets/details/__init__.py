"""What the detail pane says of each kind of thing: pure functions from what is known to content of a given width.

Lines are made to fit that width, but for the text of prompts, which the page wraps, so that it is copied as it is.
"""
