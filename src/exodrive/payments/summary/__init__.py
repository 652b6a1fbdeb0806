"""The one row a booking has for its payment: what people see of the book beneath it."""
