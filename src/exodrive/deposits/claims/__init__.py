"""Claims: charges that are taken from a deposit that is held, after the renter was heard."""
