"""Seeded payments at PayPal: in its book, and given back when staff cancel."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from exodrive.bookings.model import Actor
from exodrive.flows import cancel
from exodrive.flows.checkout.settling import settle
from exodrive.flows.world import World
from exodrive.kit.db import Doors
from exodrive.kit.ids import StaffId, new_id
from exodrive.operate.seed import seed_demo
from exodrive.operate.seed.paypal import PayPalDeaf, tell_paypal
from exodrive.operate.wiring import Wiring
from tests import servers as embedded
from tests.builders import make_world
from tests.product import Emulator
from tests.servers import Database, Servers


@pytest.fixture(scope="module")
async def seeded(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A company seeded today: its coming bookings have yet to come."""
    database = await embedded.make_database(servers, f"exodrive_seed_paypal{worker_number}")
    await seed_demo(database.url("worker"))
    yield database
    await embedded.drop_database(database)


@pytest.fixture
async def db(seeded: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(seeded.url("superuser"))
    yield connection
    await connection.close()


@pytest.fixture
async def world(seeded: Database, redis_url: str, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The worker's world over the seeded company."""
    doors = await Doors.open(**{part: seeded.url(part) for part in ("checkout", "worker", "staff")}, pooler=seeded.servers.pooler)
    keys = _beside.keys
    options: dict[str, Any] = {"paypal_url": paypal.url, "client": keys.paypal_client_id, "secret": keys.paypal_client_secret}
    world = make_world(doors, redis_url, door=doors.service(), **options)
    yield world
    await world.paypal.close()
    await doors.close()


async def test_paypals_book_agrees_with_the_seeded_one_however_often_it_is_told(seeded: Database, db: asyncpg.Connection, paypal: Emulator):
    await paypal.reset()
    await tell_paypal(seeded.url("worker"), paypal.url)
    once = await paypal.control("GET", "ledger")
    await tell_paypal(seeded.url("worker"), paypal.url)
    assert await paypal.control("GET", "ledger") == once
    captured, refunded, number = await db.fetchrow("select sum(captured_amount), sum(refunded_amount), count(*) from payments")
    sums = once["sums"]["USD"]
    assert (Decimal(sums["captured"]), Decimal(sums["refunded"]), len(once["captures"])) == (captured, refunded, number)
    assert refunded > 0


async def test_a_seeded_booking_that_staff_cancel_is_refunded(seeded: Database, db: asyncpg.Connection, paypal: Emulator, world: World):
    await tell_paypal(seeded.url("worker"), paypal.url)
    booking_id, capture_id, paid = await db.fetchrow(
        """
        select b.id, p.paypal_capture_id, p.captured_amount from bookings b join payments p on p.booking_id = b.id
        where b.status = 'upcoming' order by b.pickup_at limit 1"""
    )
    staff = StaffId(new_id())
    await db.execute("insert into staff (id, email, name, role) values ($1, 'sam@shop.example', 'Sam', 'manager')", staff)
    await cancel.by_staff(world, world.doors.admin(staff), booking_id, Actor("admin", str(staff), "Sam"), "the car broke down")
    await settle(world, await db.fetchval("select id from payment_operations where booking_id = $1 and kind = 'refund'", booking_id))
    assert tuple(await db.fetchrow("select status, refunded_amount from payments where booking_id = $1", booking_id)) == ("refunded", paid)
    [capture] = [row for row in (await paypal.control("GET", "ledger"))["captures"] if row["id"] == capture_id]
    assert (capture["status"], Decimal(capture["refunded"])) == ("REFUNDED", paid)


async def test_a_paypal_that_does_not_understand_is_told_of(seeded: Database, resend: Emulator):
    with pytest.raises(PayPalDeaf, match="404"):
        await tell_paypal(seeded.url("worker"), resend.url)
