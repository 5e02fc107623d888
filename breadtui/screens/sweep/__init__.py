"""The screens of sweeps: what shall be asked of whom, the answers as a grid, one of them whole, and what is kept."""

from breadtui.screens.sweep.screen import SweepScreen

__all__ = ["SweepScreen"]
