"""The letter to a renter whose booking has ended before its rental: who ended it, and what goes back."""

from uuid import UUID

from exodrive.flows import notices
from exodrive.flows.ending import store
from exodrive.flows.ending.words import back_words, subject_words, who_words
from exodrive.flows.world import World
from exodrive.kit import words
from exodrive.kit.ids import BookingId
from exodrive.overview.letters import booking_facts

_ENDED = ("cancelled", "no_show")


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
