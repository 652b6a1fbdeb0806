"""A renter whose car should be back reads it on their page: what to do, and what it costs by the tariff."""

from datetime import timedelta
from decimal import Decimal

import httpx
import msgspec

from exodrive.charges.model import Sold, Tariffs
from exodrive.flows.overdue.words import late_words
from exodrive.kit import clock
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import booking_page
from exodrive.web.storefront.booking_words import late_of
from tests.builders import Build, days_ahead
from tests.web.conftest import Client

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DUE = clock.now().replace(year=2030, month=6, day=7, hour=18, minute=0, second=0, microsecond=0)
SOLD = Sold(currency="USD", day=Decimal(1000), cover=Decimal(50), included=300, each_further=None, unit="mi", taxes=(Decimal(7),))


def said(late: timedelta, sold: Sold = SOLD, tariffs: Tariffs = Tariffs()) -> str:  # noqa: B008 - frozen
    return " ".join(" ".join(late_words(sold, tariffs, DUE, DUE + late, "UTC")).split())


def test_within_the_grace_nothing_is_charged_and_it_is_said_until_when() -> None:
    words = said(10 * MINUTE)
    assert words.startswith("The car was to be back by Friday, June 7, 2030, 6:00 PM Please bring it back. If you cannot come")
    assert "right now, call us at once" in words
    assert "Back by 6:29 PM, it costs nothing that it is late." in words
    assert "After 6:29 PM each hour that began since 6:00 PM costs $250.00, which is 25% of a day’s price;" in words
    assert "24 hours never cost more than a day, $1,000.00." in words
    assert "Brought back now" not in words


def test_after_it_what_it_comes_to_is_what_would_be_charged_to_the_cent() -> None:
    words = said(2 * HOUR + MINUTE)
    assert "it costs nothing" not in words
    assert "After 6:29 PM the cover you took goes on as well, at $50.00 for each day that began." in words
    assert "Brought back now, that comes to $856.00 with tax." in words, "three hours of 250, a day of cover, and 7%"


def test_where_a_late_return_costs_nothing_no_price_is_named() -> None:
    free = msgspec.structs.replace(SOLD, cover=Decimal(0), taxes=())
    words = said(5 * HOUR, free, Tariffs(late_percent=0))
    assert "$" not in words
    assert words.endswith("the next renter may be waiting for this car.")
    assert said(HOUR, free).endswith("Brought back now, that comes to $250.00.")


async def test_the_page_says_it_while_the_car_is_out_and_late_and_not_otherwise(build: Build, client: Client) -> None:
    made = await build.paid(days=days_ahead(1, 2))
    out = """update bookings set status = 'active', handed_over_at = exodrive_private.now() - interval '3 hours',
             pickup_at = pickup_at - interval '9 days', return_due_at = exodrive_private.now() - $2::interval where id = $1"""
    async with build.doors.service().scope() as db:
        await db.execute(out, made.id, HOUR)
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    page: httpx.Response = await renter.get(f"/booking/{made.reference}")
    assert "The car was to be back by " in page.text
    assert "Brought back now, that comes to $" in page.text
    async with build.doors.token(hash_of(made.token)).scope() as db:
        shown = await booking_page(db, made.reference)
    assert late_of(shown, Tariffs(), shown.return_due_at) == ()
    assert late_of(msgspec.structs.replace(shown, returned_at=clock.now()), Tariffs(), clock.now()) == ()
    assert late_of(msgspec.structs.replace(shown, handed_over_at=None), Tariffs(), clock.now()) == ()
