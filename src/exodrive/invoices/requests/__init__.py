"""What staff ask of an invoice besides: reminders, and payments that came another way."""
