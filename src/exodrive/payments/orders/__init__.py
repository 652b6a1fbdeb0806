"""The orders that were opened at PayPal: by which attempt, and who is paid by them."""
