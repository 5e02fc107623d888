"""The forms that make repositories, prompts, targets and bakes, and the menu that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breadtui.screens.forms.bake import BakeForm
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.menu import NewMenu
from breadtui.screens.forms.prompt import PromptForm
from breadtui.screens.forms.repo import RepoForm
from breadtui.screens.forms.target import TargetForm
from breadtui.widgets.repo_tree import Kind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

__all__ = ["NewMenu", "form_for"]


def form_for(kind: Kind, kitchen: Kitchen, repo: str) -> Form:
    """The form that makes a thing of `kind` in `repo`."""
    match kind:
        case Kind.REPO:
            return RepoForm(kitchen, "")
        case Kind.PROMPT:
            return PromptForm(kitchen, repo)
        case Kind.TARGET:
            return TargetForm(kitchen, repo)
        case Kind.BAKE:
            return BakeForm(kitchen, repo)
        case _:
            raise ValueError(f"nothing makes a {kind}")
