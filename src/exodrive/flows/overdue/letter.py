"""The letter that tells staff of a clash: who has the car, and who comes for it."""

from uuid import UUID

from exodrive.clashes import store as clashes
from exodrive.clashes.model import Clash
from exodrive.flows import notices
from exodrive.flows.approval.words import when_words
from exodrive.flows.overdue.words import clash_subject, clash_words, needed_words, own_words
from exodrive.flows.world import World
from exodrive.kit import words
from exodrive.mail import render
from exodrive.mail.model import Task, one_line
from exodrive.overview.letters import BookingFacts, booking_facts
from exodrive.pricing.words import day


async def send(world: World, outbox_id: UUID, clash_id: UUID) -> None:
    """Tell staff of a clash; nothing when it is over by now, or nobody is there to be told."""
    async with world.door.scope() as db:
        clash = await clashes.find(db, clash_id)
        late = await booking_facts(db, clash.late_id) if clash else None
        hit = await booking_facts(db, clash.hit_id) if clash and clash.hit_id else None
    if clash is None or late is None or not world.house.support_email:
        return
    words.use(words.DEFAULT)
    letter = render.task(_task(world, clash, late, hit), "clash")
    await notices.send(world, outbox_id, clash.late_id, letter, kind="clash")
    async with world.door.scope() as db:
        await clashes.alarmed(db, clash_id)


def _task(world: World, clash: Clash, late: BookingFacts, hit: BookingFacts | None) -> Task:
    due, needed = when_words(late.return_due_at, late.time_zone), own_words(day(clash.day))
    if hit:
        needed = needed_words(hit.reference, one_line(hit.first_name), when_words(hit.pickup_at, hit.time_zone))
    return Task(
        to=world.house.support_email,
        reference=late.reference,
        subject=clash_subject(late.car, day(clash.day)),
        text=(clash_words(late.car, late.reference, one_line(late.first_name), due), needed),
        link=world.url("/admin/alarms"),
        house=world.house,
    )
