"""Letters about a rest: some days before it is due, on the day, and once after it; each at most once, and none that would come too late."""

from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.flows import notices
from exodrive.flows.again import again
from exodrive.flows.each import each
from exodrive.flows.instalment.rest import locked
from exodrive.flows.instalment.words import letter_subject, letter_words
from exodrive.flows.world import World
from exodrive.kit import clock, outbox, words
from exodrive.kit.days import day_at
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId
from exodrive.overview.letters import booking_facts
from exodrive.payments.instalments import store as instalments

AT_ONCE = 200


@commits("instalment.due")
async def remind_due(world: World) -> int:
    """Promise a letter about every rest that one is due for; return how many. One that cannot be promised stops no other."""
    async with world.door.scope() as db:
        due = await instalments.to_remind_of(db, AT_ONCE)
    return await each(world, due, lambda booking_id: _remind_one(world, booking_id), "a letter about a rest could not be promised")


async def _remind_one(world: World, booking_id: BookingId) -> bool:
    return await again(lambda: _remind(world, booking_id))


@commits("instalment.remind")
async def _remind(world: World, booking_id: BookingId) -> bool:
    async with world.door.scope() as db:
        now, rest = await locked(db, booking_id)
        if not rest.is_open or rest.remind_at is None or rest.remind_at > now.now:
            return False
        is_wanted = now.status is BookingStatus.UPCOMING and not rest.is_paying and not await bookings.waits(db, booking_id)
        await instalments.reminded(db, rest.id)
        if is_wanted:
            await bookings.tell(db, booking_id, "instalment_reminded", SYSTEM)
            await outbox.enqueue(db, "mail.instalment", booking_id=booking_id)
        return is_wanted


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Send the letter as the rest stands by now; nothing when it is settled, being paid, or the booking is over."""
    async with world.door.scope() as db:
        facts, rest = await booking_facts(db, booking_id), await instalments.of_booking(db, booking_id)
    if facts is None or rest is None or not rest.is_open or rest.is_paying or facts.status != BookingStatus.UPCOMING:
        return
    words.use(facts.locale)
    today = day_at(clock.now(), facts.time_zone)
    text = letter_words(rest.money, rest.due_on, today)
    letter = notices.letter(
        world, facts, lambda car, days: letter_subject(rest.due_on, today, car, days, facts.reference), text, kind="instalment"
    )
    await notices.send(world, outbox_id, booking_id, letter, kind="instalment")
