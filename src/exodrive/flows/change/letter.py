"""The letter about a change that is in force: what was, what is, and all about the booking as it stands now."""

from collections.abc import Mapping
from uuid import UUID

from exodrive.flows import notices
from exodrive.flows.change import store
from exodrive.flows.change.model import Change
from exodrive.flows.change.words import line, rows, settled_words
from exodrive.flows.letters import CONFIRMED, confirmation
from exodrive.flows.world import World
from exodrive.kit import words
from exodrive.mail import render
from exodrive.mail.model import Changed
from exodrive.overview.letters import booking_facts


async def send(world: World, outbox_id: UUID, change_id: UUID) -> None:
    """Send the letter, once per promise; none about a booking that was cancelled meanwhile."""
    async with world.door.scope() as db:
        change = await store.find(db, change_id)
        assert change is not None, "a change is never deleted"
        facts, names = await booking_facts(db, change.booking_id), await store.names(db, change)
    if facts is None or facts.status not in CONFIRMED:
        return
    words.use(facts.locale)
    letter = render.confirmation(confirmation(world, facts, _changed(change, names)))
    await notices.send(world, outbox_id, change.booking_id, letter, kind="changed")


def _changed(change: Change, names: Mapping[str, str]) -> Changed:
    found = rows(change, names)
    return Changed(tuple((row.words, row.before, row.after) for row in found), tuple(map(line, found)), settled_words(change))
