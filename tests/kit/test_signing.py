"""Texts that must come back unchanged."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.signing import Signer, Tampered

KEY = "k" * 32


@given(st.binary(max_size=300))
def test_a_signed_payload_comes_back_and_is_safe_in_an_address(payload):
    signer = Signer(KEY, "quote")
    text = signer.sign(payload)
    assert signer.open(text) == payload
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_byte_is_noticed(payload, data):
    signer = Signer(KEY, "quote")
    body, _, signature = signer.sign(payload).partition(".")
    raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    with pytest.raises(Tampered):
        signer.open(f"{changed}.{signature}")


def test_another_key_or_purpose_does_not_open_it():
    text = Signer(KEY, "quote").sign(b"1290")
    with pytest.raises(Tampered):
        Signer("x" * 32, "quote").open(text)
    with pytest.raises(Tampered):
        Signer(KEY, "something else").open(text)


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "no dot here", "ü.ü", "YQ.", ".YQ", "YQ==.YQ==", "%%%.%%%", "YQ.YQ.YQ"])
def test_nonsense_is_refused_and_nothing_else_happens(text):
    with pytest.raises(Tampered):
        Signer(KEY, "quote").open(text)


@given(st.text(max_size=80))
def test_no_text_makes_it_stumble(text):
    with pytest.raises(Tampered):
        Signer(KEY, "quote").open(text)
