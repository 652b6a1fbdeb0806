"""A booking: what was ordered, its life, its history, and the private link that opens it."""
