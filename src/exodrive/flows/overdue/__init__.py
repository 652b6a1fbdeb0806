"""A car that is not back when its last day is over: it keeps the next, or clashes with whoever has that."""
