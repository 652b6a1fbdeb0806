"""Hand-overs: what was read when a car left and when it came back."""
