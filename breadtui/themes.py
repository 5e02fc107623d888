"""The program's own colours, dark and light: crust, crumb and a warm oven."""

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="breadtui-dark",
    primary="#e3a857",
    secondary="#7fb7b2",
    accent="#f0c987",
    success="#93c572",
    warning="#e8b54a",
    error="#ec7c69",
    foreground="#ece3d6",
    background="#161310",
    surface="#1d1916",
    panel="#2b2520",
    dark=True,
    variables={
        "muted": "#9c9083",
        "border": "#4a4038",
        "border-blurred": "#3a322c",
        "footer-key-foreground": "#e3a857",
    },
)

LIGHT = Theme(
    name="breadtui-light",
    primary="#8f4f0b",
    secondary="#1f6f6b",
    accent="#a8640f",
    success="#2f7028",
    warning="#875f00",
    error="#b3261e",
    foreground="#2a211a",
    background="#fbf8f3",
    surface="#f5efe6",
    panel="#e9dfd1",
    dark=False,
    variables={
        "muted": "#6d6258",
        "border": "#c9bba9",
        "border-blurred": "#ddd2c3",
        "footer-key-foreground": "#8f4f0b",
    },
)

DEFAULTS = {"muted": "#8a8a8a", "border": "#5a5a5a", "border-blurred": "#444444"}
"""What the themes of others lack of the variables that our sheets use."""


def known_theme(name: str) -> bool:
    """Whether a theme, of ours or of Textual's, has this name."""
    return name in BUILTIN_THEMES or name in (DARK.name, LIGHT.name)
