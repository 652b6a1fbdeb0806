"""Moves the database's clock, for the demo and the tests; a production database is never given a moved one."""

from exodrive.operate.clock.service import move, shift_of

__all__ = ["move", "shift_of"]
