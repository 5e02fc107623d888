"""The recipe of a bake on the screen: what it rests on, the steps that make it, and making it again."""
