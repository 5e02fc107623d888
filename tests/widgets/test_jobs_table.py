"""The table of jobs on rows that are made up: order, filter, groups, marks, and what it costs to keep it up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.pace import Basis, Eta, Rate, Unit
from breadtui.themes import DARK
from breadtui.widgets.jobs.arranging import Arrangement, Folded, Heading
from breadtui.widgets.jobs.columns import Column, layout
from breadtui.widgets.jobs.query import matcher
from breadtui.widgets.jobs.row import JobRow, Vitals
from breadtui.widgets.jobs.table import JobsTable
from tests.support.app import until


def row(
    name: str, state: State = State.RUNNING, *, repo: str = "yoda", phase: Phase = Phase.BAKE, **more: object
) -> JobRow:
    status = JobStatus(JobKey(repo, name, phase), state)
    return JobRow(replace(status, **more))  # pyright: ignore[reportArgumentType] - fields by name


MIXED = (
    row("done", State.COMPLETE, loss=5.2e-7),
    row("waits", State.NOT_STARTED),
    row("failed", State.FAILED, error="out of memory"),
    row("half", percent=50.0, loss=6e-7),
    row("little", repo="apple", phase=Phase.ROLLOUT, lines=3, total=60),
    row("queued", State.QUEUED, repo="apple", phase=Phase.STIM),
)


class Clock:
    """Lends vitals that a test sets."""

    def __init__(self) -> None:
        self.vitals: dict[str, Vitals] = {}
        self.asked = 0

    def __call__(self, key: JobKey) -> Vitals:
        self.asked += 1
        return self.vitals.get(key.name, Vitals())


class Bench(App[None]):
    """A table and nothing else."""

    CSS = "JobsTable { height: 1fr; overflow: hidden scroll; } JobsTable > .jobs--cursor { text-style: bold; }"

    def __init__(self, rows: Iterable[JobRow] = MIXED, clock: Callable[[JobKey], Vitals] | None = None) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.first = tuple(rows)
        self.clock = clock or Clock()
        self.painted: list[int] = []

    def compose(self) -> ComposeResult:
        yield JobsTable(self.clock)

    def on_mount(self) -> None:
        self.table.show(self.first)
        self.table.focus()

    @property
    def table(self) -> JobsTable:
        return self.query_one(JobsTable)

    def names(self) -> list[str]:
        return [each.key.name for each in self.table.rows]

    def text(self) -> list[str]:
        table = self.table
        return [text for y in range(table.size.height) if (text := table.render_line(y).text.rstrip())]


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause(0.05)


class TestOrder:
    async def test_what_asks_for_attention_stands_first(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)):
            assert app.names() == ["little", "half", "queued", "failed", "waits", "done"]

    @pytest.mark.parametrize(
        ("key", "first"), [("N", "done"), ("D", "done"), ("O", "done"), ("P", "queued"), ("S", "little")]
    )
    async def test_a_letter_with_shift_sorts_by_its_column_and_again_the_other_way_round(
        self, key: str, first: str
    ) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("A", key)
            assert app.names()[0] == first
            before = app.names()
            await pilot.press(key)
            assert app.names() != before

    @pytest.mark.parametrize("turned", [False, True])
    def test_what_a_column_says_nothing_of_comes_last_either_way(self, turned: bool) -> None:
        arrangement = Arrangement(lambda key: Vitals(eta=Eta(9.0, Basis.PACE) if key.name == "half" else None))
        arrangement.replace(MIXED)
        for _ in range(1 + turned):
            arrangement.sort(Column.LEFT)
        assert next(line.key.name for line in arrangement.lines() if isinstance(line, JobRow)) == "half"

    async def test_the_titles_show_the_letters_and_which_way_it_is_sorted(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            assert app.text()[0].split() == ["▾S", "Phase", "Name", "Done", "lines/lOss", "raTe", "lEft", "Age"]
            await pilot.press("N", "N")
            assert "Name▴" in app.text()[0]

    async def test_the_cursor_stays_on_its_job_when_that_changes_places(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("j")
            assert app.table.current is not None
            assert app.table.current.key.name == "half"
            app.table.put([row("half", State.COMPLETE)])
            await until(pilot, lambda: app.names()[-1] == "half", "the new order")
            assert app.table.current.key.name == "half"

    async def test_the_cursor_stays_on_its_line_of_the_screen_when_jobs_come_in_above_it(self) -> None:
        many = [row(f"n{number:03}", State.FAILED) for number in range(100)]
        app = Bench(many)
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press(*["j"] * 45, *["k"] * 5)
            await settle(pilot)
            at = next(y for y, line in enumerate(app.text()) if "n040" in line)
            app.table.put([row("new", State.RUNNING)])
            await until(pilot, lambda: app.names()[0] == "new", "the new job")
            await settle(pilot)
            assert "n040" in app.text()[at]


class TestFilter:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("", {"done", "waits", "failed", "half", "little", "queued"}),
            ("state:run", {"half", "little"}),
            ("STATE:Failed", {"failed"}),
            ("repo:apple", {"little", "queued"}),
            ("phase:roll", {"little"}),
            ("apple stim", {"queued"}),
            ("repo:yoda state:complete", {"done"}),
            ("name:l", {"failed", "half", "little"}),
            ("nothing", set[str]()),
        ],
    )
    def test_words_find_jobs(self, text: str, found: set[str]) -> None:
        holds = matcher(text)
        assert {each.key.name for each in MIXED if holds(each)} == found

    def test_what_waits_is_found_by_that_word(self) -> None:
        waits = JobRow(JobStatus(JobKey("r", "b", Phase.BAKE), State.NOT_STARTED), "waits for rollout")
        assert all(matcher(f"state:{word}")(waits) for word in ("waits", "waiting", "not"))

    @settings(max_examples=60)
    @given(st.text(max_size=30))
    def test_any_text_is_a_filter(self, text: str) -> None:
        holds = matcher(text)
        assert all(holds(each) in (True, False) for each in MIXED)

    async def test_it_is_typed_behind_a_slash_and_esc_takes_it_away(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("slash", *"state:run")
            assert app.names() == ["little", "half"]
            assert "state:run▌  2 of 6" in str(app.table._border_subtitle)
            await pilot.press("enter", "j")
            assert app.names() == ["little", "half"]
            await pilot.press("escape")
            assert len(app.names()) == 6

    async def test_a_job_that_comes_to_fit_is_shown_and_one_that_ceases_to_is_not(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("slash", *"state:run", "enter")
            app.table.put([row("queued", repo="apple", phase=Phase.STIM), row("half", State.COMPLETE)])
            await until(pilot, lambda: set(app.names()) == {"little", "queued"}, "what runs now")

    async def test_a_filter_that_finds_nothing_says_how_to_go_on(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("slash", *"zzz")
            assert app.text() == [" No job is like that. esc takes the filter away."]


class TestGroups:
    async def test_the_jobs_of_a_repository_stand_together_below_its_name(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("t")
            headings = [line for line in app.table.lines if isinstance(line, Heading)]
            assert [heading.repo for heading in headings] == ["apple", "yoda"]
            assert " apple  ◌ 1  ◐ 1" in app.text()
            await pilot.press("t")
            assert not any(isinstance(line, Heading) for line in app.table.lines)

    async def test_what_is_complete_folds_away_into_a_line_that_opens(self) -> None:
        app = Bench([*MIXED, row("done2", State.COMPLETE)])
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("f")
            assert app.table.lines[-1] == Folded("", 2)
            assert "done" not in app.names()
            await pilot.press("G", "enter")
            assert {"done", "done2"} <= set(app.names())


class TestMarks:
    async def test_marks_stay_on_their_jobs_and_actions_are_about_those(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("space", "space")
            marked = app.table.marked
            assert [key.name for key in marked] == ["little", "half"]
            await pilot.press("N")
            assert app.table.chosen == marked
            assert sum(line.startswith("▪") for line in app.text()) == 2
            await pilot.press("escape")
            assert app.table.marked == ()
            assert len(app.table.chosen) == 1

    async def test_marks_of_jobs_that_are_gone_go_with_them(self) -> None:
        app = Bench()
        async with app.run_test(size=(110, 20)) as pilot:
            await pilot.press("space", "space")
            app.table.show(MIXED[:4])
            assert [key.name for key in app.table.marked] == ["half"]


class TestDrawing:
    def lines(self, vitals: Vitals, each: JobRow) -> Callable[[int], str]:
        def draw(width: int) -> str:
            from rich.style import Style

            from breadtui.widgets.jobs.drawing import row_segments

            room = layout(width, 20)
            return "".join(part.text for part in row_segments(each, vitals, room, False, False, lambda _: Style()))

        return draw

    def test_a_running_job_tells_how_far_how_fast_how_long_and_how_old_that_is(self) -> None:
        vitals = Vitals(age=12.0, rate=Rate(0.5, Unit.LINES), eta=Eta(83.0, Basis.PACE))
        told = self.lines(vitals, MIXED[4])(110)
        assert [word for word in ("5 %", "3/60", "30/min", "1 m 20 s", "10 s ago") if word not in told] == []

    def test_an_estimate_by_other_jobs_is_marked_as_such(self) -> None:
        assert "~ 40 m" in self.lines(Vitals(eta=Eta(2430.0, Basis.GUIDE)), MIXED[3])(110)

    def test_a_stalled_job_says_so_instead_of_a_time_that_runs_away(self) -> None:
        told = self.lines(Vitals(stalled=True, eta=Eta(5.0, Basis.PACE)), MIXED[3])(110)
        assert "stalled" in told
        assert "5 s" not in told

    def test_a_loss_is_never_all_zeros(self) -> None:
        assert "5.2e-07" in self.lines(Vitals(), MIXED[0])(110)

    def test_a_job_that_waits_tells_for_what_and_one_that_failed_why(self) -> None:
        waits = replace(MIXED[1], note="waits for rollout")
        assert "waits for rollout" in self.lines(Vitals(), waits)(80)
        assert "out of memory" in self.lines(Vitals(), MIXED[2])(80)

    @pytest.mark.parametrize(("width", "gone"), [(118, ()), (78, ("rate",)), (58, ("rate", "bar", "age"))])
    def test_columns_give_way_in_order_and_the_name_keeps_room(self, width: int, gone: tuple[str, ...]) -> None:
        room = layout(width, 40)
        assert [name for name in ("bar", "figure", "rate", "left", "age") if not getattr(room, name)] == sorted(
            gone, key=["bar", "figure", "rate", "left", "age"].index
        )
        assert room.name >= 16

    @settings(max_examples=150, deadline=None)
    @given(
        width=st.integers(20, 250),
        longest=st.integers(0, 300),
        state=st.sampled_from(State),
        lines=st.none() | st.integers(-(10**20), 10**20),
        total=st.none() | st.integers(-5, 10**20),
        percent=st.none() | st.floats(),
        loss=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        age=st.none() | st.floats(0, 1e9),
    )
    def test_whatever_a_server_says_fills_its_columns_exactly(
        self,
        width: int,
        longest: int,
        state: State,
        lines: int | None,
        total: int | None,
        percent: float | None,
        loss: float | None,
        age: float | None,
    ) -> None:
        from rich.cells import cell_len
        from rich.style import Style

        from breadtui.widgets.jobs.drawing import row_segments, titles

        each = row("日本語" * 3, state, lines=lines, total=total, percent=percent, loss=loss, error="e" * 300)
        room = layout(width, longest)
        drawn = [
            row_segments(each, Vitals(age=age), room, True, True, lambda _: Style()),
            row_segments(row("x"), Vitals(age=age), room, True, True, lambda _: Style()),
            titles(room, Column.STATE, False, lambda _: Style()),
        ]
        widths = {cell_len("".join(part.text for part in parts).rstrip()) for parts in drawn}
        whole = 3 + 8 + room.name + 1 + (room.bar + 1 if room.bar else 0) + 6 + room.tail + room.slack
        assert max(widths) <= whole


class TestCost:
    async def test_a_change_costs_its_own_line_and_no_other(self) -> None:
        clock = Clock()
        app = Bench([row(f"n{number:03}", percent=1.0) for number in range(1000)], clock)
        async with app.run_test(size=(110, 20)) as pilot:
            await settle(pilot)
            clock.asked = 0
            app.table.put([row("n003", percent=2.0)])
            await settle(pilot)
            assert 0 < clock.asked <= 3
            clock.asked = 0
            app.table.put([row("n900", percent=2.0)])  # out of view
            await settle(pilot)
            assert clock.asked == 0

    async def test_moving_in_a_thousand_jobs_looks_at_no_more_of_them_than_are_in_view(self) -> None:
        clock = Clock()
        app = Bench([row(f"n{number:03}", percent=1.0) for number in range(1000)], clock)
        async with app.run_test(size=(110, 20)) as pilot:
            await settle(pilot)
            clock.asked = 0
            await pilot.press("G")
            await settle(pilot)
            assert clock.asked <= 4 * 20

    async def test_an_age_is_written_again_only_when_it_reads_otherwise(self) -> None:
        clock = Clock()
        clock.vitals["half"] = Vitals(age=12.0)
        app = Bench([MIXED[3]], clock)
        async with app.run_test(size=(110, 20)) as pilot:
            await settle(pilot)
            drawn: list[int] = []
            render = app.table.render_line

            def counted(y: int) -> object:
                drawn.append(y)
                return render(y)

            app.table.render_line = counted  # pyright: ignore[reportAttributeAccessIssue] - counted, else the same
            clock.vitals["half"] = Vitals(age=14.0)  # still “10 s ago”
            app.table._tick()
            await settle(pilot)
            assert drawn == []
            clock.vitals["half"] = Vitals(age=17.0)
            app.table._tick()
            await settle(pilot)
            assert "15 s ago" in app.text()[1]
            assert 1 in drawn

    async def test_the_clock_stands_still_while_nothing_in_view_runs(self) -> None:
        many = [row(f"n{number:03}", State.FAILED) for number in range(100)]
        app = Bench(many)
        async with app.run_test(size=(110, 20)) as pilot:
            await settle(pilot)
            timer = app.table._ticking
            assert timer is not None
            assert not timer._active.is_set()
            app.table.put([row("n000")])
            await until(pilot, timer._active.is_set, "the clock")
            app.table.put([row("n000", State.COMPLETE)])
            await until(pilot, lambda: not timer._active.is_set(), "the clock's end")
