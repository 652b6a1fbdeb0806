"""What the office, the worker and PayPal do on a day."""

import secrets
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, Actor, BookingStatus
from exodrive.bookings.pin import service as pins
from exodrive.charges import store as charges
from exodrive.deposits.claims import store as claims
from exodrive.deposits.model import DepositRules
from exodrive.deposits.wallets import store as wallets
from exodrive.fleet.reviews.model import Review, ReviewState
from exodrive.flows import cancel, prices, receipts, refund, tidy, unheard
from exodrive.flows import reviews as reviewing
from exodrive.flows.approval import answer, due
from exodrive.flows.by import By
from exodrive.flows.checkout import settling
from exodrive.flows.receipts import store as papers
from exodrive.flows.rental import store as trips
from exodrive.flows.resume import letter as held_letter
from exodrive.flows.wallet import looking
from exodrive.flows.wallet import store as wallet_holds
from exodrive.handovers import store as handovers
from exodrive.invoices import store as invoices
from exodrive.invoices.requests import store as requests
from exodrive.kit import clock, hashing, links
from exodrive.kit.errors import Problem
from exodrive.kit.ids import new_id
from exodrive.kit.money import Money
from exodrive.kit.outbox import store as outbox
from exodrive.overview import approvals, deposit_alarms, letters, reviews, staff_file, staff_keys, staff_list, staff_prices, who_drove
from exodrive.pricing.kinds import Notice
from exodrive.receipts import store as kept_papers
from exodrive.staff import service as staff
from exodrive.staff import store
from exodrive.staff.model import LinkPurpose
from exodrive.web.admin import deposit_view
from exodrive.webhooks import store as webhooks
from tests.builders import Build, Made
from tests.team import VISIT, Person, Team


async def hear_paypal(build: Build) -> None:
    """A notice is kept, found, and done with; another was refused."""
    event_id, name = new_id(), uuid4().hex
    async with build.world.door.scope() as db:
        await webhooks.deliver(db, source="paypal", transmission=name, event=name, digest=secrets.token_bytes(32))
        told: dict[str, Any] = {"kind": "PAYMENT.CAPTURE.COMPLETED", "resource_id": None, "payload": {}}
        await webhooks.keep(db, event_id, source="paypal", event=name, transmission=name, **told)
    async with build.doors.service().scope() as db:
        await webhooks.find(db, event_id)
        await webhooks.handled(db, event_id, "nothing to do")
        await webhooks.reopen(db, "paypal", name)
        await webhooks.read_until(db, "paypal")
        await webhooks.move_cursor(db, "paypal", clock.now())


async def come_and_go(team: Team, agent: Person) -> None:
    """Staff sign in, stay, take a new cookie, and leave; somebody does not know the password."""
    opened = await team.sign_in(agent)
    with pytest.raises(Problem):
        await team.sign_in(agent, password="not this one at all")
    session = await team.session(opened.token)
    assert session is not None
    async with team.door.scope() as db:
        await store.rotate(db, session.id, links.hash_of(opened.token), secrets.token_bytes(32))
        await store.member_by_link(db, LinkPurpose.DEMO, secrets.token_bytes(32))
        await store.use_link(db, secrets.token_bytes(32))
    await staff.sign_out(team.door, session, VISIT)
    await staff.forget(team.door, opened.token)
    again = await team.session(agent.token)
    assert again is not None
    await staff.sign_out(team.door, again, VISIT, everywhere=True)


async def keep_the_books(build: Build, made: Made) -> None:
    """Papers are issued for what was paid, one is sent, and the renter takes it down."""
    world = replace(build.world, door=build.doors.service())
    operations = await build.rows("select id from payment_operations where booking_id = $1", made.id)
    issued = [await receipts.issue(world, operation_id) for (operation_id,) in operations]
    receipt_id = next(filter(None, issued))
    async with world.door.scope() as db:
        paper = (await kept_papers.listed(db, made.id))[0]
        await kept_papers.find(db, receipt_id)
        await papers.addressee(db, receipt_id)
    async with build.doors.token(links.hash_of(made.token)).scope() as db:
        await kept_papers.by_code(db, made.reference, paper.code)


async def review(build: Build, agent: Person) -> None:
    """A renter whose car is back says how it was, and staff decide."""
    made = await build.paid()
    async with build.doors.service().scope() as db:
        for before, after in ((BookingStatus.UPCOMING, BookingStatus.ACTIVE), (BookingStatus.ACTIVE, BookingStatus.COMPLETED)):
            await bookings.move(db, [made.id], before, after, "test", CUSTOMER)
    await reviewing.leave(build.doors.token(links.hash_of(made.token)), made.reference, Review(5, "Ada", "Lovely."))
    async with build.doors.admin(agent.id).scope() as db:
        await reviews.page(db, state=None, before=None)
        listed = (await reviews.page(db, state=ReviewState.WAITING, before=None)).rows
        review_id = next(row.id for row in listed if row.reference == made.reference)
        for state in (ReviewState.APPROVED, ReviewState.REJECTED):
            await reviewing.decide(db, review_id, state, agent.id, agent.name)


