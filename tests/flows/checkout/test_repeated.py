"""Repeated requests: a double click, a browser's retry, a lost answer; and limits on unpaid holds."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from exodrive.bookings import service as bookings
from exodrive.bookings.model import SYSTEM, Caller
from exodrive.flows.checkout import hold as holding
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout import store
from exodrive.flows.checkout.errors import TooManyHolds
from exodrive.flows.checkout.hold import SCOPE, hold
from exodrive.flows.checkout.replay import LinkReplaced
from exodrive.kit import idempotency
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import InFlight, KeyReused
from tests.builders import new_caller, new_key


async def test_the_same_request_five_times_is_one_booking_with_one_answer(build):
    order, caller, key = await build.order(await build.car()), new_caller(), new_key()
    first = await hold(build.world, order, caller, key)
    again = await asyncio.gather(*(hold(build.world, order, caller, key) for _ in range(4)))
    assert [first] * 4 == again
    assert await build.value("select count(*) from bookings where contact_email = $1", order.email) == 1


async def test_the_same_request_many_times_at_once_is_one_booking(build):
    order, caller, key = await build.order(await build.car()), new_caller(), new_key()
    answers = await asyncio.gather(*(hold(build.world, order, caller, key) for _ in range(8)), return_exceptions=True)
    held = [answer for answer in answers if not isinstance(answer, Exception)]
    assert held
    assert all(answer == held[0] for answer in held)
    assert all(isinstance(answer, InFlight) for answer in answers if isinstance(answer, Exception)), answers
    assert await build.value("select count(*) from bookings where contact_email = $1", order.email) == 1


async def test_a_repeat_that_looked_before_the_first_was_done_gets_its_answer(build):
    """Both looked for an answer and found none; then the first one was faster."""
    order, caller, key = await build.order(await build.car()), new_caller(), new_key()
    request = idempotency.request(SCOPE, key, order)
    async with build.doors.checkout().scope() as db:
        _, facts = await store.facts(db, request, order, caller)
    checked = ordering.check(order, facts, build.world.rules, build.world.quotes)
    first = await hold(build.world, order, caller, key)
    async with build.world.door.scope() as db:
        assert await holding._claim(db, build.world, checked, new_caller(), request, frozenset({order.car_id})) == first


async def test_a_first_visit_clicked_twice_without_a_cookie_is_one_booking(build):
    """The first request of a browser has no cookie, so each of the two clicks brings another."""
    order, key, network = await build.order(await build.car()), new_key(), new_caller().network
    answers = [await hold(build.world, order, Caller(new_caller().browser_hash, network), key) for _ in range(2)]
    assert answers[0] == answers[1]


async def test_the_same_key_with_another_order_is_refused(build):
    made = await build.held()
    with pytest.raises(KeyReused) as refused:
        await hold(build.world, msgspec.structs.replace(made.order, notes="more"), made.caller, made.key)
    assert refused.value.status == 422


async def test_the_same_key_in_flight_is_told_to_come_again(build):
    order, key = await build.order(await build.car()), new_key()
    request = idempotency.request(SCOPE, key, order)
    async with build.doors.checkout().scope() as db:
        assert await store.lock(db, request.name, [])
        with pytest.raises(InFlight) as refused:
            await asyncio.create_task(_elsewhere(hold(build.world, order, new_caller(), key)))
    assert (refused.value.status, refused.value.extra["retry_after"]) == (409, 1)
    assert (await hold(build.world, order, new_caller(), key)).reference


async def _elsewhere(awaitable):
    """As another request would run it: outside of any scope."""
    from exodrive.kit import db

    db._inside.set(False)
    return await awaitable


async def test_a_failed_request_may_be_sent_again_with_the_same_key(build):
    order, key = await build.order(await build.car(), terms=""), new_key()
    with pytest.raises(BadInput):
        await hold(build.world, order, new_caller(), key)
    accepted = msgspec.structs.replace(order, terms=build.world.rules.terms_version)
    assert (await hold(build.world, accepted, new_caller(), key)).reference


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "tab\there", "žluťoučký kůň"])
async def test_a_key_that_cannot_be_one_is_refused(build, key):
    with pytest.raises(BadInput):
        await hold(build.world, await build.order(await build.car()), new_caller(), key)


async def test_the_answer_is_given_again_after_the_days_went(build):
    """Idempotency is answered first, whatever became of the booking or of the quote."""
    made = await build.held()
    await build.lapse(made, timedelta(hours=3))
    assert await hold(build.world, made.order, made.caller, made.key) == made.held


async def test_a_revoked_link_is_not_given_again(build):
    made = await build.held()
    async with build.doors.service().scope() as db:
        await bookings.reissue_link(db, build.world.links, build.world.rules, made.id, SYSTEM)
    with pytest.raises(LinkReplaced):
        await hold(build.world, made.order, made.caller, made.key)


async def test_an_e_mail_address_has_two_unpaid_holds(build):
    email = f"{new_key()}@example.com"
    for _ in range(2):
        await build.held(email=email)
    with pytest.raises(TooManyHolds) as refused:
        await build.held(email=email)
    assert refused.value.status == 429
    assert 1150 < refused.value.retry_after <= 1200


async def test_a_network_has_four_unpaid_holds(build):
    network = new_caller().network
    made = [await build.held(caller=Caller(new_caller().browser_hash, network)) for _ in range(4)]
    with pytest.raises(TooManyHolds):
        await build.held(caller=Caller(new_caller().browser_hash, network))
    await build.lapse(made[0])
    await build.held(caller=Caller(new_caller().browser_hash, network))


async def test_the_limits_are_exact_under_a_crowd(build):
    network, email = new_caller().network, f"{new_key()}@example.com"
    cars = [await build.car() for _ in range(12)]
    crowd = [build.held(car, caller=Caller(new_caller().browser_hash, network)) for car in cars[:6]]
    crowd += [build.held(car, email=email) for car in cars[6:]]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert all(isinstance(answer, TooManyHolds) for answer in answers if isinstance(answer, Exception)), answers
    assert sum(not isinstance(answer, Exception) for answer in answers[:6]) == 4
    assert sum(not isinstance(answer, Exception) for answer in answers[6:]) == 2


async def test_a_paid_booking_does_not_count(build):
    email = f"{new_key()}@example.com"
    for _ in range(3):
        await build.paid(email=email)
    await build.held(email=email)
