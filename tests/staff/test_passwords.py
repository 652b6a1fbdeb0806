"""What is good enough for a password, and how passwords are kept."""

import pytest

from exodrive.kit.errors import BadInput
from exodrive.staff import passwords

EASY = {
    "names its owner": "ada.keeper2026",
    "names its owner twice": "AdaKeeperAda!",
    "the word itself": "password1234",
    "the word and a row": "Password123456",
    "the word twice": "passwordpassword",
    "digits in a row": "123456789012",
    "letters in a row": "abcdefghijklm",
    "a row of keys": "qwertyuiop[]12",
    "the same again": "aaaaaaaaaaaaaaaa",
    "two in turns": "ababababababab",
    "doubled digits": "1111222233334444",
    "a wish": "iloveyou1234!",
    "the season": "Summer2026!!",
    "the house": "exodrive2026!",
}
GOOD = [
    "blue kettle sings low",
    "grüne katze tanzt",
    "xK9#mP2$vL5q",
    "七つの海を渡る白い船の歌です",
    "correct horse battery staple",
    "z" * 6 + "nabobgrift",
]


def refusal(password: str) -> str:
    with pytest.raises(BadInput) as refused:
        passwords.check(password, email="ada.keeper@example.com", name="Ada Keeper")
    assert list(refused.value.fields) == ["password"]
    return refused.value.detail


@pytest.mark.parametrize("password", EASY.values(), ids=EASY)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    assert "easy to guess" in refusal(password)


@pytest.mark.parametrize("password", GOOD)
def test_a_few_words_or_true_chance_are_taken_without_rules_of_composition(password: str) -> None:
    passwords.check(password, email="ada.keeper@example.com", name="Ada Keeper")


@pytest.mark.parametrize("password", ["", "short", "xK9#mP2$vL5", "xK9#mP2$vL5q" * 22])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    assert "between 12 and 256" in refusal(password)


def test_twelve_and_two_hundred_and_fifty_six_characters_are_taken() -> None:
    for password in ("xK9#mP2$vL5q", ("xK9#mP2$vL5q" * 22)[:256]):
        passwords.check(password, email="a@example.com", name="A")


async def test_a_password_is_kept_as_argon2id_at_the_advised_parameters_with_a_salt_of_its_own() -> None:
    first, second = [await passwords.hash_of("blue kettle sings low") for _ in range(2)]
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


async def test_only_the_whole_password_matches_exactly_as_typed() -> None:
    long = ("xK9#mP2$vL5q" * 22)[:256]
    kept = await passwords.hash_of(long)
    assert await passwords.matches(kept, long)
    for other in (long[:-1], long + "x", long.upper(), f" {long}", long + "\n", ""):
        assert not await passwords.matches(kept, other)


async def test_nobody_and_a_broken_hash_match_nothing() -> None:
    for kept in (None, "", "not a hash"):
        assert not await passwords.matches(kept, "blue kettle sings low")
        assert not await passwords.matches(kept, "nobody has this password")
