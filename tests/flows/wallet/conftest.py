"""A house that lets renters have their deposit held from the wallet they pay with, and an account that may keep wallets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from exodrive.deposits import store as deposits
from exodrive.deposits.model import DepositRules, Hold
from exodrive.deposits.wallets import store as wallets
from exodrive.deposits.wallets.model import Wallet
from exodrive.flows import home
from exodrive.flows.checkout import settling
from exodrive.flows.deposit import look
from exodrive.flows.wallet import looking
from exodrive.flows.world import World
from tests.builders import Build, Made, days_ahead
from tests.flows.conftest import Payer
from tests.product import Emulator

Paid = Callable[..., Awaitable[Made]]


@pytest.fixture
async def world(world: World, paypal: Emulator) -> AsyncIterator[World]:
    await paypal.control("POST", "account", {"vaulting": True})
    yield replace(world, deposits=DepositRules(wallet=True))
    await paypal.control("POST", "account", {"vaulting": False, "vault_delay": 0})


@pytest.fixture
def paid(build: Build, payer: Payer, world: World) -> Paid:
    """Makes a booking whose renter agreed and paid."""

    async def pay(ahead: int = 1, days: int = 3, **order: Any) -> Made:
        made = await build.held(days=days_ahead(ahead, days), **({"keep_wallet": True} | order))
        await home.capture(world, await payer.approved(made))
        return made

    return pay


@pytest.fixture
def kept(paid: Paid, service: World) -> Paid:
    """The same, with the wallet found."""

    async def keep(*ahead: int, **order: Any) -> Made:
        made = await paid(*ahead, **order)
        await looking.look_at(service, made.id)
        return made

    return keep


async def wallet_of(world: World, made: Made) -> Wallet:
    async with world.doors.service().scope() as db:
        found = await wallets.find(db, made.id)
    assert found
    return found


async def holds_of(world: World, made: Made) -> list[Hold]:
    async with world.doors.service().scope() as db:
        return await deposits.of_booking(db, made.id)


async def work(service: World, build: Build, made: Made) -> None:
    """What the worker does about a deposit: look, and bring every open intent about it to its end."""
    await look.look_at(service, made.id)
    opened = """select o.id from payment_operations o where o.booking_id = $1 and o.hold_id is not null
                and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)"""
    for (operation_id,) in await build.rows(opened, made.id):
        await settling.settle(service, operation_id)


async def letters(build: Build, made: Made) -> list[str]:
    """The letters about the deposit that were promised."""
    told = "select topic from outbox where topic like 'mail.deposit%' and payload ->> 'booking_id' = $1 order by created_at, id"
    return [row[0] for row in await build.rows(told, str(made.id))]


async def after_return(build: Build, made: Made) -> None:
    """The car went out and is back."""
    async with build.doors.service().scope() as db:
        await db.execute(
            """
            update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '1 day',
                   returned_at = exodrive_private.now() where id = $1""",
            made.id,
        )
