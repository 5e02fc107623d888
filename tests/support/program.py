"""The program run as a person runs it from a shell, on an oven of the test's."""

import asyncio
import subprocess
import sys
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.kitchen import Kitchen
from tests.bakery.recipes import stock
from tests.support.oven import RunningOven
from tests.support.preloaded import preloaded
from tests.support.terminal import isolated

PATIENCE = 60.0
PROGRAM = (sys.executable, "-m", "breadtui")


def environ(oven: RunningOven, **extra: str) -> dict[str, str]:
    home = oven.settings.data.parent
    return {**isolated(home, BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key), **extra}


def run(oven: RunningOven, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run to the end with no terminal."""
    return preloaded().run(arguments, environ(oven, **extra), Path.cwd(), PATIENCE)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("breadtui: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def started(oven: RunningOven, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        env=environ(oven),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def loaded_by(oven: RunningOven, *arguments: str) -> tuple[str, set[str]]:
    """The exit code, and the names, as far as the first dot, of all that was loaded."""
    code = (
        f"import sys; sys.argv = {['breadtui', *arguments]!r}\n"
        "from breadtui.__main__ import main\n"
        "try: main()\nexcept SystemExit as end: print(end.code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environ(oven), capture_output=True, text=True)
    code, *modules = done.stderr.split()
    return code, {name.partition(".")[0] for name in modules}


def stocked(oven: RunningOven, *targets: str) -> None:
    """Put in a repository with targets (`yoda` if none is given) and a bake of them all."""

    async def fill() -> None:
        kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
        await stock(kitchen, *targets)
        await kitchen.close()

    asyncio.run(fill())
