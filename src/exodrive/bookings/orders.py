"""Checking an order as far as a booking knows: the person, the places as typed in, the terms. One sentence for each wrong field."""

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from exodrive.bookings.model import Address, CheckoutOrder, Place, Rules
from exodrive.kit.words import DEFAULT, _

Wrong = dict[str, str]

# Deliberately wide: the letter with the private link decides whether an address is real.
_LABEL = r"[^@\s.,;:<>()\[\]\"\\/]{1,63}"
_EMAIL = re.compile(rf"[^@\s,;:<>()\[\]\"\\]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"\+?[\d\s()./-]{5,39}")
_LOCALE = re.compile("[a-z]{2}_[A-Z]{2}")
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FEWEST_DIGITS = 6
OLDEST = 120


def tidy(order: CheckoutOrder) -> CheckoutOrder:
    """Return the order with its texts trimmed, the e-mail address in lower case, a language we may know, and no extra of which none."""
    texts = {name: getattr(order, name).strip() for name in ("email", "first_name", "last_name", "phone", "notes", "terms")}
    texts["email"] = texts["email"].lower()
    if not _LOCALE.fullmatch(order.locale):
        texts["locale"] = DEFAULT
    extras = {code: pieces for code, pieces in order.extras.items() if pieces}
    return msgspec.structs.replace(order, extras=extras, **texts)


def check_texts(order: CheckoutOrder) -> Wrong:
    """Return the fields with characters that no database keeps and no person types: control characters, halves of letters."""
    return {name: _("This contains characters that cannot be used.") for name, text in _texts(order, "") if _UNUSABLE.search(text)}


def _texts(struct: msgspec.Struct, prefix: str) -> Iterator[tuple[str, str]]:
    for field in struct.__struct_fields__:
        value = getattr(struct, field)
        if isinstance(value, msgspec.Struct):
            yield from _texts(value, f"{prefix}{field}_")
        elif isinstance(value, str):
            yield f"{prefix}{field}", value


def check_person(order: CheckoutOrder, minimum_age: int) -> Wrong:
    """Return what is wrong with the person of a tidied order; the age counts on the pick-up date."""
    wrong = check_contact(order.first_name, order.last_name, order.phone)
    wrong.update(check_email(order.email))
    wrong.update(check_age(order.birth_date, order.start, minimum_age))
    return wrong


def check_email(email: str) -> Wrong:
    """Return what is wrong with an e-mail address in lower case."""
    if len(email) > 254 or not email.isprintable() or not _EMAIL.fullmatch(email):
        return {"email": _("Please give an e-mail address, such as name@example.com.")}
    return {}


def check_contact(first_name: str, last_name: str, phone: str) -> Wrong:
    """Return what is wrong with how a renter is called and reached."""
    wrong: Wrong = {}
    for field, name in (("first_name", first_name), ("last_name", last_name)):
        if not name:
            wrong[field] = _("Please fill this in.")
        elif not name.isprintable():
            wrong[field] = _("Please leave out special characters.")
    if not _PHONE.fullmatch(phone) or sum(letter.isdigit() for letter in phone) < _FEWEST_DIGITS:
        wrong["phone"] = _("Please give a phone number, such as +1 305 555 0100.")
    return wrong


def check_age(birth_date: date | None, on: date, minimum_age: int) -> Wrong:
    """Return what is wrong with the age of a driver on a pick-up date."""
    if birth_date is None or not 0 <= age_on(birth_date, on) <= OLDEST:
        return {"birth_date": _("Please give your date of birth.")}
    if age_on(birth_date, on) < minimum_age:
        return {"birth_date": too_young(minimum_age)}
    return {}


def too_young(minimum_age: int) -> str:
    """Return what somebody is told who may not drive a car yet."""
    return _("The driver of this car must be at least %(age)d years old on the day of pick-up.") % {"age": minimum_age}


def age_on(birth_date: date, day: date) -> int:
    """Return the age in full years on a day. Who was born on 29 February comes of age on 1 March in other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def latest_birth(on: date, age: int) -> date:
    """Return the last day on which somebody may be born who is that old on a day."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return on.replace(year=on.year - age, day=28)


def check_place(place: Place, kind: str) -> Wrong:
    """Return what is wrong with a place as typed in; ``kind`` is ``pickup`` or ``dropoff`` and begins the names of its fields."""
    if place.location_id is None and place.address is None:
        return {f"{kind}_location_id": _("Please choose one of our places, or give an address.")}
    if place.location_id is not None and place.address is not None:
        return {f"{kind}_location_id": _("Please choose either one of our places or an address, not both.")}
    return _check_address(place.address, kind) if place.address else {}


def _check_address(address: Address, kind: str) -> Wrong:
    needed = {"line1": address.line1, "city": address.city, "country": address.country}
    wrong = {f"{kind}_address_{name}": _("Please fill this in.") for name, value in needed.items() if not value.strip()}
    if address.country and not re.fullmatch("[A-Z]{2}", address.country):
        wrong[f"{kind}_address_country"] = _("Please give the country by its two letters, such as US.")
    return wrong


def check_terms(order: CheckoutOrder, rules: Rules) -> Wrong:
    """Return what is wrong with the acceptance of an order: it must be there, and of the terms in force."""
    return check_accepted(order.terms, rules)


def check_accepted(terms: str, rules: Rules) -> Wrong:
    """Return what is wrong with an acceptance of terms by their version."""
    if not terms:
        return {"terms": _("Please accept the rental terms.")}
    if terms != rules.terms_version:
        return {"terms": _("Our terms have changed. Please read and accept the new ones.")}
    return {}
