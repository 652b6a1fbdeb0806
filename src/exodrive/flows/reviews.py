"""A review from the renter's words to the car's page: left once after the return, decided by staff, each step in the booking's history."""

from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, Actor, BookingStatus
from exodrive.fleet.reviews import store as reviews
from exodrive.fleet.reviews.model import Rental, Review, ReviewState
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _
from exodrive.overview.booking_page import booking_page


class NotReviewable(Conflict):
    """The rental is not over, or has been reviewed."""

    code = "not-reviewable"


async def leave(door: Door, reference: str, review: Review) -> None:
    """Keep a review through the door of the booking's holder.

    Raises NoBooking when the door opens another booking or none, and NotReviewable before the car is back or for a second review.
    """
    async with door.scope() as db:
        booking = await booking_page(db, reference)
        if booking.status is not BookingStatus.COMPLETED:
            raise NotReviewable(_("A rental can be reviewed once the car is back."))
        if not await reviews.add(db, Rental(booking.id, booking.car.id, booking.days.start), review):
            raise NotReviewable(_("You have reviewed this rental already. Thank you."))
        await bookings.tell(db, booking.id, "review_left", CUSTOMER, rating=review.rating)


async def decide(db: Db, review_id: UUID, state: ReviewState, staff_id: UUID, name: str) -> bool:
    """Approve a review or turn it down, inside the staff's own scope; False when it stood so already. Raises NotFound."""
    decided = await reviews.decide(db, review_id, approved=state is ReviewState.APPROVED, staff_id=staff_id)
    if decided is None:
        if not await reviews.exists(db, review_id):
            raise NotFound(_("There is no such review."))
        return False
    if decided[0]:
        await bookings.tell(db, decided[0], f"review_{state}", Actor("admin", str(staff_id), name))
    return True
