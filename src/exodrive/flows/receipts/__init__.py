"""Papers about money: issued by a job for every capture, claim and paid invoice, and for what went back of them, and sent to the renter."""

from uuid import UUID

from exodrive.flows.each import each
from exodrive.flows.receipts import charges, content, store
from exodrive.flows.receipts.model import Debt, Facts
from exodrive.flows.world import World
from exodrive.kit import outbox, words
from exodrive.kit.db import Db
from exodrive.kit.ids import OperationId, new_id
from exodrive.receipts import store as receipts
from exodrive.receipts.model import Books, Content, NewReceipt, Purpose, ReceiptKind

AT_ONCE = 500

_KINDS = {
    "capture": (ReceiptKind.RECEIPT, Purpose.RENTAL),
    "refund": (ReceiptKind.CREDIT_NOTE, Purpose.RENTAL),
    "claim": (ReceiptKind.RECEIPT, Purpose.CLAIM),
    "repay": (ReceiptKind.CREDIT_NOTE, Purpose.CLAIM),
    "paid": (ReceiptKind.RECEIPT, Purpose.INVOICE),
    "refunded": (ReceiptKind.CREDIT_NOTE, Purpose.INVOICE),
}


async def issue(world: World, operation_id: OperationId) -> UUID | None:
    """Issue the paper of an operation that moved money; return its id, or None when it was issued before or no money moved.

    The number is taken and the content written in one transaction: whatever fails, the number is given back, and the promise stays.
    """
    async with world.door.scope() as db:
        return await _issue(db, world, operation_id)


async def issue_and_send(world: World, outbox_id: UUID, operation_id: OperationId) -> None:
    """Issue the paper of an operation and promise its letter, both or neither; done again, nothing happens."""
    async with world.door.scope() as db:
        receipt_id = await _issue(db, world, operation_id)
        if receipt_id:
            await outbox.enqueue(db, "mail.receipt", receipt_id=receipt_id)
        await outbox.done(db, outbox_id)


async def issue_of_invoice_and_send(world: World, outbox_id: UUID, invoice_id: UUID) -> None:
    """Issue the papers of what was paid of an invoice, or went back, since the last, and promise their letters; done again, nothing is."""
    async with world.door.scope() as db:
        for receipt_id in await _issue_of_invoice(db, world, invoice_id):
            await outbox.enqueue(db, "mail.receipt", receipt_id=receipt_id)
        await outbox.done(db, outbox_id)


async def issue_missing(world: World) -> int:
    """Issue the papers of money that moved before there were any, oldest first, and send none of them.

    Returns for how many payments and invoices that was. One that fails stops no other.
    """
    async with world.door.scope() as db:
        missing, invoices = await store.without_paper(db, AT_ONCE), await store.invoices_without_paper(db, AT_ONCE)
    issued = await each(world, missing, lambda operation_id: issue(world, operation_id), "a missing receipt could not be issued")
    return issued + await each(
        world, invoices, lambda invoice_id: _issue_of(world, invoice_id), "an invoice's receipts could not be issued"
    )


async def _issue_of(world: World, invoice_id: UUID) -> list[UUID]:
    async with world.door.scope() as db:
        return await _issue_of_invoice(db, world, invoice_id)


async def _issue(db: Db, world: World, operation_id: OperationId) -> UUID | None:
    facts = await store.facts(db, operation_id)
    if facts is None or not facts.amount:
        return None
    await receipts.keep_others_away(db, facts.booking_id)
    if await receipts.is_issued(db, operation_id):
        return None
    return await _write(db, world.books, facts)


async def _issue_of_invoice(db: Db, world: World, invoice_id: UUID) -> list[UUID]:
    for facts in (await store.facts_of_invoice(db, invoice_id))[:1]:
        await receipts.keep_others_away(db, facts.booking_id)
    return [await _write(db, world.books, facts) for facts in await store.facts_of_invoice(db, invoice_id)]


async def _write(db: Db, books: Books, facts: Facts) -> UUID:
    words.use(facts.locale)
    receipt_id, (kind, purpose) = new_id(), _KINDS[facts.kind]
    await receipts.issue(
        db,
        NewReceipt(
            id=receipt_id,
            kind=kind,
            purpose=purpose,
            booking_id=facts.booking_id,
            operation_id=facts.operation_id,
            invoice_id=facts.invoice_id,
            amount=facts.amount,
            currency=facts.currency,
            language=facts.locale,
            content=await _say(db, books, facts),
            time_zone=books.time_zone,
        ),
    )
    return receipt_id


async def _say(db: Db, books: Books, facts: Facts) -> Content:
    kind, purpose = _KINDS[facts.kind]
    paid, back = [await receipts.of_booking(db, facts.booking_id, one, purpose, facts.invoice_id) for one in ReceiptKind]
    if purpose is not Purpose.RENTAL:
        if kind is ReceiptKind.RECEIPT:
            return charges.receipt(facts, books, paid, await _debt(db, facts))
        return charges.credit_note(facts, books, back, paid)
    if kind is ReceiptKind.RECEIPT:
        return content.receipt(facts, books, paid)
    return content.credit_note(facts, books, back, paid)


async def _debt(db: Db, facts: Facts) -> Debt:
    if facts.invoice_id:
        return await store.debt_of_invoice(db, facts.invoice_id)
    assert facts.hold_id, "what is no invoice's was taken out of a hold"
    return await store.debt_of_claim(db, facts.hold_id)
