"""Pictures: those of the documents are all there and all shown, those of the fleet come in two kinds and two widths, and none is heavy."""

import json
import re
import struct
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "src/exodrive/web/static/fleet"
SHOWN = {
    Path(image["avif"]).stem: (image["width"], image["height"])
    for car in json.loads((ROOT / "src/exodrive/operate/seed/fleet.json").read_text())["cars"]
    for image in car["images"].values()
}
IMAGES = {path.name for path in (ROOT / "docs" / "images").iterdir()}

TEMPLATES = ROOT / "src/exodrive/web/templates"
#: What shows each page in the tour; a page without a picture has its reason.
PICTURED = {
    "admin/alarms.html": ["office-alarms"],
    "admin/approvals.html": ["office-approvals"],
    "admin/booking.html": ["office-booking"],
    "admin/bookings.html": ["office-bookings", "office-bookings-dark-phone"],
    "admin/fines.html": ["office-fines"],
    "admin/home.html": ["office-home"],
    "admin/money.html": ["office-money"],
    "admin/price_form.html": ["office-price-form", "office-price-preview"],
    "admin/price_history.html": ["office-price-history"],
    "admin/prices.html": ["office-prices"],
    "admin/reviews.html": ["office-reviews"],
    "admin/sign_in.html": ["office-sign-in"],
    "error.html": ["not-found"],
    "storefront/booking.html": ["booking", "booking-dark-phone", "booking-held", "review-form"],
    "storefront/cancel.html": ["cancel"],
    "storefront/car.html": ["car", "car-phone", "car-taken", "calendar", "calendar-phone", "gallery"],
    "storefront/change.html": ["change-phone", "change-preview"],
    "storefront/checkout.html": ["checkout", "checkout-error", "checkout-phone"],
    "storefront/compare.html": ["compare"],
    "storefront/contact.html": ["contact"],
    "storefront/fleet.html": ["cars", "cars-dark-phone", "search"],
    "storefront/home.html": ["home", "home-dark-phone"],
    "storefront/message.html": ["message-sent"],
    "storefront/open.html": ["landing"],
    "storefront/pin.html": ["pin"],
    "storefront/policies.html": ["policies"],
    "storefront/policy.html": ["policy-terms", "policy-rental", "policy-cancellation", "policy-privacy", "policy-cookies"],
    "storefront/receipt.html": ["receipt"],
    "storefront/share.html": ["share"],
}
# Frames, and what is seen once or never.
UNSEEN = {
    "admin/base.html",
    "admin/demo.html",
    "admin/error.html",
    "admin/invitation.html",
}


def test_each_page_is_shown_in_the_tour() -> None:
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if "{% extends" in path.read_text()}
    assert pages - UNSEEN == set(PICTURED)
    pictures = {f"{name}.webp" for names in PICTURED.values() for name in names}
    assert pictures <= IMAGES, "`.venv/bin/python -m tools.tour` takes them"
    assert IMAGES - pictures == {"paypal.webp"}


def test_each_picture_that_is_shown_is_there_and_the_other_way_round() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"!\[[^\]]+\]\((?:docs/)?images/([\w.-]+)\)", page.read_text())}
    assert shown == IMAGES


def test_no_picture_is_heavy() -> None:
    assert not [name for name in IMAGES if (ROOT / "docs" / "images" / name).stat().st_size > 60_000]


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in pixels, from a picture's own head."""
    body = picture.read_bytes()
    if picture.suffix == ".avif":
        width, height = struct.unpack_from(">II", body, body.index(b"ispe") + 8)
        return width, height
    if body[12:16] == b"VP8X":
        return int.from_bytes(body[24:27], "little") + 1, int.from_bytes(body[27:30], "little") + 1
    width, height = struct.unpack_from("<HH", body, 26)
    return width, height


@pytest.mark.parametrize("kind", ["avif", "webp"])
@pytest.mark.parametrize("name", SHOWN)
def test_each_picture_of_the_fleet_comes_in_two_widths(name: str, kind: str) -> None:
    width, height = SHOWN[name]
    large, small = FLEET / f"{name}.{kind}", FLEET / f"{name}-720.{kind}"
    assert size_of(large) == (width, height)
    assert size_of(small) == (720, round(height * 720 / width))
    assert small.stat().st_size < min(0.7 * large.stat().st_size, 22_000)


def test_the_fleet_has_no_other_pictures_and_stays_light() -> None:
    files = list(FLEET.iterdir())
    assert {file.stem.removesuffix("-720") for file in files} == set(SHOWN)
    assert sum(file.stat().st_size for file in files) < 2_300_000
