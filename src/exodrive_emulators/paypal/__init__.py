"""A stand-in for PayPal: OAuth, Orders v2, Payments v2, webhooks, and the page on which a payer decides."""
