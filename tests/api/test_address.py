"""A key goes over https, or to this machine, unless it was said otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.address import is_loopback, read_address
from breadtui.api.errors import BreadError, InsecureHttp, Unreachable


@pytest.mark.parametrize(
    "url",
    [
        "https://bapi.bread.com.ai",
        "http://localhost:1",
        "http://LOCALHOST",
        "http://oven.localhost/x",
        "http://127.0.0.1:80",
        "http://127.9.9.9",
        "http://[::1]:8000",
    ],
)
def test_https_and_loopback_are_allowed(url: str) -> None:
    assert read_address(url).base_url


@pytest.mark.parametrize(
    "url",
    [
        "http://bapi.bread.com.ai",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://127.0.0.1.example.com",
        "http://2130706433",
        "http://[::2]",
        "http://localhost@evil.example",
        "http://evil.example#@localhost",
        "http://evil.example?localhost",
    ],
)
def test_plain_http_to_another_machine_is_refused_and_says_how_to_allow_it(url: str) -> None:
    with pytest.raises(InsecureHttp, match="--insecure-http"):
        read_address(url)
    assert not read_address(url, insecure_http=True).loopback


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bapi.bread.com.ai",
        "ftp://x",
        "https://",
        "http://[::1",
        "https://x:port",
        "https://x:99999",
        "//x",
        "https://x:0",
    ],
)
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(Unreachable, match="is not the address of a server"):
        read_address(url)


def test_only_place_and_path_are_kept() -> None:
    address = read_address(" https://user:password@bread.example:8443/base/?q=1#f ")
    assert address.base_url == "https://bread.example:8443/base"
    assert address.host == "bread.example:8443"
    assert "password" not in repr(address)


def test_a_password_in_a_bad_address_is_not_shown() -> None:
    with pytest.raises(Unreachable) as caught:
        read_address("ftp://user:password@bread.example")
    assert "password" not in str(caught.value)


@given(st.text() | st.text(st.sampled_from("htps:/[]@#?%.1a\x1b")))
def test_any_text_is_an_address_or_an_error_for_people(text: str) -> None:
    said = ""
    try:
        read_address(text)
    except BreadError as error:
        said = str(error)
    assert "\x1b" not in said


def test_loopback_by_name_and_number() -> None:
    assert is_loopback("localhost")
    assert is_loopback("::1")
    assert not is_loopback("")
