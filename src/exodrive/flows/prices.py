"""Price rules changed by staff: each change with a line in the book of what staff did, in the same transaction."""

from typing import Any
from uuid import UUID

import msgspec

from exodrive.flows.by import By
from exodrive.kit.db import Door
from exodrive.pricing import service
from exodrive.pricing.kinds import Rule
from exodrive.staff import store as staff

SUBJECT = "price_rule"


async def save(door: Door, rule: Rule, by: By) -> UUID:
    """Put a new rule in force; raises BadInput for wrong fields and RulesOverlap."""
    async with door.scope() as db:
        rule_id = await service.save_rule(db, rule)
        await staff.note(db, by.staff_id, "price_rule_saved", (SUBJECT, str(rule_id)), _told(rule), by.ip)
    return rule_id


async def replace(door: Door, rule_id: UUID, rule: Rule, by: By) -> UUID:
    """Put a rule in the place of another, which stays readable; raises RuleGone and what `save` raises."""
    async with door.scope() as db:
        new_id = await service.supersede(db, rule_id, rule)
        details = {**_told(rule), "replaces": str(rule_id)}
        await staff.note(db, by.staff_id, "price_rule_saved", (SUBJECT, str(new_id)), details, by.ip)
    return UUID(str(new_id))


async def withdraw(door: Door, rule_id: UUID, by: By) -> None:
    """Take a rule out of force, which stays readable; raises RuleGone."""
    async with door.scope() as db:
        await service.supersede(db, rule_id, None)
        await staff.note(db, by.staff_id, "price_rule_withdrawn", (SUBJECT, str(rule_id)), {}, by.ip)


def _told(rule: Rule) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(rule)
    return {"rule": told}
