"""The hold: an order becomes a pending booking whose days nobody else can have, exactly once per idempotency key."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from datetime import datetime

import msgspec

from exodrive.availability.model import CarTaken
from exodrive.bookings import orders
from exodrive.bookings import service as bookings
from exodrive.bookings.model import CUSTOMER, BookingStatus, Caller, CheckoutOrder, Held, Rules
from exodrive.deposits.wallets import store as wallets
from exodrive.fleet.service import UnknownCar
from exodrive.flows.again import Busy, again
from exodrive.flows.checkout import extras, store
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout.ending import clear_dead_holds, end_unpaid
from exodrive.flows.checkout.errors import TooManyHolds
from exodrive.flows.checkout.model import Checked, Facts, NewBooking, Survey, UnpaidHold
from exodrive.flows.checkout.nearest import nearest_for
from exodrive.flows.checkout.replay import replay, to_answer
from exodrive.flows.world import World
from exodrive.kit import idempotency
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import InFlight, Request
from exodrive.kit.ids import BookingId, CarId, new_id, new_reference
from exodrive.kit.locks import LockBusy
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.pricing import engine

SCOPE = "checkout"
MOST_OTHER_CARS = 4


class _MoreCars(Exception):
    """The browser holds other cars, whose locks are needed too."""

    def __init__(self, cars: frozenset[CarId]) -> None:
        self.cars = cars


class _InLine(Exception):
    """Nothing but the turn of its days is missing to an order, and somebody else has it."""


class _Lost(Exception):
    """A day of a checked order is somebody else's."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts


async def hold(world: World, order: CheckoutOrder, caller: Caller, key: str) -> Held:
    """Hold the days of an order for some minutes and return the booking with the token of its private page.

    ``key`` (8 to 200 characters) names the request: the same key and order get the same answer again. Raises BadInput naming each wrong
    field, also for a key used with another order and for an extra that ran out; Conflict ``price-changed`` with ``extra`` quote and total;
    CarTaken with ``extra`` free: up to three nearest ranges; Conflict ``in-flight`` while the same key is at work; TooMany for unpaid holds
    per e-mail or network.
    """
    if unusable := orders.check_texts(order):
        raise BadInput(_("Please check the fields that are marked."), fields=unusable)
    request = idempotency.request(SCOPE, key, order)
    order = orders.tidy(order)
    try:
        return await _in_turn(world, order, caller, request)
    except _Lost as lost:
        facts = lost.facts
    taken = CarTaken(order.car_id, order.days)
    taken.extra["free"] = await nearest_for(world, order, facts)
    raise taken


async def _in_turn(world: World, order: CheckoutOrder, caller: Caller, request: Request) -> Held:
    """Take the turn of the days, then run the transaction. No connection is kept while Redis is asked, and none while anybody waits.

    Whoever finds somebody else at these very days looks all the same: a repeated request is answered, and a crowd's losers need not wait
    in line to hear that a day is gone. The others wait, and come again.
    """
    try:
        async with _turn(world, order, request, wait=0):
            return await _once(world, order, caller, request)
    except LockBusy:
        with suppress(_InLine):
            return await _once(world, order, caller, request, looks_only=True)
    async with _turn(world, order, request):
        return await _once(world, order, caller, request)


def _turn(world: World, order: CheckoutOrder, request: Request, *, wait: float | None = None) -> AbstractAsyncContextManager[object]:
    """The turn of an order's days, given back after the commit. A courtesy: it spares the others coming for nothing.

    An order whose days cannot be meant needs none: it is about to be refused.
    """
    if not 0 <= (order.end - order.start).days < world.rules.longest_rental_days:
        return nullcontext()
    return world.locks.days(order.car_id, order.days, request.owner, wait=wait)


async def _once(
    world: World, order: CheckoutOrder, caller: Caller, request: Request, more: frozenset[CarId] = frozenset(), *, looks_only: bool = False
) -> Held:
    """Run the transaction, once more when it needs the locks of other cars; of equal requests at once, one does the work.

    A browser that holds one car after the other while we try is sent away: no renter does that.
    """
    cars = frozenset({order.car_id}) | more
    if len(more) > MOST_OTHER_CARS:
        raise Busy
    try:
        return await again(lambda: _transaction(world, order, caller, request, cars, looks_only=looks_only))
    except _MoreCars as others:
        return await _once(world, order, caller, request, cars | others.cars)
    except InFlight:
        async with world.door.scope() as db:
            done = await replay(world, db, request)
        if done is None:
            raise
        return done


