"""What PayPal does by itself, what breaks on the way to it, and the clock."""

from datetime import timedelta
from typing import Any

from exodrive.flows import webhooks
from exodrive.gateways.paypal import Notice
from exodrive.kit import clock
from tests.builders import new_key
from tests.model.scene import Deed, Group, Nobody, Scene

#: Where things break, and how often.
PLACES = {"^/v2/": 2, "/capture$": 6, "/refund$": 3, "/orders$": 2, "/orders/[^/]+$": 2, "oauth2": 1, "/vault/": 2, "/emails": 2}
_PICK_UP = """
    select pickup_at - exodrive_private.now() from bookings where status = 'upcoming' and pickup_at > exodrive_private.now()
    order by pickup_at limit 1"""


class Outside(Group):
    """All that is not ours."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.heard: set[str] = set()

    def deeds(self) -> dict[Deed, int]:
        return {
            self.a_notice_comes: 8, self.a_notice_comes_again: 2, self.paypal_decides: 3,
            self.time_passes: 8, self.a_pickup_comes: 1, self.something_breaks: 7, self.all_is_mended: 3, self.an_answer_is_garbled: 1,
            self.a_wallet_turns: 1,
        }  # fmt: skip

    async def a_notice_comes(self) -> str:
        """Any that nobody has heard of; many are never told."""
        unheard = [event for event in await self.town.paypal.events() if event.id not in self.heard]
        if not unheard:
            raise Nobody
        event = self.dice.choice(unheard[:5])
        self.heard.add(event.id)
        if self.dice.random() < 0.3:
            return f"{event.event_type} is lost"
        return await self._take(event)

    async def a_notice_comes_again(self) -> str:
        events = await self.town.paypal.events()
        if not events:
            raise Nobody
        return await self._take(self.dice.choice(events))

    async def _take(self, event: Any) -> str:
        new = await webhooks.take(self.town.world.door, Notice(new_key(), clock.now(), event))
        return f"{event.event_type} {'' if new else 'again'}"

    async def paypal_decides(self) -> str:
        """What is pending there comes to an end."""
        book = await self.town.paypal.control("GET", "ledger")
        pending = [("captures", row["id"]) for row in book["captures"] if row["status"] == "PENDING"]
        pending += [("refunds", row["id"]) for row in book["refunds"] if row["status"] == "PENDING"]
        pending += [("authorizations", row["id"]) for row in book["authorizations"] if row["status"] == "PENDING"]
        if not pending:
            raise Nobody
        kind, thing = self.dice.choice(pending)
        act = self.dice.choice(("complete",) if kind == "refunds" else ("complete", "complete", "deny"))
        await self.town.paypal.control("POST", f"{kind}/{thing}/settle", {"act": act})
        self.town.between.calls.append("/captures decided")
        return f"{thing} {act}"

    async def a_wallet_turns(self) -> str:
        """Its owner ends it at PayPal's own site, or what is to be held by it meets another answer."""
        kept = [it["id"] for it in await self.town.paypal.control("GET", "vault")]
        if not kept:
            raise Nobody
        one, meets = self.dice.choice(kept), self.dice.choice(({"funding": "declined"}, {"asks": True}, {"funding": "pending"}, {}))
        await self.town.paypal.control("POST", f"vault/{one}" if meets else f"vault/{one}/cancel", meets)
        return f"{one} {meets or 'is cancelled'}"

    async def time_passes(self) -> str:
        seconds = self.dice.choices((5, 50, 70, 300, 700, 1300, 3700, 22_000, 100_000), (9, 9, 9, 4, 3, 3, 1, 1, 1))[0]
        await self.town.wait(timedelta(seconds=seconds))
        return f"{seconds} s"

    async def a_pickup_comes(self) -> str:
        """The next of somebody who has paid, or will have: time goes on to it."""
        span = await self.town.look.fetchval(_PICK_UP)
        if span is None:
            raise Nobody
        await self.town.wait(span)
        return str(span)

    async def something_breaks(self) -> str:
        """The next calls go wrong in one of the ways calls go wrong, or in one way after the other."""
        where = self.dice.choices([*PLACES], [*PLACES.values()])[0]
        script = [self._fault() | {"match": {"path_regex": where}} for _ in range(self.dice.choice((1, 1, 2, 3)))]
        provider = self.town.mail if where == "/emails" else self.town.paypal
        await provider.control("POST", "faults", script)
        return f"{where} {', then '.join(' '.join(map(str, fault.values())) for fault in script)}"

    def _fault(self) -> dict[str, Any]:
        kind = self.dice.choices(
            ("lost_after_commit", "timeout_before", "reset", "cut_body", "status", "token_expired", "in_progress", "slow"),
            (5, 2, 2, 2, 6, 1, 2, 0.3),
        )[0]
        times = self.dice.choice((1, 1, 2, 3, 4))
        if kind == "status":
            status = self.dice.choices((500, 503, 429, 401, 403, 408), (3, 3, 2, 1, 3, 1))[0]
            return {"kind": kind, "times": times, "status": status, "headers": {"retry-after": "0"} if status == 429 else {}}
        return {"kind": kind, "times": times, "delay": 1.2 if kind == "slow" else 0}

    async def an_answer_is_garbled(self) -> str:
        self.town.between.garbled += 1
        return ""

    async def all_is_mended(self) -> str:
        for provider in (self.town.paypal, self.town.mail):
            await provider.control("DELETE", "faults")
        self.town.between.garbled = 0
        return ""
