"""Brings a database to the newest schema: plain SQL files, each applied once, in order, whole or not at all."""

from exodrive.operate.migrate.errors import MigrationFailed, MigrationRefused
from exodrive.operate.migrate.plan import State, Step
from exodrive.operate.migrate.service import migrate, status

__all__ = ["MigrationFailed", "MigrationRefused", "State", "Step", "migrate", "status"]
