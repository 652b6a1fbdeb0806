"""The confirmation letter: sent once per promise whatever is lost, and never at the booking's expense."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exodrive import assembly, settings
from exodrive.bookings.model import Address, Place
from exodrive.flows import letters
from exodrive.flows.jobs import JOBS
from exodrive.flows.world import World
from exodrive.gateways.errors import Unknown
from exodrive.gateways.line import Patience
from exodrive.gateways.mailer import Letter, Resend
from exodrive.kit import outbox
from exodrive.kit.db import Db, Doors
from exodrive.kit.outbox import AlreadyDone, store
from exodrive.mail.model import NotOneAddress
from exodrive.operate.wiring import Wiring
from exodrive.pricing import engine
from exodrive.pricing.kinds import Extra, PartPayment, Waiver
from tests.builders import Build
from tests.garage import house_rules, new_place
from tests.mail.paid import Paid, paid_booking
from tests.pricing.rental import priced
from tests.product import Emulator


@pytest.fixture
async def world(_beside: Wiring, doors: Doors, resend: Emulator) -> AsyncIterator[World]:
    await resend.reset()
    read = settings.load("worker", _beside.settings() | {"EXODRIVE_SUPPORT_PHONE": "+1 305 555 0199"})
    patience = Patience(connect=1, answer=2, budget=5, attempts=2, pause=0.05)
    mailer = Resend(resend.url, _beside.keys.resend_key, sender="Exodrive <hello@exodrive.example>", patience=patience)
    async with assembly.world(read, doors, lambda opened: opened.service(), mails=False) as world:
        yield replace(world, mailer=mailer)
    await mailer.close()


async def test_the_letter_tells_all_about_the_booking(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links)
    await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    [mail] = await mails(resend, paid)
    assert mail["subject"] == f"Booked: Aurora GT, Wed, Jun 5 – Fri, Jun 7 (3 days) ({paid.reference})"
    for fact in (
        "Hello Ada,",
        "Aurora GT",
        "Wednesday, June 5, 2030, 10:00",
        "Test Garage",
        "1 Test Way, Miami, US",
        "Friday, June 7, 2030, 6:00",
        "9 Palm Ave, Miami, US",
        "Ring twice",
        "3 days × $1,000",
        "$3,000.00",
        "$210.00",
        "$3,210.00",
        "A security deposit of $5,000.00",
        "released by June 10, 2030 at the latest",
        "held for at least 3 years",
        "hello@exodrive.example",
        "+1 305 555 0199",
        f"{world.public_url}/booking/{paid.token}",
    ):
        assert fact in mail["text"], fact
    assert paid.token in mail["html"]


async def test_the_letter_tells_what_was_chosen_and_what_is_still_due(world: World, doors: Doors, resend: Emulator) -> None:
    offered = (
        Extra(name="Child seat", code="seat", per="day", amount=Decimal(18), currency="USD", most=2),
        Waiver(name="Full cover", code="full", amount=Decimal(150), excess=Decimal(500), currency="USD"),
        PartPayment(name="Two parts", percent=Decimal(30), days_before=7),
    )
    chosen = {"extras": {"seat": 2}, "waiver": "full", "part_payment": True, "today": date(2030, 1, 1)}
    price = priced("2030-06-05..07", *offered, **chosen)
    paid = await paid_booking(doors, world.links, price_snapshot=engine.snapshot(price), total_price=price.total)
    await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    [mail] = await mails(resend, paid)
    for fact in (
        "Child seat, 2 × 3 days × $18: $108.00",
        "Full cover: $150.00",
        "To be paid by May 29, 2030: $2,280.60",
        "Of a damage that is covered you bear $500 at most.",
    ):
        assert fact in mail["text"], fact
    assert "you bear $500 at most" in mail["html"]


async def test_a_booking_paid_at_checkout_promises_its_letter(build: Build, world: World, doors: Doors, resend: Emulator) -> None:
    await house_rules(doors)
    made = await build.paid(dropoff=Place(time=time(18), address=Address(line1="9 Palm Ave", city="Miami", country="US")))
    [(outbox_id, topic, payload)] = await build.rows(
        "select id, topic, payload from outbox where payload->>'booking_id' = $1 and topic = 'mail.confirmation'", str(made.id)
    )
    await JOBS[topic](replace(build.world, door=doors.service(), mailer=world.mailer), store.Work(outbox_id, topic, payload))
    [mail] = await resend.control("GET", "mails")
    assert mail["to"] == [made.order.email]
    assert f"{build.world.public_url}/booking/{made.token}" in mail["text"]
    assert "9 Palm Ave, Miami, US" in mail["text"]
    assert "Collection from your address" in mail["text"]


async def test_each_time_is_told_by_the_wall_clock_of_its_place(world: World, doors: Doors, resend: Emulator) -> None:
    far_west = await new_place(doors, name="Far West", time_zone="America/Los_Angeles")
    paid = await paid_booking(doors, world.links, dropoff=far_west)
    await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    [mail] = await mails(resend, paid)
    assert "Wednesday, June 5, 2030, 10:00\u202fAM" in mail["text"]
    assert "Friday, June 7, 2030, 3:00\u202fPM" in mail["text"]


async def test_a_letter_that_left_is_written_down_with_its_promise(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links)
    outbox_id = await promised(doors, paid)
    await letters.send_confirmation(world, outbox_id, paid.id)
    [mail] = await mails(resend, paid)
    async with doors.service().scope() as db:
        [row] = await sent(db, paid)
        assert dict(row) == {
            "outbox_id": outbox_id, "letter": "confirmation", "recipient_email": paid.email, "subject": mail["subject"],
            "resend_email_id": mail["id"],
        }  # fmt: skip
        assert await events(db, paid) == ["email_sent"]
        assert await db.fetchval("select done_at is not null from outbox where id = $1", outbox_id)
    assert mail["idempotency_key"] == str(outbox_id)


async def test_killed_between_sending_and_writing_down_it_is_sent_again_under_the_same_key(
    world: World, doors: Doors, resend: Emulator
) -> None:
    paid = await paid_booking(doors, world.links)
    outbox_id = await promised(doors, paid)
    with pytest.raises(asyncio.CancelledError):
        await letters.send_confirmation(replace(world, mailer=Killed(world.mailer)), outbox_id, paid.id)
    async with doors.service().scope() as db:
        assert await sent(db, paid) == []
    await letters.send_confirmation(world, outbox_id, paid.id)
    [mail] = await mails(resend, paid)
    async with doors.service().scope() as db:
        [row] = await sent(db, paid)
        assert row["resend_email_id"] == mail["id"]
        assert await events(db, paid) == ["email_sent"]


async def test_sent_again_with_other_words_it_still_counts_as_sent(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links)
    outbox_id = await promised(doors, paid)
    with pytest.raises(asyncio.CancelledError):
        await letters.send_confirmation(replace(world, mailer=Killed(world.mailer)), outbox_id, paid.id)
    async with doors.service().scope() as db:
        await db.execute("update bookings set contact_first_name = 'Augusta' where id = $1", paid.id)
    await letters.send_confirmation(world, outbox_id, paid.id)
    assert len(await mails(resend, paid)) == 1
    async with doors.service().scope() as db:
        [row] = await sent(db, paid)
        assert row["resend_email_id"] is None


async def test_two_runs_at_once_send_one_letter_and_write_it_down_once(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links)
    outbox_id = await promised(doors, paid)
    runs = [letters.send_confirmation(world, outbox_id, paid.id) for _ in range(3)]
    ended = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(end) for end in ended if end is not None] == [AlreadyDone, AlreadyDone]
    assert len(await mails(resend, paid)) == 1
    async with doors.service().scope() as db:
        assert len(await sent(db, paid)) == 1
        assert await events(db, paid) == ["email_sent"]


async def test_with_the_mail_service_down_the_booking_stands_and_the_letter_goes_later(
    world: World, doors: Doors, resend: Emulator
) -> None:
    paid = await paid_booking(doors, world.links)
    outbox_id = await promised(doors, paid)
    await resend.fault(kind="status", status=500, match={"method": "POST"}, times=2)
    with pytest.raises(Unknown):
        await letters.send_confirmation(world, outbox_id, paid.id)
    async with doors.service().scope() as db:
        assert await db.fetchval("select status from bookings where id = $1", paid.id) == "upcoming"
        assert await db.fetchval("select done_at is null from outbox where id = $1", outbox_id)
    await letters.send_confirmation(world, outbox_id, paid.id)
    assert len(await mails(resend, paid)) == 1
    assert {call["request_id"] for call in await resend.calls() if call["path"] == "/emails"} >= {str(outbox_id)}


@pytest.mark.parametrize("status", ["cancelled", "expired"])
async def test_a_booking_that_ended_meanwhile_gets_no_confirmation(world: World, doors: Doors, resend: Emulator, status: str) -> None:
    paid = await paid_booking(doors, world.links, status=status)
    await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    assert await mails(resend, paid) == []


async def test_a_confirmation_of_an_unpaid_booking_is_a_bug_and_says_so(world: World, doors: Doors) -> None:
    paid = await paid_booking(doors, world.links, status="pending")
    with pytest.raises(letters.NotPaid):
        await letters.send_confirmation(world, await promised(doors, paid), paid.id)


async def test_a_revoked_link_is_not_sent(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links)
    async with doors.service().scope() as db:
        await db.execute("update booking_secure_tokens set revoked_at = exodrive_private.now() where booking_id = $1", paid.id)
    await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    [mail] = await mails(resend, paid)
    assert "/booking/" not in mail["text"] + mail["html"]


async def test_an_address_that_is_a_list_gets_no_letter(world: World, doors: Doors, resend: Emulator) -> None:
    paid = await paid_booking(doors, world.links, contact_email="ada,eve@example.com")
    with pytest.raises(NotOneAddress):
        await letters.send_confirmation(world, await promised(doors, paid), paid.id)
    assert await resend.control("GET", "mails") == []


class Killed:
    """A mailer whose process dies right after the letter left."""

    def __init__(self, mailer: Any) -> None:
        self._mailer = mailer

    async def send(self, letter: Letter, *, idempotency_key: str) -> str:
        await self._mailer.send(letter, idempotency_key=idempotency_key)
        raise asyncio.CancelledError


async def promised(doors: Doors, paid: Paid) -> UUID:
    async with doors.service().scope() as db:
        return await outbox.enqueue(db, "mail.confirmation", booking_id=paid.id)


async def mails(resend: Emulator, paid: Paid) -> list[dict[str, Any]]:
    return [mail for mail in await resend.control("GET", "mails") if mail["to"] == [paid.email]]


async def sent(db: Db, paid: Paid) -> list[Any]:
    return await db.fetch(
        "select outbox_id, letter, recipient_email, subject, resend_email_id from inbox_emails where booking_id = $1", paid.id
    )


async def events(db: Db, paid: Paid) -> list[str]:
    return [row[0] for row in await db.fetch("select event_type from booking_events where booking_id = $1", paid.id)]
