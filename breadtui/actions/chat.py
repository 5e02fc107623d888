"""What can be done by key in a chat, and where its models and prompts are chosen."""

from breadtui.actions import Action

COMPOSER = (
    Action("chat.send", "enter", "Send", "Send the question", "send", footer=True),
    Action("composer.break_line", "ctrl+j,shift+enter", "New line", "Begin a new line in the question", "break_line"),
    Action("composer.older", "up", "Earlier", "On the first line: the question asked before, to ask it again", "older"),
    Action("composer.newer", "down", "Later", "On the last line: back towards what was being written", "newer"),
)

CHAT = (
    Action("chat.unpick", "escape", "Let it be", "Leave the earlier question as it is", "unpick", footer=True),
    Action("chat.stop", "escape", "Stop", "Stop the answers and keep what came", "stop", footer=True),
    Action("chat.back", "escape", "Back", "Go back; what is being answered is answered meanwhile", "back", footer=True),
    Action(
        "chat.again",
        "ctrl+r",
        "Ask again",
        "Ask the last question again: those that failed to answer it, or all",
        "again",
        footer=True,
    ),
    Action("chat.menu", "ctrl+n", "More", "Models, prompts, settings, comparisons, export …", "menu", footer=True),
    Action("chat.kept", "ctrl+o", "Chats", "Open, search, rename or delete chats that were kept", "kept", footer=True),
    Action("chat.clear", "ctrl+l", "New chat", "Begin anew with the same models; this one is kept", "begin_anew"),
    Action("chat.reasoning", "ctrl+t", "Reasoning", "Show or hide the model's reasoning", "reasoning", footer=True),
    Action("chat.editor", "ctrl+g", "Editor", "Write the question in $EDITOR", "editor"),
    Action("chat.pick_up", "alt+up", "Edit earlier", "Choose an earlier question; enter edits it", "pick(-1)"),
    Action("chat.pick_down", "alt+down", "Edit later", "Choose the question behind it", "pick(1)"),
    Action("chat.turn_back", "alt+left", "Version before", "Go on in the version before of a question", "turn(-1)"),
    Action("chat.turn_on", "alt+right", "Next version", "Go on in the next version of a question", "turn(1)"),
    Action("chat.next", "tab", "Next column", "Go to the next column, or to where questions are written", "next(1)"),
    Action("chat.previous", "shift+tab", "Column before", "Go to the column before", "next(-1)"),
    *(
        Action(f"chat.column{number}", f"alt+{number}", f"Column {number}", "Go to this column", f"column({number})")
        for number in range(1, 5)
    ),
    Action("chat.page_up", "pageup", "Up", "Read what came before", "page(-1)", priority=True),
    Action("chat.page_down", "pagedown", "Down", "Read on", "page(1)", priority=True),
)

CHAT_MENU = (
    # The last character of the key chooses it in the menu as well.
    Action("chat.add", "alt+a", "Add a column", "Ask another model, or the same one otherwise, too", "add"),
    Action("chat.remove", "alt+x", "Take out", "Take this column out of the chat", "remove"),
    Action("chat.model", "alt+m", "Model", "Put another model into this column", "model"),
    Action(
        "chat.prompt", "alt+p", "System prompt", "Give this column a prompt of a repository, or a typed one", "prompt"
    ),
    Action("chat.settings", "alt+s", "Settings", "Temperature, max tokens, thinking, seed", "settings"),
    Action("chat.compare", "alt+c", "Compare", "Columns made for a comparison, such as before and after", "compare"),
    Action("chat.together", "alt+l", "Scroll together", "Let the columns scroll together, or each alone", "together"),
    Action("chat.savings", "alt+v", "What it saves", "Prompt tokens and time that the bake saves", "savings"),
    Action("chat.sweep", "alt+w", "Sweep", "Ask these models many questions, into a grid", "sweep"),
    Action("chat.copy_answer", "alt+y", "Copy answer", "Copy this column's last answer", "copy_answer"),
    Action("chat.copy_code", "alt+k", "Copy code", "Copy a code block of it; again, the next one", "copy_code"),
    Action("chat.title", "alt+t", "Title", "Give the chat a title", "title"),
    Action("chat.markdown", "alt+e", "Export Markdown", "Write the chat into this folder", "export_markdown"),
    Action("chat.json", "alt+j", "Export JSON", "Write this column as OpenAI-style messages", "export_json"),
    Action(
        "chat.as_prompt", "alt+u", "Use as a prompt", "Open the form of a prompt with this conversation", "as_prompt"
    ),
)

