"""Identifiers: time-ordered UUIDs for rows, and short references people can read out over the telephone."""

import secrets
import time
from typing import NewType
from uuid import UUID

CarId = NewType("CarId", UUID)
BookingId = NewType("BookingId", UUID)
CustomerId = NewType("CustomerId", UUID)
LocationId = NewType("LocationId", UUID)
OperationId = NewType("OperationId", UUID)
StaffId = NewType("StaffId", UUID)

# Crockford's alphabet without I, L, O and U: nothing to mishear, nothing to misread.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_id() -> UUID:
    """Return a UUID of version 7: random, but ordered by time, so that indexes grow at one end and rows can be listed as they were made.

    The twelve bits after the milliseconds tell the quarter of a microsecond (RFC 9562, 6.2, method 3), for two rows of one transaction
    are seldom a millisecond apart; 62 bits are random.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds << 80) | (7 << 76) | ((rest << 12) // 1_000_000 << 64) | (2 << 62) | secrets.randbits(62)
    return UUID(int=value)


def new_reference() -> str:
    """Return a booking reference such as ``7K3M9QXD``: 40 random bits, unique by constraint, no secret."""
    number = secrets.randbits(5 * REFERENCE_LENGTH)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(REFERENCE_LENGTH))
