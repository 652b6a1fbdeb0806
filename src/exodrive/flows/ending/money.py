"""How much of a booking's money may still go back."""

from decimal import Decimal

from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending import store
from exodrive.kit.db import Db
from exodrive.kit.money import Money
from exodrive.payments import store as payments


async def money_left(db: Db, now: Standing) -> Money:
    """Return what was captured for a booking and neither went back nor is promised back; a refund that failed has not gone.

    Counted by each capture, by what we promised, and by what is known to have gone back: what was given back at PayPal's own site may be
    in one of these books only, and the least of them is what PayPal will still give. The caller holds the lock of the booking's car.
    """
    by_capture = sum((rest for _capture, rest in await payments.refundable(db, now.booking_id)), Decimal(0))
    gone = max(await payments.promised_back(db, now.booking_id), await store.gone(db, now.booking_id))
    return Money(max(Decimal(0), min(by_capture, now.captured - gone)), now.currency)
