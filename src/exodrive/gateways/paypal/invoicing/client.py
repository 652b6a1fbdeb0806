"""The calls of Invoicing v2. PayPal keeps no request ids here: our own number, and reading first, guard against doing things twice."""

from urllib.parse import quote

from exodrive.gateways.errors import Refused
from exodrive.gateways.paypal.invoicing import bodies
from exodrive.gateways.paypal.invoicing.model import Invoice, InvoiceStatus, NewInvoice, PaidElsewhere
from exodrive.gateways.paypal.invoicing.wire import read_found, read_invoice, read_picture
from exodrive.gateways.paypal.model import PayPal

_ALL = "/v2/invoicing/invoices"
_SEARCH = "/v2/invoicing/search-invoices"
_GONE = {InvoiceStatus.CANCELLED, InvoiceStatus.AUTO_CANCELLED}
_UNSENT = {InvoiceStatus.DRAFT, InvoiceStatus.SCHEDULED}


class Invoices:
    """Our invoices at PayPal. Every call may raise Refused, Unknown, Unreachable and Busy; none inside a database scope."""

    def __init__(self, client: PayPal) -> None:
        self._client = client

    async def find(self, number: str) -> Invoice | None:
        """Return the invoice with our number, or None: PayPal's search finds parts of numbers too."""
        fields = {"invoice_number": number, "fields": ["payments", "refunds"]}
        found = await self._client.ask(read_found, "POST", f"{_SEARCH}?page_size=100", fields)
        return next((invoice for invoice in found if invoice.number == number), None)

    async def draft(self, new: NewInvoice) -> Invoice:
        """Draft an invoice; one with this number that is there already is read. Whether it is the same, the caller compares."""
        if there := await self.find(new.number):
            return there
        try:
            return await self._client.ask_full(read_invoice, _ALL, bodies.draft(new))
        except Refused:
            if there := await self.find(new.number):  # an attempt whose answer was lost had made it
                return there
            raise

    async def read(self, invoice_id: str) -> Invoice:
        """Read an invoice."""
        return await self._client.ask(read_invoice, "GET", _path(invoice_id))

    async def issue(self, invoice_id: str, *, by_paypal: bool) -> Invoice:
        """Make an invoice payable; sent twice, it is sent once. ``by_paypal`` has PayPal mail it to the renter."""
        await self._client.ask(bytes, "POST", _path(invoice_id, "send"), bodies.notification(by_paypal=by_paypal))
        return await self.read(invoice_id)

    async def remind(self, invoice_id: str) -> None:
        """Have PayPal remind the renter; Refused after two in a day. Asked again after a lost answer, it may remind twice."""
        await self._client.ask(bytes, "POST", _path(invoice_id, "remind"), bodies.notification(by_paypal=True))

    async def cancel(self, invoice_id: str) -> Invoice:
        """Cancel an invoice that nothing was paid of, a draft too; one that ended already is read. Refused when money came."""
        invoice = await self.read(invoice_id)
        if invoice.status in _UNSENT:
            invoice = await self.issue(invoice_id, by_paypal=False)  # a deleted draft would free our number for another
        if invoice.status in _GONE:
            return invoice
        try:
            await self._client.ask(bytes, "POST", _path(invoice_id, "cancel"), bodies.notification(by_paypal=False))
        except Refused as refusal:
            if refusal.issue != "INVOICE_CANCELED_ALREADY":
                raise
        return await self.read(invoice_id)

    async def record(self, invoice_id: str, paid: PaidElsewhere) -> Invoice:
        """Note a payment that came another way, once for each mark."""
        invoice = await self.read(invoice_id)
        if any(one.note == paid.mark for one in invoice.payments):
            return invoice
        await self._client.ask_once(bytes, "POST", _path(invoice_id, "payments"), bodies.payment(paid))
        return await self.read(invoice_id)

    async def picture(self, invoice_id: str, pixels: int = 300) -> bytes:
        """Return the QR code of PayPal's page as a PNG of 150 to 500 pixels."""
        size = {"width": pixels, "height": pixels, "action": "pay"}
        return await self._client.ask(read_picture, "POST", _path(invoice_id, "generate-qr-code"), size)


def _path(invoice_id: str, verb: str = "") -> str:
    return "/".join(part for part in (_ALL, quote(invoice_id, safe=""), verb) if part)
