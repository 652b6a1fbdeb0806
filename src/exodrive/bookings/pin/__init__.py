"""The PIN in front of a private link: six digits that staff set, and that a link alone does not open a booking without."""
