"""Letters to a renter whose booking has ended before its rental, or is about to: who ended it, and what goes back."""

from uuid import UUID

from exodrive.bookings.tiers import no_show_percent
from exodrive.flows import notices
from exodrive.flows.ending import store
from exodrive.flows.ending.words import back_words, missed_words, no_show_words, subject_words, who_words
from exodrive.flows.world import World
from exodrive.kit import words
from exodrive.kit.ids import BookingId
from exodrive.overview.letters import booking_facts

_ENDED = ("cancelled", "no_show")
_GOES_ON = ("upcoming", "active")


class NotEnded(RuntimeError):
    """The letter was promised for a booking that goes on: a bug in whoever promised it."""


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter, once per promise."""
    async with world.door.scope() as db:
        facts, ending = await booking_facts(db, booking_id), await store.find(db, booking_id)
    if facts is None or facts.status not in _ENDED:
        raise NotEnded(str(booking_id))
    words.use(facts.locale)
    how = ending.how if ending else None
    text = filter(None, (who_words(how), back_words(ending) if ending else ""))
    letter = notices.letter(world, facts, lambda car, days: subject_words(how, car, days, facts.reference), tuple(text), kind="ended")
    await notices.send(world, outbox_id, booking_id, letter, kind="ended")


async def send_no_show(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter that nobody came for the car, and until when that can be put right; nothing when it was taken back meanwhile."""
    async with world.door.scope() as db:
        facts, terms = await booking_facts(db, booking_id), await store.terms(db, booking_id)
    if facts is None or facts.status not in _GOES_ON or terms.no_show_at is None:
        return
    words.use(facts.locale)
    text = no_show_words(terms.no_show_at, facts.time_zone, no_show_percent(terms.tiers))
    letter = notices.letter(world, facts, lambda car, days: missed_words(car, days, facts.reference), text, kind="no_show")
    await notices.send(world, outbox_id, booking_id, letter, kind="no_show")
