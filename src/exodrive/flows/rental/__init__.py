"""A car changes hands: it is handed over against a deposit, and comes back."""
