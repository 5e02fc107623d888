"""Turns a server's refusal into the error it stands for, its words cleaned, cut and free of the key."""

import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from breadtui.api import errors, lenient
from breadtui.api.secret import Secret
from breadtui.api.text import clean_json, one_line

LONGEST_WORDS = 500
"""Characters of the server's own words that are passed on, at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: headers by lower-case name, the body as far as it came, and who answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    host: str
    method: str = ""
    """What was asked, where that changes what an answer means."""


def refusal(answer: Answer, key: Secret) -> errors.BreadError:
    """The error that an answer other than 2xx stands for."""
    kind, before, after = _meaning(answer, key)
    fields = _complaints(answer.body, key)
    words = bounded("; ".join(f"{field.loc}: {field.msg}" if field.loc else field.msg for field in fields))
    request_id = bounded(_safe(answer.headers.get("x-request-id", ""), key), 80) or None
    if answer.status >= 500 and request_id:
        after = f"{after} Bread's name for the request is {request_id}."
    sentence = " ".join(part for part in (before + (":" if words else "."), ended(words), after) if part)
    wait = retry_after(answer.headers)
    may_retry = should_retry(answer.status, answer.headers)
    if kind is errors.Invalid:
        return errors.Invalid(
            sentence,
            fields=fields,
            status=answer.status,
            request_id=request_id,
            retryable=may_retry,
            retry_after=wait,
        )
    return kind(sentence, status=answer.status, request_id=request_id, retryable=may_retry, retry_after=wait)


def not_json(body: bytes, host: str, key: Secret, *, status: int | None, broke_off: bool) -> errors.NotJson:
    """The error for a good answer whose body is not JSON; one that broke off may come whole next time."""
    shown = first_line(body, key)
    if broke_off:
        said = f"The answer of {host} broke off after {len(body)} bytes"
        then = "Try again; if it stays so, something on the way cuts answers short."
    else:
        said = f"{host} answered with something other than Bread's data"
        then = "Check the address, and whether a proxy or a sign-in page stands in between."
    sentence = f"{said}: “{shown}”. {then}" if shown else f"{said}. {then}"
    return errors.NotJson(sentence, status=status, retryable=broke_off)


def read_json(body: bytes) -> object:
    """A body's JSON, cleaned; None where it is not JSON."""
    try:
        return clean_json(parse_json(body))
    except ValueError:
        return None


def parse_json(body: bytes | str) -> object:
    """Parse JSON as it is found in the wild: a BOM, bytes that are not UTF-8, NaN, numbers of any length.

    Raises:
        ValueError: it is not JSON, or nested deeper than Python can follow.
    """
    text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else body
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=float)  # CPython refuses integers of more than 4300 digits
    except RecursionError:
        raise ValueError("nested too deeply") from None


def server_words(found: object, key: Secret) -> str:
    """The message in an error's JSON, under `message`, `detail`, `error` or `msg`; empty if there is none."""
    if isinstance(found, str):
        return _safe(found, key)
    if not lenient.is_object(found):
        return ""
    for name in ("message", "detail", "error", "msg"):
        inner = found.get(name)
        if words := server_words(inner, key) if lenient.is_object(inner) or isinstance(inner, str) else "":
            return words
    return ""


def first_line(body: bytes, key: Secret) -> str:
    """The first line of a body that says something, without HTML's tags, shortened to fit a message."""
    text = body[:20_000].decode("utf-8", "replace")
    plain = _HTML_NOISE.sub("\n", text) if "<" in text else text
    line = next((line for line in plain.splitlines() if line.strip()), text.strip())
    return bounded(_safe(line, key), 120)


