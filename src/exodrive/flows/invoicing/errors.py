"""Refusals of invoices: a sentence each."""

from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _


class NothingOpen(Conflict):
    """No charge is due that is not paid, claimed or invoiced already."""

    code = "nothing-open"

    def __init__(self) -> None:
        super().__init__(_("Nothing is open that could be invoiced: it is paid, claimed or invoiced already."))


class UnknownInvoice(NotFound):
    """There is no such invoice on this booking."""

    code = "unknown-invoice"

    def __init__(self) -> None:
        super().__init__(_("There is no such invoice on this booking."))


class InvoiceMoved(Conflict):
    """The invoice is no longer in a state from which this can be done."""

    code = "invoice-moved"

    def __init__(self) -> None:
        super().__init__(_("This cannot be done with the invoice as it stands now. Load the page again and look."))


class RemindedEnough(Conflict):
    """The renter was reminded twice within a day. ``extra`` has the ``limit``."""

    code = "reminded-enough"

    def __init__(self, limit: int) -> None:
        super().__init__(_("The renter was reminded %(number)d times within a day. Wait until tomorrow.") % {"number": limit}, limit=limit)
