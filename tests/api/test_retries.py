"""What may pass is tried three times, with the waits that were asked for; what will not pass is asked once."""

from collections.abc import Awaitable, Callable

import pytest
import stamina

from breadtui.api import errors
from breadtui.api.client import BreadClient
from tests.api.wire import Server, reply, reset

Ask = Callable[[BreadClient], Awaitable[object]]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_three_times(client: BreadClient, server: Server, status: int) -> None:
    server.plays(reply({"message": "no"}, status))
    with pytest.raises(errors.BreadError) as caught:
        await client.health()
    assert caught.value.status == status
    assert len(server.got) == client.requests == 3


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 405, 409, 422, 501])
async def test_what_will_not_pass_is_asked_once(client: BreadClient, server: Server, status: int) -> None:
    server.plays(reply({"message": "no"}, status))
    with pytest.raises(errors.BreadError):
        await client.health()
    assert len(server.got) == 1


async def test_a_later_try_that_succeeds_is_the_answer(client: BreadClient, server: Server) -> None:
    server.plays(reply({}, 503), reset, reply({"status": "healthy"}))
    assert (await client.health()).status == "healthy"
    assert client.requests == 3


async def test_the_server_may_forbid_and_allow_trying_again(client: BreadClient, server: Server) -> None:
    server.plays(reply({}, 500, headers={"x-should-retry": "false"}))
    with pytest.raises(errors.ServerFailed):
        await client.health()
    assert len(server.got) == 1
    server.plays(reply({}, 500), reply({}, 400, headers={"x-should-retry": "true"}), reply({"status": "healthy"}))
    assert (await client.health()).status == "healthy"


async def test_a_conflict_is_never_tried_again(client: BreadClient, server: Server) -> None:
    server.plays(reply({"message": "exists"}, 409, headers={"x-should-retry": "true"}))
    with pytest.raises(errors.Conflict, match="exists"):
        await client.create_repo("r")
    assert len(server.got) == 1


@pytest.mark.parametrize(
    "ask", [lambda c: c.create_repo("r"), lambda c: c.delete_bake("r", "b"), lambda c: c.run_bake("r", "b")]
)
async def test_all_tries_of_a_change_share_one_idempotency_key(client: BreadClient, server: Server, ask: Ask) -> None:
    server.plays(reply({}, 500), reset, reply({}))
    await ask(client)
    first = {got.headers["idempotency-key"] for got in server.got}
    assert len(server.got) == 3
    assert len(first) == 1
    await ask(client)
    assert server.got[3].headers["idempotency-key"] not in first


async def test_reading_needs_no_idempotency_key(client: BreadClient, server: Server) -> None:
    await client.health()
    assert "idempotency-key" not in server.got[0].headers


async def waits(monkeypatch: pytest.MonkeyPatch, client: BreadClient) -> list[float]:
    """The waits between the tries of one request that fails, none of them really waited."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    with monkeypatch.context() as patched:
        stamina.set_testing(False)
        patched.setattr("stamina._core._smart_sleep", sleep)
        with pytest.raises(errors.BreadError):
            await client.health()
    return waited


async def test_waits_between_tries_are_short_and_grow(
    client: BreadClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(reply({}, 500))
    first, second = await waits(monkeypatch, client)
    assert 0.25 <= first <= 0.35
    assert 0.5 <= second <= 0.6


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, [7.0, 7.0]),
        ({"retry-after-ms": "120"}, [0.12, 0.12]),
        ({"retry-after": "60"}, [60.0, 60.0]),
    ],
)
async def test_the_wait_a_server_asks_for_is_kept(
    client: BreadClient,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
    expected: list[float],
) -> None:
    server.plays(reply({}, 429, headers=headers))
    assert await waits(monkeypatch, client) == expected


async def test_a_wait_of_over_a_minute_is_told_instead_of_waited(
    client: BreadClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(reply({}, 429, headers={"retry-after": "61"}))
    assert await waits(monkeypatch, client) == []
    with pytest.raises(errors.RateLimited) as caught:
        await client.health()
    assert caught.value.retry_after == 61
    assert len(server.got) == 2
