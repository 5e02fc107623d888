"""What tests of sweeps share: sweeps of a few questions, and asking that is waited for."""

import asyncio
from collections.abc import Callable, Sequence

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.chats.conversation import Column, Opening, Settings
from breadtui.bakery.sweep.asking import Asking
from breadtui.bakery.sweep.kept import Journal, Sweeps
from breadtui.bakery.sweep.sweep import AT_ONCE, Place, Question, Sweep
from tests.support.oven import RunningOven

BASE = "Qwen/Qwen3-32B"
QUICK = Settings(thinking=False)
PATIENCE = 15.0


def sweep_of(*questions: str, models: Sequence[str] = (BASE,), references: tuple[str, ...] = ()) -> Sweep:
    columns = tuple(Column(model, Opening(), QUICK) for model in models)
    return Sweep(columns, tuple(Question(text, (), references) for text in questions), "a sweep")


def client_of(oven: RunningOven) -> BreadClient:
    return BreadClient(oven.url, Secret(oven.key))


class Heard(list[Place | None]):
    """All that was told, in order."""

    def __call__(self, place: Place | None) -> None:
        self.append(place)


def asking(
    client: BreadClient,
    sweep: Sweep,
    journal: Journal | None = None,
    told: Callable[[Place | None], None] | None = None,
    *,
    at_once: int = AT_ONCE,
) -> Asking:
    kept = journal or Sweeps().journal(sweep)
    return Asking(lambda: client, sweep, kept, Heard() if told is None else told, at_once=at_once)


async def until(holds: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - the oven is in another thread
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"waited for {what}") from None
