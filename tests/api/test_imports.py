"""What starting up may load: nothing heavy before it is needed, and never the screen."""

import subprocess
import sys

import pytest

HEAVY = ("textual", "httpx", "httpx_sse", "stamina", "pydantic", "ssl", "asyncio")
LIGHT = ["breadtui.api", "breadtui.api.text", "breadtui.api.secret", "breadtui.api.errors"]
ALL = [*LIGHT, "breadtui.api.client", "breadtui.api.chat", "breadtui.api.models", "breadtui.api.thinking"]


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_the_light_modules_load_nothing_of_others(module: str) -> None:
    assert not loaded_by(module) & set(HEAVY)


def test_the_package_itself_loads_none_of_its_modules() -> None:
    assert not {name for name in loaded_by("breadtui.api") if name.startswith("breadtui.api.")}


def test_nothing_of_the_api_loads_textual() -> None:
    assert not {name for name in loaded_by(*ALL) if name.partition(".")[0] == "textual"}


def test_the_client_loads_the_token_stream_only_when_somebody_chats() -> None:
    assert not loaded_by("breadtui.api.client") & {"httpx_sse", "breadtui.api.chat"}
