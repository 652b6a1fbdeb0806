"""What PayPal tells oddly of a claim: it waits for a person."""

from dataclasses import replace

import pytest

from exodrive.charges.states import ChargeStatus
from exodrive.deposits.claims.model import ClaimStatus
from exodrive.flows import deciding
from exodrive.flows.claiming import answer, taking
from exodrive.flows.claiming.make import claim
from exodrive.kit import clock
from exodrive.payments.decisions.model import Decision
from exodrive.payments.decisions.store import doubts
from exodrive.payments.decisions.words import choice_words, doubt_words
from tests.flows.claiming.test_claims import RULES, owing, state, work
from tests.flows.deposit.test_hold import alarms
from tests.flows.telling import Telling

PUT_RIGHT = pytest.mark.books_differ("staff said that it was put right at PayPal's own site, where this one still stands")


@pytest.mark.parametrize("decision", [Decision.ACCEPT, pytest.param(Decision.CLOSE, marks=PUT_RIGHT)])
async def test_what_paypal_tells_oddly_of_a_claim_waits_for_a_person_and_ends_as_they_say(build, payer, world, service, wait_for, decision):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    [(claim_id,)] = await build.rows("select id from deposit_claims where booking_id = $1", made.id)
    await taking.take(service, claim_id)
    odd = replace(service, paypal=Telling(service.paypal, capture={"invoice_id": "7K3M9QXD-C1"}))
    await work(odd, made)
    operation_id = await build.value("select id from payment_operations where booking_id = $1 and kind = 'claim'", made.id)
    async with sam.door.scope() as db:
        [doubt] = [one for one in await doubts(db, made.id) if one.waits(clock.now())]
    assert (doubt.operation.id, doubt.choices) == (operation_id, (Decision.ACCEPT, Decision.CLOSE))
    assert doubt_words(doubt).startswith("What PayPal shows is not what we asked for")
    assert len({choice_words(one, doubt) for one in doubt.choices}) == 2
    await deciding.by_staff(sam.door, made.id, operation_id, decision, sam.actor, "I looked at it at PayPal")
    await deciding.act(service, operation_id)
    kept, hold, owed = await state(build, made)
    taken = decision is Decision.ACCEPT
    assert (kept.status, hold.claimed_amount) == ((ClaimStatus.SETTLED, 300) if taken else (ClaimStatus.FAILED, 0))
    assert owed == [(ChargeStatus.SETTLED, 300) if taken else (ChargeStatus.DUE, 0)]
    assert await alarms(build, made) == ([] if taken else ["claim"])
