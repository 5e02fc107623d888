"""Chats: what is said to models, side by side, what they answer, and what is kept of it."""
