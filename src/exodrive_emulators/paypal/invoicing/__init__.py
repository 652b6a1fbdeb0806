"""Invoicing v2: drafts, sending, reminding, cancelling, recorded and real payments, and the page on which a payer pays."""
