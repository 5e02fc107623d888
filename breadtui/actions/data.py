"""What can be done by key with data, recipes and differences."""

from breadtui.actions import Action

DATA = (
    Action("data.read", "enter", "Read", "Read the row; of words looked for, look for them in all rows", "read"),
    Action("data.mark", "space", "Mark", "Mark the row, or no more, for what acts on several", "mark", footer=True),
    Action(
        "data.search",
        "slash",
        "Search",
        "Show only rows with these words: of those loaded as you type, of all with enter",
        "search",
        footer=True,
    ),
    Action("data.jump", "colon", "Go to", "Go to a row by its number; digits begin one as well", "jump"),
)

DATA_SCREEN = (
    Action("data.next", "l,right", "Next list", "From the stimuli to the responses", "turn(1)", footer=True),
    Action("data.previous", "h,left", "List before", "From the responses to the stimuli", "turn(-1)"),
    Action(
        "data.filter",
        "f",
        "Filter",
        "Show only rows that are empty, short, repeated, cut off, like a refusal …",
        "filter",
        footer=True,
    ),
    Action(
        "data.summary",
        "s",
        "Summary",
        "See how many, how long, how alike, and where it is thin",
        "summary",
        footer=True,
    ),
    Action(
        "data.unfold", "t", "Unfold", "Show or fold the conversation before, and the reasoning", "unfold", footer=True
    ),
    Action("data.prompt", "p", "Prompt", "Show the teacher prompt beside the row, or no more", "prompt", footer=True),
    Action("data.export", "x", "Export", "Write rows to a file, JSONL or CSV", "export", footer=True),
    Action("data.copy", "y", "Copy", "Copy the text of the row, or of those marked", "copy_row"),
    Action("data.zoom", "z", "Zoom", "Give the whole screen to the pane, or take it back", "zoom"),
    Action("data.pane", "tab", "Next pane", "Go to the other pane", "next_pane"),
    Action("data.refresh", "R", "Refresh", "Ask again, at once, for what is new or did not come", "refresh"),
    Action(
        "data.back",
        "escape",
        "Back",
        "Stop what is under way, take filter and words away, or go back",
        "back",
        footer=True,
    ),
)

RECIPE = (
    Action(
        "recipe.turn",
        "t",
        "Tree/steps",
        "Show what it rests on as a tree, or the steps that make it",
        "turn",
        footer=True,
    ),
    Action(
        "recipe.replay",
        "i",
        "Replay",
        "Make it again: in another repository, or under other names",
        "replay",
        footer=True,
    ),
    Action("recipe.go_on", "a", "Go on", "Go on with what waits for credits", "go_on", footer=True),
    Action("recipe.export", "x", "Export", "Write the recipe to a YAML file", "export", footer=True),
    Action("recipe.show", "enter", "Show", "Go to it in the tree of repositories", "show", footer=True),
    Action("recipe.copy", "y", "Copy", "Copy the name under the cursor", "copy_name"),
    Action("recipe.pane", "tab", "Next pane", "From the list to the configuration, or back", "next_pane"),
    Action("recipe.refresh", "R", "Refresh", "Ask the server again, at once", "refresh"),
    Action("recipe.back", "escape,q", "Back", "Go back; what is being made goes on", "back", footer=True),
)

DIFF = (
    Action("diff.next", "n", "Next", "To the next difference", "step(1)", footer=True),
    Action("diff.previous", "N", "Before", "To the difference before", "step(-1)", footer=True),
    Action("diff.view", "v", "View", "Side by side, or one below the other", "view", footer=True),
    Action("diff.all", "a", "All", "Show what is equal as well, or only what differs", "all", footer=True),
    Action("diff.loss", "l", "Loss", "See both curves on the whole screen", "loss", footer=True),
    Action("diff.export", "x", "Export", "Write it to a file, in the manner of a unified diff", "export", footer=True),
    Action("diff.copy", "y", "Copy", "Copy it", "copy", footer=True),
    Action("diff.refresh", "R", "Refresh", "Ask the server again, at once", "refresh"),
    Action("diff.back", "escape,q", "Back", "Go back", "back", footer=True),
)
