"""Who may open the database: the roles, the logins in front of them, and the owner that migrates."""

from exodrive.operate.roles.service import LOGINS, OWNER, create_roles

__all__ = ["LOGINS", "OWNER", "create_roles"]
