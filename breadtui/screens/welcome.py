"""The first screen where no key is known: the oven on this machine, or Bread with a key."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from breadtui.actions import FORM, bindings
from breadtui.api.address import read_address
from breadtui.api.errors import BreadError
from breadtui.api.secret import Secret
from breadtui.bgit.key import KEY_FILE, kept_key
from breadtui.screens.messages import ConnectTo, StartDemo
from breadtui.screens.steady import steady
from breadtui.settings import CLOUD, Connection
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.menu import Menu

INTRODUCTION = (
    "Bread bakes prompts into model weights. breadtui writes the prompts, runs stim, rollout and bake, "
    "watches them, and talks to what comes out."
)


class Welcome(Screen[None]):
    """Asks which server to open; leaves by one of two messages, `StartDemo` or `ConnectTo`.

    The key that bgit keeps is used where it is chosen, and never shown.
    """

    CSS_PATH = sheet("welcome")
    BINDINGS: list[BindingType] = bindings(tuple(action for action in FORM if action.id == "form.leave"))
    AUTO_FOCUS = "Menu"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init__(self) -> None:
        super().__init__()
        self._kept = kept_key()
        self._typed = True  # whether the key is, or bgit's is taken

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Vertical(id="welcome"):
            yield Static(Content.styled("breadtui", "bold $primary"), id="welcome-title")
            yield Static(INTRODUCTION, id="welcome-text", markup=False)
            yield Menu(
                *self._offer(),
                Option(
                    _choice(
                        "Start the oven on this machine",
                        "No account needed. It rehearses; nothing is kept.",
                    ),
                    "demo",
                ),
                Option(_choice("Connect to Bread with a key", "For those who have one from Bread."), "key"),
                id="welcome-choices",
            )
            with Vertical(id="welcome-key"):
                yield Static("Address", classes="label")
                yield Input(CLOUD, id="address")
                yield Static("API key; enter connects", classes="label typed")
                yield Input(
                    password=True,
                    placeholder="kept in your settings, readable by you alone",
                    id="key",
                    classes="typed",
                )
                yield Static(
                    f"The key in {KEY_FILE} goes to this address, and is kept in your settings. enter connects.",
                    id="welcome-kept",
                    markup=False,
                )
                yield Static("", id="welcome-problem", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """The key is asked for when it is wanted."""
        steady(self)
        self._ask(False)

    @on(Menu.OptionSelected)
    def _chosen(self, event: Menu.OptionSelected) -> None:
        if event.option_id == "demo":
            self.post_message(StartDemo())
            return
        self._typed = event.option_id == "key"
        self._ask(True)
        self.query(".typed").set(display=self._typed)
        self.query_one("#welcome-kept").display = not self._typed
        self.query_one("#welcome-problem", Static).update("")
        self.query_one("#key" if self._typed else "#address", Input).focus()
        asked = self.query_one("#key" if self._typed else "#welcome-kept")
        asked.call_after_refresh(asked.scroll_visible, animate=False)

    @on(Input.Submitted)
    def _entered(self) -> None:
        address = self.query_one("#address", Input).value.strip().rstrip("/")
        key = Secret(self.query_one("#key", Input).value.strip()) if self._typed else self._kept
        problem = _refusal(address, key)
        if problem:
            told = self.query_one("#welcome-problem", Static)
            told.update(Content.styled(problem, "$error"))
            told.call_after_refresh(told.scroll_visible, animate=False)
            return
        self.post_message(ConnectTo(Connection(address, key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back only where the key is asked for."""
        return action != "leave" or (self.is_mounted and self.query_one("#welcome-key").display)

    def action_leave(self) -> None:
        """Back to the choice; what was typed stays in its place."""
        self._ask(False)
        self.query_one(Menu).focus()
        self.refresh_bindings()

    def _offer(self) -> Iterator[Option]:
        if self._kept:
            yield Option(_choice("Use the key that bgit keeps", f"In {KEY_FILE}; it goes to {CLOUD}."), "kept")

    def _ask(self, asks: bool) -> None:
        """Show the fields, or put them away; where there is little room, the introduction gives way to them."""
        self.query_one("#welcome-key").display = asks
        self.query_one("#welcome").set_class(asks, "-asking")


def _choice(title: str, explanation: str) -> Content:
    return Content.assemble((title, "bold"), "\n", (explanation, "$muted"))


def _refusal(address: str, key: Secret) -> str:
    """Why these cannot be used, or nothing."""
    if not key:
        return "The key is missing."
    try:
        read_address(address)
    except BreadError as error:
        return str(error)
    return ""
