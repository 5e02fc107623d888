"""Starts and stops an oven: its folder, key and lock, its socket, and uvicorn around the application.

Signals are the caller's: set `stop`, or cancel `serve`, and it goes down within about a second.
"""

import asyncio
import contextlib
import fcntl
import ipaddress
import os
import secrets
import socket
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from breadtui.oven.app import create_app
from breadtui.oven.engines.rehearsal import Rehearsal
from breadtui.oven.routes.common import Oven
from breadtui.oven.samples import add_samples
from breadtui.oven.store import Store
from breadtui.oven.weights import REHEARSED_BYTES

SERVER = "breadtui-oven (rehearsal)"
"""What every answer names as its maker, so that a client can tell that nothing is trained here."""


class OvenError(Exception):
    """Why an oven cannot start, in a sentence for people."""


class PortTaken(OvenError):
    """Another program listens on that address, or the address is not this machine's."""


class FolderInUse(OvenError):
    """Another oven works on the same data."""


class KeyNeeded(OvenError):
    """An oven that others can reach must have a key that its owner chose."""


@dataclass(frozen=True, slots=True)
class OvenSettings:
    """How an oven is to run.

    `data` is its folder, made when it is not there; port 0 takes a free one. `speed` divides the time of jobs
    and `chat_speed` is in tokens a second; 0 is as fast as possible for both. Without a `key`, one is made
    and kept in `data`. `samples` adds the repositories of the vendor's guide where they are missing. `weights_bytes` is
    how large a checkpoint's rehearsed weights are.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    speed: float = 1.0
    chat_speed: float = 60.0
    seed: int = 0
    key: str | None = None
    samples: bool = False
    weights_bytes: int = REHEARSED_BYTES


@dataclass(frozen=True, slots=True)
class Serving:
    """An oven that takes requests.

    `ended` is done when its server is; `oven` is what the application works with.
    """

    base_url: str
    key: str
    oven: Oven
    ended: asyncio.Task[None]


async def serve(
    settings: OvenSettings, *, on_ready: Callable[[str, str], None], stop: asyncio.Event | None = None
) -> None:
    """Serve until `stop` is set or this is cancelled; `on_ready` gets the base URL and the key.

    Raises an OvenError before anything is served. Jobs that are under way when it ends go on at the next
    start.
    """
    async with serving(settings) as running:
        on_ready(running.base_url, running.key)
        stopping = asyncio.create_task((stop or asyncio.Event()).wait())
        try:
            await asyncio.wait({stopping, running.ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()


@contextlib.asynccontextmanager
async def serving(settings: OvenSettings) -> AsyncGenerator[Serving]:
    """An oven for as long as the context lasts; raises an OvenError when it cannot start."""
    if settings.key is None and not _is_loopback(settings.host):
        raise KeyNeeded(f"An oven on {settings.host} can be reached by others: give it a key of your own.")
    data = settings.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as opened:
        opened.enter_context(_locked(data))
        listener = opened.enter_context(_listening(settings.host, settings.port))
        store = _opened(data / "oven.db")
        opened.callback(store.close)
        if settings.samples:
            await add_samples(store, seed=settings.seed)
        key = settings.key or _kept_secret(data / "key")
        app, oven = create_app(
            store,
            Rehearsal(speed=settings.speed, chat_speed=settings.chat_speed, seed=settings.seed),
            key=key,
            signing_key=_kept_secret(data / "signing-key").encode(),
            folder=data / "weights",
            weights_bytes=settings.weights_bytes,
        )
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            headers=[("Server", SERVER)],
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        ended = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.wait_until_started(ended)
            yield Serving(_url(settings.host, listener), key, oven, ended)
        finally:
            oven.closing = True
            server.should_exit = True
            await ended


def _opened(path: Path) -> Store:
    try:
        return Store(path)
    except sqlite3.DatabaseError as error:
        raise OvenError(
            f"{path} cannot be read as an oven's: {error}. It was left as it is; move it away, or name another --data."
        ) from error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._started = asyncio.Event()

    async def wait_until_started(self, ended: "asyncio.Task[None]") -> None:
        starting = asyncio.create_task(self._started.wait())
        await asyncio.wait({starting, ended}, return_when=asyncio.FIRST_COMPLETED)
        starting.cancel()
        if ended.done():
            ended.result()
            raise OvenError("The oven could not start: see the log.")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._started.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        # An oven may live inside another program, whose signals are its own.
        yield


@contextlib.contextmanager
def _locked(data: Path) -> Generator[None]:
    # The system lets go of the lock with the process, however it ends.
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUse(
                f"Another oven works in {data}: stop it, or give this one a folder of its own."
            ) from error
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Generator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTaken(f"No address {host}:{port} on this machine: {error.strerror}.") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port, or 0 for a free one."
            ) from error
        yield listener


def _kept_secret(path: Path) -> str:
    """The secret in that file, made on first asking.

    Only under the folder's lock, so no other oven makes one too.
    """
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        unfinished.replace(path)
    return path.read_text().strip()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _url(host: str, listener: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"
