"""Charges beside the rental: proposed at the return, entered by staff, each once, withdrawn with a reason."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.charges import store
from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.charges.states import ChargeStatus
from exodrive.flows.charging.decide import confirm, withdraw
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.charging.errors import ChargedAlready, ChargeMoved, NothingToCharge, TooLateToCharge, UnknownCharge
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import new_id
from exodrive.kit.links import hash_of
from exodrive.overview.own_charges import own_charges
from exodrive.overview.who_drove import drove, zone_of
from exodrive.pricing.kinds import Tax
from exodrive.pricing.service import save_rule
from tests.builders import days_ahead, new_key
from tests.flows.ending import staff_of

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TARIFFS = Tariffs()
WITHIN = Reading(1400, 100)
FREE = {"price": {"deposit_amount": 0}}


async def out(build, wait_for, **car):
    """A rental whose car is out, with 150 miles a day at $3.50 beyond, and who handed it over."""
    terms = {"included_distance_per_day": 150, "price_per_extra_distance": Decimal("3.50")} | FREE | car
    made = await build.paid(await build.car(**terms), days_ahead(1, 3))
    sam = await staff_of(build)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    return made, sam


async def back(build, wait_for, reading=WITHIN, **car):
    """A rental whose car came back in time."""
    made, sam = await out(build, wait_for, **car)
    due = await build.value("select return_due_at from bookings where id = $1", made.id)
    await wait_for(4 * DAY)
    await take_back(TARIFFS, sam.door, made.id, reading, sam.actor, at=due)
    return made, sam


async def charges(build, made):
    async with build.doors.service().scope() as db:
        return await store.of_booking(db, made.id)


async def seen(build, made):
    async with build.doors.token(hash_of(made.token)).scope() as db:
        return (await own_charges(db, made.reference)).charges


def fine(at, amount=60, **more):
    return Entry(kind=ChargeKind.FINE, amount=Decimal(amount), reason="Speeding on the I-95", happened_at=at, **more)


async def test_a_return_proposes_what_was_read_and_the_renter_sees_it_once_staff_confirm(build, wait_for):
    made, sam = await out(build, wait_for)
    due = await build.value("select return_due_at from bookings where id = $1", made.id)
    await wait_for(5 * DAY)
    told = await take_back(TARIFFS, sam.door, made.id, Reading(1650, 50), sam.actor, at=due + 2 * HOUR)
    found = await charges(build, made)
    assert told.proposed == len(found)
    assert {one.kind: (one.amount, one.fee) for one in found} == {
        ChargeKind.DISTANCE: (Decimal("700.00"), 0),
        ChargeKind.FUEL: (Decimal("80.00"), Decimal("25.00")),
        ChargeKind.LATE: (Decimal("500.00"), 0),
    }
    assert {one.status for one in found} == {ChargeStatus.PROPOSED}
    assert await seen(build, made) == ()
    distance = next(one for one in found if one.kind is ChargeKind.DISTANCE)
    await confirm(sam.door, made.id, distance.id, sam.actor)
    [shown] = await seen(build, made)
    assert (shown.kind, shown.total, shown.status) == (ChargeKind.DISTANCE, distance.total, ChargeStatus.DUE)
    with pytest.raises(ChargeMoved):
        await confirm(sam.door, made.id, distance.id, sam.actor)
    assert (await build.history(made))[-5:] == ["returned", *["charge_proposed"] * 3, "charge_confirmed"]


async def test_charges_come_from_what_was_sold_not_from_what_the_car_costs_today(build, wait_for):
    made, sam = await out(build, wait_for)
    async with build.doors.service().scope() as db:
        await db.execute("update cars set price_per_extra_distance = 99, included_distance_per_day = 1 where id = $1", made.order.car_id)
    await take_back(TARIFFS, sam.door, made.id, Reading(1550, 100), sam.actor)
    assert [one.amount for one in await charges(build, made)] == [Decimal("350.00")]


async def test_it_is_taxed_as_the_rental_was_and_damage_is_not(build, wait_for):
    car = await build.car(**FREE)
    async with build.doors.service().scope() as db:
        tax = await save_rule(db, Tax(name="Tax", percent=Decimal(10), car_id=car.id))
    made, sam = await build.paid(car, days_ahead(1, 3)), await staff_of(build)
    async with build.doors.service().scope() as db:
        await db.execute("update price_rules set superseded_at = exodrive_private.now() where id = $1", tax)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    for kind, taxed in ((ChargeKind.CLEANING, True), (ChargeKind.DAMAGE, False), (ChargeKind.OTHER, True)):
        told = await charge(TARIFFS, sam.door, made.id, Entry(kind=kind, amount=Decimal(150), reason="sand everywhere"), sam.actor)
        assert (told.tax > 0) is taxed, kind
        assert told.total == 150 + told.tax


async def test_a_fine_is_passed_on_with_a_fee_of_ours_and_only_that_is_taxed(build, wait_for):
    made, sam = await back(build, wait_for)
    gone = await build.value("select handed_over_at from bookings where id = $1", made.id)
    told = await charge(TARIFFS, sam.door, made.id, fine(gone + HOUR, evidence="Notice 4711"), sam.actor)
    [shown] = await seen(build, made)
    assert (shown.amount, shown.fee, shown.reason, shown.evidence) == (Decimal(60), Decimal(35), "Speeding on the I-95", "Notice 4711")
    assert told.total == shown.total == 95 + shown.tax
    assert shown.tax < 60 * Decimal("0.35"), "the fine itself is not taxed"


async def test_a_fine_of_another_moment_or_without_one_is_nobodys_and_twice_is_once(build, wait_for):
    made, sam = await back(build, wait_for)
    gone = await build.value("select handed_over_at from bookings where id = $1", made.id)
    for at in (None, gone - MINUTE, clock.now()):
        with pytest.raises(BadInput) as refused:
            await charge(TARIFFS, sam.door, made.id, fine(at), sam.actor)
        assert set(refused.value.fields) == {"happened_at"}
    key = new_key()
    told = await asyncio.gather(*(charge(TARIFFS, sam.door, made.id, fine(gone + HOUR), sam.actor, key=key) for _ in range(4)))
    assert len({one.id for one in told}) == 1
    with pytest.raises(ChargedAlready):
        await charge(TARIFFS, sam.door, made.id, fine(gone + HOUR), sam.actor)
    assert len(await charges(build, made)) == 1


async def test_after_its_window_nothing_more_is_charged_and_before_the_car_was_out_nothing_at_all(build, wait_for):
    made, sam = await back(build, wait_for)
    waiting = await build.paid(days=days_ahead(20, 2))
    with pytest.raises(NothingToCharge):
        await charge(TARIFFS, sam.door, waiting.id, Entry(kind=ChargeKind.OTHER, amount=Decimal(1), reason="why not"), sam.actor)
    await wait_for((4 + 90) * DAY)
    with pytest.raises(TooLateToCharge) as refused:
        await charge(TARIFFS, sam.door, made.id, Entry(kind=ChargeKind.DAMAGE, amount=Decimal(1), reason="a scratch"), sam.actor)
    assert refused.value.extra == {"days": 90}


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1.005", "1000000"])
async def test_a_sum_that_cannot_be_is_refused(build, wait_for, amount):
    made, sam = await out(build, wait_for)
    with pytest.raises(BadInput) as refused:
        await charge(TARIFFS, sam.door, made.id, Entry(kind=ChargeKind.OTHER, amount=Decimal(amount), reason="a key"), sam.actor)
    assert set(refused.value.fields) == {"amount"}


async def test_withdrawn_the_renter_reads_why_and_it_is_over(build, wait_for):
    made, sam = await back(build, wait_for, Reading(1600, 100))
    [proposed] = await charges(build, made)
    told = await charge(TARIFFS, sam.door, made.id, Entry(kind=ChargeKind.DAMAGE, amount=Decimal(300), reason="a scratch"), sam.actor)
    for charge_id in (proposed.id, told.id):
        await withdraw(sam.door, made.id, charge_id, sam.actor, "It was there before")
        with pytest.raises(ChargeMoved):
            await withdraw(sam.door, made.id, charge_id, sam.actor, "once more")
    [shown] = await seen(build, made)
    assert (shown.kind, shown.withdrawn_because) == (ChargeKind.DAMAGE, "It was there before"), "what was only proposed is never seen"
    with pytest.raises(UnknownCharge):
        await withdraw(sam.door, made.id, new_id(), sam.actor, "whose is it")
    with pytest.raises(BadInput):
        await withdraw(sam.door, made.id, told.id, sam.actor, " ")


async def test_the_database_keeps_a_charge_as_it_was_and_every_move_legal(build, wait_for):
    made, sam = await back(build, wait_for)
    told = await charge(TARIFFS, sam.door, made.id, Entry(kind=ChargeKind.DAMAGE, amount=Decimal(300), reason="a scratch"), sam.actor)
    superuser = await asyncpg.connect(build.superuser_url)
    try:
        for change in ("amount = 3000", "reason = 'a dent'", "status = 'proposed'", "due_at = exodrive_private.now()"):
            with pytest.raises(asyncpg.CheckViolationError):
                await superuser.execute(f"update booking_charges set {change} where id = $1", told.id)
    finally:
        await superuser.close()


async def test_who_drove_is_found_by_plate_and_time_however_the_plate_is_typed(build, wait_for):
    plate = f"AV-{new_id().hex[-6:].upper()}"
    made, _sam = await back(build, wait_for, plate=plate)
    gone = await build.value("select handed_over_at from bookings where id = $1", made.id)
    async with build.doors.admin(new_id()).scope() as db:
        found = await drove(db, plate.lower().replace("-", " "), gone + HOUR)
        assert found is not None
        assert (found.reference, found.plate) == (made.reference, plate)
        assert await zone_of(db, plate) == "America/New_York"
        assert await drove(db, plate, gone - MINUTE) is None
        assert await drove(db, plate, clock.now()) is None
        assert await drove(db, "NOBODYS", gone) is None
