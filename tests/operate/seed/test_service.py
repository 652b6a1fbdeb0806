"""The demo's company: complete, the same for a day, and with books that add up."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import msgspec
import pytest

import exodrive
from exodrive.bookings.states import BookingStatus
from exodrive.kit.days import moment_at
from exodrive.kit.links import LinkKeys, hash_of
from exodrive.operate.seed import NOTE, seed_demo
from exodrive.pricing import engine
from tests import servers as embedded
from tests.servers import Database, Servers

TODAY = date(2026, 6, 3)
NOW = moment_at(TODAY, time(12), "America/New_York")
LINKS = LinkKeys(["s" * 32])
STATIC = Path(exodrive.__file__).parent / "web" / "static"


@pytest.fixture(scope="module")
async def seeded(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    database = await embedded.make_database(servers, f"exodrive_seed{worker_number}")
    await seed_demo(database.url("worker"), today=TODAY, links=LINKS)
    yield database
    await embedded.drop_database(database)


@pytest.fixture
async def db(seeded: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's look at everything."""
    connection = await asyncpg.connect(seeded.url("superuser"))
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=msgspec.json.decode)
    yield connection
    await connection.close()


async def dump(database: Database) -> dict[str, list[tuple]]:
    """Everything that was seeded, without what is random by design (links)."""
    connection = await asyncpg.connect(database.url("superuser"))
    columns = {
        "cars": "slug, name, plate",
        "bookings": "id, reference, status, pickup_at, return_due_at, handed_over_at, returned_at, total_price::text, price_snapshot::text",
        "car_availability": "car_id, date, status, booking_id",
        "payments": "id, status, captured_amount, refunded_amount, paypal_capture_id",
        "booking_events": "booking_id, event_type, created_at",
    }
    rows = {
        table: [tuple(row) for row in await connection.fetch(f"select {names} from {table} order by {names}")]
        for table, names in columns.items()
    }
    await connection.close()
    return rows


async def test_seeding_twice_changes_nothing_and_says_so(seeded):
    before, told = await dump(seeded), []
    await seed_demo(seeded.url("worker"), today=TODAY + timedelta(days=9), tell=told.append)
    assert await dump(seeded) == before
    assert told == ["There are cars already: nothing to seed."]


async def test_the_same_day_gives_the_same_business(seeded, servers, worker_number):
    other = await embedded.make_database(servers, f"exodrive_seed_again{worker_number}")
    await seed_demo(other.url("worker"), today=TODAY, links=LINKS)
    try:
        assert await dump(other) == await dump(seeded)
    finally:
        await embedded.drop_database(other)


async def test_fleet_and_places_are_there(db):
    assert await db.fetchval("select count(*) from cars where not hidden") == 8
    assert await db.fetchval("select count(*) from locations where time_zone = 'America/New_York' and city = 'Miami'") == 3
    without = "select count(*) from cars c where not exists (select from {} t where t.car_id = c.id)"
    for table in ("car_pricing", "car_images", "car_features", "car_specifications", "car_additional_fees"):
        assert await db.fetchval(without.format(table)) == 0, table
    assert await db.fetchval("select percent from price_rules where kind = 'tax'") == 7
    assert "invented" in NOTE


async def test_every_picture_exists_in_both_forms(db):
    paths = [row[0] for row in await db.fetch("select path from car_images")]
    assert len(paths) == 24
    assert all((STATIC / f"{path}{ending}").stat().st_size > 1000 for path in paths for ending in (".avif", ".webp"))


async def test_a_place_of_hand_over_is_open_at_its_time(db):
    closed = await db.fetchval(
        """
        select count(*) from bookings b join booking_locations p on p.booking_id = b.id
        cross join lateral (select (case p.type when 'pickup' then b.pickup_at else b.return_due_at end) at time zone b.time_zone as at) m
        left join location_hours h on h.location_id = p.location_id and h.weekday = extract(isodow from m.at)
        where p.location_id is not null and not coalesce(m.at::time between h.opens and h.closes, false)"""
    )
    assert closed == 0
    assert await db.fetchval("select count(*) from bookings") == await db.fetchval("select count(*) / 2 from booking_locations")


async def test_three_months_of_every_kind_of_booking(db):
    counts = dict(await db.fetch("select status, count(*) from bookings group by status"))
    assert counts.keys() == {"completed", "active", "upcoming", "cancelled", "no_show"}
    assert counts["completed"] > 40
    assert counts["active"] >= 2
    assert counts["upcoming"] > 10
    first, last = await db.fetchrow("select min(start_date), max(end_date) from bookings")
    assert timedelta(days=90) <= last - first <= timedelta(days=130)
    assert await db.fetchval("select count(*) from car_availability where status in ('maintenance', 'blocked')") > 0


