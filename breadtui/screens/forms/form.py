"""What all forms share: named fields that are checked, a draft that is kept, and an answer that is the thing made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static, TextArea

from breadtui.actions import FORM, bindings
from breadtui.api.errors import BreadError
from breadtui.api.lenient import texts
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.checklist import Checklist
from breadtui.widgets.choice import Choice
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

AROUND = 6
"""Lines of a form that are not fields: borders, what is wrong, the button, the keys."""


class FieldError(Exception):
    """A field cannot be sent as it is: `field` is its id, the text says what it needs."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Form(ModalScreen[Item | None]):
    """Answers with the item made, or None when it was left. What was typed is kept until it has been made."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    HEADING: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings(FORM)

    def __init__(self, kitchen: Kitchen, repo: str) -> None:
        super().__init__()
        self.kitchen = kitchen
        self.repo = repo
        self._early = ""

    def fields(self) -> ComposeResult:
        """The form's own fields, each with an id."""
        raise NotImplementedError

    async def make(self) -> Item:
        """Send what is in the fields; raises FieldError before, and BreadError after the request."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Heading, fields, what is wrong, and the button."""
        with Vertical(classes="form") as box:
            # As content: a title that is a string is read as markup, and the name is not ours.
            box.border_title = Content(self.HEADING + (f" in {self.repo}" if self.repo else ""))
            with VerticalScroll(classes="fields scrolls", can_focus=False):
                yield from self.fields()
            yield Static("", classes="problem", markup=False)
            yield Button("Create", variant="primary", classes="send", compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        """Put back what was typed before."""
        steady(self)
        draft = self.kitchen.drafts.get(self._draft_key, {})
        for field in self._inputs():
            if field.id in draft:
                _put(field, draft[field.id])
        next(self._inputs()).focus()
        self.call_after_refresh(self._type_early)

    def on_key(self, event: events.Key) -> None:
        """What is typed before a field can take it is kept for the first."""
        if self.focused is None and event.is_printable and event.character:
            self._early += event.character
            event.stop()

    def _type_early(self) -> None:
        if self._early and isinstance(self.focused, Input):
            self.focused.insert_text_at_cursor(self._early)
        self._early = ""

    def on_resize(self, event: events.Resize) -> None:
        """The fields scroll, so that button and keys stay in sight."""
        self.query_one(".fields").styles.max_height = max(event.size.height - AROUND, 3)

    def text(self, field: str) -> str:
        """What stands in a field, without white space around it."""
        return self.query_one(f"#{field}", Input).value.strip()

    def required(self, field: str, what: str) -> str:
        """The same, refused when it is empty."""
        if value := self.text(field):
            return value
        raise FieldError(field, f"{what} is missing.")

    def number(self, field: str, what: str, least: float, most: float | None = None) -> float | None:
        """A number, or None when the field is empty."""
        value = self.text(field)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            raise FieldError(field, f"{what} must be a number, not “{value}”.") from None
        if not (least <= number and (most is None or number <= most)):
            bounds = f"at least {least:g}" if most is None else f"from {least:g} to {most:g}"
            raise FieldError(field, f"{what} must be {bounds}.")
        return number

    def whole(self, field: str, what: str, least: int) -> int | None:
        """A whole number, or None when the field is empty."""
        number = self.number(field, what, least)
        if number is not None and number != int(number):
            raise FieldError(field, f"{what} must be a whole number.")
        return None if number is None else int(number)

    def action_leave(self) -> None:
        """Go back; the draft stays."""
        self._keep_draft()
        self.dismiss(None)

    @on(Button.Pressed)
    def _pressed(self) -> None:
        self.action_send()

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @work(group="send", exclusive=True, exit_on_error=False)
    async def action_send(self) -> None:
        """Check and send; on success the form closes, else it says what is wrong and keeps everything."""
        self._keep_draft()
        self._say("")
        try:
            made = await self.make()
        except FieldError as error:
            self._say(str(error))
            self.query_one(f"#{error.field}").focus()
        except BreadError as error:
            self._say(str(error))
        else:
            self.kitchen.drafts.pop(self._draft_key, None)
            self.dismiss(made)

    @property
    def _draft_key(self) -> tuple[str, str]:
        return (type(self).__name__, self.repo)

    def _inputs(self) -> Iterator[Widget]:
        for field in self.query(".fields *"):
            if field.id and isinstance(field, Input | TextArea | Choice | Checklist):
                yield field

    def _keep_draft(self) -> None:
        self.kitchen.drafts[self._draft_key] = {field.id: _take(field) for field in self._inputs() if field.id}

    def _say(self, problem: str) -> None:
        self.query_one(".problem", Static).update(Content.styled(problem, "$error"))


def label(text: str, hint: str = "") -> Static:
    """The words above a field."""
    return Static(Content.assemble((text, "bold"), (f"  {hint}" if hint else "", "$muted")), classes="label")


def filled(overrides: Mapping[str, object]) -> dict[str, object]:
    """Without what was left empty, so that the template's values hold."""
    return {name: value for name, value in overrides.items() if value is not None}


def _take(field: Widget) -> object:
    match field:
        case Input():
            return field.value
        case TextArea():
            return field.text
        case Choice():
            return field.value
        case Checklist():
            return field.chosen
        case _:
            return None


def _put(field: Widget, value: object) -> None:
    match field:
        case Input() if isinstance(value, str):
            field.value = value
        case TextArea() if isinstance(value, str):
            field.text = value
            field.move_cursor(field.document.end)
        case Choice() if value in field.options:
            field.value = str(value)
        case Checklist():
            field.chosen = texts(value)
        case _:
            pass
