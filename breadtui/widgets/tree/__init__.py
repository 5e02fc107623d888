"""The tree of repositories: its rows, their order, the filter, and the widget drawn by line."""
