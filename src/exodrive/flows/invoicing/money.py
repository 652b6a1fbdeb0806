"""Money at PayPal that is an invoice's: the comparison must not take it for a stranger's, and what a bank takes back is cried out."""

import logging
from collections.abc import Iterable
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import PAYPAL
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.invoicing import drive, following
from exodrive.flows.world import World
from exodrive.gateways.errors import unless_gone
from exodrive.gateways.paypal import Authorization, Capture, Refund
from exodrive.invoices import store as invoices
from exodrive.kit.failpoints import calls, commits

log = logging.getLogger(__name__)


async def is_invoiced(world: World, shown: Capture | Refund | Authorization) -> bool:
    """Tell whether money that no booking's book knows is an invoice's, and have that invoice read. Raises GatewayError."""
    if isinstance(shown, Authorization):
        return False
    invoice_id = await _of_capture(world, shown.id if isinstance(shown, Capture) else shown.capture_id)
    if invoice_id is None:
        return False
    await _told(world, invoice_id)
    await drive.drive(world, invoice_id)
    return True


async def taken_back(world: World, names: Iterable[str]) -> str:
    """A payment was taken back by the payer's bank or PayPal: when it was one of an invoice, a person must know.

    ``names`` are those of the capture, or of what looks like its refund. Raises GatewayError, and is then to be tried again.
    """
    for name in names:
        invoice_id = await _of_capture(world, name) or await _of_refund(world, name)
        if invoice_id:
            await again(lambda: _cry(world, invoice_id, name))  # noqa: B023 - awaited at once
            return "reversed"
    return "not ours"


@commits("invoice.money.told")
async def _told(world: World, invoice_id: UUID) -> None:
    async with world.door.scope() as db:
        await invoices.told(db, invoice_id)


@commits("invoice.money.look")
@calls("invoice.money.see")
async def _of_capture(world: World, capture_id: str) -> UUID | None:
    """Return the invoice that a capture paid: by its number, and PayPal shows it among the invoice's payments."""
    capture = await unless_gone(world.paypal.get_capture(capture_id))
    if capture is None:
        return None
    async with world.door.scope() as db:
        invoice_id = await invoices.named(db, [capture.invoice_id]) if capture.invoice_id else None
        kept = await invoices.find(db, invoice_id) if invoice_id else None
    if kept is None or kept.paypal_invoice_id is None:
        return None
    told = await world.invoices.read(kept.paypal_invoice_id)
    return kept.id if capture_id in {one.id for one in told.payments} else None


@calls("invoice.refund.see")
async def _of_refund(world: World, refund_id: str) -> UUID | None:
    refund = await unless_gone(world.paypal.get_refund(refund_id))
    return await _of_capture(world, refund.capture_id) if refund else None


@commits("invoice.reversed")
async def _cry(world: World, invoice_id: UUID, name: str) -> None:
    async with world.door.scope() as db:
        kept = await invoices.find(db, invoice_id)
        assert kept is not None
        now = await standing.locked(db, kept.booking_id)
        kept = await invoices.find(db, invoice_id)
        assert kept is not None
        await invoices.told(db, invoice_id)
        if kept.problem == following.CHARGED_BACK:
            return
        await invoices.save(db, msgspec.structs.replace(kept, problem=following.CHARGED_BACK))
        await bookings.tell(db, kept.booking_id, "invoice_charged_back", PAYPAL, number=kept.number, reversal=name)
        await following.raise_alarm(db, now, kept)
    log.critical("a payment of an invoice was reversed", extra={"number": kept.number, "reversal": name})
