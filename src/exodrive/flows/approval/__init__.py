"""Bookings of cars that require approval: paid, then accepted by staff in time, or refused, or else ended with everything going back."""
