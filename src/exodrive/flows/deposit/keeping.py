"""Renewing a hold and giving it back: written as an intent with its cause, asked for by a job, recorded once."""

import logging
from typing import Any

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Alarm, Hold
from exodrive.deposits.states import HoldStatus
from exodrive.flows.checkout import answers, standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import holding, store
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError, Refused, is_gone
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result

log = logging.getLogger(__name__)


async def promise(db: Db, hold: Hold, kind: Kind, reason: str, *, unpaid: bool = False) -> None:
    """Promise to renew a hold or to give it back, unless that, or a claim from it, is under way. The caller holds the car's lock.

    ``unpaid``: it is let go of because the rental that was approved with it could not be taken out of it.
    """
    last, taking = await store.last_for_hold(db, hold.id, kind), await store.last_for_hold(db, hold.id, Kind.CLAIM)
    if (last and (last[1].is_open or last[1].end is End.SUCCEEDED)) or (taking and taking[1].is_open):
        return
    target = hold.authorization_id if kind is Kind.RENEW else hold.parent_id
    about: dict[str, Any] = {"reason": reason, "request": {"unpaid": True} if unpaid else {}}
    operation_id = await payments.intend(db, hold.booking_id, kind, hold.money, target_id=target, hold_id=hold.id, **about)
    await outbox.enqueue(db, "payments.settle", operation_id=operation_id)


@calls("deposit.renew.ask")
async def renew(world: World, operation: Operation, now: Standing) -> Result:
    """Ask PayPal to renew a hold; the same intent always asks for the very same thing."""
    assert operation.target_id is not None
    try:
        hold = await world.paypal.renew_authorization(operation.target_id, operation.money, request_id=operation.request_id)
    except GatewayError as failure:
        return answers.of_failure(failure)
    return holding.of_hold(hold, operation, now)


@calls("deposit.release.ask")
async def release(world: World, operation: Operation) -> Result:
    """Ask PayPal to give a hold back; one that is gone there is given back."""
    assert operation.target_id is not None
    try:
        hold = await world.paypal.void_authorization(operation.target_id, request_id=operation.request_id)
    except Refused as refusal:
        if is_gone(refusal):
            return Result(end=End.SUCCEEDED, issue=refusal.issue)
        return answers.of_failure(refusal)
    except GatewayError as failure:
        return answers.of_failure(failure)
    return holding.of_release(hold, operation)


@commits("deposit.renew.record")
async def record_renewal(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep what PayPal said to a renewal; refused, it is not asked for again, and staff hear of it."""
    assert operation.hold_id is not None
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED:
            assert result.provider_id is not None
            await deposits.renewed(db, operation.hold_id, result.provider_id, now.now)
            await bookings.tell(db, now.booking_id, "deposit_renewed", actor, hold=result.provider_id)
        elif result.end.is_final:
            await deposits.not_renewed(db, operation.hold_id, now.now)
            await deposits.set_alarms(db, now.booking_id, [Alarm.RENEWAL_REFUSED], [])
            await bookings.tell(db, now.booking_id, "deposit_not_renewed", actor, issue=result.issue)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await holding.note(db, now, operation, before, result, actor)


@commits("deposit.release.record")
async def record_release(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep what PayPal said to giving back."""
    assert operation.hold_id is not None
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED:
            ended = HoldStatus.DROPPED if operation.request.get("unpaid") else HoldStatus.RELEASED  # then it is asked for as ever
            await deposits.end(db, operation.hold_id, HoldStatus.HELD, ended)
            told = {"amount": operation.money.text, "currency": operation.currency}
            await bookings.tell(db, now.booking_id, "deposit_released", actor, reason=operation.reason, **told)
        elif result.end.is_final:
            log.critical("a deposit could not be given back", extra={"booking": now.reference, "issue": result.issue})
            await bookings.tell(db, now.booking_id, "deposit_not_released", actor, issue=result.issue)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await holding.note(db, now, operation, before, result, actor)
