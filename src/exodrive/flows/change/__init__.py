"""What a renter changes in a paid booking until the cut-off: priced, paid or paid back, and written with what it was before."""
