"""What the clock looks at one after the other: one that fails is told loudly and stops no other."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg

from exodrive.flows import catch_up, receipts, tidy
from exodrive.flows.each import each
from exodrive.flows.resume import letter

HOURS = timedelta(hours=6, minutes=1)


async def refuse(build, table: str, condition: str) -> None:
    """Have the database refuse new rows of a table for one booking, as a fault of ours would."""
    name = f"refuse_{table}"
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute(
        f"""create or replace function {name}() returns trigger language plpgsql as
            $$begin if {condition} then raise exception 'this one cannot be'; end if; return new; end$$;
            create or replace trigger {name} before insert on {table} for each row execute function {name}()"""
    )
    await owner.close()


def told(caplog) -> list[str]:
    return [record.about for record in caplog.records if record.levelname == "ERROR" and hasattr(record, "about")]


async def test_a_booking_that_cannot_be_expired_stops_no_other(build, service, caplog):
    first, second = await build.held(), await build.held()
    for made in (first, second):
        await build.lapse(made, HOURS)
    await refuse(build, "booking_events", f"new.booking_id = '{first.id}'")
    assert await tidy.expire_dead(service) == 1
    assert (await build.status(first), await build.status(second)) == ("pending", "expired")
    assert told(caplog) == [str(first.id)]


async def test_a_letter_about_a_hold_that_cannot_be_promised_stops_no_other(build, service, wait_for, caplog):
    first, second = await build.held(), await build.held()
    await refuse(build, "booking_events", f"new.booking_id = '{first.id}'")
    await wait_for(timedelta(minutes=6))
    await letter.promise(service)
    assert ("link_promised" in await build.history(first), "link_promised" in await build.history(second)) == (False, True)
    assert str(first.id) in told(caplog)


async def test_a_receipt_that_cannot_be_issued_stops_no_other(build, service, caplog):
    first, second = await build.paid(), await build.paid()
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute("delete from outbox where topic = 'receipts.issue'")
    await owner.close()
    await refuse(build, "receipts", f"new.booking_id = '{first.id}'")
    assert await receipts.issue_missing(service) >= 1
    papers = "select count(*) from receipts where booking_id = $1"
    assert (await build.value(papers, first.id), await build.value(papers, second.id)) == (0, 1)
    assert len(told(caplog)) == 1


async def test_an_event_that_cannot_be_kept_stops_no_other(build, payer, service, caplog):
    first, second = [await payer.approved(await build.held()) for _ in range(2)]
    await refuse(build, "webhook_events", f"new.resource_id = '{second}'")
    await catch_up.catch_up(service)
    kept = "select count(*) from webhook_events where resource_id = $1"
    assert (await build.value(kept, first), await build.value(kept, second)) == (1, 0)
    assert len(told(caplog)) == 1


async def test_a_process_that_is_told_to_end_stops_between_two(service):
    done: list[int] = []
    ending = asyncio.Event()

    async def work(one: int) -> bool:
        done.append(one)
        if one == 2:
            ending.set()
        return True

    assert await each(replace(service, ending=ending), [1, 2, 3], work, "impossible") == 2
    assert done == [1, 2]
