"""What a booking's page says: where it stands, what comes next, what was paid, and how to find us."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.bookings.tiers import tier_words
from exodrive.flows.instalment.words import rest_rows
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage, Meeting
from exodrive.overview.own_charges import Owed
from exodrive.web.shell.formats import moment
from exodrive.web.shell.site import Site
from exodrive.web.storefront.again import Again
from exodrive.web.storefront.bills import Bill, bill_of
from exodrive.web.storefront.booking_words import (
    Step,
    Thing,
    bring_of,
    ending_words,
    late_of,
    missed_words,
    payment_words,
    steps_of,
    waiting_of,
)
from exodrive.web.storefront.cards import paint_of
from exodrive.web.storefront.changing import Changing
from exodrive.web.storefront.charge_words import ChargesView, charges_of
from exodrive.web.storefront.checkout_view import Wrong, labels
from exodrive.web.storefront.deposit_words import Asked, approved_together, asked_of, deposit_words
from exodrive.web.storefront.invoice_words import InvoiceView, invoice_views
from exodrive.web.storefront.rest_view import DueRest, due_rest
from exodrive.web.storefront.review_view import ReviewForm, form_of
from exodrive.web.storefront.stories import Story, story_of


class State(StrEnum):
    """How the page stands: like the booking's status, with what a pending one waits for told apart."""

    HELD = "held"
    CHECKING = "checking"
    LAPSED = "lapsed"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


_STATES = {
    BookingStatus.ACTIVE: State.ACTIVE,
    BookingStatus.COMPLETED: State.COMPLETED,
    BookingStatus.CANCELLED: State.CANCELLED,
    BookingStatus.EXPIRED: State.LAPSED,
    BookingStatus.NO_SHOW: State.NO_SHOW,
}
_OVER = frozenset({State.LAPSED, State.CANCELLED, State.NO_SHOW})


class PlaceView(msgspec.Struct, frozen=True):
    """One end of the rental: where, when, and the way to see it on a map."""

    title: str
    at: datetime
    meeting: Meeting
    map_link: str


class BookingView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. ``cancelling`` is until when its renter may cancel it, empty when they may not; ``together`` what is held with the
    payment.

    ``values``, ``errors`` and ``labels`` belong to the renter's own details; ``told`` is news from the last step.
    """

    booking: BookingPage
    state: State
    paint: str
    bill: Bill
    payment: str
    ending: str
    missed: tuple[str, ...]
    late: tuple[str, ...]
    waiting: tuple[str, ...]
    deposit: str
    asked: Asked | None
    together: str
    rest: DueRest | None
    steps: tuple[Step, ...]
    bring: tuple[Thing, ...]
    tiers: tuple[str, ...]
    places: tuple[PlaceView, PlaceView]
    again: Again | None
    changing: Changing | None
    charges: ChargesView | None
    invoices: tuple[InvoiceView, ...]
    cancelling: str
    now: datetime
    told: Story | None
    values: dict[str, str]
    errors: dict[str, str]
    labels: dict[str, str]
    review_form: ReviewForm | None

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention, in the order of the page."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]


def state_of(booking: BookingPage) -> State:
    """Return how a booking's page stands."""
    if booking.status is not BookingStatus.PENDING:
        if booking.is_ahead:  # by the clock a rental begins at midnight; to its renter it does with the key
            return State.WAITING if booking.waits else State.CONFIRMED
        return _STATES[booking.status]
    if booking.is_checking:
        return State.CHECKING
    return State.HELD if booking.hold_expires_at else State.LAPSED


def is_over(booking: BookingPage) -> bool:
    """Tell whether this rental will not be, so that other days may be wanted."""
    return state_of(booking) in _OVER


# long: each line one field of the page
def view_of(
    booking: BookingPage,
    site: Site,
    now: datetime,
    *,
    again: Again | None = None,
    changing: Changing | None = None,
    owed: Owed | None = None,
    cancel_until: datetime | None = None,
    told: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    review_form: ReviewForm | None = None,
) -> BookingView:
    """Return a booking's page; ``told`` is the code of what just happened, ``values`` and ``errors`` what was typed and refused."""
    state, deposit = state_of(booking), deposit_words(booking, site.deposits, now)
    known = _details(booking)
    return BookingView(
        booking=booking,
        state=state,
        paint=paint_of(booking.car.colour),
        bill=_bill(booking),
        payment=payment_words(booking),
        ending=ending_words(booking),
        missed=missed_words(booking),
        late=late_of(booking, site.tariffs, now),
        waiting=waiting_of(booking),
        deposit=deposit,
        asked=asked_of(booking, site.deposits, now),
        together=approved_together(booking, site.deposits, now),
        rest=due_rest(booking, now, change_waits=bool(changing and changing.waiting)),
        steps=steps_of(booking, deposit),
        bring=bring_of(booking),
        tiers=tuple(map(tier_words, booking.tiers)),
        places=_places(booking, site),
        again=again,
        changing=changing,
        charges=charges_of(owed, booking.time_zone) if owed else None,
        invoices=invoice_views(owed.invoices) if owed else (),
        cancelling=moment(cancel_until, booking.time_zone) if cancel_until and cancel_until > now else "",
        now=now,
        told=story_of(told, is_held=state is State.HELD, is_over=state is State.LAPSED, is_paid=_is_paid(state)),
        values=values or known,
        errors=errors or {},
        labels={name: label for name, label in labels().items() if name in known},
        review_form=review_form or form_of(booking),
    )


def _is_paid(state: State) -> bool | None:
    return {State.CONFIRMED: True, State.WAITING: False}.get(state)


def _bill(booking: BookingPage) -> Bill:
    """The price as it was sold, with what is paid of it by now."""
    return msgspec.structs.replace(bill_of(booking.price), due=tuple(rest_rows(booking.price, booking.rest, booking.time_zone)))


def _details(booking: BookingPage) -> dict[str, str]:
    contact = booking.contact
    return {"first_name": contact.first_name, "last_name": contact.last_name, "phone": contact.phone, "notes": contact.notes}


def _places(booking: BookingPage, site: Site) -> tuple[PlaceView, PlaceView]:
    pickup, dropoff = booking.pickup, booking.dropoff
    return (
        PlaceView(_("Pick-up"), booking.pickup_at, pickup, map_link(site, pickup)),
        PlaceView(_("Return"), booking.return_due_at, dropoff, map_link(site, dropoff)),
    )


def map_link(site: Site, meeting: Meeting) -> str:
    """Return where a map shows a place, by the operator's settings: by its position, or searched by its address where it has none."""
    address = quote(meeting.formatted)
    if not site.map_url or ("{latitude}" in site.map_url and meeting.latitude is None):
        return site.map_search_url.format(address=address)
    place = {"latitude": meeting.latitude, "longitude": meeting.longitude, "address": address}
    return site.map_url.format(**place)
