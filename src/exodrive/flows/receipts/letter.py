"""The letter that brings a receipt or credit note to its renter, with the paper attached."""

import asyncio
from uuid import UUID

from exodrive.flows.letters import send_once
from exodrive.flows.receipts import store
from exodrive.flows.receipts.model import Addressee
from exodrive.flows.world import World
from exodrive.gateways.mailer import Attachment
from exodrive.kit import outbox, words
from exodrive.kit.ids import BookingId
from exodrive.mail import render
from exodrive.mail import store as mail
from exodrive.mail.model import ReceiptLetter, one_line
from exodrive.receipts import store as receipts
from exodrive.receipts.model import Receipt
from exodrive.receipts.pdf import PDF, pdf


async def send(world: World, outbox_id: UUID, receipt_id: UUID) -> None:
    """Send a paper, once per promise; sent again after a crash, it is the very same letter under the same key."""
    async with world.door.scope() as db:
        paper = await receipts.find(db, receipt_id)
        to = await store.addressee(db, receipt_id)
    if paper is None:
        raise RuntimeError(f"a letter was promised for a paper that was never issued: {receipt_id}")
    words.use(paper.language)
    file = Attachment(f"{paper.code}.pdf", await asyncio.to_thread(pdf, paper), PDF)
    letter = render.receipt(_told(world, paper, to), file)
    provider_id = await send_once(world, letter, outbox_id)
    async with world.door.scope() as db:
        await outbox.done(db, outbox_id)
        await mail.record(
            db,
            outbox_id,
            BookingId(to.booking_id),
            letter="receipt",
            recipient=letter.to,
            subject=letter.subject,
            provider_id=provider_id,
        )


def _told(world: World, paper: Receipt, to: Addressee) -> ReceiptLetter:
    return ReceiptLetter(
        to=to.email,
        first_name=one_line(to.first_name),
        reference=to.reference,
        title=paper.content.title,
        code=paper.code,
        about=paper.content.about,
        amount_label=paper.content.amount_label,
        amount=paper.content.amount,
        link=_link(world, to),
        house=world.house,
    )


def _link(world: World, to: Addressee) -> str:
    return "" if to.nonce is None else world.url("/booking/" + world.links.token(to.nonce, to.token_hash))
