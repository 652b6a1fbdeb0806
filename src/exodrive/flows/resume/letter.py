"""The letter to a renter who holds a car and has not paid: promised once, and sent only while there is something to resume."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_time

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM
from exodrive.flows import letters
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.each import each
from exodrive.flows.resume import store
from exodrive.flows.world import World
from exodrive.kit import clock, outbox, words
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.mail import render
from exodrive.mail import store as mail
from exodrive.mail.model import HeldLetter, one_line
from exodrive.overview.letters import BookingFacts, booking_facts
from exodrive.pricing import words as prices

AT_ONCE = 200


async def promise(world: World) -> int:
    """Promise the letter to everybody whose car has been held for some minutes and who has not paid; return how many were promised.

    One that cannot be promised stops no other.
    """
    if not world.rules.letter_minutes:
        return 0
    made_before = clock.now() - timedelta(minutes=world.rules.letter_minutes)
    async with world.door.scope() as db:
        due = await store.unwritten(db, made_before, AT_ONCE)
    return await each(world, due, lambda booking_id: _promise_one(world, booking_id), "a letter about a hold could not be promised")


async def _promise_one(world: World, booking_id: BookingId) -> bool:
    return await again(lambda: _promise(world, booking_id))


async def _promise(world: World, booking_id: BookingId) -> bool:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        if not now.is_held or await store.is_promised(db, booking_id):
            return False
        await bookings.tell(db, booking_id, store.PROMISED, SYSTEM)
        await outbox.enqueue(db, "mail.held", booking_id=booking_id)
        return True


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the link to a held, unpaid booking; nothing to somebody who paid, is paying, or whose time is over by now."""
    async with world.door.scope() as db:
        now, facts = await standing.read(db, booking_id), await booking_facts(db, booking_id)
    if facts is None or not now.is_held or not (link := letters.link_of(world, facts)):
        return
    words.use(facts.locale)
    letter = render.held(_told(world, now, facts, link))
    provider_id = await letters.send_once(world, letter, outbox_id)
    async with world.door.scope() as db:
        await outbox.done(db, outbox_id)
        await mail.record(db, outbox_id, booking_id, letter="held", recipient=letter.to, subject=letter.subject, provider_id=provider_id)
        await bookings.tell(db, booking_id, "email_sent", SYSTEM, letter="held")


def _told(world: World, now: Standing, facts: BookingFacts, link: str) -> HeldLetter:
    assert now.lapses_at is not None, "it is held"
    until = now.lapses_at.astimezone(ZoneInfo(now.time_zone))
    return HeldLetter(
        to=facts.email,
        first_name=one_line(facts.first_name),
        reference=facts.reference,
        car=facts.car,
        days=_("{range} ({days})").format(range=prices.days_range(now.days), days=prices.day_count(len(now.days))),
        until=format_time(until.time(), "short", locale=words.locale()),
        total=prices.money(now.amount, now.currency),
        link=link,
        house=world.house,
    )
