"""Each way a server can refuse becomes one error, in a sentence that says what happened and what to do."""

import json
import time
from email.utils import formatdate

import pytest

from breadtui.api import errors
from breadtui.api.client import BreadClient
from breadtui.api.refusals import LONGEST_WORDS, Answer, refusal, retry_after, should_retry
from breadtui.api.secret import Secret
from tests.api.wire import KEY, Server, reply


def refused(status: int, body: object = None, headers: dict[str, str] | None = None) -> errors.BreadError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(Answer(status, headers or {}, raw, "bread.example"), Secret(KEY))


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (301, errors.Redirected, False),
        (304, errors.Redirected, False),
        (400, errors.Invalid, False),
        (401, errors.WrongKey, False),
        (402, errors.NoCredits, False),
        (403, errors.Forbidden, False),
        (404, errors.NotFound, False),
        (405, errors.NotSupported, False),
        (408, errors.TimedOut, True),
        (409, errors.Conflict, False),
        (418, errors.Refused, False),
        (422, errors.Invalid, False),
        (429, errors.RateLimited, True),
        (500, errors.ServerFailed, True),
        (501, errors.NotSupported, False),
        (503, errors.ServerFailed, True),
    ],
)
def test_a_status_is_one_kind_of_error(status: int, kind: type[errors.BreadError], retryable: bool) -> None:
    error = refused(status, {"message": "The server's own words", "code": "X"})
    assert type(error) is kind
    assert error.status == status
    assert error.retryable is retryable
    assert "The server's own words." in str(error)
    assert error.sentence == str(error)


async def test_an_error_arrives_with_the_name_the_server_gave_the_request(client: BreadClient, server: Server) -> None:
    server.plays(reply({"message": "no"}, 403, headers={"X-Request-Id": "req\x1b[31m-1"}))
    with pytest.raises(errors.Forbidden) as caught:
        await client.models()
    assert caught.value.request_id == "req[31m-1"


def test_each_field_is_named_with_its_complaint() -> None:
    detail = [
        {"loc": ["body", "overrides", "generators", 0, "numq"], "msg": "must be at least 1", "type": "x"},
        {"loc": ["query", "limit"], "msg": "too large"},
        {"loc": None, "msg": "odd"},
        "junk",
        {"loc": ["body"]},
    ]
    error = refused(422, {"detail": detail})
    assert isinstance(error, errors.Invalid)
    assert [(field.loc, field.msg) for field in error.fields] == [
        ("overrides.generators.0.numq", "must be at least 1"),
        ("limit", "too large"),
        ("", "odd"),
    ]
    assert "overrides.generators.0.numq: must be at least 1; limit: too large; odd" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Name is bad", "code": "VALIDATION_ERROR"},
        {"detail": "Name is bad"},
        {"error": {"message": "Name is bad"}},
        {"error": "Name is bad"},
        "Name is bad",
        b"Name is bad\nmore",
    ],
)
def test_a_message_in_any_form_is_the_servers_words(body: object) -> None:
    error = refused(400, body)
    assert isinstance(error, errors.Invalid)
    assert error.fields == (errors.FieldError("", "Name is bad"),)
    assert str(error) == "Bread did not accept this: Name is bad."


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        pytest.param(b"[" * 100_000, id="deep"),
        None,
        {"detail": [{"loc": [[]], "msg": {}}]},
    ],
)
@pytest.mark.parametrize("status", [302, 400, 422, 500])
def test_any_body_makes_an_error(status: int, body: object) -> None:
    assert str(refused(status, body)).endswith((".", "…"))


def test_a_page_of_html_is_told_by_its_first_words() -> None:
    page = b"<!DOCTYPE html><html><head><style>p{color:red}</style><title>502 Bad Gateway</title></head></html>"
    error = refused(502, page)
    assert "502 Bad Gateway" in str(error)
    assert "<" not in str(error)
    assert "color" not in str(error)


def test_the_servers_words_are_cleaned_and_bounded() -> None:
    error = refused(409, {"message": "\x1b]0;x\x07evil\u202e\n" + "long " * 10_000})
    assert len(str(error)) < LONGEST_WORDS + 200
    assert str(error).isprintable()


def test_many_and_long_fields_are_bounded() -> None:
    detail = [{"loc": ["body", "x" * 5000], "msg": "y" * 5000}] * 1000
    error = refused(422, {"detail": detail})
    assert isinstance(error, errors.Invalid)
    assert len(str(error)) < LONGEST_WORDS + 200
    assert len(error.fields) <= 20
    assert all(len(field.loc) + len(field.msg) < 500 for field in error.fields)


def test_a_redirect_says_where_to_without_its_query() -> None:
    error = refused(302, b"", {"location": "https://elsewhere.example/login?token=abc"})
    assert "https://elsewhere.example/login" in str(error)
    assert "abc" not in str(error)


def test_too_many_requests_say_how_long_to_wait() -> None:
    error = refused(429, {}, {"retry-after": "12.2"})
    assert error.retry_after == 12.2
    assert "Wait 13 s" in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "99999999999999999999"}, 1e20),
        ({"retry-after": "Wed, 99 Oct 2015"}, None),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
    ],
)
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_wait_until_a_date_is_counted_from_now() -> None:
    seconds = retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)})
    assert seconds is not None
    assert 25 < seconds <= 30


@pytest.mark.parametrize(
    ("status", "said", "again"),
    [
        (500, "false", False),
        (400, "true", True),
        (409, "true", False),
        (409, "", False),
        (503, "maybe", True),
    ],
)
def test_the_servers_word_on_retrying_counts_except_for_a_conflict(status: int, said: str, again: bool) -> None:
    assert should_retry(status, {"x-should-retry": said}) is again


def test_a_conflict_of_a_deletion_is_not_about_names() -> None:
    body = json.dumps({"message": "Target 'yoda' is used by bake 'b' and cannot be deleted."}).encode()
    error = refusal(Answer(409, {}, body, "bread.example", "DELETE"), Secret(KEY))
    assert isinstance(error, errors.Conflict)
    assert "is used by bake" in str(error)
    assert "name" not in str(error)
