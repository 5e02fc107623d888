"""A download, broken in every way there is: it ends in an identical file, or in a clear error with the part kept."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breadtui.api.errors import LinkRefused, NotFound
from breadtui.api.fetching import Files
from breadtui.bakery.downloads.download import Download, Order, Source
from breadtui.bakery.downloads.part import Part, left_at, opened
from breadtui.bakery.downloads.problems import Away, Busy, DownloadError, NoRoom, Spoilt, Taken
from breadtui.bakery.downloads.transfer import DownloadKey
from breadtui.bakery.jobs import State
from tests.api.wire import reply
from tests.bakery.downloads.host import CONTENT, MODEL, Host, beside, fetch, hosting, notes
from tests.bakery.recipes import until

NAME = "yoda_bake_v1-21.tar.gz"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    return folder / NAME


def content(path: Path) -> bytes:
    return path.read_bytes()


def put(path: Path, text: str) -> None:
    path.write_text(text)


async def broken(host: Host, path: Path, after: int) -> None:
    """Leave a part of `after` bytes, as a program does that is killed."""
    host.cuts, host.failures = [after], []
    source = Source(host.link, Files(), pause=lambda _: asyncio.sleep(3600))
    running = asyncio.create_task(Download(source, Order(DownloadKey(MODEL, path)), lambda _: None).run())
    await until(lambda: (left := left_at(path)) is not None and left.received >= after, "the part")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_ends_in_the_file_and_leaves_nothing_else(path: Path) -> None:
    async with hosting(digest=hashlib.sha256(CONTENT).digest()) as host:
        told = await fetch(host, path)
    assert content(path) == CONTENT
    assert beside(path) == {NAME}
    assert told[-1].state is State.COMPLETE
    assert told[-1].received == told[-1].total == len(CONTENT)
    assert "checking its SHA-256" in notes(told)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(0, len(CONTENT)), max_size=5, unique=True),
    uses=st.integers(1, 3),
    ranges=st.booleans(),
    if_range=st.booleans(),
    tag=st.sampled_from(['"one"', 'W/"one"', ""]),
)
def test_wherever_it_breaks_the_file_is_identical(
    tmp_path: Path, cuts: list[int], uses: int, ranges: bool, if_range: bool, tag: str
) -> None:
    target = tmp_path / "file"
    target.unlink(missing_ok=True)

    async def run() -> None:
        async with hosting(cuts=cuts, uses=uses, ranges=ranges, if_range=if_range, tag=tag) as host:
            await fetch(host, target)

    asyncio.run(run())
    assert target.read_bytes() == CONTENT
    assert not target.with_name("file.part").exists()


async def test_after_a_break_only_the_rest_is_asked_for(path: Path) -> None:
    async with hosting(cuts=[70_000]) as host:
        await fetch(host, path)
        assert host.ranged == ["", "bytes=70000-"]
        assert host.asked == 1


async def test_after_a_restart_it_goes_on_where_it_was(path: Path) -> None:
    async with hosting() as host:
        await broken(host, path, 50_000)
        assert beside(path) == {f"{NAME}.part", f"{NAME}.part.json"}
        await fetch(host, path)
        assert host.ranged == ["", "bytes=50000-"]
    assert content(path) == CONTENT
    assert beside(path) == {NAME}


async def test_what_is_kept_beside_the_part_holds_no_link(path: Path) -> None:
    async with hosting() as host:
        await broken(host, path, 50_000)
    kept = json.loads(path.with_name(f"{NAME}.part.json").read_text())
    assert kept["model"] == MODEL
    assert "secret" not in json.dumps(kept)


async def test_a_part_that_is_whole_already_is_put_in_place(path: Path) -> None:
    async with hosting() as host:
        await broken(host, path, 60_000)
        part = path.with_name(f"{NAME}.part")
        part.write_bytes(CONTENT)
        await fetch(host, path)
    assert content(path) == CONTENT


@pytest.mark.parametrize("if_range", [True, False])
async def test_a_file_that_has_changed_begins_anew_and_says_so(path: Path, if_range: bool) -> None:
    async with hosting(if_range=if_range) as host:
        await broken(host, path, 50_000)
        host.content, host.tag = CONTENT[::-1], '"two"'
        told = await fetch(host, path)
    assert content(path) == CONTENT[::-1]
    assert "The file is not the one of which a part is here: it begins anew." in notes(told)


async def test_a_server_that_knows_no_ranges_begins_anew_and_says_so(path: Path) -> None:
    async with hosting(ranges=False) as host:
        await broken(host, path, 50_000)
        told = await fetch(host, path)
    assert content(path) == CONTENT
    assert any("knows no way to go on" in note for note in notes(told))


async def test_a_link_that_expires_is_asked_for_anew(path: Path) -> None:
    async with hosting(cuts=[50_000, 50_000], uses=1) as host:
        await fetch(host, path)
        assert host.asked == 3
    assert content(path) == CONTENT


async def test_a_link_that_was_never_good_is_no_reason_to_go_on_asking(path: Path) -> None:
    async with hosting(uses=0) as host:
        with pytest.raises(LinkRefused, match="Request has expired") as refused:
            await fetch(host, path)
        assert host.asked == 1
    assert "secret" not in str(refused.value)
    assert beside(path) == set()


async def test_a_file_that_is_gone_is_no_reason_to_wait(path: Path) -> None:
    async with hosting() as host:
        host.failures = [reply("", 404)]
        with pytest.raises(NotFound):
            await fetch(host, path)


async def test_a_host_that_fails_for_a_while_is_waited_for(path: Path) -> None:
    async with hosting() as host:
        host.failures = [reply("", 503), reply("", 500), reply("", 429)]
        told = await fetch(host, path)
    assert content(path) == CONTENT
    assert [each for each in told if each.state is State.QUEUED]


async def test_a_host_that_stays_away_is_given_up_where_somebody_said_so_and_the_part_is_kept(path: Path) -> None:
    async with hosting() as host:
        await broken(host, path, 50_000)
        link = await host.link(MODEL)
    source = Source(host.link, Files(), pause=lambda _: asyncio.sleep(0), patience=0.05)
    with pytest.raises(Away, match=r"50\.0 kB are kept in"):
        await Download(source, Order(DownloadKey(MODEL, path), link=link), lambda _: None).run()
    assert left_at(path)


@pytest.mark.parametrize("length", [len(CONTENT) + 10, len(CONTENT) - 10])
async def test_a_wrong_length_ends_in_an_error_and_the_part_is_kept(path: Path, length: int) -> None:
    async with hosting() as host:
        await broken(host, path, 50_000)
        host.length = length
        with pytest.raises(Spoilt, match=r"50\.0 kB are kept"):
            await fetch(host, path)
    assert beside(path) == {f"{NAME}.part", f"{NAME}.part.json"}


async def test_a_length_that_is_never_reached_ends_in_an_error_and_the_part_is_kept(path: Path) -> None:
    async with hosting(length=len(CONTENT) + 10) as host:
        with pytest.raises(Spoilt, match=r"always ends after 200,000 bytes of 200,010"):
            await fetch(host, path)
    assert path.with_name(f"{NAME}.part").read_bytes() == CONTENT


async def test_a_wrong_checksum_ends_in_an_error_and_asked_again_it_begins_anew(path: Path) -> None:
    async with hosting(digest=bytes(32)) as host:
        with pytest.raises(Spoilt, match="its SHA-256 is another"):
            await fetch(host, path)
        assert beside(path) == {f"{NAME}.part", f"{NAME}.part.json"}
        host.digest = hashlib.sha256(CONTENT).digest()
        told = await fetch(host, path)
    assert content(path) == CONTENT
    assert "What came before was spoilt: it begins anew." in notes(told)


async def test_a_file_that_is_there_is_not_overwritten_unasked(path: Path) -> None:
    put(path, "mine")
    async with hosting() as host:
        with pytest.raises(Taken):
            await fetch(host, path)
        assert content(path) == b"mine"
        assert host.asked == 0
        await fetch(host, path, overwrite=True)
    assert content(path) == CONTENT


async def test_a_file_that_comes_to_be_there_meanwhile_is_not_overwritten_either(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = Part.finish

    def late(part: Part, *, overwrite: bool) -> None:
        path.write_text("mine")
        finish(part, overwrite=overwrite)

    monkeypatch.setattr(Part, "finish", late)
    async with hosting() as host:
        with pytest.raises(Taken):
            await fetch(host, path)
    assert content(path) == b"mine"
    assert path.with_name(f"{NAME}.part").read_bytes() == CONTENT


async def test_a_part_of_something_else_is_left_alone(path: Path) -> None:
    part = path.with_name(f"{NAME}.part")
    part.write_text("a browser's")
    async with hosting() as host:
        with pytest.raises(Taken, match="was not begun by breadtui"):
            await fetch(host, path)
        assert part.read_text() == "a browser's"
        await broken(host, other := path.with_name("other"), 1000)
        with pytest.raises(Taken, match=f"is a part of {MODEL}"):
            await fetch(host, other, model="baker/yoda_repo/yoda_bake_v1/14")


async def test_two_do_not_write_the_same_file(path: Path) -> None:
    with opened(path, MODEL, overwrite=False):
        async with hosting() as host:
            with pytest.raises(Busy):
                await fetch(host, path)


async def test_where_there_is_no_room_nothing_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100_000}))
    async with hosting() as host:
        with pytest.raises(NoRoom, match=r"200 kB are still to come, and 100 kB are free"):
            await fetch(host, path)
    assert beside(path) == set()


async def test_a_folder_that_is_not_there_is_named(path: Path) -> None:
    async with hosting() as host:
        with pytest.raises(DownloadError, match="is not there"):
            await fetch(host, path.parent / "nowhere" / NAME)


async def test_a_disk_that_fills_up_keeps_what_came_and_with_room_it_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(handle: int, data: bytes) -> int:
        room = 70_000 - os.fstat(handle).st_size
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:room])

    async with hosting() as host:
        with monkeypatch.context() as patched:
            patched.setattr("breadtui.bakery.downloads.part.os.write", full)
            with pytest.raises(NoRoom, match=r"The disk is full\. 70\.0 kB are kept in"):
                await fetch(host, path)
        await fetch(host, path)
        assert host.ranged == ["", "bytes=70000-"]
    assert content(path) == CONTENT


def test_a_file_that_may_not_grow_any_more_keeps_what_came(path: Path) -> None:
    """With the system's own limit, in a process of its own."""
    code = f"""
import asyncio, resource
from pathlib import Path
from tests.bakery.recipes import until
from tests.bakery.downloads.host import fetch, hosting
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, resource.RLIM_INFINITY))
async def run():
    async with hosting() as host:
        await fetch(host, Path({str(path)!r}))
try: asyncio.run(run())
except Exception as error: print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("NoRoom The file grows larger than files may be there. 90.0 kB are kept"), done.stderr
    assert path.with_name(f"{NAME}.part").read_bytes() == CONTENT[:90_000]
