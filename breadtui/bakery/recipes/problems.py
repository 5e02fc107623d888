"""Why a recipe is not replayed."""


class RecipeError(Exception):
    """Nothing was made; the text says why, and what to do."""
