"""An order is always asked for in the words it was first asked for: PayPal takes the same request id for the very same request."""

from dataclasses import replace

from exodrive.flows.change import make
from exodrive.flows.change import opening as changing
from exodrive.flows.change import pay as changes
from exodrive.flows.checkout import opening, pay
from exodrive.flows.world import World
from exodrive.mail.model import House
from exodrive.payments.model import Operation
from tests.builders import Build
from tests.flows.change.conftest import NewRenter
from tests.flows.conftest import Payer, order_in
from tests.garage import MadeCar


def renamed(world: World) -> World:
    """The world after the company got another name and another address."""
    return replace(world, house=House(company="Better Cars"), public_url="http://better.test")


async def rename(build: Build, car: MadeCar) -> None:
    await build.value("update cars set name = 'Another Name' where id = $1", car.id)


async def notes(payer: Payer, operation: Operation) -> list[str]:
    """What PayPal noted of the calls for an intent."""
    return [call["note"] for call in await payer.asked("/v2/checkout/orders") if call["request_id"] == operation.request_id]


async def test_after_a_crash_and_another_name_the_very_same_order_is_asked_for(build: Build, payer: Payer, world: World) -> None:
    car = await build.car()
    made = await build.held(car)
    intent = await opening.intend(world, made.id)
    assert not isinstance(intent, str)
    operation, now = intent
    lost = await opening.ask(world, operation, now)
    await rename(build, car)
    assert order_in(await pay.begin(renamed(world), made.id)) == lost.provider_id
    assert await notes(payer, operation) == ["", "replayed"]


async def test_a_change_is_asked_for_in_the_same_words_too(build: Build, renter: NewRenter, payer: Payer, world: World) -> None:
    car = await build.car()
    ada = await renter(car)
    change_id = await make._write(world, await ada.preview(extras={ada.code: 1}))
    intent = await changing.intend(world, change_id)
    assert not isinstance(intent, str)
    operation, now = intent
    lost = await opening.ask(world, operation, now)
    await rename(build, car)
    assert order_in(await changes.begin(renamed(world), change_id)) == lost.provider_id
    assert await notes(payer, operation) == ["", "replayed"]


async def test_a_new_attempt_has_the_new_words(build: Build, payer: Payer, world: World) -> None:
    made = await build.held()
    first = await payer.approved(made, "declined")
    await pay.capture(world, first)
    await pay.begin(renamed(world), made.id)
    [words] = await build.rows(
        "select request from payment_operations where booking_id = $1 and kind = 'create_order' and attempt = 2", made.id
    )
    assert (words[0]["brand_name"], words[0]["return_url"]) == ("Better Cars", "http://better.test/paypal/return")
