"""Who changes something in the back office."""

from typing import NamedTuple
from uuid import UUID


class By(NamedTuple):
    """A member of staff, and the address they come from."""

    staff_id: UUID
    ip: str
