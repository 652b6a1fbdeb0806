"""The papers of a booking as JSON for staff; each file is at the same address as in the back office."""

from datetime import date
from decimal import Decimal

import msgspec
from litestar import get

from exodrive.kit.db import Door
from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.overview import staff_file
from exodrive.receipts.model import ReceiptKind


class PaperAnswer(msgspec.Struct, frozen=True):
    """A receipt or credit note; ``file`` is where its PDF is."""

    kind: ReceiptKind
    code: str
    amount: Decimal
    currency: str
    issued_on: date
    file: str


@get("/bookings/{reference:str}/receipts")
async def index(db: Door, reference: str) -> list[PaperAnswer]:
    """List a booking's receipts and credit notes, oldest first."""
    async with db.scope() as scope:
        found = await staff_file.file(scope, reference)
    if found is None:
        raise NotFound(_("There is no booking with this reference."))
    papers = found.receipts
    return [
        PaperAnswer(one.kind, one.code, one.amount, one.currency, one.issued_on, f"/admin/bookings/{reference}/receipts/{one.code}")
        for one in papers
    ]


HANDLERS = [index]
