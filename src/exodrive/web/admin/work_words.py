"""Work that the product does by itself, in the words staff see when it failed."""

from exodrive.kit.words import _


# long: a word for each kind of work
def work_words(topic: str) -> str:
    """Return what was to be done as a noun; a kind that is not known here by its topic."""
    return {
        "claims.take": _("Taking what is claimed from a deposit"),
        "deposits.look": _("Looking after a deposit"),
        "invoices.drive": _("Writing or sending an invoice"),
        "mail.answer_reminder": _("Letter that reminds us of a booking to accept"),
        "mail.awaits_answer": _("Letter to the renter: paid, we look at the booking"),
        "mail.change_to_pay": _("Letter about a change that is to be paid"),
        "mail.changed": _("Letter about a changed booking"),
        "mail.claim_ended": _("Letter about the end of a claim"),
        "mail.claim_made": _("Letter about a claim"),
        "mail.claim_objected": _("Letter that tells us of an objection to a claim"),
        "mail.claim_repaid": _("Letter about claimed money that went back"),
        "mail.clash": _("Letter that tells us of a car that is not back and is needed"),
        "mail.confirmation": _("Letter that confirms the booking, with the private link"),
        "mail.contact": _("Message from the contact page to us"),
        "mail.deposit": _("Letter that asks for the deposit"),
        "mail.deposit_held": _("Letter that the deposit is held"),
        "mail.deposit_reminder": _("Letter that reminds of the deposit"),
        "mail.ended": _("Letter about the end of the booking"),
        "mail.held": _("Letter with the link of a car that is held"),
        "mail.instalment": _("Letter about the rest of the price"),
        "mail.invoice": _("Letter with an invoice"),
        "mail.invoice_ended": _("Letter about the end of an invoice"),
        "mail.invoice_reminder": _("Letter that reminds of an invoice"),
        "mail.no_show": _("Letter that nobody came for the car"),
        "mail.receipt": _("Letter with a receipt or credit note"),
        "mail.to_answer": _("Letter that tells us of a booking to accept"),
        "payments.decided": _("Doing what was decided about a payment"),
        "payments.settle": _("Finishing a payment at PayPal"),
        "receipts.issue": _("Issuing a receipt or credit note"),
        "receipts.of_invoice": _("Issuing the receipt of an invoice"),
        "wallets.check": _("Looking after a wallet that is kept for the deposit"),
        "webhooks.handle": _("Working on a notice of PayPal’s"),
    }.get(topic, topic)
