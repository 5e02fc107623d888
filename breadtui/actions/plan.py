"""What can be done by key with the plan of a directory."""

from breadtui.actions import Action

PLAN = (
    Action(
        "plan.bake", "enter,r", "Bake", "Make what is missing, and run it; it asks before it does", "bake", footer=True
    ),
    Action("plan.go_on", "a", "Go on", "Go on with what waits for credits", "go_on", footer=True),
    Action(
        "plan.rename",
        "n",
        "Other names",
        "Give what is taken by something else another name, or its own again",
        "rename",
        footer=True,
    ),
    Action(
        "plan.record",
        "w",
        "Record",
        "Write .bread and recipe.yml: now if the bake is complete, else when it is, or no more",
        "record",
        footer=True,
    ),
    Action(
        "plan.commit",
        "C",
        "Commit",
        "Record, and commit just those two files, or no more; what is recorded already, at once",
        "commit",
    ),
    Action("plan.edit", "e", "Edit", "Write input.yml in $EDITOR", "edit", footer=True),
    Action(
        "plan.clear",
        "x",
        "Clear",
        "Comment out what input.yml asks for, once it is recorded; it asks before it does",
        "clear",
        footer=True,
    ),
    Action("plan.history", "H", "History", "What was baked, in all branches and tags", "history", footer=True),
    Action(
        "plan.chat",
        "c",
        "Chat",
        "Talk to what the bake made, or to what the next is on, or to the earlier bake",
        "chat",
        footer=True,
    ),
    Action(
        "plan.loss", "l", "Loss", "See the loss of the bake, or of the earlier one, as a curve", "loss", footer=True
    ),
    Action("plan.data", "d", "Data", "Read the stimuli and responses of the target, or of the bake", "data"),
    Action("plan.make", "m", "Make only", "Make what is missing, and run nothing; it asks before it does", "make"),
    Action("plan.turn", "t", "Tree/steps", "Show a tree, or the steps in their order", "turn"),
    Action("plan.show", "space", "Show", "Go to it in the tree of repositories", "show"),
    Action("plan.copy", "y", "Copy", "Copy the name under the cursor", "copy_name"),
    Action("plan.pane", "tab", "Next pane", "From the list to the detail, or back", "next_pane"),
    Action("plan.refresh", "R", "Refresh", "Read the files and ask the server again, at once", "refresh"),
    Action("plan.back", "escape,q", "Back", "Go back; what is under way goes on", "back", footer=True),
)
