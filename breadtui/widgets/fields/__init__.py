"""The fields of a form: one list drawn by line, and the pane in which long texts are written."""
