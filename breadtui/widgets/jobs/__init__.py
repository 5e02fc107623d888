"""The table of jobs: what its rows hold, how they are arranged, how a line is drawn, and the widget itself."""
