"""`breadtui data`, as a person runs it from a shell."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, refused, run
from tests.support.rows import REPO, TARGET, fill
from tests.support.terminal import Terminal, isolated


def written(folder: Path, count: int = 300) -> Path:
    path = folder / "rows.jsonl"
    rows = ({"stimulus": f"Why {n}?", "response": f"Because of {n * 7919} reasons, said {n}."} for n in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def offline(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run with no server known at all."""
    environ = isolated(folder)
    return subprocess.run(
        [*PROGRAM, *arguments], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


def test_a_summary_of_a_file_needs_no_server(tmp_path: Path) -> None:
    done = offline(tmp_path, "data", str(written(tmp_path)), "--summary")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("rows.jsonl\n300 rows\n")
    assert "Where it is thin" in done.stdout


def test_a_summary_of_a_target_is_the_servers(oven: RunningOven) -> None:
    fill(oven.store, 50, 2)
    done = run(oven, "data", f"{REPO}/{TARGET}", "--summary")
    assert done.stdout.startswith(f"{REPO}/{TARGET} responses\n100 responses\n")
    assert "50 questions, 2 responses to each" in done.stdout
    done = run(oven, "data", f"{REPO}/{TARGET}", "--stim", "--summary")
    assert done.stdout.startswith(f"{REPO}/{TARGET} stimuli\n50 stimuli\n")


def test_what_cannot_be_read_is_refused_in_a_sentence(oven: RunningOven, tmp_path: Path) -> None:
    assert "is not there" in refused(offline(tmp_path, "data", "none.jsonl"))
    assert "No key is known" in refused(offline(tmp_path, "data", "repo/target", "--summary"))
    assert "draws on a terminal" in refused(offline(tmp_path, "data", str(written(tmp_path))))
    assert refused(run(oven, "data", "none/such", "--summary"))


def test_a_file_is_read_in_the_terminal_with_no_server_and_left_by_esc(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "breadtui", "data", str(written(tmp_path)))
    terminal = Terminal(command, environ=isolated(tmp_path))
    try:
        terminal.wait_for(r"300 rows")
        terminal.send("G")
        terminal.wait_for(r"300 +Why 299\?")
        terminal.send("esc")
        assert terminal.wait_for_end() == 0
        assert terminal.restored()
    finally:
        terminal.close()


def test_a_target_is_read_in_the_terminal(oven: RunningOven) -> None:
    fill(oven.store, 50, 2)
    environ = isolated(oven.settings.data.parent, BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
    terminal = Terminal((*PROGRAM, "data", f"{REPO}/{TARGET}"), environ=environ)
    try:
        terminal.wait_for(r"100 responses")
        terminal.send("esc")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
