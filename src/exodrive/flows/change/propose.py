"""From what a renter wishes to a change that may be made: checked against our rows, priced, and claimed under the locks."""

from datetime import datetime, timedelta

import msgspec

from exodrive.bookings.model import BookingStatus, Caller, CheckoutOrder, PlaceKind, Rules
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.change import store
from exodrive.flows.change.errors import NotChangeable
from exodrive.flows.change.model import Arranged, Proposal, Sold, Wish, chosen_in
from exodrive.flows.change.reprice import reprice
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout import store as checkout
from exodrive.flows.checkout.extras import scarce
from exodrive.flows.checkout.model import Facts
from exodrive.flows.checkout.places import booked_places
from exodrive.flows.world import World
from exodrive.kit import idempotency
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import new_id
from exodrive.kit.words import _
from exodrive.overview.booking_page import NoBooking
from exodrive.overview.kept_order import kept_order
from exodrive.pricing.offers import offers_for

_NOBODY = Caller(None, "")


def closes_at(pickup_at: datetime, rules: Rules) -> datetime:
    """Return until when a booking may be changed by its renter."""
    return pickup_at - timedelta(hours=rules.change_hours)


@commits("change.preview")
async def preview(world: World, holder: Door, reference: str, wish: Wish) -> Proposal:
    """Return what a change would be, claiming nothing.

    Raises NoBooking, NotChangeable, NotAccepted while the booking waits for our answer, BadInput naming every wrong field, NotOffered
    and JourneyNotOffered.
    """
    async with holder.scope() as db:
        sold, old = await store.sold(db, reference), await kept_order(db, reference)
    if sold is None:
        raise NoBooking
    new = _wished(old, wish)
    async with world.door.scope() as db:
        facts = await _facts(db, new)
    new = _with_the_same_cover(old, new, facts)
    _check_open(sold, world.rules, facts.now)
    return _proposal(sold, old, new, facts, world.rules)


async def _facts(db: Db, new: CheckoutOrder) -> Facts:
    request = idempotency.request("change", str(new_id()), new)
    _answered, facts = await checkout.facts(db, request, new, _NOBODY)
    if facts is None:
        raise NotChangeable
    return facts


def _wished(old: CheckoutOrder, wish: Wish) -> CheckoutOrder:
    wanted = {name: value for name in wish.__struct_fields__ if (value := getattr(wish, name)) is not None}
    new = msgspec.structs.replace(old, **wanted)
    return msgspec.structs.replace(new, extras={code: pieces for code, pieces in new.extras.items() if pieces})


def _with_the_same_cover(old: CheckoutOrder, new: CheckoutOrder, facts: Facts) -> CheckoutOrder:
    """Return the new order; who has the cover that costs nothing has it by any name."""
    free = {waiver.code for waiver in offers_for(facts.rules, facts.house, new.days).waivers if not waiver.amount} | {""}
    return msgspec.structs.replace(new, waiver=old.waiver) if {old.waiver, new.waiver} <= free else new


def _check_open(sold: Sold, rules: Rules, now: datetime) -> None:
    if sold.status is not BookingStatus.UPCOMING or now >= closes_at(sold.pickup_at, rules):
        raise NotChangeable
    if sold.waits:
        raise NotAccepted


def _proposal(sold: Sold, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, rules: Rules) -> Proposal:
    pickup_at, return_due_at, zone = _moments(old, new, facts, rules)
    price = reprice(sold.price, old, new, facts, is_settled=sold.is_settled)
    arranged = Arranged(
        chosen=chosen_in(new),
        pickup_at=pickup_at,
        return_due_at=return_due_at,
        time_zone=zone,
        places=booked_places(new, price, facts),
        due_later=price.due_later,
        due_on=price.due_on,
    )
    claims = {code: pieces - old.extras.get(code, 0) for code, pieces in new.extras.items() if pieces > old.extras.get(code, 0)}
    few = scarce(facts.rules, facts.house, new.days, claims)
    return Proposal(sold=sold, old=old, new=new, price=price, arranged=arranged, claims=claims, scarce=few)


def _moments(old: CheckoutOrder, new: CheckoutOrder, facts: Facts, rules: Rules) -> tuple[datetime, datetime, str]:
    """Return when the car changes hands; what stays is not judged again, and nothing is moved to before the cut-off."""
    moved: list[PlaceKind] = ["pickup"] if old.pickup != new.pickup else []
    moved += ["dropoff"] if old.dropoff != new.dropoff else []
    pickup_at, return_due_at, zone = ordering.check_meetings(new, facts, moved)
    if "pickup" in moved and facts.now >= closes_at(pickup_at, rules):
        too_soon = _("This is too soon. Please choose a later time.")
        raise BadInput(_("Please check the fields that are marked."), fields={"pickup_time": too_soon})
    return pickup_at, return_due_at, zone
