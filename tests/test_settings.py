"""Where the program connects and with what key; and what it makes of a file that a person has edited."""

import contextlib
import errno
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breadtui.api.secret import Secret
from breadtui.settings import (
    CLOUD,
    Bgit,
    Chat,
    Config,
    Connection,
    Profile,
    SettingsError,
    config_path,
    connection,
    load_config,
    save_profile,
    state_path,
)

KEY = "sk-bread-0123456789abcdef"
FILE_URL = "https://file.test"
CONFIG = Config(
    profile="work",
    profiles={
        "work": Profile(FILE_URL, Secret("file-key")),
        "home": Profile("https://home.test", Secret("home-key")),
        "keyless": Profile("https://keyless.test"),
    },
)


def found(environ: dict[str, str] | None = None, config: Config = CONFIG, **flags: str) -> tuple[str, str] | None:
    """The address and the key."""
    weighed = connection(config, environ or {}, **flags)  # pyright: ignore[reportArgumentType] - flags are texts here
    return (weighed.base_url, weighed.api_key.reveal()) if weighed else None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refusal(path: Path, content: str | bytes) -> str:
    """What is said of a file with that content, which must stay as it is."""
    raw = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(raw)
    with pytest.raises(SettingsError) as caught:
        load_config(path)
    assert path.read_bytes() == raw
    said = str(caught.value)
    assert str(path) in said
    assert "left as it is" in said or "left as it was" in said or "was left" in said
    return said


# -- which wins --


def test_without_flags_and_environment_the_file_decides() -> None:
    assert found() == (FILE_URL, "file-key")


def test_the_environment_stands_above_the_file() -> None:
    environ = {"BREAD_BASE_URL": "https://env.test", "BREAD_API_KEY": "env-key"}
    assert found(environ) == ("https://env.test", "env-key")


def test_flags_stand_above_the_environment() -> None:
    environ = {"BREAD_BASE_URL": "https://env.test", "BREAD_API_KEY": "env-key"}
    assert found(environ, base_url="https://flag.test") == ("https://flag.test", "env-key")
    assert found(environ, profile="home") == ("https://home.test", "home-key")


def test_the_environments_key_goes_to_the_files_address() -> None:
    assert found({"BREAD_API_KEY": "env-key"}) == (FILE_URL, "env-key")


def test_without_anything_the_address_is_breads_own() -> None:
    assert found({"BREAD_API_KEY": "env-key"}, Config()) == (CLOUD, "env-key")


def test_without_a_key_there_is_no_connection() -> None:
    assert found({}, Config()) is None
    assert found({"BREAD_API_KEY": "  "}, Config()) is None
    assert found(profile="keyless") is None
    assert found({}, Config(profile="one that is not there")) is None


def test_empty_variables_are_as_good_as_none() -> None:
    assert found({"BREAD_BASE_URL": "", "BREAD_API_KEY": ""}) == (FILE_URL, "file-key")


# -- where a key goes --


def test_the_files_key_never_goes_to_an_address_from_elsewhere() -> None:
    assert found({"BREAD_BASE_URL": "https://env.test"}) is None
    assert found(base_url="https://flag.test") is None
    assert found(profile="home", base_url="https://flag.test") is None
    assert found(profile="home", base_url=FILE_URL) is None


def test_the_files_key_goes_to_its_address_however_that_is_spelt() -> None:
    assert found(base_url="HTTPS://FILE.TEST/") == ("HTTPS://FILE.TEST", "file-key")
    assert found({"BREAD_BASE_URL": FILE_URL + "/"}) == (FILE_URL, "file-key")
    assert found(profile="home", base_url="https://home.test/") == ("https://home.test", "home-key")


def test_the_same_name_in_plain_http_is_another_address() -> None:
    assert found(base_url="http://file.test") is None


def test_a_profile_asked_for_is_not_mixed_with_the_environment() -> None:
    environ = {"BREAD_BASE_URL": "https://env.test", "BREAD_API_KEY": "env-key"}
    assert found(environ, profile="keyless") is None


def test_an_unknown_profile_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingsError, match=r"no profile “wrok”.*home, keyless, work"):
        found(profile="wrok")
    with pytest.raises(SettingsError, match="none yet"):
        found(config=Config(), profile="work")


def test_leave_to_send_the_key_unencrypted_is_passed_on() -> None:
    weighed = connection(CONFIG, {}, insecure_http=True)
    assert weighed
    assert weighed.insecure_http
    assert not weighed.rehearsal


def test_no_key_is_shown_by_what_holds_it() -> None:
    weighed = connection(CONFIG, {})
    assert "file-key" not in f"{CONFIG!r} {weighed!r} {weighed}"


def test_a_server_is_called_by_its_name_and_the_demos_oven_by_what_it_is() -> None:
    assert Connection("https://file.test:8443/v2", Secret("")).label == "file.test:8443"
    assert Connection("http://127.0.0.1:8778", Secret(""), rehearsal=True).label == "oven on this machine"


# -- where the files are --


