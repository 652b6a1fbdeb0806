"""The six digits of an authenticator: the standard's own values, one step of patience, each code once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from exodrive.kit import clock
from exodrive.staff import codes
from tests.team import step

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
STANDARD = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"}


@pytest.fixture(autouse=True)
def _right_time_again() -> Iterator[None]:
    yield
    clock.move_to_shift(timedelta())


def at(second: float) -> None:
    clock.move_to_shift(datetime.fromtimestamp(second, UTC) - datetime.now(UTC) + timedelta(milliseconds=1))


@pytest.mark.parametrize(("second", "code"), STANDARD.items())
def test_codes_are_the_standards(second: int, code: str) -> None:
    at(second)
    assert codes.accepted_step(SECRET, code, after=0) == second // 30


def test_the_neighbouring_steps_are_taken_and_no_others() -> None:
    at(1_800_000_015)  # in the middle of a step
    present, phone = step(), pyotp.TOTP(SECRET)
    taken = {later: codes.accepted_step(SECRET, phone.generate_otp(present + later), after=0) for later in range(-4, 5)}
    assert taken == {later: present + later if abs(later) <= 1 else None for later in range(-4, 5)}


def test_a_code_and_those_before_it_are_not_taken_again() -> None:
    at(1_800_000_015)
    present, phone = step(), pyotp.TOTP(SECRET)
    for used in (present - 1, present, present + 1):
        for tried in (present - 1, present, present + 1):
            assert codes.accepted_step(SECRET, phone.generate_otp(tried), after=used) == (tried if tried > used else None)


@pytest.mark.parametrize("code", ["", "0", "28708", "2870820", "28708２", "éèàùçâ", "287082\0", "-87082", "None", "😀" * 6])
def test_what_is_no_code_is_no_error_either(code: str) -> None:
    at(59)
    assert codes.accepted_step(SECRET, code, after=0) is None


def test_secrets_have_160_bits_and_are_fresh() -> None:
    made = {codes.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(secret) == 32 and set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for secret in made)


def test_the_address_for_the_app_names_person_company_and_secret() -> None:
    parsed = pyotp.parse_uri(codes.address(SECRET, email="ann+desk@example.com", company="Exo & Söhne"))
    assert (parsed.name, parsed.issuer, parsed.secret) == ("ann+desk@example.com", "Exo & Söhne", SECRET)


def test_the_picture_needs_no_style_and_no_script() -> None:
    picture = codes.picture(codes.address(SECRET, email="ann@example.com", company="Exodrive"))
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert "script" not in picture
