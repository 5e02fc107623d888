"""`breadtui chat`, run as a person or a script runs it."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.bakery.chats.conversation import Answer, Ending
from breadtui.bakery.chats.kept import Chats
from breadtui.bakery.chats.replay import KILLED
from tests.support.oven import RunningOven, running_oven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run, started
from tests.support.terminal import Terminal

BASE = "Qwen/Qwen3-32B"
BAKED = "baker/yoda_repo/yoda_bake_v1/21"
LONG = "/rehearse tokens=5000 speed=50"
FILLER = "word after word"
PATIENCE = 60.0


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[RunningOven]:
    with running_oven(tmp_path, samples=True) as running:
        yield running


def piped(oven: RunningOven, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run with `text` on standard input."""
    command = [*PROGRAM, "chat", *arguments]
    return subprocess.run(command, env=environ(oven), input=text, capture_output=True, text=True, timeout=PATIENCE)


def kept(oven: RunningOven) -> Chats:
    """What was kept of this oven's chats."""
    (folder,) = (oven.settings.data.parent / "state" / "chats").iterdir()
    return Chats(folder)


def only_answer(chats: Chats) -> Answer:
    (chat,) = chats.list()
    (exchange,) = chats.look(chat.id).path()
    answer = exchange.answer(0)
    assert answer
    return answer


