"""Coming back to a booking that is not paid: the letter with its link, and the order kept for another try."""
