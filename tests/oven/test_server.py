"""Starting, stopping and sharing an oven."""

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from breadtui.oven.server import FolderInUse, KeyNeeded, OvenError, OvenSettings, PortTaken, serve, serving
from tests.support.oven import RunningOven, running_oven


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path):
    with running_oven(tmp_path) as oven:
        first = oven.key
        oven.restart()
        assert oven.key == first
        data = oven.settings.data
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        for name in ("key", "signing-key"):
            assert stat.S_IMODE((data / name).stat().st_mode) == 0o600


def test_a_given_key_is_used_and_not_written_down(tmp_path: Path):
    with running_oven(tmp_path, key="my own") as oven:
        assert oven.key == "my own"
        assert not (oven.settings.data / "key").exists()
        assert httpx.get(f"{oven.url}/v1/repo", headers=oven.headers).status_code == 200


def test_a_second_oven_on_the_same_data_is_refused(oven: RunningOven):
    with pytest.raises(FolderInUse, match="Another oven works in"):
        RunningOven(OvenSettings(data=oven.settings.data))
    assert httpx.get(f"{oven.url}/v1/health").status_code == 200


def test_a_taken_port_is_told_in_a_sentence(oven: RunningOven, tmp_path: Path):
    port = int(oven.url.rpartition(":")[2])
    with pytest.raises(PortTaken, match=f"Cannot listen on 127.0.0.1:{port}"):
        RunningOven(OvenSettings(data=tmp_path / "other", port=port))


async def test_an_oven_that_others_can_reach_needs_a_key_of_its_owners(tmp_path: Path):
    with pytest.raises(KeyNeeded, match=r"0\.0\.0\.0"):
        async with serving(OvenSettings(data=tmp_path, host="0.0.0.0")):
            pass
    async with serving(OvenSettings(data=tmp_path, host="0.0.0.0", key="mine")) as running:
        assert running.base_url.startswith("http://0.0.0.0:")


async def test_serve_tells_where_it_is_and_stops_when_told(tmp_path: Path):
    stop = asyncio.Event()
    ready: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    serving_task = asyncio.create_task(
        serve(OvenSettings(data=tmp_path), on_ready=lambda url, key: ready.put_nowait((url, key)), stop=stop)
    )
    url, key = await asyncio.wait_for(ready.get(), 10)
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{url}/v1/repo", headers={"Authorization": f"Bearer {key}"})).status_code == 200
    stop.set()
    await asyncio.wait_for(serving_task, 5)
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{url}/v1/health")


async def test_a_cancelled_oven_leaves_nothing_behind(tmp_path: Path):
    ready = asyncio.Event()
    settings = OvenSettings(data=tmp_path)
    task = asyncio.create_task(serve(settings, on_ready=lambda *_: ready.set()))
    await asyncio.wait_for(ready.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    async with serving(settings):
        pass


def test_the_oven_loads_no_screen():
    code = "import sys, breadtui.oven.server; sys.exit('textual' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)


def test_a_damaged_store_is_refused_in_a_sentence_and_left_as_it_is(tmp_path: Path):
    data = tmp_path / "oven"
    data.mkdir()
    damaged = data / "oven.db"
    damaged.write_bytes(b"this is no database, and never was one" * 200)
    with pytest.raises(OvenError, match="left as it is"), running_oven(tmp_path):
        pass
    assert damaged.read_bytes().startswith(b"this is no database")
