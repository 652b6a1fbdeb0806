"""Putting a change into force, and dropping one: always under the locks of the booking's cars."""

from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows.change import days, store
from exodrive.flows.change.errors import UnknownChange
from exodrive.flows.change.model import Change, ChangeStatus
from exodrive.flows.checkout import refunding, standing
from exodrive.flows.checkout.model import Standing
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.money import Money
from exodrive.payments.instalments import store as instalments
from exodrive.pricing import engine


async def locked(db: Db, change_id: UUID) -> tuple[Standing, Change]:
    """Take the locks of the cars of a change and its booking, then read both. Raises UnknownChange."""
    change = await store.find(db, change_id)
    if change is None:
        raise UnknownChange
    car_id = change.after.chosen.car_id
    now = await standing.locked(db, change.booking_id, also=[car_id] if car_id else [])
    change = await store.find(db, change_id)
    assert change is not None
    return now, change


async def put_in_force(db: Db, now: Standing, change: Change, actor: Actor) -> None:
    """Write a change into its booking, promise back what it saves, and tell the renter. The caller holds the locks of its cars.

    Raises DaysMissing when the booking has not got all of its new days.
    """
    await store.decide(db, change.id, ChangeStatus.APPLIED)
    price = engine.read(change.after_price)
    await store.write(db, change, price.total)
    await days.settle(db, change)
    if now.later:
        await instalments.follow(db, now.booking_id, change.after.due_later)
    if change.difference < 0:
        await refunding.promise(db, now, Money(-change.difference, change.currency), "the booking was changed", change_id=change.id)
    await bookings.tell(db, now.booking_id, "changed", actor, change=str(change.id), **_told(change))
    await outbox.enqueue(db, "mail.changed", change_id=change.id)
    if change.moves:
        await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)


def _told(change: Change) -> dict[str, Any]:
    """What is kept of a change in the booking's history: what was chosen and what it cost, before and after."""
    prices = engine.read(change.before_price), engine.read(change.after_price)
    chosen = (change.before, change.after.chosen)
    return {
        name: {"chosen": msgspec.to_builtins(what), "total": str(price.total)}
        for name, what, price in zip(("was", "is"), chosen, prices, strict=True)
    }


async def drop(db: Db, change: Change, actor: Actor, reason: str) -> None:
    """End a change that was not paid: what it claimed is free for others at once. The caller holds the car's lock."""
    if await store.decide(db, change.id, ChangeStatus.DROPPED, reason=reason):
        await days.free(db, change)
        await bookings.tell(db, change.booking_id, "change_dropped", actor, change=str(change.id), reason=reason)