def bounded(words: str, most: int = LONGEST_WORDS) -> str:
    """`words` cut to `most` characters, with an ellipsis for what was cut."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def ended(words: str) -> str:
    """`words` with a full stop, unless they end a sentence already."""
    return words if not words or words[-1] in ".!?…" else f"{words}."


def should_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same request may well succeed later.

    The server's `x-should-retry` outranks the status, but a conflict (409) stays one.
    """
    if status == 409:
        return False
    said = headers.get("x-should-retry", "").strip().lower()
    if said in ("true", "false"):
        return said == "true"
    return status in (408, 429) or (status >= 500 and status != 501)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: `retry-after-ms`, else `retry-after` as seconds or as an HTTP date."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "").strip()
    seconds = _number(said)
    return seconds if seconds is not None or not said else _seconds_until(said)


def _meaning(answer: Answer, key: Secret) -> tuple[type[errors.BreadError], str, str]:
    """The type of error, what happened in words, and what to do about it."""
    host = answer.host
    match answer.status:
        case 400 | 422:
            return errors.Invalid, "Bread did not accept this", ""
        case 401:
            return (
                errors.WrongKey,
                f"{host} did not accept the key",
                "Check the key; `breadtui connect` asks for another one.",
            )
        case 402:
            return (
                errors.NoCredits,
                "The account has no credit left",
                "Add credit with Bread, then try again.",
            )
        case 403:
            return (
                errors.Forbidden,
                "This key may not do that",
                "Ask whoever owns it for access, or use another one.",
            )
        case 404:
            return (
                errors.NotFound,
                f"{host} does not have this",
                "It may have been deleted; refresh to see what is there.",
            )
        case 405 | 501:
            return errors.NotSupported, f"{host} does not support this", "Nothing was changed."
        case 408:
            return errors.TimedOut, f"{host} gave up waiting for the request", "Try again."
        case 409 if answer.method == "DELETE":
            return errors.Conflict, "The server keeps it", ""
        case 409:
            return (
                errors.Conflict,
                "Something else has this name already",
                "Choose another name, or use what is there.",
            )
        case 429:
            wait = retry_after(answer.headers)
            when = "a little" if wait is None else f"{math.ceil(wait)} s"
            return errors.RateLimited, f"{host} gets too many requests", f"Wait {when}, then try again."
        case status if status >= 500:
            then = "The fault is not yours; try again in a while."
            return errors.ServerFailed, f"The server at {host} failed ({status})", then
        case status if status >= 400:
            return errors.Refused, f"{host} refused the request ({status})", ""
        case status:
            return errors.Redirected, f"{host} points to another place ({status})", _not_followed(answer, key)


def _not_followed(answer: Answer, key: Secret) -> str:
    where = bounded(_safe(answer.headers.get("location", ""), key).partition("?")[0], 120)
    to = f" to {where}" if where else ""
    return f"It was not followed{to}, so that the key goes nowhere you did not send it. Check the address."


def _complaints(body: bytes, key: Secret) -> tuple[errors.FieldError, ...]:
    """The fields named in FastAPI's `{"detail": [{loc, msg}]}`; of any other answer its message, without a place."""
    found = read_json(body)
    entries = lenient.items(lenient.as_object(found).get("detail"))
    named = [_field(entry, key) for entry in entries[:_MOST_FIELDS] if lenient.is_object(entry)]
    if fields := tuple(field for field in named if field.msg):
        return fields
    words = bounded(server_words(found, key) or first_line(body, key))
    return (errors.FieldError("", words),) if words else ()


def _field(entry: Mapping[str, object], key: Secret) -> errors.FieldError:
    path = [str(part) for part in lenient.items(entry.get("loc")) if isinstance(part, str | int)]
    if path and path[0] in ("body", "query", "path", "header"):
        path = path[1:]
    return errors.FieldError(
        bounded(_safe(".".join(path), key), 120),
        bounded(_safe(lenient.words(entry.get("msg")) or "", key), 200),
    )


def _safe(words: str, key: Secret) -> str:
    return key.veil(one_line(words)).strip()


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _seconds_until(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


_MOST_FIELDS = 20
_HTML_NOISE = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
