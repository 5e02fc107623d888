"""Rehearsed weights: signed links that expire, and the archive behind them, the same bytes every time."""

import base64
import gzip
import hashlib
import hmac
import io
import json
import os
import random
import secrets
import tarfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from breadtui.oven.refusals import forbidden
from breadtui.oven.schemas import BakeFields

DEFAULT_EXPIRY = 3600
LONGEST_EXPIRY = 604_800
REHEARSED_BYTES = 64 * 1024
"""How large pseudo weights are, unless the oven is told otherwise."""
_NOTE = """These are rehearsal weights.

They were made by the oven's rehearsal engine, which trains nothing: adapter_model.rehearsal.bin holds
{size} bytes drawn from a seed, and no model can load them. They have the shape of a download, so that
everything around one can be tried.

model: {model}
"""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs paths with the oven's own key: whoever has the link may fetch, until it expires."""

    key: bytes

    def query(self, path: str, expires_in: int) -> str:
        """The query that opens `path` for that many seconds."""
        expires = int(time.time()) + expires_in
        return urlencode({"expires": expires, "signature": self._signature(path, expires)})

    def check(self, path: str, expires: str, signature: str) -> None:
        """Refuse (403) a link that was altered or has expired."""
        known = expires.isascii() and expires.isdigit() and len(expires) < 16
        right = self._signature(path, int(expires)) if known else ""
        if not (known and hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))):
            raise forbidden("This download link is not valid: its signature does not match.")
        if int(expires) < time.time():
            raise forbidden("This download link has expired: ask for a new one.")

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self.key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()


def archive(folder: Path, job_id: int, model: str, settings: BakeFields, base_model: str, size: int) -> Path:
    """The `tar.gz` of a checkpoint with `size` bytes of weights, packed into `folder` on first asking."""
    path = folder / f"{job_id}-{model.rpartition('/')[2]}-{size}.tar.gz"
    if not path.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
        unfinished.write_bytes(pack(model, settings, base_model, size))
        # What is packed anew is the same: its time must say so too.
        os.utime(unfinished, (0, 0))
        unfinished.replace(path)
    return path


@lru_cache(maxsize=64)
def integrity(path: Path) -> dict[str, str]:
    """The headers by which a download can be resumed, and be checked when it is whole: its MD5 and SHA-256."""
    content = path.read_bytes()
    tag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"ETag": f'"{tag}"', "Repr-Digest": f"sha-256=:{digest}:"}


def pack(model: str, settings: BakeFields, base_model: str, size: int = REHEARSED_BYTES) -> bytes:
    """The archive's bytes: the adapter's configuration, pseudo weights, and a note that says so."""
    adapter = settings.model.baked_adapter_config if settings.model else None
    config = {"base_model_name_or_path": settings.parent or base_model, "peft_type": "LORA"}
    if adapter:
        config |= adapter.given()
    noise = random.Random(model).randbytes(size)  # noqa: S311 - pseudo weights, no secret
    files = {
        "README.txt": _NOTE.format(size=size, model=model).encode(),
        "adapter_config.json": json.dumps(config, indent=2, sort_keys=True).encode(),
        "adapter_model.rehearsal.bin": noise,
    }
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()
