"""The command line, run as a person runs it: what it says, what it loads, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from breadtui import __version__
from breadtui.crash import report_crash
from tests.support.preloaded import preloaded
from tests.support.projects import bread_directory
from tests.support.terminal import isolated

PATIENCE = 30.0
PROGRAM = (sys.executable, "-m", "breadtui")


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run to the end, with no terminal and no settings but those in `folder`."""
    return preloaded().run(arguments, isolated(folder, **environ), Path.cwd(), PATIENCE)


def run_anew(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The same in a Python of its own, as from a shell."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=isolated(folder, **environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def refused(folder: Path, *arguments: str, **environ: str) -> str:
    """What is said by a run that must end with exit code 2, a sentence, and no traceback."""
    return refusal(run(folder, *arguments, **environ))


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("breadtui: ")
    assert "Traceback" not in done.stderr
    return done.stderr


# -- what is said before anything runs --


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told_without_loading_anything_heavy(tmp_path: Path, flag: str) -> None:
    code = (
        f"import sys; sys.argv = ['breadtui', {flag!r}]; from breadtui.__main__ import main; main();"
        " sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=isolated(tmp_path), capture_output=True, text=True)
    assert done.stdout == f"breadtui {__version__}\n"
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "breadtui" in loaded
    assert not loaded & {"click", "textual", "httpx", "pydantic", "asyncio", "uvicorn", "fastapi", "rich"}


def test_the_version_is_told_the_same_way_by_the_command_lines_library(tmp_path: Path) -> None:
    done = run_anew(tmp_path, "--profile", "x", "--version")
    assert (done.returncode, done.stdout) == (0, f"breadtui {__version__}\n")


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("demo",),
        ("connect",),
        ("bake-folder",),
        ("run",),
        ("status",),
        ("watch",),
        ("chat",),
        ("sweep",),
        ("data",),
        ("download",),
        ("open",),
        ("recipe",),
        ("replay",),
        ("diff",),
        ("oven",),
    ],
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(tmp_path: Path, command: Sequence[str], flag: str) -> None:
    done = run(tmp_path, *command, flag)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == ""


def test_the_help_names_every_command(tmp_path: Path) -> None:
    said = run_anew(tmp_path, "--help").stdout
    assert all(
        f"\n  {command} " in said
        for command in [
            "demo",
            "connect",
            "bake-folder",
            "run",
            "status",
            "watch",
            "chat",
            "sweep",
            "data",
            "download",
            "open",
            "recipe",
            "replay",
            "diff",
            "oven",
        ]
    )


@pytest.mark.parametrize("arguments", [("frobnicate",), ("--frobnicate",), ("oven", "--port", "99999")])
def test_what_is_not_understood_ends_with_exit_code_2(tmp_path: Path, arguments: Sequence[str]) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")


# -- no start --


@pytest.mark.parametrize("arguments", [(), ("demo",), ("connect",), ("--theme", "breadtui-light")])
def test_without_a_terminal_it_says_so(tmp_path: Path, arguments: Sequence[str]) -> None:
    said = refusal(run_anew(tmp_path, *arguments))
    assert "terminal" in said
    assert "--help" in said


@pytest.mark.parametrize("arguments", [(), ("connect",), ("--profile", "work")])
def test_settings_that_cannot_be_read_are_one_clear_refusal(tmp_path: Path, arguments: Sequence[str]) -> None:
    (tmp_path / "config.toml").write_text("theme = light\n")
    said = refused(tmp_path, *arguments)
    assert str(tmp_path / "config.toml") in said
    assert "line 1" in said
    assert (tmp_path / "config.toml").read_text() == "theme = light\n"


def test_a_profile_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    assert "“wrok”" in refused(tmp_path, "--profile", "wrok")


def test_no_key_is_said_by_any_refusal(tmp_path: Path) -> None:
    key = "sk-bread-0123456789abcdef"
    (tmp_path / "config.toml").write_text(f'[profiles.work]\napi_key = """\n{key}\n')
    assert key not in refused(tmp_path, BREAD_API_KEY=key)


# -- the oven --


class Oven:
    """An oven in a process of its own, which has said that it is warm."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "oven", "--port", "0", "--data", str(folder / "oven"), *arguments],
            env=isolated(folder, **environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.lines = [self.process.stdout.readline().rstrip("\n") for _ in range(2)]

    @property
    def url(self) -> str:
        return self.lines[0].partition("=")[2]

    def asked(self, path: str, key: str | None = None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; gives the exit code and all that was said on standard error."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def oven_process(tmp_path: Path) -> Iterator[Oven]:
    oven = Oven(tmp_path, "--samples")
    yield oven
    oven.close()


def test_an_oven_says_how_to_reach_it_and_serves(oven_process: Oven) -> None:
    address, key = oven_process.lines
    assert re.fullmatch(r"export BREAD_BASE_URL=http://127\.0\.0\.1:\d+", address)
    assert re.fullmatch(r"export BREAD_API_KEY=[\w-]{16,}", key)
    assert oven_process.asked("/v1/health")["status"] == "healthy"
    assert "yoda_repo" in json.dumps(oven_process.asked("/v1/repo", key.partition("=")[2]))


def test_what_a_shell_evaluates_are_the_two_lines_and_nothing_else(oven_process: Oven) -> None:
    oven_process.process.send_signal(signal.SIGTERM)
    rest, said = oven_process.process.communicate(timeout=PATIENCE)
    assert rest == ""
    assert "rehearses" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_oven_that_is_told_to_stop_goes_out_in_order(oven_process: Oven, number: signal.Signals) -> None:
    code, said = oven_process.end(number)
    assert code == 0
    assert said.endswith("The oven is out; jobs go on when it is lit again.\n")
    assert "Traceback" not in said


def test_a_second_oven_on_the_same_data_is_refused(oven_process: Oven, tmp_path: Path) -> None:
    said = refused(tmp_path, "oven", "--port", "0", "--data", str(tmp_path / "oven"))
    assert "Another oven works in" in said
    assert oven_process.asked("/v1/health")["status"] == "healthy"


def test_a_port_that_is_taken_is_refused(oven_process: Oven, tmp_path: Path) -> None:
    port = oven_process.url.rpartition(":")[2]
    said = refused(tmp_path, "oven", "--port", port, "--data", str(tmp_path / "another"))
    assert f"127.0.0.1:{port}" in said


def test_an_oven_that_others_can_reach_needs_a_key_of_its_owners(tmp_path: Path) -> None:
    said = refused(tmp_path, "oven", "--port", "0", "--host", "0.0.0.0")
    assert "reached by others" in said
    assert "--key-file" in said


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00", b"two words", b"two\nlines"])
def test_a_file_without_a_key_in_it_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    said = refused(tmp_path, "oven", "--port", "0", "--host", "0.0.0.0", "--key-file", str(tmp_path / "key"))
    assert str(tmp_path / "key") in said


def test_the_key_of_a_file_opens_the_oven(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-of-my-own\n")
    oven = Oven(tmp_path, "--key-file", str(tmp_path / "key"))
    try:
        assert oven.lines[1] == "export BREAD_API_KEY=sk-of-my-own"
        assert "repos" in json.dumps(oven.asked("/v1/repo", "sk-of-my-own"))
    finally:
        oven.close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(tmp_path, "oven", "--port", "0", "--data", str(tmp_path / "file" / "oven"))
    assert str(tmp_path / "file") in said


def test_an_oven_keeps_its_data_where_the_program_keeps_its_state(tmp_path: Path) -> None:
    oven = subprocess.Popen(
        [*PROGRAM, "oven", "--port", "0"], env=isolated(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert oven.stdout
        assert oven.stdout.readline()
        assert (tmp_path / "state" / "oven" / "oven.db").exists()
    finally:
        oven.kill()
        oven.communicate()


# -- a mistake of ours --


def test_a_crash_is_written_down_with_places_and_without_the_values_of_variables(tmp_path: Path) -> None:
    def broken() -> None:
        password = "sk-bread-" + "0123456789abcdef"
        raise ZeroDivisionError(len(password))

    said = ""
    try:
        broken()
    except ZeroDivisionError:
        said = report_crash()
    path = Path(os.environ["BREADTUI_STATE"]) / "crash.txt"
    assert str(path) in said
    report = path.read_text()
    assert __version__ in report
    assert "in broken" in report
    assert "sk-bread-0123456789abcdef" not in report


def test_a_crash_that_cannot_be_written_down_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BREADTUI_STATE", str(tmp_path / "file" / "state"))
    said = report_crash()
    assert "made a mistake" in said
    assert "written down" not in said


def test_a_terminal_of_another_encoding_gets_marks_for_what_it_lacks(tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "project")
    done = run_anew(tmp_path, "plan", str(directory), "--offline", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 stimulus ? 1 trajectory = 1" in done.stdout
