"""The form of a target: a pair of prompts, the questions to ask, and how the answers are sampled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath

from textual.content import Content

from breadtui.api.lenient import as_object, items
from breadtui.bakery.authoring import target as kind
from breadtui.bakery.authoring.checks import Around
from breadtui.bakery.authoring.fields import Field, Path, Shape
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.load import AskFile
from breadtui.screens.forms.sketch import Sketch
from breadtui.widgets.fields.rows import Key, Row, RowKind

OVERRIDES: Path = ("overrides",)
GENERATORS: Path = ("overrides", "generators")
PROMPTS = ("teacher_prompt", "student_prompt")
NAME = Field(("target_name",), Shape.TEXT, "What the target is called, such as yoda_target.")
TEMPLATE = Field(("template",), Shape.TEXT, "What is not said here is taken from this: the default, or another target.")
TYPE = Field(("type",), Shape.TEXT, "How the questions come about.")
SAMPLING = "Sampling"
FIRST_WORDS = 600
"""Characters of a prompt that are shown to choose by."""


class TargetForm(Form):
    """Teacher, student, generators in order, and the sampling of the responses."""

    THING = Thing.TARGET
    HEADING = "New target"

    def blank(self) -> dict[str, object]:
        """Questions written here, which is how most begin."""
        return {"target_name": "", "template": "default", "overrides": {"generators": [dict(kind.NEW["hardcoded"])]}}

    def rows(self, sketch: Sketch) -> list[Row]:
        """Pair, generators, sampling, template."""
        around = self.manuscript.around
        rows = [sketch.row(NAME, label="Name")]
        fields = {str(field.path[0]): field for field in kind.FIELDS}
        for name, label in zip(PROMPTS, ("Teacher", "Student"), strict=True):
            rows.append(sketch.row(fields[name], OVERRIDES, label=label, options=around.prompts or ("",)))
        for number, generator in enumerate(items(self.manuscript.effective(GENERATORS))):
            rows += self._generator(sketch, number, as_object(generator))
        rows.append(Row((*GENERATORS, "+"), RowKind.BUTTON, "+ generator", options=tuple(kind.GENERATORS)))
        rows += sketch.group(SAMPLING, (field for name, field in fields.items() if name not in PROMPTS), OVERRIDES)
        rows.append(sketch.row(TEMPLATE, label="Template", options=("default", *(around.targets or ()))))
        return rows

    def groups(self) -> dict[str, list[Path]]:
        """All but the pair and the generators."""
        return {SAMPLING: [(*OVERRIDES, *f.path) for f in kind.FIELDS if f.path[0] not in PROMPTS]}

    def summary(self) -> Content:
        """What it will produce."""
        config = {**as_object(self.manuscript.around.template), **as_object(self.manuscript.body.get("overrides"))}
        stimuli, each, responses = kind.stimuli(config), kind.trajectories(config), kind.responses(config)
        if not stimuli:
            return Content.styled("No question yet: write some, or add a generator that makes them.", "$muted")
        asked, times = f"{stimuli:,} {_many('stimulus', stimuli)}", f"{each:,} {_many('trajectory', each)}"
        return Content.styled(f"{asked} × {times} = {responses:,} {_many('response', responses or 0)}", "$secondary")

    def aside(self, row: Row, option: str) -> Content:
        """The prompts with their words, the generators with their meaning."""
        match row.key:
            case ("overrides", "teacher_prompt" | "student_prompt"):
                told, chosen = self._specs[row.key].help, row.value or row.ghost
                return self.choice(row, told, chosen, self._words(chosen))
            case (*_, "+") | (*_, "type"):
                chosen = option if row.kind is RowKind.BUTTON else row.value or row.ghost
                told = kind.MEANING.get(chosen, TYPE.help)
                return self.choice(row, told, chosen)
            case ("template",):
                return self.choice(row, TEMPLATE.help, row.value or "default")
            case _:
                return super().aside(row, option)

    def new_item(self, path: Path, option: str) -> object:
        """A generator as it begins."""
        return dict(kind.NEW[option or "oneshot_qs"])

    def edited(self, key: Key, text: str) -> None:
        """Another type has other fields; another template gives other values; another prompt other words."""
        if key[-1] == "type" and key[:2] == GENERATORS:
            self.manuscript.change(key[:-1], {**_shared(self.manuscript.effective(key[:-1]), text), "type": text})
            self.changed()
            return
        super().edited(key, text)
        if key == TEMPLATE.path or key[-1] in PROMPTS:
            self.prepare_again()

    async def prepare(self) -> None:
        """What the repository holds, what the template gives, and the words of the chosen prompts."""
        catalog, shelf = self.kitchen.catalog, self.kitchen.catalog.shelf(self.repo)
        template = str(self.manuscript.body.get("template", "default"))
        given = await self.kitchen.template_config(self.THING, self.repo, template)
        held = Around(prompts=shelf.prompts, targets=shelf.targets, bakes=shelf.bakes) if shelf else Around()
        self.manuscript.around = replace(held, template=given, base_model=catalog.base_model(self.repo))
        self.redraw()
        for name in PROMPTS:
            chosen = self.manuscript.effective((*OVERRIDES, name))
            if isinstance(chosen, str) and chosen in (held.prompts or ()):
                await catalog.prompt(self.repo, chosen)
        self.redraw()

    def action_load(self) -> None:
        """Ask for a template file, for the generator the cursor is in."""
        self.commit()
        self.app.push_screen(AskFile("Load a template", "a text file with ${numq} and ${prompt_u}"), self._load)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a custom generator has a template to load."""
        if action == "load":
            item = None if self.in_yaml else self.item_here
            return item is not None and self.manuscript.effective((*item, "type")) == "custom"
        return super().check_action(action, parameters)

    def _load(self, path: FilePath | None) -> None:
        item = self.item_here
        if path is None or item is None:
            return
        try:
            content = kind.read_template(path)
        except kind.TemplateProblem as problem:
            self.say(str(problem))
            return
        held = as_object(self.manuscript.effective(item))
        made = {**held, "template_path": path.name, "template_content": content}
        self.manuscript.change(item, made)
        self.changed(anew=True)

    def _generator(self, sketch: Sketch, number: int, generator: object) -> list[Row]:
        path = (*GENERATORS, number)
        chosen = str(as_object(generator).get("type", ""))
        label = f"Generator {number + 1}"
        first = sketch.row(TYPE, path, label=label, options=tuple(kind.GENERATORS))
        first = replace(first, hint=kind.MEANING.get(chosen, ""))
        return [first, *(sketch.row(field, path, indent=1) for field in kind.GENERATORS.get(chosen, ()))]

    def _words(self, prompt: str) -> Content | None:
        known = self.kitchen.catalog.known_prompt(self.repo, prompt) if prompt else None
        if known is None:
            return None
        text = "\n".join(message.text for message in known.messages)[:FIRST_WORDS]
        return Content(text) if text.strip() else Content.styled("Empty: the baked behaviour is always on.", "$muted")


def _shared(generator: object, type_: str) -> dict[str, object]:
    """What a generator keeps when it becomes another type: the fields both have; else what such a one begins with."""
    fields = {str(field.path[0]) for field in kind.GENERATORS.get(type_, ())}
    kept = {name: value for name, value in as_object(generator).items() if name in fields}
    return {**kind.NEW.get(type_, {}), **kept}


def _many(noun: str, count: int) -> str:
    plural = {"stimulus": "stimuli", "trajectory": "trajectories", "response": "responses"}
    return noun if count == 1 else plural[noun]
