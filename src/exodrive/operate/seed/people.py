"""The demo's renters: invented names at example.com, with telephone numbers that nobody has."""

from datetime import date
from itertools import product

import msgspec

_FIRST = ("Amelia", "Mateo", "Priya", "Jonas", "Yuki", "Camille", "Tariq", "Ingrid", "Diego", "Hannah", "Kwame", "Sofia")
_LAST = ("Calloway", "Ferreira", "Lindqvist", "Okafor", "Marchetti")
_BIRTH_YEARS = range(1962, 1994)


class Person(msgspec.Struct, frozen=True):
    """A renter of the demo."""

    key: str
    first_name: str
    last_name: str
    email: str
    phone: str
    birth_date: date


def people() -> list[Person]:
    """Return sixty people, always the same, no two with the same name."""
    return [_person(number, first, last) for number, (last, first) in enumerate(product(_LAST, _FIRST))]


def _person(number: int, first: str, last: str) -> Person:
    email = f"{first}.{last}@example.com".lower()
    born = date(_BIRTH_YEARS[number * 7 % len(_BIRTH_YEARS)], number % 12 + 1, number * 5 % 28 + 1)
    return Person(email, first, last, email, f"+1 305 555 {140 + number:04d}", born)
