"""Letters with news about a booking: a few sentences, made from the booking as it stands, sent once per promise."""

from collections.abc import Callable
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM
from exodrive.flows.letters import link_of, send_once
from exodrive.flows.world import World
from exodrive.gateways.mailer import Letter
from exodrive.kit import outbox
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.mail import render, store
from exodrive.mail.model import Notice, one_line
from exodrive.overview.letters import BookingFacts
from exodrive.pricing import words as prices


def letter(world: World, facts: BookingFacts, subject: Callable[[str, str], str], text: tuple[str, ...], *, kind: str) -> Letter:
    """Return a letter in the language of the present task; ``subject`` is made of the car and the days in words."""
    span = Days(facts.start, facts.end)
    days = _("{range} ({days})").format(range=prices.days_range(span), days=prices.day_count(len(span)))
    told = Notice(
        to=facts.email,
        first_name=one_line(facts.first_name),
        reference=facts.reference,
        car=facts.car,
        days=days,
        subject=subject(facts.car, days),
        text=text,
        link=link_of(world, facts),
        house=world.house,
    )
    return render.notice(told, kind)


async def send(world: World, outbox_id: UUID, booking_id: BookingId, letter: Letter, *, kind: str) -> None:
    """Send a letter under its promise's key and write it down."""
    provider_id = await send_once(world, letter, outbox_id)
    async with world.door.scope() as db:
        await outbox.done(db, outbox_id)
        await store.record(db, outbox_id, booking_id, letter=kind, recipient=letter.to, subject=letter.subject, provider_id=provider_id)
        await bookings.tell(db, booking_id, "email_sent", SYSTEM, letter=kind)
