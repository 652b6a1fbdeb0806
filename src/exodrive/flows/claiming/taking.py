"""Taking what is claimed out of the hold: intent, call, record; and what came of it. The rest of the hold goes back with it."""

import logging
from decimal import Decimal
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.charges import store as charges
from exodrive.deposits import store as deposits
from exodrive.deposits.claims import store
from exodrive.deposits.claims.model import Answer, Claim, ClaimStatus
from exodrive.deposits.model import Alarm, Hold
from exodrive.flows.again import again
from exodrive.flows.checkout import answers, standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import holding
from exodrive.flows.deposit.store import last_for_hold
from exodrive.flows.invoicing import draft
from exodrive.flows.world import World
from exodrive.gateways.errors import Declined, GatewayError, Refused, is_gone
from exodrive.gateways.paypal import NewClaim
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result

log = logging.getLogger(__name__)


async def take(world: World, claim_id: UUID) -> None:
    """Promise to take a claim that is accepted; safe to run any number of times. While the hold is being renewed, the clock comes again.

    One that staff have withdrawn needs nobody any more.
    """
    await again(lambda: _take(world, claim_id))


@commits("claim.take")
async def _take(world: World, claim_id: UUID) -> None:
    async with world.door.scope() as db:
        seen = await store.find(db, claim_id)
        assert seen is not None, "a claim is never deleted"
        now = await standing.locked(db, seen.booking_id)
        claim, hold = await store.find(db, claim_id), await deposits.find(db, seen.hold_id)
        if claim and claim.status is ClaimStatus.WITHDRAWN:
            await deposits.set_alarms(db, now.booking_id, [], [Alarm.CLAIM])
        if claim is None or hold is None or claim.status is not ClaimStatus.ACCEPTED or await _is_busy(db, hold):
            return
        if not hold.covers(now.now):
            await _lost(db, now, claim, ClaimStatus.ACCEPTED, "HOLD_ENDED", SYSTEM)
            return
        await store.take(db, claim.id)
        told, target = {"claim": str(claim.id), "payee": world.payee, "order": hold.order_id}, hold.authorization_id
        operation_id = await payments.intend(db, now.booking_id, Kind.CLAIM, claim.money, target_id=target, request=told, hold_id=hold.id)
        await bookings.tell(db, now.booking_id, "claim_intended", SYSTEM, amount=claim.money.text, currency=claim.currency)
        if claim.answer is Answer.AT_ONCE:
            await _alarm(db, now, "a deposit is claimed before its renter could answer")
        await outbox.enqueue(db, "payments.settle", operation_id=operation_id)


async def _is_busy(db: Db, hold: Hold) -> bool:
    """Whether the hold is being renewed or given back: until that has ended nobody knows by which id, and whether, it can be taken from."""
    last = [await last_for_hold(db, hold.id, kind) for kind in (Kind.RENEW, Kind.RELEASE)]
    return any(one is not None and one[1].is_open for one in last)


async def settle(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool, remembered: bool) -> None:
    """Bring an intent to take what is claimed to its end: asked again while PayPal remembers it, or read back."""
    if remembered and not only_read:
        result: Result | None = await ask(world, operation, now)
    else:
        result = await read_back(world, operation, now)
        if result is None and only_read:
            return
    done = result or Result(end=End.FAILED, issue="NEVER_TAKEN")
    await again(lambda: record(world, operation, done, actor))


@calls("claim.ask")
async def ask(world: World, operation: Operation, now: Standing) -> Result:
    """Ask PayPal for a claim, the same as ever; a no is believed only when the hold's order does not show it as taken."""
    assert operation.target_id is not None
    new = NewClaim(amount=operation.money, invoice_id=answers.invoice_id(now, operation), final=True)
    try:
        capture = await world.paypal.claim(operation.target_id, new, request_id=operation.request_id)
    except (Declined, Refused) as no:
        return await read_back(world, operation, now) or answers.of_failure(no)
    except GatewayError as failure:
        return answers.of_failure(failure)
    return answers.of_claim(capture, operation, now)


@calls("claim.read")
async def read_back(world: World, operation: Operation, now: Standing) -> Result | None:
    """Read what became of a claim without asking for it again; None when PayPal shows none with our number."""
    order_id = operation.request.get("order")
    if not order_id:
        return None
    try:
        order = await world.paypal.get_order(order_id)
    except GatewayError as failure:
        return None if is_gone(failure) else answers.of_doubt(failure)
    ours = answers.invoice_id(now, operation)
    found = next((capture for capture in order.captures if capture.invoice_id == ours), None)
    return answers.of_claim(found, operation, now) if found else None


@commits("claim.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, with all that follows from it in the same transaction."""
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        if not await payments.record(db, operation.id, result):
            return
        claim = await store.find(db, UUID(operation.request["claim"]))
        assert claim is not None, "it was written before its intent"
        if result.end is End.SUCCEEDED:
            await _taken(db, now, claim, actor, world.tariffs.invoice_due_days)
        elif result.end.is_final:
            await _lost(db, now, claim, ClaimStatus.TAKING, result.issue or result.end, actor)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await holding.note(db, now, operation, before, result, actor)


async def _taken(db: Db, now: Standing, claim: Claim, actor: Actor, due_days: int) -> None:
    """The charges are paid in the order they were made, as far as it reaches; what is left is drafted as an invoice."""
    rest = await _pay(db, claim)
    if rest:
        await draft.draft_rest(db, now, rest, due_days, await store.made_by(db, claim.id))
    await store.end(db, claim.id, ClaimStatus.TAKING, ClaimStatus.SETTLED)
    await deposits.claimed(db, claim.hold_id, claim.amount)
    await deposits.set_alarms(db, now.booking_id, [], [Alarm.CLAIM])
    await bookings.tell(db, now.booking_id, "claim_settled", actor, amount=claim.money.text, currency=claim.currency)
    await outbox.enqueue(db, "mail.claim_ended", claim_id=claim.id)
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)


async def _pay(db: Db, claim: Claim) -> list[UUID]:
    """Pay the charges of a claim; returns those of which something is left."""
    left, rest = claim.amount, []
    for charge in await charges.of_claim(db, claim.id):
        part = min(left, charge.left)
        await charges.pay(db, charge, part)
        left -= part
        if part < charge.left:
            rest.append(charge.id)
    assert left == Decimal(0), "never more is claimed than is charged"
    return rest


async def _lost(db: Db, now: Standing, claim: Claim, old: ClaimStatus, issue: str, actor: Actor) -> None:
    """Nothing was taken: the charges are due as before, and a person must know."""
    await charges.unclaim(db, claim.id)
    await store.end(db, claim.id, old, ClaimStatus.FAILED)
    await bookings.tell(db, now.booking_id, "claim_failed", actor, issue=issue)
    await _alarm(db, now, "a claim came to nothing")
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)


async def _alarm(db: Db, now: Standing, why: str) -> None:
    for kind in await deposits.set_alarms(db, now.booking_id, [Alarm.CLAIM], []):
        log.critical(why, extra={"booking": now.reference})
        await bookings.tell(db, now.booking_id, "deposit_alarm", SYSTEM, alarm=kind)
