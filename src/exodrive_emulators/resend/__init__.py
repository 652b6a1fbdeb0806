"""A stand-in for Resend: takes mails by its API, delivers none, and shows them on a page."""
