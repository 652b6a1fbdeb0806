"""Staff: who works here, how they prove it, and what they did."""
