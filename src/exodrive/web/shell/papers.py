"""Receipts and credit notes as files to download, and the codes of invoices as pictures, for their renter and for staff."""

import asyncio

from litestar import Response

from exodrive.invoices import store as invoices
from exodrive.kit.db import Door
from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.receipts import store
from exodrive.receipts.pdf import PDF, pdf


class NoPaper(NotFound):
    """There is no such paper, or it belongs to another booking."""

    code = "no-receipt"

    def __init__(self) -> None:
        super().__init__(_("There is no receipt with this number."))


async def download(door: Door, reference: str, code: str) -> Response[bytes]:
    """Give a booking's paper as PDF to whoever the door lets see it. Raises NoPaper."""
    async with door.scope() as db:
        paper = await store.by_code(db, reference, code)
    if paper is None:
        raise NoPaper
    headers = {"content-disposition": f'attachment; filename="{paper.code}.pdf"'}
    return Response(await asyncio.to_thread(pdf, paper), media_type=PDF, headers=headers)


class NoPicture(NotFound):
    """There is no such invoice, it belongs to another booking, or PayPal gave no code for it."""

    code = "no-picture"

    def __init__(self) -> None:
        super().__init__(_("There is no picture for this invoice."))


async def picture(door: Door, reference: str, number: str) -> Response[bytes]:
    """Give the code of an invoice's page at PayPal as a PNG to whoever the door lets see it. Raises NoPicture."""
    async with door.scope() as db:
        png = await invoices.picture(db, reference, number)
    if not png:
        raise NoPicture
    return Response(png, media_type="image/png", headers={"content-disposition": f'inline; filename="{number}.png"'})
