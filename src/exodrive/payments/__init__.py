"""The money's book: one summary per booking, and under it what was asked of PayPal and what it answered."""
