"""What can be done by key in the history of a bgit directory."""

from breadtui.actions import Action

HISTORY = (
    Action("history.chat", "c", "Chat", "Talk to the model, or to a bake's latest checkpoint", "chat", footer=True),
    Action("history.bake", "b", "Bake on top", "Make a target or bake on top of the model", "bake", footer=True),
    Action("history.turn", "t", "View", "Show the models, or the commits", "turn", footer=True),
    Action("history.show", "enter", "Show", "Go to it in the tree of repositories", "show", footer=True),
    Action("history.loss", "l", "Loss", "See the loss of the bake as a curve", "loss", footer=True),
    Action("history.recipe", "w", "Recipe", "See how the bake was made, and make it again", "recipe", footer=True),
    Action("history.copy", "y", "Copy", "Copy the whole name of the model", "copy", footer=True),
    Action("history.pane", "tab", "Next pane", "From the list to what is told of its row, or back", "next_pane"),
    Action("history.refresh", "R", "Read again", "Read git again, and ask the server, at once", "refresh"),
    Action("history.help", "question_mark,f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("history.back", "escape,q", "Back", "Go back", "back", footer=True),
)
