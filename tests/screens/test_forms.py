"""The forms, by their keys, against a real oven: what is typed is what is made, and nothing typed is lost."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.bakery.drafts import DraftKey
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.oven import store
from breadtui.screens.forms import edit_form, form_for, form_on_top
from breadtui.screens.forms.conflict import Comparison
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.leave import Leave
from breadtui.screens.help import Help
from breadtui.screens.workspace import Workspace
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, stocked, typed, until
from tests.support.oven import RunningOven, running_oven

APPLE, YODA = "apple_support_agent", "yoda_repo"


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The samples with time standing still, for what makes nothing that another test could meet."""
    with running_oven(tmp_path_factory.mktemp("forms"), samples=True, speed=1e-9) as oven:
        yield oven


@asynccontextmanager
async def started(oven: RunningOven, size: tuple[int, int] = (120, 36)) -> AsyncGenerator[Pilot[None]]:
    async with bread_app(oven).run_test(size=size) as pilot:
        await stocked(pilot)
        yield pilot


async def opened(pilot: Pilot[None], form: Form) -> Form:
    """Show a form, and wait until it knows its surroundings."""
    await pilot.app.push_screen(form)
    await quiet(pilot)
    return form


async def new(pilot: Pilot[None], kind: Kind, repo: str) -> Form:
    return await opened(pilot, form_for(kind, _kitchen(pilot), repo))


def _kitchen(pilot: Pilot[None]) -> Kitchen:
    app = pilot.app
    assert isinstance(app, BreadApp)
    assert app.kitchen is not None
    return app.kitchen


def _repo(oven: RunningOven, name: str) -> store.Repo:
    repo = oven.store.repo(name)
    assert repo is not None
    return repo


async def made(pilot: Pilot[None]) -> None:
    """Send, and wait until the form has closed."""
    await pilot.press("ctrl+o")
    await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the form to close")


def said(form: Form) -> str:
    return str(form.query_one(".said").render())


def labels(form: Form) -> list[str]:
    return [row.label for row in form.list.rows]


# -- prompts --


