"""Another thing has the name already: shows it beside what was written, key by key, and asks what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from breadtui.actions import MODAL, bindings
from breadtui.api.lenient import as_object
from breadtui.bakery.authoring.differences import ABSENT, Difference, differences, path_text
from breadtui.bakery.authoring.names import fresh_name
from breadtui.bakery.authoring.templates import merge
from breadtui.bakery.things import Thing
from breadtui.sheets import sheet
from breadtui.widgets.details.parts import beside, hint
from breadtui.widgets.drawing import shorten
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page

LONGEST = 12
"""Lines of one value that are shown, at most."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the user decided: to use the one that exists, or to give his own another name."""

    use_existing: bool = False
    new_name: str | None = None


class Comparison(ModalScreen[Verdict | None]):
    """Answers with a verdict, or None to go back to the form. `inherited` is what the template of `mine` gives."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    BINDINGS = [
        *bindings(MODAL),
        Binding("u", "use", "Use the existing one"),
        Binding("s", "rename", "Send under another name"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(
        self,
        thing: Thing,
        mine: Mapping[str, object],
        theirs: Mapping[str, object],
        inherited: Mapping[str, object] | None,
        taken: Collection[str],
    ) -> None:
        super().__init__()
        self._name = str(mine.get(thing.name_key, ""))
        self._thing = thing
        self._found = differences(_effective(mine, inherited), _effective(theirs, None))
        self._fresh = fresh_name(self._name, {*taken, self._name})

    def compose(self) -> ComposeResult:
        """Two columns, and the keys."""
        with Vertical(classes="comparison") as box:
            box.border_title = Content(f"{self._name} exists already, and is not the same")
            page = Page(classes="scrolls")
            yield page
            yield KeyBar()

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Page).focus()

    def on_page_widened(self) -> None:
        """Written for its width."""
        page = self.query_one(Page)
        page.show(self._text(max(page.size.width - 1, 30)))

    def on_resize(self, event: events.Resize) -> None:
        """At first, too."""
        self.call_after_refresh(self.on_page_widened)

    def action_use(self) -> None:
        """Go to the one that exists."""
        self.dismiss(Verdict(use_existing=True))

    def action_rename(self) -> None:
        """Send ours under a fresh name."""
        self.dismiss(Verdict(new_name=self._fresh))

    def action_back(self) -> None:
        """Back to the form."""
        self.dismiss(None)

    def _text(self, width: int) -> Content:
        room = (width - 3) // 2
        lines = beside(
            [Content.styled("yours", "bold $primary")], [Content.styled("on the server", "bold $primary")], room
        )
        for found in self._found:
            lines.append(Content.styled(path_text(found.path), "$muted"))
            lines += beside(_wrapped(found.before, room), _wrapped(found.after, room), room)
        told = (
            f"A {self._thing} cannot be changed once it is made. u goes to the one on the server; s sends yours as"
            f" {self._fresh}."
        )
        return Content("\n").join([*lines, Content(""), *hint(told, width)])


def compared(found: Iterable[Difference], width: int) -> Content:
    """Differences, one a line: key, before → after."""
    return Content("\n").join(
        [
            Content.assemble(
                (path_text(one.path), "bold"),
                "  ",
                (_shown(one.before, width // 2), "$muted"),
                " → ",
                _shown(one.after, width // 2),
            )
            for one in found
        ]
    )


def _wrapped(value: object, room: int) -> list[Content]:
    """A value in the lines it takes, a very long one cut."""
    text = (
        Content.styled("–" if value is ABSENT else "(empty)", "$muted")
        if value in (ABSENT, "")
        else Content(f"{value}")
    )
    lines = text.wrap(max(room, 2))
    more = Content.styled(f"… {len(lines) - LONGEST:,} more lines", "$muted")
    return [*lines[:LONGEST], more] if len(lines) > LONGEST else lines


def _shown(value: object, width: int) -> str:
    return "–" if value is ABSENT else shorten(f"{value}", width)


def _effective(body: Mapping[str, object], inherited: Mapping[str, object] | None) -> Mapping[str, object]:
    """A body without its name and its template, which is merged in."""
    if "overrides" not in body:
        return {key: value for key, value in body.items() if not key.endswith("_name")}
    return merge(inherited or {}, as_object(body["overrides"]))
