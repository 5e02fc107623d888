"""The forms that make repositories, prompts, targets and bakes, and the menus that lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from breadtui.bakery.authoring.fields import put
from breadtui.bakery.authoring.names import fresh_name
from breadtui.bakery.things import Thing
from breadtui.screens.forms.bake import BakeForm, evenly
from breadtui.screens.forms.folder import FolderForm
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.menu import FOLDER, NewMenu, OnTopMenu
from breadtui.screens.forms.prompt import PromptForm
from breadtui.screens.forms.repo import RepoForm
from breadtui.screens.forms.target import TargetForm
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

__all__ = ["NewMenu", "OnTopMenu", "edit_form", "form_for", "form_on_top"]

_FORMS: Mapping[Thing, type[Form]] = {
    Thing.REPO: RepoForm,
    Thing.PROMPT: PromptForm,
    Thing.TARGET: TargetForm,
    Thing.BAKE: BakeForm,
}


def form_for(kind: str, kitchen: Kitchen, repo: str, targets: Sequence[str] = ()) -> Form:
    """The form that makes a thing of `kind`, as the menu names it, in `repo`; a bake of `targets`, if some are told."""
    if kind == FOLDER:
        return FolderForm(kitchen, repo)
    thing = Thing(kind)
    if thing is Thing.BAKE and targets:
        return BakeForm(kitchen, repo, _bake({"datasets": evenly(targets)}), origin=f"of {', '.join(targets)}")
    return _FORMS[thing](kitchen, "" if thing is Thing.REPO else repo)


def edit_form(kitchen: Kitchen, item: Item) -> Form:
    """The form on a copy of a prompt, target or bake, under a fresh name: what is made cannot be changed."""
    thing, shelf = Thing(item.kind.value), kitchen.catalog.shelf(item.repo)
    taken = getattr(shelf, f"{thing}s", ()) if shelf else ()
    name = fresh_name(item.name, {*taken, item.name})
    # Of a target or bake the original is the template: then what differs from it is just what is said anew.
    body: dict[str, object] = {thing.name_key: name, "template": item.name, "overrides": {}}
    if thing is Thing.PROMPT:
        known = kitchen.catalog.known_prompt(item.repo, item.name)
        body = {thing.name_key: name, **_content(known.model_dump(exclude_unset=True) if known else {})}
    return _FORMS[thing](kitchen, item.repo, body, copy_of=item.name)


def form_on_top(thing: Thing, kitchen: Kitchen, repo: str, model: str) -> Form:
    """The form of a target whose responses come from `model`, or of a bake that goes on training it."""
    if thing is Thing.BAKE:
        body = _bake({"model": {"parent_model_name": model}})
        return BakeForm(kitchen, repo, body, origin=f"on {model}")
    form = TargetForm(kitchen, repo, origin=f"on {model}")
    form.manuscript.open_with(put(form.manuscript.body, ("overrides", "model_name"), model))
    return form


def _bake(overrides: Mapping[str, object]) -> dict[str, object]:
    return {"bake_name": "", "template": "default", "overrides": overrides}


def _content(prompt: Mapping[str, object]) -> dict[str, object]:
    return {key: prompt[key] for key in ("messages", "tools") if prompt.get(key) is not None}
