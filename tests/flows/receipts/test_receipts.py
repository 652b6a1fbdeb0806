"""Every capture gets its receipt and every refund its credit note: once, numbered without a gap, and never changed."""

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from babel.dates import format_date

from exodrive.flows import receipts as flow
from exodrive.flows.checkout import refunding, standing
from exodrive.flows.jobs import JOBS
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.ids import OperationId
from exodrive.kit.money import Money
from exodrive.kit.outbox import store as promises
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Result
from exodrive.receipts import store
from exodrive.receipts.model import Books, Receipt, ReceiptKind
from tests.builders import Build, Made
from tests.garage import house_rules

BOOKS = Books(company="Test Cars", address="1 Road, Miami", tax_id="12-345", email="hello@test.example", time_zone="America/New_York")


@pytest.fixture
def desk(build: Build) -> World:
    """The world as the worker has it, with books to keep."""
    return replace(build.world, door=build.doors.service(), books=BOOKS)


async def promised(build: Build, made: Made, kind: str = "capture") -> list[OperationId]:
    """The operations whose papers were promised, oldest first."""
    rows = await build.rows(
        """select o.id from payment_operations o join outbox w on w.topic = 'receipts.issue' and w.payload ->> 'operation_id' = o.id::text
           where o.booking_id = $1 and o.kind = $2 order by o.attempt""",
        made.id,
        kind,
    )
    return [OperationId(row[0]) for row in rows]


async def paid_back(build: Build, desk: World, made: Made, amount: str) -> OperationId:
    """Give money back, as far as our own book tells."""
    async with desk.door.scope() as db:
        now = await standing.locked(db, made.id)
        target = await build_capture(db, made)
        operation_id = await payments.intend(db, made.id, Kind.REFUND, Money(Decimal(amount), now.currency), target_id=target, reason="x")
        operation = await payments.operation(db, operation_id)
    assert operation
    await refunding.record(desk, operation, Result(end=End.SUCCEEDED, provider_id=operation_id.hex[:17], money=operation.money))
    return operation_id


async def build_capture(db: Any, made: Made) -> str:
    found: str = await db.fetchval("select paypal_capture_id from payments where booking_id = $1", made.id)
    return found


async def papers(desk: World, made: Made) -> list[Receipt]:
    async with desk.door.scope() as db:
        return [paper for kind in ReceiptKind for paper in await store.of_booking(db, made.id, kind)]


async def test_a_capture_promises_its_receipt_and_the_receipt_tells_all(build: Build, desk: World) -> None:
    await house_rules(build.doors)
    made = await build.paid()
    [operation_id] = await promised(build, made)
    assert await flow.issue(desk, operation_id)
    [paper] = await papers(desk, made)
    total = made.held.total.amount
    assert re.fullmatch(r"R-\d{4}-\d{6}", paper.code)
    assert (paper.kind, paper.amount, paper.currency) == (ReceiptKind.RECEIPT, total, "USD")
    told = dict(paper.content.facts)
    assert (told["Renter"], told["Booking"], told["E-mail"]) == ("Ada Renter", made.reference, made.order.email)
    paid_on = await build.value("select (captured_at at time zone $2)::date from payments where booking_id = $1", made.id, BOOKS.time_zone)
    assert told["Paid on"] == format_date(paid_on, "long", locale="en_US")
    assert paper.content.sender == ("1 Road, Miami", "hello@test.example", "Tax number: 12-345")
    assert paper.content.rows[0][1] == "$3,000.00"
    [share] = paper.content.taxes
    assert share.amount == total - 3000


async def test_an_operation_has_one_paper_however_often_it_is_asked_for(build: Build, desk: World) -> None:
    made = await build.paid()
    [operation_id] = await promised(build, made)
    ids = await asyncio.gather(*[flow.issue(desk, operation_id) for _ in range(8)])
    assert len([found for found in ids if found]) == 1
    assert len(await papers(desk, made)) == 1


