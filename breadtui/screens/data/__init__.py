"""The screen of stimuli and responses, its menus and dialogs, and the ways that lead there."""
