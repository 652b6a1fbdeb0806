"""Letters to renters: what they say, how they look, and the book of those that left."""