async def test_fifty_at_once_with_some_that_fail_leave_no_gap_and_no_double(build: Build, desk: World) -> None:
    """Forty issue; ten more take a number for the same money and roll back: the numbers are consecutive all the same."""
    car = await build.car()
    made = [await build.paid(car, _days(number)) for number in range(40)]
    operations = [(await promised(build, one))[0] for one in made]
    before = await numbers(build)
    fail = [_issue_and_fail(desk, operation_id) for operation_id in operations[:10]]
    await asyncio.gather(*[flow.issue(desk, one) for one in operations], *fail, return_exceptions=False)
    after = await numbers(build)
    new = sorted(set(after) - set(before))
    assert len(after) == len(set(after))
    assert len(new) == 40
    assert new == list(range(new[0], new[0] + 40))
    assert new[0] == (max(before) if before else 0) + 1
    assert await build.value("select last from receipt_counters where kind = 'receipt' and year = $1", await year(build)) == new[-1]


def _days(number: int) -> Any:
    from tests.builders import days_ahead

    return days_ahead(10 + 3 * number, 1)


async def _issue_and_fail(desk: World, operation_id: OperationId) -> None:
    with suppress(LookupError):
        async with desk.door.scope() as db:
            await flow._issue(db, desk, operation_id)
            await asyncio.sleep(0.01)
            raise LookupError


async def year(build: Build) -> int:
    found: int = await build.value("select extract(year from exodrive_private.now() at time zone 'America/New_York')::int")
    return found


async def numbers(build: Build) -> list[int]:
    rows = await build.rows("select number from receipts where kind = 'receipt' and year = $1 order by number", await year(build))
    return [row[0] for row in rows]


async def test_a_second_paper_for_the_same_money_is_refused_by_the_database_and_costs_no_number(build: Build, desk: World) -> None:
    made = await build.paid()
    [operation_id] = await promised(build, made)
    await flow.issue(desk, operation_id)
    before = await numbers(build)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with desk.door.scope() as db:
            await _again(db, operation_id)
    other = await build.paid()
    await flow.issue(desk, (await promised(build, other))[0])
    assert await numbers(build) == [*before, before[-1] + 1]


async def _again(db: Any, operation_id: OperationId) -> None:
    await db.execute(
        """insert into receipts (id, kind, booking_id, operation_id, amount, currency, language, content, time_zone)
           select gen_random_uuid(), kind, booking_id, operation_id, amount, currency, language, content, time_zone
           from receipts where operation_id = $1""",
        operation_id,
    )


@pytest.mark.parametrize("wrong", ["amount = 1", "kind = 'credit_note'", "currency = 'EUR'"])
async def test_a_paper_about_money_that_did_not_move_is_refused_by_the_database(build: Build, desk: World, wrong: str) -> None:
    made = await build.paid()
    values = {"kind": "'receipt'", "amount": "o.amount", "currency": "o.currency"}
    column, value = wrong.split(" = ")
    values[column] = value
    with pytest.raises(asyncpg.CheckViolationError, match="no money"):
        async with desk.door.scope() as db:
            await db.execute(
                f"""insert into receipts (id, kind, booking_id, operation_id, amount, currency, language, content, time_zone)
                    select gen_random_uuid(), {values["kind"]}, o.booking_id, o.id, {values["amount"]}, {values["currency"]}, 'en_US',
                           '{{}}', 'UTC' from payment_operations o where o.booking_id = $1 and o.kind = 'capture'""",
                made.id,
            )


@pytest.mark.parametrize("change", ["update receipts set amount = 1 where code = $1", "delete from receipts where code = $1"])
async def test_nobody_changes_what_was_issued_not_even_a_superuser(build: Build, desk: World, change: str) -> None:
    made = await build.paid()
    await flow.issue(desk, (await promised(build, made))[0])
    [paper] = await papers(desk, made)
    db = await asyncpg.connect(build.superuser_url)
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.execute(change, paper.code)
    await db.close()
    assert await papers(desk, made) == [paper]


