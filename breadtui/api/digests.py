"""Reads from an answer's headers what the whole of a file must come to, in any of the ways that servers say it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SIZES = {"sha256": 32, "sha512": 64, "md5": 16}
"""Bytes of each kind of checksum; the first is the first to be asked for."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file comes to by `algorithm`, a name that `hashlib` knows; `digest` in hexadecimal digits."""

    algorithm: str
    digest: str


def checksum_of(headers: Mapping[str, str], host: str, *, partial: bool = False) -> Checksum | None:
    """The checksum of the whole file, where an answer tells one; of a `partial` answer some headers mean that part."""
    found = dict(reversed([*_told(headers, host, partial=partial)]))
    return next((Checksum(algorithm, found[algorithm]) for algorithm in _SIZES if algorithm in found), None)


def _told(headers: Mapping[str, str], host: str, *, partial: bool) -> Iterator[tuple[str, str]]:
    listed = ["repr-digest", "digest", "x-goog-hash", *([] if partial else ["content-digest"])]  # RFC 9530, RFC 3230
    for name in listed:
        for algorithm, text in re.findall(
            r"(?i)(sha-256|sha-512|md5)\s*=\s*:?([A-Za-z0-9+/=]+)", headers.get(name, "")
        ):
            yield from _decoded(algorithm.lower().replace("-", ""), text)
    yield from _decoded("sha256", headers.get("x-amz-checksum-sha256", ""))
    if not partial:
        yield from _decoded("md5", headers.get("content-md5", ""))
    tag = headers.get("etag", "").strip('"').lower()
    if re.fullmatch("[0-9a-f]{32}", tag) and _tags_are_md5(headers, host):
        yield "md5", tag


def _decoded(algorithm: str, text: str) -> Iterator[tuple[str, str]]:
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:  # as S3's checksum of checksums, `…-3`, for what was sent in parts
        return
    if len(digest) == _SIZES[algorithm]:
        yield algorithm, digest.hex()


def _tags_are_md5(headers: Mapping[str, str], host: str) -> bool:
    """Whether an entity tag that looks like an MD5 is one: elsewhere than at S3 and its kin it may be of anything."""
    if "kms" in headers.get("x-amz-server-side-encryption", "") or any("customer" in name for name in headers):
        return False  # S3: "objects encrypted by SSE-C or SSE-KMS have ETags that are not an MD5 digest"
    kin = host.rpartition(":")[0] or host
    return "x-amz-request-id" in headers or kin.endswith((".amazonaws.com", ".r2.cloudflarestorage.com"))
