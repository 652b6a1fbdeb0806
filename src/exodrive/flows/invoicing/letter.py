"""Letters about invoices. They are ours: PayPal mails nobody, so none comes twice or in another's name."""

from uuid import UUID

from exodrive.flows import notices
from exodrive.flows.invoicing.words import cancelled_subject, cancelled_words, letter_words, sent_subject
from exodrive.flows.world import World
from exodrive.invoices import store as invoices
from exodrive.invoices.model import Invoice
from exodrive.invoices.states import GONE
from exodrive.kit import words
from exodrive.overview.letters import BookingFacts, booking_facts


async def send(world: World, outbox_id: UUID, invoice_id: UUID, *, is_reminder: bool = False) -> None:
    """Send a renter their invoice, or remind them of it; nothing when it need not be paid any more."""
    invoice, facts = await _read(world, invoice_id)
    if not invoice.is_payable:
        return
    words.use(facts.locale)
    kind = "invoice_reminder" if is_reminder else "invoice"
    subject = lambda car, days: sent_subject(invoice.number, car, days, is_reminder=is_reminder)  # noqa: E731
    letter = notices.letter(world, facts, subject, letter_words(invoice, is_reminder=is_reminder), kind=kind)
    await notices.send(world, outbox_id, invoice.booking_id, letter, kind=kind)


async def send_cancelled(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Tell a renter that an invoice they were sent need not be paid."""
    invoice, facts = await _read(world, invoice_id)
    if invoice.status not in GONE:
        return
    words.use(facts.locale)
    subject = lambda car, days: cancelled_subject(invoice.number, car, days)  # noqa: E731
    letter = notices.letter(world, facts, subject, cancelled_words(invoice.number), kind="invoice_ended")
    await notices.send(world, outbox_id, invoice.booking_id, letter, kind="invoice_ended")


async def _read(world: World, invoice_id: UUID) -> tuple[Invoice, BookingFacts]:
    async with world.door.scope() as db:
        invoice = await invoices.find(db, invoice_id)
        assert invoice is not None, "an invoice is never deleted"
        facts = await booking_facts(db, invoice.booking_id)
        assert facts is not None, "nor is its booking"
    return invoice, facts
