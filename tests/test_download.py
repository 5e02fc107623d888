"""`breadtui download`, run as a person runs it: what it says, what it leaves behind, and how it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import httpx
import pytest

from breadtui.bakery.downloads.part import left_at, opened
from tests.api.wire import KEY, Server, reply, serving
from tests.bakery.recipes import until
from tests.support.oven import RunningOven, running_oven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run
from tests.support.terminal import Terminal

MODEL = "baker/yoda_repo/yoda_bake_v1/21"
NAME = "yoda_bake_v1-21.tar.gz"


@pytest.fixture(scope="module")
def oven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("weights"), samples=True, weights_bytes=3_000_000) as running:
        yield running


def weights(oven: RunningOven, model: str = MODEL) -> bytes:
    with httpx.Client(base_url=oven.url, headers=oven.headers) as http:
        link = http.get("/v1/models/download", params={"name": model}).json()["url"]
    return httpx.get(link).content


def test_no_screen_is_loaded_for_it(oven: RunningOven) -> None:
    code, loaded = loaded_by(oven, "download", "--help")
    assert code == "0"
    assert not loaded & {"textual", "httpx", "pydantic", "rich", "asyncio", "fastapi"}


def test_the_path_is_told_on_standard_output_and_the_way_there_on_standard_error(
    oven: RunningOven, tmp_path: Path
) -> None:
    done = run(oven, "download", MODEL, "-o", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / NAME}\n"), done.stderr
    assert (tmp_path / NAME).read_bytes() == weights(oven)
    assert f"{NAME}: 100 %, 3.00 MB" in done.stderr
    assert len(done.stderr.splitlines()) <= 12
    assert "signature" not in done.stderr


def test_a_bake_stands_for_its_latest_checkpoint_and_several_go_into_a_folder(
    oven: RunningOven, tmp_path: Path
) -> None:
    done = run(oven, "download", "yoda_repo/yoda_bake_v1", "yoda_repo/yoda_bake_v1/14", "-o", f"{tmp_path}/")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.gz")} == {NAME, "yoda_bake_v1-14.tar.gz"}


def test_what_is_there_is_not_overwritten_without_force(oven: RunningOven, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("mine")
    assert "Add --force" in refused(run(oven, "download", MODEL, "-o", str(tmp_path)))
    assert (tmp_path / NAME).read_text() == "mine"
    assert run(oven, "download", MODEL, "-o", str(tmp_path), "--force").returncode == 0
    assert (tmp_path / NAME).read_bytes() == weights(oven)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("yoda_repo/yoda_bake_v1/8",), "has no checkpoint 8; it has 21, 14"),
        (("yoda_repo/nothing",), "not found"),
        (("apple_support_agent/apple_bake_v1",), "has no weights: it is not started"),
        ((MODEL, "yoda_repo/yoda_bake_v1/14", "-o", "one.tar.gz"), "is no folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_begun(
    oven: RunningOven, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(run(oven, "download", *arguments))


def test_a_file_that_may_not_grow_any_more_is_kept_and_with_room_it_goes_on(oven: RunningOven, tmp_path: Path) -> None:
    """Stopped in the middle of it by a limit on the file."""
    limit = f"ulimit -f 1000; exec {' '.join(PROGRAM)} download {MODEL} -o {tmp_path}"
    done = subprocess.run(["bash", "-c", limit], env=environ(oven), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "The file grows larger than files may be there. 1.02 MB are kept" in done.stderr
    left = left_at(tmp_path / NAME)
    assert left
    assert left.received == 1_024_000
    again = run(oven, "download", MODEL, "-o", str(tmp_path))
    assert again.returncode == 0
    assert (tmp_path / NAME).read_bytes() == weights(oven)


def test_a_second_program_does_not_write_the_same_file(oven: RunningOven, tmp_path: Path) -> None:
    with opened(tmp_path / NAME, MODEL, overwrite=False):
        assert "is being downloaded already" in refused(run(oven, "download", MODEL, "-o", str(tmp_path)))


@contextlib.asynccontextmanager
async def breaking_off(after: int, *, hang: bool) -> AsyncGenerator[Server]:
    """A Bread server whose weights break off after so many bytes, or come to a halt there."""
    async with serving() as server:

        async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got = server.got[-1]
            if got.path == "/v1/models/download":
                link = {"url": f"{server.url}/w?signature=secret", "expires_in": 9, "checkpoint": 21, "bake_name": "b"}
                writer.write(reply(link))
                return
            if "range" not in got.headers:
                writer.write(reply(bytes(after), length=2 * after, headers={"etag": '"1"'}))
                await writer.drain()
            if hang:
                await asyncio.Event().wait()
            writer.close()

        server.plays(act)
        yield server


async def begun(server: Server, *arguments: str, **extra: str) -> asyncio.subprocess.Process:
    told = {"BREAD_BASE_URL": server.url, "BREAD_API_KEY": KEY, **extra}
    pipe = asyncio.subprocess.PIPE
    command = (*PROGRAM, "download", MODEL, *arguments)
    return await asyncio.create_subprocess_exec(*command, env={**os.environ, **told}, stdout=pipe, stderr=pipe)


async def test_ctrl_c_keeps_the_part_and_says_how_to_go_on(tmp_path: Path) -> None:
    async with breaking_off(50_000, hang=True) as server:
        process = await begun(server, "-o", str(tmp_path))
        part = tmp_path / f"{NAME}.part"
        await until(lambda: part.exists() and part.stat().st_size > 0, "the first bytes")
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    assert process.returncode == 130
    assert errors.decode().endswith(
        f"breadtui: Stopped. 50.0 kB of {NAME} are kept: the same command goes on with it.\n"
    )


async def test_a_host_that_stays_away_ends_it_and_the_part_is_kept(tmp_path: Path) -> None:
    async with breaking_off(50_000, hang=False) as server:
        process = await begun(server, "-o", str(tmp_path), "--timeout", "0.3")
        _, errors = await process.communicate()
    assert process.returncode == 3
    assert "50.0 kB are kept in" in errors.decode()
    assert "secret" not in errors.decode()
    assert left_at(tmp_path / NAME)


def test_on_a_terminal_it_is_one_line_that_goes_away(oven: RunningOven, tmp_path: Path) -> None:
    terminal = Terminal([*PROGRAM, "download", MODEL, "-o", f"{tmp_path}/"], environ=environ(oven))
    try:
        assert terminal.wait_for_end() == 0
        assert terminal.text.split() == [f"{tmp_path}/{NAME}"] or NAME in terminal.text
        assert "━" in terminal.written.decode()
        assert "━" not in terminal.text
    finally:
        terminal.close()
