"""An oven for tests: the real server in a thread of this process, on a free port, as fast as it can go."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack
from unittest.mock import patch

from breadtui.oven.samples import add_samples
from breadtui.oven.server import OvenSettings, Serving, serving
from breadtui.oven.store import Store

if TYPE_CHECKING:
    from breadtui.oven.routes.common import Oven


class Changes(TypedDict, total=False):
    """Settings of an oven that a test sets itself."""

    data: Path
    host: str
    port: int
    speed: float
    chat_speed: float
    seed: int
    key: str | None
    samples: bool
    weights_bytes: int


class RunningOven:
    """A started oven. `store` is a connection of the calling thread, to inject faults and to look inside."""

    def __init__(self, settings: OvenSettings) -> None:
        self.settings = settings
        self.url = ""
        self.key = ""
        self.oven: Oven | None = None
        self._start()

    @property
    def store(self) -> Store:
        """Opened when it is first asked for, in the thread that asks."""
        if self._store is None:
            self._store = Store(self.settings.data / "oven.db")
        return self._store

    @property
    def open_streams(self) -> int:
        """How many chats are being streamed right now."""
        return self.oven.open_streams if self.oven else 0

    @property
    def headers(self) -> dict[str, str]:
        """What opens the oven to a plain HTTP client."""
        return {"Authorization": f"Bearer {self.key}"}

    def stop(self) -> None:
        """Shut down; the data stay."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)
            assert not self._thread.is_alive(), "the oven does not stop"
        if self._store is not None:
            self._store.close()
            self._store = None

    def restart(self, **changes: Unpack[Changes]) -> None:
        """Stop, and start again on the same data and port, with changed settings if any are given."""
        self.stop()
        port = int(self.url.rpartition(":")[2])
        self.settings = replace(self.settings, port=port)
        self.settings = replace(self.settings, **changes)
        self._start()

    def _start(self) -> None:
        self._store: Store | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="oven", daemon=True)
        self._thread.start()
        assert self._ready.wait(20), "the oven does not start"
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            if self.settings.samples:
                _put_samples(self.settings)
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with serving(self.settings) as running:
            self._announce(running)
            await self._stopping.wait()

    def _announce(self, running: Serving) -> None:
        self.url, self.key, self.oven = running.base_url, running.key, running.oven
        self._ready.set()


_samples: dict[int, bytes] = {}
_cooking = threading.Lock()


@contextlib.contextmanager
def running_oven(tmp_path: Path, **settings: Unpack[Changes]) -> Generator[RunningOven]:
    """An oven on `tmp_path / "oven"`.

    `settings` are those of OvenSettings, speeds as fast as possible if not given.
    """
    quick: Changes = {"data": tmp_path / "oven", "speed": 0, "chat_speed": 0}
    quick.update(settings)
    oven = RunningOven(OvenSettings(**quick))
    try:
        yield oven
    finally:
        oven.stop()


@contextlib.contextmanager
def quick_ends() -> Generator[None]:
    """Ovens end at once: uvicorn sleeps twice for 0.1 s before it does."""
    with patch("uvicorn.server.asyncio", _Wakeful()):
        yield


class _Wakeful:
    """What uvicorn asks of asyncio, with short sleeps."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


def _put_samples(settings: OvenSettings) -> None:
    """The samples' database, made once (0.2 s) and copied from then on, where there is none yet."""
    place = settings.data / "oven.db"
    if place.exists():
        return
    with _cooking:
        if settings.seed not in _samples:
            _samples[settings.seed] = _cooked(settings.seed)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.write_bytes(_samples[settings.seed])


def _cooked(seed: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "oven.db"
        store = Store(place)
        asyncio.run(add_samples(store, seed=seed))
        store.close()
        return place.read_bytes()