async def guard(build: Build, agent: Person) -> None:
    """Staff put a PIN before a link, its renter comes in by it, and it is taken away."""
    made, who = await build.held(), Actor("admin", str(agent.id), agent.name)
    pin, door = pins.new_pin(), build.doors.checkout()
    pin_hash = await hashing.hash_of(pin)
    async with build.doors.admin(agent.id).scope() as db:
        await pins.set_pin(db, build.world.links, made.id, pin_hash, who)
    await pins.key_of(door, build.world.links, made.token, "192.0.2.1", pin)
    async with build.doors.admin(agent.id).scope() as db:
        await pins.clear_pin(db, made.id, who, "no longer needed")


# long: a line for each thing that staff look at
async def work(build: Build, made: Made, agent: Person) -> None:
    door, by = build.doors.admin(agent.id), By(agent.id, "203.0.113.7")
    async with door.scope() as db:
        for status in (None, "upcoming", "completed"):
            listed = await staff_list.page(db, status=status, search="", before=None)
        last = listed.rows[-1]
        await staff_list.page(db, status="completed", search="", before=(last.created_at, last.id))
        await staff_file.file(db, made.reference)
        await staff_keys.keys(db, made.id)
        await trips.trip(db, made.id)
        await handovers.of_booking(db, made.id)
        await charges.of_booking(db, made.id)
        await claims.of_booking(db, made.id)
        await invoices.of_booking(db, made.id)
        await requests.of_booking(db, made.id)
        await deposit_view.known_of(db, DepositRules(wallet=True), made.id)
        await deposit_alarms.open_alarms(db)
        await who_drove.zone_of(db, "AV 10")
        await who_drove.drove(db, "AV 10", clock.now())
        await staff_prices.in_force(db)
        await staff_prices.targets(db)
    rule = Notice(name="For a day", hours=1, car_id=made.order.car_id, priority=7)
    rule_id = await prices.save(door, rule, by)
    rule_id = await prices.replace(door, rule_id, msgspec.structs.replace(rule, hours=2), by)
    await prices.withdraw(door, rule_id, by)
    async with door.scope() as db:
        await staff_prices.find(db, rule_id)
        await staff_prices.past(db, before=None)
    actor = Actor("admin", str(agent.id), "Ann")
    await refund.by_staff(build.world, door, made.id, Money(Decimal(10), "USD"), actor, "test", key=uuid4().hex)
    await cancel.by_staff(build.world, door, made.id, actor, "test")


async def answer_bookings(build: Build, agent: Person) -> None:
    """Staff accept a booking, refuse one, and the clock looks after those that nobody answered."""
    door, actor = build.doors.admin(agent.id), Actor("admin", str(agent.id), "Ann")
    first, other = [await build.paid(await build.car(requires_approval=True)) for _ in range(2)]
    async with door.scope() as db:
        await approvals.waiting(db)
    await answer.accept(door, first.id, actor)
    await answer.accept(door, first.id, actor)
    await answer.refuse(door, other.id, actor, "test")
    world = replace(build.world, door=build.doors.service())
    await due.settle_due(world)
    await due.remind(world)


async def tidy_up(build: Build, made: Made) -> None:
    """What the worker does every few seconds and minutes."""
    world = replace(build.world, door=build.doors.service())
    await settling.settle_open(world)
    await unheard.look_at_due(world)
    await tidy.expire_dead(world)
    await tidy.drop_lapsed(world)
    await held_letter.promise(world)
    await looking.look_at_all(world)
    async with build.doors.service().scope() as db:
        for waiting in await outbox.take(db, timedelta(seconds=90), 100):
            await outbox.open_work(db, waiting.id)
        await claims.due(db, timedelta(days=1), 100)
        await claims.open_of(db, made.id)
        await invoices.due(db, clock.now() - timedelta(minutes=15), clock.now() - timedelta(days=1), 100)
        await invoices.named(db, ["MANY-1"])
        await requests.asked(db, made.id)
        await invoices.charges_of(db, made.id)
        await wallets.find(db, made.id)
        await wallets.of_token(db, "W")
        await wallet_holds.is_open(db, made.id)
        await outbox.mark_sent(db, [new_id()])
        await outbox.mark_done(db, new_id())
        await letters.booking_facts(db, made.id)
