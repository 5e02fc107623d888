"""How the end of a job is told: what is gathered, what is written to the terminal, and the command of the user's."""

import json
import re
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.bakery.changes import JobChanged, PipelineChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.screens.notices import Notices, facts, summary
from breadtui.settings import Notify, SettingsError, config_path, load_config
from breadtui.terminal.notify import Command, notification, title
from tests.support.app import bread_app, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.terminal import Terminal, isolated

PLAIN = {"TERM": "xterm-256color"}
APPLE = "apple_support_agent"


def ended(name: str, phase: Phase = Phase.BAKE, *, error: str | None = None, repo: str = "yoda") -> JobStatus:
    key = JobKey(repo, name, phase)
    state = State.FAILED if error else State.COMPLETE
    return JobStatus(key, state, error=error, loss=5.2e-7, models=("me/yoda/b/21",) if phase is Phase.BAKE else ())


def end_of(status: JobStatus) -> JobChanged:
    return JobChanged(status, JobStatus(status.key, State.RUNNING))


class TestSequences:
    @pytest.mark.parametrize(
        ("environ", "nine", "triple"),
        [
            ({"TERM": "xterm-kitty"}, True, False),
            ({"TERM": "xterm-ghostty"}, True, False),
            (PLAIN | {"TERM_PROGRAM": "iTerm.app"}, True, False),
            (PLAIN | {"LC_TERMINAL": "iTerm2"}, True, False),
            (PLAIN | {"WEZTERM_PANE": "0"}, True, False),
            ({"TERM": "rxvt-unicode-256color"}, False, True),
            ({"TERM": "foot"}, False, True),
            (PLAIN | {"VTE_VERSION": "7600"}, False, True),
            (PLAIN | {"KONSOLE_VERSION": "230800"}, False, True),
            (PLAIN, True, True),
            ({"TERM": "linux"}, False, False),
            ({"TERM": "dumb"}, False, False),
            ({"TERM": "screen", "STY": "1.tty"}, False, False),
        ],
    )
    def test_a_terminal_is_told_in_the_way_it_takes(self, environ: Mapping[str, str], nine: bool, triple: bool) -> None:
        said = notification("yoda is baked", environ)
        assert ("\x1b]9;yoda is baked\x1b\\" in said) is nine
        assert ("\x1b]777;notify;breadtui;yoda is baked\x1b\\" in said) is triple

    def test_inside_tmux_it_is_handed_on_to_the_terminal_around_it(self) -> None:
        environ = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux/default,1,0", "LC_TERMINAL": "iTerm2"}
        assert notification("baked", environ) == "\x1bPtmux;\x1b\x1b]9;baked\x1b\x1b\\\x1b\\"
        assert title("baked", environ) == "\x1b]2;baked\x1b\\"

    @settings(max_examples=150)
    @given(st.text(max_size=400))
    def test_no_text_gets_out_of_its_sequence(self, text: str) -> None:
        told = notification(text, PLAIN | {"LC_TERMINAL": "iTerm2"})
        inner = told.removeprefix("\x1b]9;").removesuffix("\x1b\\")
        assert not re.search("[\x00-\x1f\x7f-\x9f]", inner)
        assert len(inner) <= 200


class TestCommand:
    def told(self, folder: Path) -> Path:
        """A command that writes down what it is told."""
        script = folder / "tell.py"
        script.write_text(
            "import json, os, sys\n"
            "told = {k: v for k, v in os.environ.items() if k.startswith('BREADTUI_')}\n"
            "open(sys.argv[1] + '.part', 'w').write(json.dumps({'argv': sys.argv[2:], **told}))\n"
            "os.rename(sys.argv[1] + '.part', sys.argv[1])\n"
        )
        return script

    def test_it_is_told_the_facts_in_its_environment_and_no_shell_sees_any_of_it(self, tmp_path: Path) -> None:
        told, failures = tmp_path / "told.json", list[str]()
        hostile = "$(touch pwned); `touch pwned` && 'x' \"y\" *"
        words = [sys.executable, str(self.told(tmp_path)), str(told), "$HOME; echo *"]
        Command(words, failures.append).run(facts([ended(hostile, error="a\nb\0c; rm -rf $HOME")]))
        finish()
        read = json.loads(told.read_text())
        assert read["argv"] == ["$HOME; echo *"]
        assert read["BREADTUI_NAME"] == hostile
        assert read["BREADTUI_ERROR"] == "a\nbc; rm -rf $HOME"
        assert read["BREADTUI_STATE"] == "failed"
        assert read["BREADTUI_LOSS"] == "5.2e-07"
        assert not [*Path().glob("pwned"), *tmp_path.glob("pwned")]
        assert failures == []

    def test_one_that_is_not_there_says_so_once_and_disturbs_nothing(self) -> None:
        failures: list[str] = []
        command = Command(["/no/such/command"], failures.append)
        for _ in range(2):
            command.run({})
            finish()
        assert len(failures) == 1
        assert "/no/such/command" in failures[0]

    def test_one_that_fails_is_told_with_its_exit_code(self) -> None:
        failures: list[str] = []
        Command([sys.executable, "-c", "raise SystemExit(3)"], failures.append).run({})
        finish()
        assert "(3)" in failures[0]

    def test_it_leaves_no_zombie(self) -> None:
        command = Command([sys.executable, "-c", ""], lambda _: None)
        for _ in range(4):
            command.run({})
        finish()
        children = psutil.Process().children()
        assert [child for child in children if child.status() == psutil.STATUS_ZOMBIE] == []

    def test_commands_that_hang_do_not_become_a_crowd(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            wait = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]})).recv(1)"
            command = Command([sys.executable, "-c", wait], lambda _: None)
            for _ in range(20):
                command.run({})
            assert len(under_way()) == 8
        finish()
        command.run({})
        assert len(under_way()) == 1
        finish()


