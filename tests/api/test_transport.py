"""Requests arrive as they should, and every failure on the way has its name."""

import asyncio
import gzip
import socket

import pytest
import stamina

from breadtui.api import errors, transport
from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.api.wire import DEADLINE, KEY, Act, Server, reply, reset


async def test_a_request_carries_key_agent_and_user(server: Server) -> None:
    async with BreadClient(server.url + "/", Secret(f" {KEY}\n"), user_id="Zoë") as client:
        await client.health()
    (got,) = server.got
    assert got.target == "/v1/health"
    assert got.headers["authorization"] == f"Bearer {KEY}"
    assert got.headers["user-agent"].startswith("breadtui/")
    assert got.headers["x-user-id"].encode("latin-1").decode() == "Zoë"


async def test_without_a_key_none_is_sent(server: Server) -> None:
    async with BreadClient(server.url, Secret("")) as client:
        await client.health()
    assert "authorization" not in server.got[0].headers


async def test_a_base_path_is_kept(server: Server) -> None:
    async with BreadClient(server.url + "/bread/", Secret(KEY)) as client:
        await client.health()
        assert client.base_url == server.url + "/bread"
    assert server.got[0].target == "/bread/v1/health"


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ", "nul\x00"])
def test_a_key_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(errors.WrongKey) as caught:
        BreadClient("https://bread.example", Secret(key))
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("plain-name_1.0", "plain-name_1.0"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "..."),
        ("a/b", "a%2Fb"),
        ("../admin", "..%2Fadmin"),
        ("a?b#c%d", "a%3Fb%23c%25d"),
        ("%2e%2e", "%252e%252e"),
        ("dé 中", "d%C3%A9%20%E4%B8%AD"),
        ("a\\b;c", "a%5Cb%3Bc"),
        ("\ud800", "%3F"),
    ],
)
async def test_a_name_is_one_segment_of_the_path(client: BreadClient, server: Server, name: str, segment: str) -> None:
    await client.get_prompt(name, name)
    assert server.got[0].target == f"/v1/repo/{segment}/prompts/{segment}"


async def test_an_empty_name_is_refused_before_anything_is_sent(client: BreadClient, server: Server) -> None:
    with pytest.raises(errors.Invalid, match="name is missing"):
        await client.get_prompt("repo", "")
    assert server.got == []


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
async def test_what_json_cannot_say_is_refused_before_anything_is_sent(
    client: BreadClient, server: Server, value: object
) -> None:
    with pytest.raises(errors.Invalid, match="cannot be sent"):
        await client.create_target("r", "t", overrides={"x": value})
    assert server.got == []


async def test_a_refused_connection_is_told_quickly_and_names_the_host() -> None:
    stamina.set_testing(False)
    async with BreadClient(f"http://127.0.0.1:{_closed_port()}", Secret(KEY)) as client:
        async with asyncio.timeout(2):
            with pytest.raises(errors.Unreachable, match="refused the connection") as caught:
                await client.health()
        assert client.host in str(caught.value)
        assert "key" not in str(caught.value).lower()
        assert caught.value.status is None
        assert client.requests == 3
        assert client.latency is None


async def test_a_name_nobody_knows_is_unreachable() -> None:
    async with BreadClient("https://bread.invalid", Secret(KEY)) as client:
        with pytest.raises(errors.Unreachable, match=r"bread\.invalid cannot be reached"):
            await client.health()


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", "-" * 300])
async def test_a_name_dns_cannot_carry_is_unreachable(name: str) -> None:
    try:
        client = BreadClient(f"https://{name}", Secret(KEY))
    except errors.Unreachable:
        return
    async with client:
        with pytest.raises(errors.Unreachable):
            await client.health()


async def test_a_dropped_connection_is_unreachable(client: BreadClient, server: Server) -> None:
    server.plays(reset)
    with pytest.raises(errors.Unreachable, match="dropped the connection"):
        await client.health()
    assert client.requests == 3


