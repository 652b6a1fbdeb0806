"""Looking at invoices by the clock and after notices: what is unsettled is read again, what has ended once a day for its refunds."""

from collections.abc import Iterator
from datetime import timedelta

from exodrive.flows.each import each
from exodrive.flows.invoicing import drive
from exodrive.flows.world import World
from exodrive.invoices import store as invoices
from exodrive.kit import clock
from exodrive.kit.failpoints import commits
from exodrive.webhooks.model import KeptEvent

AT_ONCE = 100
OPEN_EACH, ENDED_EACH = timedelta(minutes=15), timedelta(days=1)


@commits("invoice.due")
async def look_at_all(world: World) -> int:
    """Do what invoices want by the clock; return how many were looked at. One that fails stops no other."""
    now = clock.now()
    async with world.door.scope() as db:
        due = await invoices.due(db, now - OPEN_EACH, now - ENDED_EACH, AT_ONCE)
        for invoice_id in due:
            await invoices.told(db, invoice_id)
    await each(world, due, lambda invoice_id: drive.drive(world, invoice_id), "an invoice could not be looked at")
    return len(due)


async def changed(world: World, event: KeptEvent) -> str:
    """Something happened to an invoice: it is read, whatever the notice says of it."""
    return await hear(world, names_in(event.payload.get("resource")))


@commits("invoice.hear")
async def hear(world: World, names: Iterator[str]) -> str:
    """Read the invoice that goes by one of these names, PayPal's id or our number."""
    async with world.door.scope() as db:
        invoice_id = await invoices.named(db, names)
        if invoice_id is None:
            return "not ours"
        await invoices.told(db, invoice_id)
    await drive.drive(world, invoice_id)
    return "read"


def names_in(resource: object) -> Iterator[str]:
    """Yield what a notice may name an invoice by; it lies in the resource, or is the resource. Whatever is odd in it is left out."""
    inside = resource.get("invoice") if isinstance(resource, dict) else None
    for found in (resource, inside):
        detail = found.get("detail") if isinstance(found, dict) else None
        for holder, name in ((found, "id"), (detail, "invoice_number")):
            value = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(value, str) and value:
                yield value
