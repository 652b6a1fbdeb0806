"""What the worker does about invoices: every topic and its handler, each a shell over a verb."""

from uuid import UUID

from exodrive.flows.invoicing import drive, letter, look
from exodrive.flows.world import World
from exodrive.kit.outbox.jobs import job


@job("invoices.drive")
async def drive_invoice(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Bring an invoice on, now that something is wanted of it."""
    await drive.drive(world, invoice_id)


@job("invoices.look_at_all", tries=1)  # the next look is the next try
async def look_at_invoices(world: World, outbox_id: UUID) -> None:
    """Read what is unsettled, and go on with what was cut short."""
    await look.look_at_all(world)


@job("mail.invoice", tries=12)
async def write_of_an_invoice(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Send the letter with an invoice."""
    await letter.send(world, outbox_id, invoice_id)


@job("mail.invoice_reminder", tries=12)
async def remind_of_an_invoice(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Remind a renter of an invoice."""
    await letter.send(world, outbox_id, invoice_id, is_reminder=True)


@job("mail.invoice_ended", tries=12)
async def write_of_an_invoices_end(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Tell a renter that an invoice need not be paid any more."""
    await letter.send_cancelled(world, outbox_id, invoice_id)


HANDLERS = (drive_invoice, look_at_invoices, write_of_an_invoice, remind_of_an_invoice, write_of_an_invoices_end)
