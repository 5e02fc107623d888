"""Pictures of an app at several sizes, all taken in one run: it starts once, then its terminal is resized."""

import pickle
from collections.abc import Awaitable, Callable, Sequence
from inspect import getdoc

import pytest
from pytest_textual_snapshot import PseudoApp, PseudoConsole, SVGImageExtension, node_to_report_path
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from textual.app import App
from textual.pilot import Pilot

from tests.support.app import still

Size = tuple[int, int]
Play = Callable[[Pilot[None]], Awaitable[None]]
Changed = Callable[[App[None], Sequence[Size], Play], Awaitable[list[str]]]


class SizedPicture(SVGImageExtension):
    """A picture that is named for its test, and last for its size: `test_looks[help-80x24]`."""

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: str | int = 0) -> str:
        name = super().get_snapshot_name(test_location=test_location)
        return f"{name[:-1]}-{index}]" if name.endswith("]") else f"{name}[{index}]"


@pytest.fixture
def changed(snapshot: SnapshotAssertion, request: pytest.FixtureRequest) -> Changed:
    """Play at the first size, take a picture at each, and tell at which it is not the one that is kept."""
    kept = snapshot.use_extension(SizedPicture)

    async def compare(app: App[None], sizes: Sequence[Size], play: Play) -> list[str]:
        names: list[str] = []
        async with app.run_test(size=sizes[0], tooltips=True, notifications=True) as pilot:
            await play(pilot)
            for size in sizes:
                if size != app.size:
                    await pilot.resize_terminal(*size)
                await still(pilot)
                await pilot.wait_for_scheduled_animations()
                name = f"{size[0]}x{size[1]}"
                picture = app.export_screenshot(title=app.title, simplify=True)
                same = kept(name=name) == picture
                _report(request.node, name, kept, picture, same=same)
                if not same:
                    names.append(name)
        return names

    return compare


def _report(test: pytest.Function, size: str, kept: SnapshotAssertion, picture: str, *, same: bool) -> None:
    """Leave both pictures where the plugin gathers its report from."""
    console = Console(legacy_windows=False, force_terminal=True)
    app = PseudoApp(PseudoConsole(console.legacy_windows, console.size))
    result = kept.executions[kept.num_executions - 1]
    exists = result.final_data is not None
    path, line, name = test.reportinfo()
    data = (same, str(kept), picture, app, path, line, f"{name} {size}", getdoc(test.function) or "", "", exists)
    place = node_to_report_path(test)
    place.with_name(f"{place.name}_{size}").write_bytes(pickle.dumps(data))
