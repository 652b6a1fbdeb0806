"""Claiming charges from a deposit: the renter is heard, then a part or all of the hold is taken, and the rest goes back."""