async def test_a_prompt_is_made_of_messages_in_the_order_they_stand_in(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        await typed(pilot, "conversation")
        await pilot.press("tab")
        await typed(pilot, "Yoda, you are.")
        await pilot.press("ctrl+n")
        await typed(pilot, "How tall are you?")
        await pilot.press("ctrl+n")
        await typed(pilot, "Tall? Size matters not.")
        assert labels(form)[1:4] == ["system", "user", "assistant"]
        await pilot.press("alt+up")
        await made(pilot)
    told = stood.store.find(_repo(stood, YODA), store.Kind("prompt"), "conversation")
    assert told is not None
    assert told.body["messages"] == [
        {"role": "system", "content": "Yoda, you are."},
        {"role": "assistant", "content": "Tall? Size matters not."},
        {"role": "user", "content": "How tall are you?"},
    ]


async def test_the_arrows_change_a_messages_role(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        await pilot.press("down", "right", "right")
        assert form.manuscript.body["messages"] == [{"role": "assistant", "content": ""}]


async def test_what_was_removed_can_be_taken_back(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        await pilot.press("down", "x", "ctrl+r")
        assert form.manuscript.body["messages"] == []
        await pilot.press("ctrl+z")
        assert form.manuscript.body["messages"] == [{"role": "system", "content": "x"}]


async def test_an_empty_student_is_explained(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        assert "always on" in said(form)


async def test_messages_and_tools_are_loaded_from_a_file(stood: RunningOven, tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
    file = tmp_path / "calling.json"
    file.write_text(json.dumps({"messages": [{"role": "user", "content": "Weather?"}], "tools": [tool]}))
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        await typed(pilot, "weather")
        await pilot.press("ctrl+l")
        await quiet(pilot)
        await typed(pilot, str(file))
        await pilot.press("enter")
        await quiet(pilot)
        assert form.manuscript.body["tools"] == [tool]
        assert "get_weather" in next(row.value for row in form.list.rows if row.label == "Tools")
        await made(pilot)


async def test_tools_that_are_none_are_refused_before_they_are_sent(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        await typed(pilot, "weather2")
        form.put_text(("tools",), '[{"type": "function"}]')
        await pilot.press("ctrl+o")
        await quiet(pilot)
        assert pilot.app.screen is form
        assert "function" in said(form)


# -- targets --


async def test_a_target_is_made_of_a_pair_and_several_generators(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with started(oven) as pilot:
            form = await new(pilot, Kind.TARGET, APPLE)
            await typed(pilot, "support")
            await pilot.press("tab")
            await typed(pilot, "ipho")
            await pilot.press("tab")
            await typed(pilot, "empty")
            await pilot.press("tab", "tab")
            await typed(pilot, "My iPhone is dark\nIt is wet")
            form.list.go_to(("overrides", "generators", "+"))
            form.set_focus(form.list)
            await typed(pilot, "persona")
            await pilot.press("enter")
            await quiet(pilot)
            await pilot.press("down", "ctrl+u")
            await typed(pilot, "20")
            assert "22 stimuli × 1 trajectory = 22 responses" in said(form)
            await made(pilot)
        body = oven.store.find(_repo(oven, APPLE), store.Kind("target"), "support")
        assert body is not None
        config = body.body
        assert (config["teacher_prompt"], config["student_prompt"]) == ("iphone_teacher", "empty_student")
        kinds = [(item["type"], item.get("questions", item.get("numq"))) for item in config["generators"]]  # type: ignore[attr-defined]
        assert kinds == [("hardcoded", ["My iPhone is dark", "It is wet"]), ("persona", 20)]


async def test_the_same_prompt_twice_is_allowed_and_named_for_what_it_is(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        await typed(pilot, "keep")
        await pilot.press("tab")
        await typed(pilot, "ipho")
        await pilot.press("tab")
        await typed(pilot, "ipho")
        await pilot.press("tab", "tab")
        await typed(pilot, "Hi")
        await pilot.press("shift+tab")
        assert not form.manuscript.errors
        assert "egularisation" in said(form)


async def test_a_choice_shows_the_words_of_the_prompt(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        await pilot.press("tab")
        await typed(pilot, "mac")
        await quiet(pilot)
        assert "specialist for Mac" in form.page.text


async def test_another_type_of_generator_keeps_the_fields_it_shares(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        form.manuscript.change(("overrides", "generators", 0), {"type": "oneshot_qs", "numq": 7, "model": "m"})
        form.redraw()
        form.edited(("overrides", "generators", 0, "type"), "from_dataset")
        generator = form.manuscript.effective(("overrides", "generators", 0))
        assert isinstance(generator, dict)
        assert (generator["type"], generator["numq"], "model" in generator) == ("from_dataset", 7, False)


async def test_a_template_file_goes_into_a_custom_generator(stood: RunningOven, tmp_path: Path) -> None:
    file = tmp_path / "ask.txt"
    file.write_text("Write ${numq} questions about ${prompt_u}", encoding="utf-8")
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        form.edited(("overrides", "generators", 0, "type"), "custom")
        form.list.go_to(("overrides", "generators", 0, "numq"))
        await pilot.press("ctrl+l")
        await quiet(pilot)
        await typed(pilot, str(file))
        await pilot.press("enter")
        await quiet(pilot)
        generator = form.manuscript.effective(("overrides", "generators", 0))
        assert isinstance(generator, dict)
        assert generator["template_path"] == "ask.txt"
        assert "${numq}" in generator["template_content"]


async def test_what_the_template_gives_is_grey_and_what_is_said_bright(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await opened(pilot, edit_form(_kitchen(pilot), Item(Kind.TARGET, APPLE, "iphone_support")))
        by_label = {row.label: row for row in form.list.rows}
        assert (by_label["Teacher"].value, by_label["Teacher"].ghost) == ("", "iphone_teacher")
        assert "102 stimuli × 3 trajectories = 306 responses" in said(form)
        form.list.go_to(("overrides", "generators", 0, "numq"))
        await pilot.press("ctrl+u")
        await typed(pilot, "50")
        assert "52 stimuli" in said(form)


# -- bakes --


async def test_the_guides_weights_are_set_by_keys(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with started(oven) as pilot:
            form = await new(pilot, Kind.BAKE, APPLE)
            await typed(pilot, "mix")
            await pilot.press("tab")
            await typed(pilot, "all")
            await pilot.press("enter")
            assert "3 targets · weights sum to 1 " in said(form)
            form.list.go_to(("overrides", "datasets", 0))
            for number, weight in enumerate(("0.5", "0.3", "0.2")):
                form.list.go_to(("overrides", "datasets", number, "weight"))
                await pilot.press("ctrl+u", *weight)
            await made(pilot)
        bake = oven.store.find(_repo(oven, APPLE), store.Kind("bake"), "mix")
        assert bake is not None
        assert bake.body["datasets"] == [
            {"target": "iphone_support", "weight": 0.5},
            {"target": "mac_support", "weight": 0.3},
            {"target": "airpods_support", "weight": 0.2},
        ]


async def test_equals_makes_weights_even_and_percent_scales_them(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, APPLE)
        await pilot.press("tab")
        await typed(pilot, "all")
        await pilot.press("enter")
        form.list.go_to(("overrides", "datasets", 0, "weight"))
        await pilot.press("ctrl+u", "2")
        assert "add up to 2.66" in said(form).split("\n", 1)[1]
        await pilot.press("percent_sign")
        weights = [dataset["weight"] for dataset in form.manuscript.body["overrides"]["datasets"]]  # type: ignore[index]
        assert sum(weights) == pytest.approx(1)
        assert weights[0] > weights[1]
        await pilot.press("equals_sign")
        weights = [dataset["weight"] for dataset in form.manuscript.body["overrides"]["datasets"]]  # type: ignore[index]
        assert max(weights) - min(weights) < 0.002


async def test_a_target_that_is_not_ready_is_marked(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, APPLE)
        await pilot.press("tab")
        await typed(pilot, "airpods")
        await pilot.press("enter")
        await quiet(pilot)
        row = next(row for row in form.list.rows if row.label == "airpods_support")
        assert "failed" in row.hint
        assert row.warning


async def test_a_number_that_is_not_whole_is_kept_and_refused(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, YODA)
        await typed(pilot, "mix")
        form.unfold_to(("overrides", "epochs"))
        form.list.go_to(("overrides", "epochs"))
        await typed(pilot, "2.5")
        await pilot.press("ctrl+o")
        await quiet(pilot)
        assert pilot.app.screen is form
        assert "epochs" in said(form)
        assert form.list.current is not None
        assert form.list.current.value == "2.5"


async def test_a_bake_on_top_names_its_parent(stood: RunningOven) -> None:
    model = "baker/yoda_repo/yoda_bake_v1/14"
    async with started(stood) as pilot:
        bake = await opened(pilot, form_on_top(Thing.BAKE, _kitchen(pilot), YODA, model))
        assert bake.manuscript.effective(("overrides", "model", "parent_model_name")) == model
        assert not bake.manuscript.touched
        bake.dismiss(None)
        target = await opened(pilot, form_on_top(Thing.TARGET, _kitchen(pilot), YODA, model))
        assert target.manuscript.effective(("overrides", "model_name")) == model
        assert not target.manuscript.touched


# -- checks, drafts, conflicts --


async def test_a_form_with_errors_is_not_sent_and_shows_the_first(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        assert "✖" not in said(form)
        await typed(pilot, "a/b")
        assert "/" in said(form)
        await pilot.press("tab", "ctrl+o")
        await quiet(pilot)
        assert form.list.current is not None
        assert form.list.current.label == "Name"
        assert "and 2 more" in said(form)
        assert pilot.app.screen is form


async def test_leaving_asks_and_keeps_what_was_written(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        await new(pilot, Kind.PROMPT, YODA)
        await typed(pilot, "half a na")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Leave)
        await pilot.press("escape", "m", "escape", "enter")
        assert isinstance(pilot.app.screen, Workspace)
        form = await new(pilot, Kind.PROMPT, YODA)
        assert form.manuscript.name == "half a nam"
        await pilot.press("ctrl+z")
        assert form.manuscript.name == ""


async def test_what_is_thrown_away_is_gone(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        await new(pilot, Kind.BAKE, YODA)
        await typed(pilot, "nonsense")
        await pilot.press("escape", "d")
        form = await new(pilot, Kind.BAKE, YODA)
        assert form.manuscript.name == ""


async def test_an_untouched_form_is_left_without_a_question(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        await new(pilot, Kind.TARGET, YODA)
        await pilot.press("down", "escape")
        assert isinstance(pilot.app.screen, Workspace)


async def test_what_is_typed_is_soon_where_a_crash_cannot_reach_it(stood: RunningOven, tmp_path: Path) -> None:
    async with started(stood) as pilot:
        await new(pilot, Kind.PROMPT, APPLE)
        await typed(pilot, "nearly")
        key = DraftKey(Thing.PROMPT, APPLE)
        await until(pilot, lambda: bool(_kitchen(pilot).drafts.get(key)), "the draft")


async def test_a_name_that_is_taken_is_shown_beside_the_other(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with started(oven) as pilot:
            await new(pilot, Kind.PROMPT, YODA)
            await typed(pilot, "yoda_teacher")
            await pilot.press("tab")
            await typed(pilot, "Short")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: isinstance(pilot.app.screen, Comparison), "the comparison")
            await quiet(pilot)
            comparison = pilot.app.screen
            assert "Short" in str(comparison.query_one("Page").text)  # type: ignore[attr-defined]
            assert "inverted syntax" in str(comparison.query_one("Page").text)  # type: ignore[attr-defined]
            await pilot.press("s")
            await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the form to close")
        names = oven.store.names(_repo(oven, YODA), store.Kind("prompt"))
        assert "yoda_teacher_v2" in names


async def test_the_one_that_exists_can_be_used_instead(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        await new(pilot, Kind.PROMPT, YODA)
        await typed(pilot, "yoda_teacher")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(pilot.app.screen, Comparison), "the comparison")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the form to close")


async def test_a_copy_has_a_fresh_name_and_says_how_it_differs(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await opened(pilot, edit_form(_kitchen(pilot), Item(Kind.BAKE, YODA, "yoda_bake_v1")))
        assert form.manuscript.name == "yoda_bake_v2"
        assert "nothing yet" in form.page.text
        form.unfold_to(("overrides", "epochs"))
        form.list.go_to(("overrides", "epochs"))
        await typed(pilot, "5")
        form.list.go_to(("bake_name",))
        await quiet(pilot)
        assert "epochs" in form.page.text
        assert "3 → 5" in form.page.text


async def test_a_copy_of_a_prompt_nobody_looked_at_is_filled_when_its_words_come(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        assert _kitchen(pilot).catalog.known_prompt(APPLE, "mac_teacher") is None
        form = await opened(pilot, edit_form(_kitchen(pilot), Item(Kind.PROMPT, APPLE, "mac_teacher")))
        assert form.manuscript.name == "mac_teacher_v2"
        assert "specialist for Mac" in form.text_of(("messages", 0))
        assert not form.manuscript.touched


async def test_a_server_that_does_not_answer_loses_nothing(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with started(oven) as pilot:
            form = await new(pilot, Kind.PROMPT, YODA)
            await typed(pilot, "later")
            oven.stop()
            await pilot.press("ctrl+o")
            await until(pilot, lambda: "reached" in said(form), "why")
            oven.restart()
            await made(pilot)


# -- YAML --


async def test_the_yaml_is_what_will_be_sent_and_can_be_changed(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, YODA)
        await typed(pilot, "mix")
        await pilot.press("ctrl+t")
        assert form.yaml.text.startswith("bake_name: mix\ntemplate: default\n")
        form.yaml.text = "bake_name: mixed\ntemplate: default\noverrides:\n  epochs: 7\n  datasets: []\n"
        await pilot.press("ctrl+t")
        assert form.manuscript.body == {
            "bake_name": "mixed",
            "template": "default",
            "overrides": {"epochs": 7, "datasets": []},
        }
        assert form.list.rows[0].value == "mixed"


async def test_unknown_keys_and_wrong_types_are_named_by_line(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, YODA)
        await pilot.press("ctrl+t")
        form.yaml.text = "bake_name: mix\ntemplate: default\noverrides:\n  epoch: 7\n  seed: many\n"
        await until(pilot, lambda: "Line 4" in said(form), "the line")
        assert "Line 5" in said(form)
        assert "epochs" in said(form)


async def test_a_yaml_that_cannot_be_read_is_not_left_and_not_lost(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.TARGET, YODA)
        await pilot.press("ctrl+t")
        form.yaml.text = "target_name: [broken\n"
        await pilot.press("ctrl+t")
        assert form.in_yaml
        assert "line" in said(form).lower()
        await pilot.press("escape", "s")
        again = await new(pilot, Kind.TARGET, YODA)
        assert again.in_yaml
        assert again.yaml.text == "target_name: [broken\n"
        await pilot.press("escape", "d")


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 50)], ids=str)
async def test_the_field_and_what_is_said_of_it_are_in_view_at_every_size(
    size: tuple[int, int], stood: RunningOven
) -> None:
    async with started(stood, size) as pilot:
        form = await new(pilot, Kind.BAKE, APPLE)
        for group in form.groups():
            form.unfolded.add(group)
        form.redraw()
        await pilot.press("tab", "shift+tab", "pagedown", "pagedown")
        row, top = form.list.cursor, form.list.scroll_offset.y
        assert top <= row < top + form.list.size.height
        assert form.list.size.height >= 1


# -- a folder --


def documents(folder: Path, **texts: str) -> Path:
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


async def test_a_folder_is_planned_first_and_made_when_asked_again(tmp_path: Path) -> None:
    knowledge = documents(tmp_path / "apple", iphone="Charge it.", mac="Restart it.", airpods="Reset them.")
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with started(oven) as pilot:
            form = await opened(pilot, form_for("folder", _kitchen(pilot), YODA))
            await typed(pilot, str(knowledge))
            await pilot.press("ctrl+o")
            await until(pilot, lambda: "300 responses" in said(form), "the plan")
            assert "3 documents" in form.page.text
            assert oven.store.names(_repo(oven, YODA), store.Kind("bake")) == ["yoda_bake_v1"]
            await made(pilot)
        assert "apple" in oven.store.names(_repo(oven, YODA), store.Kind("bake"))
        assert {"iphone", "mac", "airpods"} <= set(oven.store.names(_repo(oven, YODA), store.Kind("target")))


async def test_a_changed_field_asks_for_another_plan(stood: RunningOven, tmp_path: Path) -> None:
    knowledge = documents(tmp_path / "docs", one="One.")
    async with started(stood) as pilot:
        form = await opened(pilot, form_for("folder", _kitchen(pilot), YODA))
        await typed(pilot, str(knowledge))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "1 documents" in said(form) or "1 document" in said(form), "the plan")
        form.list.go_to(("numq",))
        await pilot.press("ctrl+u")
        await typed(pilot, "7")
        assert "before you say so" in said(form)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "7 responses" in said(form), "another plan")
        await pilot.press("escape", "d")


async def test_names_that_are_taken_stop_a_folder_before_anything_is_made(stood: RunningOven, tmp_path: Path) -> None:
    knowledge = documents(tmp_path / "apple", iphone="Something else.")
    async with started(stood) as pilot:
        form = await opened(pilot, form_for("folder", _kitchen(pilot), APPLE))
        await typed(pilot, str(knowledge))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "conflict" in form.page.text, "the plan")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "taken" in said(form), "the refusal")
        assert "apple" not in stood.store.names(_repo(stood, APPLE), store.Kind("bake"))
        await pilot.press("escape", "d")


# -- what newcomers stumble over --


async def test_tools_are_typed_as_the_json_list_they_are(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        form.list.go_to(("tools",))
        await typed(pilot, '[{"type": "function", "function": {"name": "look"}}]')
        await pilot.press("shift+tab")
        assert form.manuscript.body["tools"] == [{"type": "function", "function": {"name": "look"}}]
        assert not [problem for problem in form.manuscript.errors if problem.path[0] == "tools"]


async def test_json_that_breaks_off_is_located(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.PROMPT, YODA)
        form.list.go_to(("tools",))
        await typed(pilot, "[{")
        await pilot.press("shift+tab")
        assert "line 1, column 3" in said(form)


async def test_tab_stops_at_what_is_folded(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, YODA)
        form.list.go_to(("template",))
        await pilot.press("tab", "enter", "tab")
        assert form.list.current is not None
        assert form.list.current.label == "epochs"


async def test_the_chosen_option_is_in_sight_on_a_small_screen(stood: RunningOven) -> None:
    async with started(stood, (80, 24)) as pilot:
        form = await new(pilot, Kind.TARGET, APPLE)
        form.list.go_to(("overrides", "generators", 0, "type"))
        await pilot.press("left")
        lines = form.page.text.splitlines()[: form.page.size.height]
        assert any(line.startswith("▸ custom") for line in lines)


async def test_what_was_there_already_is_said_to_be(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        before = [repo.repo_name for repo in _kitchen(pilot).catalog.repos or ()]
        await opened(pilot, form_for("repository", _kitchen(pilot), ""))
        await typed(pilot, YODA)
        await made(pilot)
        assert any("there already" in str(toast.message) for toast in pilot.app._notifications)
        assert [repo.repo_name for repo in _kitchen(pilot).catalog.repos or ()] == before


async def test_the_first_digit_takes_the_place_of_a_figure(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        form = await new(pilot, Kind.BAKE, YODA)
        form.list.go_to(("overrides", "datasets", 0, "weight"))
        await typed(pilot, "0.7")
        await pilot.press("home", "delete", "1")
        assert form.manuscript.effective(("overrides", "datasets", 0, "weight")) == 1.7


async def test_help_opens_over_menus_and_the_lineage(stood: RunningOven) -> None:
    async with started(stood) as pilot:
        for key in ("n", "L"):
            await pilot.press(key, "question_mark")
            assert isinstance(pilot.app.screen, Help)
            await pilot.press("f1", "escape")
            assert isinstance(pilot.app.screen, Workspace)
