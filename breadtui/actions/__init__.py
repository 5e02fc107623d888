"""The one table of what can be done by key: bindings, footer, help and palette are all read from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """`id` names it in a keymap, `run` is what Textual calls, `keys` are separated by commas, the first is shown."""

    id: str
    keys: str
    label: str
    help: str
    run: str
    footer: bool = False
    priority: bool = False

    def binding(self) -> Binding:
        """The binding that Textual makes of it."""
        return Binding(
            self.keys,
            self.run,
            self.label,
            show=self.footer,
            tooltip=self.help,
            id=self.id,
            priority=self.priority,
        )


APP = (
    Action("app.help", "question_mark,f1", "Help", "What can be done here, key by key", "help", footer=True),
    Action(
        "app.palette",
        "ctrl+p,colon",
        "Palette",
        "Find any action by its name",
        "command_palette",
        footer=True,
    ),
    Action("app.quit", "q", "Quit", "Leave breadtui; what runs at the server runs on", "quit"),
    Action("app.force_quit", "ctrl+q", "Quit", "Leave breadtui, from anywhere", "quit", priority=True),
)

WORKSPACE = (
    Action("workspace.new", "n", "New", "Make a repository, a prompt, a target or a bake", "new", footer=True),
    Action(
        "workspace.edit",
        "e",
        "Edit",
        "Edit a copy of the selected prompt, target or bake",
        "edit",
        footer=True,
    ),
    Action(
        "workspace.run",
        "r",
        "Run",
        "Run what is missing for the selected or marked targets and bakes, in order",
        "run_missing",
        footer=True,
    ),
    # `B` as well, because among the jobs `P` sorts.
    Action("workspace.plan", "P,B", "Plan", "See what input.yml of this directory asks for, and do it", "plan", True),
    Action(
        "workspace.chat",
        "c",
        "Chat",
        "Talk to the selected checkpoint, bake or base model",
        "chat",
        footer=True,
    ),
    Action(
        "workspace.bake_on",
        "b",
        "Bake on top",
        "Make a target or a bake on top of the selected model",
        "bake_on",
    ),
    Action("workspace.sweep", "Q", "Sweep", "Ask many questions of the selected or marked models", "sweep"),
    Action("workspace.lineage", "L", "Lineage", "See which model came of which", "lineage", footer=True),
    Action("workspace.recipe", "w", "Recipe", "See how the bake was made, and make it again", "recipe"),
    Action("workspace.raw", "p", "Raw", "Show prompts as they are sent, or as they read", "raw"),
    Action(
        "workspace.copy", "y", "Copy", "Copy the selected or marked names, or model paths", "copy_name", footer=True
    ),
    Action(
        "workspace.delete",
        "ctrl+d,delete",
        "Delete",
        "Delete what is selected or marked; it asks before it does",
        "delete",
        footer=True,
    ),
    Action("workspace.refresh", "R", "Refresh", "Ask the server again, at once", "refresh"),
    Action("workspace.jobs", "J", "All jobs", "See all jobs of all repositories", "jobs", footer=True),
    Action("workspace.loss", "l,ctrl+l", "Loss", "See the loss of the selected or marked bakes as a curve", "loss"),
    Action("workspace.diff", "equals_sign", "Compare", "Compare what is marked with another of its kind", "diff"),
    Action("workspace.data", "d", "Data", "Read the stimuli and responses of the target, or of the bake", "data"),
    Action(
        "workspace.download", "D,W", "Download", "Fetch the weights of the selected or marked checkpoints", "download"
    ),
    Action("workspace.call_off", "full_stop", "Call off", "Take out a step that waits; what runs runs on", "call_off"),
    Action("workspace.go_on", "a", "Go on", "Go on with what waits for credits, or an earlier start left", "go_on"),
    Action(
        "workspace.history", "H", "History", "See what was baked in all branches of this directory", "history", True
    ),
)

PANE = (
    Action("pane.zoom", "z", "Zoom", "Give the whole screen to this pane, or take it back", "zoom"),
    Action("pane.next", "tab", "Next pane", "Go to the next pane", "next_pane", footer=True),
    Action("pane.previous", "shift+tab", "Pane before", "Go to the previous pane", "previous_pane"),
    Action("pane.pane1", "1", "Repositories", "Go to the repositories", "pane('tree')"),
    Action("pane.pane2", "2", "Detail", "Go to the detail", "pane('detail')"),
    Action("pane.pane3", "3", "Jobs", "Go to the jobs", "pane('jobs')"),
)

MOVING = (
    Action("list.down", "j", "Down", "One row down (also the arrow keys)", "cursor_down"),
    Action("list.up", "k", "Up", "One row up", "cursor_up"),
    Action("list.top", "g,home", "Top", "To the first row", "scroll_home"),
    Action("list.end", "G,end", "End", "To the last row", "scroll_end"),
)

JOBS = (
    Action("jobs.open", "enter", "Show", "Go to the job's target or bake", "open", footer=True),
    Action("jobs.mark", "space", "Mark", "Mark the job, or no more, for what acts on several", "mark", footer=True),
    Action(
        "jobs.filter",
        "slash",
        "Filter",
        "Show only jobs with these words: of repository, name or phase, or state:running, repo:…, name:…, phase:bake",
        "filter",
        footer=True,
    ),
    Action("jobs.group", "t", "Together", "The jobs of a repository together, or all in one list", "group"),
    Action("jobs.fold", "f", "Fold", "Fold what is complete away, or show it", "fold", footer=True),
    Action(
        "jobs.state", "S", "Sort: state", "Sort by what asks for attention; again, the other way round", "sort('state')"
    ),
    Action("jobs.phase", "P", "Sort: phase", "Sort by phase", "sort('phase')"),
    Action("jobs.name", "N", "Sort: name", "Sort by name", "sort('name')"),
    Action("jobs.done", "D", "Sort: done", "Sort by how far the job is", "sort('done')"),
    Action("jobs.figure", "O", "Sort: figures", "Sort by lines, or loss", "sort('figure')"),
    Action("jobs.rate", "T", "Sort: rate", "Sort by how fast it goes", "sort('rate')"),
    Action("jobs.left", "E", "Sort: left", "Sort by the time left", "sort('left')"),
    Action("jobs.age", "A", "Sort: age", "Sort by when the server last told of it", "sort('age')"),
    Action("jobs.clear", "escape", "Clear", "Take the filter away, or the marks", "clear"),
)

JOBS_SCREEN = (
    Action(
        "jobs.run",
        "r",
        "Run",
        "Run what the target or bake of the job lacks, from where it failed",
        "run_missing",
        footer=True,
    ),
    Action("jobs.loss", "l", "Loss", "See the loss of the bake, or of those marked, as a curve", "loss", footer=True),
    Action("jobs.chat", "c", "Chat", "Talk to the checkpoint that the bake made", "chat", footer=True),
    Action("jobs.data", "d", "Data", "Read the stimuli or responses that the job makes, or learns from", "data"),
    Action("jobs.download", "W", "Weights", "Fetch the weights of the checkpoint that the bake made", "download"),
    Action("jobs.copy", "y", "Copy", "Copy the names of the job, or of those marked", "copy_name", footer=True),
    Action(
        "jobs.call_off",
        "full_stop",
        "Call off",
        "Take out a step that waits; what runs runs on",
        "call_off",
        footer=True,
    ),
    Action("jobs.go_on", "a", "Go on", "Go on with what waits for credits", "go_on", footer=True),
    Action("jobs.refresh", "R", "Refresh", "Ask the server again, at once", "refresh"),
    Action("jobs.back", "escape,J", "Back", "Go back", "back", footer=True),
)

TREE = (
    *MOVING,
    Action("tree.open", "l,right", "Open", "Open the selected folder", "open_node"),
    Action("tree.close", "h,left", "Close", "Close the folder, or go to the one above", "close_node"),
    Action(
        "workspace.filter",
        "slash",
        "Filter",
        "Show only what is called as you type; enter keeps that and goes on to it, esc goes back",
        "filter",
        footer=True,
    ),
    Action("workspace.sort", "s", "Sort", "As listed, by name, or by state", "sort", footer=True),
    Action("workspace.mark", "space", "Mark", "Mark it, or no more, for what acts on several", "mark", footer=True),
    Action("tree.clear", "escape", "Clear", "Take the filter away, or the marks", "clear"),
)

READING = (
    Action("read.down", "j", "Down", "One line down (also the arrow keys)", "scroll_down"),
    Action("read.up", "k", "Up", "One line up", "scroll_up"),
    Action("read.top", "g,home", "Top", "To the beginning", "scroll_home"),
    Action("read.end", "G,end", "End", "To the end", "scroll_end"),
)

FORM = (
    # By keys of the fields themselves where they stand: see there.
    Action("form.next", "tab", "Next field", "Go to the next field (also enter and the arrow keys)", "next_field"),
    Action("form.previous", "shift+tab", "Field before", "Go to the field before", "previous_field"),
    Action("form.send", "ctrl+o", "Create", "Send the form", "send", footer=True),
    Action("form.yaml", "ctrl+t", "YAML", "See and edit exactly what will be sent, or go back", "yaml", footer=True),
    Action(
        "form.load", "ctrl+l", "Load", "Load messages or tools from a JSON file, or a template", "load", footer=True
    ),
    Action(
        "form.add",
        "ctrl+n",
        "Add",
        "Add a message, generator, target or item behind this one",
        "add",
        footer=True,
    ),
    Action(
        "form.remove", "ctrl+r", "Remove", "Take this message, generator, target or item out", "remove", footer=True
    ),
    Action("form.up", "alt+up", "Move up", "Move this message, generator or item up", "move(-1)"),
    Action("form.down", "alt+down", "Move down", "Move this message, generator or item down", "move(1)"),
    Action("form.editor", "ctrl+g", "Editor", "Write this text in $EDITOR", "editor", footer=True),
    Action("form.undo", "ctrl+z", "Undo", "Take back what was added, moved, removed or loaded last", "undo"),
    Action("form.read_on", "shift+down", "Read on", "Scroll what is said about the field", "read(1)"),
    Action("form.read_back", "shift+up", "Read back", "Scroll it back", "read(-1)"),
    Action("form.help", "f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action(
        "form.leave", "escape", "Back", "Leave the form; it asks what to do with what was typed", "leave", footer=True
    ),
)

MODAL = (Action("modal.help", "question_mark,f1", "Help", "What can be done here, key by key", "app.help"),)

LINEAGE = (
    Action("lineage.chat", "c", "Chat", "Talk to the model, or to a bake's latest checkpoint", "chat", footer=True),
    Action("lineage.bake", "b", "Bake on top", "Make a target or bake on top of the model", "bake", footer=True),
    Action("lineage.show", "enter", "Show", "Go to it in the tree of repositories", "show", footer=True),
    Action("lineage.copy", "y", "Copy", "Copy its whole name", "copy", footer=True),
    Action("lineage.help", "question_mark,f1", "Help", "What can be done here, key by key", "app.help", footer=True),
    Action("lineage.back", "escape,q", "Back", "Go back", "back", footer=True),
)

CURVE = (
    Action(
        "curve.zoom_in",
        "plus,equals_sign",
        "Zoom in",
        "Show fewer steps, around crosshair or middle",
        "zoom(0.5)",
    ),
    Action("curve.zoom_out", "minus", "Zoom out", "Show more steps", "zoom(2)"),
    Action("curve.left", "h,left", "Left", "Go to the steps before, or one back with the crosshair", "go(-1)"),
    Action("curve.right", "l,right", "Right", "Go to the steps behind, or one on with the crosshair", "go(1)"),
    Action("curve.far_left", "H,shift+left", "Far left", "The same, ten times as far", "go(-10)"),
    Action("curve.far_right", "L,shift+right", "Far right", "The same, ten times as far", "go(10)"),
    Action("curve.all", "0", "All", "Show the whole training", "all", footer=True),
    Action("curve.cross", "c", "Crosshair", "Read values off at a step, or no more", "cross", footer=True),
    Action("curve.smooth", "m", "Smooth", "Smooth the loss a little, a lot, or not at all", "smooth", footer=True),
    Action("curve.scale", "s", "Scale", "Draw the loss on a logarithmic or a linear scale", "scale", footer=True),
    Action("curve.uncross", "escape", "Crosshair off", "Take the crosshair away", "uncross"),
)

LOSS = (
    Action("loss.export", "x", "Export", "Write points (CSV) and picture (SVG) to this folder", "export", footer=True),
    Action("loss.refresh", "R", "Refresh", "Ask the server again, at once", "refresh"),
    Action("loss.back", "escape,q", "Back", "Go back", "back", footer=True),
)


def bindings(*tables: tuple[Action, ...]) -> list[BindingType]:
    """The bindings of one or several tables, in order."""
    return [action.binding() for table in tables for action in table]


def listed() -> Iterator[tuple[str, tuple[Action, ...]]]:
    """Every table with its heading, for the help."""
    from breadtui.actions import chat, data, history, plan, sweep

    yield "Everywhere but in forms and menus", APP
    yield "Workspace", (*WORKSPACE, *PANE)
    yield "Tree of repositories", TREE
    yield "Jobs", (*JOBS, *JOBS_SCREEN, *MOVING)
    yield "Detail", READING
    yield "Lineage", (*LINEAGE, *MOVING)
    yield "Plan", (*plan.PLAN, *MOVING)
    yield "History", (*history.HISTORY, *MOVING)
    yield "Loss", (*CURVE, *LOSS)
    yield "Data", (*data.DATA, *data.DATA_SCREEN, *MOVING)
    yield "Recipe", (*data.RECIPE, *MOVING)
    yield "Differences", (*data.DIFF, *READING)
    yield "Forms", FORM
    yield "Chat", (*chat.COMPOSER, *chat.CHAT, *chat.CHAT_MENU)
    yield "An answer in a chat", chat.TRANSCRIPT
    yield "Choosing a model or a prompt", chat.PICKER
    yield "Chats that were kept", (*chat.PICKER, *chat.KEPT)
    yield "A typed prompt", chat.TYPED_PROMPT
    yield "What it saves", chat.SAVINGS
    yield "Sweep", (*sweep.SWEEP, *MOVING)
    yield "Beginning a sweep", (*sweep.SWEEP_SETUP, *sweep.SWEEP_KEPT)
    yield "An answer of a sweep", sweep.SWEEP_ANSWER
