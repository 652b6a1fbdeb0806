"""Hashes of secrets that people choose or type."""

from argon2 import PasswordHasher

from exodrive.kit import hashing


async def test_a_secret_matches_its_own_hash_and_no_other() -> None:
    kept = await hashing.hash_of("blue kettle")
    assert await hashing.matches(kept, "blue kettle")
    assert not await hashing.matches(kept, "blue kettles")
    assert not await hashing.matches("not a hash", "blue kettle")


async def test_where_there_is_no_hash_nothing_matches_and_as_much_is_worked_out() -> None:
    assert not await hashing.matches(None, "nobody has this secret")
    hasher: PasswordHasher = hashing._hasher
    assert not hasher.check_needs_rehash(hashing._NOBODY), "the stand-in is hashed as the others are"
