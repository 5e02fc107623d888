"""The Bread HTTP API as a typed async library: knows nothing of the program, imports nothing by itself."""