async def test_what_a_paper_says_stays_when_everything_else_changes(build: Build, desk: World) -> None:
    made = await build.paid()
    await flow.issue(desk, (await promised(build, made))[0])
    [before] = await papers(desk, made)
    async with desk.door.scope() as db:
        await db.execute("update bookings set contact_first_name = 'Grace' where id = $1", made.id)
    await flow.issue(replace(desk, books=Books(company="Another Name")), (await promised(build, made))[0])
    assert await papers(desk, made) == [before]


async def test_each_refund_gets_a_credit_note_and_the_tax_in_them_adds_up_to_the_cent(build: Build, desk: World) -> None:
    await house_rules(build.doors)
    made = await build.paid()
    await flow.issue(desk, (await promised(build, made))[0])
    total = made.held.total.amount
    parts = ["0.07", "333.33", "1000.01", str(total - Decimal("1333.41"))]
    for part in parts:
        await flow.issue(desk, await paid_back(build, desk, made, part))
    receipt, *notes = await papers(desk, made)
    assert [note.kind for note in notes] == [ReceiptKind.CREDIT_NOTE] * 4
    assert sum(note.amount for note in notes) == total
    tax = sum((share.amount for note in notes for share in note.content.taxes), Decimal(0))
    assert tax == receipt.content.taxes[0].amount
    assert receipt.code in notes[0].content.notes[0]
    assert len(await promised(build, made, "refund")) == 4


async def test_money_without_a_paper_gets_one_the_next_day_and_no_letter(build: Build, desk: World) -> None:
    made = await build.paid()
    [operation_id] = await promised(build, made)
    async with desk.door.scope() as db:  # as if it had been taken before there were papers
        await db.execute("delete from outbox where topic = 'receipts.issue' and payload ->> 'operation_id' = $1", str(operation_id))
    while not await papers(desk, made):
        assert await flow.issue_missing(desk)
    letters = """select count(*) from outbox where topic = 'mail.receipt'
                 and payload ->> 'receipt_id' in (select id::text from receipts where booking_id = $1)"""
    assert await build.value(letters, made.id) == 0


async def test_a_run_that_dies_after_it_took_its_number_leaves_the_promise_open(build: Build, desk: World) -> None:
    """The number, the paper, its letter's promise and the end of this promise are one transaction."""
    made = await build.paid()
    [operation_id] = await promised(build, made)
    [(outbox_id,)] = await build.rows(
        "select id from outbox where topic = 'receipts.issue' and payload ->> 'operation_id' = $1", str(operation_id)
    )
    with pytest.raises(outbox.AlreadyDone):
        await flow.issue_and_send(desk, OperationId(made.id), operation_id)  # no such promise: the last statement fails
    assert await papers(desk, made) == []
    work = promises.Work(outbox_id, "receipts.issue", {"operation_id": str(operation_id)})
    await JOBS["receipts.issue"](desk, work)
    with pytest.raises(outbox.AlreadyDone):
        await JOBS["receipts.issue"](desk, work)
    [paper] = await papers(desk, made)
    [(topic, letters)] = await build.rows(
        """select w.topic, count(*) from outbox w join receipts r on w.payload ->> 'receipt_id' = r.id::text
           where r.code = $1 group by w.topic""",
        paper.code,
    )
    assert (topic, letters) == ("mail.receipt", 1)


async def test_the_day_and_the_year_are_those_of_the_place_where_the_books_are_kept(build: Build, desk: World) -> None:
    far = replace(desk, books=Books(company="x", time_zone="Pacific/Kiritimati"))
    made = await build.paid()
    await flow.issue(far, (await promised(build, made))[0])
    [paper] = await papers(desk, made)
    assert paper.issued_on == await build.value("select (exodrive_private.now() at time zone 'Pacific/Kiritimati')::date")
    assert paper.code.startswith(f"R-{paper.issued_on.year}-")
