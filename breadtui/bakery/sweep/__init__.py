"""Sweeps: many questions asked of several models, and how near each answer comes to the teacher's."""
