"""Proposing charges at the return, in the transaction that takes the car back: staff look at them, the renter sees none yet."""

from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.charges import store as charges
from exodrive.charges.model import Tariffs, Trip
from exodrive.charges.rules import proposed
from exodrive.charges.states import ChargeStatus
from exodrive.flows.charging import store
from exodrive.flows.charging.sold import sold_of
from exodrive.handovers.model import Handover, Reading
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money


async def propose(db: Db, booking_id: BookingId, out: Handover, back: Reading, tariffs: Tariffs, actor: Actor) -> int:
    """Propose what a return comes to, and return how many charges that are. The caller holds the car's lock, and took the car back."""
    rental = await store.rental(db, booking_id)
    assert rental.returned_at is not None
    assert actor.id is not None
    read = {"driven": back.odometer - out.odometer, "fuel_out": out.fuel, "fuel_in": back.fuel}
    trip = Trip(**read, due_at=rental.return_due_at, returned_at=rental.returned_at)
    bills = proposed(sold_of(rental.price), trip, tariffs)
    for bill in bills:
        await charges.add(db, booking_id, bill, ChargeStatus.PROPOSED, UUID(actor.id))
        total = Money(bill.amount + bill.fee + bill.tax, bill.currency)
        await bookings.tell(db, booking_id, "charge_proposed", actor, kind=bill.kind, total=total.text, currency=total.currency)
    return len(bills)
