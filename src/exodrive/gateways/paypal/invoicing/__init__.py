"""PayPal's invoices (Invoicing v2): what is still owed, sent to the renter and paid on PayPal's own page."""

from exodrive.gateways.paypal.invoicing.client import Invoices
from exodrive.gateways.paypal.invoicing.model import (
    Invoice,
    InvoiceStatus,
    Line,
    Method,
    NewInvoice,
    Paid,
    PaidElsewhere,
)

__all__ = ["Invoice", "InvoiceStatus", "Invoices", "Line", "Method", "NewInvoice", "Paid", "PaidElsewhere"]
