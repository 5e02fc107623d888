"""A problem that only the server can decide."""

from breadtui.bakery.authoring.problems import Problem


class AtServer(Problem):
    """A name that means nothing in the file, so that the server must know it."""
