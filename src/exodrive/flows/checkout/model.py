"""Values of the pay step: how a payment stands, in the words the renter's page needs."""

from enum import StrEnum

import msgspec

from exodrive.kit.ids import BookingId


class Step(StrEnum):
    """How a payment stands after PayPal sent the renter back."""

    PAID = "paid"  # the car is theirs
    NOT_PAID = "not-paid"  # not approved at PayPal yet: pay again
    DECLINED = "declined"  # PayPal said no: nothing was charged, pay again while the days are held
    CHECKING = "checking"  # PayPal has not told us the end yet: nothing to do, we finish it
    GONE = "gone"  # the days went to somebody else, or the booking ended: nothing was charged


class Outcome(msgspec.Struct, frozen=True):
    """How the payment of a booking stands."""

    step: Step
    booking_id: BookingId
    reference: str
