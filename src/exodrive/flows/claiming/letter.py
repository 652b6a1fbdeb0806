"""Letters about a claim: to its renter when it is made, has ended and when money went back, to staff when the renter objects."""

from uuid import UUID

from exodrive.charges import store as charges
from exodrive.charges.model import Charge
from exodrive.charges.states import ChargeStatus
from exodrive.deposits.claims import store
from exodrive.deposits.claims.model import Answer, Claim, ClaimStatus
from exodrive.flows import notices
from exodrive.flows.claiming.store import repaid_by
from exodrive.flows.claiming.words import (
    at_once_words,
    charge_words,
    claimed_words,
    ended_subject,
    made_subject,
    objected_words,
    repaid_subject,
    repaid_words,
)
from exodrive.flows.world import World
from exodrive.kit import words
from exodrive.kit.ids import OperationId
from exodrive.kit.words import _
from exodrive.mail import render
from exodrive.mail.model import Task, one_line
from exodrive.overview.letters import BookingFacts, booking_facts
from exodrive.pricing.words import money

_DONE = frozenset({ClaimStatus.SETTLED, ClaimStatus.WITHDRAWN})


async def send_made(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell a renter what is claimed, item by item, and until when they may answer; nothing when it was withdrawn meanwhile."""
    claim, facts, listed = await _read(world, claim_id)
    at_once = claim.answer is Answer.AT_ONCE
    if claim.status is not ClaimStatus.ASKED and not at_once:
        return
    words.use(facts.locale)
    why = (at_once_words(),) if at_once else ()
    text = (*claimed_words(claim, facts.time_zone), *why, *charge_words(listed))
    subject = lambda car, days: made_subject(car, days, facts.reference, at_once=at_once)  # noqa: E731
    await notices.send(world, outbox_id, claim.booking_id, notices.letter(world, facts, subject, text, kind="claim"), kind="claim")


async def send_ended(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell a renter how a claim ended."""
    claim, facts, _listed = await _read(world, claim_id)
    if claim.status not in _DONE:
        return
    words.use(facts.locale)
    subject = lambda car, days: ended_subject(car, days, facts.reference)  # noqa: E731
    letter = notices.letter(world, facts, subject, claimed_words(claim, facts.time_zone), kind="claim_ended")
    await notices.send(world, outbox_id, claim.booking_id, letter, kind="claim_ended")


async def send_repaid(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Tell a renter what of a claim went back to them, and why."""
    async with world.door.scope() as db:
        went_back = await repaid_by(db, operation_id)
    assert went_back is not None, "it is promised with the money that went back"
    claim_id, amount, why = went_back
    claim, facts, _listed = await _read(world, claim_id)
    words.use(facts.locale)
    subject = lambda car, days: repaid_subject(car, days, facts.reference)  # noqa: E731
    letter = notices.letter(world, facts, subject, repaid_words(claim, amount, why), kind="claim_repaid")
    await notices.send(world, outbox_id, claim.booking_id, letter, kind="claim_repaid")


async def send_objected(world: World, outbox_id: UUID, claim_id: UUID) -> None:
    """Tell staff that a renter objects; nothing when it was decided meanwhile, or when staff have no address."""
    claim, facts, _listed = await _read(world, claim_id)
    if claim.status is not ClaimStatus.OBJECTED or not world.house.support_email:
        return
    words.use(words.DEFAULT)
    await notices.send(world, outbox_id, claim.booking_id, render.task(_task(world, facts, claim), "claim_objected"), kind="claim_objected")


def _task(world: World, facts: BookingFacts, claim: Claim) -> Task:
    return Task(
        to=world.house.support_email,
        reference=facts.reference,
        subject=_("Objection to a claim: %(reference)s") % {"reference": facts.reference},
        text=objected_words(facts.reference, money(claim.amount, claim.currency), one_line(claim.objection or "")),
        link=world.url(f"/admin/bookings/{facts.reference}"),
        house=world.house,
    )


async def _read(world: World, claim_id: UUID) -> tuple[Claim, BookingFacts, list[Charge]]:
    async with world.door.scope() as db:
        claim = await store.find(db, claim_id)
        assert claim is not None, "a claim is never deleted"
        facts = await booking_facts(db, claim.booking_id)
        assert facts is not None, "nor is its booking"
        asked = [one for one in await charges.of_booking(db, claim.booking_id) if one.due_at and one.status is not ChargeStatus.WITHDRAWN]
    return claim, facts, asked
