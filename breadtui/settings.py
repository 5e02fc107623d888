"""Where the program connects, and with what key: flags above the environment above `config.toml` above defaults.

Light on purpose: it is read before the first screen is drawn, so it loads neither httpx nor pydantic.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.secret import Secret
from breadtui.api.text import one_line

CLOUD = "https://bapi.bread.com.ai"
"""Bread's public address, the default of its official clients."""

OWN_OVEN = "oven on this machine"

MOST = 1e15
"""The largest number that settings may hold: none that means anything is larger."""

_HARMLESS = re.compile(r"(profile|theme|base_url|\[+\s*profiles\b)(?!.*(@|key)).*", re.IGNORECASE)
"""A line of settings that can be shown: any other may be a key, or go on with one that began above it."""

_EMPTY: Mapping[str, str] = MappingProxyType({})


class SettingsError(Exception):
    """The settings cannot be used; the text says which file and line, and what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One place to connect to, with the key that belongs to it."""

    base_url: str = CLOUD
    api_key: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class Notify:
    """How the end of a job is told besides on the screen: by the bell, and by a command, word by word."""

    bell: bool = True
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chat:
    """Whether chats are kept, and what the savings of a bake are reckoned with.

    `price` is for a million prompt tokens, `requests` are those of a month, `currency` is put before a sum. Retrieval
    is what a bake is held against: milliseconds and prompt tokens that it adds to a request, by the vendor's guide.
    """

    history: bool = True
    price: float = 0.0
    currency: str = "$"
    requests: int = 1000
    retrieval_ms: float = 200.0
    retrieval_tokens: int = 500


@dataclass(frozen=True, slots=True)
class Bgit:
    """What is done unasked when the bake of a directory of bgit is complete: whether `.bread` and `recipe.yml` are
    written, and whether these two are committed.
    """

    record: bool = False
    commit: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """What `config.toml` holds. `profile` names the one in use, `keys` the keys of actions by the actions' ids; with
    `ascii`, screens draw with the signs of ASCII alone.
    """

    profile: str = "default"
    theme: str = ""
    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    notify: Notify = field(default_factory=Notify)
    chat: Chat = field(default_factory=Chat)
    keys: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    bgit: Bgit = field(default_factory=Bgit)
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to connect, after flags, environment and file were weighed."""

    base_url: str
    api_key: Secret
    insecure_http: bool = False
    rehearsal: bool = False
    """The server is the demo's own oven: everything it makes is rehearsed."""

    @property
    def label(self) -> str:
        """The server, as the screens call it."""
        return OWN_OVEN if self.rehearsal else urlsplit(self.base_url).netloc


def config_path() -> Path:
    """The file of settings: `$BREADTUI_CONFIG`, else `config.toml` in the user's configuration folder."""
    if given := os.environ.get("BREADTUI_CONFIG"):
        return Path(given).expanduser()
    from platformdirs import user_config_path

    return user_config_path("breadtui") / "config.toml"


def state_path() -> Path:
    """The folder of what the program remembers between starts: `$BREADTUI_STATE`, else the user's state folder."""
    if given := os.environ.get("BREADTUI_STATE"):
        return Path(given).expanduser()
    from platformdirs import user_state_path

    return user_state_path("breadtui")


