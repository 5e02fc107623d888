"""The name of the file that a model's weights become, and where it goes. Nothing a server says is a path."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from breadtui.api.secret import Secret
from breadtui.files import safe_name

ENDINGS = (".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar", ".zip", ".safetensors", ".gguf")
"""What weights come in; a link that ends in something else leads to the first."""


def file_name(model: str, link: Secret | None = None) -> str:
    """`yoda_bake_v1-21.tar.gz` for `user/repo/yoda_bake_v1/21`, with the ending of the link's path if that is known."""
    ending = ENDINGS[0]
    if link is not None:
        path = urlsplit(link.reveal()).path.lower()
        ending = next((known for known in ENDINGS if path.endswith(known)), ending)
    return safe_name("-".join(model.split("/")[-2:])) + ending


def target_of(wanted: str, name: str) -> Path:
    """The file that `wanted` names: itself, or `name` in it where it is a folder or written as one."""
    path = Path(wanted or ".").expanduser()
    into = path.is_dir() or wanted.endswith((os.sep, "/"))
    return (path / name if into else path).absolute()


def usual_folder() -> Path:
    """Where people look for what they downloaded: `~/Downloads`, else where the program was started."""
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.cwd()


def part_of(target: Path) -> Path:
    """Where a file stands while it comes."""
    return target.with_name(f"{target.name}.part")