async def test_what_speaks_no_http_is_unreachable(client: BreadClient, server: Server) -> None:
    server.plays(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    with pytest.raises(errors.Unreachable, match="does not speak HTTP"):
        await client.health()


async def test_tls_that_is_none_is_unreachable() -> None:
    def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with BreadClient(f"https://127.0.0.1:{port}", Secret(KEY)) as client:
            with pytest.raises(errors.Unreachable, match="TLS"):
                await client.health()


async def test_silence_is_a_timeout(server: Server) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server.plays(silent)
    async with BreadClient(server.url, Secret(KEY), timeout=0.05) as client:
        with pytest.raises(errors.TimedOut, match="did not answer in time") as caught:
            await client.health()
    assert caught.value.retryable
    assert client.requests == 3


async def test_a_body_that_stops_coming_is_a_timeout(server: Server) -> None:
    async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"st')
        await reader.read()

    server.plays(stalls)
    async with BreadClient(server.url, Secret(KEY), timeout=0.05) as client:
        with pytest.raises(errors.TimedOut):
            await client.health()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(client: BreadClient, server: Server, status: int) -> None:
    server.plays(reply("", status, headers={"location": f"{server.url}/elsewhere"}), reply({"status": "healthy"}))
    with pytest.raises(errors.Redirected, match="/elsewhere"):
        await client.health()
    assert [got.path for got in server.got] == ["/v1/health"]


async def test_a_proxys_page_is_shown_by_its_first_line(client: BreadClient, server: Server) -> None:
    server.plays(reply("<html>\n<h1>Sign in\x1b[31m to HotelNet</h1></html>", kind="text/html"))
    with pytest.raises(errors.NotJson, match=r"“Sign in\[31m to HotelNet”"):
        await client.health()
    assert len(server.got) == 1


async def test_a_body_that_breaks_off_is_tried_again_and_then_shown(client: BreadClient, server: Server) -> None:
    server.plays(reply('{"status": "hea', length=500))
    with pytest.raises(errors.NotJson, match=r'broke off after 15 bytes: “{"status": "hea”'):
        await client.health()
    assert client.requests == 3
    server.plays(reply('{"status": "hea', length=500), *[reply({"status": "healthy"})] * 4)
    assert (await client.health()).status == "healthy"


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": }', b"\x00\xff", pytest.param(b"[" * 200_000, id="deep"), b"nope"])
async def test_a_good_status_without_json_is_no_answer(client: BreadClient, server: Server, body: bytes) -> None:
    server.plays(reply(body))
    with pytest.raises(errors.NotJson):
        await client.health()


async def test_a_delete_may_be_answered_by_nothing(client: BreadClient, server: Server) -> None:
    server.plays(reply(b""), reply(b"", 204))
    await client.delete_bake("r", "b")
    await client.delete_target("r", "t")
    assert [got.method for got in server.got] == ["DELETE", "DELETE"]


async def test_json_in_any_dress_is_read(client: BreadClient, server: Server) -> None:
    server.plays(
        reply(b'\xef\xbb\xbf{"status": "bom"}'),
        reply(gzip.compress(b'{"status": "gzip"}'), headers={"content-encoding": "gzip"}),
        reply(b'{"status": "bad utf-8 \xff"}', kind="text/plain"),
    )
    assert [(await client.health()).status for _ in range(3)] == ["bom", "gzip", "bad utf-8 \ufffd"]


async def test_broken_compression_is_no_answer(client: BreadClient, server: Server) -> None:
    server.plays(reply(b"not gzip", headers={"content-encoding": "gzip"}))
    with pytest.raises(errors.NotJson):
        await client.health()


def endless(status: int) -> Act:
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %d Status\r\ncontent-type: application/json\r\n\r\n" % status)
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    return act


@pytest.mark.parametrize(("status", "kind"), [(200, errors.TooLarge), (404, errors.NotFound)])
async def test_an_answer_without_end_is_not_taken_in(
    client: BreadClient, server: Server, monkeypatch: pytest.MonkeyPatch, status: int, kind: type[errors.BreadError]
) -> None:
    monkeypatch.setattr(transport, "LARGEST", 1 << 20)
    server.plays(endless(status))
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(kind):
            await client.health()
        await server.closed.wait()
    assert client.requests == 1


async def test_an_answer_that_unpacks_to_too_much_is_not_taken_in(
    client: BreadClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LARGEST", 1 << 20)
    server.plays(reply(gzip.compress(b" " * (8 << 20)), headers={"content-encoding": "gzip"}))
    with pytest.raises(errors.TooLarge, match="more than 1 MiB"):
        await client.health()


async def test_remote_text_is_cleaned_keys_included(client: BreadClient, server: Server) -> None:
    server.plays(reply({"repos": ["a\x1b[2J\u202eb", "é\ud83d"]}), reply({"repo_name": "x", "n\x00ew": ["\x07"]}))
    assert await client.repo_names() == ("a[2Jb", "é\ufffd")
    assert (await client.get_repo("x")).model_extra == {"new": [""]}


async def test_one_connection_serves_request_after_request(client: BreadClient, server: Server) -> None:
    for _ in range(5):
        await client.health()
    server.plays(reply({}, 404))
    with pytest.raises(errors.NotFound):
        await client.health()
    server.plays(reply({}))
    await client.health()
    assert server.connections == 1


async def test_latency_is_of_the_last_good_answer(client: BreadClient, server: Server) -> None:
    assert client.latency is None
    server.plays(reply({}), reply({}, 404))
    await client.health()
    latency = client.latency
    assert latency is not None
    assert 0 < latency < DEADLINE
    with pytest.raises(errors.NotFound):
        await client.health()
    assert client.latency == latency


async def test_a_cancelled_request_lets_go_of_its_connection(client: BreadClient, server: Server) -> None:
    arrived = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    server.plays(silent)
    asking = asyncio.create_task(client.health())
    async with asyncio.timeout(DEADLINE):
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.closed.wait()


async def test_many_requests_at_once_are_all_answered(client: BreadClient, server: Server) -> None:
    server.plays(reply({"status": "healthy"}))
    answers = await asyncio.gather(*(client.health() for _ in range(100)))
    assert {answer.status for answer in answers} == {"healthy"}


async def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{_closed_port()}")
    async with BreadClient(server.url, Secret(KEY)) as client:
        await client.health()


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
