"""With every notice dropped, and PayPal's list of events unread, the worker alone comes to what delivered notices come to, row for row."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from exodrive.flows import cancel, comparison, no_show, tidy, unheard, webhooks
from exodrive.flows.checkout import pay, settling
from exodrive.flows.deposit import asking, look
from exodrive.flows.jobs import JOBS
from exodrive.flows.world import World
from exodrive.gateways.paypal import Notice
from exodrive.kit import clock
from exodrive.kit.outbox.store import Work
from tests.builders import Build, Made, days_ahead, new_key
from tests.flows.change.conftest import NewRenter, renter
from tests.flows.change.test_pay import approved as approved_change
from tests.flows.conftest import Move, Payer, order_in
from tests.flows.ending import staff_of
from tests.flows.quiet import build, hurried, paypal, quiet, quiet_doors, service, wait_for, world
from tests.site import Site

__all__ = ["build", "hurried", "paypal", "quiet", "quiet_doors", "renter", "service", "wait_for", "world"]

TOPICS = ["payments.settle", "receipts.issue", "deposits.look", "webhooks.handle"]
#: Time that passes, and how things stand by then: young, lapsed, given up, compared the next day.
SPANS = [timedelta(minutes=minutes) for minutes in (3, 10, 60, 7 * 60, 24 * 60)]
_STATE = """
    select b.status, p.status, p.amount, p.captured_amount, p.refunded_amount, p.approve_url is null,
           array(select a.status from car_availability a where a.booking_id = b.id),
           array(select e.event_type from booking_events e where e.booking_id = b.id order by e.event_type),
           array(select row (o.kind, o.origin, o.amount, r.outcome, r.issue) from payment_operations o
                 left join payment_results r on r.operation_id = o.id and r.is_final
                 where o.booking_id = b.id order by o.kind, o.attempt),
           array(select row (c.status, c.difference) from booking_changes c where c.booking_id = b.id),
           array(select row (h.status, h.amount) from deposit_holds h where h.booking_id = b.id),
           array(select row (s.kind, s.amount) from receipts s where s.booking_id = b.id order by s.number),
           array(select w.topic from outbox w where w.payload ->> 'booking_id' = b.id::text and w.topic like 'mail.%' order by w.topic)
    from bookings b join payments p on p.booking_id = b.id where b.id = $1"""


class Town:
    """Where things happen, and whether PayPal's notices of them arrive."""

    def __init__(self, build: Build, payer: Payer, world: World, service: World, renter: NewRenter) -> None:
        self.build, self.payer, self.world, self.service, self.renter = build, payer, world, service, renter
        self.site = Site(payer.paypal)
        self.delivers, self._heard = False, set[str]()

    async def hear(self, made: Made) -> None:
        """All that PayPal told of a booking since: worked on at once, or dropped."""
        orders = await self.build.rows(
            """select r.provider_id from payment_results r join payment_operations o on o.id = r.operation_id
               where o.booking_id = $1 and r.provider_id is not null""",
            made.id,
        )
        names = {str(made.id), *(name for (name,) in orders)}
        events = await self.service.paypal.events(clock.now() - timedelta(days=2), clock.now() + timedelta(days=1))
        new = [one for one in events if one.id not in self._heard and any(name in str(one.resource) for name in names)]
        self._heard |= {one.id for one in new}
        if self.delivers:
            for one in new:
                await webhooks.receive(self.world, Notice(new_key(), clock.now(), one))
            await self.work()

    async def work(self) -> None:
        """All that was promised, until nothing is left to do."""
        while promised := await self.build.rows("select id, topic, payload from outbox where done_at is null and topic = any($1)", TOPICS):
            for outbox_id, topic, payload in promised:
                await JOBS[topic](self.service, Work(outbox_id, topic, payload))
                async with self.service.door.scope() as db:
                    await db.execute("update outbox set done_at = exodrive_private.now() where id = $1", outbox_id)

    async def reconcile(self) -> None:
        """All that the worker does by the clock, but for reading PayPal's list of events every ten minutes."""
        await settling.settle_open(self.service)
        await unheard.look_at_due(self.service)
        await look.look_at_all(self.service)
        await no_show.settle_due(self.service)
        await tidy.expire_dead(self.service)
        await tidy.drop_lapsed(self.service)
        await comparison.go_on(self.service)
        await self.work()

    async def approved(self, **order: Any) -> tuple[Made, str]:
        made = await self.build.held(**order)
        return made, await self.payer.approved(made)

    async def paid(self, **order: Any) -> tuple[Made, str]:
        """A booking and its capture."""
        made, order_id = await self.approved(**order)
        await pay.capture(self.world, order_id)
        return made, (await self.payer.captures(order_id))[0]["id"]


async def never_came_back(town: Town) -> Made:
    return (await town.approved())[0]


async def never_came_back_and_the_days_went(town: Town) -> Made:
    car = await town.build.car()
    made, _order = await town.approved(car=car, days=days_ahead(10, 3))
    await town.build.lapse(made)
    await town.build.paid(car, days_ahead(11, 1))
    return made


