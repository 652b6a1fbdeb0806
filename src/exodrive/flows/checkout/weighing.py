"""What an answer of PayPal's is worth beside what our book has already: money is booked once, whoever asked for it."""

import msgspec

from exodrive.flows.checkout import answers
from exodrive.kit.db import Db
from exodrive.payments.model import End, Latest, Operation, Result
from exodrive.payments.named import store as named

BOOKED_BEFORE = "BOOKED_BEFORE"


async def weigh(db: Db, operation: Operation, before: Latest | None, result: Result) -> Result:
    """Return a result as it is to be kept: money that is booked by another is none of this intent. The caller holds the car's lock."""
    result = answers.still(before, result)
    if result.end is not End.SUCCEEDED or result.provider_id is None:
        return result
    if not await named.is_booked_by_another(db, operation.id, operation.kind, result.provider_id):
        return result
    return msgspec.structs.replace(result, end=End.FAILED, issue=BOOKED_BEFORE)
