"""The key is nowhere but in the one header it belongs to: in no error, traceback, log or repr."""

import io
import logging
import subprocess
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest
from rich.console import Console
from rich.traceback import Traceback

from breadtui.api import errors
from breadtui.api.client import BreadClient
from breadtui.api.secret import VEIL, Secret
from tests.api.wire import KEY, Reply, Server, reply, reset, stream

ECHO = {"message": f"Key {KEY} is not known", "code": KEY}
DETAIL = {"detail": [{"loc": ["body", KEY], "msg": f"{KEY} is wrong"}]}
HEADERS = {"x-request-id": KEY, "location": f"https://elsewhere.example/{KEY}", "retry-after": "1"}


async def told(ask: Callable[[], Awaitable[object]]) -> str:
    """Everything that could be shown of the error `ask` fails with, to the last local variable."""
    with pytest.raises(errors.BreadError) as caught:
        await ask()
    error = caught.value
    frames = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    chain: list[object] = []
    link: BaseException | None = error
    while link is not None:
        chain += [link, link.args, vars(link)]
        link = link.__cause__ or link.__context__
    return "\n".join([str(error), repr(error), error.sentence, repr(chain), frames])


@pytest.mark.parametrize("status", [302, 400, 401, 402, 403, 404, 405, 408, 409, 418, 422, 429, 500, 503])
async def test_a_refusal_that_repeats_the_key_does_not_show_it(
    client: BreadClient, server: Server, status: int
) -> None:
    for body in (ECHO, DETAIL, f"<html>{KEY}</html>", f"{KEY}\n", {"error": {"message": KEY}}):
        server.plays(reply(body, status, headers=HEADERS))
        assert KEY not in await told(client.health)


async def test_a_crash_page_with_every_local_variable_does_not_show_it(client: BreadClient, server: Server) -> None:
    server.plays(reply(ECHO, 401, headers=HEADERS))
    page = io.StringIO()
    with pytest.raises(errors.WrongKey) as caught:
        await client.health()
    error = caught.value
    frames = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
    Console(file=page, width=200).print(frames)
    assert "locals" in page.getvalue()
    assert KEY not in page.getvalue()


@pytest.mark.parametrize(
    "answer",
    [
        reply(f"<html>Bearer {KEY}</html>"),
        reply(f'{{"authorization": "{KEY}"', length=9999),
        reply(f"\ufeff\n  {KEY}"),
        reset,
        b"\x00\x01nonsense " + KEY.encode() + b"\r\n\r\n",
        reply({}, headers={"content-encoding": "gzip"}),
    ],
    ids=["page", "broken off", "text", "reset", "no HTTP", "bad gzip"],
)
async def test_an_answer_that_is_none_does_not_show_it(client: BreadClient, server: Server, answer: Reply) -> None:
    server.plays(answer)
    assert KEY not in await told(client.health)


async def test_an_unreachable_server_does_not_show_it() -> None:
    async with BreadClient("http://127.0.0.1:1", Secret(KEY)) as client:
        shown = await told(client.health)
    assert KEY not in shown
    assert "127.0.0.1:1" in shown


async def test_a_timeout_does_not_show_it(server: Server) -> None:
    server.plays(reply("{", length=99))
    async with BreadClient(server.url, Secret(KEY), timeout=0.05) as client:
        assert KEY not in await told(client.health)


async def test_a_chat_that_fails_does_not_show_it(client: BreadClient, server: Server) -> None:
    async def read() -> None:
        async with aclosing(client.chat("m", [{"role": "user", "content": "hi"}])) as events:
            async for _ in events:
                pass

    server.plays(reply(ECHO, 401))
    assert KEY not in await told(read)
    server.plays(stream([b'data: {"error": {"message": "bad key %s"}}\n\n' % KEY.encode()]))
    with pytest.raises(errors.StreamFailed) as caught:
        await read()
    assert KEY not in str(caught.value)
    assert VEIL in str(caught.value)


async def test_no_log_has_it_at_any_level(
    client: BreadClient, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(reply(ECHO, 503), reset, reply({}), reply(ECHO, 401))
    await client.health()
    with pytest.raises(errors.WrongKey):
        await client.create_repo("r")
    assert len(caplog.records) > 10
    assert KEY not in "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)


async def test_no_repr_has_it(client: BreadClient, server: Server) -> None:
    await client.health()
    transport = client._transport
    shown = [client, transport, vars(client), vars(transport), transport._http, transport._http.headers]
    shown += [vars(transport._http), vars(transport._http.auth)]
    assert KEY not in repr(shown)


@pytest.mark.parametrize("key", [f"{KEY} \n{KEY}", f"{KEY}é"])
def test_a_key_that_cannot_be_sent_is_not_shown(key: str) -> None:
    with pytest.raises(errors.WrongKey) as caught:
        BreadClient("https://bread.example", Secret(key))
    frames = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=False).format())
    assert KEY not in frames
    assert caught.value.__context__ is None


def test_a_retry_prints_nothing_over_the_screen() -> None:
    code = """
import asyncio, stamina
from breadtui.api.client import BreadClient
from breadtui.api.errors import Unreachable
from breadtui.api.secret import Secret

async def main():
    async with BreadClient("http://127.0.0.1:1", Secret("k")) as client:
        try:
            await client.health()
        except Unreachable:
            assert client.requests == 3

with stamina.set_testing(True, attempts=3):
    asyncio.run(main())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