async def never_came_back_from_paying_a_change(town: Town) -> Made:
    ada = await town.renter()
    await town.hear(ada.made)
    await approved_change(ada, town.payer)
    return ada.made


async def never_came_back_from_a_deposit(town: Town) -> Made:
    made, _capture = await town.paid(days=days_ahead(1, 3))
    await town.payer.approve(order_in(await asking.begin(town.world, made.id)))
    return made


async def turned_away_at_paypal(town: Town) -> Made:
    made = await town.build.held()
    await town.payer.order(made)
    return made


async def declined_after_the_renter_left(town: Town) -> Made:
    made = await town.build.held()
    await town.payer.approved(made, funding="declined")
    return made


async def paid_late(town: Town, act: str = "complete") -> Made:
    """PayPal looks at the payment for a while, and then decides."""
    made = await town.build.held()
    order_id = await town.payer.approved(made, funding="pending")
    await pay.capture(town.world, order_id, patience=0)
    await town.hear(made)
    [capture] = await town.payer.captures(order_id)
    await town.payer.paypal.control("POST", f"captures/{capture['id']}/settle", {"act": act})
    return made


async def denied_late(town: Town) -> Made:
    return await paid_late(town, "deny")


async def paid_without_an_answer(town: Town) -> Made:
    made, order_id = await town.approved()
    await town.payer.paypal.fault(kind="lost_after_commit", match={"path_regex": f"{order_id}/capture"}, times=1)
    await town.payer.paypal.fault(kind="status", status=403, match={"path_regex": f"{order_id}/capture"}, times=1)
    await pay.capture(town.world, order_id, patience=0)
    return made


async def taken_at_paypals_site(town: Town) -> Made:
    made, order_id = await town.approved()
    await town.site.capture(order_id)
    return made


async def partly_given_back_at_paypals_site(town: Town) -> Made:
    made, capture_id = await town.paid()
    await town.site.refund(capture_id, "250")
    return made


async def cancelled_and_given_back_late(town: Town) -> Made:
    made, _capture = await town.paid()
    sam = await staff_of(town.build)
    await cancel.by_staff(town.world, sam.door, made.id, sam.actor, "engine trouble")
    await town.payer.paypal.control("POST", "account", {"refunds_pending": True})
    await town.work()
    await town.payer.paypal.control("POST", "account", {"refunds_pending": False})
    [(refund,)] = await town.build.rows(
        """select distinct r.provider_id from payment_results r join payment_operations o on o.id = r.operation_id
           where o.booking_id = $1 and o.kind = 'refund' and r.provider_id is not null""",
        made.id,
    )
    await town.payer.paypal.control("POST", f"refunds/{refund}/settle", {"act": "complete"})
    return made


#: What happens, with how its booking and its money end.
SITUATIONS: dict[Callable[[Town], Awaitable[Made]], tuple[str, str]] = {
    never_came_back: ("upcoming", "captured"),
    never_came_back_and_the_days_went: ("expired", "voided"),
    never_came_back_from_paying_a_change: ("upcoming", "captured"),
    never_came_back_from_a_deposit: ("upcoming", "captured"),
    turned_away_at_paypal: ("expired", "voided"),
    declined_after_the_renter_left: ("expired", "voided"),
    paid_late: ("upcoming", "captured"),
    denied_late: ("expired", "voided"),
    paid_without_an_answer: ("upcoming", "captured"),
    taken_at_paypals_site: ("upcoming", "captured"),
    partly_given_back_at_paypals_site: ("upcoming", "partly_refunded"),
    cancelled_and_given_back_late: ("cancelled", "refunded"),
}
#: What only notices, or else the worker, bring on.
_WAITING = [never_came_back, paid_late, taken_at_paypals_site]


@pytest.mark.slow
async def test_scenario_9_with_all_notices_dropped_the_worker_alone_comes_to_the_same_rows(
    build: Build, payer: Payer, world: World, service: World, renter: NewRenter, wait_for: Move
) -> None:
    town, pairs = Town(build, payer, world, service, renter), {situation: list[Made]() for situation in SITUATIONS}
    for town.delivers in (True, False):
        for situation, made in pairs.items():
            made.append(await situation(town))
            await town.hear(made[-1])
    for situation in _WAITING:
        assert [await build.status(one) for one in pairs[situation]] == ["upcoming", "pending"], situation.__name__
    for span in SPANS:
        await wait_for(span)
        await town.reconcile()
    for situation, (delivered, dropped) in pairs.items():
        [told], [untold] = [await build.rows(_STATE, one.id) for one in (delivered, dropped)]
        assert untold == told, situation.__name__
        assert told[:2] == SITUATIONS[situation], situation.__name__
    assert await build.value("select count(*) from booking_changes where status = 'applied'") == 2
    assert await build.value("select count(*) from deposit_holds where status = 'held'") == 2
