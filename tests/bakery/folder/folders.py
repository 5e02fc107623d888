"""What tests of folders share: folders on disk, what a repository holds, and a way between client and oven."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path

import httpx

from breadtui.api.client import BreadClient
from breadtui.bakery.folder.applying import Step, apply
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.plan import Plan, make_plan
from breadtui.bakery.folder.reading import read_folder
from breadtui.oven.store import Kind, Store
from tests.api.wire import Got, reply, serving

REPO = "apple_support"
APPLE = {
    "airpods.md": "The status light is amber while charging.\n",
    "iphone.md": "A phone that stays dark is charged for 30 minutes.\n",
    "mac.md": "A slow Mac is looked at in Activity Monitor first.\n",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder that holds these files, by their paths within it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def many(count: int) -> dict[str, str]:
    """Files of a knowledge base of `count` documents, each unlike the others."""
    return {f"part_{number // 50}/note_{number:04}.md": f"Fact number {number} of many.\n" for number in range(count)}


def held(store: Store, repo: str = REPO) -> dict[Kind, dict[str, object]]:
    """Everything in a repository: bodies by kind and name, in the order of creation."""
    found = store.repo(repo)
    assert found
    return {kind: {item.name: item.body for item in store.resources(found, kind)} for kind in Kind}


def ordered(store: Store, repo: str = REPO) -> list[tuple[str, object]]:
    """The same as a list, so that the order counts too."""
    return [(name, body) for bodies in held(store, repo).values() for name, body in bodies.items()]


async def planned(client: BreadClient, folder: Path, options: Options | None = None, repo: str = REPO) -> Plan:
    return await make_plan(client, repo, read_folder(folder), options or Options())


async def applied(client: BreadClient, plan: Plan, told: Callable[[Step], object] | None = None) -> list[Step]:
    """Every step to the end; `told` hears of each as it comes."""
    steps: list[Step] = []
    async for step in apply(client, plan):
        steps.append(step)
        if told:
            told(step)
    return steps


class Between:
    """Stands between a client and an oven: notes every request, and answers some itself."""

    def __init__(self, oven: str) -> None:
        self.url = ""
        self.got: list[Got] = []
        self.instead: Callable[[Got], bytes | None] = lambda _: None
        """What is answered in place of the oven; None lets the request through."""
        self.under_way = 0
        self._oven = httpx.AsyncClient(base_url=oven, timeout=30)

    @property
    def methods(self) -> set[str]:
        return {got.method for got in self.got}

    def posted(self, ending: str) -> list[Got]:
        """The POSTs to paths that end so."""
        return [got for got in self.got if got.method == "POST" and got.path.endswith(ending)]

    async def act(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, got: Got) -> None:
        self.got.append(got)
        answer = self.instead(got)
        if answer is None:
            headers = {name: got.headers[name] for name in ("authorization", "content-type") if name in got.headers}
            self.under_way += 1
            passed = await self._oven.request(got.method, got.target, headers=headers, content=got.body)
            self.under_way -= 1
            answer = reply(passed.content, passed.status_code)
        writer.write(answer)
        await writer.drain()

    async def close(self) -> None:
        await self._oven.aclose()


@contextlib.asynccontextmanager
async def between(oven: str) -> AsyncGenerator[Between]:
    """A way to `oven`; `url` is where clients go."""
    way = Between(oven)
    async with serving() as server:

        async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await way.act(reader, writer, server.got[-1])

        server.plays(hand_on)
        way.url = server.url
        yield way
    await way.close()
