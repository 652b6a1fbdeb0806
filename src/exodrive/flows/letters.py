"""Letters that follow a booking: read in one scope, sent in none, written down in another."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_time

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM
from exodrive.flows.world import World
from exodrive.gateways.errors import Refused
from exodrive.gateways.mailer import Letter
from exodrive.kit import outbox, words
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _, ngettext
from exodrive.mail import render, store
from exodrive.mail.model import Changed, Confirmation, Stop, one_line
from exodrive.overview.letters import BookingFacts, Meeting, booking_facts
from exodrive.pricing import engine
from exodrive.pricing import words as prices
from exodrive.pricing.model import Price
from exodrive.pricing.terms_words import distance_words, excess_words, released_by

#: In these a booking is paid, and its renter is told all about it.
CONFIRMED = frozenset({"upcoming", "active", "completed"})


class NotPaid(RuntimeError):
    """A confirmation was promised for a booking that is not paid: a bug in whoever promised it."""


async def send_confirmation(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter that confirms a paid booking, once per promise; nothing is sent for a booking that was cancelled meanwhile.

    Killed between sending and writing down, it is sent again under the same key, and the mail service answers with the same letter.
    """
    async with world.door.scope() as db:
        facts = await booking_facts(db, booking_id)
    if facts is None or facts.status == "pending":
        raise NotPaid(str(booking_id))
    if facts.status not in CONFIRMED:
        return
    words.use(facts.locale)
    letter = render.confirmation(confirmation(world, facts))
    provider_id = await send_once(world, letter, outbox_id)
    async with world.door.scope() as db:
        await outbox.done(db, outbox_id)
        await store.record(
            db, outbox_id, booking_id, letter="confirmation", recipient=letter.to, subject=letter.subject, provider_id=provider_id
        )
        await bookings.tell(db, booking_id, "email_sent", SYSTEM, letter="confirmation")


async def send_once(world: World, letter: Letter, outbox_id: UUID) -> str | None:
    """Send under the promise's key; None when it went out before with other words (the renter changed a name in between)."""
    if world.mailer is None:
        raise RuntimeError("this process sends no letters")
    try:
        return await world.mailer.send(letter, idempotency_key=str(outbox_id))
    except Refused as refused:
        if refused.issue == "invalid_idempotent_request":
            return None
        raise


def confirmation(world: World, facts: BookingFacts, changed: Changed | None = None) -> Confirmation:
    """Return all about a paid booking, in the language of the present task; ``changed`` is what has just become otherwise."""
    price = engine.read(facts.price_snapshot)
    days = Days(facts.start, facts.end)
    return Confirmation(
        to=facts.email,
        first_name=one_line(facts.first_name),
        reference=facts.reference,
        car=facts.car,
        days=_("{range} ({days})").format(range=prices.days_range(days), days=prices.day_count(len(days))),
        pickup=_stop(facts.pickup, facts.pickup_at, facts),
        dropoff=_stop(facts.dropoff, facts.return_due_at, facts),
        price_lines=prices.price_rows(price),
        total=prices.money(price.total, facts.currency),
        paid=_paid(price, facts),
        deposit=_deposit(facts, by_wallet=facts.by_wallet and world.deposits.wallet),
        distance=distance_words(price.inputs),
        excess=excess_words(price.inputs),
        bring=_bring(facts),
        link=link_of(world, facts),
        house=world.house,
        is_accepted=facts.is_accepted,
        changed=changed,
    )


def link_of(world: World, facts: BookingFacts) -> str:
    """Make the private link again from what its row keeps; empty when staff revoked it."""
    if facts.nonce is None:
        return ""
    return world.url("/booking/" + world.links.token(facts.nonce, facts.token_hash))


def _paid(price: Price, facts: BookingFacts) -> str:
    """What was paid, and what is still to be paid and by when."""
    paid = _("Paid: {amount}").format(amount=prices.money(facts.captured, facts.currency))
    later = [_("{words}: {amount}").format(words=words, amount=amount) for words, amount in prices.due_rows(price)[1:]]
    return ". ".join([paid, *later])


def _stop(meeting: Meeting, at: datetime, facts: BookingFacts) -> Stop:
    local = at.astimezone(ZoneInfo(meeting.time_zone or facts.time_zone))
    when = _("{day}, {time}").format(day=prices.day(local.date()), time=format_time(local.time(), "short", locale=words.locale()))
    notes = one_line(f"{meeting.directions or ''} {meeting.instructions or ''}")
    return Stop(when=when, name=meeting.name or "", address=one_line(meeting.address), notes=notes)


def _deposit(facts: BookingFacts, *, by_wallet: bool) -> str:
    if not facts.deposit:
        return _("This car needs no security deposit.")
    amount = prices.money(facts.deposit, facts.currency)
    if by_wallet and not facts.is_held:
        return _(
            "As you agreed, a security deposit of {amount} is held shortly before pick-up from the PayPal wallet you paid with: held, not"
            " charged. You need do nothing. It is released by {day} at the latest when nothing is claimed, and is not part of the price."
        ).format(amount=amount, day=released_by(facts.end))
    if facts.is_held:
        return _(
            "A security deposit of {amount} is held through PayPal, not charged, and released by {day} at the latest when nothing is"
            " claimed. It is not part of the price."
        ).format(amount=amount, day=released_by(facts.end))
    return _(
        "A security deposit of {amount} is held through PayPal shortly before pick-up and released by {day} at the latest when nothing is"
        " claimed. It is not part of the price, and nothing is held today."
    ).format(amount=amount, day=released_by(facts.end))


def _bring(facts: BookingFacts) -> list[str]:
    licence = ngettext(
        "Your driving licence, held for at least {years} year and valid until the return",
        "Your driving licence, held for at least {years} years and valid until the return",
        facts.licence_years,
    )
    return [
        licence.format(years=facts.licence_years) if facts.licence_years else _("Your driving licence, valid until the return"),
        _("Your passport or identity card"),
        _("Proof of insurance, where your own policy covers the car"),
    ]