def test_the_environment_says_where_the_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREADTUI_CONFIG", str(tmp_path / "mine.toml"))
    monkeypatch.setenv("BREADTUI_STATE", "~/mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / "mine.toml"
    assert state_path() == tmp_path / "mine"


def test_else_they_are_in_the_users_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BREADTUI_CONFIG", "BREADTUI_STATE", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path().is_relative_to(tmp_path)
    assert config_path().parts[-2:] == ("breadtui", "config.toml")
    assert state_path().is_relative_to(tmp_path)
    assert "breadtui" in state_path().parts


# -- reading --


def test_a_missing_file_is_an_empty_one(path: Path) -> None:
    assert load_config(path) == Config()
    assert not path.exists()


def test_all_that_a_file_can_say_is_read(path: Path) -> None:
    path.write_text(
        f'profile = "work"\ntheme = "breadtui-light"\nunknown = [1]\n'
        f'[profiles.work]\nbase_url = "{FILE_URL}"\napi_key = "{KEY}"\n[profiles."at home"]\napi_key = "{KEY}"\n'
    )
    config = load_config(path)
    assert (config.profile, config.theme) == ("work", "breadtui-light")
    assert config.profiles == {"work": Profile(FILE_URL, Secret(KEY)), "at home": Profile(CLOUD, Secret(KEY))}


def test_what_is_said_of_chats_is_read_and_the_rest_is_as_usual(path: Path) -> None:
    path.write_text('[chat]\nhistory = false\nprice = 0.4\ncurrency = "€"\nrequests = 2000\n')
    assert load_config(path).chat == Chat(history=False, price=0.4, currency="€", requests=2000)
    path.write_text("[chat]\nprice = 2\nretrieval_ms = 80.5\nretrieval_tokens = 0\n")
    assert load_config(path).chat == Chat(price=2.0, retrieval_ms=80.5, retrieval_tokens=0)
    assert Chat() == Chat(True, 0.0, "$", 1000, 200.0, 500)


def test_what_is_done_unasked_in_a_directory_of_bgit_is_nothing_until_it_is_set(path: Path) -> None:
    assert load_config(path).bgit == Bgit(record=False, commit=False)
    path.write_text("[bgit]\nrecord = true\n")
    assert load_config(path).bgit == Bgit(record=True, commit=False)
    path.write_text("[bgit]\ncommit = true\n")
    assert load_config(path).bgit == Bgit(record=False, commit=True)


def test_keys_are_read_however_they_are_written(path: Path) -> None:
    path.write_text(
        '[keys]\n"app.help" = "f2"\nchat.send = "ctrl+s, f5"\nchat.again = ["f6", "r"]\n[keys.jobs]\nopen = "o"\n'
    )
    keys = {"app.help": "f2", "chat.send": "ctrl+s, f5", "chat.again": "f6,r", "jobs.open": "o"}
    assert load_config(path).keys == keys


def test_a_broken_file_is_refused_with_its_line_and_left_as_it_is(path: Path) -> None:
    said = refusal(path, 'profile = "work"\ntheme = light\n')
    assert "line 2" in said
    assert "2 │ theme = light" in said


@pytest.mark.parametrize(
    "content",
    [
        f"api_key = {KEY}\n",
        f'[profiles.work]\napi_key = "{KEY}\n',
        f'[profiles.work]\nAPI_KEY: "{KEY}"\n',
        f'[profiles.work]\napi_key = """\n{KEY}\n',
        f"[profiles.work]\napi_key = '''{KEY}\nmore",
        f'[profiles.work]\napi_key = [\n"{KEY}\n]\n',
        f'[profiles.work]\napi_key =\n"{KEY}"\n',
        f"{KEY}\n",
        f"[profiles.work]\n{KEY} =\n",
        f'profiles = {{work = {{api_key = "{KEY}"\n',
        f'base_url = "https://me:{KEY}@file.test\n',
        f"[profiles.work]\n[{KEY}\n",
    ],
)
def test_a_line_that_may_hold_the_key_is_not_shown(path: Path, content: str) -> None:
    said = refusal(path, content)
    assert KEY not in said
    assert "line" in said or "end of document" in said


def test_control_characters_of_a_broken_line_do_not_reach_the_terminal(path: Path) -> None:
    assert "\x1b" not in refusal(path, "theme = \x1b[31mlight\n")


def test_a_line_of_any_length_is_shown_in_part(path: Path) -> None:
    assert len(refusal(path, f"theme = {'x' * 10_000}\n")) < 500 + len(str(path))


@pytest.mark.parametrize(
    ("content", "name", "line"),
    [
        ("profile = 3", "profile", "line 1"),
        ("\n\ntheme = ['x']", "theme", "line 3"),
        ("profiles = 'work'", "profiles", "line 1"),
        ("[profiles]\nwork = 'x'", "work", "line 2"),
        (f"[profiles.work]\nbase_url = '{FILE_URL}'\napi_key = 5", "api_key", "line 3"),
        ("[profiles.work]\nbase_url = true", "base_url", "line 2"),
        ("chat = 3", "chat", "line 1"),
        ("[chat]\nhistory = 'no'", "history", "line 2"),
        ("[chat]\nprice = '0.4'", "price", "line 2"),
        ("[chat]\nprice = -1", "price", "line 2"),
        ("[chat]\nprice = nan", "price", "line 2"),
        ("[chat]\nprice = inf", "price", "line 2"),
        ("[chat]\nprice = true", "price", "line 2"),
        ("[chat]\n\nrequests = 1.5", "requests", "line 3"),
        (f"[chat]\nrequests = {10**30}", "requests", "line 2"),
        ("[chat]\ncurrency = 1", "currency", "line 2"),
        ("bgit = true", "bgit", "line 1"),
        ("[bgit]\nrecord = 'yes'", "record", "line 2"),
        ("[bgit]\n\ncommit = 1", "commit", "line 3"),
        ("[notify]\nbell = 1", "bell", "line 2"),
        ("keys = 'r'", "keys", "line 1"),
        ("[keys]\n'chat.send' = 3", "chat.send", "line 2"),
        ("[keys]\nchat.send = ''", "chat.send", "line 2"),
        ("[keys]\n\nchat.send = ['r', 3]", "chat.send", "line 3"),
        ("[keys]\nchat.send = []", "chat.send", "line 2"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_name(path: Path, content: str, name: str, line: str) -> None:
    said = refusal(path, content)
    assert f"“{name}”" in said
    assert line in said


def test_no_line_is_named_where_two_could_be_meant(path: Path) -> None:
    said = refusal(path, f"[profiles.a]\nbase_url = '{FILE_URL}'\n[profiles.b]\nbase_url = 3")
    assert "“base_url”" in said
    assert "line" not in said.replace(str(path), "")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"1" * 10_000, b"a = 1979-99-99", b"\xef\xbb\xbfa = 1"],
    ids=["not text", "too deep", "too long", "no date", "a byte order mark"],
)
def test_what_no_person_would_write_is_refused_all_the_same(path: Path, content: bytes) -> None:
    refusal(path, content)


def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load_config(path)


TOMLISH = st.text(st.sampled_from("profilestheme_api_key.base_url=[]{}\"'\n #,1-:TZ\\x"), max_size=60)


@given(
    st.one_of(
        st.binary(max_size=60),
        TOMLISH.map(str.encode),
        st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")),
    )
)
@example(b"[profiles]\na = {}\n")
@example(b"profiles = [[]]\n")
def test_any_file_at_all_is_settings_or_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with contextlib.suppress(SettingsError):
        assert isinstance(load_config(path), Config)


# -- writing --


def test_a_profile_is_kept_and_the_one_in_use_from_then_on(path: Path) -> None:
    save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    assert found(config=load_config(path)) == (FILE_URL, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_everything_else_in_the_file_stays(path: Path) -> None:
    before = (
        'theme = "light"\nprofile = "home"\nlater = 1979-05-27T07:32:00Z\n[keys]\nquit = "Q"\n'
        '[profiles.home]\nbase_url = "https://home.test"\napi_key = "home-key"\nnote = "mine"\n'
        f'[profiles.work]\nbase_url = "{FILE_URL}"\napi_key = "old-key"\n'
    )
    path.write_text(before)
    save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    wanted = tomllib.loads(before)
    wanted["profile"] = "work"
    wanted["profiles"]["work"]["api_key"] = KEY
    assert tomllib.loads(path.read_text()) == wanted


def test_what_else_stands_in_a_profile_stays_when_its_key_is_changed(path: Path) -> None:
    path.write_text(f'[profiles.work]\nbase_url = "{FILE_URL}"\napi_key = "old-key"\nnote = "mine"\n')
    save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    assert tomllib.loads(path.read_text())["profiles"]["work"] == {
        "base_url": FILE_URL,
        "api_key": KEY,
        "note": "mine",
    }


@given(name=st.text(st.characters(codec="utf-8"), max_size=20), key=st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_name_and_any_key_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, name: str, key: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "kept.toml"
    path.unlink(missing_ok=True)
    save_profile(path, name, Profile(FILE_URL, Secret(key)))
    config = load_config(path)
    assert config.profile == name
    assert config.profiles == {name: Profile(FILE_URL, Secret(key))}


def test_a_linked_file_is_written_where_it_is_kept(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text('theme = "light"\n')
    path.symlink_to(kept)
    save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    assert path.is_symlink()
    assert load_config(kept).theme == "light"
    assert load_config(kept).profile == "work"


def test_a_broken_file_is_not_written_over(path: Path) -> None:
    path.write_text("theme = light\n")
    with pytest.raises(SettingsError, match="line 1"):
        save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    assert path.read_text() == "theme = light\n"


def test_on_a_full_disk_the_file_stays_and_the_reason_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text('theme = "light"\n')

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left on device") as caught:
        save_profile(path, "work", Profile(FILE_URL, Secret(KEY)))
    assert KEY not in str(caught.value)
    assert [(file.name, file.read_text()) for file in path.parent.iterdir()] == [("config.toml", 'theme = "light"\n')]


def test_screens_may_be_asked_to_draw_with_ascii_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("ascii = true\n")
    assert load_config(path).ascii
    path.write_text('ascii = "yes"\n')
    with pytest.raises(SettingsError, match="“ascii” must be true or false"):
        load_config(path)
