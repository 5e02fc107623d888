"""A secret is shown to nobody who does not ask for it by name."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import dataclass

import pytest
from rich.pretty import pretty_repr

from breadtui.api.secret import VEIL, Secret

VALUE = "sk-bread-0123456789abcdef"


@dataclass(frozen=True)
class Holder:
    key: Secret


def test_only_reveal_shows_the_value(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r", secret, secret)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret:>40}",
        format(secret),
        repr([secret]),
        repr({"key": secret}),
        repr(Holder(secret)),
        pretty_repr(Holder(secret), expand_all=True),
        caplog.text,
    ]
    assert all(VALUE not in text and VEIL in text for text in shown)
    assert secret.reveal() == VALUE


def test_a_traceback_with_locals_does_not_show_it() -> None:
    def fails(key: Secret) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError) as caught:
        fails(Secret(VALUE))
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "key = " in text
    assert VALUE not in text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(VALUE), protocol)


def test_it_is_no_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": Secret(VALUE)})


def test_copies_are_the_secret_itself() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy(Holder(secret)).key is secret


def test_equal_when_the_values_are_and_to_nothing_else() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert hash(Secret(VALUE)) == hash(Secret(VALUE))
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != VALUE
    assert Secret("é\ud800") == Secret("é\ud800")


def test_falsy_when_empty() -> None:
    assert not Secret("")
    assert Secret("x")


def test_veil_covers_every_occurrence_but_not_of_what_is_too_short_to_be_a_key() -> None:
    assert Secret(VALUE).veil(f"a {VALUE} b {VALUE}") == f"a {VEIL} b {VEIL}"
    assert Secret("").veil("words") == "words"
    assert Secret("or").veil("words") == "words"
