"""Papers about money: issued by a job for every capture and every refund, exactly once, and sent to the renter."""

from uuid import UUID

from exodrive.flows.receipts import content, store
from exodrive.flows.receipts.model import Facts
from exodrive.flows.world import World
from exodrive.kit import outbox, words
from exodrive.kit.db import Db
from exodrive.kit.ids import OperationId, new_id
from exodrive.receipts import store as receipts
from exodrive.receipts.model import Books, Content, NewReceipt, ReceiptKind

AT_ONCE = 500

_KINDS = {"capture": ReceiptKind.RECEIPT, "refund": ReceiptKind.CREDIT_NOTE}


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


async def issue_missing(world: World) -> int:
    """Issue the papers of money that moved before there were any, oldest first, and send none of them; return how many."""
    async with world.door.scope() as db:
        missing = await store.without_paper(db, AT_ONCE)
    return sum([await issue(world, operation_id) is not None for operation_id in missing])


async def _issue(db: Db, world: World, operation_id: OperationId) -> UUID | None:
    facts = await store.facts(db, operation_id)
    if facts is None or not facts.amount:
        return None
    kind = _KINDS[facts.kind]
    await receipts.keep_others_away(db, facts.booking_id)
    if await receipts.is_issued(db, operation_id):
        return None
    said = await _say(db, world.books, facts)
    receipt_id = new_id()
    await receipts.issue(
        db,
        NewReceipt(
            id=receipt_id,
            kind=kind,
            booking_id=facts.booking_id,
            operation_id=operation_id,
            amount=facts.amount,
            currency=facts.currency,
            language=facts.locale,
            content=said,
            time_zone=world.books.time_zone,
        ),
    )
    return receipt_id


async def _say(db: Db, books: Books, facts: Facts) -> Content:
    words.use(facts.locale)
    paid = await receipts.of_booking(db, facts.booking_id, ReceiptKind.RECEIPT)
    if facts.kind == "capture":
        return content.receipt(facts, books, paid)
    return content.credit_note(facts, books, await receipts.of_booking(db, facts.booking_id, ReceiptKind.CREDIT_NOTE), paid)
