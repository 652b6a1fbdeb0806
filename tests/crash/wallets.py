"""What a story of a kept wallet begins with, and how the worker tells it."""

from exodrive.flows.deposit import look
from exodrive.flows.wallet import looking
from exodrive.payments.model import Kind
from tests.builders import days_ahead
from tests.crash.cast import Cast, Facts
from tests.crash.scene import Scene


async def lets(scene: Scene) -> None:
    """The account may keep wallets."""
    await scene.payer.paypal.control("POST", "account", {"vaulting": True})


async def a_wallet_to_be_found(scene: Scene) -> Facts:
    """Its renter agreed, and has paid."""
    await lets(scene)
    return scene.facts(await scene.paid(days=days_ahead(10, 3), keep_wallet=True))


async def a_wallet_to_hold_by(scene: Scene) -> Facts:
    """One that was found, with the pick-up tomorrow."""
    await lets(scene)
    made = await scene.paid(days=days_ahead(1, 3), keep_wallet=True)
    await looking.look_at(scene.service, made.id)
    return scene.facts(made)


async def an_intent_to_hold(scene: Scene) -> Facts:
    """The same, and that it is to hold is written down."""
    facts = await a_wallet_to_hold_by(scene)
    assert facts.booking_id
    await look.look_at(scene.service, facts.booking_id)
    found = await scene.build.rows(
        "select id from payment_operations where booking_id = $1 and kind = $2", facts.booking_id, Kind.OPEN_HOLD
    )
    return Facts(booking_id=facts.booking_id, reference=facts.reference, operation_id=found[0][0])


async def an_intent_nobody_waits_for(scene: Scene) -> Facts:
    """The same, and PayPal took so long that the renter is asked instead."""
    facts = await an_intent_to_hold(scene)
    dropped = "update deposit_holds set status = 'dropped', ended_at = exodrive_private.now() where booking_id = $1"
    await scene.behind(dropped, facts.booking_id)
    return facts


async def a_wallet_that_its_owner_ended(scene: Scene) -> Facts:
    facts = await a_wallet_to_be_found(scene)
    assert facts.booking_id
    await looking.look_at(scene.service, facts.booking_id)
    [(token_id,)] = await scene.build.rows("select token_id from paypal_wallets where booking_id = $1", facts.booking_id)
    await scene.payer.paypal.control("POST", f"vault/{token_id}/cancel", {})
    return facts


async def a_wallet_needed_no_longer(scene: Scene) -> Facts:
    """Nothing was held by it, and the car has been back for long."""
    facts = await a_wallet_to_be_found(scene)
    assert facts.booking_id
    await looking.look_at(scene.service, facts.booking_id)
    over = """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '9 days',
              returned_at = exodrive_private.now() - interval '8 days' where id = $1"""
    await scene.behind(over, facts.booking_id)
    return facts


async def looks_after_a_wallet(cast: Cast, facts: Facts) -> None:
    """The worker does what a wallet wants."""
    assert facts.booking_id
    await looking.look_at(cast.service, facts.booking_id)


async def checks_a_wallet(cast: Cast, facts: Facts) -> None:
    """Somebody said that a wallet is gone."""
    assert facts.booking_id
    await looking.check(cast.service, facts.booking_id)
