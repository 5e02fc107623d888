"""An oven in a process of its own, for tests that kill it: `-m tests.support.serve_oven DATA SPEED`."""

import asyncio
import sys
from pathlib import Path

from breadtui.oven.server import OvenSettings, serve


def _announce(url: str, key: str) -> None:
    sys.stdout.write(f"{url} {key}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = OvenSettings(data=Path(sys.argv[1]), speed=float(sys.argv[2]))
    asyncio.run(serve(asked, on_ready=_announce))