TRANSCRIPT = (
    Action("transcript.down", "j", "Down", "One line down (also the arrow keys)", "scroll(1)"),
    Action("transcript.up", "k", "Up", "One line up", "scroll(-1)"),
    Action("transcript.top", "g", "Top", "To the beginning", "top"),
    Action("transcript.end", "G", "End", "To the end", "end"),
    Action("transcript.copy", "y", "Copy", "Copy the last answer", "screen.copy_answer", footer=True),
    Action("transcript.code", "Y", "Copy code", "Copy a code block; again, the next one", "screen.copy_code"),
    Action("transcript.reasoning", "t", "Reasoning", "Show or hide the model's reasoning", "screen.reasoning"),
    Action(
        "transcript.turn_back", "left_square_bracket", "Before", "The version before of a question", "screen.turn(-1)"
    ),
    Action("transcript.turn_on", "right_square_bracket", "Next", "The next version of a question", "screen.turn(1)"),
    Action("transcript.left", "h,left", "Left", "Go to the column before", "screen.beside(-1)"),
    Action("transcript.right", "l,right", "Right", "Go to the next column", "screen.beside(1)"),
    Action("transcript.write", "i,enter", "Write", "Go on writing the question", "screen.write", footer=True),
)

SHEET = (
    Action("sheet.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("sheet.done", "escape,ctrl+o", "Done", "Use these settings from the next question on", "done", footer=True),
)

PICKER = (
    Action("picker.down", "down", "Down", "The next one of the list", "screen.move(1)"),
    Action("picker.up", "up", "Up", "The one before", "screen.move(-1)"),
    Action("picker.page_down", "pagedown", "Page down", "One page down", "screen.turn(1)"),
    Action("picker.page_up", "pageup", "Page up", "One page up", "screen.turn(-1)"),
    Action("picker.take", "enter", "Choose", "Take the one under the cursor", "screen.take", footer=True),
    Action(
        "picker.everywhere",
        "alt+a",
        "All repos",
        "List the prompts of all repositories, or of this one alone",
        "screen.everywhere",
        footer=True,
    ),
    Action("picker.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("picker.back", "escape", "Back", "Go back; all stays as it was", "screen.back", footer=True),
)

KEPT = (
    Action("kept.open", "enter", "Open", "Go on with this chat", "screen.take", footer=True),
    Action("kept.rename", "alt+t,f2", "Title", "Give this chat another title", "screen.rename", footer=True),
    Action("kept.delete", "ctrl+d", "Delete", "Delete this chat; it asks before it does", "screen.delete", footer=True),
    Action("kept.markdown", "alt+e", "Markdown", "Write this chat into this folder", "screen.markdown", footer=True),
    Action("kept.json", "alt+j", "JSON", "Write its columns as OpenAI-style messages", "screen.json", footer=True),
)

TYPED_PROMPT = (
    Action("prompt.take", "ctrl+o", "Use", "Use what is written as the system prompt", "take", footer=True),
    Action("prompt.editor", "ctrl+g", "Editor", "Write it in $EDITOR", "editor", footer=True),
    Action("prompt.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("prompt.back", "escape", "Back", "Go back; what is written is here the next time", "back", footer=True),
)

SAVINGS = (
    Action(
        "savings.fields",
        "tab",
        "Figures",
        "Go to the figures that are typed, from one to the next, and back",
        "app.focus_next",
        footer=True,
    ),
    Action("savings.pair", "c", "Columns", "Hold two other columns against each other", "pair", footer=True),
    Action("savings.export", "x", "Export", "Write the table as Markdown into this folder", "export", footer=True),
    Action("savings.copy", "y", "Copy", "Copy the table as Markdown", "copy", footer=True),
    Action("savings.help", "question_mark,f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("savings.back", "escape,q", "Back", "Go back", "back", footer=True),
)
