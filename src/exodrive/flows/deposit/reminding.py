"""Letters that ask for a deposit: when asking begins, once more near the pick-up, and when a hold came to nothing; each at most once."""

from datetime import datetime, timedelta
from uuid import UUID

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Hold, Rental, Way
from exodrive.deposits.planner import is_wanted, status_of
from exodrive.deposits.states import HoldStatus
from exodrive.flows import notices
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import store
from exodrive.flows.deposit.news import News, Told
from exodrive.flows.deposit.words import Wish, letter_subject, letter_words
from exodrive.flows.world import World
from exodrive.kit import clock, outbox, words
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.overview.letters import booking_facts
from exodrive.payments.model import Kind

ON = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)
NEAR = timedelta(hours=24)  # so long before the pick-up a renter who holds nothing yet is reminded
QUIET = timedelta(hours=12)  # and not sooner than this after the last letter
GRACE = timedelta(minutes=15)  # so long after a no the renter is left to try again before a letter comes

_ON_PURPOSE = (HoldStatus.RELEASED, HoldStatus.CLAIMED)


def due(rental: Rental, last: Hold | None, told: Told, now: datetime) -> News | None:
    """Return which letter is due for a deposit that is wanted; ``last`` is the newest hold that PayPal decided about.

    None is due about a hold that was given back on purpose, and none that only reminds once the car should be out.
    """
    if last and last.status in _ON_PURPOSE:
        return None
    grace = timedelta() if last and last.way is Way.WALLET else GRACE  # nobody was there to try again
    if last and not told.of_last and now >= (told.ended_at or now - grace) + grace:
        return News.ANEW
    if rental.handed_over_at or now >= rental.pickup_at:
        return None
    if last is None and told.asked_at is None:
        return News.FIRST
    letters = [at + QUIET for at in (told.asked_at, told.missed_at, told.ended_at) if at]
    is_time = now >= max([rental.pickup_at - NEAR, *letters])
    return News.REMINDER if is_time and told.reminded_at is None else None


def last_of(holds: list[Hold]) -> Hold | None:
    """Return the newest hold that PayPal decided about."""
    return next((hold for hold in reversed(holds) if hold.status not in (HoldStatus.ASKED, HoldStatus.DROPPED)), None)


async def promise(db: Db, now: Standing, rental: Rental, holds: list[Hold]) -> None:
    """Promise the letter that is due about a deposit that is wanted, if any is. The caller holds the car's lock."""
    if now.status not in ON or await is_placing(db, holds):
        return
    last, booking_id = last_of(holds), now.booking_id
    news = due(rental, last, await store.told(db, booking_id, last.id if last else None), now.now)
    if news is None:
        return
    await store.tell(db, booking_id, news, last.id if last and news is News.ANEW else None)
    await bookings.tell(db, booking_id, "deposit_letter_promised", SYSTEM, news=news)
    if news is News.REMINDER:
        await outbox.enqueue(db, "mail.deposit_reminder", booking_id=booking_id)
    else:
        await outbox.enqueue(db, "mail.deposit", booking_id=booking_id)


async def is_placing(db: Db, holds: list[Hold]) -> bool:
    """Tell whether a hold is being placed: what comes of it is not known yet."""
    asked = [hold for hold in holds if hold.status is HoldStatus.ASKED]
    if any(hold.way is Way.WALLET for hold in asked):
        return True
    placing = [await store.last_for_hold(db, hold.id, Kind.HOLD) for hold in asked]
    return any(one and one[1].is_open for one in placing)


async def send(world: World, outbox_id: UUID, booking_id: BookingId, *, is_reminder: bool = False) -> None:
    """Send the letter as the deposit stands by now; nothing when it is held, being placed, or not wanted any more."""
    wish = await _wish(world, booking_id, is_reminder=is_reminder)
    async with world.door.scope() as db:
        facts = await booking_facts(db, booking_id)
    if wish is None or facts is None:
        return
    words.use(facts.locale)
    text = letter_words(wish, facts.end, facts.time_zone)
    kind = "deposit_reminder" if is_reminder else "deposit"
    letter = notices.letter(world, facts, lambda car, days: letter_subject(wish, car, days, facts.reference), text, kind=kind)
    await notices.send(world, outbox_id, booking_id, letter, kind=kind)


async def _wish(world: World, booking_id: BookingId, *, is_reminder: bool) -> Wish | None:
    now = clock.now()
    async with world.door.scope() as db:
        found, holds = await store.rental(db, booking_id), await deposits.of_booking(db, booking_id)
        is_off = found is None or found[2] not in ON or not found[1].amount
        if found is None or is_off or not is_wanted(found[0], holds, world.deposits, now) or await is_placing(db, holds):
            return None
    return wish_of(found[0], found[1], holds, now, is_reminder=is_reminder)


def wish_of(rental: Rental, money: Money, holds: list[Hold], now: datetime, *, is_reminder: bool = False) -> Wish:
    """Return what a letter asks for: how much, and why now."""
    last = last_of(holds)
    return Wish(
        money=money,
        pickup_at=rental.pickup_at,
        is_out=rental.is_out,
        is_reminder=is_reminder,
        last=status_of(last, now) if last else None,
        ends_at=last.covered_until if last else None,
        by_wallet=last is not None and last.way is Way.WALLET,
        is_more=last is not None and last.amount < money.amount,
    )
