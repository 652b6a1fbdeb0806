"""Private links: made again with the key, and by nobody without it."""

import hashlib

import pytest

from exodrive.kit.links import TOKEN_LENGTH, LinkKeys, hash_of, new_token

OLD, NEW = "o" * 32, "n" * 32


def test_the_same_nonce_gives_the_same_token_again():
    nonce = LinkKeys.new_nonce()
    token = LinkKeys([NEW]).token(nonce)
    assert LinkKeys([NEW]).token(nonce) == token
    assert len(token) == TOKEN_LENGTH
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_nonces_and_tokens_do_not_repeat():
    keys = LinkKeys([NEW])
    nonces = {keys.new_nonce() for _ in range(200)}
    assert len(nonces) == 200
    assert all(len(nonce) == 32 for nonce in nonces)
    assert len({keys.token(nonce) for nonce in nonces}) == 200
    assert len({new_token() for _ in range(200)}) == 200


def test_without_the_key_the_stored_row_does_not_give_the_token():
    nonce = LinkKeys.new_nonce()
    assert LinkKeys([OLD]).token(nonce) != LinkKeys([NEW]).token(nonce)


def test_the_stored_hash_is_sha_256_of_the_token():
    token = LinkKeys([NEW]).token(b"n" * 32)
    assert hash_of(token) == hashlib.sha256(token.encode()).digest()


def test_after_rotation_old_links_are_made_again_and_new_ones_with_the_new_key():
    nonce = LinkKeys.new_nonce()
    old_token = LinkKeys([OLD]).token(nonce)
    rotated = LinkKeys([NEW, OLD])
    assert rotated.token(nonce, hash_of(old_token)) == old_token
    assert rotated.token(nonce) == LinkKeys([NEW]).token(nonce)


def test_a_replaced_key_is_said_to_be_the_reason():
    nonce = LinkKeys.new_nonce()
    old_hash = hash_of(LinkKeys([OLD]).token(nonce))
    with pytest.raises(ValueError, match="EXODRIVE_LINK_KEY"):
        LinkKeys([NEW]).token(nonce, old_hash)


@pytest.mark.parametrize("keys", [[], [""], ["short"], ["n" * 32, "short"]])
def test_weak_keys_are_refused(keys):
    with pytest.raises(ValueError, match="32 characters"):
        LinkKeys(keys)
