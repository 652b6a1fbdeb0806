"""Which days of a car are taken, and how days are held, sold and given back."""
