"""Each message is kept once."""

from exodrive.kit.ids import new_id
from exodrive.webhooks import store
from tests.builders import new_key


def message(**changes):
    values = {"source": "paypal", "event": new_key(), "transmission": new_key(), "kind": "X", "resource_id": None, "payload": {"a": 1}}
    return values | changes


async def test_a_repeat_keeps_nothing(doors):
    first = message()
    async with doors.checkout().scope() as db:
        assert await store.keep(db, new_id(), **first)
        assert not await store.keep(db, new_id(), **first)
        assert not await store.keep(db, new_id(), **message(event=first["event"]))
        assert not await store.keep(db, new_id(), **message(transmission=first["transmission"]))
        assert await store.keep(db, new_id(), **message(event=first["event"], source="resend"))


async def test_the_first_outcome_counts(doors):
    event_id = new_id()
    async with doors.service().scope() as db:
        await store.keep(db, event_id, **message())
        assert not (await store.find(db, event_id)).is_handled
        await store.handled(db, event_id, "paid")
        await store.handled(db, event_id, "ignored")
        assert (await store.find(db, event_id)).is_handled
        assert await db.fetchval("select outcome from webhook_events where id = $1", event_id) == "paid"
        assert await store.find(db, new_id()) is None