@pytest.mark.parametrize("arguments", [("--help",), (BASE, "hello")])
def test_no_screen_is_loaded_for_it(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    code, loaded = loaded_by(oven, "chat", *arguments)
    assert code == "0"
    assert not loaded & {"textual", "rich", "fastapi", "uvicorn", "ruamel"}


def test_text_on_standard_input_is_answered_on_standard_output(oven: RunningOven) -> None:
    done = piped(oven, "How tall?\n", BAKED, "--no-thinking")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("(rehearsal)")
    assert done.stdout.endswith("\n")
    assert only_answer(kept(oven)).text == done.stdout.removesuffix("\n")


def test_question_and_standard_input_are_put_together(oven: RunningOven) -> None:
    piped(oven, "A long\ndocument.\n", BASE, "In short?")
    (chat,) = kept(oven).search("document")
    assert kept(oven).look(chat.id).path()[0].question == "In short?\n\nA long\ndocument."


def test_a_model_is_told_what_it_is_asked_to_be(oven: RunningOven) -> None:
    run(
        oven,
        "chat",
        BASE,
        "hello",
        "--system",
        "Be [brief].",
        "--temperature",
        "0.3",
        "--max-tokens",
        "7",
        "--seed",
        "1",
    )
    (chat,) = kept(oven).list()
    (column,) = kept(oven).look(chat.id).columns
    assert column.opening.messages == ({"role": "system", "content": "Be [brief]."},)
    assert (column.settings.temperature, column.settings.max_tokens, column.settings.seed) == (0.3, 7, 1)
    usage = only_answer(kept(oven)).usage
    assert usage
    assert usage.completion_tokens == 7


def test_a_prompt_of_a_repository_is_told_whole(oven: RunningOven) -> None:
    done = run(oven, "chat", BASE, "How tall?", "--prompt", "yoda_repo/yoda_teacher", "--no-thinking")
    assert done.returncode == 0
    (chat,) = kept(oven).list()
    opening = kept(oven).look(chat.id).columns[0].opening
    assert opening.source == "yoda_repo/yoda_teacher"
    assert "Yoda" in str(opening.messages[0]["content"])


def test_as_json_it_has_the_fields_that_are_promised(oven: RunningOven) -> None:
    told = json.loads(run(oven, "chat", BASE, "hello", "--json").stdout)
    assert told.keys() == {
        *("model", "text", "reasoning", "calls", "usage", "timings", "finish_reason", "ending", "error")
    }
    assert (told["model"], told["ending"], told["error"], told["calls"]) == (BASE, "whole", None, [])
    assert told["text"].startswith("(rehearsal)")
    assert told["reasoning"].startswith("(rehearsal)")
    assert told["usage"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert 0 < told["timings"]["first"] <= told["timings"]["seconds"]


def test_reasoning_is_shown_beside_the_answer_where_it_is_asked_for(oven: RunningOven) -> None:
    assert run(oven, "chat", BASE, "hello").stderr == ""
    done = run(oven, "chat", BASE, "hello", "--reasoning")
    assert done.stderr.startswith("(rehearsal) The question is about")
    assert "The question is about" not in done.stdout


def test_a_call_is_told_as_what_it_is(oven: RunningOven) -> None:
    answer = json.loads(run(oven, "chat", BASE, "/rehearse tool", "--json").stdout)
    (call,) = answer["calls"]
    assert run(oven, "chat", BASE, "/rehearse tool").stdout.endswith(f"{call['name']} {call['arguments']}\n")


def test_an_answer_that_breaks_off_is_no_success(oven: RunningOven) -> None:
    done = run(oven, "chat", BASE, "/rehearse cut")
    assert done.returncode == 1
    assert done.stdout
    assert "cut off" in done.stderr
    told = run(oven, "chat", BASE, "/rehearse cut", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["ending"] == "cut"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("no/such/model/1",), "no/such/model/1"),
        ((BASE, "--prompt", "yoda_repo/nothing"), "nothing"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_and_leaves_nothing(
    oven: RunningOven, arguments: tuple[str, ...], why: str
) -> None:
    done = run(oven, "chat", *arguments, "hello")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("breadtui: ")
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((oven.settings.data.parent / "state").glob("chats/*/*"))


def test_a_server_that_is_away_is_one_sentence(oven: RunningOven) -> None:
    done = run(oven, "chat", BASE, "hello", BREAD_BASE_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing listens there" in done.stderr


def test_without_a_question_nothing_is_asked(oven: RunningOven) -> None:
    assert "no question" in refused(run(oven, "chat", BASE))
    assert "no question" in refused(run(oven, "chat", BASE, "  "))


@pytest.mark.parametrize(
    "arguments",
    [(BASE, "x", "--system", "a", "--prompt", "b/c"), (BASE, "x", "--prompt", "c"), (BASE, "x", "--seed", "y")],
)
def test_flags_that_make_no_sense_are_refused(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    done = run(oven, "chat", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")


@pytest.mark.parametrize("where", ["command", "program", "settings"])
def test_nothing_is_kept_of_what_is_said_without_history(oven: RunningOven, where: str) -> None:
    folder = oven.settings.data.parent
    if where == "settings":
        (folder / "config.toml").write_text("[chat]\nhistory = false\n")
    flag = ("--no-history",)
    before, behind = (flag if where == "program" else ()), (flag if where == "command" else ())
    assert run(oven, *before, "chat", BASE, "hello", *behind).returncode == 0
    assert not (folder / "state" / "chats").exists()


def test_ctrl_c_stops_the_answer_and_what_came_is_kept(oven: RunningOven) -> None:
    running = started(oven, "chat", BASE, LONG, "--no-thinking")
    assert running.stdout
    assert running.stdout.read(20)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "Traceback" not in said
    answer = only_answer(kept(oven))
    assert answer.ending is Ending.STOPPED
    assert answer.text


def test_where_nobody_reads_any_more_it_ends_quietly(oven: RunningOven) -> None:
    running = started(oven, "chat", BASE, LONG, "--no-thinking")
    assert running.stdout
    assert running.stderr
    assert running.stdout.read(10)
    running.stdout.close()
    assert running.wait(PATIENCE) == 128 + signal.SIGPIPE
    assert running.stderr.read() == ""
    running.stderr.close()
    assert oven.open_streams == 0


def test_words_stand_on_standard_output_as_they_come(oven: RunningOven) -> None:
    running = started(oven, "chat", BASE, "/rehearse tokens=100000 speed=20", "--no-thinking")
    try:
        assert running.stdout
        assert running.stdout.read(30).startswith("(rehearsal)")
        assert running.poll() is None
    finally:
        running.kill()
        running.communicate()


def test_on_a_terminal_it_opens_the_chat(oven: RunningOven) -> None:
    terminal = Terminal([*PROGRAM, "chat", BAKED, "--system", "Be brief."], environ=environ(oven))
    try:
        terminal.wait_for(r"Chat · .*yoda_bake_v1/21")
        terminal.send("How tall?", "enter")
        terminal.wait_for(r"\(rehearsal\)")
        terminal.send("ctrl+q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
    (chat,) = kept(oven).list()
    assert kept(oven).look(chat.id).columns[0].opening.messages == ({"role": "system", "content": "Be brief."},)


def test_a_prompt_that_is_not_there_is_told_in_the_app(oven: RunningOven) -> None:
    command = [*PROGRAM, "chat", BASE, "--prompt", "yoda_repo/nothing"]
    terminal = Terminal(command, environ=environ(oven))
    try:
        terminal.wait_for("The chat was not opened")
        terminal.send("ctrl+q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()


def test_of_a_killed_program_what_was_seen_a_moment_before_is_on_disk(oven: RunningOven) -> None:
    terminal = Terminal([*PROGRAM, "chat", BASE], environ=environ(oven), columns=200, rows=100)
    try:
        terminal.wait_for("Chat · ")
        terminal.send("/rehearse tokens=5000 speed=40", "enter")
        terminal.wait_for(FILLER)  # from then on these words come again and again
        seen = terminal.text.count(FILLER)
        terminal.wait_until(lambda: said_on_disk(oven).count(FILLER) >= seen, "it to be on disk")
        assert oven.open_streams == 1
    finally:
        terminal.close()  # with SIGKILL
    assert said_on_disk(oven).count(FILLER) >= seen
    answer = only_answer(kept(oven))
    assert (answer.ending, answer.why) == (Ending.CUT, KILLED)


def said_on_disk(oven: RunningOven) -> str:
    """Of what was answered the beginning that is written."""
    return " ".join(only_answer(kept(oven)).text.split())
