"""The cars, how they look, and the places where they are handed over."""
