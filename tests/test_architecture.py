"""The house's own rules, where a linter does not hold them: what loads what, how long a file is, how it opens."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import breadtui

HOUSE = Path(breadtui.__file__).parent
LONGEST_FILE = 400
FILES = sorted(HOUSE.rglob("*.py"))


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(file): file for file in FILES}


def modules_in(*rooms: str) -> list[str]:
    return [name for name in MODULES if name.startswith(tuple(f"breadtui.{room}" for room in rooms))]


def loaded_by(*modules: str) -> set[str]:
    """The names, as far as the first dot, of everything that importing these modules loads."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize("room", ["api", "bakery", "bgit", "oven"])
def test_what_the_program_knows_loads_no_textual(room: str) -> None:
    modules = modules_in(room)
    assert len(modules) > 5
    loaded = loaded_by(*modules)
    assert "json" in loaded, "this looks at what is loaded"
    assert "textual" not in loaded


def test_pydantic_is_the_ovens_alone() -> None:
    """It takes a user's first list 70 ms and the program 9 MiB."""
    assert "pydantic" in loaded_by(*modules_in("oven"))
    assert "pydantic" not in loaded_by(*modules_in("api", "bakery"))


def test_what_is_read_before_the_first_picture_is_light() -> None:
    light = [
        "breadtui.__main__",
        "breadtui.settings",
        "breadtui.files",
        "breadtui.bakery.jobs",
        "breadtui.bakery.known",
        "breadtui.bgit.finding",
    ]
    heavy = {"textual", "httpx", "pydantic", "asyncio", "click", "uvicorn", "fastapi", "stamina", "rich", "tomli_w"}
    assert not loaded_by(*light) & heavy


def test_importing_the_program_runs_nothing() -> None:
    code = "import breadtui.__main__, sys; sys.exit(len([m for m in sys.modules if m.startswith('breadtui.')]) != 1)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_and_says_first_what_it_is_for(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert ast.get_docstring(ast.parse(text))


def test_no_room_is_named_for_nothing() -> None:
    names = {file.stem for file in FILES}
    assert not names & {"utils", "util", "helpers", "helper", "common_utils", "misc", "manager", "managers"}
