"""Where our book of the money and PayPal's differ: each difference kept once while it is open, and what to do about it."""
