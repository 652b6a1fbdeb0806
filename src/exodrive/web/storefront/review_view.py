"""The form for a review: what was typed, and what is wrong with it."""

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.web.storefront.checkout_view import Wrong


class ReviewForm(msgspec.Struct, frozen=True):
    """The form's values and the sentences about its fields."""

    values: dict[str, str]
    errors: dict[str, str]

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called, in the order of the form."""
        return {"rating": _("How was it?"), "name": _("The name to show with it"), "comment": _("Your words")}

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The ratings with their words, the best first."""
        words = (_("5 – could not be better"), _("4 – good"), _("3 – as expected"), _("2 – not quite right"), _("1 – poor"))
        return tuple((str(5 - number), text) for number, text in enumerate(words))


def form_of(booking: BookingPage) -> ReviewForm | None:
    """Return the empty form for a rental that is over and has no review; the renter's first name is a proposal."""
    if booking.status is not BookingStatus.COMPLETED or booking.review:
        return None
    return ReviewForm({"name": booking.contact.first_name[:60]}, {})
