"""The token stream becomes events, however the bytes were torn, and its end is told truly."""

import asyncio
import json
from contextlib import aclosing

import pytest

from breadtui.api import errors
from breadtui.api.chat import ChatEvent, Done, Reasoning, Text, ToolCall, Usage
from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.api.wire import DEADLINE, KEY, Server, reply, reset, stream

HELLO = [{"role": "user", "content": "hello"}]
DONE = b"data: [DONE]\n\n"


def delta(reason: str | None = None, **fields: object) -> bytes:
    """One server-sent event with a delta in it."""
    chunk = {"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


async def read(client: BreadClient, into: list[ChatEvent] | None = None) -> list[ChatEvent]:
    """All events of one chat; `into` keeps those that came before an error."""
    events = [] if into is None else into
    async with asyncio.timeout(DEADLINE):
        async for event in client.chat("m", HELLO):
            events.append(event)
    return events


def said(events: list[ChatEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


def thought(events: list[ChatEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Reasoning))


async def test_deltas_come_as_text_and_the_end_says_why(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(role="assistant"), delta(content="Hm"), delta(content="m."), delta("stop"), DONE]))
    assert await read(client) == [Text("Hm"), Text("m."), Done("stop", cut_off=False)]


async def test_an_event_comes_before_the_next_is_sent(client: BreadClient, server: Server) -> None:
    seen = asyncio.Event()

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + delta(content="first"))
        await writer.drain()
        await seen.wait()
        writer.write(DONE)
        writer.close()

    server.plays(act)
    async with asyncio.timeout(DEADLINE), aclosing(client.chat("m", HELLO)) as events:
        assert await anext(events) == Text("first")
        seen.set()
        assert await anext(events) == Done(None, cut_off=False)


ODD = (
    ": a comment\r\n\r\nretry: 5\n\n"
    + delta(content="naïve 👩\u200d👧 \u2028 line\u2029 \x85 end").decode().replace("\n\n", "\r\n\r\n")
    + "event: message\rdata: "
    + json.dumps({"choices": [{"delta": {"content": "cr"}}]})
    + "\r\r"
    + 'data: {"choices":\ndata: [{"delta": {"content": "two lines"}}]}\n\n'
    + "data:[DONE]\n\n"
).encode()


async def test_events_torn_at_every_byte_read_the_same(client: BreadClient, server: Server) -> None:
    whole = "naïve 👩\u200d👧 \u2028 line\u2029  endcrtwo lines"
    server.plays(stream([bytes([byte]) for byte in ODD]))
    assert said(await read(client)) == whole
    for cut in range(1, len(ODD), 3):
        server.plays(stream([ODD[:cut], ODD[cut:]]))
        server.got.clear()
        events = await read(client)
        assert (said(events), events[-1]) == (whole, Done(None, cut_off=False)), cut


async def test_reasoning_comes_apart_from_the_answer_in_each_of_its_forms(client: BreadClient, server: Server) -> None:
    server.plays(
        stream(
            [
                delta(reasoning_content="a", content=None),
                delta(reasoning="b"),
                delta(content="<th"),
                delta(content="ink>c</thi"),
                delta(content="nk>d <"),
                delta(content="b>"),
                DONE,
            ]
        )
    )
    events = await read(client)
    assert (thought(events), said(events)) == ("abc", "d <b>")
    assert events[:2] == [Reasoning("a"), Reasoning("b")]


async def test_what_was_held_back_comes_before_the_end(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(content="1 <thin"), DONE]))
    assert said(await read(client)) == "1 <thin"
    server.plays(stream([delta(content="<think>deep </thin")], ends=False))
    assert await read(client) == [Reasoning("deep "), Reasoning("</thin"), Done(None, cut_off=True)]


async def test_remote_text_is_cleaned_and_a_torn_line_break_stays_one(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(content="a\x1b[31m\r"), delta(content="\nb\u202e"), delta("st\x07op"), DONE]))
    assert await read(client) == [Text("a[31m\n"), Text("b"), Done("stop", cut_off=False)]