@commits("hold.claim")
async def _transaction(
    world: World, order: CheckoutOrder, caller: Caller, request: Request, cars: frozenset[CarId], *, looks_only: bool
) -> Held:
    """Answer what was answered before, read, check and claim; raises _InLine instead of claiming. Who is refused has waited for no lock."""
    async with world.door.scope() as db:
        answered, facts = await store.facts(db, request, order, caller)
        if answered and (done := await replay(world, db, request)):
            return done
        if facts is None:
            raise UnknownCar
        checked = ordering.check(order, facts, world.rules, world.quotes)
        if facts.taken:
            raise _Lost(facts)
        if looks_only:
            raise _InLine
        try:
            return await _claim(db, world, checked, caller, request, cars)
        except CarTaken:
            raise _Lost(facts) from None


async def _claim(db: Db, world: World, checked: Checked, caller: Caller, request: Request, cars: frozenset[CarId]) -> Held:
    """Claim the days under the locks of everybody concerned, and write the booking; raises CarTaken."""
    order = checked.order
    now = await store.lock(db, request.name, _lock_names(cars, checked, caller))
    if now is None:
        raise InFlight
    found = await store.survey(db, request, order, caller)
    if found.answered and (done := await replay(world, db, request)):
        return done
    await _make_room(db, world.rules, found, order, cars, now)
    await extras.check_left(db, checked.scarce, order.extras, order.days)
    new, held = _new_booking(world, checked, caller, now)
    await store.write(db, new, request)
    if order.keep_wallet and checked.price.deposit and world.deposits.wallet:
        await wallets.agree(db, new.id)
    return held


async def _make_room(db: Db, rules: Rules, found: Survey, order: CheckoutOrder, cars: frozenset[CarId], now: datetime) -> None:
    """End the browser's earlier hold and holds that ran out; raises _MoreCars and TooManyHolds."""
    replaced = [hold for hold in found.unpaid if hold.same_browser and not hold.paying]
    if more := frozenset(hold.car_id for hold in replaced) - cars:
        raise _MoreCars(more)
    _check_limits([hold for hold in found.unpaid if hold not in replaced], rules, now)
    await end_unpaid(db, [hold.id for hold in replaced], BookingStatus.CANCELLED, "replaced", CUSTOMER)
    if found.dead_holds:
        await clear_dead_holds(db, order.car_id)


def _lock_names(cars: frozenset[CarId], checked: Checked, caller: Caller) -> list[str]:
    """Return the locks of a hold in the one order everybody takes them: cars by id, then e-mail, network and browser, then extras."""
    browser = [f"browser:{caller.browser_hash.hex()}"] if caller.browser_hash else []
    scarce = extras.lock_names(extra.code for extra in checked.scarce)
    return [*map(str, sorted(cars)), f"email:{checked.order.email}", f"network:{caller.network}", *browser, *scarce]


def _check_limits(unpaid: Sequence[UnpaidHold], rules: Rules, now: datetime) -> None:
    """Raise TooManyHolds when this e-mail address or network has as many living unpaid holds as it may."""
    living = [hold for hold in unpaid if hold.lapses_at and hold.lapses_at > now]
    mine = [hold.lapses_at for hold in living if hold.same_email]
    near = [hold.lapses_at for hold in living if hold.same_network]
    for lapses, limit in ((mine, rules.holds_per_email), (near, rules.holds_per_network)):
        if len(lapses) >= limit:
            raise TooManyHolds(sorted(filter(None, lapses))[len(lapses) - limit], now)


def _new_booking(world: World, checked: Checked, caller: Caller, now: datetime) -> tuple[NewBooking, Held]:
    token, link = bookings.new_link(world.links, checked.return_due_at, world.rules)
    price = checked.price
    held = Held(
        booking_id=BookingId(new_id()),
        reference=new_reference(),
        token=token,
        hold_expires_at=now + world.rules.hold,
        total=Money(price.total, price.inputs.currency),
        due_now=Money(price.due_now, price.inputs.currency),
        due_on=price.due_on,
        approval_hours=world.rules.approval_hours if checked.requires_approval else None,
    )
    new = NewBooking(
        id=held.booking_id,
        reference=held.reference,
        checked=checked,
        caller=caller,
        link=link,
        hold_expires_at=held.hold_expires_at,
        snapshot=engine.snapshot(price),
        tiers=[msgspec.to_builtins(tier) for tier in world.rules.cancellation_tiers],
        approval_hours=held.approval_hours,
        answer=to_answer(held, link),
    )
    return new, held