async def test_some_are_paid_in_two_parts_and_owe_the_rest(db):
    rests = await db.fetch(
        """
        select i.status, i.amount, i.due_on, i.remind_at, b.status as booking, b.due_later, b.due_on as sold, b.total_price,
               p.captured_amount
        from bookings b join payments p on p.booking_id = b.id left join booking_instalments i on i.booking_id = b.id
        where b.due_later > 0"""
    )
    assert rests
    for row in rests:
        assert (row["status"], row["booking"], row["amount"], row["due_on"]) == ("open", "upcoming", row["due_later"], row["sold"])
        assert row["captured_amount"] + row["amount"] == row["total_price"]
        assert row["due_on"] > NOW.date()
        assert row["remind_at"] > NOW


async def test_states_fit_their_moments(db):
    for row in await db.fetch(
        "select status, pickup_at, return_due_at, handed_over_at, returned_at, cancelled_at, created_at, start_date, end_date from bookings"
    ):
        status = BookingStatus(row["status"])
        assert row["created_at"] < min(row["pickup_at"], NOW)
        assert (row["handed_over_at"] is not None) == (status in (BookingStatus.ACTIVE, BookingStatus.COMPLETED))
        assert (row["returned_at"] is not None) == (status is BookingStatus.COMPLETED)
        for name in ("handed_over_at", "returned_at", "cancelled_at"):
            assert row[name] is None or row["created_at"] < row[name] <= NOW
        expected = {
            BookingStatus.COMPLETED: row["return_due_at"] <= NOW,
            BookingStatus.ACTIVE: row["pickup_at"] <= NOW < row["return_due_at"],
            BookingStatus.UPCOMING: row["pickup_at"] > NOW,
        }
        assert expected.get(status, True)


async def test_what_was_read_fits_its_moments_and_the_car(db):
    for way, fact in (("out", "handed_over_at"), ("in", "returned_at")):
        unlike = f"""select count(*) from bookings b left join handovers h on h.booking_id = b.id and h.way = '{way}'
                     where b.{fact} is distinct from h.at"""
        assert await db.fetchval(unlike) == 0, way
    backwards = """
        select count(*) from (
            select h.odometer as shown, c.odometer as now, lag(h.odometer) over (partition by h.car_id order by h.at) as before
            from handovers h join cars c on c.id = h.car_id) read
        where shown < before or shown > now or shown < 0"""
    assert await db.fetchval(backwards) == 0


async def test_every_driver_is_old_enough_and_every_rental_long_enough(db):
    wrong = await db.fetchval(
        """
        select count(*) from bookings b join cars c on c.id = b.car_id join car_pricing p on p.car_id = c.id
        where b.driver_birth_date + make_interval(years => c.minimum_age) > b.start_date
           or (b.status <> 'no_show' and b.end_date - b.start_date + 1 < p.minimum_days)"""
    )
    assert wrong == 0


async def test_a_rental_has_exactly_its_days_and_turnaround(db):
    wrong = await db.fetchval(
        """
        with days as (
            select booking_id, count(*) filter (where status = 'booked') booked, count(*) filter (where status = 'turnaround') ready,
                   min(date) first, max(date) last
            from car_availability where booking_id is not null group by booking_id
        )
        select count(*) from bookings b join cars c on c.id = b.car_id full join days d on d.booking_id = b.id
        where case when b.status in ('upcoming', 'active', 'completed')
                   then d.first is distinct from b.start_date or d.last is distinct from b.end_date + c.turnaround_days
                        or d.booked is distinct from b.end_date - b.start_date + 1 or d.ready is distinct from c.turnaround_days
                   else d.booking_id is not null end"""
    )
    assert wrong == 0


async def test_every_price_replays_to_the_cent(db):
    for row in await db.fetch("select price_snapshot, total_price, security_deposit_amount, currency, start_date, end_date from bookings"):
        sold = engine.read(row["price_snapshot"])
        assert engine.replay(row["price_snapshot"]) == sold
        assert (sold.total, sold.deposit, sold.inputs.currency) == (row["total_price"], row["security_deposit_amount"], row["currency"])
        assert (sold.inputs.start, sold.inputs.end) == (row["start_date"], row["end_date"])