async def test_a_tools_call_comes_in_pieces(client: BreadClient, server: Server) -> None:
    first = {"index": 1, "id": "call_1", "type": "function", "function": {"name": "lo\x00ok", "arguments": ""}}
    server.plays(
        stream(
            [
                delta(tool_calls=[first]),
                delta(tool_calls=[{"index": 1, "function": {"arguments": '{"q":'}}]),
                delta(tool_calls=[{"function": {"arguments": {"q": 1}}}, "junk", {}]),
                delta("tool_calls"),
                DONE,
            ]
        )
    )
    assert await read(client) == [
        ToolCall(1, "call_1", "look", ""),
        ToolCall(1, None, None, '{"q":'),
        ToolCall(0, None, None, '{"q": 1}'),
        ToolCall(2, None, None, ""),
        Done("tool_calls", cut_off=False),
    ]


async def test_usage_comes_once_before_the_end(client: BreadClient, server: Server) -> None:
    running = b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}\n\n'
    final = b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 15}}\n\n'
    server.plays(stream([running, delta(content="x"), delta("stop"), final, DONE]))
    assert await read(client) == [Text("x"), Usage(5, 9, 15), Done("stop", cut_off=False)]
    server.plays(stream([running, b'data: {"usage": {"prompt_tokens": "many"}}\n\n', DONE]))
    assert await read(client) == [Usage(5, 1, 6), Done(None, cut_off=False)]


async def test_usage_is_not_asked_for_where_that_is_refused(client: BreadClient, server: Server) -> None:
    refusal = {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}
    server.plays(reply(refusal, 422), stream([delta(content="x"), DONE]))
    assert said(await read(client)) == "x"
    first, second = (got.json for got in server.got)
    assert isinstance(first, dict)
    assert first.pop("stream_options") == {"include_usage": True}
    assert second == first


async def test_another_refusal_is_not_asked_again(client: BreadClient, server: Server) -> None:
    server.plays(reply({"message": "messages: too many"}, 422))
    with pytest.raises(errors.Invalid):
        await read(client)
    assert len(server.got) == 1


@pytest.mark.parametrize("thinking", [None, True, False])
async def test_thinking_is_asked_for_in_extra_body_literally(
    client: BreadClient, server: Server, thinking: bool | None
) -> None:
    server.plays(stream([DONE]))
    async for _ in client.chat("m", HELLO, thinking=thinking):
        pass
    body = server.got[0].json
    assert isinstance(body, dict)
    expected = None if thinking is None else {"chat_template_kwargs": {"enable_thinking": thinking}}
    assert body.get("extra_body") == expected
    assert "chat_template_kwargs" not in body


async def test_a_stream_that_only_ends_was_cut_off(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(content="half an ans")]))
    assert await read(client) == [Text("half an ans"), Done(None, cut_off=True)]


async def test_a_stream_that_breaks_keeps_what_came(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(content="half"), delta(content="lost")[:20]], ends=False))
    assert await read(client) == [Text("half"), Done(None, cut_off=True)]
    assert client.requests == 1, "nothing is sent again once an answer has begun"


async def test_a_stream_that_falls_silent_keeps_what_came(server: Server) -> None:
    async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + delta(content="half"))
        await reader.read()

    server.plays(stalls)
    async with BreadClient(server.url, Secret(KEY), timeout=0.1) as client:
        assert await read(client) == [Text("half"), Done(None, cut_off=True)]


async def test_a_last_event_without_its_blank_line_counts(client: BreadClient, server: Server) -> None:
    server.plays(stream([delta(content="x"), b"data: [DONE]"]))
    assert await read(client) == [Text("x"), Done(None, cut_off=False)]


