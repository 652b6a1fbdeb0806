"""Making a change: at once when it costs nothing more, else after its payment; what it saves is promised back in the same breath."""

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, Actor
from exodrive.flows.again import again
from exodrive.flows.change import days, force, pay, store
from exodrive.flows.change.checks import check_terms
from exodrive.flows.change.errors import ChangedMeanwhile, NotChangeable, NothingChanged
from exodrive.flows.change.model import Made, Proposal, Wish
from exodrive.flows.change.propose import preview
from exodrive.flows.checkout import extras, standing
from exodrive.flows.checkout import store as checkout
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.order import PriceChanged
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId, new_id
from exodrive.payments import store as payments
from exodrive.payments.instalments import store as instalments
from exodrive.payments.model import Kind
from exodrive.pricing.model import Price
from exodrive.pricing.quotes import QuoteExpired


async def make(world: World, holder: Door, reference: str, wish: Wish, quote: str) -> Made:
    """Make a change at the price that was promised by ``quote`` (signed); return where it is paid when it costs more.

    Raises what ``preview`` raises, NothingChanged, BadInput when the terms were not accepted with other days or another car, PriceChanged
    with a new quote, ChangedMeanwhile, NotOffered for an extra that ran out, CarTaken, PaymentUnderWay, and Unavailable when PayPal does
    not answer: the change waits then, and may be paid a moment later.
    """
    proposal = await preview(world, holder, reference, wish)
    if proposal.is_nothing:
        raise NothingChanged
    check_terms(proposal, world.rules)
    check_quote(world, proposal, quote)
    async with turn(world, proposal):
        change_id = await again(lambda: _write(world, proposal))
    if proposal.difference.amount <= 0:
        return Made(change_id, None)
    return Made(change_id, await pay.begin(world, change_id))


def turn(world: World, proposal: Proposal) -> AbstractAsyncContextManager[object]:
    """Return the turn of the days that are new, as at the checkout; a change on the same days needs none."""
    new, old = proposal.new, proposal.old
    wanted = [day for day in new.days if new.car_id != old.car_id or day not in old.days] if proposal.moves else []
    return world.locks.days(new.car_id, wanted, str(new_id())) if wanted else nullcontext()


def check_quote(world: World, proposal: Proposal, quote: str) -> None:
    """Raise PriceChanged, with a new quote, unless this very price was promised."""
    price, now = proposal.price, clock.now()
    try:
        promised = world.quotes.open(quote, now)
    except QuoteExpired:
        raise PriceChanged(price, world.quotes.sign(price, now)) from None
    if _promise(promised) != _promise(price):
        raise PriceChanged(price, world.quotes.sign(price, now))


def _promise(price: Price) -> tuple[object, ...]:
    inputs = price.inputs
    return inputs.car_id, inputs.start, inputs.end, price.total, price.due_now


@commits("change.write")
async def _write(world: World, proposal: Proposal) -> UUID:
    """Write the change under the locks of the cars and of the extras it claims; put it into force when nothing is to be paid."""
    async with world.door.scope() as db:
        now = await standing.locked(db, proposal.sold.booking_id, also=[proposal.new.car_id])
        return await write(db, proposal, now, now.now + world.rules.hold, CUSTOMER)


async def write(db: Db, proposal: Proposal, now: Standing, expires_at: datetime, actor: Actor, reason: str | None = None) -> UUID:
    """Claim what a change takes and write it, to be paid until a moment; in force at once when nothing is to be paid.

    The caller holds the locks of the cars. Raises NotChangeable, ChangedMeanwhile, PaymentUnderWay, CarTaken and NotOffered.
    """
    await _check_same(db, now, proposal)
    await _clear_way(db, now, actor)
    await _put_off_the_rest(db, now)
    await _claim(db, proposal, now, expires_at, actor)
    change_id = await store.propose(db, proposal, expires_at)
    told = {"change": str(change_id), "difference": proposal.difference.text}
    await bookings.tell(db, now.booking_id, "change_proposed", actor, reason=reason, **told)
    if proposal.difference.amount <= 0:
        change = await store.find(db, change_id)
        assert change is not None
        await force.put_in_force(db, now, change, actor)
    return change_id


async def _claim(db: Db, proposal: Proposal, now: Standing, expires_at: datetime, actor: Actor) -> None:
    """Hold the days and the extras that a change takes beyond before. Raises CarTaken and NotOffered."""
    if proposal.moves:
        await days.claim(db, proposal, now, expires_at, actor)
    if proposal.scarce:
        await checkout.lock_more(db, extras.lock_names(extra.code for extra in proposal.scarce))
        await extras.check_left(db, proposal.scarce, proposal.new.extras, proposal.new.days, besides=now.booking_id)


async def _check_same(db: Db, now: Standing, proposal: Proposal) -> None:
    """Raise unless the booking is what the change was made from: a form sent twice meets the booking it has changed already."""
    sold = await store.sold_now(db, now.booking_id)
    if sold is None or sold.status is not proposal.sold.status or sold.is_back:
        raise NotChangeable
    before = proposal.sold
    if (sold.version, sold.snapshot, sold.rest_paid, sold.rest_waived) != (
        before.version,
        before.snapshot,
        before.rest_paid,
        before.rest_waived,
    ):
        raise ChangedMeanwhile


async def _clear_way(db: Db, now: Standing, actor: Actor) -> None:
    """Drop an earlier change that waits for its payment, unless the payment is on its way."""
    waiting = await store.waiting(db, now.booking_id)
    if waiting is None:
        return
    if await payments.open_for_change(db, waiting.id, Kind.CAPTURE):
        raise PaymentUnderWay
    await force.drop(db, waiting, actor, "another change was made")


async def _put_off_the_rest(db: Db, now: Standing) -> None:
    """A change may make the rest of the price another: it is not paid by an order from before. Raises PaymentUnderWay while it is."""
    rest = await instalments.of_booking(db, now.booking_id) if now.later else None
    if rest and rest.is_paying:
        raise PaymentUnderWay
    if rest:
        await instalments.forget_order(db, rest.id, rest.order_id)


async def give_up(world: World, booking_id: BookingId, actor: Actor = CUSTOMER) -> None:
    """Give up the change of a booking that waits for its payment; raises PaymentUnderWay. Nothing to do when none waits."""
    await again(lambda: _give_up(world, booking_id, actor))


@commits("change.give_up")
async def _give_up(world: World, booking_id: BookingId, actor: Actor) -> None:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        waiting = await store.waiting(db, now.booking_id)
        if waiting is None:
            return
        if await payments.open_for_change(db, waiting.id, Kind.CAPTURE):
            raise PaymentUnderWay
        await force.drop(db, waiting, actor, "given up")
