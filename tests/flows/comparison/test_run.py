"""A whole comparison, in a database and with a PayPal of its own: the bookings of the last 35 days, then PayPal's list of events."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from exodrive.flows import comparison
from exodrive.flows.comparison.runs import store as progress
from exodrive.flows.world import World
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit import clock
from exodrive.kit.ids import new_id
from exodrive.payments.differences import store as differences
from exodrive.payments.differences.model import Thing
from tests.builders import Build
from tests.flows.comparison.conftest import NewSale
from tests.flows.conftest import Move, Payer
from tests.flows.quiet import build, hurried, paypal, quiet, quiet_doors, service, wait_for, world
from tests.garage import insert
from tests.gateways.odd_server import OddServer, answer
from tests.product import Emulator
from tests.site import Site

__all__ = ["build", "hurried", "paypal", "quiet", "quiet_doors", "service", "wait_for", "world"]

DAY = timedelta(days=1)


@pytest.fixture
async def odd() -> AsyncIterator[OddServer]:
    """Something that answers as it is told."""
    async with OddServer() as server:
        yield server


async def to_the_end(service: World) -> None:
    """Let pieces follow each other, as the worker does."""
    for _ in range(100):
        await comparison.go_on(service)
        [(phase, paused_by)] = await runs(service, "phase, paused_by")
        if phase == "done" or paused_by:
            return
    raise AssertionError("it never ends")


async def compared_until_now(service: World, wait_for: Move, span: timedelta) -> None:
    """Let so much time pass, with a comparison the day before its end."""
    await wait_for(span - DAY)
    await to_the_end(service)
    await wait_for(DAY)


async def runs(service: World, columns: str) -> list[tuple[Any, ...]]:
    async with service.door.scope() as db:
        return [tuple(row) for row in await db.fetch(f"select {columns} from money_comparisons order by began_at desc limit 1")]


async def open_differences(build: Build) -> list[tuple[Any, ...]]:
    return await build.rows(
        "select object, object_id, kind, theirs from money_differences where resolved_at is null order by kind, object_id"
    )


async def test_with_every_notice_dropped_what_was_done_at_paypals_site_is_found(sold, site: Site, service: World, build: Build) -> None:
    refunded, untouched = await sold(), await sold()
    held = await build.held()
    order_id = await Payer(build.world, site.paypal).approved(held)
    await site.refund(refunded.capture_id, "250")
    await site.capture(order_id)
    await to_the_end(service)
    assert await runs(service, "phase, bookings, booked, paused_by") == [("done", 3, 2, None)]
    assert (await refunded.sums())[2] == Decimal(250)
    assert await build.status(held) == "upcoming"
    assert (await untouched.sums())[2] == 0
    assert await open_differences(build) == []


async def test_it_is_made_once_a_day_and_finds_the_same_difference_once(
    sold, build: Build, service: World, paypal: Emulator, wait_for: Move
) -> None:
    await build.paid()  # by a capture that PayPal does not know
    await to_the_end(service)
    calls = len(await paypal.calls())
    await comparison.go_on(service)
    assert len(await paypal.calls()) == calls
    await wait_for(DAY)
    await to_the_end(service)
    assert await build.value("select count(*) from money_comparisons") == 2
    [(first, last)] = await build.rows("select first_seen, last_seen from money_differences")
    assert last - first >= timedelta(hours=23)


async def test_money_that_moved_for_nobody_here_is_noted_once_and_stays_resolved(
    build: Build, service: World, site: Site, wait_for: Move
) -> None:
    _order, capture_id = await site.sale()
    refund_id = await site.refund(capture_id, "90")
    hold_id, gone = await site.hold(), await site.hold()
    await site.let_go(gone)
    await to_the_end(service)
    found = [
        ("authorization", hold_id, "unknown", "2000.00 USD"),
        ("capture", capture_id, "unknown", "1290.00 USD"),
        ("refund", refund_id, "unknown", "90.00 USD"),
    ]
    assert sorted(await open_differences(build)) == found
    staff_id = await somebody(build)
    rows = await build.rows("select id from money_differences where object_id = $1", capture_id)
    async with build.doors.admin(staff_id).scope() as db:
        assert await differences.resolve(db, rows[0][0], staff_id, "our other shop")
    await wait_for(DAY)
    await to_the_end(service)
    assert sorted(await open_differences(build)) == [found[0], found[2]]
    assert await build.value("select count(*) from money_differences") == 3


async def somebody(build: Build) -> Any:
    staff_id = new_id()
    async with build.doors.service().scope() as db:
        await insert(db, "staff", id=staff_id, email=f"{staff_id}@example.com", name="Sam", role="manager")
    return staff_id


async def test_an_old_payment_that_only_the_list_of_events_tells_of_is_compared(sold, site: Site, service: World, wait_for: Move) -> None:
    sale = await sold()
    await compared_until_now(service, wait_for, timedelta(days=60))
    await site.refund(sale.capture_id, "250")
    await to_the_end(service)
    assert await runs(service, "phase, bookings, booked") == [("done", 0, 1)]
    assert (await sale.sums())[2] == Decimal(250)


@pytest.mark.parametrize(("age", "is_read"), [(timedelta(days=35, minutes=-5), True), (timedelta(days=35, minutes=5), False)])
async def test_what_changed_within_35_days_is_read_and_no_more(
    sold, service: World, paypal: Emulator, wait_for: Move, age: timedelta, is_read: bool
) -> None:
    sale = await sold()
    await compared_until_now(service, wait_for, age)
    await paypal.forget_calls()
    await to_the_end(service)
    read = {call["path"].rpartition("/")[2] for call in await paypal.calls()} & {sale.order_id, sale.capture_id}
    assert read == ({sale.order_id, sale.capture_id} if is_read else set())
    assert await runs(service, "phase, bookings") == [("done", 1 if is_read else 0)]


async def test_after_weeks_without_a_whole_comparison_what_each_of_them_would_have_read_is_read(
    sold, site: Site, service: World, wait_for: Move
) -> None:
    sale = await sold()
    await wait_for(timedelta(days=20))
    await to_the_end(service)
    await site.refund(sale.capture_id, "250")
    await wait_for(timedelta(days=51))
    await to_the_end(service)
    assert await runs(service, "phase, bookings, booked") == [("done", 1, 1)]
    assert (await sale.sums())[2] == Decimal(250)


async def test_one_that_rested_until_the_list_of_events_no_longer_goes_so_far_back_comes_to_its_end(
    sold, service: World, paypal: Emulator, wait_for: Move
) -> None:
    await sold()
    await paypal.fault(kind="status", status=503, match={"path_regex": "/v"}, times=None)
    await to_the_end(service)
    await paypal.control("DELETE", "faults")
    await wait_for(timedelta(days=40))
    await paypal.forget_calls()
    await to_the_end(service)
    assert await runs(service, "phase, bookings") == [("done", 1)]
    assert not [call for call in await paypal.calls() if "events" in call["path"]]


async def test_the_first_comparison_reads_all_there_is(sold, service: World, wait_for: Move) -> None:
    await sold()
    await wait_for(timedelta(days=300))
    await to_the_end(service)
    assert await runs(service, "phase, bookings") == [("done", 1)]


async def test_with_paypal_away_half_way_it_rests_and_goes_on_from_there(sold, site: Site, service: World, paypal: Emulator) -> None:
    sales = [await sold() for _ in range(4)]
    await site.refund(sales[3].capture_id, "250")
    await paypal.forget_calls()
    await paypal.fault(kind="status", status=503, match={"path_regex": "/v2/"}, skip=4, times=None)
    await to_the_end(service)
    [(phase, bookings, paused_by, working)] = await runs(service, "phase, bookings, paused_by, working_until")
    assert (phase, bookings, working) == ("bookings", 2, None)
    assert paused_by
    await paypal.control("DELETE", "faults")
    await paypal.forget_calls()
    await to_the_end(service)
    assert await runs(service, "phase, bookings, booked, paused_by") == [("done", 4, 1, None)]
    again = [call["path"] for call in await paypal.calls()]
    assert not any(sale.order_id in path for sale in sales[:2] for path in again)
    assert (await sales[3].sums())[2] == Decimal(250)


async def test_a_key_that_paypal_refuses_is_no_difference(sold, service: World, paypal: Emulator, build: Build) -> None:
    await sold()
    await paypal.fault(kind="status", status=401, match={"path_regex": "/v"}, times=None)
    await comparison.go_on(service)
    assert await open_differences(build) == []
    [(phase, paused_by)] = await runs(service, "phase, paused_by")
    assert phase == "bookings"
    assert paused_by
    await paypal.control("DELETE", "faults")


async def test_two_workers_at_once_do_it_once(sold, service: World, paypal: Emulator) -> None:
    await sold()
    async with service.door.scope() as db:
        await progress.begin(db, comparison.WINDOW)
        assert await progress.take(db, comparison.LEASE)
    await paypal.forget_calls()
    await comparison.go_on(service)
    assert await paypal.calls() == []


async def test_a_worker_that_died_at_it_is_not_waited_for_long(sold, service: World, wait_for: Move) -> None:
    await sold()
    async with service.door.scope() as db:
        await progress.begin(db, comparison.WINDOW)
        assert await progress.take(db, comparison.LEASE)
    await wait_for(comparison.LEASE)
    await to_the_end(service)
    assert await runs(service, "phase, bookings") == [("done", 1)]


async def test_a_piece_has_an_end_and_promises_the_next(sold, service: World, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        await sold()
    monkeypatch.setattr(comparison, "PIECE", 0)
    await comparison.go_on(service)
    assert (await runs(service, "bookings"))[0][0] <= 1
    assert await build.value("select count(*) from outbox where topic = 'payments.compare' and slot is null") == 1
    monkeypatch.setattr(comparison, "PIECE", 0.01)
    await to_the_end(service)
    assert await runs(service, "phase, bookings") == [("done", 3)]


async def test_a_process_that_is_told_to_end_stops_after_the_booking_in_hand_and_another_goes_on(
    sold, service: World, build: Build
) -> None:
    for _ in range(3):
        await sold()

    class ToldMeanwhile(asyncio.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 1

    await comparison.go_on(replace(service, ending=ToldMeanwhile()))
    assert await runs(service, "phase, bookings") == [("bookings", 1)]
    assert await build.value("select count(*) from outbox where topic = 'payments.compare' and slot is null") == 1
    await to_the_end(service)
    assert await runs(service, "phase, bookings") == [("done", 3)]


async def test_pages_of_events_are_read_to_the_end_though_many_happened_at_one_moment(
    site: Site, service: World, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    captures = {(await site.sale())[1] for _ in range(5)}
    monkeypatch.setattr("exodrive.gateways.paypal.client._PAGE", 2)
    await to_the_end(service)
    assert {row[1] for row in await open_differences(build)} == captures


async def test_events_of_one_moment_on_two_pages_are_both_read(service: World, build: Build, odd: OddServer) -> None:
    """What happened within one millisecond may end one page and begin the next; the first page is read again as far as it takes."""
    moment = clock.now().replace(microsecond=123_000) - timedelta(minutes=1)
    events = [
        {"id": f"WH-{n}", "event_type": "X", "create_time": moment.isoformat(), "resource_type": "x", "resource": {"id": n}} for n in "abc"
    ]
    odd.will(*(answer(200, {"events": page}) for page in (events[:2], events[1:], events, [])))
    paypal = PayPalClient(odd.url, "client", "secret")
    await to_the_end(replace(service, paypal=paypal))
    await paypal.close()
    ends = [parse_qs(urlsplit(request.path).query)["end_time"][0] for request in odd.asked]
    assert ends[1:] == [(moment + timedelta(milliseconds=late)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for late in (1, 0, -1)]


async def test_one_booking_that_cannot_be_compared_does_not_keep_the_others(
    sold, site: Site, service: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await sold(), await sold()
    await site.refund(second.capture_id, "250")
    look = comparison.booking.look

    async def stumble(world: World, booking_id: Any, **more: Any) -> Any:
        if booking_id == first.made.id:
            raise ValueError("a bug")
        return await look(world, booking_id, **more)

    monkeypatch.setattr(comparison.booking, "look", stumble)
    await to_the_end(service)
    assert (await second.sums())[2] == Decimal(250)


@pytest.mark.books_differ("a reversal is open, and counts only once it is over")
async def test_a_reversal_is_no_refund_as_long_as_its_capture_does_not_count_it(sold: NewSale, site: Site, service: World) -> None:
    sale = await sold()
    await site.reverse(sale.capture_id)
    [reversal] = [
        one.resource["id"] for one in await service.paypal.events(clock.now() - DAY, clock.now() + DAY) if "REVERSED" in one.event_type
    ]
    assert (await sale.compare(named={reversal: Thing.REFUND})).booked == 0
    assert (await sale.sums())[2] == 0


async def test_a_payment_that_was_reversed_is_for_a_person_until_they_say_so(
    sold, site: Site, service: World, build: Build, wait_for: Move
) -> None:
    sale = await sold()
    await site.reverse(sale.capture_id)
    await to_the_end(service)
    assert await open_differences(build) == [("capture", sale.capture_id, "reversed", "reversed")]
    assert await sale.sums() == ("refunded", sale.made.held.due_now.amount, sale.made.held.due_now.amount)
    assert (await build.history(sale.made))[-1] == "charged_back"
    await wait_for(DAY)
    await to_the_end(service)
    assert [kind for _thing, _id, kind, _theirs in await open_differences(build)] == ["paid_back", "reversed"]
    staff_id = await somebody(build)
    [(difference_id,)] = await build.rows("select id from money_differences where kind = 'reversed'")
    async with build.doors.admin(staff_id).scope() as db:
        await differences.resolve(db, difference_id, staff_id, "we won")
    await wait_for(DAY)
    await to_the_end(service)
    assert [kind for _thing, _id, kind, _theirs in await open_differences(build)] == ["paid_back"]
