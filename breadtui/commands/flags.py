"""What stands before a command's name at the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from breadtui.bakery.chats.order import ChatOrder
    from breadtui.settings import Connection


@dataclass(frozen=True, slots=True)
class Flags:
    """Where to connect, in what colours and signs, and whether chats are kept."""

    profile: str | None = None
    base_url: str | None = None
    insecure_http: bool = False
    theme: str | None = None
    no_history: bool = False
    ascii: bool = False

    def launch(self, chat: ChatOrder | None = None, *, keep: bool = True, project: Path | None = None) -> int:
        """Open the app, on a chat or a project if one is asked for, which keeps chats or not; gives the exit code."""
        from breadtui.launch import launch

        return launch(
            base_url=self.base_url,
            profile=self.profile,
            insecure_http=self.insecure_http,
            theme=self.theme,
            history=keep and not self.no_history,
            chat=chat,
            project=project,
            ascii=self.ascii,
        )

    def connection(self) -> Connection:
        """The server that flags, environment and settings name.

        Raises:
            SettingsError: the settings cannot be used, or no key is known.
        """
        from breadtui.settings import SettingsError, config_path, connection, load_config

        found = connection(
            load_config(config_path()),
            os.environ,
            base_url=self.base_url,
            profile=self.profile,
            insecure_http=self.insecure_http,
        )
        if found is None:
            raise SettingsError(_no_key())
        return found


def _no_key() -> str:
    from breadtui.bgit.key import KEY_FILE, kept_key

    said = "No key is known for this server. Put one into $BREAD_API_KEY, or keep it with `breadtui connect`."
    return f"{said} bgit keeps one in {KEY_FILE}: `breadtui connect` offers to use it." if kept_key() else said
