"""Files behind signed links: no key goes along, nothing signed is shown, and plain http stays on this machine."""

from __future__ import annotations

import base64
import hashlib
import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.digests import Checksum, checksum_of
from breadtui.api.errors import BreadError, InsecureHttp, LinkRefused, NotFound, Redirected, Unreachable
from breadtui.api.fetching import Files, Incoming
from breadtui.api.secret import Secret
from tests.api.wire import KEY, Server, reply, serving

MD5 = hashlib.md5(b"weights").hexdigest()
SHA = hashlib.sha256(b"weights").digest()
SIGNED = "X-Amz-Signature=0123456789abcdef0123456789abcdef"


def link(server: Server) -> Secret:
    return Secret(f"{server.url}/21.tar.gz?{SIGNED}")


async def read(files: Files, where: Secret, start: int = 0, validator: str = "") -> tuple[Incoming, bytes]:
    async with files.open(where, start, validator) as incoming:
        return incoming, b"".join([chunk async for chunk in incoming.chunks])


async def test_the_key_does_not_go_where_a_link_leads(server: Server, client: BreadClient) -> None:
    server.plays(reply(b"weights", headers={"etag": '"1"'}))
    incoming, body = await read(client.files, link(server))
    assert (body, incoming.total, incoming.validator) == (b"weights", 7, '"1"')
    assert "authorization" not in server.got[0].headers
    assert KEY not in str(server.got)
    assert server.got[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("url", ["http://weights.example/21?sig=0123456789abcdef", "http://10.0.0.1/21"])
async def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(InsecureHttp, match="--insecure-http") as refused:
        await read(Files(), Secret(url))
    assert "0123456789abcdef" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "ftp://host/21", "file:///etc/passwd", "https://[", "javascript:alert(1)"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Unreachable, match="no http or https address"):
        await read(Files(), Secret(url))


async def test_a_redirect_is_followed_by_the_same_rules(server: Server) -> None:
    async with serving() as other:
        other.plays(reply(b"weights"))
        server.plays(reply(status=302, headers={"location": f"{other.url}/there?{SIGNED}"}))
        _, body = await read(Files(), link(server), 3, '"1"')
        assert body == b"weights"
        assert other.got[0].headers["range"] == "bytes=3-"
        server.plays(reply(status=302, headers={"location": "http://weights.example/there"}))
        with pytest.raises(InsecureHttp):
            await read(Files(), link(server))


async def test_a_link_that_leads_in_circles_is_given_up(server: Server) -> None:
    server.plays(reply(status=302, headers={"location": "/again"}))
    with pytest.raises(Redirected):
        await read(Files(), link(server))
    assert len(server.got) == 6


@pytest.mark.parametrize(
    ("status", "kind"), [(400, LinkRefused), (401, LinkRefused), (403, LinkRefused), (404, NotFound)]
)
async def test_a_refusal_says_why_but_repeats_nothing_signed(
    server: Server, status: int, kind: type[BreadError]
) -> None:
    server.plays(reply(b"<Error><Message>Request has expired</Message></Error>", status))
    with pytest.raises(kind, match="Request has expired"):
        await read(Files(), link(server))
    server.plays(reply(f"<Error><Message>no: {SIGNED}</Message></Error>", status))
    with pytest.raises(kind) as refused:
        await read(Files(), link(server))
    assert "0123456789abcdef" not in "".join(traceback.format_exception(refused.value))


async def test_nothing_signed_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(reply(status=302, headers={"location": f"/there?{SIGNED}"}), reply(b"weights"))
    await read(Files(), link(server))
    assert len(server.got) == 2
    assert "0123456789abcdef" not in "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)


@pytest.mark.parametrize(
    "odd",
    [
        reply(b"ghts", 206, headers={"content-range": "bytes 4-6/7", "etag": '"1"'}),
        reply(b"ights", 206, headers={"content-range": "bytes 3-6/7", "etag": '"2"'}),
        reply(b"ights", 206, headers={"content-range": "soon"}),
        reply(b"", 416, headers={"content-range": "bytes */2"}),
    ],
    ids=["another place", "another file", "no place", "shorter than what is there"],
)
async def test_an_answer_that_does_not_go_on_from_there_is_asked_for_whole(server: Server, odd: bytes) -> None:
    server.plays(odd, reply(b"weights"))
    incoming, body = await read(Files(), link(server), 3, '"1"')
    assert (incoming.start, body) == (0, b"weights")
    assert "range" not in server.got[-1].headers


async def test_what_is_there_already_needs_no_more_bytes(server: Server) -> None:
    server.plays(reply("<html>", 416, headers={"content-range": "bytes */7", "etag": '"1"'}))
    incoming, body = await read(Files(), link(server), 7, '"1"')
    assert (incoming.start, incoming.total, body) == (7, 7, b"")


def said(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"repr-digest": f"sha-256=:{said(SHA)}:"}, Checksum("sha256", SHA.hex())),
        ({"digest": f"SHA-256={said(SHA)},md5=x"}, Checksum("sha256", SHA.hex())),
        ({"x-amz-checksum-sha256": said(SHA)}, Checksum("sha256", SHA.hex())),
        ({"x-amz-checksum-sha256": said(SHA) + "-3"}, None),
        ({"x-amz-checksum-sha256": said(SHA[:16])}, None),
        ({"content-md5": said(bytes.fromhex(MD5))}, Checksum("md5", MD5)),
        ({"x-goog-hash": f"crc32c=AAAAAA==,md5={said(bytes.fromhex(MD5))}"}, Checksum("md5", MD5)),
        ({"etag": f'"{MD5}"', "x-amz-request-id": "1"}, Checksum("md5", MD5)),
        ({"etag": f'"{MD5}-3"', "x-amz-request-id": "1"}, None),
        ({"etag": f'"{MD5}"'}, None),
        ({"etag": f'"{MD5}"', "x-amz-request-id": "1", "x-amz-server-side-encryption": "aws:kms"}, None),
        ({}, None),
    ],
)
def test_a_checksum_is_found_wherever_it_is_told(headers: dict[str, str], found: Checksum | None) -> None:
    assert checksum_of(headers, "host") == found


def test_what_is_told_of_a_part_is_not_taken_for_the_whole() -> None:
    told = {"content-md5": said(bytes.fromhex(MD5)), "content-digest": f"sha-256=:{said(SHA)}:"}
    assert checksum_of(told, "host")
    assert checksum_of(told, "host", partial=True) is None


NAMES = ("repr-digest", "digest", "content-md5", "x-amz-checksum-sha256", "x-goog-hash", "etag")


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_no_header_breaks_it(headers: dict[str, str]) -> None:
    found = checksum_of(headers, "weights.amazonaws.com")
    assert found is None or len(bytes.fromhex(found.digest)) in (16, 32, 64)
