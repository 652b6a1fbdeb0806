"""Charges: what a renter owes beside the rental, from what was read at the car or from what came later."""