class TestSettings:
    def read(self, text: str) -> Notify:
        path = config_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return load_config(path).notify

    def test_without_a_word_on_it_the_bell_rings_and_no_command_runs(self) -> None:
        assert self.read('theme = "x"') == Notify(bell=True, command=())

    def test_a_command_is_a_list_or_is_taken_apart_as_a_shell_would(self) -> None:
        assert self.read('[notify]\ncommand = ["notify-send", "a b"]').command == ("notify-send", "a b")
        assert self.read("[notify]\ncommand = \"notify-send 'a b' $HOME\"").command == ("notify-send", "a b", "$HOME")
        assert self.read("[notify]\nbell = false").bell is False

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[notify]\nbell = "no"', "“bell” must be true or false"),
            ("[notify]\ncommand = 3", "“command” must be text in quotes, or a list"),
            ('[notify]\ncommand = ["a", 3]', "“command” must be text in quotes, or a list"),
            ('[notify]\ncommand = "say \'x"', "“command” must be a command whose quotation marks are closed"),
            ('notify = "x"', "“notify” must be a table"),
        ],
    )
    def test_what_makes_no_sense_is_refused_in_a_sentence(self, text: str, said: str) -> None:
        with pytest.raises(SettingsError, match=re.escape(said)):
            self.read(text)


class TestSummary:
    def test_one_is_told_by_its_name_and_several_are_counted_with_the_failed_first(self) -> None:
        assert summary([ended("yoda_v1")]) == "yoda_v1 is baked"
        assert summary([ended("mac", Phase.ROLLOUT, error="no memory")]) == "rollout of mac failed: no memory"
        news = [ended("a", error="x"), *(ended(name) for name in "bcd")]
        assert summary(news) == "1 failed and 3 complete: a, b, c …"

    def test_of_several_the_command_is_told_the_first_and_a_line_for_each(self) -> None:
        told = facts([ended("a", error="x"), ended("b")])
        assert told["BREADTUI_NAME"] == "a"
        assert told["BREADTUI_COUNT"] == "2"
        assert told["BREADTUI_JOBS"].splitlines() == ["failed bake yoda/a", "complete bake yoda/b"]
        assert told["BREADTUI_ERROR"] == "x"


class Told:
    """Notices of an app, with what they wrote, at a pace that tests can wait for."""

    def __init__(self, app: BreadApp, *, bell: bool = True, gather: float = 0.05) -> None:
        assert app.kitchen is not None
        self.written: list[str] = []
        self.rung = 0
        app.bell = self._ring
        self.app = app
        self.notices = Notices(app, app.kitchen, Notify(bell=bell), self.written.append, gather=gather)

    def _ring(self) -> None:
        self.rung += 1

    @property
    def toasts(self) -> list[str]:
        return [note.message for note in self.app._notifications]


