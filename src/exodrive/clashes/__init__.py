"""Clashes: a car that is not back, and a day of it that is somebody else's."""
