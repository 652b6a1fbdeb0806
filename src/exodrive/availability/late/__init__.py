"""Days beyond those that were sold: what a car that is not back keeps, and what one that is gives back."""
