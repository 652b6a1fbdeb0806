"""The letter that tells of a hold by a wallet: nobody was there to see it."""

from uuid import UUID

from exodrive.deposits import store as deposits
from exodrive.flows import notices
from exodrive.flows.deposit.words import held_subject, held_words
from exodrive.flows.world import World
from exodrive.kit import clock, words
from exodrive.kit.ids import BookingId
from exodrive.overview.letters import booking_facts

KIND = "deposit_held"


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter, unless nothing is held any more."""
    now = clock.now()
    async with world.door.scope() as db:
        living = [hold for hold in await deposits.of_booking(db, booking_id) if hold.covers(now)]
        facts = await booking_facts(db, booking_id)
    if facts is None or not living:
        return
    words.use(facts.locale)
    text = held_words(living[-1].money, facts.end)
    letter = notices.letter(world, facts, lambda car, days: held_subject(car, days, facts.reference), text, kind=KIND)
    await notices.send(world, outbox_id, booking_id, letter, kind=KIND)
