"""Everything that PayPal told, looked at: nothing of other tests is in it."""

from tests.flows.fresh import _forgetful, database, doors

__all__ = ["_forgetful", "database", "doors"]
