"""The token stream of a chat: what a server sends, as typed events. What they become is left to others."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from breadtui.api import errors, lenient
from breadtui.api.http import httpx
from breadtui.api.refusals import ended, first_line, parse_json, server_words
from breadtui.api.secret import Secret
from breadtui.api.text import DeltaCleaner, clean, one_line
from breadtui.api.thinking import ThinkSplitter
from breadtui.api.transport import LARGEST, Transport, path

# isort: split
# After api.http: it would load httpx with its command line.
from httpx_sse import EventSource, ServerSentEvent


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thinks before, or between, what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A piece of a tool's call: pieces of one `index` are one call, their `arguments` joined are JSON."""

    index: int
    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class Done:
    """The end. `finish_reason` is the server's word (`stop`, `length`, `tool_calls`…), None if it said none.

    `cut_off` means that the stream ended without saying that this was all.
    """

    finish_reason: str | None
    cut_off: bool


ChatEvent = Text | Reasoning | ToolCall | Usage | Done


async def stream_chat(transport: Transport, body: Mapping[str, object]) -> AsyncGenerator[ChatEvent, None]:
    """Post `body` and give the answer's events; `Done` is the last. Closing the generator ends the request.

    Usage is asked for, and done without where the server refuses to be asked. A server that answers in one
    piece of JSON is understood too. A stream that breaks keeps what came and ends with `Done(cut_off=True)`.

    Raises:
        BreadError: in its many kinds, before the first event.
        StreamFailed: the server reported an error in the middle of its answer.
    """
    async with AsyncExitStack() as stack:
        response = await _begin(stack, transport, body)
        reading = _Reading(transport.key)
        if "event-stream" not in response.headers.get("content-type", ""):
            for event in reading.whole(await transport.json(response), transport.address.host):
                yield event
            return
        source = await stack.enter_async_context(aclosing(_lines_of(response)))
        async for sent in source:
            if sent.data.strip() == "[DONE]":
                reading.complete = True
                break
            for event in reading.feed(sent):
                yield event
        for event in reading.end():
            yield event


async def _begin(stack: AsyncExitStack, transport: Transport, body: Mapping[str, object]) -> httpx.Response:
    where = path("chat", "completions")
    try:
        asked = {**body, "stream_options": {"include_usage": True}}
        return await stack.enter_async_context(transport.stream(where, asked))
    except errors.Invalid as error:
        if "stream_options" not in error.sentence:
            raise
    return await stack.enter_async_context(transport.stream(where, body))


async def _lines_of(response: httpx.Response) -> AsyncGenerator[ServerSentEvent, None]:
    """The server-sent events of an answer, to where it ends, breaks or grows beyond what is taken in."""
    # httpx-sse reads a response; this one's bytes are bounded, and UTF-8, as the standard for events has it.
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    async with aclosing(_sound(response)) as sound:
        source = EventSource(httpx.Response(200, headers=headers, content=sound))
        async with aclosing(source.aiter_sse()) as events:
            async for sent in events:
                yield sent


async def _sound(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    taken = 0
    try:
        async for chunk in response.aiter_bytes():
            taken += len(chunk)
            if taken > LARGEST:
                break
            yield chunk
    except httpx.HTTPError:
        pass  # the connection broke: that [DONE] never came tells the reader
    yield b"\n\n"  # so that a last event counts even if the blank line after it is missing


class _Reading:
    """What is known of an answer while it comes."""

    def __init__(self, key: Secret) -> None:
        self.complete = False
        self._key = key
        self._splitter = ThinkSplitter()
        self._answer = DeltaCleaner()
        self._reasoning = DeltaCleaner()
        self._finish_reason: str | None = None
        self._usage: Usage | None = None

    def feed(self, sent: ServerSentEvent) -> Iterator[ChatEvent]:
        """The events in one server-sent event; none if it is not JSON.

        Raises:
            StreamFailed: it reports an error. What was held back is given first.
        """
        try:
            chunk = parse_json(sent.data)
        except ValueError:
            chunk = None
        fault = _fault(chunk, sent, self._key)
        if fault:
            yield from self._split(self._splitter.finish())
            raise fault
        if lenient.is_object(chunk):
            yield from self._chunk(chunk)

    def whole(self, answer: object, host: str) -> Iterator[ChatEvent]:
        """The events of an answer that came in one piece of JSON."""
        if fault := _fault(answer, None, self._key):
            raise fault
        if not lenient.is_object(answer) or "choices" not in answer:
            raise errors.NotJson(f"{host} answered with something other than a chat. Check the address.")
        yield from self._chunk(answer)
        self.complete = True
        yield from self.end()

    def end(self) -> Iterator[ChatEvent]:
        """What is left to tell when nothing more will come."""
        yield from self._split(self._splitter.finish())
        if self._usage:
            yield self._usage
        yield Done(self._finish_reason, cut_off=not self.complete)

    def _chunk(self, chunk: Mapping[str, object]) -> Iterator[ChatEvent]:
        self._usage = _usage(chunk.get("usage")) or self._usage
        choice = next((item for item in lenient.items(chunk.get("choices")) if lenient.is_object(item)), None)
        if choice is None:
            return
        if isinstance(reason := choice.get("finish_reason"), str):
            self._finish_reason = one_line(reason)
        delta = choice.get("delta") or choice.get("message")
        if not lenient.is_object(delta):
            return
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str) and (thought := self._reasoning.feed(thought)):
            yield Reasoning(thought)
        said = self._answer.feed(lenient.text_of(delta.get("content")))
        yield from self._split(self._splitter.feed(said))
        yield from _tool_calls(delta.get("tool_calls"))

    def _split(self, pieces: list[tuple[bool, str]]) -> Iterator[ChatEvent]:
        for thinking, text in pieces:
            yield Reasoning(text) if thinking else Text(text)


def _tool_calls(value: object) -> Iterator[ToolCall]:
    for place, call in enumerate(lenient.items(value)):
        if not lenient.is_object(call):
            continue
        index = call.get("index")
        function = lenient.as_object(call.get("function"))
        yield ToolCall(
            index if isinstance(index, int) else place,
            _text(call.get("id")),
            _text(function.get("name")),
            clean(lenient.words(function.get("arguments")) or ""),
        )


def _text(value: object) -> str | None:
    return one_line(value) if isinstance(value, str) else None


def _usage(value: object) -> Usage | None:
    """Usage, if both its parts are told; a missing total is their sum."""
    if not lenient.is_object(value):
        return None
    prompt, completion, total = (value.get(f"{part}_tokens") for part in ("prompt", "completion", "total"))
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return None
    return Usage(prompt, completion, total if isinstance(total, int) else prompt + completion)


def _fault(found: object, sent: ServerSentEvent | None, key: Secret) -> errors.StreamFailed | None:
    """The error a chunk reports: `{"error": …}`, Bread's `{"message", "code"}`, or an `error` event."""
    told = lenient.as_object(found)
    bare = "choices" not in told and "message" in told and ("code" in told or told.get("object") == "error")
    if not (told.get("error") or bare or (sent and sent.event == "error")):
        return None
    words = server_words(told, key) or (first_line(sent.data.encode(), key) if sent and not told else "")
    code = (lenient.as_object(told.get("error")) or told).get("code")
    why = f"The server broke off its answer: {ended(words)}" if words else "The server broke off its answer."
    return errors.StreamFailed(
        f"{why} What came before it stands; ask again for a whole answer.",
        status=code if isinstance(code, int) and 400 <= code < 600 else None,
    )
