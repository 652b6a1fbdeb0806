"""What to do with a thing that falls due."""

from contextlib import suppress

from exodrive_emulators.paypal import authorizations, captures, vault
from exodrive_emulators.paypal.invoicing import service as invoices
from exodrive_emulators.paypal.model import Due
from exodrive_emulators.paypal.states import Act, IllegalMove
from exodrive_emulators.paypal.world import PayPal


def happen(world: PayPal, due: Due) -> None:
    """Lapse or settle it; what has found another end in the meantime stays as it is."""
    with suppress(IllegalMove):
        settle(world, due.thing, due.act)


def settle(world: PayPal, thing: str, act: Act) -> bool:
    """A hold, a capture, a refund or an invoice goes on by itself; False when there is none of this id. Raises IllegalMove."""
    bill = kept = None
    if held := world.authorizations.get(thing):
        authorizations.lapse(world, held) if act is Act.VOID else authorizations.settle(world, held, act)
    elif taken := world.captures.get(thing):
        captures.settle(world, taken, act)
    elif given := world.refunds.get(thing):
        captures.settle_refund(world, given, act)
    elif bill := world.bills.get(thing):
        invoices.fall_due(world, bill, act)
    elif kept := world.wallets.get(thing):
        vault.make_ready(world, kept)
    return bool(held or taken or given or bill or kept)
