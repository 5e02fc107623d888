"""A Bread server in a box: the default server of the program, and what its tests run against."""
