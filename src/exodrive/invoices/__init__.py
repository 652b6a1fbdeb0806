"""Invoices at PayPal: what a renter still owes beside the rental, what is wanted of each, and what PayPal told of it."""
