"""Letters about a booking that waits for our answer: to its renter, and to staff, now and at half time."""

from uuid import UUID

from exodrive.flows import notices
from exodrive.flows.approval.words import task_subject, task_words, waiting_subject, waiting_words, when_words
from exodrive.flows.world import World
from exodrive.kit import clock, words
from exodrive.kit.days import Days
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.mail import render
from exodrive.mail.model import Task, one_line
from exodrive.overview.letters import BookingFacts, booking_facts
from exodrive.pricing import words as prices


async def send(world: World, outbox_id: UUID, booking_id: BookingId) -> None:
    """Tell a renter who has paid until when they have our answer; nothing when it was given meanwhile, or cannot be given any more."""
    async with world.door.scope() as db:
        facts = await booking_facts(db, booking_id)
    if facts is None or facts.answer_due_at is None or facts.answer_due_at <= clock.now():
        return
    words.use(facts.locale)
    paid = _("Your payment has arrived: %(amount)s. The days are kept for you while we look at your booking.") % {"amount": _paid(facts)}
    text = (paid, *waiting_words(when_words(facts.answer_due_at, facts.time_zone)))
    letter = notices.letter(world, facts, lambda car, days: waiting_subject(car, days, facts.reference), text, kind="awaits_answer")
    await notices.send(world, outbox_id, booking_id, letter, kind="awaits_answer")


async def send_to_staff(world: World, outbox_id: UUID, booking_id: BookingId, *, is_reminder: bool = False) -> None:
    """Tell staff that a booking waits for them; nothing when it was answered meanwhile, or nobody can any more."""
    async with world.door.scope() as db:
        facts = await booking_facts(db, booking_id)
    if facts is None or facts.answer_due_at is None or facts.answer_due_at <= clock.now() or not world.house.support_email:
        return
    words.use(words.DEFAULT)
    kind = "answer_reminder" if is_reminder else "to_answer"
    letter = render.task(_task(world, facts, is_reminder=is_reminder), kind)
    await notices.send(world, outbox_id, booking_id, letter, kind=kind)


def _task(world: World, facts: BookingFacts, *, is_reminder: bool) -> Task:
    assert facts.answer_due_at is not None
    until = when_words(facts.answer_due_at, facts.time_zone)
    return Task(
        to=world.house.support_email,
        reference=facts.reference,
        subject=task_subject(facts.car, until, is_reminder=is_reminder),
        text=task_words(facts.car, prices.days_range(Days(facts.start, facts.end)), one_line(facts.first_name), _paid(facts), until),
        link=world.url(f"/admin/bookings/{facts.reference}"),
        house=world.house,
    )


def _paid(facts: BookingFacts) -> str:
    return prices.money(facts.captured, facts.currency)
