"""The letter about a change that staff prepared and that its renter is to pay for."""

from collections.abc import Mapping
from uuid import UUID

from exodrive.flows import notices
from exodrive.flows.approval.words import when_words
from exodrive.flows.change import store
from exodrive.flows.change.model import Change
from exodrive.flows.change.words import line, rows
from exodrive.flows.world import World
from exodrive.kit import clock, words
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.overview.letters import booking_facts
from exodrive.pricing.words import money


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter, unless the change was paid, given up or has lapsed meanwhile."""
    async with world.door.scope() as db:
        facts, waiting = await booking_facts(db, booking_id), await store.waiting(db, booking_id)
        names = await store.names(db, waiting) if waiting else {}
    if facts is None or waiting is None or not waiting.is_held(clock.now()) or waiting.pay_until is None:
        return
    words.use(facts.locale)
    text = _words(waiting, names, when_words(waiting.pay_until, facts.time_zone))
    letter = notices.letter(world, facts, lambda car, days: _subject(car, days, facts.reference), text, kind="change")
    await notices.send(world, outbox_id, booking_id, letter, kind="change")


def _subject(car: str, days: str, reference: str) -> str:
    return _("A change of your booking waits for you: %(car)s, %(days)s (%(reference)s)") % {
        "car": car,
        "days": days,
        "reference": reference,
    }


def _words(change: Change, names: Mapping[str, str], until: str) -> tuple[str, ...]:
    told = {"amount": money(change.difference, change.currency), "when": until}
    return (
        _("We have prepared a change of your booking, as we agreed. This would be otherwise:"),
        *(line(row) for row in rows(change, names)),
        _("It costs %(amount)s more. Open your booking and pay it there through PayPal by %(when)s; then it is made.") % told,
        _("Until then your booking stands as it is, and without a payment nothing changes."),
    )
