"""A booking in two parts is changed: the rest follows, never beside its payment; once it is settled, what is changed is paid in one."""

import asyncio
from decimal import Decimal

import pytest

from exodrive.flows import home
from exodrive.flows.change import make
from exodrive.flows.change.errors import ChangedMeanwhile
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.instalment import waive
from exodrive.flows.instalment.errors import ChangeFirst, NoRest
from exodrive.payments.instalments.model import InstalmentStatus
from tests.flows.change.test_ended import unexpected
from tests.flows.change.test_pay import _lapse
from tests.flows.conftest import order_in
from tests.flows.ending import settle_refunds, staff_of
from tests.flows.instalment.test_pay import agree
from tests.web.storefront.test_change import fall_due


async def dearer(ada):
    """Ask for a seat; returns the order that pays for it."""
    made = await ada.change(extras={ada.code: 1})
    return made.change_id, order_in(made.approve_url)


async def test_the_rest_follows_a_dearer_change_that_was_paid(owing, payer, world, service):
    ada = await owing()
    sold, before = await ada.price(), await ada.rest()
    _change, order_id = await dearer(ada)
    assert (await ada.rest()).amount == before.amount
    await payer.approve(order_id)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    price, rest = await ada.price(), await ada.rest()
    assert rest.amount == price.due_later > before.amount
    assert await ada.money() == (price.due_now, Decimal(0))
    assert price.due_now > sold.due_now
    await ada.paid()
    assert await ada.money() == (price.total, Decimal(0))
    await agree(ada, service)


async def test_an_order_for_the_rest_before_a_change_is_never_captured(owing, payer, world):
    """It is for another sum."""
    ada = await owing(extras=1)
    old = await ada.approved()
    before = await ada.rest()
    await ada.change(extras={})
    rest, price = await ada.rest(), await ada.price()
    assert (rest.amount, rest.order_id) == (price.due_later, None)
    assert rest.amount < before.amount
    assert (await home.capture(world, old)).outcome.step is Step.NOT_PAID
    assert await payer.asked("/capture", old) == []
    await ada.paid()


async def test_while_a_change_waits_the_rest_is_not_paid(owing, payer, world, service):
    ada = await owing()
    old = await ada.approved()
    await dearer(ada)
    with pytest.raises(ChangeFirst):
        await ada.order()
    assert (await home.capture(world, old)).outcome.step is Step.NOT_PAID
    assert await payer.asked("/capture", old) == []
    await make.give_up(world, ada.made.id)
    await ada.paid()
    assert await ada.money() == ((await ada.price()).total, Decimal(0))
    await agree(ada, service)


async def test_a_change_nobody_paid_in_time_gives_way_to_the_rest(build, owing, payer, world, service):
    ada = await owing()
    change_id, order_id = await dearer(ada)
    await payer.approve(order_id)
    await _lapse(build, change_id)
    await ada.paid()
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert [status for status, _ in await ada.changes()] == ["dropped"]
    await agree(ada, service)


@pytest.mark.parametrize("_round", range(3))
async def test_a_change_and_the_rest_are_never_paid_against_each_other(owing, payer, world, service, _round):
    """Whoever is first, what was paid is what the booking costs by then, or less by the rest."""
    ada = await owing()
    order_id = await ada.approved()
    told = await asyncio.gather(home.capture(world, order_id), ada.change(extras={ada.code: 1}), return_exceptions=True)
    assert unexpected(told) == []
    await settling.settle_open(service)
    rest, price = await ada.rest(), await ada.price()
    captured, _ = await ada.money()
    assert captured == (price.total if rest.status is InstalmentStatus.PAID else price.due_now)
    await agree(ada, service)


async def test_once_the_rest_is_paid_a_dearer_change_is_paid_in_one(owing, payer, world, service):
    ada = await owing()
    sold = await ada.price()
    await ada.paid()
    preview = await ada.preview(extras={ada.code: 1})
    assert (preview.price.due_later, preview.price.due_on) == (0, None)
    assert preview.difference.amount == preview.price.total - sold.total > 0
    _change, order_id = await dearer(ada)
    await payer.approve(order_id)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    price = await ada.price()
    assert (await ada.rest()).status is InstalmentStatus.PAID
    assert await ada.money() == (price.total, Decimal(0))
    again = await ada.preview(extras={ada.code: 2})
    assert again.difference.amount == again.price.total - price.total
    await agree(ada, service)


async def test_once_the_rest_is_paid_a_cheaper_change_gives_the_difference_back(build, owing, payer, world, service):
    ada = await owing(extras=1)
    sold = await ada.price()
    await ada.paid()
    await ada.change(extras={})
    await settle_refunds(build, service, ada.made)
    price = await ada.price()
    assert await ada.money() == (sold.total, sold.total - price.total)
    await agree(ada, service)


async def test_what_staff_forwent_is_neither_asked_for_nor_given_back_by_a_change(build, owing, world, service):
    ada, sam = await owing(extras=1), await staff_of(build)
    sold = await ada.price()
    await waive.by_staff(sam.door, ada.made.id, sam.actor, "a good customer")
    dearer = await ada.preview(extras={ada.code: 2})
    assert dearer.difference.amount == dearer.price.total - sold.total
    await ada.change(extras={})
    await settle_refunds(build, service, ada.made)
    price = await ada.price()
    assert await ada.money() == (sold.due_now, sold.total - price.total)
    assert (await ada.rest()).status is InstalmentStatus.WAIVED
    await agree(ada, service)


async def test_a_rest_paid_meanwhile_is_not_asked_for_by_a_change_shown_before(owing, world):
    ada = await owing()
    proposal = await ada.preview(extras={ada.code: 1})
    await ada.paid()
    with pytest.raises(ChangedMeanwhile):
        await make._write(world, proposal)


async def test_a_change_that_takes_off_all_of_the_rest_leaves_none(build, owing, world, service):
    """From its day on a rest gets less first, before anything is given back."""
    ada = await owing(ahead=15, extras=2, percent=Decimal(98))
    await fall_due(build, ada.made)
    rest, sold = await ada.rest(), await ada.price()
    await ada.change(extras={})
    price = await ada.price()
    assert (await ada.rest()).status is InstalmentStatus.MERGED
    assert 0 < rest.amount < sold.total - price.total
    assert (price.due_later, price.due_on) == (0, None)
    with pytest.raises(NoRest):
        await ada.order()
    await settle_refunds(build, service, ada.made)
    captured, refunded = await ada.money()
    assert captured - refunded == price.total
    await agree(ada, service)


async def test_a_rest_that_is_due_gets_less_first(build, owing, service):
    ada = await owing(ahead=15, extras=1)
    await fall_due(build, ada.made)
    rest, sold = await ada.rest(), await ada.price()
    await ada.change(extras={})
    price = await ada.price()
    assert (await ada.rest()).amount == rest.amount - (sold.total - price.total)
    assert await ada.money() == (sold.due_now, Decimal(0))
    await ada.paid()
    assert await ada.money() == (price.total, Decimal(0))
    await agree(ada, service)
