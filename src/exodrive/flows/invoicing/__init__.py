"""Invoicing what a renter owes beside the rental: staff say what they want, the worker has PayPal do it, and payment settles charges."""