def load_config(path: Path) -> Config:
    """Read `path`; a missing file is an empty one.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or holds something of the wrong type. It is left as it is.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. It was left as it is.") from error
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # beside its own errors, a number too long or nesting too deep
        raise SettingsError(_broken(path, text, str(error))) from error
    return _config(path, text, table)


def save_profile(path: Path, name: str, profile: Profile) -> None:
    """Keep `profile` as `name` in the file at `path` and make it the one in use.

    All else that is set in the file stays as it is set; comments do not outlive the rewriting.

    Raises:
        SettingsError: the file that is there cannot be understood, or cannot be written. It is left as it is.
    """
    load_config(path)
    import tomli_w

    from breadtui.files import write_private

    table: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    profiles = as_object(table.get("profiles"))
    entry = {"base_url": profile.base_url, "api_key": profile.api_key.reveal()}
    table["profiles"] = {**profiles, name: {**as_object(profiles.get(name)), **entry}}
    table["profile"] = name
    try:
        write_private(path, tomli_w.dumps(table))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}. Nothing was changed.") from error


def connection(
    config: Config,
    environ: Mapping[str, str],
    *,
    base_url: str | None = None,
    profile: str | None = None,
    insecure_http: bool = False,
) -> Connection | None:
    """Weigh flags (the keyword arguments), environment and file. None when no key is known.

    A key only goes to the address it was given for: a key from the file is not sent to an address from a flag or the
    environment. A profile asked for by `profile` leaves the environment aside.

    Raises:
        SettingsError: `profile` names none in the file.
    """
    if profile is None:
        stored, around = config.profiles.get(config.profile, Profile()), environ
    else:
        stored, around = _named(config, profile), _EMPTY
    url = base_url or around.get("BREAD_BASE_URL") or stored.base_url
    key = Secret(around.get("BREAD_API_KEY", "").strip())
    if not key and _same(url, stored.base_url):
        key = stored.api_key
    return Connection(url.rstrip("/"), key, insecure_http) if key else None


def _named(config: Config, name: str) -> Profile:
    try:
        return config.profiles[name]
    except KeyError:
        known = ", ".join(sorted(config.profiles)) or "none yet"
        raise SettingsError(f"There is no profile “{name}” in the settings (known: {known}).") from None


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").lower() == other.rstrip("/").lower()


def _config(path: Path, text: str, table: Mapping[str, object]) -> Config:
    profiles: dict[str, Profile] = {}
    entries = _table(path, text, table, "profiles")
    for name in entries:
        entry = _table(path, text, entries, name)
        profiles[name] = Profile(
            _string(path, text, entry, "base_url", CLOUD), Secret(_string(path, text, entry, "api_key", ""))
        )
    return Config(
        _string(path, text, table, "profile", "default"),
        _string(path, text, table, "theme", ""),
        MappingProxyType(profiles),
        _notify(path, text, _table(path, text, table, "notify")),
        _chat(path, text, _table(path, text, table, "chat")),
        MappingProxyType(dict(_keys(path, text, _table(path, text, table, "keys")))),
        _bgit(path, text, _table(path, text, table, "bgit")),
        _switch(path, text, table, "ascii", False),
    )


def _notify(path: Path, text: str, table: Mapping[str, object]) -> Notify:
    bell, command = _switch(path, text, table, "bell", Notify().bell), table.get("command", ())
    if isinstance(command, str):
        return Notify(bell, _words(path, text, command))
    listed = items(command)
    words = tuple(word for word in listed if isinstance(word, str))
    if (command and not listed) or len(words) != len(listed):
        raise SettingsError(_wrong_type(path, text, "command", "text in quotes, or a list of such texts"))
    return Notify(bell, words)


def _chat(path: Path, text: str, table: Mapping[str, object]) -> Chat:
    usual = Chat()
    return Chat(
        _switch(path, text, table, "history", usual.history),
        _number(path, text, table, "price", usual.price),
        _string(path, text, table, "currency", usual.currency),
        _whole(path, text, table, "requests", usual.requests),
        _number(path, text, table, "retrieval_ms", usual.retrieval_ms),
        _whole(path, text, table, "retrieval_tokens", usual.retrieval_tokens),
    )


def _bgit(path: Path, text: str, table: Mapping[str, object]) -> Bgit:
    usual = Bgit()
    return Bgit(
        _switch(path, text, table, "record", usual.record),
        _switch(path, text, table, "commit", usual.commit),
    )


def _keys(path: Path, text: str, table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """(action, keys separated by commas). `chat.send` without quotation marks is a table `chat` to TOML."""
    for name, value in table.items():
        if is_object(value):
            yield from _keys(path, text, value, f"{above}{name}.")
            continue
        listed = [value] if isinstance(value, str) else items(value)
        keys = [key for key in listed if isinstance(key, str) and key]
        if not keys or len(keys) != len(listed):
            raise SettingsError(_wrong_type(path, text, f"{above}{name}", 'keys in quotes, such as "ctrl+r" or "f5,r"'))
        yield f"{above}{name}", ",".join(keys)


def _words(path: Path, text: str, command: str) -> tuple[str, ...]:
    """Taken apart as a shell would; nothing else of a shell is done to them."""
    import shlex

    try:
        return tuple(shlex.split(command))
    except ValueError:
        raise SettingsError(_wrong_type(path, text, "command", "a command whose quotation marks are closed")) from None


def _table(path: Path, text: str, table: Mapping[str, object], key: str) -> dict[str, object]:
    value = table.get(key, {})
    if is_object(value):
        return dict(value)
    raise SettingsError(_wrong_type(path, text, key, "a table"))


def _switch(path: Path, text: str, table: Mapping[str, object], key: str, default: bool) -> bool:
    value = table.get(key, default)
    if isinstance(value, bool):
        return value
    raise SettingsError(_wrong_type(path, text, key, "true or false"))


def _string(path: Path, text: str, table: Mapping[str, object], key: str, default: str) -> str:
    value = table.get(key, default)
    if isinstance(value, str):
        return value
    raise SettingsError(_wrong_type(path, text, key, "text in quotes"))


def _number(path: Path, text: str, table: Mapping[str, object], key: str, default: float) -> float:
    value = table.get(key, default)
    # Compared before it is made a float: a whole number may be longer than one can hold.
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST:
        return float(value)
    raise SettingsError(_wrong_type(path, text, key, "a number that is not below 0"))


def _whole(path: Path, text: str, table: Mapping[str, object], key: str, default: int) -> int:
    value = table.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
        return value
    raise SettingsError(_wrong_type(path, text, key, "a whole number that is not below 0"))


def _wrong_type(path: Path, text: str, key: str, wanted: str) -> str:
    lines = text.splitlines()
    found = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*\[?[\"']?{re.escape(key)}\b", line)]
    where = f" line {found[0]}," if len(found) == 1 else ""  # of several, the parser does not tell which
    return f"{path},{where} “{key}” must be {wanted}. The file was left as it is: mend it or move it away."


def _broken(path: Path, text: str, message: str) -> str:
    """The sentence for a file that is not TOML; the offending line is shown where it cannot hold a key."""
    found = re.search(r"at line (\d+)", message)
    lines = text.splitlines()
    number = int(found.group(1)) if found else len(lines)
    line = one_line(lines[number - 1]).strip() if 0 < number <= len(lines) else ""
    shown = f"\n  {number} │ {line[:80]}" if _HARMLESS.fullmatch(line) else ""
    return f"{path} is not valid TOML: {message}.{shown}\nThe file was left as it is: mend it or move it away."
