"""What breaks between us and PayPal: hours in which nothing goes through, answers that get lost, notices that come late or never."""

from datetime import datetime, timedelta
from typing import Any

from exodrive.flows import webhooks
from exodrive.gateways.paypal import Event, Notice
from exodrive.kit import clock
from tests.builders import new_key
from tests.trips.yard import Yard

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POST = 7 * HOUR  # so long apart, at least, notices come in
ALL = {"path_regex": "^/v[12]/(?!notifications)"}
#: What an outage is like: nobody there, broken in there, or all is done and no answer comes.
OUTAGES = ({"kind": "reset"}, {"kind": "status", "status": 503}, {"kind": "status", "status": 500}, {"kind": "lost_after_commit"})
PLACES = ("/capture$", "/authorize$", "/reauthorize$", "/void$", "/refund$", "/orders$", "/orders/[^/]+$", "oauth2")
LOST = ("lost_after_commit", "cut_body", "reset", "in_progress", "token_expired")
NOTICES = ("at once", "late", "lost")


class Weather:
    """One for a yard; a deaf yard never hears a notice."""

    def __init__(self, yard: Yard, *, is_deaf: bool) -> None:
        self._yard, self._dice, self._is_deaf = yard, yard.dice("weather"), is_deaf
        self._begins = clock.now() + DAY
        self._ends: datetime | None = None
        self._heard = clock.now() - DAY
        self._seen: set[str] = set()
        self._late: list[tuple[datetime, Event]] = []

    async def turn(self) -> None:
        """Before anybody acts: what is broken for now."""
        now = clock.now()
        if self._ends and now >= self._ends:
            await self.clear()
            self._begins = now + self._dice.uniform(1, 18) * DAY
        elif self._ends is None and now >= self._begins:
            self._ends = now + self._dice.choice((1, 3, 8, 20, 40)) * HOUR
            await self._order(self._dice.choice(OUTAGES) | {"match": ALL, "times": None})
            self._yard.told["an outage"] += 1
        elif self._ends is None and self._dice.random() < 0.12:
            match = {"path_regex": self._dice.choice(PLACES)}
            await self._order({"kind": self._dice.choice(LOST), "match": match, "times": self._dice.choice((1, 2, 3, 4))})
            self._yard.told["a call is to go wrong"] += 1

    async def _order(self, fault: dict[str, Any]) -> None:
        await self._yard.paypal.control("DELETE", "faults")
        await self._yard.paypal.control("POST", "faults", fault)

    async def decide(self) -> None:
        """PayPal looks at what is pending, and will say yes or no some hours later."""
        waiting = self._yard.undecided
        if not waiting:
            return
        shown = await self._yard.paypal.control("GET", f"ledger?of={','.join(waiting)}")
        for kind in ("captures", "authorizations"):
            for row in (row for row in shown[kind] if row["status"] == "PENDING"):
                act, hours = self._dice.choice(("complete", "complete", "deny")), self._dice.uniform(1, 40)
                self._yard.told[f"pending at PayPal, then {act}"] += 1
                await self._yard.paypal.control("POST", f"{kind}/{row['id']}/settle", {"act": act, "after": hours * 3600})
                waiting.pop(row["custom_id"], None)
        self._yard.undecided = {name: looks - 1 for name, looks in waiting.items() if looks}

    async def clear(self) -> None:
        """All is mended."""
        self._ends = None
        await self._yard.paypal.control("DELETE", "faults")

    async def post(self) -> None:
        """Hand over the notices that come now; what PayPal tells meanwhile comes at once, late or never."""
        if self._is_deaf or self._ends:
            return  # in an outage PayPal's list cannot be read either: what it tells is late
        now = clock.now()
        for event in await self._new_events() if now > self._heard + POST else ():
            fate = self._dice.choices(NOTICES, (2, 2, 6))[0]
            self._yard.told[f"a notice: {fate}"] += 1
            if fate != "lost":
                wait = self._dice.uniform(1, 90) * HOUR if fate == "late" else timedelta()
                self._late.append((now + wait, event))
        due = [event for at, event in self._late if at <= now]
        self._late = [(at, event) for at, event in self._late if at > now]
        for event in due:
            await webhooks.take(self._yard.world.door, Notice(new_key(), now, event))

    async def _new_events(self) -> list[Event]:
        since, self._heard = self._heard, clock.now()
        events = await self._yard.paypal.events(since - timedelta(minutes=1))
        new = [event for event in events if event.id not in self._seen]
        self._seen = {event.id for event in events}
        return new
