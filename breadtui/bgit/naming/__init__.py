"""What things are called at the server: names made of their content."""