@pytest.mark.parametrize(
    "junk",
    [
        b"data: {oops\n\n",
        b"data: 3\n\n",
        b"data: []\n\n",
        b"data:\n\n",
        b"nonsense\n\n",
        b'data: {"choices": [null]}\n\n',
        b'data: {"choices": [{"delta": 3}]}\n\n',
        b'data: {"choices": [{}], "error": null}\n\n',
    ],
)
async def test_a_line_that_is_junk_is_passed_over(client: BreadClient, server: Server, junk: bytes) -> None:
    server.plays(stream([delta(content="a"), junk, delta(content="b"), DONE]))
    assert await read(client) == [Text("a"), Text("b"), Done(None, cut_off=False)]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (b'data: {"error": {"message": "out of memory", "code": 503}}\n\n', 503),
        (b'data: {"error": "out of memory"}\n\n', None),
        (b'data: {"message": "out of memory", "code": "INTERNAL_ERROR"}\n\n', None),
        (b'data: {"object": "error", "message": "out of memory"}\n\n', None),
        (b'event: error\ndata: {"detail": "out of memory"}\n\n', None),
        (b"event: error\ndata: out of memory\n\n", None),
    ],
)
async def test_an_error_in_mid_stream_is_told_after_what_came(
    client: BreadClient, server: Server, event: bytes, status: int | None
) -> None:
    server.plays(stream([delta(content="so far <"), event, DONE]))
    events: list[ChatEvent] = []
    with pytest.raises(errors.StreamFailed, match="out of memory") as caught:
        await read(client, events)
    assert said(events) == "so far <"
    assert caught.value.status == status


async def test_an_answer_in_one_piece_of_json_is_understood(client: BreadClient, server: Server) -> None:
    message = {"role": "assistant", "content": "<think>a</think>b", "reasoning_content": "r", "tool_calls": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    server.plays(reply({"choices": [{"message": message, "finish_reason": "length"}], "usage": usage}))
    assert await read(client) == [
        Reasoning("r"),
        Reasoning("a"),
        Text("b"),
        Usage(1, 2, 3),
        Done("length", cut_off=False),
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Sign in</html>", errors.NotJson),
        ({"hello": 1}, errors.NotJson),
        ([], errors.NotJson),
        ({"error": {"message": "no"}}, errors.StreamFailed),
    ],
)
async def test_an_answer_that_is_no_chat_is_an_error(
    client: BreadClient, server: Server, body: object, kind: type[errors.BreadError]
) -> None:
    server.plays(reply(body))
    with pytest.raises(kind):
        await read(client)


async def test_before_it_begins_a_chat_fails_and_is_retried_as_any_request(client: BreadClient, server: Server) -> None:
    server.plays(reply({}, 503), reset, stream([delta(content="x"), DONE]))
    assert said(await read(client)) == "x"
    assert client.requests == 3
    assert len({got.headers["idempotency-key"] for got in server.got}) == 1
    server.plays(reply({"message": "pay"}, 402))
    with pytest.raises(errors.NoCredits):
        await read(client)


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    while True:
        writer.write(delta(content="and on "))
        await writer.drain()
        await asyncio.sleep(0)


async def test_closing_the_stream_closes_the_connection(client: BreadClient, server: Server) -> None:
    server.plays(endless)
    async with asyncio.timeout(DEADLINE):
        events = client.chat("m", HELLO)
        assert await anext(events) == Text("and on ")
        await events.aclose()
        await server.closed.wait()


async def test_cancelling_the_reader_closes_the_connection(client: BreadClient, server: Server) -> None:
    begun = asyncio.Event()

    async def reads() -> None:
        async for _ in client.chat("m", HELLO):
            begun.set()

    server.plays(endless)
    async with asyncio.timeout(DEADLINE):
        reading = asyncio.create_task(reads())
        await begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await server.closed.wait()


async def test_cancelling_before_the_answer_begins_closes_the_connection(client: BreadClient, server: Server) -> None:
    arrived = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    server.plays(silent)
    async with asyncio.timeout(DEADLINE):
        reading = asyncio.create_task(read(client))
        await arrived.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await server.closed.wait()


async def test_an_answer_without_end_is_cut_off_before_it_fills_the_memory(
    client: BreadClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.api.chat.LARGEST", 1 << 20)

    async def one_line(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + delta(content="x") + b"data: ")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    server.plays(one_line)
    assert await read(client) == [Text("x"), Done(None, cut_off=True)]
