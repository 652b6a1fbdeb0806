"""From an order to a paid booking: hold the days first, then pay, and capture only with the days."""
