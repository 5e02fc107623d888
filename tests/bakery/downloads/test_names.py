"""What a model's file is called, whatever the server says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.secret import Secret
from breadtui.bakery.downloads.names import file_name, target_of
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer, format_bytes
from breadtui.bakery.jobs import State


def test_a_file_is_called_after_bake_and_checkpoint() -> None:
    assert file_name("baker/yoda_repo/yoda_bake_v1/21") == "yoda_bake_v1-21.tar.gz"


@pytest.mark.parametrize(
    ("path", "ending"),
    [("x/21.safetensors", ".safetensors"), ("x/21.TGZ", ".tgz"), ("x/..%2f", ".tar.gz"), ("x/evil.sh", ".tar.gz")],
)
def test_only_a_known_ending_is_taken_from_the_link(path: str, ending: str) -> None:
    assert file_name("u/r/bake/7", Secret(f"https://host/{path}?name=a.zip")) == f"bake-7{ending}"


@given(st.text(), st.text())
def test_no_name_leads_out_of_its_folder(model: str, path: str) -> None:
    name = file_name(model, Secret(f"https://host/{path}"))
    assert Path(name).name == name
    assert name.isascii()
    assert not name.startswith(".t")


def test_a_folder_takes_the_usual_name_and_anything_else_is_the_file(tmp_path: Path) -> None:
    assert target_of(str(tmp_path), "a.tar.gz") == tmp_path / "a.tar.gz"
    assert target_of(f"{tmp_path}/new/", "a.tar.gz") == tmp_path / "new" / "a.tar.gz"
    assert target_of(f"{tmp_path}/mine.tgz", "a.tar.gz") == tmp_path / "mine.tgz"
    assert target_of("", "a.tar.gz") == Path.cwd() / "a.tar.gz"


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (65_536, "65.5 kB"), (999_700, "1.00 MB"), (27e9, "27.0 GB")],
)
def test_an_amount_has_three_digits(count: float, told: str) -> None:
    assert format_bytes(count) == told


def test_a_download_tells_how_far_it_is() -> None:
    transfer = Transfer(DownloadKey("u/r/b/7", Path("b")), State.RUNNING, 12_300_000, 27_000_000, 3_100_000, 4.7)
    assert transfer.facts == ["12.3 of 27.0 MB", "3.10 MB/s", "5 s left"]
    assert transfer.percent == "45 %"
