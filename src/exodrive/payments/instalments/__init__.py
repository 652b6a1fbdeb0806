"""The rest of a price that is paid in two parts: what is due, until when, and how it was settled."""