class TestNotices:
    @pytest.fixture
    def samples(self, tmp_path: Path) -> Iterator[RunningOven]:
        with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
            yield oven

    async def test_one_end_is_a_toast_a_bell_a_title_and_a_notification(self, samples: RunningOven) -> None:
        async with opened(samples) as (pilot, told):
            told.notices.take(end_of(ended("yoda_v1")))
            await until(pilot, lambda: bool(told.written), "the news")
            assert told.toasts == ["yoda_v1 is baked. c talks to it."]
            assert told.rung == 1
            assert "]2;✔ yoda_v1 is baked · breadtui" in told.written[0]

    async def test_many_that_end_together_are_told_once(self, samples: RunningOven) -> None:
        async with opened(samples) as (pilot, told):
            for number in range(40):
                told.notices.take(end_of(ended(f"b{number:02}")))
            await until(pilot, lambda: bool(told.written), "the news")
            assert told.toasts == ["40 complete: b00, b01, b02 …."]
            assert told.rung == len(told.written) == 1

    async def test_the_bell_can_be_silenced(self, samples: RunningOven) -> None:
        async with opened(samples, bell=False) as (pilot, told):
            told.notices.take(end_of(ended("yoda_v1")))
            await until(pilot, lambda: bool(told.written), "the news")
            assert told.rung == 0

    async def test_what_had_ended_before_it_was_seen_is_no_news(self, samples: RunningOven) -> None:
        async with opened(samples) as (pilot, told):
            told.notices.take(JobChanged(ended("old"), None))
            told.notices.take(JobChanged(ended("older"), JobStatus(ended("older").key, State.NOT_STARTED)))
            told.notices.take(end_of(ended("new")))
            await until(pilot, lambda: bool(told.written), "the news")
            assert told.toasts == ["new is baked. c talks to it."]

    async def test_what_a_run_goes_on_from_by_itself_is_no_news(self, samples: RunningOven) -> None:
        async with opened(samples) as (pilot, told):
            # The sample's mac_support: its rollout runs.
            told.notices.take(end_of(ended("mac_support", Phase.STIM, repo=APPLE)))
            told.notices.take(end_of(ended("yoda_v1")))
            await until(pilot, lambda: bool(told.written), "the news")
            assert told.toasts == ["yoda_v1 is baked. c talks to it."]

    async def test_of_many_that_come_to_a_halt_the_first_is_told_at_once_and_the_rest_counted(
        self, samples: RunningOven
    ) -> None:
        async with opened(samples) as (pilot, told):
            for number in range(10):
                told.notices.take(PipelineChanged(f"The bake of b{number} failed.", failed=True))
            await until(pilot, lambda: len(told.toasts) == 2, "the first and the rest")
            assert told.toasts[0] == "The bake of b0 failed."
            assert told.toasts[1] == "9 more came to a halt. J shows them all."

    async def test_a_job_that_ends_at_the_server_is_told_in_the_program(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=60) as oven:
            app = bread_app(oven)
            async with app.run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                wanted = "mac_support has its responses."
                await until(pilot, lambda: any(wanted == note.message for note in app._notifications), "the toast")


class TestInATerminal:
    def test_the_bell_rings_and_the_terminal_is_told_and_the_command_run(self, tmp_path: Path) -> None:
        told = tmp_path / "told"
        with running_oven(tmp_path, samples=True, speed=60) as oven:
            environ = isolated(tmp_path, BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
            code = f"import os; open({str(told)!r}, 'w').write(os.environ['BREADTUI_SUMMARY'])"
            config = Path(environ["BREADTUI_CONFIG"])
            config.write_text(f"[notify]\ncommand = {json.dumps([sys.executable, '-c', code])}\n")
            terminal = Terminal((sys.executable, "-m", "breadtui"), environ=environ)
            try:
                terminal.wait_until(lambda: b"\x1b]9;mac_support has its responses\x1b\\" in terminal.written, "OSC 9")
                assert b"\x07" in terminal.written
                assert "\x1b]2;✔ mac_support has its responses".encode() in terminal.written
                terminal.wait_until(lambda: told.exists() and bool(told.read_text()), "the command")
                assert told.read_text() == "mac_support has its responses"
                terminal.send("q")
                assert terminal.wait_for_end() == 0
            finally:
                terminal.close()


def opened(oven: RunningOven, *, bell: bool = True) -> "Opened":
    return Opened(bread_app(oven), bell)


class Opened:
    """An app on a stocked workspace, with notices of a test's own."""

    def __init__(self, app: BreadApp, bell: bool) -> None:
        self._app, self._bell = app, bell

    async def __aenter__(self) -> tuple[Pilot[None], Told]:
        self._running = self._app.run_test(size=(120, 36))
        pilot = await self._running.__aenter__()
        await stocked(pilot)
        assert self._app._notices is not None
        self._app._notices.close()
        return pilot, Told(self._app, bell=self._bell)

    async def __aexit__(self, *raised: object) -> None:
        await self._running.__aexit__(None, None, None)


def under_way() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "notify"]


def finish() -> None:
    """Wait until every command has come to its end."""
    for thread in under_way():
        thread.join(20)
    assert under_way() == []