async def test_the_money_adds_up(db):
    rows = await db.fetch(
        """
        select b.status, b.total_price - b.due_later, p.status, p.amount, p.captured_amount, p.refunded_amount,
               coalesce(sum(r.amount) filter (where o.kind = 'capture' and r.outcome = 'succeeded'), 0),
               coalesce(sum(r.amount) filter (where o.kind = 'refund' and r.outcome = 'succeeded'), 0),
               count(o.id) filter (where r.is_final is not true),
               bool_and(o.amount = r.amount and o.currency = r.currency and o.currency = p.currency),
               bool_and(r.created_at >= o.created_at and o.created_at <= $1),
               bool_or(o.kind = 'capture' and o.target_id = p.paypal_order_id and r.provider_id = p.paypal_capture_id)
        from bookings b join payments p on p.booking_id = b.id
        join payment_operations o on o.booking_id = b.id left join payment_results r on r.operation_id = o.id group by b.id, p.id""",
        NOW,
    )
    assert len(rows) == await db.fetchval("select count(*) from bookings")
    for status, total, paid, amount, captured, refunded, captures, refunds, open_ones, same, ordered, linked in rows:
        assert amount == captured == captures == total
        assert refunded == refunds
        assert (open_ones, same, ordered, linked) == (0, True, True, True)
        assert refunded == 0 or status == "cancelled"
        assert paid == ("captured" if not refunded else "refunded" if refunded == captured else "partly_refunded")


async def test_refunds_follow_the_tiers_the_booking_was_sold_with(db):
    rows = await db.fetch(
        """
        select b.pickup_at, b.cancelled_at, b.total_price, b.cancellation_tiers, p.refunded_amount
        from bookings b join payments p on p.booking_id = b.id where b.status = 'cancelled'"""
    )
    assert rows
    for pickup_at, cancelled_at, total, tiers, refunded in rows:
        notice = (pickup_at - cancelled_at).total_seconds() / 3600
        percent = max(tier["percent"] for tier in tiers if tier["hours_before"] is not None and notice >= tier["hours_before"])
        assert abs(refunded - total * percent / 100) <= Decimal("0.005")


async def test_history_is_in_order_and_ends_where_the_booking_stands(db):
    rows = await db.fetch("select booking_id, event_type, before, after, created_at from booking_events order by booking_id, id")
    stands: dict[object, str] = {}
    at: dict[object, datetime] = {}
    for booking, event, before, after, created_at in rows:
        assert at.get(booking, created_at) <= created_at <= NOW
        at[booking] = created_at
        if after is None:  # something that moves nothing: our answer, or the renter's review
            assert before is None
            assert stands[booking] == ("upcoming" if event == "accepted" else "completed")
            continue
        assert stands.get(booking) == before
        stands[booking] = after
    assert stands == dict(await db.fetch("select id, status from bookings"))


async def test_one_car_requires_approval_and_its_latest_bookings_wait(db):
    rows = await db.fetch(
        """
        select b.status, b.approved_at is not null, b.approved_at < b.approval_due_at, b.approval_due_at < b.pickup_at,
               b.approval_due_at > $1, exists (select from booking_events e where e.booking_id = b.id and e.event_type = 'accepted')
        from bookings b join cars c on c.id = b.car_id where c.requires_approval""",
        NOW,
    )
    assert {tuple(row) for row in rows if row[1]} >= {("completed", True, True, True, False, True)}
    assert {tuple(row) for row in rows if not row[1]} == {("upcoming", False, None, True, True, False)}
    assert await db.fetchval("select count(*) from cars where requires_approval") == 1
    others = (
        "select count(*) from bookings b join cars c on c.id = b.car_id where not c.requires_approval and b.approval_due_at is not null"
    )
    assert await db.fetchval(others) == 0


async def test_who_still_has_a_car_coming_has_a_private_link_that_opens(db):
    rows = await db.fetch(
        """
        select b.status, t.nonce, t.token_hash, t.expires_at > b.return_due_at
        from booking_secure_tokens t join bookings b on b.id = t.booking_id"""
    )
    assert len(rows) == await db.fetchval("select count(*) from bookings where status in ('upcoming', 'active')")
    for status, nonce, token_hash, outlives in rows:
        assert status in ("upcoming", "active")
        assert hash_of(LINKS.token(nonce)) == token_hash
        assert outlives


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2026, 11, 1), date(2027, 3, 14), date(2026, 12, 31)])
async def test_any_day_can_be_the_first_day_of_a_demo(servers, worker_number, today):
    database = await embedded.make_database(servers, f"exodrive_seed_day{worker_number}")
    try:
        await seed_demo(database.url("worker"), today=today)
        assert (await dump(database))["bookings"]
    finally:
        await embedded.drop_database(database)
