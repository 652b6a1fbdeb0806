"""What our book knows under PayPal's own ids: orders, captures and refunds, of which booking, and how they stand."""
