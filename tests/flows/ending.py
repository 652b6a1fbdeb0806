"""What tests of cancelling and giving back need: staff at their desk, a booking paid at PayPal, and refunds brought to their end."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg

from exodrive.bookings.model import Actor
from exodrive.bookings.tiers import share_of
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.ending import letter
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.ids import StaffId, new_id
from tests.builders import Build, Made
from tests.flows.conftest import Payer

IP = "203.0.113.7"


@dataclass(frozen=True)
class Staff:
    """A member of staff: their own door, and who they are in a history."""

    door: Door
    actor: Actor

    async def noted(self, build: Build) -> list[tuple[str, dict[str, Any]]]:
        """What the book says they did, in order."""
        rows = await build.rows(
            "select action, details, ip from audit_log where staff_id = $1 order by id",
            self.actor.id,
        )
        assert {ip for _action, _details, ip in rows} <= {IP, ""}
        return [(action, details) for action, details, _ip in rows]


async def staff_of(build: Build) -> Staff:
    """Somebody who works here."""
    staff = StaffId(new_id())
    async with build.doors.service().scope() as db:
        await db.execute("insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')", staff, f"{staff}@shop.example")
    return Staff(build.doors.admin(staff), Actor("admin", str(staff), "Sam"))


async def paid_at_paypal(build: Build, payer: Payer, world: World, made: Made | None = None) -> Made:
    """An upcoming booking whose money PayPal has taken."""
    made = made or await build.held()
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    return made


def total(made: Made) -> Decimal:
    """What a booking cost; how much that is depends on the taxes other tests have made."""
    return made.held.total.amount


def share(made: Made, percent: int) -> Decimal:
    """So many percent of what a booking cost."""
    return share_of(made.held.total, percent).amount


def shown(amount: Decimal) -> str:
    """A sum as pages and letters write it."""
    return f"${amount:,.2f}"


async def refunds(build: Build, made: Made) -> list[tuple[Decimal, str | None]]:
    """What was asked back for a booking, in order, and how each ended."""
    return await build.rows(
        """select o.amount, (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1)
           from payment_operations o where o.booking_id = $1 and o.kind = 'refund' order by o.attempt""",
        made.id,
    )


async def settle_refunds(build: Build, service: World, made: Made) -> None:
    """Let the worker ask PayPal for every refund that is promised."""
    for (operation_id,) in await build.rows(
        "select id from payment_operations where booking_id = $1 and kind = 'refund' order by attempt", made.id
    ):
        await settling.settle(service, operation_id)


async def money_of(build: Build, made: Made) -> tuple[str, Decimal, Decimal]:
    """Where a booking's money stands by the summary: state, captured, paid back."""
    [row] = await build.rows("select status, captured_amount, refunded_amount from payments where booking_id = $1", made.id)
    return row[0], row[1], row[2]


async def at_paypal(build: Build, payer: Payer, made: Made) -> Decimal:
    """How much of a booking's money went back by PayPal's own book."""
    [(order_id,)] = await build.rows("select paypal_order_id from payments where booking_id = $1", made.id)
    return sum((Decimal(capture["refunded"]) for capture in await payer.captures(order_id)), Decimal(0))


async def pick_up_in(build: Build, made: Made, span: timedelta) -> None:
    """Let a booking's pick-up be so long from now, behind everybody's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(
        """update bookings set pickup_at = exodrive_private.now() + $2::interval,
                  return_due_at = greatest(return_due_at, exodrive_private.now() + $2::interval + interval '1 day') where id = $1""",
        made.id,
        span,
    )
    await db.close()


async def send_ended(build: Build, office: World, made: Made) -> None:
    """Let the worker send the letter about a booking's end."""
    [(work,)] = await build.rows("select id from outbox where topic = 'mail.ended' and payload ->> 'booking_id' = $1", str(made.id))
    await letter.send(office, work, made.id)
