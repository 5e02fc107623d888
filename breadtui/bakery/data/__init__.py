"""Stimuli and responses, of a server or of a file: read page by page, measured, searched and written out.

No more of them is held than is looked at: a hundred thousand rows, or a file of gigabytes, cost what a page does.
"""
