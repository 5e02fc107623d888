"""The key that bgit keeps: what is taken for one, and that whatever else stands there is no offer and no crash."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breadtui.bgit.key import LARGEST, kept_key

KEY = "sk-bread-0123456789abcdef"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".bgit").mkdir()
    return tmp_path / ".bgit" / "config.json"


def test_the_key_is_read_and_the_file_stays_as_it_is(file: Path) -> None:
    file.write_text(json.dumps({"apiKey": f" {KEY}\n", "more": [1]}))
    before = file.read_bytes()
    assert kept_key().reveal() == KEY
    assert KEY not in repr(kept_key())
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"sk-bread"',
        b"{}",
        b'{"apiKey": null}',
        b'{"apiKey": 12}',
        b'{"apiKey": ["sk"]}',
        b'{"apiKey": ""}',
        b'{"apiKey": "  "}',
        b'{"apiKey": "two words"}',
        b'{"apiKey": "sk\\u001b[31m"}',
        b'{"apiKey": "sk\\nX-Other: 1"}',
        '{"apiKey": "schlüssel"}'.encode(),
        b'{"apiKey": "\\ud800"}',
        b'{"apiKey": "\xff"}',
        b"[" * 50_000,
        b"1" * 10_000,
    ],
)
def test_what_is_no_key_is_none(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert not kept_key()


def test_a_file_that_is_too_large_is_not_read(file: Path) -> None:
    file.write_text(json.dumps({"apiKey": KEY}) + " " * LARGEST)
    assert not kept_key()


def test_no_file_is_no_key(file: Path) -> None:
    assert not kept_key()


def test_a_folder_or_a_pipe_in_its_place_is_no_key(file: Path) -> None:
    file.mkdir()
    assert not kept_key()
    file.rmdir()
    os.mkfifo(file)
    assert not kept_key()


def test_no_home_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nowhere)
    assert not kept_key()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("apiKey") | st.text(max_size=6), inner),
    max_leaves=6,
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
@example(b'{"apiKey": NaN}')
def test_any_file_at_all_holds_a_key_that_can_be_sent_or_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    home = tmp_path_factory.getbasetemp() / "anyone"
    (home / ".bgit").mkdir(parents=True, exist_ok=True)
    (home / ".bgit" / "config.json").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        found = kept_key().reveal()
    assert found.isascii()
    assert found == "" or (found.isprintable() and " " not in found)
