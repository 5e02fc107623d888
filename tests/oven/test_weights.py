"""Signed links, and the archives behind them."""

import base64
import hashlib
import io
import json
import tarfile
import time

import httpx
import pytest

from breadtui.oven import weights
from tests.oven import bread
from tests.oven.bread import R
from tests.support.oven import RunningOven

DOWNLOAD = f"{R}/bakes/yoda_bake/download"


def _url(http: httpx.Client, **params: int) -> str:
    return http.get(DOWNLOAD, params=params).json()["url"]


def test_a_link_needs_no_key_and_leads_to_an_archive_that_says_what_it_is(http: httpx.Client):
    bread.baked(http)
    link = http.get(DOWNLOAD).json()
    assert (link["checkpoint"], link["expires_in"], link["bake_name"]) == (21, 3600, "yoda_bake")
    archive = httpx.get(link["url"])
    assert archive.headers["content-type"] == "application/gzip"
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar}
        assert set(files) == {"README.txt", "adapter_config.json", "adapter_model.rehearsal.bin"}
        assert b"rehearsal weights" in (files["README.txt"] or io.BytesIO()).read()
        config = json.loads((files["adapter_config.json"] or io.BytesIO()).read())
    assert (config["r"], config["base_model_name_or_path"]) == (8, "Qwen/Qwen3-32B")


def test_the_same_checkpoint_has_the_same_bytes_even_when_it_is_packed_anew(oven: RunningOven, http: httpx.Client):
    bread.baked(http)
    first = httpx.get(_url(http))
    for packed in (oven.settings.data / "weights").iterdir():
        packed.unlink()
    again = httpx.get(_url(http))
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert httpx.get(_url(http, checkpoint=7)).content != first.content


def test_a_download_can_be_resumed(http: httpx.Client):
    bread.baked(http)
    url = _url(http)
    whole = httpx.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    assert int(whole.headers["content-length"]) == len(whole.content)
    resumed = {"Range": "bytes=1000-", "If-Range": whole.headers["etag"]}
    rest = httpx.get(url, headers=resumed)
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert rest.content == whole.content[1000:]
    changed = httpx.get(url, headers={**resumed, "If-Range": '"another"'})
    assert (changed.status_code, len(changed.content)) == (200, len(whole.content))
    assert httpx.get(url, headers={"Range": f"bytes={10**9}-"}).status_code == 416
    assert int(httpx.head(url).headers["content-length"]) == len(whole.content)


def test_what_was_downloaded_can_be_checked(http: httpx.Client):
    bread.baked(http)
    answer = httpx.get(_url(http), headers={"Range": "bytes=10-"})
    whole = httpx.get(_url(http)).content
    digest = base64.b64encode(hashlib.sha256(whole).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert answer.headers["etag"] == f'"{hashlib.md5(whole).hexdigest()}"'


def test_weights_are_as_large_as_they_are_said_to_be(oven: RunningOven, http: httpx.Client):
    bread.baked(http)
    before = httpx.get(_url(http))
    oven.restart(weights_bytes=1_000_000)
    after = httpx.get(_url(http))
    assert 1_000_000 < len(after.content) < 1_010_000
    assert before.headers["etag"] != after.headers["etag"]


def test_an_altered_link_is_refused(http: httpx.Client):
    bread.baked(http)
    url = httpx.URL(_url(http))
    altered = (
        url.copy_set_param("signature", "0" * 64),
        url.copy_set_param("signature", "é"),
        url.copy_set_param("expires", int(url.params["expires"]) + 1),
        url.copy_set_param("expires", "soon"),
        url.copy_with(path=url.path.replace("/21.", "/14."), query=url.query),
        url.copy_remove_param("signature"),
    )
    for link in altered:
        assert httpx.get(link).status_code == 403, link


def test_a_link_expires(http: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    bread.baked(http)
    url = _url(http, expires_in=60)
    assert httpx.get(url).status_code == 200
    now = time.time()
    monkeypatch.setattr(weights.time, "time", lambda: now + 62)
    answer = httpx.get(url)
    assert (answer.status_code, "expired" in answer.json()["message"]) == (403, True)


def test_an_expiry_out_of_bounds_and_an_unknown_checkpoint_are_refused(http: httpx.Client):
    bread.baked(http)
    for expires_in in (0, 604_801):
        assert http.get(DOWNLOAD, params={"expires_in": expires_in}).status_code == 422
    assert http.get(DOWNLOAD, params={"checkpoint": 8}).status_code == 404


def test_a_bake_that_is_not_complete_has_no_weights(http: httpx.Client):
    bread.yoda(http)
    answer = http.get(DOWNLOAD)
    assert (answer.status_code, "not complete" in answer.json()["message"]) == (400, True)


def test_weights_are_found_by_the_models_name_too(http: httpx.Client):
    bread.baked(http)
    link = http.get("/v1/models/download", params={"name": "baker/kitchen/yoda_bake/14"}).json()
    assert link["checkpoint"] == 14
    assert httpx.get(link["url"]).status_code == 200
    for name, status in {
        "Qwen/Qwen3-32B": 400,
        "baker/no/yoda_bake/14": 404,
        "other/kitchen/b/1": 404,
    }.items():
        assert http.get("/v1/models/download", params={"name": name}).status_code == status


def test_a_link_to_a_deleted_bake_leads_nowhere(http: httpx.Client):
    bread.baked(http)
    url = _url(http)
    http.delete(f"{R}/bakes/yoda_bake")
    assert httpx.get(url).status_code == 404
