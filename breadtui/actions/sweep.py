"""What can be done by key in a sweep."""

from breadtui.actions import Action

SWEEP = (
    Action("sweep.open", "enter", "Read", "Read the whole answer beside the teacher's", "open", footer=True),
    Action("sweep.left", "h,left", "Left", "To the model before", "cursor_left"),
    Action("sweep.right", "l,right", "Right", "To the next model", "cursor_right"),
    Action("sweep.go_on", "a", "Ask", "Ask what was not answered yet", "go_on", footer=True),
    Action("sweep.retry", "f", "Retry failed", "Ask again what failed, and what was not asked", "retry", footer=True),
    Action(
        "sweep.sort",
        "s",
        "Sort",
        "As asked, by how much the models differ, or by where the model under the cursor is worst",
        "sort",
        footer=True,
    ),
    Action("sweep.export", "x", "Export", "Write the answers as JSONL into this folder", "export", footer=True),
    Action("sweep.anew", "n", "New", "Begin another sweep; this one is kept", "anew", footer=True),
    Action("sweep.kept", "o", "Sweeps", "Open or delete a sweep that was kept", "kept", footer=True),
    Action("sweep.copy", "y", "Copy", "Copy the answer under the cursor", "copy"),
    Action("sweep.stop", "escape", "Stop", "Stop asking; what was answered is kept", "stop", footer=True),
    Action("sweep.back", "escape", "Back", "Go back; the sweep is kept", "back", footer=True),
)

SWEEP_SETUP = (
    Action("sweep_setup.begin", "ctrl+o", "Begin", "Ask the questions", "begin", footer=True),
    Action("sweep_setup.remove", "ctrl+r", "Remove", "Take this model out", "remove", footer=True),
    Action("sweep_setup.kept", "ctrl+l", "Sweeps", "Open or delete a sweep that was kept", "kept", footer=True),
    Action("sweep_setup.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("sweep_setup.back", "escape", "Back", "Go back without a new sweep", "back", footer=True),
)

SWEEP_KEPT = (
    Action("sweep_kept.delete", "ctrl+d,delete", "Delete", "Delete the sweep; pressed twice", "delete", footer=True),
    Action("sweep_kept.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("sweep_kept.back", "escape", "Back", "Go back", "back", footer=True),
)

SWEEP_ANSWER = (
    Action("sweep_answer.left", "h,left", "Left", "The answer of the model before", "beside(0, -1)", footer=True),
    Action("sweep_answer.right", "l,right", "Right", "The answer of the next model", "beside(0, 1)", footer=True),
    Action("sweep_answer.next", "j", "Next", "The next question", "beside(1, 0)", footer=True),
    Action("sweep_answer.before", "k", "Before", "The question before", "beside(-1, 0)", footer=True),
    Action("sweep_answer.down", "down,pagedown,space", "Down", "Read on", "scroll(1)"),
    Action("sweep_answer.up", "up,pageup", "Up", "Read back", "scroll(-1)"),
    Action("sweep_answer.copy", "y", "Copy", "Copy the answer", "copy", footer=True),
    Action("sweep_answer.help", "question_mark,f1", "Help", "What can be done here, key by key", "app.help"),
    Action("sweep_answer.back", "escape,enter,q", "Back", "Go back to the grid", "back", footer=True),
)
