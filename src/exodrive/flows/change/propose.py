"""From what a renter wishes to a change that may be made: checked against our rows, priced, and claimed under the locks."""

from typing import Any

import msgspec

from exodrive.bookings.model import BookingStatus, Caller, CheckoutOrder, Rules, Tariff
from exodrive.flows.change import store
from exodrive.flows.change.checks import check_open, closes_at, meetings
from exodrive.flows.change.days import check_free
from exodrive.flows.change.errors import NotChangeable
from exodrive.flows.change.model import Arranged, Proposal, Sold, Wish, chosen_in
from exodrive.flows.change.reprice import reprice
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

__all__ = ["closes_at", "preview"]

_NOBODY = Caller(None, "")


@commits("change.preview")
async def preview(
    world: World, holder: Door, reference: str, wish: Wish, *, tariff: Tariff | None = None, by_staff: bool = False
) -> Proposal:
    """Return what a change would be, claiming nothing. Days added at the end cost what ``tariff`` says, else what the house says.

    Raises NoBooking, NotChangeable, OnlyLonger, OtherCar and NotRented, NotAccepted while the booking waits for our answer, BadInput naming
    every wrong field, NotOffered and JourneyNotOffered, and CarTaken with ``extra`` free: up to three nearest ranges.
    """
    async with holder.scope() as db:
        sold, old = await store.sold(db, reference), await kept_order(db, reference)
    if sold is None:
        raise NoBooking
    new = _wished(old, wish)
    async with world.door.scope() as db:
        facts = await _facts(db, new)
    new = _with_the_same_cover(old, new, facts)
    check_open(sold, old, new, world.rules, facts.now, by_staff=by_staff)
    proposal = _proposal(sold, old, new, facts, world.rules, tariff or world.rules.extension_tariff, by_staff=by_staff)
    if proposal.moves:
        await check_free(world, proposal, facts)
    return msgspec.structs.replace(proposal, terms=wish.terms)


async def _facts(db: Db, new: CheckoutOrder) -> Facts:
    request = idempotency.request("change", str(new_id()), new)
    _answered, facts = await checkout.facts(db, request, new, _NOBODY)
    if facts is None:
        raise NotChangeable
    return facts


def _wished(old: CheckoutOrder, wish: Wish) -> CheckoutOrder:
    asked = (name for name in wish.__struct_fields__ if name != "terms")
    wanted = {name: value for name in asked if (value := getattr(wish, name)) is not None}
    new = msgspec.structs.replace(old, **wanted)
    if new.end < new.start:
        wrong = {"end": _("The return must not be before the pick-up.")}
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    return msgspec.structs.replace(new, extras={code: pieces for code, pieces in new.extras.items() if pieces})


def _with_the_same_cover(old: CheckoutOrder, new: CheckoutOrder, facts: Facts) -> CheckoutOrder:
    """Return the new order; who has the cover that costs nothing has it by any name."""
    free = {waiver.code for waiver in offers_for(facts.rules, facts.house, new.days).waivers if not waiver.amount} | {""}
    if not {old.waiver, new.waiver} <= free:
        return new
    return msgspec.structs.replace(new, waiver=old.waiver if new.car_id == old.car_id else "")


def _proposal(
    sold: Sold, old: CheckoutOrder, new: CheckoutOrder, facts: Facts, rules: Rules, tariff: Tariff, *, by_staff: bool
) -> Proposal:
    pickup_at, return_due_at, zone = meetings(sold, old, new, facts, rules, by_staff=by_staff)
    price = reprice(sold.price, old, new, facts, is_settled=sold.is_settled, tariff=tariff)
    arranged = Arranged(
        chosen=chosen_in(new),
        pickup_at=sold.pickup_at if sold.status is BookingStatus.ACTIVE else pickup_at,
        return_due_at=return_due_at,
        time_zone=zone,
        places=booked_places(new, price, facts),
        due_later=price.due_later,
        due_on=price.due_on,
        turnaround_days=facts.turnaround_days,
        deposit=price.deposit,
    )
    claims = {code: pieces - old.extras.get(code, 0) for code, pieces in new.extras.items() if pieces > old.extras.get(code, 0)}
    is_moved = (old.car_id, old.days) != (new.car_id, new.days)
    few = scarce(facts.rules, facts.house, new.days, new.extras if is_moved else claims)
    about: dict[str, Any] = {"sold": sold, "old": old, "new": new, "price": price, "arranged": arranged, "claims": claims, "scarce": few}
    return Proposal(**about, tariff=tariff, car_name=facts.car_name)
