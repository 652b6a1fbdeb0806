"""What may be changed when, and whether the days, the hours and the car of a change are ones that an order could have."""

from datetime import datetime, timedelta

from exodrive.bookings import orders
from exodrive.bookings.model import BookingStatus, CheckoutOrder, PlaceKind, Rules
from exodrive.bookings.orders import Wrong
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.change.errors import NotChangeable, OnlyLonger, OtherCar
from exodrive.flows.change.model import Proposal, Sold, chosen_in
from exodrive.flows.change.rates import is_longer
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout.model import Facts
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _

Moments = tuple[datetime, datetime, str]


def closes_at(pickup_at: datetime, rules: Rules) -> datetime:
    """Return until when a booking may be changed by its renter; from the pick-up on it may be made longer until the car is back."""
    return pickup_at - timedelta(hours=rules.change_hours)


def changeable_until(sold: Sold, rules: Rules) -> datetime:
    """Return until when its renter may change a booking as it stands: before the cut-off, and once the car is out until it is due back."""
    return sold.return_due_at if sold.status is BookingStatus.ACTIVE else closes_at(sold.pickup_at, rules)


def check_open(sold: Sold, old: CheckoutOrder, new: CheckoutOrder, rules: Rules, now: datetime, *, by_staff: bool) -> None:
    """Raise unless a booking may be changed so: NotAccepted, NotChangeable, or OnlyLonger once the car is out.

    An overdue car may be kept longer too: that puts it right. Staff may also have it back earlier.
    """
    if sold.waits:
        raise NotAccepted
    if sold.status is BookingStatus.ACTIVE and not sold.is_back:
        if not (_is_return_alone(old, new) and (by_staff or is_longer(old.days, new.days))):
            raise OnlyLonger
    elif sold.status is not BookingStatus.UPCOMING or (not by_staff and now >= closes_at(sold.pickup_at, rules)):
        raise NotChangeable


def _is_return_alone(old: CheckoutOrder, new: CheckoutOrder) -> bool:
    """Whether nothing is to change but when the car comes back."""
    before, after = chosen_in(old), chosen_in(new)
    same = ("start", "car_id", "pickup", "extras", "waiver", "additional_drivers")
    return all(getattr(before, name) == getattr(after, name) for name in same) and (
        (old.dropoff.location_id, old.dropoff.address) == (new.dropoff.location_id, new.dropoff.address)
    )


def meetings(sold: Sold, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, rules: Rules, *, by_staff: bool) -> Moments:
    """Return when the car changes hands; what stays is not judged again, and no renter moves anything to before the cut-off.

    Raises BadInput naming every wrong field, NotRented and OtherCar.
    """
    begins, is_begun = (old.car_id, old.start) != (new.car_id, new.start), sold.status is BookingStatus.ACTIVE
    moved: list[PlaceKind] = ["pickup"] if begins or old.pickup != new.pickup else []
    moved += ["dropoff"] if begins or (old.dropoff, old.end) != (new.dropoff, new.end) else []
    pickup_at, return_due_at, zone = ordering.check_meetings(new, facts, moved, is_begun=is_begun)
    if "pickup" in moved and not by_staff and facts.now >= closes_at(pickup_at, rules):
        too_soon = _("This is too soon. Please choose a later time.")
        raise _refusal({"start" if old.start != new.start else "pickup_time": too_soon})
    if begins or old.end != new.end:
        _check_rental(sold, old, new, facts, rules, pickup_at, begins=begins, by_staff=by_staff)
    return pickup_at, return_due_at, zone


def _check_rental(
    sold: Sold, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, rules: Rules, pickup_at: datetime, *, begins: bool, by_staff: bool
) -> None:
    """Raise unless an order for these days of this car could be made today, as far as they are not sold already."""
    wrong = ordering.wrong_days(new, facts, rules, pickup_at, begins=begins)
    if begins:
        wrong |= orders.check_age(new.birth_date, new.start, facts.minimum_age)
    if wrong:
        raise _refusal(wrong)
    if not facts.available and not (old.start <= new.start and new.end <= old.end and old.car_id == new.car_id):
        raise ordering.NotRented
    is_other = old.car_id != new.car_id
    if is_other and (facts.rules.rates.currency != sold.price.inputs.currency or (facts.requires_approval and not by_staff)):
        raise OtherCar


def check_terms(proposal: Proposal, rules: Rules) -> None:
    """Raise BadInput unless the terms in force were accepted with other days or another car."""
    if proposal.moves and (wrong := orders.check_accepted(proposal.terms or "", rules)):
        raise _refusal(wrong)


def _refusal(wrong: Wrong) -> BadInput:
    return BadInput(_("Please check the fields that are marked."), fields=wrong)
