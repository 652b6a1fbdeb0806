"""Values of letters: who writes, and what a letter tells, every part of it in words already."""

import re
from typing import Annotated

import msgspec

# What HTML calls a valid e-mail address, with letters of any script: one address, no list, no name, no line break.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u0085\u2028\u2029]+")
LONGEST_SUBJECT = 150


class NotOneAddress(ValueError):
    """What should be one e-mail address could be read as a list, a name or a header."""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes: the company, and where renters reach a person. Empty parts are left out."""

    company: str = ""
    address: str = ""
    support_email: str = ""
    support_phone: str = ""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a car changes hands; ``notes`` are directions, or what the renter asked for."""

    when: str
    name: str
    address: str
    notes: str


class Changed(msgspec.Struct, frozen=True):
    """What a change made otherwise: ``rows`` are what it is about, what was and what is, one empty where there was or is nothing.

    ``lines`` say the same in a line each, ``settled`` what was paid for it, or goes back.
    """

    rows: tuple[tuple[str, str, str], ...]
    lines: tuple[str, ...]
    settled: str


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a renter is told once a booking is paid; ``link`` is empty when the private link was revoked meanwhile.

    ``is_accepted`` where we had to accept it first, and have; ``changed`` where it was paid before and is another now.
    """

    to: str
    first_name: str
    reference: str
    car: str
    days: str
    pickup: Stop
    dropoff: Stop
    price_lines: list[tuple[str, str]]
    total: str
    paid: str
    deposit: str
    distance: str
    excess: str
    bring: list[str]
    link: str
    house: House
    is_accepted: bool = False
    changed: Changed | None = None


class HeldLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What a renter is told who holds a car and has not paid: until when, how much, and where to go on."""

    to: str
    first_name: str
    reference: str
    car: str
    days: str
    until: str
    total: str
    link: str
    house: House


class ReceiptLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with a receipt or credit note: what it is called, its number, and how much it is about."""

    to: str
    first_name: str
    reference: str
    title: str
    code: str
    about: str
    amount_label: str
    amount: str
    link: str
    house: House


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """News about a booking, a sentence or two at a time; ``days`` are those of the rental, ``link`` is empty when it was revoked."""

    to: str
    first_name: str
    reference: str
    car: str
    days: str
    subject: str
    text: tuple[str, ...]
    link: str
    house: House


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What staff are to do about a booking, a sentence or two at a time; ``link`` leads to its file in the back office."""

    to: str
    reference: str
    subject: str
    text: tuple[str, ...]
    link: str
    house: House


class Message(msgspec.Struct, frozen=True):
    """What somebody writes to us through the contact page."""

    name: Annotated[str, msgspec.Meta(max_length=100)]
    email: Annotated[str, msgspec.Meta(max_length=254)]
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class Forwarded(msgspec.Struct, frozen=True):
    """A message on its way to staff."""

    message: Message
    house: House


def one_line(text: str) -> str:
    """Return the text with every run of spaces, line breaks and control characters as one space: safe in any header."""
    return _SPACE.sub(" ", text).strip()


def one_address(text: str) -> str:
    """Return a single bare e-mail address, or raise NotOneAddress."""
    if not _ADDRESS.fullmatch(text) or len(text) > 254:
        raise NotOneAddress("not one e-mail address")
    return text
