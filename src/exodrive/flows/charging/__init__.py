"""Charging what comes beside the rental: proposed at the return, entered by staff, confirmed, withdrawn."""
