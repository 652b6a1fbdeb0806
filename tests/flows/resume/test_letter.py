"""The letter to who holds a car and has not paid: after some minutes, once, and never to somebody who paid."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from exodrive.flows.checkout import pay
from exodrive.flows.resume import letter
from exodrive.flows.world import World
from exodrive.gateways.mailer import Resend
from exodrive.kit import outbox
from exodrive.operate.wiring import Wiring
from tests.builders import Build, Made
from tests.product import Emulator

LATER = timedelta(minutes=6)


@pytest.fixture
async def office(service: World, resend: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The worker's world, which sends letters."""
    await resend.reset()
    mailer = Resend(resend.url, _beside.keys.resend_key, sender="Exodrive <hello@exodrive.example>")
    yield replace(service, mailer=mailer)
    await mailer.close()


async def promised(build: Build, made: Made) -> list[Any]:
    """The promises of this letter, by id."""
    rows = await build.rows("select id from outbox where topic = 'mail.held' and payload ->> 'booking_id' = $1", str(made.id))
    return [row[0] for row in rows]


async def mails(resend: Emulator, made: Made) -> list[dict[str, Any]]:
    return [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]


async def test_who_has_not_paid_for_some_minutes_gets_the_link_once(build, office, resend, wait_for):
    made = await build.held()
    await letter.promise(office)
    assert await promised(build, made) == [], "there is time enough to pay"
    await wait_for(LATER)
    await asyncio.gather(*(letter.promise(office) for _ in range(4)))
    [work] = await promised(build, made)
    await letter.send(office, work, made.id)
    [mail] = await mails(resend, made)
    assert f"/booking/{made.token}" in mail["text"]
    assert "nothing was charged yet" in mail["text"]
    assert mail["subject"].startswith("Your Test Car is held until ")
    assert await build.history(made) == ["held", "link_promised", "email_sent"]


async def test_who_pays_before_the_letter_leaves_gets_none(build, office, world, payer, resend, wait_for):
    made = await build.held()
    await wait_for(LATER)
    await letter.promise(office)
    await pay.capture(world, await payer.approved(made))
    [work] = await promised(build, made)
    await letter.send(office, work, made.id)
    assert await mails(resend, made) == []


async def test_a_payment_on_its_way_is_not_written_about(build, office, world, payer, resend, wait_for):
    made = await build.held()
    await pay.capture(world, await payer.approved(made, "pending"), patience=0)
    await wait_for(LATER)
    await letter.promise(office)
    assert await promised(build, made) == []


async def test_a_hold_that_is_over_is_not_written_about(build, office, resend, wait_for):
    made = await build.held()
    await wait_for(LATER)
    await letter.promise(office)
    [work] = await promised(build, made)
    await build.lapse(made)
    await letter.send(office, work, made.id)
    assert await mails(resend, made) == []


async def test_a_house_that_writes_no_such_letters_promises_none(build, office, wait_for):
    made = await build.held()
    await wait_for(LATER)
    assert await letter.promise(replace(office, rules=msgspec.structs.replace(office.rules, letter_minutes=0))) == 0
    assert await promised(build, made) == []


async def test_sent_by_two_workers_it_arrives_once(build, office, resend, wait_for):
    made = await build.held()
    await wait_for(LATER)
    await letter.promise(office)
    [work] = await promised(build, made)
    ends = await asyncio.gather(*(letter.send(office, work, made.id) for _ in range(3)), return_exceptions=True)
    assert [type(end) for end in ends if end] == [outbox.AlreadyDone] * 2
    assert len(await mails(resend, made)) == 1
