"""The first screen where no key is known: the oven on this machine, or Bread with a key."""

from __future__ import annotations

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
    """Asks which server to open; leaves by one of two messages, `StartDemo` or `ConnectTo`."""

    CSS_PATH = sheet("welcome")
    BINDINGS: list[BindingType] = bindings(tuple(action for action in FORM if action.id == "form.leave"))
    AUTO_FOCUS = "Menu"

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Vertical(id="welcome"):
            yield Static(Content.styled("breadtui", "bold $primary"), id="welcome-title")
            yield Static(INTRODUCTION, id="welcome-text", markup=False)
            yield Menu(
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
                yield Static("API key; enter connects", classes="label")
                yield Input(password=True, placeholder="kept in your settings, readable by you alone", id="key")
                yield Static("", id="welcome-problem", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """The key is asked for when it is wanted."""
        steady(self)
        self.query_one("#welcome-key").display = False

    @on(Menu.OptionSelected)
    def _chosen(self, event: Menu.OptionSelected) -> None:
        if event.option_id == "demo":
            self.post_message(StartDemo())
            return
        self.query_one("#welcome-key").display = True
        self.query_one("#key", Input).focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        address = self.query_one("#address", Input).value.strip().rstrip("/")
        key = Secret(self.query_one("#key", Input).value.strip())
        problem = _refusal(address, key)
        if problem:
            self.query_one("#welcome-problem", Static).update(Content.styled(problem, "$error"))
            return
        self.post_message(ConnectTo(Connection(address, key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back only where the key is asked for."""
        return action != "leave" or (self.is_mounted and self.query_one("#welcome-key").display)

    def action_leave(self) -> None:
        """Back to the choice; what was typed stays in its place."""
        self.query_one("#welcome-key").display = False
        self.query_one(Menu).focus()
        self.refresh_bindings()


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
