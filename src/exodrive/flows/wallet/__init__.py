"""Kept wallets from a renter's agreement to their end: what PayPal tells of them, and deleting them when their booking is settled."""
